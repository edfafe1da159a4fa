"""F3, A3, A4, A5: residue, titles that are due or too early, leaks, outcomes."""

import pytest

from generation.checks.outcome import outcome
from tests.generation.checks.scenes import CLEAN, changed, codes, found, plan


@pytest.mark.parametrize(
    "text",
    [
        "Like [USER_HIS_LIKES_1] it is.",
        "USER_MIGHT_LIKES for you.",
        "user_his_dislikes_2 maybe.",
        "OTHER_REVIEW says so.",
        "{{item}} it is.",
        "What {a} day.",
        "Recommend [it].",
        "Greeting with joy.",
        "Open the chat by mentioning something.",
        "SG11 comes now.",
        "I lead_to_end now.",
    ],
)
def test_residue_of_the_template(text: str) -> None:
    assert codes(changed(u6=f"Agent: {text} Would another suggestion help?")) == ["F3"]


@pytest.mark.parametrize(
    "text",
    [
        "The USER_ manual.",
        "An [annotated] edition.",
        "I might like it.",
        "Close politely, said the sign.",
        "Another user.",
    ],
)
def test_no_residue(text: str) -> None:
    assert codes(changed(u6=f"Agent: {text} Would another suggestion help?")) == []


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Paper Kites", "paper kites"),
        ("Paper Kites (1999)", "Paper Kites"),
        ("Kites, The", "The Kites"),
        ("Paper & Kites", "Paper and Kites"),
        ("Paper Kites: A Memoir of the Wind", "Paper Kites"),
        ("Paper Kites [DVD]", "**Paper Kites**"),
        ("Casablanca", "Casablanka"),
        ("Up", "“Up”"),
        ("It", "It"),
        ("Heat", "Heat 3 times, it is that good, or Heat"),
        ("Ocean's Eleven", "Oceans Eleven"),
        ("M*A*S*H", "M*A*S*H"),
        ("The Godfather Part II", "The Godfather: Part II"),
        ("霸王别姬", "《霸王别姬》"),
    ],
)
def test_a_title_is_named_in_one_of_its_spellings(title: str, said: str) -> None:
    lines = changed(u4=f"Agent: Then try {said} tonight. Families laugh about it for days.")
    assert "F3" not in codes(lines, of=plan(gold=title), scripts=("LATIN", "CJK"))


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Paper Kites", "that one"),
        ("Toy Story", "Toy Story 2"),
        ("Toy Story 2", "Toy Story"),
        ("Rocky", "Rocky II"),
        ("Up", "something that lifts you up"),
        ("Heat", "Hear"),
        ("Casablanca", "Casa"),
        ("Alien", "Covenant"),
    ],
)
def test_another_title_does_not_do(title: str, said: str) -> None:
    findings = found(changed(u4=f"Agent: Then try {said} tonight. Families love it."), of=plan(gold=title))
    assert ("F3", 3) in [(one.code, one.utterance) for one in findings]


def test_a_dropped_utterance_does_not_make_every_title_missing() -> None:
    assert codes([line for line in CLEAN if "Would another" not in line]) == ["F4"]


@pytest.mark.parametrize(
    ("gold", "text"),
    [
        ("Paper Kites", "Not Paper Kites again, I hope."),
        ("Paper Kites: A Memoir", "I heard of Paper Kites."),
        ("The Curious Incident of the Dog", "i mean the curious incident of the dog."),
        ("It", "My friend swears by It, you know."),
        ("It", 'My friend swears by "It", you know.'),
    ],
)
def test_the_gold_title_before_its_time(gold: str, text: str) -> None:
    lines = changed(
        u3=f"User: I could not stand it, nobody talks like that. {text}",
        u4=f"Agent: Then try “{gold}”. Families laugh.",
    )
    assert [(one.code, one.utterance) for one in found(lines, of=plan(gold=gold))] == [("A3", 2)]


@pytest.mark.parametrize(
    ("gold", "text"),
    [
        ("It", "It is not my thing, I loved it less than that."),
        ("Speed", "The speed of it was too much."),
        ("Up", "Up to you. What's up next?"),
        ("I", "I do not know what I want."),
        ("Up in the Air", "All was left up in the air."),
        ("300", "I would not pay 300 dollars for it."),
        ("Blue Harbour 2", "Blue Harbour was better."),
    ],
)
def test_words_in_their_ordinary_use_give_nothing_away(gold: str, text: str) -> None:
    lines = changed(
        u3=f"User: I could not stand it, nobody talks like that. {text}",
        u4=f"Agent: Then try “{gold}”. Families laugh.",
    )
    assert codes(lines, of=plan(gold=gold)) == []


@pytest.mark.parametrize(
    "text",
    [
        "As an AI, I like it.",
        "I lead the conversation to its end.",
        "I decline without any specific reason.",
        "As the template says.",
        "My goal is to recommend a film.",
        "The user likes it.",
    ],
)
def test_talk_about_the_instructions(text: str) -> None:
    assert codes(changed(u6=f"Agent: {text} Would another suggestion help?")) == ["A4"]


@pytest.mark.parametrize(
    "text",
    ["What a goal in the last minute!", "That is the plan.", "The user manual is good.", "For some reason, yes."],
)
def test_talk_about_other_things(text: str) -> None:
    assert codes(changed(u6=f"Agent: {text} Would another suggestion help?")) == []


def test_a_title_may_sound_like_a_leak() -> None:
    gold = "The Template"
    assert codes([line.replace("Paper Kites", gold) for line in CLEAN], of=plan(gold=gold)) == []


def test_outcomes_that_contradict_the_plan() -> None:
    assert codes(changed(u5="User: No thanks, that is not for me.")) == ["A5"]
    assert codes(changed(u3="User: Sounds great, I'll watch it tonight.")) == ["A5"]


@pytest.mark.parametrize(
    "text",
    [
        "Sounds good, but I'll pass.",
        "Who directed it?",
        "I'll give it a miss, or maybe I will watch it.",
        "Hm.",
        "I would love to, but I cannot watch such things.",
    ],
)
def test_where_rules_cannot_tell_they_say_nothing(text: str) -> None:
    assert outcome(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I'll give it a miss.", "rejects"),
        ("I’ll give it a try.", "accepts"),
        ("I have already seen it.", "rejects"),
        ("I haven't seen it. I'll check it out.", "accepts"),
        ("I don't want that one.", "rejects"),
        ("You've convinced me!", "accepts"),
        ("No, thank you.", "rejects"),
    ],
)
def test_outcomes(text: str, said: str) -> None:
    found = outcome(text)
    assert found
    assert found[0] == said
