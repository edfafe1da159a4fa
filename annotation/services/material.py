"""What a block asks and shows, read from the study's frozen protocol."""

from collections.abc import Hashable
from copy import copy

from annotation.instruments import Instrument
from annotation.models import Assignment, Block, Study
from annotation.protocol import BlockSpec, Protocol, from_dict
from annotation.questions import Question, questions
from generation.services.prepared import Selecting

_FROZEN: dict[str, Protocol] = {}
_LAID_OUT: dict[Hashable, list[Block]] = {}
_BLOCKS = Selecting(lambda given: Block.objects.filter(study=given.study).order_by("number"))


def protocol_of(study: Study) -> Protocol:
    """The study's protocol as a value; of a draft it may lack parts. Raises `ProtocolError` for a broken draft."""
    if not study.digest:
        return from_dict(study.protocol, draft=True)
    if study.digest not in _FROZEN:
        if "protocol" in study.get_deferred_fields():
            study.refresh_from_db(fields=["digest", "protocol"])  # together: it may have been amended meanwhile
        if len(_FROZEN) > 100:
            _FROZEN.clear()
        _FROZEN[study.digest] = from_dict(study.protocol, draft=True)
    return _FROZEN[study.digest]


def blocks_of(study: Study) -> list[Block]:
    """The blocks of an open study, each with this study; they change by amendments alone."""
    as_laid_out = (study.pk, study.opened, study.amendment_number)
    if as_laid_out not in _LAID_OUT:
        if len(_LAID_OUT) > 100:
            _LAID_OUT.clear()
        _LAID_OUT[as_laid_out] = _BLOCKS.rows(study=study.pk)
    blocks = [copy(block) for block in _LAID_OUT[as_laid_out]]
    for block in blocks:
        block.study = study
    return blocks


def protocol_at(study: Study, amendment: int) -> Protocol:
    """The study's protocol as it was after so many amendments: 0 as it opened."""
    if amendment >= study.amendment_number:
        return protocol_of(study)
    following = study.amendments.get(number=amendment + 1)
    return from_dict(following.protocol_before, draft=True)


def spec_of(block: Block) -> BlockSpec:
    """What the protocol says of this block."""
    return protocol_of(block.study).blocks[block.number - 1]


def instruments_of(block: Block) -> list[Instrument]:
    """The frozen instruments asked in this block, in order."""
    protocol = protocol_of(block.study)
    return protocol.instruments_of(protocol.blocks[block.number - 1])


def questions_of(assignment: Assignment) -> list[Question]:
    """Every question that this assignment asks, in the order in which they are asked."""
    unit = assignment.unit
    turns = [] if unit.second_id else unit.first.content["turns"]
    return questions(instruments_of(unit.block), turns)
