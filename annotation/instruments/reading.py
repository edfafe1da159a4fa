"""Reading an instrument from TOML or from a dict, with every problem named by its place."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from annotation.instruments.values import (
    CONTEXT,
    REASONS,
    RESERVED_KEYS,
    SCALES,
    SLUG,
    SPANS,
    SPEAKERS,
    TARGETS,
    TIE,
    Criterion,
    Instrument,
    InstrumentError,
    Option,
    canonical_digest,
    to_dict,
)
from annotation.toml_reader import Reader, listed, quoted
from generation.wording import worded, worded_count

MOST_CHARACTERS: Final = 200_000
MOST_CRITERIA: Final = 40
MOST_OPTIONS: Final = 30
MOST_VALUE: Final = 1_000_000_000
MOST_DECIMALS: Final = 6


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
        raise InstrumentError(
            [
                worded(
                    "The instrument has more than %(most)s characters.",
                    most=f"{MOST_CHARACTERS:,}",
                )
            ]
        )
    try:
        data = tomllib.loads(toml_text)
    except (ValueError, RecursionError) as error:  # a plain ValueError for a number of thousands of digits
        raise InstrumentError([worded("This is not TOML: %(error)s.", error=error)]) from error
    return from_dict(data)


def _read_instrument(reader: Reader) -> Instrument:
    slug = reader.text("slug", most=60)
    if slug and not SLUG.fullmatch(slug):
        reader.problem(
            worded(
                "`slug` is %(slug)s; use small letters, digits and single hyphens, a letter first.", slug=quoted(slug)
            )
        )
    version = reader.integer("version", least=1, most=1_000_000, default=1)
    title = reader.text("title", most=200)
    description = reader.text("description", most=5_000, default="")
    tables = reader.tables("criterion", most=MOST_CRITERIA)
    if not tables:
        reader.problem(worded("it asks nothing; add at least one [[criterion]]."))
    criteria = tuple(
        _read_criterion(Reader(table, reader.within(worded("criterion %(number)s", number=number)), reader.problems))
        for number, table in enumerate(tables, start=1)
    )
    _refuse_doubles(reader, worded("criterion key"), [criterion.key for criterion in criteria])
    context = _read_context(reader)
    reader.finish()
    bare = Instrument(slug, version, title, description, criteria, context)
    return replace(bare, digest=canonical_digest(to_dict(bare)))


def _read_context(reader: Reader) -> tuple[str, ...]:
    context = reader.texts("context", most=len(CONTEXT), default=[])
    for part in context:
        if part not in CONTEXT:
            reader.problem(
                worded("`context` names %(part)s; known are %(context)s.", part=quoted(part), context=listed(CONTEXT))
            )
    _refuse_doubles(reader, worded("context"), context)
    return context


def _read_criterion(reader: Reader) -> Criterion:
    key = reader.text("key", most=60)
    if key and not SLUG.fullmatch(key):
        reader.problem(
            worded("`key` is %(key)s; use small letters, digits and single hyphens, a letter first.", key=quoted(key))
        )
    if key:
        reader.place = worded("%(place)s (%(key)s)", place=reader.place, key=key)
    title = reader.text("title", most=100)
    question = reader.text("question", most=1_000)
    target = reader.choice("target", TARGETS)
    speakers = reader.texts("speakers", most=2, default=list(SPEAKERS))
    for speaker in speakers:
        if speaker not in SPEAKERS:
            reader.problem(
                worded(
                    "`speakers` names %(speaker)s; known are %(speakers)s.",
                    speaker=quoted(speaker),
                    speakers=listed(SPEAKERS),
                )
            )
    if not speakers:
        reader.problem(worded("`speakers` is empty; name one or both of %(speakers)s.", speakers=listed(SPEAKERS)))
    _refuse_doubles(reader, worded("speaker"), speakers)
    first = reader.flag("first", default=True)
    scale = reader.choice("scale", SCALES)
    reason = reader.choice("reason", REASONS, default="optional")
    decimals = reader.integer("decimals", least=0, most=MOST_DECIMALS, default=0)
    options = tuple(
        _read_option(Reader(table, reader.within(worded("option %(number)s", number=number)), reader.problems))
        for number, table in enumerate(reader.tables("option", most=MOST_OPTIONS), start=1)
    )
    reader.finish()
    _refuse_doubles(reader, worded("option value"), [str(option.value) for option in options])
    _refuse_doubles(reader, worded("option key"), [key for option in options for key in (option.key, option.rest_key)])
    _check_scale(reader, scale, target, [option.value for option in options])
    _check_options(reader, target, options, reason)
    return Criterion(key, title, question, target, speakers, first, scale, options, reason, decimals)


def _read_option(reader: Reader) -> Option:
    value = reader.integer("value", least=-MOST_VALUE, most=MOST_VALUE)
    key = reader.text("key", most=20, default=str(value))
    _check_key(reader, "key", key)
    label = reader.text("label", most=100)
    anchor = reader.text("anchor", most=500, default="")
    reason = reader.choice("reason", REASONS, default="")
    span = reader.choice("span", SPANS, default="")
    rest_key = reader.text("rest_key", most=20, default="")
    rest_label = reader.text("rest_label", most=100, default="")
    if rest_key:
        _check_key(reader, "rest_key", rest_key)
    if bool(rest_key) != bool(rest_label):
        reader.problem(worded("`rest_key` and `rest_label` go together: the key, and what stands on its button."))
    reader.finish()
    return Option(value, key, label, anchor, reason, span, rest_key, rest_label)


def _check_key(reader: Reader, name: str, key: str) -> None:
    if key in RESERVED_KEYS:
        reader.problem(
            worded(
                "`%(name)s` %(key)s is reserved for %(use)s; take another.",
                name=name,
                key=quoted(key),
                use=RESERVED_KEYS[key],
            )
        )
    elif not re.fullmatch(r"[a-z0-9]", key):
        reader.problem(
            worded(
                "`%(name)s` is %(key)s; it should be one digit or small letter. Arrows, Enter, "
                "Escape, Tab and space move about.",
                name=name,
                key=quoted(key),
            )
        )


def _check_options(reader: Reader, target: str, options: Iterable[Option], reason: str) -> None:
    """A span is of an utterance's words; what is answered for many utterances at once explains none of them."""
    for option in options:
        if option.span and target != "utterance":
            reader.problem(
                worded(
                    "`span` marks words of an utterance, but %(label)s is said of a %(target)s.",
                    label=quoted(option.label),
                    target=target,
                )
            )
        if option.rest_key and target != "utterance":
            reader.problem(
                worded(
                    "`rest_key` answers for utterances, but %(label)s is said of a %(target)s.",
                    label=quoted(option.label),
                    target=target,
                )
            )
        if option.rest_key and "required" in {option.reason or reason, option.span}:
            reader.problem(
                worded(
                    "`rest_key` of %(label)s: an answer that requires a reason or a span cannot be given "
                    "to many utterances at once.",
                    label=quoted(option.label),
                )
            )


