"""Who judges in a study: everybody at a glance, one of them, and what a researcher can do when somebody stops."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from annotation.forms.annotators import RemoveForm, WithdrawForm
from annotation.models import Annotator, Link, Study
from annotation.monitoring import NEED_A_HAND, ORDER
from annotation.services.assignments import release_expired, release_lease
from annotation.services.departures import readmit_annotator, remove_annotator
from annotation.services.errors import StudyError
from annotation.services.monitoring import Monitor, PersonLine, monitor, person_line
from annotation.services.relinking import create_seat_link, renew_link
from annotation.services.removal_reasons import REMOVED, reasons, told
from annotation.services.withdrawals import is_erased, is_withdrawn, withdraw
from annotation.views.standing_words import NAMES, TONES, standing_words
from crsapp.accounts.access import ResearcherRequest, researcher_required

PAGE: Final = 100
SORTS: Final[dict[str, Callable[[PersonLine], Any]]] = {
    "standing": lambda line: (ORDER[line.standing], -line.silent.total_seconds()),
    "pseudonym": lambda line: line.annotator.pseudonym,
    "seat": lambda line: line.annotator.seat or 0,
    "done": lambda line: line.done,
    "pace": lambda line: line.pace or 0,
    "seen": lambda line: line.seen,
}


@dataclass(frozen=True)
class PersonRow:
    """A line of the table; `address` is their link, if researchers may see it."""

    line: PersonLine
    words: str
    tone: str
    address: str


@dataclass(frozen=True)
class Waiting:
    """A personal link that nobody has come by yet."""

    link: Link
    address: str


@researcher_required
@require_GET
def study_annotators(request: ResearcherRequest, slug: str) -> HttpResponse:
    study = _opened(slug)
    found = monitor(study)
    chosen, search = request.GET.get("standing", ""), request.GET.get("search", "").strip()
    sort = request.GET.get("sort", "standing")
    lines = _arranged([line for line in found.people if _wanted(line, chosen, search)], sort)
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "studies",
        "study": study,
        "page": page,
        "rows": _rows(request, list(page.object_list)),
        "waiting": [Waiting(link, _address(request, link)) for link in found.not_come],
        "vacant": [(seat, _address(request, seat.link) if seat.link else "") for seat in found.vacant],
        "standings": [(one.value, NAMES[one], count) for one, count in found.standings.items()],
        "has_seats": study.seats.exists(),
        "chosen": chosen,
        "search": search,
        "sort": sort,
        **_counts(found),
    }
    return render(request, "annotation/study_annotators.html", context)


@researcher_required
@require_GET
def study_annotators_summary(request: ResearcherRequest, slug: str) -> HttpResponse:
    """What the study's page says about them; it asks for itself again while the study is open."""
    study = _opened(slug)
    return render(request, "annotation/_annotators_summary.html", {"study": study, **summary(study)})


def _opened(slug: str) -> Study:
    return get_object_or_404(Study.objects.exclude(state=Study.State.DRAFT), slug=slug)


def summary(study: Study) -> dict[str, Any]:
    """What `annotation/_annotators_summary.html` needs beside the study."""
    return _counts(monitor(study))


def _counts(found: Monitor) -> dict[str, Any]:
    standings = [(NAMES[one], TONES.get(one, ""), count) for one, count in found.standings.items()]
    return {
        "monitor": found,
        "standing_counts": standings,
        "deserted_seats": ", ".join(str(seat.number) for seat in found.deserted),
        "deserted_places": sum(seat.places for seat in found.deserted),
    }


def _wanted(line: PersonLine, chosen: str, search: str) -> bool:
    fits = line.standing in NEED_A_HAND if chosen == "need-a-hand" else chosen in {"", line.standing.value}
    return fits and search.casefold() in line.annotator.pseudonym.casefold()


def _arranged(lines: Sequence[PersonLine], sort: str) -> list[PersonLine]:
    key = SORTS.get(sort.removeprefix("-"), SORTS["standing"])
    return sorted(lines, key=key, reverse=sort.startswith("-"))


def _rows(request: HttpRequest, lines: Sequence[PersonLine]) -> list[PersonRow]:
    links = Link.objects.filter(annotator__in=[line.annotator.pk for line in lines])
    of = {link.annotator_id: link for link in links}
    return [_row(request, line, of.get(line.annotator.pk)) for line in lines]


def _row(request: HttpRequest, line: PersonLine, link: Link | None) -> PersonRow:
    address = _address(request, link) if link and link.opened_by_id is None and link.revoked is None else ""
    return PersonRow(line, standing_words(line), TONES.get(line.standing, ""), address)


def _address(request: HttpRequest, link: Link) -> str:
    return request.build_absolute_uri(reverse("annotation:enter", args=[link.token]))


@researcher_required
@require_GET
def annotator_detail(request: ResearcherRequest, slug: str, pk: int) -> HttpResponse:
    return _detail(request, _annotator(slug, pk))


def _annotator(slug: str, pk: int) -> Annotator:
    return get_object_or_404(Annotator.objects.select_related("study", "seat", "link"), study__slug=slug, pk=pk)


