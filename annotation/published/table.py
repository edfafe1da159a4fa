"""A whole table, its scales settled: what a study is made of, and what is told of it before. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from annotation.instruments import Criterion, Instrument, Option, canonical_digest, to_dict
from annotation.instruments.reading import MOST_CRITERIA
from annotation.protocol import slugified
from annotation.published.gathering import Answer, Asked, Gathering, Unit, Work
from annotation.published.options import Options
from annotation.published.scales import Scale, settle
from annotation.toml_reader import quoted
from generation.formats.values import FormatError
from generation.wording import worded, worded_count

SIDES: Final = (Option(1, "1", "Left"), Option(2, "2", "Right"), Option(0, "0", "Tie"))
ASKED_OF: Final = {"utterance": "utterance", "dialogue": "dialogue", "pair": "pair of dialogues"}


@dataclass(frozen=True)
class Part:
    """One block to be: units of one kind that belong together, and the instrument asked of them."""

    name: str
    target: str
    units: Sequence[int]
    instrument: Instrument


@dataclass(frozen=True)
class Table:
    """Units, pieces of work and answers. An answer's criterion is an index of `criteria`, its value a stored number."""

    units: Sequence[Unit]
    work: Sequence[Work]
    annotators: Mapping[str, int]
    kinds: Mapping[str, str]
    criteria: Sequence[Criterion]
    parts: Sequence[Part]
    answers: Sequence[Answer]
    missing: int
    in_words: int

    def figures(self) -> dict[str, Any]:
        """What was recognised, as JSON-able values."""
        per_criterion = Counter(answer.criterion for answer in self.answers if answer.value is not None)
        datasets = {shown.dataset for unit in self.units for shown in (unit.first, unit.second) if shown}
        answered = {self.work[answer.work].unit for answer in self.answers}
        counted = {work.unit for work in self.work if work.counted}
        return {
            "units": len(self.units),
            "units_not_counted": len(answered - counted),
            "pairs": sum(unit.second is not None for unit in self.units),
            "annotators": len(self.annotators),
            "datasets": sorted(filter(None, datasets)),
            "judgments": sum(per_criterion.values()),
            "cannot_judge": sum(answer.value is None for answer in self.answers),
            "not_counted": sum(not self.work[answer.work].counted for answer in self.answers),
            "replaced": sum(answer.superseded for answer in self.answers),
            "missing": self.missing,
            "in_words": self.in_words,
            "criteria": [
                {
                    "criterion": one.key,
                    "title": one.title,
                    "target": one.target,
                    "scale": one.scale,
                    "low": one.options[0].label if one.options and one.scale in {"ordinal", "interval"} else "",
                    "high": one.options[-1].label if one.options and one.scale in {"ordinal", "interval"} else "",
                    "labels": [option.label for option in one.options] if one.scale in {"nominal", "binary"} else [],
                    "judgments": per_criterion[number],
                }
                for number, one in enumerate(self.criteria)
            ],
        }


def table_of(found: Gathering, options: Options) -> tuple[Table, list[FormatError]]:
    """The table, and what is wrong with single answers once the scales are known; those are left out of it."""
    scales = [_scale(asked, options) for asked in found.criteria]
    problems = [problem for asked, scale in zip(found.criteria, scales, strict=True) for problem in _bad(asked, scale)]
    keys = _keys(found.criteria)
    criteria = [_criterion(*one) for one in zip(found.criteria, scales, keys, strict=True)]
    answers = [
        answer if not isinstance(answer.value, str) else answer._replace(value=stored)
        for answer in found.answers
        if (stored := _stored(answer, scales)) is not None or answer.value is None
    ]
    table = Table(
        found.units,
        found.work,
        found.annotators,
        found.kinds,
        criteria,
        _parts(found, criteria, answers),
        answers,
        found.missing,
        found.in_words,
    )
    if any(len(part.instrument.criteria) > MOST_CRITERIA for part in table.parts):
        problem = worded(
            "there are %(criteria)d criteria, at most %(most)d can be kept in one study",
            criteria=len(criteria),
            most=MOST_CRITERIA,
        )
        remedy = worded("Name those to be read, or import the table in parts.")
        problems.append(FormatError(problem=problem, remedy=remedy, fatal=True))
    if not answers:
        problem = worded("there is no answer in the table")
        remedy = worded(
            "Check the header: a table needs unit,annotator,criterion,value, or a column for each annotator."
        )
        problems.append(FormatError(problem=problem, remedy=remedy, fatal=True))
    return table, problems


