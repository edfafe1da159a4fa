"""Which questions one unit asks, in the order in which they are asked. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from annotation.instruments import Criterion, Instrument

WHOLE: Final = -1


@dataclass(frozen=True)
class Question:
    """One criterion at one place: the index of a turn, or `WHOLE` for the dialogue or pair."""

    instrument: str
    criterion: Criterion
    place: int

    @property
    def key(self) -> tuple[str, str, int]:
        return (self.instrument, self.criterion.key, self.place)


def questions(
    instruments: Iterable[Instrument], turns: Sequence[dict[str, Any]], *, rotation: int = 0
) -> list[Question]:
    """Every question of a unit: turn by turn in the order of the criteria, then those about the whole.

    `rotation` begins with a later criterion and goes round, so that between annotators none is always asked first.

    >>> questions([], [{"speaker": "user", "text": "Hello"}])
    []
    """
    asked = [(instrument.slug, criterion) for instrument in instruments for criterion in instrument.criteria]
    first = rotation % len(asked) if asked else 0
    asked = asked[first:] + asked[:first]
    of_turns = [
        Question(slug, criterion, place)
        for place, turn in enumerate(turns)
        for slug, criterion in asked
        if criterion.target == "utterance" and turn["speaker"] in criterion.speakers and (criterion.first or place > 0)
    ]
    return of_turns + [Question(slug, criterion, WHOLE) for slug, criterion in asked if criterion.target != "utterance"]
