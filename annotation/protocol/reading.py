"""Reading a protocol from TOML or from a dict, with every problem named by its place."""

import re
import tomllib
from datetime import date
from typing import Final

from annotation import instruments as instrument_files
from annotation.instruments import ASKED_OF, SLUG, Instrument, InstrumentError, shipped
from annotation.protocol.values import (
    DESIGNS,
    ELSEWHERE,
    PAIRING_KEYS,
    PAIRINGS,
    REVEALS,
    TARGETS,
    BlockSpec,
    FilterSpec,
    OriginSpec,
    PairingSpec,
    Protocol,
    ProtocolError,
    SampleSpec,
    missing,
    moment,
    slugified,
)
from annotation.toml_reader import Reader, listed, quoted
from generation.wording import worded

MOST_CHARACTERS: Final = 2_000_000
MOST_BLOCKS: Final = 20
MOST_SAMPLES: Final = 20
MOST_INSTRUMENTS: Final = 20
MOST_ANNOTATORS: Final = 200
MOST_UNITS: Final = 200_000
MOST_FOUND: Final = 1_000_000
MOST_SEED: Final = 2**53 - 1
MOST_PROSE: Final = 100_000
MOST_LEFT_OUT: Final = 50


def from_dict(data: object, *, draft: bool = False) -> Protocol:
    """Read a protocol; raises `ProtocolError` with every problem. A draft may lack parts: `missing` lists them."""
    problems: list[str] = []
    protocol = _read_protocol(Reader(data, "", problems))
    if not draft:
        problems += missing(protocol)
    if problems:
        raise ProtocolError(problems)
    return protocol


def parse_protocol(toml_text: str) -> Protocol:
    """Read a protocol's TOML text; raises `ProtocolError` with every problem."""
    if len(toml_text) > MOST_CHARACTERS:
        raise ProtocolError([worded("The protocol has more than %(most)s characters.", most=f"{MOST_CHARACTERS:,}")])
    try:
        data = tomllib.loads(toml_text)
    except (ValueError, RecursionError) as error:  # a plain ValueError for a number of thousands of digits
        raise ProtocolError([worded("This is not TOML: %(error)s.", error=error)]) from error
    return from_dict(data)


def _read_protocol(reader: Reader) -> Protocol:
    title = reader.text("title", most=200, default="")
    slug = reader.text("slug", most=80, default="") or slugified(title)
    if slug and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        reader.problem(worded("`slug` is %(slug)s; use small letters, digits and single hyphens.", slug=quoted(slug)))
    head = {
        "language": reader.text("language", most=16, default="en") or "en",
        "seed": reader.integer("seed", least=0, most=MOST_SEED, default=1),
        "lease_minutes": reader.integer("lease_minutes", least=5, most=10_080, default=120),
        "guidelines": reader.text("guidelines", most=MOST_PROSE, default=""),
        "consent": reader.text("consent", most=MOST_PROSE, default=""),
        "completion_code": reader.text("completion_code", most=100, default=""),
        "deadline": _read_deadline(reader),
        "leaves_out": _read_left_out(reader, slug),
    }
    own = _read_instruments(reader)
    origin = _read_origin(reader)
    blocks = tuple(
        _read_block(Reader(table, worded("block %(number)s", number=number), reader.problems), own)
        for number, table in enumerate(reader.tables("block", most=MOST_BLOCKS), start=1)
    )
    reader.finish()
    names = dict.fromkeys(name for block in blocks for name in block.instruments)
    used = tuple(own.get(name) or shipped()[name] for name in names if name in own or name in shipped())
    return Protocol(title=title, slug=slug, blocks=blocks, instruments=used, origin=origin, **head)  # type: ignore[arg-type]


def _read_origin(reader: Reader) -> OriginSpec | None:
    table = reader.table("origin")
    if table is None:
        return None
    inner = Reader(table, "origin", reader.problems)
    origin = OriginSpec(
        inner.text("file", most=255),
        inner.text("sha256", most=64),
        inner.text("imported", most=40),
        inner.integer("judgments", least=0, most=MOST_FOUND),
    )
    inner.finish()
    return origin


def _read_deadline(reader: Reader) -> str:
    value = reader.value("deadline", default="")
    text = value.isoformat() if isinstance(value, date) else value  # TOML has dates and moments of its own
    if isinstance(text, str):
        text = text.strip()
        try:
            return text if not text or moment(text) else ""
        except (ValueError, OverflowError):
            pass
    reader.problem(
        worded(
            "`deadline` is %(value)s; it should be a day such as 2026-12-01 (it ends with that "
            "day, UTC), or a moment with its zone such as 2026-12-01T18:00+01:00.",
            value=quoted(value),
        )
    )
    return ""


def _read_left_out(reader: Reader, own: str) -> tuple[str, ...]:
    slugs = reader.texts("leaves_out", most=MOST_LEFT_OUT, default=[])
    for slug in slugs:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 80:
            reader.problem(
                worded(
                    "`leaves_out` names %(slug)s; it should name studies by their address (slug).", slug=quoted(slug)
                )
            )
    if own and own in slugs:
        reader.problem(worded("`leaves_out` names the study itself; it can leave out other studies' dialogues only."))
    return tuple(dict.fromkeys(slugs))


