"""Published sets of questions: one `.toml` file here is one instrument; form, keys, results and export follow. Pure.

>>> shipped()["overall-preference"].criteria[0].scale
'preference'
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from annotation.toml_reader import Reader, listed, quoted

TARGETS: Final = ("utterance", "dialogue", "pair")
SCALES: Final = ("ordinal", "binary", "nominal", "preference", "span", "text")
SPEAKERS: Final = ("user", "system")
REASONS: Final = ("optional", "required", "never")
RESERVED_KEYS: Final = {
    "n": "“cannot judge”",
    "u": "undo",
    "l": "the other language",
    "g": "the guidelines",
    "r": "the reason",
    "?": "the list of keys",
}
MOST_CHARACTERS: Final = 200_000
MOST_CRITERIA: Final = 40
MOST_OPTIONS: Final = 30
SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
TIE: Final = 0


class InstrumentError(ValueError):
    """Every problem of an instrument, each in words with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Option:
    """One answer: the number stored, the key that gives it, its name and its anchor."""

    value: int
    key: str
    label: str
    anchor: str = ""


@dataclass(frozen=True)
class Criterion:
    """One question, of each utterance, of the dialogue or of the pair. “Cannot judge” (key n) is always offered."""

    key: str
    title: str
    question: str
    target: str
    speakers: tuple[str, ...] = SPEAKERS
    first: bool = True
    scale: str = "ordinal"
    options: tuple[Option, ...] = ()
    reason: str = "optional"

    def choices(self, *, ties: bool) -> tuple[Option, ...]:
        """The options offered in a block that allows ties, or does not (preferences alone have any)."""
        if self.scale != "preference" or ties:
            return self.options
        return tuple(option for option in self.options if option.value != TIE)


@dataclass(frozen=True)
class Instrument:
    """A published set of questions and the version it is known by."""

    slug: str
    version: int
    title: str
    description: str = ""
    criteria: tuple[Criterion, ...] = ()
    digest: str = field(default="", compare=False)

    def criterion(self, key: str) -> Criterion | None:
        return next((criterion for criterion in self.criteria if criterion.key == key), None)


def canonical_digest(value: object) -> str:
    """SHA-256 of `value` as JSON with sorted keys and no spaces.

    >>> canonical_digest({"b": 1, "a": "é"}) == canonical_digest({"a": "é", "b": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def to_dict(instrument: Instrument) -> dict[str, Any]:
    """The instrument as JSON-able values, without its digest. `from_dict` takes it back."""
    data = asdict(instrument)
    del data["digest"]
    for criterion in data["criteria"]:
        criterion["speakers"] = list(criterion["speakers"])
        criterion["option"] = list(criterion.pop("options"))
    data["criterion"] = list(data.pop("criteria"))
    return data


def from_dict(data: object, *, place: str = "") -> Instrument:
    """Read an instrument; raises `InstrumentError` with every problem found."""
    problems: list[str] = []
    instrument = _read_instrument(Reader(data, place, problems))
    if problems:
        raise InstrumentError(problems)
    return instrument


def parse(toml_text: str) -> Instrument:
    """Read an instrument's TOML text; raises `InstrumentError` with every problem found."""
    if len(toml_text) > MOST_CHARACTERS:
        raise InstrumentError([f"The instrument has more than {MOST_CHARACTERS:,} characters."])
    try:
        data = tomllib.loads(toml_text)
    except (ValueError, RecursionError) as error:  # a plain ValueError for a number of thousands of digits
        raise InstrumentError([f"This is not TOML: {error}."]) from error
    return from_dict(data)


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


