"""A word cloud: words by weight, none over another, the same for the same words. Pure.

The heaviest word stands in the middle, each further one as near to it as there is room, along a spiral. How wide a word
is, nobody knows without its font: it is estimated, and the browser is told to draw it as wide as that.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""

NARROW: Final = frozenset("iljtfrI.,'!|-() ")
BROAD: Final = frozenset("mwMWÄÖ@%&")
LINE: Final = 1.15
PADDING: Final = 3.0
FILLED: Final = 0.6
TURNS_FIRST: Final = 8
TURNS_OF_THE_SPIRAL: Final = 60
COLOURS: Final = ("#0b4f86", "#8a3c00", "#00664b", "#7a2e63", "#3d4450")
"""Of a cloud in a file, on white; on a page they come from its stylesheet."""


@dataclass(frozen=True, slots=True)
class Word:
    """Where a word stands: the middle of its base line, its size and width, and the number of its colour."""

    text: str
    weight: int
    x: float
    y: float
    size: float
    width: float
    colour: int


@dataclass(frozen=True, slots=True)
class Cloud:
    width: int
    height: int
    words: tuple[Word, ...]
    left_out: int
    """Words for which there was no room."""


def width_of(text: str, size: float) -> float:
    """About how wide a text is in a sans-serif font.

    >>> width_of("mill", 10) < width_of("moon", 10) < width_of("电影电影", 10)
    True
    """
    return size * sum(map(_em, text))


def _em(character: str) -> float:
    if character > "\u2e7f":
        return 1.0
    if character in BROAD:
        return 0.9
    if character in NARROW:
        return 0.34
    return 0.68 if character.isupper() else 0.58


@lru_cache(maxsize=64)
def laid_out(
    weighted: tuple[tuple[str, int], ...], *, width: int, height: int, smallest: float, largest: float
) -> Cloud:
    """Place the words, heaviest first. Areas grow with the weight, and are smaller where there are many words.

    >>> cloud = laid_out((("calm films", 9), ("tea", 4)), width=400, height=200, smallest=12, largest=40)
    >>> [(word.text, word.size) for word in cloud.words]
    [('calm films', 40.0), ('tea', 26.7)]
    """
    most = max((weight for _text, weight in weighted), default=1) or 1
    largest *= _share(weighted, most, largest, width * height)
    boxes: list[Box] = []
    words: list[Word] = []
    for number, (text, weight) in enumerate(weighted):
        size = round(max(smallest, largest * math.sqrt(weight / most)), 1)
        while size > smallest and width_of(text, size) > 0.9 * width:
            size = round(max(smallest, size * 0.9), 1)
        wide, high = width_of(text, size), size * LINE
        box = _free(wide, high, width, height, boxes)
        if box is not None:
            boxes.append(box)
            left, _top, right, bottom = box
            place = round((left + right) / 2, 1), round(bottom - PADDING - 0.25 * size, 1)
            words.append(Word(text, weight, *place, size, round(wide, 1), number % len(COLOURS)))
    return Cloud(width, height, tuple(words), len(weighted) - len(words))


def _share(weighted: Sequence[tuple[str, int]], most: int, largest: float, room: float) -> float:
    """By how much all words have to shrink to fill no more than `FILLED` of the room."""
    sizes = [(text, largest * math.sqrt(weight / most)) for text, weight in weighted]
    covered = sum((width_of(text, size) + 2 * PADDING) * (size * LINE + 2 * PADDING) for text, size in sizes)
    return min(1.0, math.sqrt(FILLED * room / covered)) if covered else 1.0


def _free(wide: float, high: float, width: int, height: int, boxes: Sequence[Box]) -> Box | None:
    """The first place on the spiral that is inside and free."""
    half, tall = wide / 2 + PADDING, high / 2 + PADDING
    x, y = _spiral(width, height)
    open_ones = (x >= half) & (x <= width - half) & (y >= tall) & (y <= height - tall)
    for left, top, right, bottom in boxes:
        open_ones &= (x + half <= left) | (x - half >= right) | (y + tall <= top) | (y - tall >= bottom)
    found = np.flatnonzero(open_ones)
    if not found.size:
        return None
    middle, centre = float(x[found[0]]), float(y[found[0]])
    return middle - half, centre - tall, middle + half, centre + tall


@lru_cache(maxsize=8)
def _spiral(width: int, height: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Places from the middle outwards, finer where a turn is longer."""
    near = np.arange(0, TURNS_FIRST * math.tau, 0.12)
    angle = np.concatenate([near, np.arange(TURNS_FIRST * math.tau, TURNS_OF_THE_SPIRAL * math.tau, 0.05)])
    reach = angle / (TURNS_OF_THE_SPIRAL * math.tau)
    return width / 2 * (1 + reach * np.cos(angle)), height / 2 * (1 + reach * np.sin(angle))


def as_file(cloud: Cloud, title: str) -> str:
    """The cloud as an SVG file of its own, dark on white."""
    words = "".join(
        f'<text x="{word.x}" y="{word.y}" font-size="{word.size}" textLength="{word.width}" '
        f'lengthAdjust="spacingAndGlyphs" fill="{COLOURS[word.colour]}">{escape(word.text)}</text>'
        for word in cloud.words
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {cloud.width} {cloud.height}" '
        f'font-family="Helvetica, Arial, sans-serif" text-anchor="middle"><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="#fff"/>{words}</svg>\n'
    )
