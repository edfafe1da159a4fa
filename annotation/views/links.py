"""Links into a study: made, listed, revoked."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from annotation.forms.starting import OpenLinkForm, PersonalLinksForm
from annotation.models import Link, Study
from annotation.services.errors import StudyError
from annotation.services.participants import create_open_link, create_personal_links, revoke_link
from crsapp.accounts.access import ResearcherRequest, researcher_required


@dataclass(frozen=True)
class LinkLine:
    link: Link
    address: str


@dataclass(frozen=True)
class Links:
    """A study's links as its page lists them. Ways back that an open link made belong to whoever got them."""

    personal: list[LinkLine]
    open: list[LinkLine]

    @property
    def unused(self) -> list[LinkLine]:
        return [line for line in self.personal if line.link.annotator is None and line.link.revoked is None]

    @property
    def in_use(self) -> int:
        """Personal links that still let somebody in."""
        return sum(line.link.revoked is None for line in self.personal)

    @property
    def unused_text(self) -> str:
        return "\n".join(line.address for line in self.unused)


def link_lines(request: HttpRequest, study: Study) -> Links:
    links = study.links.filter(opened_by=None).select_related("annotator", "seat").order_by("created", "pk")
    lines = [
        LinkLine(link, request.build_absolute_uri(reverse("annotation:enter", args=[link.token]))) for link in links
    ]
    return Links(
        personal=[line for line in lines if line.link.kind == Link.Kind.PERSONAL],
        open=[line for line in lines if line.link.kind == Link.Kind.OPEN],
    )


@researcher_required
@require_POST
def link_new(request: ResearcherRequest, slug: str) -> HttpResponseBase:
    """`count` personal links, or one open link with its `cap`."""
    study = get_object_or_404(Study, slug=slug)
    try:
        if request.POST.get("kind") == Link.Kind.OPEN:
            _make_open(request, study)
        else:
            _make_personal(request, study)
    except StudyError as error:
        messages.error(request, str(error))
    return redirect(reverse("annotation:study-detail", args=[slug]) + "#links")


def _make_personal(request: ResearcherRequest, study: Study) -> None:
    form = PersonalLinksForm(request.POST)
    if not form.is_valid():
        raise StudyError(_("Say how many personal links to make: a number from 1 to 500."))
    made = len(create_personal_links(study=study, count=form.cleaned_data["count"], by=request.user))
    messages.success(
        request, ngettext("%(n)d personal link is ready.", "%(n)d personal links are ready.", made) % {"n": made}
    )


def _make_open(request: ResearcherRequest, study: Study) -> None:
    form = OpenLinkForm(request.POST)
    if not form.is_valid():
        raise StudyError(_("Say how many people the open link may let in: a number from 1 to 100,000."))
    create_open_link(study=study, cap=form.cleaned_data["cap"], label=form.cleaned_data["label"], by=request.user)
    messages.success(request, _("The open link is ready."))


@researcher_required
@require_POST
def link_revoke(request: ResearcherRequest, pk: int) -> HttpResponseBase:
    """Revoke a link. A second press finds it revoked, and says nothing."""
    link = get_object_or_404(Link.objects.select_related("study"), pk=pk)
    if link.revoked is None:
        try:
            revoke_link(link=link, by=request.user)
        except StudyError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The link is revoked: it lets nobody in any more."))
    return redirect(reverse("annotation:study-detail", args=[link.study.slug]) + "#links")
