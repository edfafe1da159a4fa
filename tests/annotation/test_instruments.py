"""An instrument is one TOML file; what is wrong with it is said in words, all of it at once."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.instruments import InstrumentError, canonical_digest, context_of, from_dict, parse, shipped, to_dict

CRITERION = """
[[criterion]]
key = "{key}"
title = "Fluency"
question = "Is it fluent?"
target = "{target}"
scale = "{scale}"
"""
OPTION = """
[[criterion.option]]
value = {value}
key = "{key}"
label = "{value}"
"""


REST = 'rest_key = "d"\nrest_label = "None"\n'


def text(*options: tuple[int, str], key: str = "fluency", target: str = "utterance", scale: str = "ordinal") -> str:
    head = 'slug = "mine"\ntitle = "Mine"\n'
    tables = "".join(OPTION.format(value=value, key=key) for value, key in options)
    return head + CRITERION.format(key=key, target=target, scale=scale) + tables


def problems(toml_text: str) -> str:
    with pytest.raises(InstrumentError) as refused:
        parse(toml_text)
    return str(refused.value)


def test_quality_and_preference_ask_what_the_paper_asked() -> None:
    quality, preference = shipped()["utterance-quality"], shipped()["overall-preference"]
    assert [criterion.key for criterion in quality.criteria] == [
        "fluency",
        "informativeness",
        "logicality",
        "coherence",
    ]
    for criterion in quality.criteria:
        assert (criterion.target, criterion.scale, criterion.reason) == ("utterance", "ordinal", "optional")
        assert criterion.first
        assert criterion.speakers == ("user", "system")
        assert [(option.value, option.key) for option in criterion.options] == [(0, "0"), (1, "1"), (2, "2")]
        assert all(option.anchor for option in criterion.options)
    assert [option.value for option in preference.criteria[0].choices(ties=False)] == [1, 2]
    assert [option.value for option in preference.criteria[0].choices(ties=True)] == [1, 2, 0]


def test_the_seven_metrics_ask_of_the_whole_dialogue_with_task_and_profile_in_sight() -> None:
    metrics = shipped()["recllmsim-quality"]
    assert metrics.context == ("task", "profile")
    assert {criterion.key: [option.value for option in criterion.options] for criterion in metrics.criteria} == {
        "preference-alignment": [0, 1, 2],
        "additional-preferences": [0, 1],
        "role-playing-completeness": [0, 1, 2],
        "memorization": [0, 1],
        "detail-level": [0, 1, 2],
        "practical-usefulness": [0, 1, 2],
        "diversity": [0, 1, 2],
    }
    for criterion in metrics.criteria:
        assert criterion.target == "dialogue"
        assert criterion.scale == ("binary" if len(criterion.options) == 2 else "ordinal")
        assert all(option.anchor for option in criterion.options)


def test_intents_are_five_classes_of_the_users_utterances_by_digit() -> None:
    (intent,) = shipped()["user-intent"].criteria
    assert (intent.target, intent.speakers, intent.scale) == ("utterance", ("user",), "nominal")
    assert [(option.key, option.label) for option in intent.options] == [
        ("1", "Search"),
        ("2", "Recommendation"),
        ("3", "Search and recommendation"),
        ("4", "Planning"),
        ("5", "Other"),
    ]
    assert all(option.anchor for option in intent.options)


def test_a_hallucination_wants_its_words_and_a_reason_and_none_can_be_said_of_the_rest() -> None:
    (criterion,) = shipped()["hallucination"].criteria
    assert (criterion.target, criterion.speakers, criterion.scale) == ("utterance", ("system",), "binary")
    none, found = criterion.options
    assert (found.key, criterion.reason_of(1), criterion.span_of(1)) == ("h", "required", "required")
    assert (none.rest_key, criterion.reason_of(0), criterion.span_of(0)) == ("d", "never", "")
    assert criterion.reason_of(None) == "optional", "why one cannot judge may be said"


def test_what_a_block_shows_beside_the_dialogue_is_what_any_instrument_wants() -> None:
    quality, metrics = shipped()["utterance-quality"], shipped()["recllmsim-quality"]
    assert context_of([quality]) == ()
    assert context_of([quality, metrics, metrics]) == ("task", "profile")


@pytest.mark.parametrize(
    ("slug", "digest"),
    [
        ("utterance-quality", "f2177700d5ff0310dc2c7404e7fd32a4b3a762aa1fb950fdadfaf2fe7dc6e164"),
        ("overall-preference", "1934eb9acc7e0f070908e6538128c4a83172db75b51aaa420a86aa6ceef78751"),
    ],
)
def test_instruments_of_frozen_studies_keep_their_digest_when_instruments_learn_new_words(
    slug: str, digest: str
) -> None:
    instrument = shipped()[slug]
    assert instrument.digest == digest == canonical_digest(to_dict(instrument))
    assert "context" not in to_dict(instrument)
    for criterion in to_dict(instrument)["criterion"]:
        assert all(set(option) == {"value", "key", "label", "anchor"} for option in criterion["option"])


def test_every_shipped_instrument_survives_the_way_into_a_protocol_and_back() -> None:
    for instrument in shipped().values():
        again = from_dict(to_dict(instrument))
        assert again == instrument
        assert again.digest == instrument.digest


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)
words = words.map(str.strip).filter(bool)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """An instrument of one criterion of utterances, whose options want whatever an option may want."""
    values = sorted(draw(st.sets(st.integers(0, 4), min_size=2, max_size=5)))
    options = []
    for value in values:
        option: dict[str, Any] = {"value": value, "key": str(value), "label": draw(words), "anchor": draw(words)}
        if draw(st.booleans()):
            option["reason"] = draw(st.sampled_from(["optional", "required", "never"]))
        if draw(st.booleans()):
            option["span"] = draw(st.sampled_from(["optional", "required"]))
        options.append(option)
    if "required" not in {options[0].get("reason"), options[0].get("span")} and draw(st.booleans()):
        options[0] |= {"rest_key": "d", "rest_label": draw(words)}
    criterion = {"key": "a", "title": draw(words), "question": draw(words), "target": "utterance", "scale": "ordinal"}
    table = {"slug": "mine", "title": draw(words), "criterion": [{**criterion, "option": options}]}
    if context := draw(st.lists(st.sampled_from(["task", "profile", "history"]), unique=True)):
        table["context"] = context
    return table


@given(tables())
def test_any_instrument_survives_the_way_into_a_protocol_and_writes_nothing_it_does_not_use(
    table: dict[str, Any],
) -> None:
    instrument = from_dict(table)
    written = to_dict(instrument)
    assert from_dict(written) == instrument
    assert from_dict(written).digest == instrument.digest == canonical_digest(written)
    assert written.keys() - {"version", "description"} == table.keys()
    for option, given_option in zip(written["criterion"][0]["option"], table["criterion"][0]["option"], strict=True):
        assert option == given_option


def test_the_digest_changes_with_any_word() -> None:
    changed = to_dict(shipped()["utterance-quality"])
    changed["criterion"][0]["option"][0]["anchor"] += "."
    assert from_dict(changed).digest != shipped()["utterance-quality"].digest


@pytest.mark.parametrize("key", ["n", "u", "l", "g", "r", "?"])
def test_keys_that_mean_something_else_are_refused(key: str) -> None:
    assert "is reserved for" in problems(text((0, key), (1, "1")))


@pytest.mark.parametrize("key", ["ArrowUp", "Enter", " ", "A", "12", ""])
def test_a_key_is_one_digit_or_small_letter(key: str) -> None:
    assert "one digit or small letter" in problems(text((0, key), (1, "1")))


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (text((0, "0"), (1, "0")), "option key “0” stands there twice"),
        (text((0, "0"), (0, "1")), "option value “0” stands there twice"),
        (text((1, "1"), (0, "0")), "in the order of their values"),
        (text((0, "0")), "needs at least two options; there is 1"),
        (text((0, "0"), (1, "1")).replace("title", "titel", 1), "`titel` is not known; did you mean `title`?"),
        (text((0, "0"), (1, "1"), target="pair"), "`scale` and `target` differ"),
        (text((1, "1"), (3, "3"), target="pair", scale="preference"), "a preference has the options 1"),
        (text((0, "0"), (2, "2"), scale="binary"), "exactly the two options 0 and 1"),
        (text((0, "0"), scale="text"), "takes no options"),
        (text((0, "0"), (1, "1"), scale="likert"), "one of ordinal, binary"),
        (text((0, "0"), (1, "1"), key="Fluency!"), "small letters, digits and single hyphens"),
        (text((0, "0"), (1, "1")) + CRITERION.format(key="fluency", target="utterance", scale="text"), "criterion key"),
        ('slug = "mine"\ntitle = "Mine"', "it asks nothing"),
        ("slug = 3\ntitle = true", "`slug` is “3”; it should be a text"),
        ("slug = [", "This is not TOML"),
        ("x" * 300_000, "more than 200,000 characters"),
        ("version = 1" + "0" * 5_000, "This is not TOML"),
        (text((0, "0"), (1, "1")).replace("value = 1", "value = 0x" + "f" * 5_000), "it should be from"),
        ("title = [0x" + "f" * 5_000 + "]", "`title` is “a huge number”; it should be a text"),
        ("a = " + "[" * 5_000, "This is not TOML"),
        ('context = ["titles"]\n' + text((0, "0"), (1, "1")), "`context` names “titles”; known are task, profile"),
        ('context = ["task", "task"]\n' + text((0, "0"), (1, "1")), "the context “task” stands there twice"),
        (text((0, "0"), (1, "1")) + 'reason = "always"', "`reason` is “always”; it should be one of optional"),
        (text((0, "0"), (1, "1")) + 'span = "never"', "`span` is “never”; it should be one of optional, required"),
        (text((0, "0"), (1, "1"), target="dialogue") + 'span = "required"', "`span` marks words of an utterance"),
        (text((0, "0"), (1, "1"), target="dialogue") + REST, "`rest_key` answers for utterances"),
        (text((0, "0"), (1, "1")) + REST + 'span = "required"', "cannot be given to many utterances at once"),
        (text((0, "0"), (1, "1")) + REST + 'reason = "required"', "cannot be given to many utterances at once"),
        (text((0, "0"), (1, "1")) + REST.replace('"d"', '"u"'), "`rest_key` “u” is reserved for undo"),
        (text((0, "0"), (1, "1")) + REST.replace('"d"', '"0"'), "option key “0” stands there twice"),
        (text((0, "0"), (1, "1")) + 'rest_key = "d"', "`rest_key` and `rest_label` go together"),
        (text((0, "0"), (1, "1")) + 'rest_label = "None"', "`rest_key` and `rest_label` go together"),
    ],
)
def test_what_is_wrong_is_said_in_words(broken: str, words: str) -> None:
    assert words in problems(broken)


def test_what_no_database_keeps_is_refused() -> None:
    halved = to_dict(shipped()["overall-preference"])
    halved["title"] = "half \ud83d"
    with pytest.raises(InstrumentError, match="`title` contains a character that cannot be stored"):
        from_dict(halved)
    assert "cannot be stored" in problems(text((0, "0"), (1, "1")).replace("Mine", "M\\u0000ine"))


def test_all_problems_are_named_at_once_each_with_its_place() -> None:
    found = problems(text((0, "n"), (5_000_000_000, "1")).replace('question = "Is it fluent?"', "")).splitlines()
    assert len(found) == 3
    assert all(re.match(r"criterion 1 \(fluency\)", problem) for problem in found)