def _detail(request: HttpRequest, annotator: Annotator, *, status: int = 200, **forms: Any) -> HttpResponse:
    study, link = annotator.study, getattr(annotator, "link", None)
    removal = study.events.filter(kind=REMOVED, detail__annotator=annotator.pk).last()
    seat = annotator.seat
    vacant = seat is not None and not seat.annotators.filter(left__isnull=True).exists()
    context = {
        "nav": "studies",
        "study": study,
        "annotator": annotator,
        "row": _row(request, person_line(annotator), link),
        "link": link,
        "removal": told(removal.number, removal.detail, reasons(study))
        if removal and annotator.departure == Annotator.Departure.REMOVED
        else None,
        "vacant": vacant and study.state == Study.State.OPEN,
        "seat_link": seat.links.filter(annotator__isnull=True, revoked__isnull=True).first() if seat else None,
        "erased": is_erased(annotator),
        "remove_form": RemoveForm(initial={"finished": "keep"}),
        "withdraw_form": WithdrawForm(annotator=annotator),
        **forms,
    }
    if context["seat_link"]:
        context["seat_address"] = _address(request, context["seat_link"])
    return render(request, "annotation/annotator_detail.html", context, status=status)


def _back(annotator: Annotator) -> HttpResponseBase:
    return redirect("annotation:annotator-detail", annotator.study.slug, annotator.pk)


@researcher_required
@require_POST
def annotator_release(request: ResearcherRequest, slug: str, pk: int) -> HttpResponseBase:
    """Take back what somebody holds. A second press finds nothing, and says nothing."""
    annotator = _annotator(slug, pk)
    held = annotator.assignments.filter(state="leased").select_related("annotator").first()
    if held is not None and release_lease(assignment=held, by=request.user):
        messages.success(request, _("Taken back: the unit is free for whoever asks next. Their answers are kept."))
    return _back(annotator)


@researcher_required
@require_POST
def annotator_link(request: ResearcherRequest, slug: str, pk: int) -> HttpResponseBase:
    """A new personal link instead of the one named in the form."""
    annotator = _annotator(slug, pk)
    old = request.POST.get("instead_of", "")
    try:
        renew_link(
            annotator=annotator, instead_of=int(old) if old.isdecimal() and len(old) < 20 else None, by=request.user
        )
    except StudyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The new link is below; who came by the old one is asked for it."))
    return _back(annotator)


@researcher_required
@require_POST
def annotator_remove(request: ResearcherRequest, slug: str, pk: int) -> HttpResponseBase:
    annotator = _annotator(slug, pk)
    form = RemoveForm(request.POST)
    if not form.is_valid():
        return _detail(request, annotator, status=422, remove_form=form)
    try:
        remove_annotator(annotator=annotator, reason=form.cleaned_data["reason"], keep=form.keep, by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s no longer takes part.") % {"name": annotator.pseudonym})
    return _back(annotator)


@researcher_required
@require_POST
def annotator_readmit(request: ResearcherRequest, slug: str, pk: int) -> HttpResponseBase:
    annotator = _annotator(slug, pk)
    try:
        readmit_annotator(annotator=annotator, by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
    else:
        let_in = Link.objects.filter(annotator=annotator, revoked__isnull=True).exists()
        words = _("%(name)s takes part again, by the same link.") if let_in else _("%(name)s takes part again.")
        messages.success(request, words % {"name": annotator.pseudonym})
    return _back(annotator)


@researcher_required
@require_POST
def annotator_withdraw(request: ResearcherRequest, slug: str, pk: int) -> HttpResponseBase:
    """Take a participant out. A second press finds that done, under a name nobody could have typed."""
    annotator = _annotator(slug, pk)
    if is_erased(annotator) or (is_withdrawn(annotator) and request.POST.get("answers") == "pseudonymise"):
        return _back(annotator)
    form = WithdrawForm(request.POST, annotator=annotator)
    if not form.is_valid():
        return _detail(request, annotator, status=422, withdraw_form=form)
    withdraw(annotator=annotator, delete=form.delete, by=request.user)
    words = _("Their answers are deleted.") if form.delete else _("Their answers stay, and nothing leads to them.")
    messages.success(request, words)
    return _back(annotator)


@researcher_required
@require_POST
def seat_link(request: ResearcherRequest, slug: str, number: int) -> HttpResponseBase:
    """A link for whoever takes over a seat; the same again when pressed twice."""
    study = _opened(slug)
    try:
        create_seat_link(study=study, number=number, by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The link to seat %(n)d is ready: send it to one person.") % {"n": number})
    return redirect(reverse("annotation:study-annotators", args=[slug]) + "#links")


@researcher_required
@require_POST
def seats_link(request: ResearcherRequest, slug: str) -> HttpResponseBase:
    """A link to each seat that nobody sits in and no link leads to. A second press finds none."""
    study = _opened(slug)
    try:
        made = [create_seat_link(study=study, number=seat.number, by=request.user) for seat in monitor(study).deserted]
    except StudyError as error:
        messages.error(request, str(error))
    else:
        words = ngettext(
            "%(n)d link is ready: send it to one person.", "%(n)d links are ready: one a person.", len(made)
        )
        messages.success(request, words % {"n": len(made)})
    return redirect(reverse("annotation:study-annotators", args=[slug]) + "#links")


@researcher_required
@require_POST
def leases_release(request: ResearcherRequest, slug: str) -> HttpResponseBase:
    """Take back every unit of the study whose lease ran out."""
    released = release_expired(study=_opened(slug))
    words = ngettext("%(n)d unit is free again.", "%(n)d units are free again.", released) % {"n": released}
    messages.success(request, words)
    return redirect("annotation:study-annotators", slug)
