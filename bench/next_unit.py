"""The next unit: p50 of finishing one and being given another, at 46,000 dialogues and at 1,000, half of which this
very annotator has judged; through the services, so that nothing but the queue is measured."""

import argparse
import statistics
import time
from typing import Any
from uuid import uuid4

from judging_site import open_link
from measuring import fresh_database, heading, say

PROMISED = 1.3


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", type=int, default=46_000)
    options.add_argument("--small", type=int, default=1_000)
    options.add_argument("--units", type=int, default=150, help="measured of each, in turns")
    asked = options.parse_args()
    with fresh_database() as kind:
        annotators = {size: busy_annotator(size) for size in (asked.small, asked.large)}
        heading(f"The next unit on {kind}, half of the study done by this annotator")
        taken: dict[int, list[float]] = {size: [] for size in annotators}
        for _ in range(asked.units):
            for size, annotator in annotators.items():
                taken[size].append(step(annotator))
        medians = {size: 1_000 * statistics.median(times) for size, times in taken.items()}
        for size, median in medians.items():
            p95 = 1_000 * statistics.quantiles(taken[size], n=20)[-1]
            say(f"{size:,} dialogues", f"p50 {median:.1f} ms", f"p95 {p95:.1f} ms")
        ratio = medians[asked.large] / medians[asked.small]
        say("large beside small", f"{ratio:.2f}", f"≤ {PROMISED}", kept=ratio <= PROMISED)
        if kind == "postgresql":
            print_plan(annotators[asked.large])


def busy_annotator(size: int) -> Any:
    """Somebody who judged the first half of a study of this size (as rows: answers are not what is measured)."""
    from django.db import connection
    from django.utils import timezone

    from annotation.models import Assignment, Link, Slot
    from annotation.services.bulk import insert_rows
    from annotation.services.participants import join

    annotator = join(link=Link.objects.get(token=open_link(f"bench-{size}", size=size, annotators=3)))
    slots = list(
        Slot.objects.filter(block__study=annotator.study_id, n=1)
        .order_by("position")[: size // 2]
        .values_list("pk", "unit_id", "block_id", "position")
    )
    now = timezone.now()
    done = {"annotator": annotator.pk, "state": "submitted", "started": now, "submitted": now, "active_seconds": 60.0}
    rows = [(uuid4().hex, unit, block, position) for _, unit, block, position in slots]
    insert_rows(Assignment, ("public_id", "unit", "block", "position"), rows, same=done)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE annotation_slot SET assignment_id = (SELECT a.id FROM annotation_assignment a WHERE"
            " a.unit_id = annotation_slot.unit_id AND a.annotator_id = %s) WHERE n = 1 AND unit_id IN"
            " (SELECT unit_id FROM annotation_assignment WHERE annotator_id = %s)",
            [annotator.pk, annotator.pk],
        )
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return annotator


def step(annotator: Any) -> float:
    from annotation.services.assignments import claim, current_assignment, submit_and_claim
    from annotation.services.judging import Answer
    from annotation.services.material import questions_of
    from annotation.services.progress import annotator_progress

    held = current_assignment(annotator) or claim(annotator=annotator)
    assert held is not None
    answers = [Answer(uuid4(), asked.instrument, asked.criterion.key, -1, 1) for asked in questions_of(held)]
    begun = time.perf_counter()
    _finished, following = submit_and_claim(assignment=held, active_seconds=9, answers=answers)
    annotator_progress(annotator, holds=following)
    return time.perf_counter() - begun


def print_plan(annotator: Any) -> None:
    from annotation.services.queueing import free_slots

    block = annotator.study.blocks.get()
    plan = free_slots(block, annotator).filter(side=0, position__gte=10).values_list("pk")[:1].explain()
    uses = "annotation_slot_free" in plan
    say("the plan uses the index of free slots", str(uses), kept=uses)


if __name__ == "__main__":
    main()
