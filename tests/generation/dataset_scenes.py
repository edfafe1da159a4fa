"""Datasets for the tests of their pages. The dialogues are written here."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from crsapp.jobs.services import run
from generation.models import Dataset, Dialogue, Import, Item, ItemMention, Utterance
from generation.services.importing import receive_upload
from generation.services.rows import make_findable
from tests.generation.dialogue_files import redial, write_lines

TALK = ("I want a calm film", "Then try *The Tall Oven*", "Thank you")


def dataset(name: str = "Films", talks: Iterable[Sequence[str]] = (), **fields: Any) -> Dataset:
    """A dataset made here with these dialogues: what user and agent say in turn."""
    slug = name.lower().replace(" ", "-")
    made = Dataset.objects.create(name=name, slug=slug, **{"origin": Dataset.Origin.GENERATED, **fields})
    for talk in talks:
        dialogue(made, talk)
    return made


def dialogue(
    made: Dataset,
    talk: Sequence[str] = TALK,
    *,
    said: Mapping[int, Mapping[str, Any]] | None = None,
    **fields: Any,
) -> Dialogue:
    """One dialogue more; `said` has further fields of the utterances by their index."""
    number = made.dialogues.count() + 1
    given = {"external_id": f"talk-{number}", "first_words": talk[0][:200] if talk else "", **fields}
    counts = {"utterance_count": len(talk), "turn_count": len(talk), "word_count": sum(len(t.split()) for t in talk)}
    one = Dialogue.objects.create(dataset=made, number=number, **counts, **given)
    Utterance.objects.bulk_create(
        Utterance(
            dialogue=one, index=index, speaker=("user", "system")[index % 2], text=text, **(said or {}).get(index, {})
        )
        for index, text in enumerate(talk)
    )
    make_findable(one)
    return one


def mention(one: Dialogue, index: int, title: str, *, role: str = "mentioned") -> Item:
    """The utterance names an item as `@7`; it is this one."""
    utterance = one.utterances.get(index=index)
    start = utterance.text.index("@7")
    item = Item.objects.create(dataset=one.dataset, external_id="7", title=title)
    ItemMention.objects.create(utterance=utterance, item=item, start=start, end=start + 2, role=role)
    return item


def redial_file(folder: Path, *, dialogues: int = 3, bad_line: bool = False) -> Path:
    lines: list[Any] = [redial(str(number)) for number in range(dialogues)]
    return write_lines(folder / "films.jsonl", [*lines, "{broken"] if bad_line else lines)


def uploaded(path: Path, name: str = "Films", format: str = "", **options: Any) -> Import:
    """An upload that is checked already."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return work_on(receive_upload(dataset_name=name, uploaded_file=file, format=format, options=options))


def work_on(imported: Import) -> Import:
    """Do the work that the import waits for, as a worker would."""
    imported.refresh_from_db()
    if imported.job_id is None:
        raise ValueError(f"{imported} waits for no work")
    run(imported.job_id)
    imported.refresh_from_db()
    return imported