def _check_scale(reader: Reader, scale: str, target: str, values: list[int]) -> None:
    if (scale == "preference") != (target == "pair"):
        reader.problem(
            worded("a preference is asked of a pair, and a pair is asked a preference: `scale` and `target` differ.")
        )
    if scale in {"span", "text"}:
        if values:
            reader.problem(worded("the scale %(scale)s takes no options; remove them.", scale=scale))
    elif scale == "preference":
        if sorted(values) not in ([1, 2], [TIE, 1, 2]):
            reader.problem(
                worded("a preference has the options 1 (the left dialogue), 2 (the right one), and 0 for a tie.")
            )
    elif scale == "binary":
        if sorted(values) != [0, 1]:
            reader.problem(worded("a binary criterion has exactly the two options 0 and 1."))
    elif len(values) < 2:
        reader.problem(
            worded_count(
                "the scale %(scale)s needs at least two options; there is %(count)d.",
                "the scale %(scale)s needs at least two options; there are %(count)d.",
                len(values),
                scale=scale,
                count=len(values),
            )
        )
    elif scale == "interval" and len(values) != 2:
        reader.problem(worded("the options of an interval scale are its two ends, the lowest and the highest value."))
    elif scale in {"ordinal", "interval"} and values != sorted(values):
        reader.problem(
            worded(
                "the options of an %(scale)s criterion should stand in the order of their values, lowest first.",
                scale=scale,
            )
        )


def _refuse_doubles(reader: Reader, what: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen and value:
            reader.problem(
                worded(
                    "the %(what)s %(value)s stands there twice; each may stand once.", what=what, value=quoted(value)
                )
            )
        seen.add(value)
