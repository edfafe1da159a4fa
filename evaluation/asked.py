"""What a study asked of whom, in a line a block: what stands above its results, whatever they are."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotation.models import Block, Study
from annotation.services.material import instruments_of
from evaluation.sentences import number


@dataclass(frozen=True)
class AskedOfBlock:
    """A block by its name, what was judged in it and by how many, and the titles of its questions."""

    number: int
    name: str
    of: str
    questions: tuple[str, ...]


def asked(study: Study) -> list[AskedOfBlock]:
    """The blocks of an open or closed study, those that compare two dialogues first, as their figures stand."""
    blocks = list(study.blocks.select_related("study").order_by("number"))
    told = [
        AskedOfBlock(
            block.number,
            block.name,
            _of(block),
            tuple(criterion.title for instrument in instruments_of(block) for criterion in instrument.criteria),
        )
        for block in blocks
    ]
    pairs = {block.number for block in blocks if block.target == Block.Target.PAIR}
    return sorted(told, key=lambda one: one.number not in pairs)


def _of(block: Block) -> str:
    units, many = block.units.count(), block.annotators_per_unit
    told = {"units": number(units, 0), "many": number(many, 0)}
    if block.target == Block.Target.PAIR:
        things = ngettext("%(units)s pair of dialogues", "%(units)s pairs of dialogues", units) % told
    else:
        things = ngettext("%(units)s dialogue", "%(units)s dialogues", units) % told
    told["things"] = things
    if block.design == Block.Design.PANEL:
        all_by = ngettext(
            "%(things)s, all judged by %(many)s annotator",
            "%(things)s, all judged by the same %(many)s annotators",
            many,
        )
        return all_by % told
    if block.design == Block.Design.OVERLAP:
        each_by = ngettext(
            "%(things)s, each judged by %(many)s annotator", "%(things)s, each judged by %(many)s annotators", many
        )
        return each_by % told
    return _("%(things)s, judged elsewhere by up to %(many)s annotators each") % told
