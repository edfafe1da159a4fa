"""The builder: a study in four steps, each saved as it is left."""

import json
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from annotation.consequences import Consequences, consequences
from annotation.drafts import structure, with_block_moved, with_new_block, with_new_sample
from annotation.forms.draft import Data
from annotation.models import Study
from annotation.protocol import Protocol, ProtocolError, digest, from_dict, to_dict
from annotation.services.drafts import DraftChangedError, save_draft
from annotation.services.errors import StudyError
from annotation.services.frames import dataset_choices, figures_of, study_choices, tasks_of
from annotation.services.material import protocol_of
from annotation.services.pilots import measured_seconds
from annotation.services.preflight import Way, preflight
from annotation.steps import Ask, Compare, Step, Who
from annotation.views.durations import duration
from annotation.views.studies_pilot import pilot_context
from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.translation import translated

STEPS: Final = {
    "compare": gettext_lazy("What to compare"),
    "ask": gettext_lazy("What to ask"),
    "who": gettext_lazy("Who, how many"),
    "open": gettext_lazy("Look and open"),
}
NAMES: Final = list(STEPS)


@researcher_required
@require_http_methods(["GET", "POST"])
def study_edit(request: ResearcherRequest, slug: str, step: str) -> HttpResponseBase:
    study = get_object_or_404(Study, slug=slug)
    if step not in STEPS:
        raise Http404("The builder has no such step.")
    if study.state != Study.State.DRAFT:
        messages.info(request, _("This study has been opened: its protocol is frozen. A copy can be changed."))
        return redirect("annotation:study-detail", slug)
    if step == "open":
        return _look_and_open(request, study)
    if request.method == "POST":
        return _save(request, study, step)
    page = _step(request, study, step, protocol_of(study))
    return _draw(request, study, page)


@researcher_required
@require_POST
def study_consequences(request: ResearcherRequest, slug: str, step: str) -> HttpResponse:
    """What would follow from the form as it stands. A POST because texts are long; it changes nothing."""
    study = get_object_or_404(Study, slug=slug)
    page = _step(request, study, step, _posted_base(request, study), request.POST)
    context = {"study": study, "step": step, "live": True, **_consequences(page, study)}
    return render(request, "annotation/_study_consequences.html", context)


def _save(request: ResearcherRequest, study: Study, name: str) -> HttpResponseBase:
    base, do = _posted_base(request, study), request.POST.get("do", "stay")
    page = _step(request, study, name, base, request.POST, without=do.removeprefix("remove-"))
    if not page.is_valid():
        return _draw(request, study, _step(request, study, name, base, request.POST), status=422)
    seen = request.POST.get("over") if do == "over" else digest(base)
    try:
        save_draft(study=study, protocol=_with_action(page.protocol(), do), seen=seen or "", by=request.user)
    except DraftChangedError:
        return _draw_conflict(request, study, name, base)
    except ProtocolError as error:
        return _draw(request, study, page, status=422, problems=[translated(one) for one in error.problems])
    except StudyError as error:
        messages.error(request, str(error))
        return redirect("annotation:study-list")
    if isinstance(page, Who):
        request.session[_pay_key(study)] = str(page.head.read("pay") or "")
    return _next_page(request, study, name, do)


def _with_action(protocol: Protocol, do: str) -> Protocol:
    """The draft after the button that was pressed; most buttons only lead somewhere."""
    verb, _dash, rest = do.partition("-")
    index = int(rest) if rest.isdecimal() and len(rest) < 5 else -1
    if verb == "add":
        names = {"dialogue": _("Dialogues"), "pair": _("Pairs")}
        return with_new_block(protocol, rest, names[rest]) if rest in names else protocol
    if verb in {"up", "down"}:
        return with_block_moved(protocol, index, -1 if verb == "up" else 1)
    return with_new_sample(protocol, index) if verb == "sample" else protocol


def _next_page(request: HttpRequest, study: Study, name: str, do: str) -> HttpResponseBase:
    verb, _dash, rest = do.partition("-")
    if do == "next":
        rest = NAMES[NAMES.index(name) + 1]
    if do == "next" or (verb == "go" and rest in STEPS):
        return redirect("annotation:study-edit", study.slug, rest)
    here = reverse("annotation:study-edit", args=[study.slug, name])
    if verb in {"stay", "over"}:
        messages.success(request, _("Saved."))
        return redirect(here)
    return redirect(here + _anchor(study, verb, rest))