def _read_instrument(reader: Reader) -> Instrument:
    slug = reader.text("slug", most=60)
    if slug and not SLUG.fullmatch(slug):
        reader.problem(f"`slug` is {quoted(slug)}; use small letters, digits and single hyphens, a letter first.")
    version = reader.integer("version", least=1, most=1_000_000, default=1)
    title = reader.text("title", most=200)
    description = reader.text("description", most=5_000, default="")
    tables = reader.tables("criterion", most=MOST_CRITERIA)
    if not tables:
        reader.problem("it asks nothing; add at least one [[criterion]].")
    criteria = tuple(
        _read_criterion(Reader(table, reader.within(f"criterion {number}"), reader.problems))
        for number, table in enumerate(tables, start=1)
    )
    _refuse_doubles(reader, "criterion key", [criterion.key for criterion in criteria])
    reader.finish()
    bare = Instrument(slug, version, title, description, criteria)
    return Instrument(slug, version, title, description, criteria, canonical_digest(to_dict(bare)))


def _read_criterion(reader: Reader) -> Criterion:
    key = reader.text("key", most=60)
    if key and not SLUG.fullmatch(key):
        reader.problem(f"`key` is {quoted(key)}; use small letters, digits and single hyphens, a letter first.")
    if key:
        reader.place = f"{reader.place} ({key})"
    title = reader.text("title", most=100)
    question = reader.text("question", most=1_000)
    target = reader.choice("target", TARGETS)
    speakers = reader.texts("speakers", most=2, default=list(SPEAKERS))
    for speaker in speakers:
        if speaker not in SPEAKERS:
            reader.problem(f"`speakers` names {quoted(speaker)}; known are {listed(SPEAKERS)}.")
    if not speakers:
        reader.problem(f"`speakers` is empty; name one or both of {listed(SPEAKERS)}.")
    _refuse_doubles(reader, "speaker", speakers)
    first = reader.flag("first", default=True)
    scale = reader.choice("scale", SCALES)
    reason = reader.choice("reason", REASONS, default="optional")
    options = tuple(
        _read_option(Reader(table, reader.within(f"option {number}"), reader.problems))
        for number, table in enumerate(reader.tables("option", most=MOST_OPTIONS), start=1)
    )
    reader.finish()
    _refuse_doubles(reader, "option value", [str(option.value) for option in options])
    _refuse_doubles(reader, "option key", [option.key for option in options])
    _check_scale(reader, scale, target, [option.value for option in options])
    return Criterion(key, title, question, target, speakers, first, scale, options, reason)


def _read_option(reader: Reader) -> Option:
    value = reader.integer("value", least=-1_000, most=1_000)
    key = reader.text("key", most=20, default=str(value))
    if key in RESERVED_KEYS:
        reader.problem(f"`key` {quoted(key)} is reserved for {RESERVED_KEYS[key]}; take another.")
    elif not re.fullmatch(r"[a-z0-9]", key):
        reader.problem(
            f"`key` is {quoted(key)}; it should be one digit or small letter. Arrows, Enter, Escape, Tab and space "
            "move about."
        )
    label = reader.text("label", most=100)
    anchor = reader.text("anchor", most=500, default="")
    reader.finish()
    return Option(value, key, label, anchor)


def _check_scale(reader: Reader, scale: str, target: str, values: list[int]) -> None:
    if (scale == "preference") != (target == "pair"):
        reader.problem(
            "a preference is asked of a pair, and a pair is asked a preference: `scale` and `target` differ."
        )
    if scale in {"span", "text"}:
        if values:
            reader.problem(f"the scale {scale} takes no options; remove them.")
    elif scale == "preference":
        if sorted(values) not in ([1, 2], [TIE, 1, 2]):
            reader.problem("a preference has the options 1 (the left dialogue), 2 (the right one), and 0 for a tie.")
    elif scale == "binary":
        if sorted(values) != [0, 1]:
            reader.problem("a binary criterion has exactly the two options 0 and 1.")
    elif len(values) < 2:
        reader.problem(
            f"the scale {scale} needs at least two options; there {'is' if len(values) == 1 else 'are'} {len(values)}."
        )
    elif scale == "ordinal" and values != sorted(values):
        reader.problem("the options of an ordinal criterion should stand in the order of their values, lowest first.")


def _refuse_doubles(reader: Reader, what: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen and value:
            reader.problem(f"the {what} {quoted(value)} stands there twice; each may stand once.")
        seen.add(value)
