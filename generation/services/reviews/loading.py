"""The reviews of a dataset as columns of numbers, in pieces: texts are counted and let go."""

from array import array
from collections.abc import Generator, Iterator
from typing import Final

import numpy as np

from generation.models import Dataset, Interaction
from generation.reviews.behaviour import Columns
from generation.reviews.cleaning import WORD_RULES, cleaned
from generation.reviews.settings import Settings

PIECE: Final = 4_000


class Loaded:
    """Columns that grow. Rows are primary keys, which follow the files; `texts` counts what P1 met."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.texts = {"with_text": 0, "changed": 0, "emptied": 0}
        self._count = WORD_RULES[settings.word_rule]
        self._integers = {name: array("q") for name in ("rows", "people", "items", "times", "words")}
        self._ratings = array("d")

    def __len__(self) -> int:
        return len(self._ratings)

    def add(self, rows: list[tuple[int, int, int, float, int | None, str]]) -> None:
        ids, people, items, ratings, times, texts = zip(*rows, strict=True)
        columns = (ids, people, items, [time or 0 for time in times], [self._words(text) for text in texts])
        for name, values in zip(self._integers, columns, strict=True):
            self._integers[name].extend(values)
        self._ratings.extend(ratings)

    def _words(self, text: str) -> int:
        if not text:
            return 0
        self.texts["with_text"] += 1
        if not self.settings.cleaning:
            return self._count(text)
        left = cleaned(text, self.settings.max_token_length)
        self.texts["changed"] += left != text
        self.texts["emptied"] += not left
        return self._count(left)

    def columns(self) -> Columns:
        numbers = {name: np.array(values, dtype=np.int64) for name, values in self._integers.items()}
        return Columns(
            people=numbers["people"],
            items=numbers["items"],
            ratings=np.array(self._ratings, dtype=np.float64),
            times=numbers["times"],
            words=numbers["words"],
            rows=numbers["rows"],
        )


def load(dataset: Dataset, settings: Settings) -> Generator[int, None, Loaded]:
    """Yields how many reviews were read so far; returns them all."""
    loaded = Loaded(settings)
    for rows in _pieces(dataset):
        loaded.add(rows)
        yield len(loaded)
    return loaded


def _pieces(dataset: Dataset) -> Iterator[list[tuple[int, int, int, float, int | None, str]]]:
    found = Interaction.objects.in_dataset(dataset)
    fields = ("pk", "person_id", "item_id", "rating", "at", "text")
    last = 0
    while rows := list(found.filter(pk__gt=last).values_list(*fields)[:PIECE]):
        last = rows[-1][0]
        yield rows
