"""Single units of a study as they are, or would be, shown, before anybody judges them."""

from dataclasses import dataclass
from typing import Any

from annotation import allocation
from annotation.exhibits import offered_languages
from annotation.models import Study
from annotation.protocol import BlockSpec, Protocol
from annotation.services.errors import StudyError
from annotation.services.exhibiting import contents
from annotation.services.material import protocol_of
from annotation.services.sampling import block_seed, draw


@dataclass(frozen=True)
class Shown:
    """What one unit shows: one dialogue's content, or two; `units` says how many its block has, `languages` in which
    others everything in the block can be read."""

    block: BlockSpec
    units: int
    contents: list[dict[str, Any]]
    languages: list[str]


def unit_to_look_at(study: Study, *, block: int, unit: int) -> Shown:
    """Unit `unit` of block `block`, both counted from 1. Of a draft it is what would be drawn if it opened now.

    Raises `StudyError` where there is none.
    """
    protocol = protocol_of(study)
    if not 1 <= block <= len(protocol.blocks):
        raise StudyError(f"The study has no block {block}.")
    spec = protocol.blocks[block - 1]
    if study.state == Study.State.DRAFT:
        count, shown, languages = _of_draft(protocol, block, unit)
    else:
        count, shown, languages = _of_rows(study, block, unit)
    if not shown:
        raise StudyError(f"Block {block} has no unit {unit}.")
    if not allocation.looked_at_straight(unit, seed=block_seed(protocol, block)):
        shown.reverse()  # neither dataset is always on the left
    return Shown(spec, count, shown, languages)


def _of_draft(protocol: Protocol, block: int, unit: int) -> tuple[int, list[dict[str, Any]], list[str]]:
    drawn = draw(protocol)[block - 1]
    merge, context = drawn.spec.merge_turns, protocol.context_of(drawn.spec)
    if not 1 <= unit <= len(drawn.units):
        return len(drawn.units), [], []
    places = [drawn.units[unit - 1].first, drawn.units[unit - 1].second]
    ids = [drawn.dialogues[place].dialogue_id for place in places if place is not None]
    shown = [content for _id, content in contents(ids, merge=merge, context=context)]
    everything = [dialogue.dialogue_id for dialogue in drawn.dialogues] if offered_languages(shown) else []
    languages = offered_languages(content for _id, content in contents(everything, merge=merge, context=context))
    return len(drawn.units), shown, languages


def _of_rows(study: Study, block: int, unit: int) -> tuple[int, list[dict[str, Any]], list[str]]:
    row = study.blocks.get(number=block)
    units = row.units.order_by("number")
    found = units.select_related("first", "second")[unit - 1 : unit] if unit >= 1 else []
    exhibits = [exhibit for one in found for exhibit in (one.first, one.second) if exhibit is not None]
    return units.count(), [exhibit.content for exhibit in exhibits], row.languages
