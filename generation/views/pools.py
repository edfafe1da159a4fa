"""Pools of profiles: all of them, one with who is in it, a model at work on it, files in and out."""

from collections import Counter
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from crsapp.jobs.status import status_of
from generation.bars import bars
from generation.forms.profiles import PoolForm, ProfileFileForm, ProfileFilterForm, WritingForm
from generation.llm.money import money
from generation.models import PoolProfile, ProfilePool
from generation.services.simulation import pools, steering
from generation.services.simulation.checking import broken_job, checking_job
from generation.services.simulation.pools import PoolError, profiles_of
from generation.services.simulation.profiles import bring_profiles
from generation.simulation.coverage import coverage
from generation.simulation.profile_checks import PROFILE_CHECKS
from generation.simulation.profile_files import LAYOUTS, Filed, ProfileFileError, read_file
from generation.views.fragments import draw

PER_PAGE: Final = 24
OCCUPATIONS_SHOWN: Final = 6
SHOWN_PROBLEMS: Final = 20
POLL_SECONDS: Final = 2
BADGES: Final = {"resting": "", "writing": "accent", "stopped": "warn", "full": "good"}


def get_pool(pk: int) -> ProfilePool:
    found = ProfilePool.objects.select_related("endpoint", "budget", "job", "created_by")
    return get_object_or_404(found, pk=pk)


