"""Amira brings files; what she sees afterwards is the whole file or nothing of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotation.models import Block, Exhibit, Study
from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.services import run
from generation.models import Dataset, Dialogue, Import, Item, ItemMention, Person, Utterance
from generation.services.datasets import DatasetError, delete_dataset
from generation.services.filing import export_dialogues, records_of
from generation.services.import_report import AlreadyImported, ImportingError
from generation.services.importing import discard_import, receive_upload, start_import
from generation.services.importing_here import import_path
from generation.services.statistics import dataset_statistics
from tests.generation.dialogue_files import own, read, recllmsim, redial, redial_from_the_hub, write_lines, written

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def own_folder_for_uploads(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def upload(path: Path, **arguments: Any) -> Import:
    return receive_upload(
        dataset_name="Films", uploaded_file=SimpleUploadedFile(path.name, path.read_bytes()), **arguments
    )


def run_job_of(imported: Import) -> Import:
    run(Import.objects.get(pk=imported.pk).job_id)  # type: ignore[arg-type]
    return Import.objects.get(pk=imported.pk)


def nothing_is_left() -> bool:
    return not any(model.objects.exists() for model in (Dialogue, Utterance, ItemMention, Item, Person))


def test_amira_uploads_a_file_reads_the_report_and_says_go(amira: User, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [redial(str(number)) for number in range(3)])
    imported = upload(path, options={"language": "en", "licence": "CC BY 4.0"}, created_by=amira)
    assert (imported.state, imported.format) == (Import.State.CHECKING, "redial")

    imported = run_job_of(imported)
    assert imported.state == Import.State.CHECKED
    assert imported.report["dialogues"] == 3
    assert imported.report["utterances"] == 9
    assert imported.report["examples"][0]["first"][0]["text"] == "Hi, I loved The Quiet Harbour (1999)"
    assert nothing_is_left()
    assert not Dataset.objects.visible().exists()

    job = start_import(imported=imported, by=amira)
    assert job.created_by == amira
    assert not Dialogue.objects.visible().exists()
    imported = run_job_of(imported)
    assert imported.state == Import.State.COMPLETE
    assert imported.completed is not None
    dataset = Dataset.objects.visible().get()
    assert (dataset.name, dataset.licence) == ("Films", "CC BY 4.0")
    assert [dialogue.number for dialogue in Dialogue.objects.visible().in_dataset(dataset)] == [1, 2, 3]
    first = Dialogue.objects.get(number=1)
    assert (first.utterance_count, first.turn_count, first.first_words) == (
        3,
        2,
        "Hi, I loved The Quiet Harbour (1999)",
    )
    assert Job.objects.get(pk=job.pk).result == {"dialogues": 3, "utterances": 9}


@pytest.mark.parametrize(
    ("format", "entries"),
    [
        ("redial", [redial("1"), redial_from_the_hub(), redial("3", movieMentions={"101": "Another title (1999)"})]),
        ("recllmsim", [recllmsim(1), recllmsim(1, preference_zh="另一种翻译", task_context_id=9), recllmsim(2)]),
        ("jsonl", [own("a", labels={"x": 2**70, "y": 0.5}, metadata={"z": []}), own("b", person={"id": "p"})]),
    ],
)
def test_what_a_file_said_comes_out_again(format: str, entries: list[dict[str, Any]], tmp_path: Path) -> None:
    path = write_lines(tmp_path / "file.jsonl", entries)
    import_path(path=path, dataset_name="Films")
    dataset = Dataset.objects.get()
    assert list(records_of(Dialogue.objects.in_dataset(dataset))) == read(format, path)
    again = [json.loads(line) for line in export_dialogues(dataset=dataset, format=format)]
    assert again == written(format, read(format, path))


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [redial(), "{broken", redial()])
    report = import_path(path=path, dataset_name="Films", dry_run=True)
    assert (report.dialogues, report.figures["problem_count"]) == (1, 2)
    assert [problem["place"] for problem in report.figures["problems"]] == ["line 2", "line 3"]
    assert nothing_is_left()
    assert not Dataset.objects.exists()
    assert not Import.objects.exists()


def test_the_same_file_a_second_time_changes_nothing_and_says_so(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [redial()])
    first = import_path(path=path, dataset_name="Films")
    second = import_path(path=path, dataset_name="Films")
    assert (first.unchanged, second.unchanged, second.dialogues) == (False, True, 1)
    assert Dialogue.objects.count() == 1
    with pytest.raises(AlreadyImported, match="already, byte for byte"):
        upload(path)
    assert import_path(path=path, dataset_name="Other films").dialogues == 1


def test_two_uploads_of_one_file_cannot_both_be_imported(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [redial()])
    one, other = upload(path), upload(path)
    one, other = run_job_of(one), run_job_of(other)
    start_import(imported=one)
    with pytest.raises(ImportingError, match="is being imported into this dataset"):
        start_import(imported=other)
    run_job_of(one)
    with pytest.raises(AlreadyImported):
        start_import(imported=other)
    with pytest.raises(ImportingError, match="does not wait"):
        start_import(imported=one)
    assert Dialogue.objects.count() == 1


def test_a_bad_line_in_the_middle_refuses_the_whole_and_leaves_nothing(tmp_path: Path) -> None:
    entries: list[Any] = [own(str(number)) for number in range(1200)]
    entries[700] = own("700", utterances=[{"speaker": "narrator", "text": "Once upon a time"}])
    path = write_lines(tmp_path / "d.jsonl", entries)
    with pytest.raises(ImportingError, match=r"line 701: `speaker` of utterance 1 is 'narrator'. Write user or system"):
        import_path(path=path, dataset_name="Films")
    assert nothing_is_left()
    assert not Dataset.objects.exists()


def test_a_failed_import_keeps_what_others_brought(tmp_path: Path) -> None:
    import_path(path=write_lines(tmp_path / "a.jsonl", [redial("1")]), dataset_name="Films")
    before = {model: set(model._default_manager.values_list("pk", flat=True)) for model in (Dialogue, Item, Person)}
    bad = [redial("2", movieMentions={"101": "x", "999": "New"}, initiatorWorkerId=33, messages=[
        {"text": "@101 @999", "senderWorkerId": 33}]), "{broken"]  # fmt: skip
    with pytest.raises(ImportingError):
        import_path(path=write_lines(tmp_path / "b.jsonl", bad), dataset_name="Films")
    for model, there in before.items():
        assert set(model._default_manager.values_list("pk", flat=True)) == there
    assert Import.objects.get(state=Import.State.FAILED).report["problems"][0]["place"] == "line 2"


def test_bad_entries_can_be_left_out(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "d.jsonl", [own("a"), "{broken", own("b"), own("a")])
    report = import_path(path=path, dataset_name="Films", options={"skip_bad": True})
    assert report.dialogues == 2
    assert [problem["place"] for problem in report.figures["problems"]] == ["line 2", "line 4"]
    assert "stands in this file twice, first at line 1" in report.figures["problems"][1]["problem"]


def test_a_dialogue_that_is_there_already_is_named(tmp_path: Path) -> None:
    import_path(path=write_lines(tmp_path / "a.jsonl", [own("a")]), dataset_name="Films")
    with pytest.raises(ImportingError, match="line 2: the dialogue 'a' is in the dataset Films already"):
        import_path(path=write_lines(tmp_path / "b.jsonl", [own("b"), own("a")]), dataset_name="Films")
    assert Dialogue.objects.count() == 1


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (own("x" * 201), "external id 'xxx"),
        (own("a", split="x" * 17), "split 'xxx"),
        (own("a", items=[{"id": "1", "title": "t" * 501}]), "title 'ttt"),
        (own("a", items=[{"id": "1", "title": "t", "year": 2**40}]), "out of range"),
        (own("a", person={"id": "p" * 201}), "external id 'ppp"),
    ],
)
def test_what_no_row_can_hold_is_said_before_the_database_says_it(
    entry: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ImportingError, match=words):
        import_path(path=write_lines(tmp_path / "d.jsonl", [entry]), dataset_name="Films")


def test_a_file_without_dialogues_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportingError, match="there is no dialogue in it"):
        import_path(path=write_lines(tmp_path / "d.jsonl", [""]), format="jsonl", dataset_name="Films")
    assert not Dataset.objects.exists()


def test_a_checked_file_with_problems_waits_for_correction_or_for_leave_to_skip(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "d.jsonl", [own("a"), "{broken"])
    imported = run_job_of(upload(path))
    with pytest.raises(ImportingError, match="line 2: this is not JSON"):
        start_import(imported=imported)
    start_import(imported=imported, skip_bad=True)
    assert run_job_of(imported).state == Import.State.COMPLETE
    assert Dialogue.objects.visible().count() == 1


def test_an_upload_with_nothing_in_it_keeps_nothing(tmp_path: Path, settings: Any) -> None:
    with pytest.raises(ImportingError, match="nothing in the file"):
        upload(write_lines(tmp_path / "d.jsonl", [""]))
    assert not Dataset.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_amira_takes_an_upload_back(tmp_path: Path, settings: Any, django_capture_on_commit_callbacks: Any) -> None:
    imported = run_job_of(upload(write_lines(tmp_path / "d.jsonl", [own()])))
    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            discard_import(imported=imported)
    assert not Dataset.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_complete_import_is_not_taken_back(tmp_path: Path) -> None:
    import_path(path=write_lines(tmp_path / "d.jsonl", [own()]), dataset_name="Films")
    with pytest.raises(ImportingError, match="Delete its dataset"):
        discard_import(imported=Import.objects.get())


def test_names_that_are_none_and_datasets_made_here_are_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "d.jsonl", [own()])
    Dataset.objects.create(name="Made here", slug="made-here", origin=Dataset.Origin.GENERATED)
    for name, words in (("  ", "1 to 200"), ("x" * 201, "1 to 200"), ("Made here", "made here")):
        with pytest.raises(DatasetError, match=words):
            import_path(path=path, dataset_name=name)


def test_names_in_any_script_get_addresses_of_their_own(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "d.jsonl", [own()])
    names = ("电影", "电视", "Films!", "Films?")
    slugs = [import_path(path=path, dataset_name=name).slug for name in names]
    assert slugs == ["dataset", "dataset-2", "films", "films-2"]


def test_a_dataset_is_deleted_with_all_that_is_its_own(amira: User, tmp_path: Path) -> None:
    import_path(path=write_lines(tmp_path / "a.jsonl", [redial()]), dataset_name="Films")
    import_path(path=write_lines(tmp_path / "b.jsonl", [own()]), dataset_name="Other")
    delete_dataset(dataset=Dataset.objects.get(name="Films"), by=amira)
    assert Dataset.objects.get().name == "Other"
    assert Dialogue.objects.count() == 1
    assert not Item.objects.exists()


def test_the_dataset_says_what_it_is_made_of(tmp_path: Path) -> None:
    import_path(path=write_lines(tmp_path / "a.jsonl", [recllmsim(1), recllmsim(2)]), dataset_name="Trips")
    found = dataset_statistics(Dataset.objects.get())
    assert (found["dialogues"], found["utterances"], found["user_utterances"], found["people"]) == (2, 4, 2, 2)
    assert found["user_words"] == 10
    assert found["utterances_per_dialogue"] == {"counts": {2: 2}, "n": 2, "mean": 2, "median": 2, "min": 2, "max": 2}
    assert found["tasks"] == [{"name": "trip planning", "count": 2}]
    assert found["translations"] == {"zh": 4}
    assert found["labels"]["utterance"]["intent"] == {"n": 2, "values": {"Planning": 2}}
    assert found["labels"]["utterance"]["hallucination"] == {"n": 2, "true": 2}
    assert found["labels"]["dialogue"]["rating.Detail Level"] == {"n": 2, "mean": 2}
    import_path(path=write_lines(tmp_path / "b.jsonl", [recllmsim(3)]), dataset_name="Trips")
    assert dataset_statistics(Dataset.objects.get())["dialogues"] == 3


def test_an_empty_dataset_has_statistics_too() -> None:
    found = dataset_statistics(Dataset.objects.create(name="Empty", slug="empty"))
    assert found["words_per_utterance"]["mean"] is None


def test_a_dataset_that_a_study_uses_stays(amira: User, tmp_path: Path) -> None:
    import_path(path=write_lines(tmp_path / "a.jsonl", [redial()]), dataset_name="Films")
    dataset, dialogue = Dataset.objects.get(), Dialogue.objects.get()
    study = Study.objects.create(slug="study", title="Study", protocol={})
    block = Block.objects.create(
        study=study, number=1, target="dialogue", design="panel", annotators_per_unit=1, seed=1
    )
    Exhibit.objects.create(block=block, dialogue=dialogue, dataset=dataset, content={}, digest="0", probability=1)
    with pytest.raises(DatasetError, match="A study uses “Films”"):
        delete_dataset(dataset=dataset, by=amira)
    assert Dialogue.objects.get().utterances.count() == 3
