"""Links that take the place of others: a new one for a lost one, and one for a seat that somebody left."""

from django.db import transaction
from django.utils.translation import gettext as _

from annotation.models import Annotator, Link, Study
from annotation.services.clock import database_now
from annotation.services.errors import StudyError
from annotation.services.holding import hold_annotator
from annotation.services.participants import free_seats, held_open
from annotation.services.recording import record
from crsapp.accounts.models import User


def renew_link(*, annotator: Annotator, instead_of: int | None, by: User | None = None) -> Link:
    """A new personal link for somebody whose link is lost or in wrong hands; the old one is dead.

    `instead_of` is the key of the link to replace, so that a second press makes no second link. Whoever came by an
    open link had a way back that no researcher sees; the new one is the researcher's to send on, and so is shown.
    Nothing leads from the old one to the annotator any more, so that they can withdraw.
    Raises `StudyError` when the annotator has left.
    """
    with transaction.atomic():
        held = hold_annotator(annotator.pk, annotator.study_id).annotator
        if held.left is not None:
            raise StudyError(_("They no longer take part, so no link lets them in. Let them in again first."))
        old = Link.objects.select_for_update(no_key=True).filter(annotator=held).first()
        if old is not None and old.pk != instead_of:
            return old
        label = held.pseudonym
        if old is not None:
            label = old.label
            Link.objects.filter(pk=old.pk).update(annotator=None, seat=None, revoked=old.revoked or database_now())
        link = Link.objects.create(
            study=held.study, kind=Link.Kind.PERSONAL, annotator=held, seat=held.seat, label=label
        )
        record(study=held.study, kind="link renewed", by=by, annotator=held.pk)
    return link


def create_seat_link(*, study: Study, number: int, by: User | None = None) -> Link:
    """A personal link for seat `number`, which nobody sits in; the one there is, if it was made before.

    Whoever comes by it takes the seat whole: its order, its sides, and every unit that its predecessor did not finish.
    Raises `StudyError` when somebody sits there, or the study is not open.
    """
    with transaction.atomic():
        held = held_open(study)
        unused = Link.objects.filter(study=held, seat__number=number, annotator__isnull=True, revoked__isnull=True)
        if found := unused.first():
            return found
        seat = free_seats(held).filter(number=number).first()
        if seat is None:
            raise StudyError(_("Seat {n} is taken.").format(n=number))
        link = Link.objects.create(
            study=held, kind=Link.Kind.PERSONAL, seat=seat, label=_("Seat {n}, replacement").format(n=number)
        )
        record(study=held, kind="seat reopened", by=by, seat=number)
    return link
