"""The part of `check_study` that looks at who left."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F, QuerySet

from annotation.models import Annotator, Assignment, Judgment, Link, Study
from annotation.services.removal_reasons import reason_problems
from annotation.services.withdrawals import WITHDRAWN_NAME
from generation.wording import worded

State = Assignment.State
CLOCKS = timedelta(seconds=10)  # `received` is by the clock of a web process, `left` by the database's


def departure_problems(study: Study) -> Iterator[str]:
    """Who left holds nothing, wrote nothing afterwards and cannot come in; nothing leads to who withdrew."""
    gone = study.annotators.filter(left__isnull=False)
    for one in gone.filter(assignments__state=State.LEASED).distinct():
        yield worded("%(one)s left the study, but still holds a unit.", one=one)
    for link in Link.objects.filter(annotator__in=gone, revoked__isnull=True).select_related("annotator"):
        yield worded("%(annotator)s left the study, but their link still lets them in.", annotator=link.annotator)
    answers = Judgment.objects.filter(assignment__annotator__in=gone)
    for name in _names(answers.filter(received__gt=F("assignment__annotator__left") + CLOCKS)):
        yield worded("%(name)s has answers that came after they left.", name=name)
    for one in gone.filter(departure=Annotator.Departure.WITHDRAWN):
        if one.user_id is not None or Link.objects.filter(annotator=one).exists():
            yield worded("%(one)s withdrew, but an account or a link still leads to them.", one=one)
        if not one.pseudonym.startswith(WITHDRAWN_NAME):
            yield worded("%(one)s withdrew, but is still called by the pseudonym they had.", one=one)
    yield from reason_problems(study)
    set_aside = Assignment.objects.filter(unit__block__study=study, state=State.SET_ASIDE, submitted__isnull=True)
    for assignment in set_aside.select_related("annotator", "unit"):
        yield worded("%(assignment)s: set aside, but it was never submitted.", assignment=assignment)


def _names(answers: QuerySet[Judgment]) -> list[str]:
    names = answers.order_by().values_list("assignment__annotator__pseudonym", flat=True)
    return sorted(set(names.distinct()))
