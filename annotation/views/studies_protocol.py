"""A study's protocol: to read, and as the file that makes the same study again."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from annotation.models import Study
from annotation.protocol import digest, missing, to_toml
from annotation.services.material import protocol_of
from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.rendering import render_markdown


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
        "missing": missing(protocol),
        "guidelines": render_markdown(protocol.guidelines),
        "consent": render_markdown(protocol.consent),
        "toml": to_toml(protocol),
    }
    return render(request, "annotation/study_protocol.html", context)


@researcher_required
@require_GET
def study_protocol_file(request: ResearcherRequest, slug: str) -> HttpResponse:
    """What `manage.py create_study` takes."""
    study = get_object_or_404(Study, slug=slug)
    response = HttpResponse(to_toml(protocol_of(study)), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{study.slug}.toml"'
    return response
