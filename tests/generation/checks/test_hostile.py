"""Whatever a model sends back: no crash, places within the text, and no more time than the text is long."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.checks.duplicates import DuplicateIndex
from generation.checks.findings import CheckSettings
from generation.checks.parsing import parse_dialogue
from generation.checks.table import FILTERS, MOST_FINDINGS, check
from tests.generation.checks.scenes import CLEAN, HATED, LOVED, plan

PIECES = (*CLEAN, LOVED, HATED, "Paper Kites", "{{", "[USER_", "Ã©", "\ud800", "\x00", "I'll ", "not ", ". ", "\n", "7")
LONG, LONGEST = 150_000, 1_000_000
SECONDS, MOST_SECONDS = 8, 30
"""Many times what is taken here; what grows with the square of the text would take minutes, or hours."""


def judged(raw: str) -> None:
    parsed = parse_dialogue(raw)
    findings = check(parsed, plan(), finish_reason="stop", settings=CheckSettings(), duplicates=DuplicateIndex())
    for one in findings:
        text = raw if one.utterance is None else parsed.utterances[one.utterance].text
        if one.span:
            assert 0 <= one.span[0] < one.span[1] <= len(text)
    for code in FILTERS:
        assert sum(one.code == code for one in findings) <= MOST_FINDINGS


@given(st.text())
def test_any_text_is_judged(raw: str) -> None:
    judged(raw)
    judged("\n".join([*CLEAN[:-1], f"Agent: {raw}"]))


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join))
def test_any_patchwork_is_judged(raw: str) -> None:
    judged(f"User: {raw}")


ENDLESS = (
    "a",
    " ",
    ".",
    "\n",
    "*",
    "User: ",
    "\nUser: hi",
    "{",
    "[USER_",
    "USER_A",
    "Ã",
    "i will ",
    "i'll love to have to ",
    "not really ",
    "Paper Kites ",
    "Paper Kitez ",
    "paper ",
    "word. ",
    "7 ",
    "1.",
    "'a",
    "-",
    "(",
    "\U0001f600",
    "漢",
    "without any ",
    "lead the ",
    "as an ",
    "\t\x0b",
    LOVED,
)


@pytest.mark.parametrize("piece", ENDLESS, ids=repr)
def test_the_same_thing_for_ever_is_judged_in_time(piece: str) -> None:
    begun = time.process_time()
    judged("User: x " + piece * (LONG // len(piece)))
    assert time.process_time() - begun < SECONDS


def test_a_megabyte_is_judged_in_time() -> None:
    share = LONGEST // len(ENDLESS)
    begun = time.process_time()
    judged("User: x " + "".join(piece * (share // len(piece)) for piece in ENDLESS if "User" not in piece))
    assert time.process_time() - begun < MOST_SECONDS
