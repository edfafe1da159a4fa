"""The dialogues of a file as its makers wrote them, read without any code of the product: what a person may be shown,
and by which an annotator's screen tells the test whose dialogue it was."""

import gzip
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import groupby
from pathlib import Path
from typing import Any

Shown = tuple[tuple[str, str], ...]
"""Speaker and letters of every turn of a dialogue."""


@dataclass(frozen=True)
class Original:
    """A dialogue of a file: its turns, and for each turn the numbers of the messages that it was merged from."""

    dataset: str
    name: str
    shown: Shown
    messages: tuple[tuple[int, ...], ...]


def letters(text: str) -> str:
    """What is left of a text when Markdown, numbers of lists and white space no longer matter."""
    return re.sub(r"[\W\d_]+", "", unicodedata.normalize("NFC", unescape(text))).lower()


def redial(dataset: str, entry: dict[str, Any]) -> Original:
    titles = dict(entry["movieMentions"] or {})
    said = [
        (
            "user" if message["senderWorkerId"] == entry["initiatorWorkerId"] else "system",
            letters(re.sub(r"@(\d+)", lambda found: titles.get(found[1]) or "", message["text"])),
        )
        for message in entry["messages"]
    ]
    return _merged(dataset, str(entry["conversationId"]), said)


def recllmsim(dataset: str, entry: dict[str, Any]) -> Original:
    said = [
        (
            "user" if message["role"] == "user" else "system",
            letters(re.sub(r"(!?\[[^\]]*\])\([^)\s]*\)", r"\1", message["content"])),
        )
        for message in entry["history"]
    ]
    return _merged(dataset, entry["source_file"], said)


def _merged(dataset: str, name: str, said: Sequence[tuple[str, str]]) -> Original:
    runs = [list(run) for _, run in groupby(enumerate(said), key=lambda one: one[1][0])]
    shown = tuple((run[0][1][0], "".join(text for _, (_, text) in run)) for run in runs)
    return Original(dataset, name, shown, tuple(tuple(index for index, _ in run) for run in runs))


def read(path: Path, dataset: str, make: Callable[[str, dict[str, Any]], Original]) -> list[Original]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [make(dataset, json.loads(line)) for line in lines]


def by_what_is_shown(originals: Iterable[Original]) -> dict[Shown, Original]:
    """Each dialogue under the letters of its turns; those that nothing tells apart are not in it."""
    found: dict[Shown, Original | None] = {}
    for original in originals:
        found[original.shown] = None if original.shown in found else original
    return {shown: original for shown, original in found.items() if original is not None}
