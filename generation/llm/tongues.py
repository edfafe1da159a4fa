"""The tongues of the scripted user and the scripted assistant: what they say and how they understand. Pure.

English is `talk.toml`, another language `talk.<code>.toml` with the same tables. In a language without one they speak
English.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from random import Random
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
DEFAULT: Final = "en"
TOLD_OF_A_PROFILE: Final = 4


@dataclass(frozen=True)
class Tongue:
    """`lines` is the whole file; what is in its table `understands` are patterns."""

    code: str
    lines: Mapping[str, Any]

    @cached_property
    def patterns(self) -> Mapping[str, re.Pattern[str]]:
        return {name: re.compile(pattern) for name, pattern in self.lines["understands"].items()}

    @property
    def trigger(self) -> re.Pattern[str]:
        """Finds in the end command what ends a conversation."""
        return self.patterns["trigger"]

    @property
    def goodbye(self) -> str:
        return str(self.lines["user"]["goodbye"])

    @property
    def likes(self) -> re.Pattern[str]:
        return self.patterns["likes"]

    @property
    def dislikes(self) -> re.Pattern[str]:
        return self.patterns["dislikes"]

    def is_told_in(self, text: str) -> bool:
        """Whether a prompt asks for this language."""
        return bool(self.patterns["told"].search(text))

    def letters(self, text: str) -> int:
        """How many letters of a text are written as this language is."""
        return len(self.patterns["letter"].findall(text))

    def length(self, text: str) -> int:
        """About how many words a text has."""
        return len(self.patterns["word"].findall(text))

    def joined(self, sentences: Sequence[str]) -> str:
        return str(self.lines["between"]).join(sentences)

    def sentences(self, text: str) -> list[str]:
        found = self.patterns["sentence"].finditer(" ".join(text.split()))
        return [one[0].strip() for one in found]

    def tastes(self, pattern: re.Pattern[str], profile: str) -> list[str]:
        """What somebody likes or dislikes, of several things together the first."""
        return list(dict.fromkeys(self.patterns["together"].split(found)[0] for found in pattern.findall(profile)))

    def first_person(self, text: str) -> str:
        """
        >>> tongue_of("English").first_person("You are going to cook for yourself and your friends.")
        'I am going to cook for myself and my friends.'
        """
        for pattern, words in self._persons:
            text = pattern.sub(words, text)
        return text

    @cached_property
    def _persons(self) -> Sequence[tuple[re.Pattern[str], str]]:
        return [(re.compile(pattern), words) for pattern, words in self.lines["persons"]]

    def topic(self, text: str) -> Mapping[str, Any]:
        """The topic that the most words speak of, by how words begin; the last one where none does."""
        topics = list(self.lines["topics"].values())
        begins, small = str(self.lines["begins"]), text.lower()
        counts = [sum(len(re.findall(begins + word, small)) for word in topic["words"]) for topic in topics]
        found: Mapping[str, Any] = topics[counts.index(max(counts))] if max(counts) else topics[-1]
        return found

    def is_interview(self, message: str) -> bool:
        """Whether a message asks what is asked when a conversation is over."""
        return bool(self.patterns["interview"].search(message))

    def answer(self, question: str, *, is_so: bool, profile: str = "") -> str:
        """The answer to a question that is asked then: yes or no, or who somebody is by a profile."""
        for name in ("completed", "human"):
            pattern, yes, no = self.lines["interview"][name]
            if re.search(pattern, question):
                return str(yes if is_so else no)
        told = self.patterns["profile"].findall(profile)[:TOLD_OF_A_PROFILE]
        return str(self.lines["interview"]["told"]).format(told=", ".join(told))

    def wish(self, text: str, random: Random) -> str:
        """A few words of the user's to take up again."""
        wished = int(self.lines["wished"])
        spans = [one.split() for one in self.patterns["wish"].findall(text)]
        found = [self.joined(words[-wished:]) for words in spans if len(words) >= wished]
        return f"“{random.choice(found)}”" if found else ""


@cache
def tongues() -> Mapping[str, Tongue]:
    """By code, English first."""
    files = {path.stem.partition(".")[2]: path for path in sorted(FOLDER.glob("talk.*.toml"))}
    found = {DEFAULT: FOLDER / "talk.toml", **files}
    return {code: Tongue(code, tomllib.loads(path.read_text(encoding="utf-8"))) for code, path in found.items()}


TURNS: Final[Sequence[int]] = tongues()[DEFAULT].lines["turns"]


def tongue_told(prompt: str) -> Tongue:
    """The tongue that a prompt asks for."""
    return next((one for one in tongues().values() if one.is_told_in(prompt)), tongues()[DEFAULT])


def tongue_of(text: str) -> Tongue:
    """The tongue that a text is written in.

    >>> tongue_of("我想去西安 (Xi'an)").code, tongue_of("To 西安, please.").code, tongue_of("…").code
    ('zh', 'en', 'en')
    """
    return max(tongues().values(), key=lambda one: one.letters(text))