def _read_instruments(reader: Reader) -> dict[str, Instrument]:
    own: dict[str, Instrument] = {}
    for number, table in enumerate(reader.tables("instrument", most=MOST_INSTRUMENTS), start=1):
        place = worded("instrument %(number)s", number=number)
        try:
            instrument = instrument_files.from_dict(table, place=place)
        except InstrumentError as error:
            reader.problems.extend(error.problems)
            continue
        if instrument.slug in own:
            reader.problems.append(
                worded(
                    "%(place)s: %(slug)s stands there twice; each may stand once.",
                    place=place,
                    slug=quoted(instrument.slug),
                )
            )
        own[instrument.slug] = instrument
    return own


def _read_block(reader: Reader, own: dict[str, Instrument]) -> BlockSpec:
    name = reader.text("name", most=100)
    target = reader.choice("target", TARGETS, default="dialogue")
    design = reader.choice("design", DESIGNS, default="panel")
    instruments = reader.texts("instruments", most=MOST_INSTRUMENTS, default=[])
    _check_instruments(reader, target, instruments, own)
    found = design == ELSEWHERE
    annotators = reader.integer("annotators", least=1, most=MOST_FOUND if found else MOST_ANNOTATORS, default=3)
    merge_turns = reader.flag("merge_turns", default=True)
    reveal = reader.choice("reveal", REVEALS, default="progressive")
    carry_over = reader.flag("carry_over", default=False)
    ties = reader.flag("ties", default=False)
    seed = reader.integer_or_none("seed", least=0, most=MOST_SEED)
    samples = tuple(
        _read_sample(Reader(table, reader.within(worded("sample %(number)s", number=number)), reader.problems))
        for number, table in enumerate(reader.tables("sample", most=MOST_FOUND if found else MOST_SAMPLES), start=1)
    )
    names = [sample.dataset for sample in samples if sample.dataset]
    for dataset in sorted({name for name in names if names.count(name) > 1}):
        reader.problem(
            worded("%(dataset)s is sampled twice; draw it once, with the size of both.", dataset=quoted(dataset))
        )
    pairing = _read_pairing(reader, target, samples)
    reader.finish()
    return BlockSpec(
        name, target, instruments, design, annotators, samples, pairing, merge_turns, reveal, carry_over, ties, seed
    )


def _check_instruments(reader: Reader, target: str, slugs: tuple[str, ...], own: dict[str, Instrument]) -> None:
    for slug in slugs:
        if slugs.count(slug) > 1:
            reader.problem(
                worded("the instrument %(slug)s stands there twice; each may stand once.", slug=quoted(slug))
            )
        instrument = own.get(slug) or shipped().get(slug)
        if instrument is None:
            hint = (
                worded("use a shipped one")
                if SLUG.fullmatch(slug)
                else worded("slugs have small letters, digits and hyphens")
            )
            known = listed(sorted({*own, *shipped()}))
            reader.problem(
                worded(
                    "there is no instrument %(slug)s; %(hint)s (%(known)s), or add it as [[instrument]].",
                    slug=quoted(slug),
                    hint=hint,
                    known=known,
                )
            )
            continue
        for criterion in instrument.criteria:
            if criterion.target not in ASKED_OF[target]:
                reader.problem(
                    worded(
                        "the instrument %(slug)s asks %(title)s of a %(target)s, but the block shows a %(shown)s.",
                        slug=quoted(slug),
                        title=quoted(criterion.title),
                        target=criterion.target,
                        shown=target,
                    )
                )


def _read_sample(reader: Reader) -> SampleSpec:
    dataset = reader.text("dataset", most=80)
    size = reader.integer("size", least=1, most=MOST_UNITS)
    table = reader.table("filter")
    if table is None:
        reader.finish()
        return SampleSpec(dataset, size)
    inner = Reader(table, reader.within("filter"), reader.problems)
    limits = FilterSpec(
        inner.integer_or_none("min_turns", least=1, most=100_000),
        inner.integer_or_none("max_turns", least=1, most=100_000),
        inner.text("task", most=200, default=""),
        inner.text("search", most=200, default=""),
    )
    if limits.min_turns and limits.max_turns and limits.min_turns > limits.max_turns:
        inner.problem(
            worded(
                "`min_turns` (%(min_turns)s) is more than `max_turns` (%(max_turns)s).",
                min_turns=limits.min_turns,
                max_turns=limits.max_turns,
            )
        )
    inner.finish()
    reader.finish()
    return SampleSpec(dataset, size, limits)


def _read_pairing(reader: Reader, target: str, samples: tuple[SampleSpec, ...]) -> PairingSpec | None:
    table = reader.table("pairing")
    smallest = min((sample.size for sample in samples), default=0)
    if target != "pair":
        if table is not None:
            reader.problem(worded("it shows single dialogues, so [block.pairing] has no meaning; remove it."))
        return None
    inner = Reader({} if table is None else table, reader.within("pairing"), reader.problems)
    method = inner.choice("method", PAIRINGS, default="random")
    key = inner.text("key", most=20, default="")
    if method == "matched" and key not in PAIRING_KEYS:
        inner.problem(
            worded(
                "`key` is %(key)s; matched pairs need one of %(keys)s.",
                key=quoted(key),
                keys=listed(PAIRING_KEYS),
            )
        )
    if method == "random" and key:
        inner.problem(worded('random pairs have no `key`; remove it, or set method = "matched".'))
    size = inner.integer("size", least=0, most=MOST_UNITS, default=smallest)
    inner.finish()
    return PairingSpec(method, key, size)
