"""Published sets of questions: one `.toml` file here is one instrument; form, keys, results and export follow. Pure.

>>> shipped()["overall-preference"].criteria[0].scale
'preference'
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from annotation.instruments.reading import from_dict, parse
from annotation.instruments.values import (
    ASKED_OF,
    CONTEXT,
    SLUG,
    TIE,
    Criterion,
    Instrument,
    InstrumentError,
    Option,
    canonical_digest,
    context_of,
    to_dict,
)
from annotation.toml_reader import quoted

__all__ = [
    "ASKED_OF",
    "CONTEXT",
    "SLUG",
    "TIE",
    "Criterion",
    "Instrument",
    "InstrumentError",
    "Option",
    "canonical_digest",
    "context_of",
    "from_dict",
    "parse",
    "shipped",
    "to_dict",
]


@cache
def shipped() -> Mapping[str, Instrument]:
    """The instruments that come with the product, by slug: every `.toml` file of this folder."""
    found: dict[str, Instrument] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        try:
            instrument = parse(path.read_text(encoding="utf-8"))
        except InstrumentError as error:
            raise InstrumentError([f"{path.name}: {problem}" for problem in error.problems]) from error
        if instrument.slug != path.stem:
            raise InstrumentError([f"{path.name}: its slug is {quoted(instrument.slug)}; it should be its file's name"])
        found[instrument.slug] = instrument
    return found
