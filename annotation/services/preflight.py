"""What a look at the sample finds before a study opens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from annotation.beside import words_of
from annotation.leaks import Leak, Look, leaks, named
from annotation.models import Study
from annotation.protocol import Lack, Protocol, ProtocolError, from_dict, lacking
from annotation.services.clock import database_now
from annotation.services.errors import StudyError
from annotation.services.exhibiting import contents
from annotation.services.sampling import Drawn, DrawnBlock, draw, key_in_words
from generation.models import Dataset, Dialogue
from generation.translation import translated

MOST_LOOKED_AT: Final = 2_000
NAMES_TOLD: Final = 3


@dataclass(frozen=True)
class Way:
    """Where something found is looked at or mended: what is to be done there, the page by name, and a place on it."""

    words: str
    page: str
    of: tuple[str, ...]
    anchor: str = ""
    search: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing found: an error stops the opening, a warning wants a look, an info is good to know."""

    level: Literal["error", "warning", "info"]
    text: str
    ways: tuple[Way, ...] = ()


def preflight(study: Study) -> list[Finding]:
    """Errors first: missing parts, sizes. Then what may give a dataset away, in the very sample that would be drawn."""
    try:
        protocol = from_dict(study.protocol, draft=True)
    except ProtocolError as error:
        return [Finding("error", translated(problem)) for problem in error.problems]
    if problems := lacking(protocol):
        return [Finding("error", translated(one.text), _ways_to_complete(study, one)) for one in problems]
    try:
        blocks = draw(protocol)
    except StudyError as error:
        ways = (_step(study, "compare", _("Change the sample")),)
        return [Finding("error", problem, ways) for problem in str(error).splitlines()]
    if protocol.ends is not None and protocol.ends <= database_now():
        text = _("The deadline of the study has passed already ({deadline}). Set a later one in step 3.")
        ways = (_step(study, "who", _("Change the deadline"), "id_deadline"),)
        return [Finding("error", text.format(deadline=protocol.deadline), ways)]
    findings = [*_pilot_problems(study, protocol), *_prose_problems(study, protocol)]
    for block in blocks:
        findings += _look_at(study, block, protocol)
    return findings


def _step(study: Study, step: str, words: str, anchor: str = "") -> Way:
    return Way(words, "annotation:study-edit", (study.slug, step), anchor)


def _ways_to_complete(study: Study, lack: Lack) -> tuple[Way, ...]:
    """To where the builder asks for what a draft lacks."""
    place = f"block-{lack.block - 1}" if lack.block else ""
    ways = {
        "title": _step(study, "compare", _("Write the title"), "id_title"),
        "compare": _step(study, "compare", _("Change what is compared"), place),
        "ask": _step(study, "ask", _("Change what is asked"), place),
    }
    return (ways[lack.step],) if lack.step else ()


def _pilot_problems(study: Study, protocol: Protocol) -> Iterator[Finding]:
    """Where a pilot and its study could show the same dialogues."""
    states = dict(Study.objects.filter(slug__in=protocol.leaves_out).values_list("slug", "state"))
    for slug in protocol.leaves_out:
        if slug not in states:
            words = _("The study “{slug}”, whose dialogues are left out, does not exist.")
            way = _step(study, "compare", _("Change what is left out"), "left-out")
            yield Finding("warning", words.format(slug=slug), (way,))
        elif states[slug] == Study.State.DRAFT:
            words = _("The study “{slug}” is not open yet, so none of its dialogues can be left out. Open it first.")
            way = Way(_("Go to that study"), "annotation:study-detail", (slug,))
            yield Finding("warning", words.format(slug=slug), (way,))
    if study.pilot_of is not None and study.pilot_of.state != Study.State.DRAFT:
        words = _("“{title}”, whose pilot this is, is open already: both may show the same dialogues.")
        way = Way(_("Go to that study"), "annotation:study-detail", (study.pilot_of.slug,))
        yield Finding("warning", words.format(title=study.pilot_of.title), (way,))


