"""Ways into a study, and who came in."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from annotation.models import Annotator, Block, Link, Seat, Study, new_token
from annotation.services.clock import database_now
from annotation.services.errors import JoinError, StudyError
from annotation.services.gate import pass_gate, standing
from annotation.services.material import protocol_of
from annotation.services.recording import record
from annotation.services.texts import texts_of
from crsapp.accounts.models import User

MOST_LINKS: Final = 500
MOST_CAP: Final = 100_000


def create_personal_links(*, study: Study, count: int, by: User | None = None) -> list[Link]:
    """`count` links for one person each, every one with a seat of its own where the study has panels.

    Raises `StudyError` when the study is not open or has fewer seats left.
    """
    if not 1 <= count <= MOST_LINKS:
        raise StudyError(_("Ask for 1 to {most} links at a time.").format(most=MOST_LINKS))
    with transaction.atomic():
        held = held_open(study)
        seats: list[Seat | None] = list(free_seats(held)[:count])
        if seats_only(held) and len(seats) < count:
            raise StudyError(
                _(
                    "Links wanted: {count}; free seats: {free}. A personal link needs a seat: "
                    "ask for fewer, or revoke one that nobody uses."
                ).format(count=count, free=len(seats))
            )
        seats += [None] * (count - len(seats))
        number = held.links.filter(kind=Link.Kind.PERSONAL, opened_by__isnull=True).count()
        links = [
            Link.objects.create(
                study=held, kind=Link.Kind.PERSONAL, seat=seat, label=_("Person {n}").format(n=number + n)
            )
            for n, seat in enumerate(seats, start=1)
        ]
        record(study=held, kind="links created", by=by, count=count)
    return links


def create_open_link(*, study: Study, cap: int | None, label: str = "", by: User | None = None) -> Link:
    """One link for up to `cap` people (as many as come, if None). Raises `StudyError`."""
    if cap is not None and not 1 <= cap <= MOST_CAP:
        raise StudyError(_("An open link lets in 1 to {most} people.").format(most=MOST_CAP))
    with transaction.atomic():
        held = held_open(study)
        link = Link.objects.create(study=held, kind=Link.Kind.OPEN, cap=cap, label=label[:100])
        record(study=held, kind="open link created", by=by, cap=cap, link=link.pk)
    return link


def revoke_link(*, link: Link, by: User | None = None) -> Link:
    """Let nobody else in by this link; done twice it does no harm. Whoever is already judging keeps what they did."""
    with transaction.atomic():
        if Link.objects.filter(pk=link.pk, revoked__isnull=True).update(revoked=database_now()):
            record(study=link.study, kind="link revoked", by=by, link=link.pk)
    link.refresh_from_db()
    return link


def join(*, link: Link, user: User | None = None, ticket: str = "") -> Annotator:
    """Whoever accepted guidelines and consent takes part.

    By a personal link it is the same annotator again and again; by an open one a new one (for an account, once), with
    `annotator.link` as their personal way back. `ticket` is random and made for one showing of the form: the same one
    again, by a double click say, is the same annotator. Raises `JoinError` in words when the link is full, closed or
    revoked.
    """
    try:
        with transaction.atomic():
            return _join(link, user, ticket)
    except IntegrityError as error:
        known = Annotator.objects.filter(study=link.study_id, user=user).first() if user else None
        if known is not None:
            return _still_here(known)
        raise JoinError(_("Somebody else joined at the same moment. Try again.")) from error


def _join(link: Link, user: User | None, ticket: str) -> Annotator:
    pass_gate(link.study_id)
    study = Study.objects.select_for_update(no_key=True).get(pk=link.study_id)
    link = Link.objects.select_for_update(no_key=True, of=("self",)).select_related("seat").get(pk=link.pk)
    if link.annotator is not None:
        _still_here(link.annotator)
    if link.revoked is not None:
        raise _revoked()
    if link.annotator is not None:
        return link.annotator
    if standing(study) == "over":
        raise JoinError(_("The deadline of this study has passed. Thank you for coming."))
    if study.state != Study.State.OPEN:
        raise JoinError(_("This study takes no more judgments. Thank you for coming."))
    known = Annotator.objects.filter(study=study, user=user).first() if user else None
    if known is not None:
        return _still_here(known)
    if link.kind == Link.Kind.PERSONAL:
        annotator = _new_annotator(study, user, link.seat)
        link.annotator = annotator
        link.save(update_fields=["annotator"])
        return annotator
    token = _way_back_token(link, ticket)
    way_back = Link.objects.filter(token=token, opened_by=link).select_related("annotator").first()
    if way_back is not None:
        if way_back.annotator is None:
            raise _revoked()
        return _still_here(way_back.annotator)
    used = Link.objects.filter(Q(cap__isnull=True) | Q(used__lt=F("cap")), pk=link.pk).update(used=F("used") + 1)
    if not used:
        raise JoinError(_("As many people as were wanted have already joined by this link. Thank you for coming."))
    seat = seat_for(link)
    if seat is None and seats_only(study):
        raise JoinError(_("All places of this study are taken. Thank you for coming."))
    annotator = _new_annotator(study, user, seat)
    way_back = Link(study=study, kind=Link.Kind.PERSONAL, annotator=annotator, seat=seat, opened_by=link, token=token)
    way_back.label = annotator.pseudonym
    way_back.save()
    return annotator


def _still_here(annotator: Annotator) -> Annotator:
    """Nobody joins a second time after leaving; a researcher may readmit them."""
    if annotator.left is not None:
        raise JoinError(_("You no longer take part in this study. If that is a mistake, ask whoever invited you."))
    return annotator


def _revoked() -> JoinError:
    return JoinError(_("This link has been withdrawn. Ask whoever sent it for a new one."))


def _way_back_token(link: Link, ticket: str) -> str:
    """The same for the same ticket; nobody can make one without the installation's key."""
    if not ticket:
        return new_token()
    derived = salted_hmac("annotation.way-back", f"{link.token} {ticket}", algorithm="sha256").digest()
    return urlsafe_b64encode(derived[:16]).decode().rstrip("=")


