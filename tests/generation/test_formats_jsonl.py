"""Whatever a record can hold, our own JSON lines hold too."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from generation.formats import FORMATS
from generation.records import (
    PERSON_KINDS,
    ROLES,
    SPEAKERS,
    DialogueRecord,
    ItemRecord,
    MentionRecord,
    PersonRecord,
    UtteranceRecord,
)
from tests.generation.dialogue_files import read

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
names = texts.filter(bool)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
objects = st.dictionaries(texts.filter(lambda key: key != "crsapp"), values, max_size=3)
translations = st.dictionaries(names, texts, max_size=2)
people = st.builds(
    PersonRecord,
    external_id=names,
    kind=st.sampled_from(PERSON_KINDS),
    profile=texts,
    profile_translations=translations,
)
items = st.builds(
    ItemRecord, external_id=names, title=texts, year=st.none() | st.integers(-5000, 5000), attributes=objects
)


@st.composite
def utterances(draw: Any, item_ids: list[str]) -> UtteranceRecord:
    text = draw(texts)
    mentions = []
    for item_id in draw(st.lists(st.sampled_from(item_ids), max_size=3)) if item_ids else []:
        start = draw(st.none() | st.integers(0, len(text)))
        end = None if start is None else draw(st.integers(start, len(text)))
        mentions.append(MentionRecord(item_id=item_id, start=start, end=end, role=draw(st.sampled_from(ROLES))))
    return UtteranceRecord(
        speaker=draw(st.sampled_from(SPEAKERS)),
        text=text,
        translations=draw(translations),
        labels=draw(objects),
        metadata=draw(objects),
        mentions=tuple(mentions),
    )


@st.composite
def dialogues(draw: Any) -> DialogueRecord:
    known = tuple(draw(st.lists(items, max_size=3, unique_by=lambda item: item.external_id)))
    said = st.lists(utterances([item.external_id for item in known]), min_size=1, max_size=4)
    return DialogueRecord(
        external_id=draw(names),
        utterances=tuple(draw(said)),
        person=draw(st.none() | people),
        **{name: draw(texts) for name in ("partner", "task", "scenario", "situation", "split")},
        situation_translations=draw(translations),
        items=known,
        labels=draw(objects),
        metadata=draw(objects),
    )


@given(st.lists(dialogues(), min_size=1, max_size=3))
def test_any_dialogue_survives_the_round_trip(records: list[DialogueRecord]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dialogues.jsonl"
        path.write_bytes(b"".join(FORMATS.get("jsonl").write(records)))
        assert read("jsonl", path) == records
