"""A study's protocol: to read, and as the file that makes the same study again."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from annotation.models import Study
from annotation.protocol import BlockSpec, digest, missing, to_toml
from annotation.services.amending import amendments_shown
from annotation.services.material import protocol_at, protocol_of
from annotation.services.sizing import sizes_in
from annotation.sizes import Sizes, size_words
from annotation.views.dataset_links import dataset_links, samples_with
from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.rendering import render_markdown
from generation.translation import translated


@researcher_required
@require_GET
def study_protocol(request: ResearcherRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study, slug=slug)
    protocol = protocol_of(study)
    sizes, links = sizes_in(study), dataset_links(protocol)
    context = {
        "nav": "studies",
        "study": study,
        "protocol": protocol,
        "blocks": [
            (block, _shows(block, sizes.get(number)), samples_with(links, block), protocol.instruments_of(block))
            for number, block in enumerate(protocol.blocks, start=1)
        ],
        "digest": study.digest or digest(protocol),
        "amendments": amendments_shown(study),
        "missing": [translated(problem) for problem in missing(protocol)] if study.state == Study.State.DRAFT else [],
        "guidelines": render_markdown(protocol.guidelines),
        "consent": render_markdown(protocol.consent),
        "toml": to_toml(protocol),
    }
    return render(request, "annotation/study_protocol.html", context)


def _shows(block: BlockSpec, found: Sizes | None) -> str:
    """How many units it plans; apart from them those that were never to count."""
    apart = found or Sizes(block.units)
    counted = block.units - apart.controls - apart.unanswered
    return size_words(replace(apart, counted=counted, excluded=0), pairs=block.target == "pair")


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
