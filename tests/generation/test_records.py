import dataclasses

import pytest
from hypothesis import given
from hypothesis.strategies import lists, text

from generation import records
from generation.models import Dialogue, Item, ItemMention, Person, Utterance
from generation.records import DialogueRecord, UtteranceRecord
from generation.words import WORD, count_words


def test_turns_merge_what_one_speaker_says_in_a_row() -> None:
    said = [UtteranceRecord(speaker=speaker, text="x") for speaker in ("user", "user", "system", "user")]
    assert DialogueRecord(external_id="1", utterances=tuple(said)).turn_count == 3
    assert DialogueRecord(external_id="1", utterances=()).turn_count == 0


def test_where_a_dialogue_stood_does_not_make_it_another() -> None:
    one = DialogueRecord(external_id="1", utterances=(), place="line 1")
    assert one == dataclasses.replace(one, place="line 2")


def test_a_record_cannot_be_changed() -> None:
    record = DialogueRecord(external_id="1", utterances=())
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.external_id = "2"  # type: ignore[misc]


def test_the_words_of_records_are_the_words_of_the_rows() -> None:
    assert set(records.SPEAKERS) == set(Utterance.Speaker.values)
    assert set(records.ROLES) == set(ItemMention.Role.values)
    assert set(records.PERSON_KINDS) == set(Person.Kind.values)


@pytest.mark.parametrize(
    ("model", "record", "elsewhere"),
    [
        (Item, records.ItemRecord, set()),
        (Person, records.PersonRecord, set()),
        (Dialogue, DialogueRecord, {"number", "source", "utterance_count", "turn_count", "word_count", "first_words"}),
        (Utterance, UtteranceRecord, {"index"}),
    ],
)
def test_records_hold_whatever_the_rows_hold(model: type, record: type, elsewhere: set[str]) -> None:
    columns = {field.name for field in model._meta.concrete_fields}  # type: ignore[attr-defined]
    assert columns - {"id", "dataset", "dialogue"} - elsewhere <= {field.name for field in dataclasses.fields(record)}


@given(text())
def test_words_are_what_stands_between_white_space(said: str) -> None:
    assert count_words(said) == sum(1 for _word in WORD.finditer(said))


@given(lists(text()))
def test_the_words_of_utterances_add_up(said: list[str]) -> None:
    assert count_words("\n".join(said)) == sum(map(count_words, said))
