"""Endpoints: all of them, one of them with its key's state and its last try, a new one, a changed one."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.endpoints import EndpointForm, ScriptedForm
from generation.llm.access import KEY_PREFIX, allowed_hosts, key_is_set, keys_here, trouble_with
from generation.llm.mishaps import MISHAPS, read_mishaps
from generation.llm.money import money, shown
from generation.models import Call, Endpoint
from generation.services.endpoints import ask_for_try, last_try, spent_by_endpoint
from generation.views.fragments import draw

Form = EndpointForm | ScriptedForm
FORMS: Final[dict[str, type[Form]]] = {Endpoint.Kind.OPENAI: EndpointForm, Endpoint.Kind.SCRIPTED: ScriptedForm}


@researcher_required
def endpoint_list(request: ResearcherRequest) -> HttpResponse:
    spent = spent_by_endpoint()
    lines = [
        {
            "endpoint": one,
            "trouble": trouble_with(one),
            "calls": spent.get(one.pk, (0, 0))[0],
            "cost": shown(money(spent.get(one.pk, (0, 0))[1])),
        }
        for one in Endpoint.objects.order_by("retired", "name")
    ]
    return render(request, "generation/endpoint_list.html", {"nav": "models", "lines": lines})


@researcher_required
def endpoint_new(request: ResearcherRequest) -> HttpResponse:
    kind = Endpoint.Kind.SCRIPTED if request.GET.get("kind") == "scripted" else Endpoint.Kind.OPENAI
    blank = Endpoint(kind=kind, created_by=request.user)
    if kind == Endpoint.Kind.SCRIPTED:
        blank.name, blank.model = _("Scripted"), "scripted"
    return _edit(request, blank)


@researcher_required
def endpoint_edit(request: ResearcherRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Endpoint, pk=pk))


def _edit(request: ResearcherRequest, endpoint: Endpoint) -> HttpResponse:
    name, is_new = endpoint.name, endpoint.pk is None
    form = FORMS[endpoint.kind](request.POST or None, instance=endpoint)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("Saved. Try it now.") if is_new else _("Saved."))
        return redirect("models:endpoint-detail", saved.pk)
    context = {
        "nav": "models",
        "form": form,
        "name": name,
        "pk": endpoint.pk,
        "is_scripted": endpoint.is_scripted,
        "keys": keys_here(),
        "hosts": allowed_hosts(),
    }
    return render(request, "generation/endpoint_edit.html", context)


@researcher_required
def endpoint_detail(request: ResearcherRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint.objects.select_related("created_by"), pk=pk)
    job, call = last_try(endpoint)
    totals = Call.objects.filter(endpoint=endpoint).totals()
    context: dict[str, Any] = {
        "nav": "models",
        "endpoint": endpoint,
        "trouble": trouble_with(endpoint),
        "key_is_set": key_is_set(endpoint.key_variable),
        "key_prefix": KEY_PREFIX,
        "job": job,
        "call": call,
        "call_cost": shown(money(call.cost)) if call else "",
        "totals": totals,
        "cost": shown(money(totals["total_cost"])),
        "assumed": shown(money(totals["assumed_cost"])),
        "price_in": shown(endpoint.price_in),
        "price_out": shown(endpoint.price_out),
        "mishaps": [(MISHAPS[slug], 100 * chance) for slug, chance in read_mishaps(endpoint.mishaps).items()],
    }
    return draw(request, "generation/endpoint_detail.html", {"try": "generation/_endpoint_try.html"}, context)


@require_POST
@researcher_required
def endpoint_try(request: ResearcherRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint, pk=pk)
    ask_for_try(endpoint=endpoint, by=request.user)
    return redirect("models:endpoint-detail", pk)