def _anchor(study: Study, verb: str, rest: str) -> str:
    """Where the page should stand after a block was added, moved or changed."""
    last = len(study.protocol.get("block", []))
    first = rest.split("-")[0]
    number = int(first) if first.isdecimal() and len(first) < 5 else last
    return f"#block-{max(0, number + {'up': -1, 'down': 1}.get(verb, 0))}"


def _step(
    request: HttpRequest, study: Study, name: str, protocol: Protocol, data: Data = None, *, without: str = ""
) -> Step:
    if name == "compare":
        return Compare(protocol, data, without=without, datasets=dataset_choices(), studies=study_choices(study))
    if name == "ask":
        return Ask(protocol, data)
    if name == "who":
        return Who(protocol, data, pay=request.session.get(_pay_key(study), ""))
    raise Http404("This step has no form.")


def _pay_key(study: Study) -> str:
    return f"pay-{study.pk}"


def _posted_base(request: HttpRequest, study: Study) -> Protocol:
    """The draft as it was when the form was drawn, which the form brings along."""
    try:
        return from_dict(json.loads(request.POST.get("base", "")), draft=True)
    except (ValueError, RecursionError):  # ProtocolError is a ValueError
        return protocol_of(study)


def _draw(request: HttpRequest, study: Study, page: Step, *, status: int = 200, **context: Any) -> HttpResponse:
    index = NAMES.index(page.name)
    context = {
        "nav": "studies",
        "study": study,
        "page": page,
        "step": page.name,
        "steps": STEPS.items(),
        "next_step": STEPS[NAMES[index + 1]],
        "base": json.dumps(to_dict(page.base)),
        **_consequences(page, study),
        **context,
    }
    return render(request, f"annotation/study_{page.name}.html", context, status=status)


def _draw_conflict(request: ResearcherRequest, study: Study, name: str, base: Protocol) -> HttpResponse:
    """Their draft and these answers: shown over theirs where the blocks are the same, else over what was seen."""
    study.refresh_from_db()
    theirs = protocol_of(study)
    over = theirs if structure(theirs) == structure(base) else base
    page = _step(request, study, name, over, request.POST)
    return _draw(request, study, page, status=409, conflict=digest(theirs), replaces_all=over is base)


def _consequences(page: Step, study: Study) -> dict[str, Any]:
    page.is_valid()  # so that what is readable is read, whatever else is wrong
    protocol = page.protocol()
    pay = page.head.read("pay") if isinstance(page, Who) else None
    tasks = tasks_of(protocol) if isinstance(page, Compare) else None
    follows = consequences(
        protocol,
        figures_of(protocol),
        tasks=tasks,
        pay_per_hour=float(pay) if isinstance(pay, Decimal) else None,
        measured=None if isinstance(page, Compare) else measured_seconds(study),
    )
    if isinstance(page, Compare):
        _say_counts(page, follows)
    return {"consequences": follows, **_times(follows)}


def _say_counts(page: Compare, follows: Consequences) -> None:
    """Each sample's form says beside it what the sample can be drawn from."""
    for forms, block in zip(page.blocks, follows.blocks, strict=True):
        for form, sample in zip(forms.samples, block.samples, strict=True):
            form.consequence = sample


def _times(follows: Consequences) -> dict[str, str]:
    workload = follows.workload
    return {
        "each_words": duration(workload.minutes_in_panels),
        "all_words": duration(workload.hours * 60),
        "shared_words": duration(workload.shared_hours * 60),
    }


def _look_and_open(request: ResearcherRequest, study: Study) -> HttpResponse:
    """The last step has no form of its own: findings, the preview, the protocol, and the button that opens."""
    protocol = protocol_of(study)
    findings = preflight(study)
    follows = consequences(protocol, figures_of(protocol), measured=measured_seconds(study))
    context = {
        "nav": "studies",
        "study": study,
        "step": "open",
        "steps": STEPS.items(),
        "protocol": protocol,
        "digest": digest(protocol),
        "findings": [(one, [(way.words, _address(way)) for way in one.ways]) for one in findings],
        "ready": all(finding.level != "error" for finding in findings),
        "consequences": follows,
        **_times(follows),
        **pilot_context(study),
    }
    return render(request, "annotation/study_open.html", context)


def _address(way: Way) -> str:
    query = f"?{urlencode({'search': way.search})}" if way.search else ""
    anchor = f"#{way.anchor}" if way.anchor else ""
    return reverse(way.page, args=way.of) + query + anchor