def unknown_scales(found: Gathering, options: Options) -> list[FormatError]:
    """Scales that were given for criteria of which no row says anything."""
    return [_unknown(name) for name in options.scales if name and not _is_known(name, found.criteria)]


def _scale(asked: Asked, options: Options) -> Scale:
    if asked.key.target == "pair":
        return Scale("preference", options=SIDES)
    said = options.scale_of(asked.key.name) or (asked.scale if asked.scale in _MEASURED else "")
    return settle(asked.counts, asked=said, labels=asked.labels)


_MEASURED: Final = {"nominal", "ordinal", "interval", "binary"}


def _stored(answer: Answer, scales: Sequence[Scale]) -> int | None:
    if isinstance(answer.value, str):
        return scales[answer.criterion].stored.get(answer.value)
    return answer.value


def _bad(asked: Asked, scale: Scale) -> Iterable[FormatError]:
    """One problem for each different text that is no answer on the scale; one for all where none is."""
    if scale.bad and not scale.stored:
        text, why = next(iter(scale.bad.items()))
        remedy = worded("Choose another scale, or leave the column out by naming the criteria.")
        problem = worded(
            "no answer to %(criterion)s is on the scale %(scale)s: %(why)s (%(text)s)",
            criterion=quoted(asked.key.name),
            scale=scale.scale,
            why=why,
            text=quoted(text),
        )
        yield FormatError(place=asked.first.get(text, ""), problem=problem, remedy=remedy)
        return
    for text, why in scale.bad.items():
        problem = worded_count(
            "%(text)s is no answer to %(criterion)s (%(scale)s): %(why)s",
            "%(text)s is no answer to %(criterion)s (%(scale)s), %(times)s times: %(why)s",
            asked.counts[text],
            text=quoted(text),
            criterion=quoted(asked.key.name),
            scale=scale.scale,
            times=f"{asked.counts[text]:,}",
            why=why,
        )
        remedy = worded("Correct it, or choose another scale.")
        yield FormatError(place=asked.first[text], problem=problem, remedy=remedy)


def _is_known(name: str, criteria: Iterable[Asked]) -> bool:
    return any(asked.key.name == name for asked in criteria)


def _unknown(name: str) -> FormatError:
    problem = worded("a scale is given for %(name)s, but no such criterion is in the table", name=quoted(name))
    return FormatError(problem=problem, remedy=worded("Spell it as in the table."), fatal=True)


def _keys(criteria: Sequence[Asked]) -> list[str]:
    """A key for each criterion, none twice: its own where it may be one, else made of its name."""
    taken: set[str] = set()
    keys = []
    for number, asked in enumerate(criteria, start=1):
        stem = slugified(asked.key.name)[:50].strip("-")
        if not stem[:1].isalpha():
            stem = f"criterion-{stem or number}"
        key, more = stem, 2
        while key in taken:
            key, more = f"{stem}-{more}", more + 1
        taken.add(key)
        keys.append(key)
    return keys


def _criterion(asked: Asked, scale: Scale, key: str) -> Criterion:
    name, target = asked.key.name, asked.key.target
    options = scale.options
    if len(options) == 1:
        options += (Option(options[0].value + 1, "z", "(no other answer was given)"),)
    question = f"{name}, of each {ASKED_OF[target]}. Judged elsewhere; the table does not say in which words."
    return Criterion(key, name[:100], question, target, scale=scale.scale, options=options, decimals=scale.decimals)


def _parts(found: Gathering, criteria: Sequence[Criterion], answers: Iterable[Answer]) -> list[Part]:
    block_of = [unit.key.block for unit in found.units]
    asked: dict[str, set[int]] = {}
    for answer in answers:
        asked.setdefault(block_of[found.work[answer.work].unit], set()).add(answer.criterion)
    parts = []
    for number, (block, name) in enumerate(((one, name) for one, name in found.blocks.items() if one in asked), 1):
        is_pair = block.endswith("|pair")
        title = name or ("Pairs" if is_pair else "Ratings")
        instrument = _instrument(f"judged-elsewhere-{number}", title, [criteria[one] for one in sorted(asked[block])])
        units = [at for at, unit in enumerate(found.units) if unit.key.block == block]
        parts.append(Part(title[:100], "pair" if is_pair else "dialogue", units, instrument))
    return parts


def _instrument(slug: str, title: str, criteria: Sequence[Criterion]) -> Instrument:
    bare = Instrument(slug, 1, title[:200], "", tuple(criteria))
    return replace(bare, digest=canonical_digest(to_dict(bare)))
