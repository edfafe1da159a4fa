"""Q1–Q7 and Q9: each finds its fault where it is, and none of them anything in a conversation as it should be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.checks.conversation import Talk
from generation.checks.language import other_language
from generation.checks.parsing import Said
from generation.checks.table import CONVERSATION_FILTERS, check_conversation
from generation.records import SPEAKERS

GOOD = (
    "Hello! I want to plan a trip this summer. Where would you begin?",
    "Gladly! Three ideas:\n\n1. **A lake**: quiet, easy to reach.\n2. **A city**: for its museums.\n3. Both.",
    "I like the second one. What would it cost? I have been to:\n1. Rome\n2. Paris\n3. my aunt's",
    "About 400 for three days. If you have any more questions, feel free to ask me. I cannot book it, but I can "
    "list the hotels.",
)


def codes(*texts: str, ended: bool = True, language: str = "en", first: int = 0) -> set[str]:
    said = [Said(SPEAKERS[(place + first) % 2], text) for place, text in enumerate(texts)]
    found = check_conversation(Talk(said, ended, 10, language, ("Ask for concrete choices rather than long lists.",)))
    return {one.code for one in found}


def test_nothing_is_found_in_a_conversation_as_it_should_be() -> None:
    assert not codes(*GOOD)


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("Q2", ("How can I assist you today?", GOOD[1])),
        ("Q2", (GOOD[0], GOOD[1], "Here is the plan.\n1. Take the train.\n2. See the lake.\n3. Go home.", GOOD[3])),
        ("Q2", (GOOD[0], GOOD[1], "As an AI language model, this is hard.", GOOD[3])),
        ("Q2", ("Assistant: Of course, with pleasure!", GOOD[1])),
        ("Q3", (GOOD[0], "User: I would rather go by ship.")),
        ("Q3", (GOOD[0], "I want you to suggest some places where it is quiet.")),
        ("Q5", (GOOD[0], GOOD[1], "Good.\n[System] When everything you came for is settled, answer", GOOD[3])),
        ("Q5", (GOOD[0], GOOD[1], "Ask for concrete choices rather than long lists. Yes.", GOOD[3])),
        ("Q6", (GOOD[0], "Das ist nicht so einfach, aber ich habe auch noch eine Idee für Sie.")),
        ("Q6", (GOOD[0], "我想去西安旅行，请帮我安排行程和住宿。")),
        ("Q7", (GOOD[0], "…")),
        ("Q7", (GOOD[0], "I'm sorry, but I can't assist with that request.")),
        ("Q7", (GOOD[0], "Error: 429 Too Many Requests")),
        ("Q7", (GOOD[0], '{"error": {"message": "The server had an error"}}')),
        ("Q9", (GOOD[0], GOOD[1], GOOD[0], GOOD[3])),
    ],
)
def test_each_finds_its_own_fault_and_no_other(code: str, texts: tuple[str, ...]) -> None:
    assert codes(*texts) == {code}


def test_what_the_user_did_not_end_is_only_remarked() -> None:
    assert codes(*GOOD, ended=False) == {"Q1"}
    assert not CONVERSATION_FILTERS["Q1"].rejects


@pytest.mark.parametrize("texts", [(), GOOD[:1]])
def test_one_side_alone_is_no_conversation(texts: tuple[str, ...]) -> None:
    assert codes(*texts) == {"Q4"}


def test_speakers_take_turns_the_user_first() -> None:
    assert "Q4" in codes(GOOD[1], GOOD[2], first=1)


def test_what_was_found_says_where_it_is() -> None:
    said = [Said("user", "Hello!"), Said("system", "Yes?\nUser: I want more.")]
    [found] = check_conversation(Talk(said, True, 10, "en"))
    assert (found.utterance, found.span and said[1].text[slice(*found.span)]) == (1, "User:")


@pytest.mark.parametrize(
    ("text", "code", "fits"),
    [
        ("Let us see what there is at https://example.org/une-belle-page and in the museum of art.", "en", True),
        ("Merci, c'est parfait !", "en", True),
        ("Je voudrais aussi une chambre avec vue pour nous, mais pas dans cette rue.", "fr", True),
        ("Je voudrais aussi une chambre avec vue pour nous, mais pas dans cette rue.", "en", False),
        ("当然！Coursera: “Python for Everybody” 是一门很好的课程。", "zh", True),
        ("Of course! There are many courses that you could begin with.", "zh", False),
        ("whatever", "xx", True),
    ],
)
def test_languages_are_told_apart(text: str, code: str, fits: bool) -> None:
    assert (other_language(text, code) == "") is fits


@given(st.lists(st.text(max_size=400), max_size=6), st.sampled_from(["en", "zh", "xx"]))
def test_no_text_is_too_strange(texts: list[str], language: str) -> None:
    codes(*texts, language=language)
