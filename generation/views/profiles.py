"""One profile of a pool: read, written by hand with findings as one types, left out, taken in, promoted."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.profiles import ProfileForm
from generation.models import PoolProfile, ProfilePool
from generation.services.simulation import profiles
from generation.services.simulation.examples import promote
from generation.services.simulation.pools import PoolError
from generation.services.simulation.profiles import ProfileChangedError, findings_in, state_of
from generation.simulation.profile_checks import Finding, findings
from generation.simulation.profiles import LABELS, profile_of
from generation.translation import stored_text, translated
from generation.views.pools import get_pool


def get_row(pool: int, pk: int) -> PoolProfile:
    found = PoolProfile.objects.select_related("pool", "call")
    return get_object_or_404(found, pool_id=pool, pk=pk)


@researcher_required
def profile_detail(request: ResearcherRequest, pk: int, profile: int) -> HttpResponse:
    row = get_row(pk, profile)
    edits = list(row.edits.select_related("created_by"))
    context = {
        "nav": "generate",
        "pool": row.pool,
        "row": row,
        "lines": _lines(row),
        "general": [stored_text(one, "words") for one in row.findings if not one["field"]],
        "history": _history(row, edits),
        "neighbours": _neighbours(row),
    }
    return render(request, "generation/profile_detail.html", context)


def _lines(row: PoolProfile) -> list[tuple[str, str, list[str]]]:
    said = {name: [stored_text(one, "words") for one in row.findings if one["field"] == name] for name in LABELS}
    return [(_(LABELS[name]), value, said[name]) for name, value in row.profile.items()]


def _history(row: PoolProfile, edits: list[Any]) -> list[dict[str, Any]]:
    """Each change with what it changed, the latest first."""
    versions = [profile_of(one.before) for one in edits] + [row.profile]
    changes = []
    for edit, before, after in zip(edits, versions, versions[1:], strict=False):
        pairs = zip(before.items(), after.items(), strict=True)
        changed = [(_(LABELS[name]), was, now) for (name, was), (_name, now) in pairs if was != now]
        changes.append({"edit": edit, "changed": changed})
    return changes[::-1]


def _neighbours(row: PoolProfile) -> dict[str, PoolProfile | None]:
    inside = PoolProfile.objects.in_pool(row.pool)
    if row.number is None:
        return {"earlier": None, "later": None}
    return {
        "earlier": inside.filter(number__lt=row.number).last(),
        "later": inside.filter(number__gt=row.number).first(),
    }


@researcher_required
def profile_new(request: ResearcherRequest, pk: int) -> HttpResponse:
    pool = get_pool(pk)
    if request.method == "POST":
        return _posted(request, pool, None)
    return _draw(request, pool, None, ProfileForm(), [])


@researcher_required
def profile_edit(request: ResearcherRequest, pk: int, profile: int) -> HttpResponse:
    row = get_row(pk, profile)
    if request.method == "POST":
        return _posted(request, row.pool, row)
    found = findings_in(row.pool, row.profile, number=row.number)
    return _draw(request, row.pool, row, ProfileForm(initial=row.profile.as_dict()), found)


@require_POST
@researcher_required
def profile_draft(request: ResearcherRequest) -> HttpResponse:
    """What the checks say of the fields as they are now, in a pool or without one. Nothing is kept."""
    profile = profile_of(request.POST)
    pool_id, number = (_number(request.POST.get(name, "")) for name in ("pool", "number"))
    if pool_id is None:
        found = findings(profile, request.POST.get("language", "")[:16])
    else:
        found = findings_in(get_pool(pool_id), profile, number=number)
    return render(request, "generation/_profile_findings.html", {"findings": told(found)})


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None


def _posted(request: ResearcherRequest, pool: ProfilePool, row: PoolProfile | None) -> HttpResponse:
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _draw(request, pool, row, form, [], status=422)
    try:
        if row is None:
            saved = profiles.add_by_hand(pool=pool, profile=form.profile)
        else:
            seen = request.POST.get("seen", "")
            saved = profiles.change_profile(row=row, profile=form.profile, seen=seen, by=request.user)
    except PoolError as error:
        form.add_error(None, str(error))
        return _draw(request, pool, row, form, [], status=422)
    except ProfileChangedError:
        found = findings_in(pool, form.profile, number=row.number if row else None)
        return _draw(request, pool, row, form, found, status=409, conflict=True)
    messages.success(request, _("Saved."))
    return redirect("generate:profile-detail", pool.pk, saved.pk)


def _draw(
    request: ResearcherRequest,
    pool: ProfilePool,
    row: PoolProfile | None,
    form: ProfileForm,
    found: list[Finding],
    *,
    status: int = 200,
    conflict: bool = False,
) -> HttpResponse:
    context = {
        "nav": "generate",
        "pool": pool,
        "row": row,
        "form": form,
        "findings": told(found),
        "seen": state_of(row) if row else "",
        "conflict": conflict,
        "untouched": row is None and not form.is_bound,
    }
    return render(request, "generation/profile_edit.html", context, status=status)


def told(found: list[Finding]) -> list[dict[str, str]]:
    return [
        {"field": one.field, "label": _(LABELS[one.field]) if one.field else "", "words": translated(one.words)}
        for one in found
    ]


@require_POST
@researcher_required
def profile_leave_out(request: ResearcherRequest, pk: int, profile: int) -> HttpResponse:
    profiles.leave_out(row=get_row(pk, profile))
    return redirect("generate:profile-detail", pk, profile)


@require_POST
@researcher_required
def profile_take_in(request: ResearcherRequest, pk: int, profile: int) -> HttpResponse:
    try:
        profiles.take_in(row=get_row(pk, profile))
    except PoolError as error:
        messages.error(request, str(error))
    return redirect("generate:profile-detail", pk, profile)


@require_POST
@researcher_required
def profile_promote(request: ResearcherRequest, pk: int, profile: int) -> HttpResponse:
    """Make it the example that models are shown from now on."""
    row = get_row(pk, profile)
    try:
        kept = promote(
            profile=row.profile,
            language=row.pool.language,
            note=request.POST.get("note", ""),
            source=row,
            by=request.user,
        )
    except PoolError as error:
        messages.error(request, str(error))
        return redirect("generate:profile-detail", pk, profile)
    messages.success(request, _("This is the example now, version %(version)s.") % {"version": kept.version})
    return redirect("generate:example-list")
