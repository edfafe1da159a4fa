"""What was done in a study, as lines that can be laid beside those of another."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from annotation.models import Block, Event, Study
from annotation.protocol import BlockSpec, Protocol
from annotation.services.material import protocol_of
from annotation.services.recording import LOOKED
from annotation.services.sizing import sizes_of
from annotation.sizes import size_words, with_apart
from evaluation.sentences import listed, number, remarked
from generation.models import Dataset


@dataclass(frozen=True)
class DesignLine:
    """One trait of several studies, in their order; `differs` where not all are alike."""

    title: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


def designs(studies: Sequence[Study], shared: set[str]) -> list[DesignLine]:
    """The traits of these studies, those that differ first; of their blocks those that use a `shared` instrument."""
    traits = [_traits(study, shared) for study in studies]
    titles = dict.fromkeys(title for one in traits for title in one)
    lines = [DesignLine(title, tuple(one.get(title, "–") for one in traits)) for title in titles]
    return sorted(lines, key=lambda line: not line.differs)


def _traits(study: Study, shared: set[str]) -> dict[str, str]:
    protocol = protocol_of(study)
    blocks = [block for block in study.blocks.order_by("number") if shared & set(_spec(protocol, block).instruments)]
    specs = [_spec(protocol, block) for block in blocks]
    slugs = dict.fromkeys(sample.dataset for spec in specs for sample in spec.samples)
    names = dict(Dataset.objects.filter(slug__in=slugs).values_list("slug", "name"))
    out = study.blocks.filter(units__excluded__isnull=False).count()
    looks = Event.objects.filter(study=study, kind=LOOKED).count()
    found = {
        _("Compared"): listed(*(names.get(slug, slug) for slug in slugs)),
        _("Judged"): remarked(*(_units(block, spec) for block, spec in zip(blocks, specs, strict=True))),
        _("By whom"): remarked(*dict.fromkeys(_people(spec) for spec in specs)),
        _("Instrument"): remarked(
            *(
                _("%(title)s, version %(n)s (%(digest)s)")
                % {"title": one.title, "n": one.version, "digest": one.digest[:12]}
                for one in protocol.instruments
                if one.slug in shared
            )
        ),
        _("Guidelines"): _digest(protocol.guidelines),
        _("Language"): protocol.language,
        _("Shown"): remarked(*dict.fromkeys(_shown(spec) for spec in specs)),
        _("Dialogues drawn"): remarked(*dict.fromkeys(_drawn(spec) for spec in specs)),
        _("Amendments"): number(study.amendment_number, 0),
        _("Excluded units"): number(out, 0),
        _("Looks before the end"): number(looks, 0),
        _("State"): str(study.get_state_display()),
    }
    return found


def _spec(protocol: Protocol, block: Block) -> BlockSpec:
    return protocol.blocks[block.number - 1]


def _units(block: Block, spec: BlockSpec) -> str:
    found = sizes_of(block)
    sizes = replace(found, counted=found.counted + found.excluded, excluded=0)  # which has a line of its own
    if block.target == Block.Target.PAIR:
        how = (
            _("matched by %(key)s") % {"key": spec.pairing.key} if spec.pairing and spec.pairing.key else _("at random")
        )
        ties = _("ties allowed") if spec.ties else _("no ties")
        told = {"units": number(sizes.counted, 0), "how": how, "ties": ties}
        return with_apart(_("%(units)s pairs, %(how)s, %(ties)s") % told, sizes)
    return size_words(sizes, pairs=False)


def _people(spec: BlockSpec) -> str:
    told = {"n": spec.annotators}
    if spec.design == "panel":
        return _("a panel of %(n)s") % told
    return _("%(n)s a unit") % told if spec.design == "overlap" else _("elsewhere, up to %(n)s a unit") % told


def _shown(spec: BlockSpec) -> str:
    turns = _("messages merged into turns") if spec.merge_turns else _("messages as they are")
    if spec.target == "pair":
        return turns
    whole = _("whole dialogue in sight") if spec.reveal == "whole" else _("later utterances hidden")
    return listed(turns, whole)


def _drawn(spec: BlockSpec) -> str:
    """Which dialogues could be drawn at all."""
    rules = []
    for sample in spec.samples:
        one = sample.filter
        told = [
            _("at least %(n)s turns") % {"n": one.min_turns} if one.min_turns else "",
            _("at most %(n)s turns") % {"n": one.max_turns} if one.max_turns else "",
            _("task “%(task)s”") % {"task": one.task} if one.task else "",
            _("with “%(text)s”") % {"text": one.search} if one.search else "",
        ]
        rules.append(listed(*told) or _("any"))
    return remarked(*dict.fromkeys(rules))


def _digest(text: str) -> str:
    """Texts are long: their digest tells whether they are the same."""
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else _("none")