@researcher_required
def pool_list(request: ResearcherRequest) -> HttpResponse:
    inside = Count("profiles", filter=Q(profiles__number__isnull=False))
    found = Count("profiles", filter=Q(profiles__number__isnull=False) & ~Q(profiles__findings=[]))
    rows = ProfilePool.objects.annotate(inside=inside, found=found).select_related("endpoint").order_by("-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"nav": "generate", "part": "profiles", "page": page, "badges": BADGES}
    return render(request, "generation/pool_list.html", context)


@researcher_required
def pool_new(request: ResearcherRequest) -> HttpResponse:
    form = PoolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            pool = pools.create_pool(name=said["name"], language=said["language"], by=request.user)
            return redirect("generate:pool-detail", pool.pk)
        except PoolError as error:
            form.add_error("name", str(error))
    status = 422 if form.errors else 200
    return render(request, "generation/pool_new.html", {"nav": "generate", "form": form}, status=status)


@researcher_required
def pool_detail(request: ResearcherRequest, pk: int) -> HttpResponse:
    pool = get_pool(pk)
    form = ProfileFilterForm(request.GET)
    wanted = form.wanted()
    page = Paginator(wanted.found(pool), PER_PAGE).get_page(request.GET.get("page"))
    stopping = pool.state != ProfilePool.State.WRITING and pool.job is not None and not pool.job.is_over
    moving = pool.state == ProfilePool.State.WRITING or stopping
    job = pool.job if moving else checking_job(pool)
    context = {
        "nav": "generate",
        "pool": pool,
        "form": form,
        "wanted": wanted,
        "query": wanted.query,
        "page": page,
        "people": [(row, _marks(row)) for row in page],
        "badge": BADGES[pool.state],
        "stopping": stopping,
        "moving": moving,
        "checking": pool.unchecked_from is not None and job is not None,
        "broken": None if moving else broken_job(pool),
        "status": status_of(job) if job else None,
        "poll_seconds": POLL_SECONDS,
        "layouts": list(LAYOUTS),
        **_standing(pool),
    }
    fragments = {"pool": "generation/_pool.html", "people": "generation/_people.html"}
    response = draw(request, "generation/pool_detail.html", fragments, context)
    if request.htmx.target == "pool" and not (context["moving"] or context["checking"]):
        response["HX-Refresh"] = "true"
    return response


def _marks(row: PoolProfile) -> list[dict[str, Any]]:
    """What was found in a profile, once for each check."""
    counts = Counter(one["code"] for one in row.findings)
    return [{"code": code, "title": _(PROFILE_CHECKS[code].title), "n": n} for code, n in sorted(counts.items())]


def _standing(pool: ProfilePool) -> dict[str, Any]:
    """Who is in it, what was found, what it took."""
    rows = list(PoolProfile.objects.filter(pool=pool))
    inside = [row for row in rows if row.number is not None]
    covered = coverage(row.profile for row in inside)
    counts = {code: sum(any(one["code"] == code for one in row.findings) for row in inside) for code in PROFILE_CHECKS}
    budget = pool.budget
    return {
        "covered": covered,
        "age_bars": bars([(part.name, part.n) for part in covered.ages], ticks=len(covered.ages)),
        "occupations": covered.occupations[:OCCUPATIONS_SHOWN],
        "more_occupations": max(0, len(covered.occupations) - OCCUPATIONS_SHOWN),
        "left_out": len(rows) - len(inside),
        "checks": [(PROFILE_CHECKS[code], n) for code, n in counts.items()],
        "flawless": sum(not row.findings for row in inside),
        "spent": money(budget.money_spent) if budget else None,
        "tokens": budget.tokens_spent if budget else 0,
    }


@researcher_required
def pool_write(request: ResearcherRequest, pk: int) -> HttpResponse:
    pool = get_pool(pk)
    form = WritingForm(request.POST or None, pool=pool)
    if request.method == "POST" and form.is_valid():
        try:
            steering.start_writing(
                pool=pool,
                endpoint=form.cleaned_data["endpoint"],
                settings=form.settings,
                money=form.limits.money,
                tokens=form.limits.tokens,
                by=request.user,
            )
            return redirect("generate:pool-detail", pk)
        except PoolError as error:
            form.add_error(None, str(error))
    context = {"nav": "generate", "pool": pool, "form": form, "inside": len(profiles_of(pool))}
    return render(request, "generation/pool_write.html", context, status=422 if form.errors else 200)


@require_POST
@researcher_required
def pool_stop(request: ResearcherRequest, pk: int) -> HttpResponse:
    steering.stop(get_pool(pk), why=_("Stopped by %(name)s.") % {"name": request.user})
    return redirect("generate:pool-detail", pk)


@researcher_required
def pool_import(request: ResearcherRequest, pk: int) -> HttpResponse:
    pool = get_pool(pk)
    form = ProfileFileForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            filed = read_file(form.cleaned_data["file"])
            brought = bring_profiles(pool=pool, filed=filed)
        except ProfileFileError as error:
            problems = error.problems
        except PoolError as error:
            problems = [str(error)]
        else:
            messages.success(request, in_words(brought, len(filed) - brought))
            return redirect("generate:pool-detail", pk)
    context = {
        "nav": "generate",
        "pool": pool,
        "form": form,
        "problems": problems[:SHOWN_PROBLEMS],
        "more": max(0, len(problems) - SHOWN_PROBLEMS),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "generation/pool_import.html", context, status=status)


def in_words(brought: int, known: int) -> str:
    said = [ngettext("%(n)d profile imported.", "%(n)d profiles imported.", brought) % {"n": brought}]
    if known:
        said.append(ngettext("%(n)d was here already.", "%(n)d were here already.", known) % {"n": known})
    return " ".join(said)


@researcher_required
def pool_export(request: ResearcherRequest, pk: int, layout: str) -> HttpResponse:
    """Those in the pool, by their numbers."""
    pool = get_pool(pk)
    if layout not in LAYOUTS:
        raise Http404("Profiles are written as txt, json or csv.")
    kind, written = LAYOUTS[layout]
    filed = [Filed(row.number, row.profile, row.translations) for row in PoolProfile.objects.in_pool(pool)]
    response = HttpResponse(written(filed), content_type=kind)
    name = slugify(pool.name) or "profiles"
    response["Content-Disposition"] = f'attachment; filename="{name}.{layout}"'
    return response


@researcher_required
def pool_delete(request: ResearcherRequest, pk: int) -> HttpResponse:
    """Gone for good, once its name was typed."""
    pool = get_pool(pk)
    refusal = ""
    if request.method == "POST":
        try:
            pools.delete_pool(pool=pool, name=request.POST.get("name", ""))
        except PoolError as error:
            refusal = capfirst(str(error))
        else:
            messages.success(request, _("“%(name)s” is deleted.") % {"name": pool.name})
            return redirect("generate:pool-list")
    context = {"nav": "generate", "pool": pool, "refusal": refusal, "count": pool.profiles.count()}
    return render(request, "generation/pool_delete.html", context, status=422 if refusal else 200)
