"""What the answers to one criterion mean: their scale, the numbers they are stored as, and the options. Pure.

A stored value is a whole number: `decimals` says how many digits of it stand behind the point.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from annotation.instruments import Option
from annotation.instruments.reading import MOST_OPTIONS
from annotation.instruments.values import RESERVED_KEYS
from annotation.published.answers import number
from generation.wording import worded

MOSTLY: Final = 0.9
MOST_VALUES: Final = 101
MOST_DECIMALS: Final = 6
MOST_STORED: Final = 1_000_000_000
MOST_LABEL: Final = 100
WORDS: Final[Mapping[str, int]] = {"yes": 1, "true": 1, "no": 0, "false": 0}
KEYS: Final = [key for key in "0123456789abcdefghijklmnopqrstuvwxyz" if key not in RESERVED_KEYS]


@dataclass(frozen=True)
class Scale:
    """How one criterion is measured. `stored` gives the number of each text that is an answer, `bad` says of the
    others why they are none."""

    scale: str
    decimals: int = 0
    stored: Mapping[str, int] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    bad: Mapping[str, str] = field(default_factory=dict)


def settle(counts: Mapping[str, int], *, asked: str = "", labels: Mapping[str, str] | None = None) -> Scale:
    """The scale of a criterion with these answers: the one asked for, or the one they look like.

    Words are nominal and numbers ordinal; 0 and 1 alone are binary; more different numbers than an instrument has
    options are an interval scale. A few words among many numbers are taken for mistakes.

    >>> settle({"1": 4, "2.5": 1}).stored, settle({"good": 1, "bad": 1}).scale
    ({'1': 10, '2.5': 25}, 'nominal')
    """
    numbers = {text: value for text in counts if (value := number(text)) is not None}
    scale = asked or _guess(counts, numbers)
    if scale == "nominal":
        return _nominal(counts, numbers, labels or {})
    if scale == "binary":
        return _binary(counts, numbers)
    return _measured(scale, counts, numbers)


def _guess(counts: Mapping[str, int], numbers: Mapping[str, Decimal]) -> str:
    if {text.lower() for text in counts} <= WORDS.keys():
        return "binary"
    if sum(counts[text] for text in numbers) < MOSTLY * sum(counts.values()):
        return "nominal"
    values = set(numbers.values())
    if values <= {0, 1}:
        return "binary"
    return "ordinal" if len(values) <= MOST_OPTIONS else "interval"


def _nominal(counts: Mapping[str, int], numbers: Mapping[str, Decimal], labels: Mapping[str, str]) -> Scale:
    bad = {text: worded("it is too long for the name of a category") for text in counts if len(text) > MOST_LABEL}
    names = [text for text in counts if text not in bad]
    if len(names) > MOST_OPTIONS:
        said = worded(
            "there are %(answers)s different answers, at most %(most)d categories can be kept",
            answers=f"{len(names):,}",
            most=MOST_OPTIONS,
        )
        return Scale("nominal", bad=dict.fromkeys(counts, said))
    whole = {text: value for text in names if (value := numbers.get(text)) is not None and _is_code(value)}
    if len(whole) == len(names):
        stored = {text: int(value) for text, value in whole.items()}
    else:
        stored = {text: code for code, text in enumerate(sorted(names))}
    named = {code: labels.get(text) or text for text, code in stored.items()}
    return Scale("nominal", 0, stored, _options(sorted(named), named), bad)


def _is_code(value: Decimal) -> bool:
    return value == value.to_integral_value() and abs(value) < MOST_STORED


def _binary(counts: Mapping[str, int], numbers: Mapping[str, Decimal]) -> Scale:
    stored = {
        text: int(value) if value is not None else WORDS[text.lower()]
        for text in counts
        if (value := numbers.get(text)) in (0, 1) or text.lower() in WORDS
    }
    bad = {text: worded("a binary answer is 0 or 1, yes or no") for text in counts if text not in stored}
    words = {number: text for text, number in stored.items() if text not in numbers}
    return Scale("binary", 0, stored, _options([0, 1], words), bad)


def _measured(scale: str, counts: Mapping[str, int], numbers: Mapping[str, Decimal]) -> Scale:
    bad = {text: worded("it is not a number") for text in counts if text not in numbers}
    decimals = max((_decimals(value) for value in numbers.values()), default=0)
    stored = {}
    for text, value in numbers.items():
        if decimals > MOST_DECIMALS or abs(value) * 10**decimals > MOST_STORED:
            bad[text] = worded("it has too many digits; round it to at most %(most)d decimals", most=MOST_DECIMALS)
        else:
            stored[text] = int(value * 10**decimals)
    values = sorted(set(stored.values()))
    most = MOST_OPTIONS if scale == "ordinal" else MOST_VALUES
    if len(values) > most:
        said = worded(
            "there are %(values)s different values, on this scale at most %(most)d; %(what)s",
            values=f"{len(values):,}",
            most=most,
            what=worded("round them, or say interval") if scale == "ordinal" else worded("round them"),
        )
        return Scale(scale, decimals, {}, (), bad | dict.fromkeys(stored, said))
    if scale == "interval":
        values = [values[0], values[-1]] if values else []
    elif values and not decimals and values[-1] - values[0] < MOST_OPTIONS:
        values = list(range(values[0], values[-1] + 1))
    if len(set(values)) == 1:
        values = [values[0], values[0] + 10**decimals]
    return Scale(scale, decimals, stored, _options(values, {one: _written(one, decimals) for one in values}), bad)


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def _written(stored: int, decimals: int) -> str:
    return f"{stored / 10**decimals:.{decimals}f}"


def _options(values: Iterable[int], labels: Mapping[int, str]) -> tuple[Option, ...]:
    listed = list(values)
    own = {value: str(value) for value in listed if 0 <= value <= 9}
    free = iter([key for key in KEYS if key not in own.values()])
    return tuple(Option(one, own.get(one) or next(free), labels.get(one, str(one))[:MOST_LABEL]) for one in listed)
