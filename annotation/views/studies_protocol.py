"""A study's protocol: to read, and as the file that makes the same study again."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from annotation.models import Study
from annotation.protocol import digest, missing, to_toml
from annotation.services.amending import amendments_shown
from annotation.services.material import protocol_at, protocol_of
from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.rendering import render_markdown
from generation.translation import translated


@researcher_required
@require_GET
def study_protocol(request: ResearcherRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study, slug=slug)
    protocol = protocol_of(study)
    context = {
        "nav": "studies",
        "study": study,
        "protocol": protocol,
        "blocks": [(block, protocol.instruments_of(block)) for block in protocol.blocks],
        "digest": study.digest or digest(protocol),
        "amendments": amendments_shown(study),
        "missing": [translated(problem) for problem in missing(protocol)],
        "guidelines": render_markdown(protocol.guidelines),
        "consent": render_markdown(protocol.consent),
        "toml": to_toml(protocol),
    }
    return render(request, "annotation/study_protocol.html", context)


@researcher_required
@require_GET
def study_protocol_file(request: ResearcherRequest, slug: str) -> HttpResponse:
    """What `manage.py create_study` takes: the protocol in force, or with `?amendment=0` as it was then."""
    study = get_object_or_404(Study, slug=slug)
    number, name = request.GET.get("amendment", ""), study.slug
    protocol = protocol_of(study)
    if number.isdecimal() and len(number) < 5 and int(number) < study.amendment_number:
        protocol, name = protocol_at(study, int(number)), f"{study.slug}-amendment-{int(number)}"
    response = HttpResponse(to_toml(protocol), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.toml"'
    return response
