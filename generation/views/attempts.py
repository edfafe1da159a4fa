"""The attempts of a run: all of them by verdict and reason, and one with its plan, its text and what was found."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.runs import ReasonForm
from generation.llm.money import money
from generation.marking import pieces
from generation.models import Attempt, Call, GenerationRun, Person, Planned
from generation.services.runs.acceptance import accepted_in
from generation.services.runs.keeping import keep_anyway, undo_keeping
from generation.services.runs.kinds import maker_of
from generation.services.runs.settings import RunError
from generation.services.runs.simulated.settings import Situation, situations_of
from generation.simulation.interview import is_interview, question_of
from generation.translation import stored_text
from generation.views.runs import OTHER_CODES, get_run, reason_of, title_of

PER_PAGE: Final = 50
BADGES: Final = {"open": "accent", "kept": "good", "rejected": "bad", "overridden": "warn"}


@researcher_required
def attempt_list(request: ResearcherRequest, pk: int) -> HttpResponse:
    run = get_run(pk)
    chosen = {name: request.GET.get(name, "") for name in ("verdict", "code")}
    found = Attempt.objects.filter(run=run).select_related("planned").order_by("planned__n", "number")
    maker = maker_of(run)
    known = {"verdict": Attempt.Verdict.values, "code": [*maker.settings.codes(), *OTHER_CODES]}
    asked = {name: value for name, value in chosen.items() if value in known[name]}
    cells = _cells(request, run)
    found = found.filter(**{f"planned__{name}": value for name, value in cells.items()})
    page = Paginator(found.filter(**asked), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "generate",
        "run": run,
        "page": page,
        "lines": [(one, title_of(one.code) if one.code else "", reason_of(one)) for one in page],
        "badges": BADGES,
        "verdicts": Attempt.Verdict.choices,
        "codes": [(code, title_of(code)) for code in known["code"]],
        "maker": maker,
        "chosen": asked,
        "cells": cells,
        "query": urlencode({**asked, **cells}),
    }
    return render(request, "generation/attempt_list.html", context)


def _cells(request: ResearcherRequest, run: GenerationRun) -> dict[str, str]:
    """The scenario or template, and the assistant, that are asked for, where the run has them."""
    asked = {name: request.GET.get(name, "") for name in ("subject", "variant")}
    there = Planned.objects.filter(run=run)
    return {name: value for name, value in asked.items() if value and there.filter(**{name: value}).exists()}


@researcher_required
def run_acceptance(request: ResearcherRequest, pk: int) -> HttpResponse:
    run = get_run(pk)
    context = {"nav": "generate", "run": run, "title": maker_of(run).variant_title, "lines": accepted_in(run)}
    return render(request, "generation/run_acceptance.html", context)


@researcher_required
def attempt_detail(request: ResearcherRequest, pk: int, attempt: int) -> HttpResponse:
    return _detail(request, _attempt(pk, attempt), ReasonForm())


@require_POST
@researcher_required
def attempt_keep(request: ResearcherRequest, pk: int, attempt: int) -> HttpResponse:
    tried = _attempt(pk, attempt)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            keep_anyway(attempt=tried, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("It is kept. That, and why, is on record."))
            return redirect("generate:attempt-detail", pk, attempt)
        except RunError as error:
            form.add_error(None, str(error))
    return _detail(request, tried, form, status=422)


@require_POST
@researcher_required
def attempt_undo(request: ResearcherRequest, pk: int, attempt: int) -> HttpResponse:
    try:
        undo_keeping(attempt=_attempt(pk, attempt), by=request.user)
        messages.success(request, _("It is no longer kept."))
    except RunError as error:
        messages.error(request, str(error))
    return redirect("generate:attempt-detail", pk, attempt)


def _attempt(run: int, pk: int) -> Attempt:
    found = Attempt.objects.select_related("run__dataset", "planned", "dialogue")
    return get_object_or_404(found, run=run, pk=pk)


def _detail(request: ResearcherRequest, attempt: Attempt, form: ReasonForm, status: int = 200) -> HttpResponse:
    calls = list(attempt.calls.select_related("endpoint").order_by("brought__place"))
    spans = _spans(attempt)
    planned = attempt.planned.plan.get("utterances", [])
    situation, person = _situation_of(attempt)
    said = [(speaker, pieces(text, spans.get(place, ()))) for place, (speaker, text) in enumerate(attempt.utterances)]
    context: dict[str, Any] = {
        "nav": "generate",
        "run": attempt.run,
        "attempt": attempt,
        "badge": BADGES[attempt.verdict],
        "title": title_of(attempt.code) if attempt.code else "",
        "calls": calls,
        "asked": [(call, _who(place, call)) for place, call in enumerate(calls)],
        "last": calls[-1] if calls else None,
        "cost": money(sum(call.cost for call in calls)),
        "planned": planned,
        "said": said,
        "raw": [pieces(call.answer, spans.get(None, ())) for call in calls],
        "findings": [
            {**one, "title": title_of(one["code"]), "reason": stored_text(one, "reason")} for one in attempt.findings
        ],
        "overrides": attempt.overrides.select_related("created_by", "undone_by"),
        "situation": situation,
        "person": person,
        "others": Attempt.objects.filter(planned=attempt.planned_id).order_by("number"),
        "form": form,
    }
    return render(request, "generation/attempt_detail.html", context, status=status)


def _who(place: int, call: Call) -> str:
    """Who was asked in a conversation: the user first, then each in turn, and both when it was over."""
    if not is_interview(call.prompt_name):
        return _("Agent") if place % 2 else _("User")
    return _("User, afterwards") if question_of(call.prompt_name).side == "user" else _("Agent, afterwards")


def _situation_of(attempt: Attempt) -> tuple[Situation | None, Person | None]:
    """The scenario and the profile of a simulated conversation."""
    run, planned = attempt.run, attempt.planned
    if run.kind != GenerationRun.Kind.SIMULATION:
        return None, None
    person = Person.objects.filter(dataset=run.dataset_id, external_id=planned.person).first()
    return situations_of(run.settings)[planned.subject], person


def _spans(attempt: Attempt) -> dict[int | None, list[tuple[int, int]]]:
    """By the place of an utterance, or None for the raw text, what is to be marked in it."""
    spans: dict[int | None, list[tuple[int, int]]] = {}
    for one in attempt.findings:
        if one["span"]:
            spans.setdefault(one["utterance"], []).append(tuple(one["span"]))
    return spans
