"""Who is asked next, and with what: both sides see the conversation from their own, and only one sees how to end it."""

from dataclasses import replace

import pytest

from generation.llm.prompts import unfence
from generation.simulation.conversation import Conversation, End, Priming, Rules, Turn
from tests.generation.simulation.people import ANNA
from tests.generation.simulation.talks import played

TASK = "You want to plan a trip. You turn to an assistant to work the plan out."
TALK = Conversation(Rules(), task=TASK, profile=ANNA.text())
END = "When everything you came for is settled"


def turn(talk: Conversation, *said: str) -> Turn:
    found = talk.next(said)
    assert isinstance(found, Turn)
    return found


def test_the_user_speaks_first_told_its_task_its_profile_and_the_opening() -> None:
    first = turn(TALK)
    [system, opening] = first.messages
    assert (first.speaker, system.role, opening.role) == ("user", "system", "user")
    assert unfence("task", system.content) == TASK
    assert unfence("profile", system.content) == ANNA.text()
    assert "Never plan or answer on the assistant's behalf" in system.content
    assert opening.content == "Hello! What can I do for you?"


def test_step_by_step_each_part_is_acknowledged_before_the_opening() -> None:
    stepwise = replace(TALK, rules=Rules(priming=Priming.STEPWISE))
    told = turn(stepwise).messages
    assert [one.role for one in told] == ["user", "assistant"] * 3 + ["user"]
    parts = [one.content for one in told if one.role == "user"]
    assert [unfence("task", parts[0]), unfence("profile", parts[1]), parts[3]] == [
        TASK,
        ANNA.text(),
        "Hello! What can I do for you?",
    ]
    assert "HOW TO BEHAVE" in parts[2]


def test_each_side_sees_itself_as_the_one_who_answers() -> None:
    said = ("A trip, please.", "By train?", "Rather by ship.", "Then to the north.")
    to_user = turn(TALK, *said).messages[2:]
    assert [one.role for one in to_user] == ["assistant", "user", "assistant", "user"]
    to_assistant = turn(TALK, *said[:3]).messages
    assert [(one.role, one.content) for one in to_assistant] == [
        ("user", said[0]),
        ("assistant", said[1]),
        ("user", said[2]),
    ]


def test_only_the_user_is_told_how_to_end_with_every_answer() -> None:
    said = ("A trip, please.", "By train?", "Rather by ship.", "Then to the north.")
    to_user = turn(TALK, *said).messages
    told = [one for one in to_user if END in one.content]
    assert [one.content.partition("\n\n")[0] for one in told] == ["By train?", "Then to the north."]
    assert all('"Thank you, goodbye."' in one.content for one in told)
    whole = " ".join(one.content for one in turn(TALK, *said[:3]).messages)
    assert END not in whole
    assert TASK not in whole
    assert "What can I do for you" not in whole


def test_the_assistant_has_a_system_message_only_where_it_is_guided() -> None:
    guided = replace(TALK, rules=Rules(guided=True))
    assert [one.role for one in turn(TALK, "Hi").messages] == ["user"]
    assert [one.role for one in turn(guided, "Hi").messages] == ["system", "user"]


@pytest.mark.parametrize(
    ("message", "ends"),
    [
        ("Thank you, goodbye.", True),
        ("GOODBYE then, and many times THANK YOU!", True),
        ("Thank you for that. What else?", False),
        ("Goodbye for now.", False),
    ],
)
def test_both_phrases_together_end_it(message: str, ends: bool) -> None:
    assert (TALK.next(["Hi", "Hello", message]) is End.SAID) is ends


def test_the_end_message_is_not_kept_and_the_assistant_has_the_last_word() -> None:
    kept = TALK.kept(["Hi", "Hello", "Thank you, goodbye."])
    assert kept == [("user", "Hi"), ("system", "Hello")]
    assert TALK.kept(["Thank you, goodbye."]) == []


@pytest.mark.parametrize("most", [1, 3, 10])
def test_a_user_who_never_ends_is_stopped_at_the_cap(most: int) -> None:
    said, end = played(replace(TALK, rules=Rules(max_turns=most)), never_ends=1.0)
    assert (len(said), end) == (2 * most, End.CAPPED)


@pytest.mark.parametrize("turns", range(1, 11))
def test_the_end_command_controls_the_length(turns: int) -> None:
    """SPEC §8, row 20: it stops at m, at most 10, and the end message is not stored."""
    said, end = played(TALK, ends_at=turns)
    kept = TALK.kept(said)
    assert len(kept) == 2 * turns
    assert end is (End.SAID if turns < 10 else End.CAPPED)
    assert not any("goodbye" in text for _speaker, text in kept)


def test_a_custom_end_is_understood_by_the_scripted_user() -> None:
    rules = Rules(end_trigger="Merci, au revoir.", phrases=("merci", "au revoir"))
    said, end = played(replace(TALK, rules=rules), ends_at=2)
    assert (said[-1], end) == ("Merci, au revoir.", End.SAID)


@pytest.mark.parametrize("priming", list(Priming))
def test_the_scripted_sides_say_the_same_for_the_same_seed_however_the_user_is_primed(priming: Priming) -> None:
    once, again = (played(replace(TALK, rules=Rules(priming=priming)), seed=5)[0] for _time in range(2))
    assert once == again == played(TALK, seed=5)[0]
    assert once != played(TALK, seed=6)[0]


def test_scripted_conversations_are_about_as_long_as_the_published_ones() -> None:
    lengths = [len(TALK.kept(played(TALK, seed=seed)[0])) for seed in range(200)]
    assert 6.6 < sum(lengths) / len(lengths) < 8.7, "7.65 utterances in the published conversations"
    assert len(set(lengths)) > 5
