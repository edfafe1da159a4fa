"""Exporting the long table of judgments, beside reading the same rows from the database and nothing else, the floor."""

import argparse
import tempfile
import tracemalloc
import uuid
from pathlib import Path
from typing import Any

from measuring import dialogues, fresh_database, heading, interleaved, say, write_lines

PROMISED = 50_000
PROTOCOL = """
title = "Bench"
[[block]]
name = "Quality"
target = "dialogue"
instruments = ["utterance-quality"]
design = "panel"
annotators = 5
[[block.sample]]
dataset = "judged"
size = {size}
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dialogues", type=int, default=1_000)
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    with fresh_database() as kind, tempfile.TemporaryDirectory() as folder:
        compare(judged_study(Path(folder), asked.dialogues), kind, asked.rounds)


def judged_study(folder: Path, size: int) -> Any:
    """A study that is laid out by the product; the answers of five people to every question are inserted as rows."""
    from annotation.models import Slot
    from annotation.protocol import parse_protocol
    from annotation.services.participants import create_personal_links, join
    from annotation.services.studies import create_study, open_study
    from generation.services.importing_here import import_path

    import_path(path=write_lines(folder / "judged.jsonl", dialogues(size)), dataset_name="Judged")
    study = open_study(study=create_study(protocol=parse_protocol(PROTOCOL.format(size=size)), slug="bench"))
    for link in create_personal_links(study=study, count=5):
        annotator = join(link=link)
        judge(annotator, list(Slot.objects.filter(seat=annotator.seat_id)))
    return study


def judge(annotator: Any, slots: list[Any]) -> None:
    from django.db import transaction
    from django.utils import timezone

    from annotation.models import Assignment, Judgment, Slot
    from annotation.services.bulk import insert_rows
    from annotation.services.material import questions_of

    now = timezone.now()
    done = {"annotator": annotator.pk, "state": "submitted", "started": now, "submitted": now, "active_seconds": 60.0}
    with transaction.atomic():
        places = [(uuid.uuid4().hex, slot.unit_id, slot.block_id, slot.position) for slot in slots]
        insert_rows(Assignment, ("public_id", "unit", "block", "position"), places, same=done)
        made = {row.unit_id: row for row in annotator.assignments.select_related("unit__first", "block__study")}
        for slot in slots:
            slot.assignment = made[slot.unit_id]
        Slot.objects.bulk_update(slots, ["assignment"], batch_size=500)
        questions = questions_of(next(iter(made.values())))
        answers = (
            (row.pk, asked.instrument, asked.criterion.key, asked.place, number % 3, uuid.uuid4().hex, number)
            for row in made.values()
            for number, asked in enumerate(questions)
        )
        names = ("assignment", "instrument", "criterion", "place", "value", "client_key", "sequence")
        insert_rows(Judgment, names, answers, same={"answered": now, "received": now})


def compare(study: Any, kind: str, rounds: int) -> None:
    from annotation.models import Judgment
    from evaluation.exports.long_table import COLUMNS, TEXT_COLUMNS, long_table
    from evaluation.exports.writing import FILE_FORMATS

    rows = Judgment.objects.count()
    heading(f"Export of {rows:,} judgments, {kind}")

    def export(name: str) -> None:
        for _piece in FILE_FORMATS[name].pieces(COLUMNS, long_table(study), text_columns=TEXT_COLUMNS):
            pass

    def read() -> None:
        for _row in Judgment.objects.order_by().values_list().iterator(chunk_size=10_000):
            pass

    taken = interleaved(rounds, {"floor": read, "csv": lambda: export("csv"), "jsonl": lambda: export("jsonl")})
    say("read and nothing else (the floor)", f"{rows / taken['floor']:,.0f} rows/s")
    for name in ("csv", "jsonl"):
        speed = rows / taken[name]
        say(f"exported as {name}", f"{speed:,.0f} rows/s", f"promised: {PROMISED:,}", kept=speed >= PROMISED)
    tracemalloc.start()
    export("csv")
    say("most memory that an export holds", f"{tracemalloc.get_traced_memory()[1] / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
