"""What a look at the sample finds before a study opens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from annotation.beside import words_of
from annotation.leaks import Look, leaks, named
from annotation.models import Study
from annotation.protocol import Protocol, ProtocolError, from_dict, missing
from annotation.services.clock import database_now
from annotation.services.errors import StudyError
from annotation.services.exhibiting import contents
from annotation.services.sampling import Drawn, DrawnBlock, draw, key_in_words
from generation.models import Dataset, Dialogue

MOST_LOOKED_AT: Final = 2_000


@dataclass(frozen=True)
class Finding:
    """One thing found: an error stops the opening, a warning wants a look, an info is good to know."""

    level: Literal["error", "warning", "info"]
    text: str


def preflight(study: Study) -> list[Finding]:
    """Errors first: missing parts, sizes. Then what may give a dataset away, in the very sample that would be drawn."""
    try:
        protocol = from_dict(study.protocol, draft=True)
        problems = missing(protocol)
        blocks = [] if problems else draw(protocol)
    except ProtocolError as error:
        problems, blocks = error.problems, []
    except StudyError as error:
        problems, blocks = str(error).splitlines(), []
    if problems:
        return [Finding("error", problem) for problem in problems]
    if protocol.ends is not None and protocol.ends <= database_now():
        text = _("The deadline of the study has passed already ({deadline}). Set a later one in step 3.")
        return [Finding("error", text.format(deadline=protocol.deadline))]
    findings = [Finding("warning", text) for text in (*_pilot_problems(study, protocol), *_prose_problems(protocol))]
    for block in blocks:
        findings += _look_at(block, protocol)
    return findings


def _pilot_problems(study: Study, protocol: Protocol) -> Iterator[str]:
    """Where a pilot and its study could show the same dialogues."""
    states = dict(Study.objects.filter(slug__in=protocol.leaves_out).values_list("slug", "state"))
    for slug in protocol.leaves_out:
        if slug not in states:
            yield _("The study “{slug}”, whose dialogues are left out, does not exist.").format(slug=slug)
        elif states[slug] == Study.State.DRAFT:
            words = _("The study “{slug}” is not open yet, so none of its dialogues can be left out. Open it first.")
            yield words.format(slug=slug)
    if study.pilot_of is not None and study.pilot_of.state != Study.State.DRAFT:
        words = _("“{title}”, whose pilot this is, is open already: both may show the same dialogues.")
        yield words.format(title=study.pilot_of.title)


def _prose_problems(protocol: Protocol) -> list[str]:
    problems = []
    if not protocol.guidelines:
        problems.append(_("There are no guidelines; annotators see the questions and their anchors alone."))
    if not protocol.consent:
        problems.append(_("There is no consent text; annotators are asked to accept the guidelines alone."))
    return problems + list(_names_told(protocol))


def _names_told(protocol: Protocol) -> Iterator[str]:
    """Where the study's own words name what its dialogues must not."""
    slugs = {sample.dataset for block in protocol.blocks for sample in block.samples}
    names = list(Dataset.objects.filter(slug__in=slugs).values_list("name", flat=True))
    told = {_("title"): protocol.title, _("guidelines"): protocol.guidelines, _("consent text"): protocol.consent}
    for part, text in told.items():
        if found := named(text, names):
            words = _("Annotators see the {part}, and it names what is compared: {names}. Say it in other words.")
            yield words.format(part=part, names=", ".join(f"“{name}”" for name in found))


def _look_at(block: DrawnBlock, protocol: Protocol) -> list[Finding]:
    where = _("Block {number}").format(number=block.number)
    matched = [Finding("info", f"{where}: {text}") for text in _matching(block)]
    looked_at = _spread(block.dialogues)
    datasets = {dataset.pk: dataset for dataset in Dataset.objects.filter(pk__in={d.dataset_id for d in looked_at})}
    rows = Dialogue.objects.in_bulk([drawn.dialogue_id for drawn in looked_at])
    context = protocol.context_of(block.spec)
    shown = dict(contents(list(rows), merge=block.spec.merge_turns, context=context))
    looks = [
        Look(
            datasets[drawn.dataset_id].name,
            rows[drawn.dialogue_id].external_id,
            shown[drawn.dialogue_id]["turns"],
            {part: words_of(text) for part, text in shown[drawn.dialogue_id].get("context", {}).items()},
        )
        for drawn in looked_at
    ]
    names = [name for dataset in datasets.values() for name in (dataset.name, dataset.slug)]
    names += [row.partner for row in rows.values()]
    found = [Finding("warning", f"{where}: {text}") for text in leaks(looks, names)]
    found += [Finding("warning", f"{where}: {text}") for text in _out_of_sight(block, protocol)]
    found += matched
    for dataset in datasets.values():
        lacking = _untranslated(protocol.language, dataset, looks)
        if lacking:
            text = _(
                "{where}: {count} dialogues of “{dataset}” have no text in the study's language ({language}): {names}"
            )
            names_shown = ", ".join(lacking[:3]) + (" …" if len(lacking) > 3 else "")
            found.append(
                Finding(
                    "warning",
                    text.format(
                        where=where,
                        count=len(lacking),
                        dataset=dataset.name,
                        language=protocol.language,
                        names=names_shown,
                    ),
                )
            )
    if len(looked_at) < len(block.dialogues):
        text = _("{where}: {some} of {all} dialogues were looked at.")
        found.append(Finding("info", text.format(where=where, some=len(looked_at), all=len(block.dialogues))))
    return found


def _matching(block: DrawnBlock) -> Iterator[str]:
    """How many matched pairs there could be, and what has no partner."""
    if block.possible is None or block.spec.pairing is None:
        return
    words = _("{possible} pairs of the same {key} can be formed, {drawn} are drawn. Without a partner: {without}.")
    left = _("{without} of {all} dialogues of “{dataset}”")
    without = ", ".join(
        left.format(without=one.without, all=one.dialogues, dataset=one.dataset) for one in block.unmatched
    )
    key = key_in_words(block.spec.pairing.key)
    yield words.format(possible=block.possible, key=key, drawn=len(block.units), without=without)


def _out_of_sight(block: DrawnBlock, protocol: Protocol) -> Iterator[str]:
    """Buttons that would never be offered: those for the rest of a dialogue, where it shows step by step."""
    if block.spec.reveal == "whole" or block.spec.target == "pair":
        return
    for instrument in protocol.instruments_of(block.spec):
        labels = [option.rest_label for criterion in instrument.criteria for option in criterion.options]
        for label in filter(None, labels):
            words = _(
                "“{label}” is offered where the dialogue is shown whole from the beginning; here it shows step by step."
            )
            yield words.format(label=label)


def _spread(dialogues: Sequence[Drawn]) -> Sequence[Drawn]:
    """All of them, or so many from the whole length of the sample that a look stays quick."""
    step = -(-len(dialogues) // MOST_LOOKED_AT) or 1
    return dialogues[::step]


def _untranslated(language: str, dataset: Dataset, looks: Sequence[Look]) -> list[str]:
    if dataset.language.split("-")[0] == language.split("-")[0]:
        return []

    def has(turn: Any) -> bool:
        return any(tongue.split("-")[0] == language.split("-")[0] for tongue in turn["translations"])

    return [look.name for look in looks if look.dataset == dataset.name and not all(has(turn) for turn in look.turns)]
