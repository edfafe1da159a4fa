"""The part of `check_study` that looks at the answers."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Count

from annotation.answers import problem_with
from annotation.models import Assignment, Block, Judgment, Study
from annotation.questions import Question, questions
from annotation.services.material import instruments_of, spec_of
from generation.rendering import shown_text
from generation.wording import worded

AT_ONCE: Final = 500
FINISHED: Final = {Assignment.State.SUBMITTED, Assignment.State.LATE, Assignment.State.SET_ASIDE}
Turns = list[dict[str, str]]


def judgment_problems(study: Study) -> Iterator[str]:
    """No question answered twice, none answered that was not asked, none missing where a unit was submitted."""
    judgments = Judgment.objects.filter(assignment__unit__block__study=study).current()
    keys = ("assignment", "instrument", "criterion", "place")
    for row in judgments.order_by().values(*keys).annotate(n=Count("pk")).filter(n__gt=1):
        yield worded(
            "%(criterion)s at place %(place)s has %(n)s current answers by one annotator.",
            criterion=row["criterion"],
            place=row["place"],
            n=row["n"],
        )
    for block in study.blocks.select_related("study").exclude(design=Block.Design.ELSEWHERE):
        yield from _block_problems(block)


def _block_problems(block: Block) -> Iterator[str]:
    instruments, ties = instruments_of(block), spec_of(block).ties
    units = block.units.select_related("first").prefetch_related("assignments__annotator", "assignments__judgments")
    for unit in units.iterator(AT_ONCE):
        turns: Turns = [] if unit.second_id else unit.first.content["turns"]
        asked = {question.key: question for question in questions(instruments, turns)}
        for assignment in unit.assignments.all():
            for problem in _answer_problems(assignment, turns, asked, ties):
                yield worded(
                    "%(annotator)s, block %(block)s, unit %(unit)s: %(problem)s",
                    annotator=assignment.annotator,
                    block=block.number,
                    unit=unit.number,
                    problem=problem,
                )


def _answer_problems(
    assignment: Assignment, turns: Turns, asked: dict[tuple[str, str, int], Question], ties: bool
) -> Iterator[str]:
    answered: dict[tuple[str, str, int], Judgment] = {}
    judgments = list(assignment.judgments.all())
    for judgment in judgments:
        key = (judgment.instrument, judgment.criterion, judgment.place)
        if key not in asked:
            yield worded(
                "%(criterion)s at place %(place)s was answered, but not asked.",
                criterion=judgment.criterion,
                place=judgment.place,
            )
            continue
        if not judgment.superseded:
            answered[key] = judgment
        marked = judgment.place >= 0 and judgment.span_start is not None
        shown = shown_text(turns[judgment.place]["text"]) if marked else ""
        if problem := _problem(asked[key], judgment, ties, shown):
            yield worded(
                "%(criterion)s at place %(place)s: %(problem)s",
                criterion=judgment.criterion,
                place=judgment.place,
                problem=problem,
            )
    lost = {(one.instrument, one.criterion, one.place) for one in judgments if one.superseded} - answered.keys()
    yield from (
        worded("%(criterion)s at place %(place)s has only superseded answers.", criterion=criterion, place=place)
        for _, criterion, place in sorted(lost)
    )
    if assignment.state in FINISHED and (missing := len(asked.keys() - answered.keys())):
        yield worded("it was submitted with %(missing)s questions unanswered.", missing=missing)


def _problem(question: Question, judgment: Judgment, ties: bool, shown: str) -> str:
    return problem_with(
        question,
        value=judgment.value,
        cannot_judge=judgment.cannot_judge,
        text=judgment.text,
        reason=judgment.reason,
        span=(judgment.span_start, judgment.span_end),
        ties=ties,
        shown=shown,
    )
