"""The real files come back field by field, and hold as many dialogues as their makers say."""

import gzip
import json
from pathlib import Path

import pytest

from generation.formats import FORMATS
from tests.generation.dialogue_files import read, written

pytestmark = pytest.mark.shared_data


@pytest.mark.parametrize(
    ("file", "format", "dialogues", "by_user", "by_system"),
    [
        ("redial/test_data.jsonl.gz", "redial", 1342, 12401, 11551),
        ("redial/valid_data.kgsf-split.jsonl.gz", "redial", 901, None, None),
        ("recllmsim/conversations.jsonl.gz", "recllmsim", 1856, 7096, 7103),
    ],
)
def test_a_released_file_comes_back_field_by_field(
    shared_data: Path, file: str, format: str, dialogues: int, by_user: int | None, by_system: int | None
) -> None:
    path = shared_data / file
    assert FORMATS.guess(path).name == format
    records = read(format, path)
    assert len(records) == dialogues
    speakers = [utterance.speaker for record in records for utterance in record.utterances]
    if by_user is not None:
        assert (speakers.count("user"), speakers.count("system")) == (by_user, by_system)
    with gzip.open(path) as released:
        expected = [json.dumps(json.loads(line), sort_keys=True) for line in released]
    assert [json.dumps(entry, sort_keys=True) for entry in written(format, records)] == expected


def test_the_labels_of_recllmsim_are_all_there(shared_data: Path) -> None:
    records = read("recllmsim", shared_data / "recllmsim" / "conversations.jsonl.gz")
    said = [utterance for record in records for utterance in record.utterances]
    assert sum(utterance.labels.get("hallucination") is True for utterance in said) == 39
    assert sum(utterance.labels.get("intent") == "Search & Recommendation" for utterance in said) == 1009
    assert sum(record.utterances[0].speaker == "system" for record in records) == 7
    assert len({record.scenario for record in records}) == 22


@pytest.mark.parametrize(
    ("file", "format", "dialogues", "utterances", "mentions"),
    [
        ("inspired/dev.tsv.gz", "inspired", 99, 3538, 566),
        ("inspired/test.tsv.gz", "inspired", 99, 3438, 501),
        ("opendialkg-books/dialog_Books.jsonl.gz", "opendialkg", 1901, 13626, 4876),
        ("iard/umap2020_IARD_Cai.json.gz", "iard", 336, 4583, 2659),
    ],
)
def test_a_released_file_holds_what_its_makers_say(
    shared_data: Path, file: str, format: str, dialogues: int, utterances: int, mentions: int
) -> None:
    path = shared_data / file
    assert FORMATS.guess(path).name == format
    records = read(format, path)
    said = [utterance for record in records for utterance in record.utterances]
    assert (len(records), len(said)) == (dialogues, utterances)
    assert sum(len(utterance.mentions) for utterance in said) == mentions
    assert not any("QUOTATION_MARK" in utterance.text for utterance in said)


@pytest.mark.parametrize(
    ("file", "dialogues", "rows", "by_user"), [("ReDial", 1000, 22458, 11806), ("CCPE", 500, 12436, 6860)]
)
def test_a_table_of_satisfaction_is_read_by_its_columns(
    shared_data: Path, file: str, dialogues: int, rows: int, by_user: int
) -> None:
    path = shared_data / "annot-uss" / f"{file}.txt.gz"
    records = read("table", path)
    speakers = [utterance.speaker for record in records for utterance in record.utterances]
    assert (len(records), len(speakers), speakers.count("user")) == (dialogues, rows, by_user)
    assert FORMATS.guess(path).name == "uss"
    rated = read("uss", path)
    said = [utterance for record in rated for utterance in record.utterances]
    assert (len(rated), len(said)) == (dialogues, rows - dialogues)
    assert sum("satisfaction" in utterance.labels for utterance in said) == by_user - dialogues
    assert all(len(record.labels["satisfaction"]) >= 3 for record in rated)


def test_only_recommenders_of_inspired_have_strategies(shared_data: Path) -> None:
    records = read("inspired", shared_data / "inspired" / "dev.tsv.gz")
    speakers = {one.speaker for record in records for one in record.utterances if "strategy" in one.labels}
    assert speakers == {"system"}
