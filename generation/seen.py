"""Which identifiers were met in a file, and where first."""

import json
import sqlite3
from collections import Counter
from typing import Final

from generation.formats.places import in_words, told

MOST_IN_MEMORY: Final = 50_000


class Seen:
    """Which identifiers were met, and where first; on disk when there are many, so that memory stays constant."""

    def __init__(self) -> None:
        self._recent: dict[tuple[str, str], str] = {}
        self._counts: Counter[str] = Counter()
        self._disk: sqlite3.Connection | None = None

    def first_place(self, kind: str, name: str, place: str = "") -> str | None:
        """Where this name was met before, or None if this is the first time."""
        before = self._find(kind, name)
        if before is None:
            self._recent[kind, name] = place
            self._counts[kind] += 1
            if len(self._recent) > MOST_IN_MEMORY:
                self._put_on_disk()
        return before

    def has(self, kind: str, name: str) -> bool:
        """Whether this name was met."""
        return self._find(kind, name) is not None

    def count(self, kind: str) -> int:
        return self._counts[kind]

    def close(self) -> None:
        if self._disk is not None:
            self._disk.close()

    def _find(self, kind: str, name: str) -> str | None:
        place = self._recent.get((kind, name))
        if place is not None or self._disk is None:
            return place
        row = self._disk.execute("SELECT place FROM seen WHERE kind = ? AND name = ?", (kind, name)).fetchone()
        return None if row is None else in_words(json.loads(row[0]))

    def _put_on_disk(self) -> None:
        if self._disk is None:
            self._disk = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._disk.execute("PRAGMA journal_mode = OFF")
            self._disk.execute("PRAGMA synchronous = OFF")
            self._disk.execute("CREATE TABLE seen (kind, name, place, PRIMARY KEY (kind, name)) WITHOUT ROWID")
            self._disk.execute("BEGIN")
        rows = ((kind, name, json.dumps(told(place))) for (kind, name), place in self._recent.items())
        self._disk.executemany("INSERT INTO seen VALUES (?, ?, ?)", rows)
        self._recent.clear()