def _new_annotator(study: Study, user: User | None, seat: Seat | None) -> Annotator:
    texts = texts_of(protocol_of(study))
    return Annotator.objects.create(
        study=study,
        pseudonym=next(_pseudonyms(study)),
        user=user,
        seat=seat,
        guidelines_digest=texts.guidelines,
        consent_digest=texts.consent,
        consented=database_now(),
    )


def _pseudonyms(study: Study) -> Iterator[str]:
    number = study.annotators.count()
    taken = set(study.annotators.values_list("pseudonym", flat=True))
    while True:
        number += 1
        if (name := f"annotator-{number:02}") not in taken:
            yield name


def seats_only(study: Study) -> bool:
    """Whether there is nothing in this study for somebody without a seat."""
    return not study.blocks.filter(design=Block.Design.OVERLAP).exists()


def seats_left(study: Study) -> int | None:
    """How many more people a study of panels alone has room for; None where somebody without a seat has work too."""
    return free_seats(study).count() if seats_only(study) else None


def free_seats(study: Study) -> QuerySet[Seat]:
    promised = Link.objects.filter(seat=OuterRef("pk"), revoked__isnull=True)
    sitting = Annotator.objects.filter(seat=OuterRef("pk"), left__isnull=True)
    return study.seats.filter(~Exists(promised), ~Exists(sitting)).order_by("number")


def seat_for(link: Link) -> Seat | None:
    """Where somebody who came by this link now would sit."""
    return link.seat if link.kind == Link.Kind.PERSONAL else free_seats(link.study).first()


def held_open(study: Study) -> Study:
    held = Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    if held.state == Study.State.DRAFT:
        raise StudyError(_("This study is a draft. Open it first, then make links."))
    if held.state == Study.State.CLOSED:
        raise StudyError(_("This study is closed; nobody can join it any more."))
    return held
