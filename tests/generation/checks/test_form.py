"""F1, F2, F4: whole, readable, of the planned shape. Each rule from both sides of its edge."""

import pytest

from generation.checks.findings import CheckSettings
from generation.checks.table import FILTERS, first_failure
from tests.generation.checks.scenes import CLEAN, changed, codes, found, plan


def test_a_clean_dialogue_has_no_finding() -> None:
    assert found() == []


@pytest.mark.parametrize("reason", ["length", "content_filter", ""])
def test_the_model_has_to_say_that_it_was_done(reason: str) -> None:
    assert codes(finish_reason=reason) == ["F1"]


def test_an_endpoint_that_never_says_why_it_stopped_may_be_allowed() -> None:
    assert codes(finish_reason="", finish_reasons=frozenset({""})) == []


@pytest.mark.parametrize("end", [".", "!", "?", "…", '"', "'", ")", "”", " 🍿", " ❤️", "!**", " 👍🏽"])
def test_ends_of_whole_dialogues(end: str) -> None:
    assert codes(changed(u8=f"Agent: Enjoy your evening{end}")) == []


@pytest.mark.parametrize("end", ["", ",", " and", ":", " -", ";"])
def test_ends_of_dialogues_that_were_cut_off(end: str) -> None:
    (one,) = found(changed(u8=f"Agent: Enjoy your evening{end}"))
    assert (one.code, one.utterance) == ("F1", 7)


def test_nothing_said_is_incomplete() -> None:
    assert "F1" in codes(changed(u8="Agent:"))
    assert codes(changed(u2="Agent: "))[0] == "F1"
    assert codes(["Here is a lovely chat about films."])[0] == "F1"
    assert codes([""])[0] == "F1"


def test_the_writers_own_words_after_the_end_are_found_where_they_stand() -> None:
    lines = [*CLEAN, "I hope this helps!", "Shall I write more?"]
    raw = "\n\n".join(lines)
    findings = [one for one in found(lines) if one.code == "F1"]
    assert [raw[slice(*one.span)] for one in findings if one.span] == ["I hope this helps!", "Shall I write more?"]
    assert codes(["Sure, here is the chat:", *CLEAN]) == []


@pytest.mark.parametrize(
    "text",
    [
        "caf\ufffd",
        "a bell \x07 rings",
        "\ue000 icon",
        "half \ud83d of it",
        "a cafÃ© scene",
        "itâ€™s fine",
        "ï¿½ sign",
        "abcde" * 9 + "f",
        "g" + 8 * "o",
        "aaaaaaaa",
        "-" * 8,
        "Это совсем другой язык, и его здесь быть не должно",
    ],
)
def test_what_cannot_be_read(text: str) -> None:
    assert codes(changed(u6=f"Agent: {text}. Would another suggestion help?")) == ["F2"]


@pytest.mark.parametrize(
    "text",
    [
        "a tab\there",
        "abcde" * 9,
        "g" + 7 * "o",
        "SÃO PAULO and São",
        "naïve café — “fine” 👍",
        "Кино is Russian",
        "ª",
        "-" * 7,
    ],
)
def test_what_can_be_read(text: str) -> None:
    assert codes(changed(u6=f"Agent: {text}. Would another suggestion help?")) == []


def test_letters_of_a_planned_title_are_expected() -> None:
    kurosawa = "七人の侍七人の侍七人の侍七人の侍七人の侍七人の侍"
    assert codes([line.replace("Paper Kites", kurosawa) for line in CLEAN], of=plan(gold=kurosawa)) == []


def test_other_scripts_may_be_expected() -> None:
    russian = changed(u6="Agent: Это совсем другой язык, и его здесь быть не должно. Показать ещё?")
    assert codes(russian, scripts=("LATIN", "CYRILLIC")) == []


def test_the_planned_number_of_utterances_and_order_of_speakers() -> None:
    assert "F4" in codes(CLEAN[:-1])
    assert "F4" in codes([*CLEAN, "User: Bye."])
    swapped = changed(u6="User: Would another suggestion help?", u7="Agent: No thanks, that is all. Thank you!")
    assert [one.utterance for one in found(swapped) if one.code == "F4"] == [5]


def test_the_funnel_counts_the_first_filter_that_rejects() -> None:
    findings = found([*changed(u6=f"Agent: {'word ' * 61}."), "User: \ufffd"])
    assert [one.code for one in findings] == sorted((one.code for one in findings), key=list(FILTERS).index)
    assert first_failure(findings, CheckSettings().rejecting) == "F2"
    assert first_failure(findings, {"A1"}) == "A1"
    assert first_failure(findings, set()) is None
    assert [code for code, one in FILTERS.items() if one.rejects] == ["F1", "F2", "F3", "F4", "A3"]
