"""Dialogues as columns say what their records say, whole or in part."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from generation.columns import Dialogues, columns_of
from generation.records import DialogueRecord, ItemRecord, MentionRecord, PersonRecord, UtteranceRecord

FILMS = tuple(ItemRecord(external_id=name, title=f"Film {name}") for name in "xyz")
mentions = st.builds(MentionRecord, item_id=st.sampled_from("xyz"))
utterances = st.builds(
    UtteranceRecord,
    speaker=st.sampled_from(["user", "system"]),
    text=st.text(max_size=5),
    labels=st.dictionaries(st.sampled_from("ab"), st.booleans(), max_size=1),
    mentions=st.lists(mentions, max_size=2).map(tuple),
)


@st.composite
def dialogues(draw: st.DrawFn) -> list[DialogueRecord]:
    people = st.none() | st.builds(PersonRecord, external_id=st.sampled_from("pq"))
    said = draw(st.lists(st.tuples(st.lists(utterances, max_size=3).map(tuple), people), max_size=5))
    return [
        DialogueRecord(external_id=str(place), utterances=some, person=person, items=FILMS)
        for place, (some, person) in enumerate(said)
    ]


def as_lists(said: Dialogues) -> Sequence[object]:
    """Columns may be any sequences."""
    return [
        {name: list(values) for name, values in part.items()} if isinstance(part, dict) else list(part) for part in said
    ]


@given(dialogues(), st.data())
def test_a_part_of_them_is_what_the_columns_of_these_would_be(
    records: list[DialogueRecord], data: st.DataObject
) -> None:
    kept = data.draw(st.lists(st.booleans(), min_size=len(records), max_size=len(records)))
    there = columns_of([record for record, stays in zip(records, kept, strict=True) if stays])
    assert as_lists(columns_of(records).only(kept)) == as_lists(there)
    gone = [record.external_id for record, stays in zip(records, kept, strict=True) if not stays]
    assert as_lists(columns_of(records).without(gone)) == as_lists(there)


@given(dialogues())
def test_items_are_named_in_the_order_in_which_utterances_do_first(records: list[DialogueRecord]) -> None:
    named = [
        list(dict.fromkeys(mention.item_id for said in record.utterances for mention in said.mentions))
        for record in records
    ]
    assert columns_of(records).named_items() == named
