"""Amira imports and exports from the command line, where a script reads the last line."""

import gzip
import json
import tracemalloc
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from generation.models import Dataset, Dialogue, Utterance
from tests.generation.dialogue_files import own, read, recllmsim, redial, write_lines, write_zip

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LONG = f"{'a long word ':-<250}" * 100


def import_dialogues(path: Path, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("import_dialogues", path, dataset="Films", json=True, stdout=out, stderr=StringIO(), **options)
    last: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return last


def test_the_last_line_says_what_was_imported(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl.gz", [redial("1"), redial("2")])
    said = import_dialogues(path, language="de", licence="CC0")
    assert (said["dialogues"], said["utterances"], said["dataset"], said["format"]) == (2, 6, "Films", "redial")
    assert (len(said["sha256"]), said["unchanged"], said["dry_run"]) == (64, False, False)
    dataset = Dataset.objects.visible().get()
    assert (dataset.language, dataset.licence) == ("de", "CC0")
    assert import_dialogues(path)["unchanged"] is True
    assert Dialogue.objects.count() == 2


def test_people_read_what_was_guessed_and_what_happened(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [redial()])
    out, err = StringIO(), StringIO()
    call_command("import_dialogues", path, dataset="Films", stdout=out, stderr=err)
    assert "looks like redial (ReDial JSON lines)" in err.getvalue()
    assert "100 %" in err.getvalue()
    assert "1 dialogue, 3 utterances (2 by users, 1 by agents), 3 items, 1 person." in out.getvalue()


def test_a_folder_and_an_archive_are_imported_too(tmp_path: Path) -> None:
    packed = write_zip(tmp_path / "trips.zip", {f"trips/{number}.json": recllmsim(number) for number in range(3)})
    assert import_dialogues(packed)["dialogues"] == 3
    folder = tmp_path / "trips"
    folder.mkdir()
    write_lines(folder / "1.json", [recllmsim(7, task="other")])
    assert import_dialogues(folder)["dialogues"] == 1


def test_a_dry_run_says_what_would_happen_and_writes_nothing(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [redial()])
    assert import_dialogues(path, dry_run=True)["dialogues"] == 1
    assert not Dataset.objects.exists()


def test_bad_input_is_refused_with_line_reason_and_remedy(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [redial(), redial("2", messages=[]), redial()])
    for options in ({}, {"dry_run": True}):
        with pytest.raises(CommandError) as refused:
            import_dialogues(path, **options)
        assert "Nothing was imported. line 2: `messages` is empty. Remove the entry" in str(refused.value)
        assert "line 3: the dialogue '7' stands in this file twice, first at line 1" in str(refused.value)
    assert not Dataset.objects.exists()
    assert import_dialogues(path, skip_bad=True)["dialogues"] == 1


def test_a_table_is_read_as_its_columns_are_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "talks.csv"
    path.write_text("talk,who,words,words_de,mood\n1,Ann,Heat?,Hitze?,calm\n1,Bob,Ronin,,calm\n")
    said = import_dialogues(
        path,
        map=[("dialogue", "talk"), ("text", "words"), ("labels", "mood"), ("user", "Bob"), ("system", "Ann")],
    )
    assert (said["format"], said["dialogues"], said["utterances"], said["languages"]) == ("table", 1, 2, ["de"])
    first = Utterance.objects.get(index=0)
    assert (first.speaker, first.text, first.labels) == ("system", "Heat?", {"mood": "calm"})
    assert first.dialogue.source is not None
    assert first.dialogue.source.options["mapping"]["text"] == ["words"]


@pytest.mark.parametrize("said", ["words", "sense=words", "=words"])
def test_a_mapping_that_is_none_is_refused(said: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not PART=COLUMN with one of heading, dialogue"):
        call_command("import_dialogues", str(tmp_path), "--dataset", "Films", "--map", said)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="there is nothing at"):
        import_dialogues(tmp_path / "gone.jsonl")
    with pytest.raises(CommandError, match="none of the known formats"):
        import_dialogues(write_lines(tmp_path / "d.jsonl", [{"a": 1}]))
    with pytest.raises(CommandError, match="there is nothing at"):
        import_dialogues(tmp_path / "gone.jsonl", format="redial")


def test_what_was_imported_is_exported_again(tmp_path: Path) -> None:
    entry = {"schema": "crsapp-dialogue/1", **own(labels={"rating": 2})}
    import_dialogues(write_lines(tmp_path / "d.jsonl", [entry]))
    out = tmp_path / "again.jsonl"
    call_command("export_dialogues", "films", out=out, stdout=StringIO())
    assert [json.loads(line) for line in out.read_text().splitlines()] == [entry]
    with pytest.raises(CommandError, match=r"again\.jsonl is there already"):
        call_command("export_dialogues", "films", out=out, stdout=StringIO())
    with pytest.raises(CommandError, match=r"no dataset 'books'. Known are: films"):
        call_command("export_dialogues", "books", out=tmp_path / "b.jsonl", stdout=StringIO())


def test_a_large_file_is_imported_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    said = [{"speaker": "user", "text": LONG}, {"speaker": "system", "text": LONG}]
    with path.open("w") as file:
        for number in range(1100):
            file.write(json.dumps(own(f"{number}", utterances=said)) + "\n")
    assert path.stat().st_size > 50_000_000
    tracemalloc.start()
    import_dialogues(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert Utterance.objects.count() == 2200
    assert peak < 30_000_000


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("file", "dialogues", "utterances", "people"),
    [
        ("redial/test_data.jsonl.gz", 1342, 23952, 97),
        ("recllmsim/conversations.jsonl.gz", 1856, 14199, 100),
    ],
)
def test_the_released_files_are_imported_and_come_out_again(
    shared_data: Path, tmp_path: Path, file: str, dialogues: int, utterances: int, people: int
) -> None:
    said = import_dialogues(shared_data / file)
    assert (said["dialogues"], said["utterances"], said["people"]) == (dialogues, utterances, people)
    assert Dialogue.objects.visible().count() == dialogues
    assert Utterance.objects.count() == utterances
    again = tmp_path / "again.jsonl"
    call_command("export_dialogues", "films", out=again, format=said["format"], stdout=StringIO())
    with gzip.open(shared_data / file) as released, again.open() as written:
        for line, other in zip(released, written, strict=True):
            assert json.loads(line) == json.loads(other)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("file", "format", "dialogues", "utterances"),
    [
        ("inspired/dev.tsv.gz", "inspired", 99, 3538),
        ("opendialkg-books/dialog_Books.jsonl.gz", "opendialkg", 1901, 13626),
        ("iard/umap2020_IARD_Cai.json.gz", "iard", 336, 4583),
        ("annot-uss/CCPE.txt.gz", "uss", 500, 11936),
    ],
)
def test_what_others_released_is_imported_whole(
    shared_data: Path, tmp_path: Path, file: str, format: str, dialogues: int, utterances: int
) -> None:
    said = import_dialogues(shared_data / file)
    assert (said["format"], said["dialogues"], said["utterances"]) == (format, dialogues, utterances)
    assert (Dialogue.objects.visible().count(), Utterance.objects.count()) == (dialogues, utterances)
    again = tmp_path / "again.jsonl"
    call_command("export_dialogues", "films", out=again, stdout=StringIO())
    assert read("jsonl", again) == read(format, shared_data / file)