def _prose_problems(study: Study, protocol: Protocol) -> Iterator[Finding]:
    if not protocol.guidelines:
        text = _("There are no guidelines; annotators see the questions and their anchors alone.")
        yield Finding("warning", text, (_step(study, "ask", _("Write guidelines"), "id_guidelines"),))
    if not protocol.consent:
        text = _("There is no consent text; annotators are asked to accept the guidelines alone.")
        yield Finding("warning", text, (_step(study, "ask", _("Write a consent text"), "id_consent"),))
    yield from _names_told(study, protocol)


def _names_told(study: Study, protocol: Protocol) -> Iterator[Finding]:
    """Where the study's own words name what its dialogues must not."""
    slugs = {sample.dataset for block in protocol.blocks for sample in block.samples}
    names = list(Dataset.objects.filter(slug__in=slugs).values_list("name", flat=True))
    told = [
        (_("title"), protocol.title, _step(study, "compare", _("Change the title"), "id_title")),
        (_("guidelines"), protocol.guidelines, _step(study, "ask", _("Change the guidelines"), "id_guidelines")),
        (_("consent text"), protocol.consent, _step(study, "ask", _("Change the consent text"), "id_consent")),
    ]
    for part, text, way in told:
        if found := named(text, names):
            words = _("Annotators see the {part}, and it names what is compared: {names}. Say it in other words.")
            names_found = ", ".join(f"“{name}”" for name in found)
            yield Finding("warning", words.format(part=part, names=names_found), (way,))


def _look_at(study: Study, block: DrawnBlock, protocol: Protocol) -> list[Finding]:
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
    place = f"block-{block.number - 1}"
    sample = _step(study, "compare", _("Change the sample"), place)
    reveal = _step(study, "ask", _("Change how it shows"), place)
    slugs = {dataset.name: dataset.slug for dataset in datasets.values()}
    found = [
        Finding("warning", f"{where}: {translated(leak.text)}", (*_ways_to_read(leak, slugs), sample))
        for leak in leaks(looks, names)
    ]
    found += [Finding("warning", f"{where}: {text}", (reveal,)) for text in _out_of_sight(block, protocol)]
    found += matched
    for dataset in datasets.values():
        if text := _without_text(protocol.language, dataset, looks):
            translate = Way(_("Have them translated"), "generation:translation-list", (dataset.slug,))
            found.append(Finding("warning", f"{where}: {text}", (translate, sample)))
    if len(looked_at) < len(block.dialogues):
        text = _("{where}: {some} of {all} dialogues were looked at.")
        found.append(Finding("info", text.format(where=where, some=len(looked_at), all=len(block.dialogues))))
    return found


def _ways_to_read(leak: Leak, slugs: Mapping[str, str]) -> tuple[Way, ...]:
    """To the dialogues that a leak is about, found by the word that gives them away."""
    if not leak.dataset:
        return ()
    return (Way(_("Read them"), "generation:dialogue-list", (slugs[leak.dataset],), search=leak.word),)


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


def _without_text(language: str, dataset: Dataset, looks: Sequence[Look]) -> str:
    """Which dialogues of the dataset have no text in this language, in a sentence; empty where all have."""
    names = _untranslated(language, dataset, looks)
    words = _("{count} dialogues of “{dataset}” have no text in the study's language ({language}): {names}")
    some = ", ".join(names[:NAMES_TOLD]) + (" …" if len(names) > NAMES_TOLD else "")
    return words.format(count=len(names), dataset=dataset.name, language=language, names=some) if names else ""


def _untranslated(language: str, dataset: Dataset, looks: Sequence[Look]) -> list[str]:
    if dataset.language.split("-")[0] == language.split("-")[0]:
        return []

    def has(turn: Any) -> bool:
        return any(tongue.split("-")[0] == language.split("-")[0] for tongue in turn["translations"])

    return [look.name for look in looks if look.dataset == dataset.name and not all(has(turn) for turn in look.turns)]
