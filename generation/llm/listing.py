"""The scripted reader: preferences and synonyms by ready rules, as a model would answer. Pure."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from generation.llm.prompts import unfence
from generation.preferences.phrases import entry_phrases, found_by_rules
from generation.preferences.synonyms import read_numbered, suggested

MESSAGE: Final = re.compile(
    r"^\[(\d+)\] (User|Assistant): (.*?)(?=^\[\d+\] (?:User|Assistant): |\Z)", re.MULTILINE | re.DOTALL
)


def listed(text: str) -> str:
    """The answer to a prompt that asks for a list; empty where it asks for none."""
    for name, answer in ANSWERS.items():
        said = unfence(name, text)
        if said is not None:
            return json.dumps(answer(said), ensure_ascii=False)
    return ""


def _preferences(dialogue: str) -> list[dict[str, Any]]:
    messages = [(int(found[1]), found[3]) for found in MESSAGE.finditer(dialogue) if found[2] == "User"]
    return [{"phrase": one.words, "utterance": one.utterance} for one in found_by_rules(messages)]


def _synonyms(phrases: str) -> list[dict[str, Any]]:
    said = read_numbered(phrases)
    return [
        {"name": group.name, "phrases": [said.index(phrase) + 1 for phrase in group.phrases]}
        for group in suggested(dict.fromkeys(said, 1))
    ]


ANSWERS: Final[dict[str, Callable[[str], list[Any]]]] = {
    "dialogue": _preferences,
    "entry": entry_phrases,
    "phrases": _synonyms,
}
