"""LLM-REDIAL's human evaluation as a study: two files of dialogues, its protocol, and the odds of being drawn."""

from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any

from tests.generation.dialogue_files import recllmsim as recllmsim_entry
from tests.generation.dialogue_files import redial as redial_entry
from tests.generation.dialogue_files import write_lines
from tests.journeys import originals
from tests.journeys.originals import Original
from tests.journeys.person import Person, Said

SLUG = "two-datasets"
SEATS = 7
CRITERIA = ("fluency", "informativeness", "logicality", "coherence")
NAMES = {"redial": "ReDial", "recllmsim": "RecLLMSim"}
PROTOCOL = """
title = "Two datasets"
slug = "two-datasets"
seed = 20261121
guidelines = "Read, then judge."
consent = "Taking part is voluntary."
[[block]]
name = "Utterance quality"
target = "dialogue"
instruments = ["utterance-quality"]
design = "panel"
annotators = 7
[[block.sample]]
dataset = "redial"
size = {size}
filter = {{ min_turns = {least}, max_turns = {most} }}
[[block.sample]]
dataset = "recllmsim"
size = {size}
filter = {{ min_turns = {least}, max_turns = {most} }}
[[block]]
name = "Overall preference"
target = "pair"
instruments = ["overall-preference"]
design = "panel"
annotators = 7
reveal = "whole"
[[block.sample]]
dataset = "redial"
size = {pairs}
[[block.sample]]
dataset = "recllmsim"
size = {pairs}
[block.pairing]
method = "random"
size = {pairs}
"""


@dataclass(frozen=True)
class Design:
    """How large the study is, and the files it draws from."""

    size: int
    pairs: int
    turns: tuple[int, int]
    files: dict[str, Path]

    @property
    def protocol(self) -> str:
        least, most = self.turns
        return PROTOCOL.format(size=self.size, pairs=self.pairs, least=least, most=most)

    @cached_property
    def originals(self) -> list[Original]:
        makers = {"redial": originals.redial, "recllmsim": originals.recllmsim}
        return [one for name, path in self.files.items() for one in originals.read(path, name, makers[name])]

    @cached_property
    def frames(self) -> dict[str, tuple[int, int]]:
        """Of each dataset: how many dialogues it has, and how many are long and short enough to be rated."""
        own = {name: [one for one in self.originals if one.dataset == name] for name in self.files}
        return {name: (len(ones), sum(map(self.fits, ones))) for name, ones in own.items()}

    def fits(self, original: Original) -> bool:
        return self.turns[0] <= len(original.shown) <= self.turns[1]

    def probability(self, *seen: Original) -> float:
        """With which this dialogue was drawn to be rated; or this pair, of what the rating had left."""
        if len(seen) == 1:
            return self.size / self.frames[seen[0].dataset][1]
        return prod(self._in_a_pair(one) for one in seen) / self.pairs

    def _in_a_pair(self, original: Original) -> float:
        everything, fitting = self.frames[original.dataset]
        left = 1 - self.size / fitting if self.fits(original) else 1
        return left * self.pairs / (everything - self.size)


@dataclass
class Judged:
    """A study that seven people have judged, and what they remember."""

    design: Design
    people: list[Person]
    pseudonyms: dict[int, str]

    @property
    def said(self) -> list[Said]:
        return [one for person in self.people for one in person.said]


def written_files(folder: Path, count: int) -> dict[str, Path]:
    """Two files of our own, in the formats of the real ones and with their traps; no two dialogues are alike."""
    talks = [redial_entry(str(number), messages=talk_about(number)) for number in range(count)]
    plans = [
        recllmsim_entry(number, source_file=f"plans/{number}.json", history=planned(number)) for number in range(count)
    ]
    return {
        "redial": write_lines(folder / "talks.jsonl.gz", talks),
        "recllmsim": write_lines(folder / "plans.jsonl.gz", plans),
    }


def talk_about(number: int) -> list[dict[str, Any]]:
    """Worker 11 asks, in pieces; worker 22 recommends. Three to eight turns."""
    said = [(11, f"Hello, something like @101 for {word(number)}?"), (11, "  Or older, rather")]
    for turn in range(2 + number % 6):
        said.append(
            (22, f"@102 is *quiet*, take {turn}") if turn % 2 == 0 else (11, f"I have seen @102 & @103, {turn}")
        )
    return [
        {"timeOffset": place, "text": text, "senderWorkerId": worker, "messageId": place}
        for place, (worker, text) in enumerate(said)
    ]


def planned(number: int) -> list[dict[str, Any]]:
    """A user and an assistant who is fond of Markdown. Four to eight messages."""
    said: list[dict[str, Any]] = []
    for turn in range(2 + number % 3):
        said.append({"role": "user", "content": f"A trip to {word(number)}, please", "intent": "Planning"})
        reply = f"1. **{word(number)}**\n2. a [train](https://example.org/{turn})"
        table = "| day | what |\n|---|---|\n| one | sea |"
        content = f"{reply}\n\n{table}"
        said.append({"role": "assistant", "content": content, "hallucination": {"hallucination": False, "memo": ""}})
    return said


def word(number: int) -> str:
    """A word of its own for every number, of letters alone."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:04d}")
