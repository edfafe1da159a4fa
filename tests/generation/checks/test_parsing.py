"""Reading what writers send back, however they dress it up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.checks.parsing import parse_dialogue

TWO = [("user", "Hi."), ("system", "Hello.")]


@pytest.mark.parametrize(
    "raw",
    [
        "User: Hi.\n\nAgent: Hello.",
        "User: Hi.\nAgent: Hello.\n",
        "User: Hi.\r\n\r\nAgent: Hello.\r\n",
        "**User:** Hi.\n\n**Agent**: Hello.",
        "**User: Hi.**\n\n__Agent: Hello.__",
        "1. User: Hi.\n2. Agent: Hello.",
        "(1) User: Hi.\n\n(2) **Agent:** Hello.",
        "- User: Hi.\n- Agent: Hello.",
        "> USER: Hi.\n> AGENT: Hello.",
        "### User: Hi.\n### Agent: Hello.",
        "```text\nUser: Hi.\nAgent: Hello.\n```",
        "---\nUser: Hi.\n\nAgent: Hello.\n---",
        "User：Hi.\nAgent：Hello.",
        "User:\nHi.\n\nAgent:\n\nHello.\n\n",
    ],
)
def test_the_ways_in_which_writers_name_speakers(raw: str) -> None:
    parsed = parse_dialogue(raw)
    assert [tuple(said) for said in parsed.utterances] == TWO
    assert not parsed.strays


def test_an_utterance_goes_on_over_lines_and_paragraphs() -> None:
    parsed = parse_dialogue("Agent: Two:\n1. Heat\n2. Speed\n\nOr none.\n\nUser: None.")
    assert [said.text for said in parsed.utterances] == ["Two:\n1. Heat\n2. Speed\n\nOr none.", "None."]


def test_what_nobody_says_is_kept_with_its_place() -> None:
    raw = "Sure!\nHere it is:\n\nUser: Hi.\n\nNote: all made up.\nReally.\n\nBye"
    parsed = parse_dialogue(raw)
    assert [(raw[one.start : one.end], one.trailing) for one in parsed.strays] == [
        ("Sure!\nHere it is:", False),
        ("Note: all made up.\nReally.", True),
        ("Bye", True),
    ]


def test_names_inside_a_line_are_no_speakers() -> None:
    assert len(parse_dialogue("User: The Agent: a film. End user: me.\nUsers: many.").utterances) == 1


@given(st.text(alphabet=st.sampled_from("User:Agent \n*_#1.()-`>x\r\x0b\u2028")))
def test_places_lie_in_the_text(raw: str) -> None:
    parsed = parse_dialogue(raw)
    for one in parsed.strays:
        assert 0 <= one.start < one.end <= len(raw)
        assert raw[one.start : one.end].strip()


@given(
    st.lists(
        st.tuples(st.sampled_from(["User", "Agent"]), st.from_regex(r"[A-Za-z][a-z ,!?]{0,20}[.]", fullmatch=True))
    )
)
def test_what_is_written_plainly_is_read_as_it_stands(said: list[tuple[str, str]]) -> None:
    parsed = parse_dialogue("\n\n".join(f"{name}: {text}" for name, text in said))
    assert [one.text for one in parsed.utterances] == [text for _, text in said]
