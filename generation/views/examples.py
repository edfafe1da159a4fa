"""The example profile that models are shown: its versions in each language, and a better one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.profiles import ProfileForm
from generation.languages import CODE
from generation.models import ExampleProfile
from generation.services.simulation.examples import BUILT_IN, example_in_force, promote
from generation.services.simulation.pools import PoolError
from generation.simulation.profile_checks import findings
from generation.simulation.profiles import Profile, read_profile
from generation.transcript import language_name
from generation.views.profiles import told


@researcher_required
def example_list(request: ResearcherRequest) -> HttpResponse:
    """Of each language, the one in force and those before it."""
    kept: dict[str, list[dict[str, Any]]] = {"en": []}
    for one in ExampleProfile.objects.select_related("created_by", "source"):
        kept.setdefault(one.language, []).append({"kept": one, "text": one.text})
    shown = [
        {
            "language": language,
            "name": language_name(language),
            "versions": [*versions, {"kept": None, "text": BUILT_IN.text()}],
        }
        for language, versions in kept.items()
    ]
    return render(request, "generation/example_list.html", {"nav": "generate", "shown": shown})


@researcher_required
def example_edit(request: ResearcherRequest, language: str) -> HttpResponse:
    """A better one, from the one in force or from an earlier version."""
    if not CODE.fullmatch(language):
        raise Http404("Languages are codes such as en or zh.")
    now = _begun_from(language, request.GET.get("from", ""))
    form = ProfileForm(request.POST or None, initial=now.as_dict())
    shown = now
    if request.method == "POST" and form.is_valid():
        shown = form.profile
        try:
            note = request.POST.get("note", "")
            kept = promote(profile=shown, language=language, note=note, by=request.user)
        except PoolError as error:
            form.add_error(None, str(error))
        else:
            said = _("This is the example now, version %(version)s.")
            messages.success(request, said % {"version": kept.version})
            return redirect("generate:example-list")
    context = {
        "nav": "generate",
        "form": form,
        "language": language,
        "language_name": language_name(language),
        "note": request.POST.get("note", "")[:500],
        "findings": told(findings(shown, language)),
    }
    return render(request, "generation/example_edit.html", context, status=422 if form.errors else 200)


def _begun_from(language: str, version: str) -> Profile:
    """The version of this number, 0 for the one that comes with the product; otherwise the one in force."""
    if version == "0":
        return BUILT_IN
    known = version.isascii() and version.isdecimal() and len(version) < 10
    kept = ExampleProfile.objects.filter(language=language, version=int(version)).first() if known else None
    return read_profile(kept.text) if kept else example_in_force(language)
