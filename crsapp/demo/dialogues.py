"""The demo's two datasets, written from `topics.toml`: the same wishes answered by an attentive and a brisk agent.

They differ on purpose, and not in every dialogue, so that the demo's closed study has something to find.
"""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from generation.records import DialogueRecord, Speaker, UtteranceRecord

SEED: Final = 20261121
Line = tuple[Speaker, str]
USER: Final = "user"
AGENT: Final = "system"

WELCOMES: Final = (
    "Happy to help. What have you liked before, or what should I stay away from?",
    "With pleasure. Tell me a little more first: what do you enjoy, and what not?",
    "Gladly! Is there something that you liked lately, or something you can't stand?",
    "Let me see. May I ask what matters most to you there?",
)
LEADS: Final = ("Then I would suggest", "In that case, have a look at", "I think you would like", "How about")
FAREWELLS: Final = ("Enjoy it!", "Have a good time!", "I hope it is just right. Goodbye!")
BLAND: Final = ("Many people like it.", "It is very good.", "It has excellent reviews.")
SHRUGS: Final = ("Hmm, all right. I'll have a look.", "Well, I may try it. Thanks.", "Not sure, but thank you.")
SLOGANS: Final = (
    "Great choice! You should try it.",
    "You should really try it!",
    "It is very good. You should try it.",
)


@dataclass(frozen=True)
class Topic:
    """One wish and what can be said about it."""

    name: str
    task: str
    opening: str
    taste: str
    item: str
    pitch: str
    question: str
    answer: str
    vague: str
    other: str
    other_pitch: str
    objection: str
    closing: str


def topics() -> list[Topic]:
    """All wishes of the demo, in the order of the file."""
    with files("crsapp.demo").joinpath("topics.toml").open("rb") as file:
        return [Topic(**topic) for topic in tomllib.load(file)["topic"]]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def attentive(topic: Topic, rng: random.Random) -> Iterator[Line]:
    """Ask first, give reasons, answer what was asked; every sixth time forget the reasons."""
    yield USER, topic.opening
    yield AGENT, rng.choice(WELCOMES)
    yield USER, topic.taste
    lead = rng.choice(LEADS)
    if rng.random() < 1 / 6:
        yield AGENT, f"{lead} **{topic.item}**. {rng.choice(BLAND)}"
    else:
        yield AGENT, f"{lead} **{topic.item}**: {topic.pitch}."
    if rng.random() < 0.8:
        yield USER, topic.question
        yield AGENT, topic.answer
    yield USER, topic.closing
    if rng.random() < 0.7:
        yield AGENT, rng.choice(FAREWELLS)


def brisk(topic: Topic, rng: random.Random) -> Iterator[Line]:
    """Propose at once, often past the wish, and repeat oneself; every seventh time it goes well."""
    yield USER, topic.opening
    good = rng.random() < 1 / 7
    if good:
        yield AGENT, f"{_capital(topic.item)} would fit: {topic.pitch}."
    else:
        yield AGENT, f"You should try **{topic.other}**. It is {topic.other_pitch}."
        yield USER, topic.objection
        yield USER, topic.taste
        yield AGENT, f"Sorry. Then try **{topic.item}**. {rng.choice(BLAND)}"
    yield USER, topic.question
    yield AGENT, topic.answer if good or rng.random() < 1 / 5 else topic.vague
    yield USER, topic.closing if good else rng.choice(SHRUGS)
    yield AGENT, rng.choice(FAREWELLS) if good else rng.choice(SLOGANS)


WRITERS: Final = {"Attentive agent (demo)": attentive, "Brisk agent (demo)": brisk}


def records(dataset: str) -> Iterator[DialogueRecord]:
    """The dialogues of one of the demo's datasets, the same every time."""
    for topic in topics():
        rng = random.Random(f"{SEED} {dataset} {topic.name}")  # noqa: S311 (no secret)
        lines = WRITERS[dataset](topic, rng)
        yield DialogueRecord(
            external_id=topic.name,
            task=topic.task,
            scenario=topic.name,
            utterances=tuple(UtteranceRecord(speaker=speaker, text=text) for speaker, text in lines),
        )
