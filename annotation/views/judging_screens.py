"""What an annotator has before them, as context for `annotation/judge.html` and its parts."""

import math
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from annotation.access import address_of
from annotation.instruments import Instrument
from annotation.models import Annotator, Assignment, Judgment, Slot, Study
from annotation.services.assignments import current_assignment
from annotation.services.gate import standing
from annotation.services.material import instruments_of, protocol_of, spec_of
from annotation.services.progress import AnnotatorProgress, annotator_progress
from annotation.services.texts import Texts, unread
from annotation.views.unit_screen import Mode, UnitScreen, unit_screen
from annotation.views.words import words
from generation.rendering import render_markdown
from generation.services.prepared import Selecting

ANSWER_FIELDS: Final = (
    "instrument", "criterion", "place", "value", "cannot_judge", "text", "reason", "span_start", "span_end"
)  # fmt: skip
NO_ID: Final = "00000000-0000-0000-0000-000000000000"

_PREVIOUS = Selecting(lambda given: _before(given)[:1])
_PREVIOUS_TO = Selecting(lambda given: _before(given).filter(submitted__lt=given.submitted)[:1])


def page_context(request: HttpRequest, annotator: Annotator, address: str) -> dict[str, Any]:
    """The whole page."""
    link = getattr(annotator, "link", None)
    return {
        **parts_context(annotator),
        "study_title": annotator.study.title,
        "guidelines": render_markdown(protocol_of(annotator.study).guidelines),
        "way_back": request.build_absolute_uri(reverse("annotation:enter", args=[link.token])) if link else "",
        "words": words(),
        "addresses": _addresses(address),
    }


def parts_context(
    annotator: Annotator,
    *,
    asked: bool = False,
    taken: Assignment | None = None,
    finished: Assignment | None = None,
    earlier: Assignment | None = None,
) -> dict[str, Any]:
    """The parts that change: progress and screen. `asked` says that the next unit was asked for just now, so that none
    means there is none; `taken` is what was given then; `finished` is what was submitted just now; `earlier` is looked
    at again."""
    progress = annotator_progress(annotator, holds=taken)
    context: dict[str, Any] = {
        "progress": progress,
        "minutes_left": math.ceil(progress.seconds_left / 60) if progress.seconds_left else None,
        "late": finished is not None and finished.state == Assignment.State.LATE,
        "taken_out": finished is not None and finished.unit.excluded is not None,
        "lease_words": lease_words(annotator.study),
        "screen_data": {},
    }
    if annotator.left is None and standing(annotator.study) == "over":
        return {**context, "screen": "over", "deadline": annotator.study.deadline}
    if _judges(annotator) and (texts := unread(annotator)):
        return {**context, "screen": "amended", **_amended(annotator, texts)}
    assignment = earlier or taken or current_assignment(annotator) if _judges(annotator) else None
    if assignment is None:
        return {**context, **_between(annotator, progress, asked)}
    mode: Mode = "revise" if assignment == earlier else "judge"
    unit = screen_of(assignment, mode=mode, finished=finished)
    return {**context, "screen": "unit", "mode": mode, "unit": unit}


def _amended(annotator: Annotator, texts: Texts) -> dict[str, Any]:
    """The texts that were amended since this annotator accepted them."""
    protocol = protocol_of(annotator.study)
    changed = texts.guidelines != annotator.guidelines_digest, texts.consent != annotator.consent_digest
    return {
        "new_guidelines": render_markdown(protocol.guidelines) if changed[0] else "",
        "new_consent": render_markdown(protocol.consent) if changed[1] else "",
        "seen": texts.together,
        "accept": reverse("annotation:judge-accept", args=[address_of(annotator)]),
    }


def _judges(annotator: Annotator) -> bool:
    return annotator.left is None and annotator.study.state == Study.State.OPEN


def preview_context(
    *,
    title: str,
    instruments: Sequence[Instrument],
    contents: Sequence[dict[str, Any]],
    reveal: str = "progressive",
    ties: bool = False,
    languages: Sequence[str] = (),
    guidelines: str = "",
    way_out: str = "",
) -> dict[str, Any]:
    """The context of `annotation/judge.html` that shows exactly what an annotator sees, and saves nothing.

    `contents` holds one exhibit's content, or two for a pair; `way_out` is where “Leave the preview” leads.
    """
    return {
        "study_title": title,
        "guidelines": render_markdown(guidelines),
        "progress": AnnotatorProgress(done=0, total=1, seconds_left=None),
        "words": words(),
        "addresses": {"key": "preview"},
        "screen": "unit",
        "mode": "preview",
        "way_out": way_out,
        "unit": unit_screen(
            instruments=instruments,
            contents=contents,
            mode="preview",
            reveal=reveal,
            ties=ties,
            languages=languages,
        ),
    }


