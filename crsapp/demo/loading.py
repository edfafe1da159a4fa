"""Fill an installation with the demo: people, two datasets, an open study and a closed one with its judgments."""

import tempfile
import uuid
from importlib.resources import files
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from annotation.models import Annotator, Assignment, Study
from annotation.protocol import parse_protocol
from annotation.questions import Question
from annotation.services.assignments import claim, submit
from annotation.services.judging import Answer, record_answers
from annotation.services.material import questions_of
from annotation.services.participants import create_open_link, create_personal_links, join
from annotation.services.studies import close_study, create_study, open_study
from crsapp.accounts.models import User
from crsapp.demo.answers import Taste
from crsapp.demo.dialogues import WRITERS, records
from generation.formats import jsonl
from generation.models import Dataset
from generation.services.importing_here import import_path

CLOSED: Final = "demo-closed"
OPEN: Final = "demo-open"
LICENCE: Final = "Apache-2.0, written for this demo"


def load_datasets(by: User) -> list[Dataset]:
    """Two small datasets, through the same import as everybody's."""
    datasets = []
    for name in WRITERS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{slugify(name)}.jsonl"
            with path.open("wb") as file:
                file.writelines(jsonl.write(records(name)))
            import_path(path=path, format="jsonl", dataset_name=name, options={}, dry_run=False, created_by=by)
        dataset = Dataset.objects.get(name=name)
        dataset.is_demo, dataset.licence, dataset.domain = True, LICENCE, "films, novels, games, trips, cooking"
        dataset.description = "Written by us for the demo; both agents answer the same 24 wishes."
        dataset.save()
        datasets.append(dataset)
    return datasets


def load_study(slug: str, by: User) -> Study:
    """A demo study from its protocol file, opened; the one that is there, if it is."""
    study = Study.objects.filter(slug=slug).first()
    if study is None:
        protocol = files("crsapp.demo").joinpath(f"{slug.removeprefix('demo-')}.toml").read_text("utf-8")
        study = create_study(protocol=parse_protocol(protocol), by=by, slug=slug, is_demo=True)
    return open_study(study=study, by=by) if study.state == Study.State.DRAFT else study


def load_open_study(people: dict[str, User]) -> Study:
    """A study to judge at once: a seat for the demo's annotator, and an open link for the two other seats."""
    study = load_study(OPEN, people["amira"])
    if study.links.exists():
        return study
    with transaction.atomic():
        [seat] = create_personal_links(study=study, count=1, by=people["amira"])
        join(link=seat, user=people["ben"])
        create_open_link(study=study, cap=2, label="Demo: for anybody", by=people["amira"])
    return study


def load_closed_study(by: User) -> Study:
    """A study that seven simulated annotators have judged through the same services as people do."""
    study = load_study(CLOSED, by)
    if study.state == Study.State.CLOSED:
        return study
    links = list(study.links.all()) or create_personal_links(study=study, count=7, by=by)
    for number, link in enumerate(links):
        judge_everything(join(link=link), Taste.of(number))
    return close_study(study=study, by=by)


def judge_everything(annotator: Annotator, taste: Taste) -> None:
    """Claim, answer and submit until nothing is left."""
    while assignment := claim(annotator=annotator):
        answers = [answer(assignment, question, taste) for question in questions_of(assignment)]
        seconds = 6.0 * len(answers)
        record_answers(assignment=assignment, answers=answers, active_seconds=seconds)
        submit(assignment=assignment, active_seconds=seconds)


def answer(assignment: Assignment, question: Question, taste: Taste) -> Answer:
    """This annotator's answer to one question, as their page would send it."""
    unit = assignment.unit
    if unit.second is None:
        turn = unit.first.content["turns"][question.place]
        value = taste.rates(turn["text"], turn["speaker"], question.criterion.key)
    else:
        shown = [unit.first, unit.second]
        if assignment.side == Assignment.Side.SECOND_LEFT:
            shown.reverse()
        left, right = (
            [turn["text"] for turn in exhibit.content["turns"] if turn["speaker"] == "system"] for exhibit in shown
        )
        value = 1 if taste.prefers_left(left, right) else 2
    return Answer(
        client_key=uuid.uuid4(),
        instrument=question.instrument,
        criterion=question.criterion.key,
        place=question.place,
        value=value,
        answered=timezone.now(),
    )
