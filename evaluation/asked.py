"""What a study asked of whom, in a line a block: what stands above its results, whatever they are."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotation.models import Block, Study
from annotation.services.material import instruments_of
from annotation.services.sizing import sizes_in
from annotation.sizes import Sizes, size_words, with_apart
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
    blocks, sizes = list(study.blocks.select_related("study").order_by("number")), sizes_in(study)
    told = [
        AskedOfBlock(
            block.number,
            block.name,
            _of(block, sizes.get(block.number, Sizes(0))),
            tuple(criterion.title for instrument in instruments_of(block) for criterion in instrument.criteria),
        )
        for block in blocks
    ]
    pairs = {block.number for block in blocks if block.target == Block.Target.PAIR}
    return sorted(told, key=lambda one: one.number not in pairs)


def _of(block: Block, sizes: Sizes) -> str:
    many = block.annotators_per_unit
    told = {
        "things": size_words(Sizes(sizes.counted), pairs=block.target == Block.Target.PAIR),
        "many": number(many, 0),
    }
    return with_apart(_by_whom(block.design, many) % told, sizes)


def _by_whom(design: str, many: int) -> str:
    if design == Block.Design.PANEL:
        return ngettext(
            "%(things)s, all judged by %(many)s annotator",
            "%(things)s, all judged by the same %(many)s annotators",
            many,
        )
    if design == Block.Design.OVERLAP:
        return ngettext(
            "%(things)s, each judged by %(many)s annotator", "%(things)s, each judged by %(many)s annotators", many
        )
    return _("%(things)s, judged elsewhere by up to %(many)s annotators each")