def screen_of(assignment: Assignment, *, mode: Mode, finished: Assignment | None = None) -> UnitScreen:
    """One assignment as its annotator sees it, on the sides that were drawn for them; `finished` was just submitted."""
    unit, block = assignment.unit, assignment.unit.block
    shown = [unit.first] if unit.second is None else [unit.first, unit.second]
    if assignment.side == Assignment.Side.SECOND_LEFT:
        shown.reverse()
    spec = spec_of(block)
    latest = _previous(assignment, finished)
    answers = Judgment.objects.none() if assignment.is_new else assignment.judgments.current()
    report = None if assignment.is_new else assignment.flags.waiting().last()
    return unit_screen(
        instruments=instruments_of(block),
        contents=[exhibit.content for exhibit in shown],
        mode=mode,
        reveal=spec.reveal,
        ties=spec.ties,
        languages=block.languages,
        answers=[dict(answer) for answer in answers.values(*ANSWER_FIELDS)],
        rotation=assignment.annotator.rotation,
        kept_as=f"{block.study.digest}:{block.number}:{','.join(block.languages)}",
        assignment=str(assignment.public_id),
        amendment=block.study.amendment_number,
        active_seconds=assignment.active_seconds,
        previous=str(latest) if latest else None,
        report={"key": str(report.client_key), "text": report.text} if report else None,
    )


def _previous(assignment: Assignment, finished: Assignment | None) -> UUID | None:
    """What its annotator finished before it."""
    if finished is not None and assignment.is_new and finished.submitted == assignment.started:  # in one transaction
        return finished.public_id
    here = {"annotator": assignment.annotator_id, "assignment": assignment.pk}
    if assignment.submitted:
        return _PREVIOUS_TO.first(**here, submitted=assignment.submitted)
    return _PREVIOUS.first(**here)


def lease_words(study: Study) -> str:
    """How long one may rest before a unit goes back to the queue.

    >>> lease_words(Study(protocol={"lease_minutes": 120}))
    '2 hours'
    """
    minutes = protocol_of(study).lease_minutes
    if minutes % 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}


def _between(annotator: Annotator, progress: AnnotatorProgress, asked: bool) -> dict[str, Any]:
    """What to say to an annotator who holds no unit."""
    finished = _finished(annotator)
    last = annotator.assignments.select_related("unit").order_by("-started", "-pk").first()
    returned = last if last is not None and last.state == Assignment.State.RETURNED else None
    answer_count = returned.judgments.current().count() if returned else 0
    latest = finished.first()
    context = {
        "finished": finished.count(),
        "answer_count": answer_count,
        "previous": str(latest.public_id) if latest else None,
    }
    if annotator.left is not None:
        return {**context, "screen": "left", "withdrew": annotator.departure == Annotator.Departure.WITHDRAWN}
    if annotator.study.state != Study.State.OPEN:
        return {**context, "screen": "closed"}
    if returned is not None and returned.unit.excluded is not None and not asked:
        return {**context, "screen": "taken-out"}
    if asked or progress.done >= progress.total:
        if _held_by_others(annotator):
            return {**context, "screen": "waiting"}
        return {**context, "screen": "done", "completion_code": protocol_of(annotator.study).completion_code}
    return {**context, "screen": "returned" if answer_count else "start"}


def _held_by_others(annotator: Annotator) -> bool:
    """Does somebody hold a unit of an overlap that this annotator has not judged, and may give it back?"""
    held = Slot.objects.filter(
        block__study_id=annotator.study_id, seat__isnull=True, assignment__state=Assignment.State.LEASED
    )
    return held.exclude(unit__assignments__annotator=annotator).exists()


def _finished(annotator: Any) -> QuerySet[Assignment]:
    """What they finished, the last first."""
    finished = Assignment.objects.filter(
        annotator=annotator, state__in=[Assignment.State.SUBMITTED, Assignment.State.LATE]
    )
    return finished.order_by("-submitted", "-pk")


def _before(given: Any) -> QuerySet[Assignment, UUID]:
    return _finished(given.annotator).exclude(pk=given.assignment).values_list("public_id", flat=True)


def _addresses(address: str) -> dict[str, str]:
    names = ("screen", "next", "answers", "submit", "report", "ticket")
    paths = {name: reverse(f"annotation:judge-{name}", args=[address]) for name in names}
    return {
        **paths,
        "earlier": reverse("annotation:judge-earlier", args=[address, NO_ID]),
        "back": reverse("annotation:enter-again", args=[address]),
        "key": address,
    }
