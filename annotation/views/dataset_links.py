"""The datasets of a protocol as researchers read them: by name, with a link. Annotators never learn either."""

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from annotation.protocol import BlockSpec, Protocol, SampleSpec
from generation.models import Dataset


def dataset_links(protocol: Protocol) -> dict[str, SafeString]:
    """Of each dataset that the protocol names, by its slug; one that is not here stands by what it is called there."""
    slugs = list(dict.fromkeys(sample.dataset for block in protocol.blocks for sample in block.samples))
    here = dict(Dataset.objects.visible().filter(slug__in=slugs).values_list("slug", "name"))
    return {slug: _link(slug, here) for slug in slugs if slug}


def _link(slug: str, here: Mapping[str, str]) -> SafeString:
    if slug not in here:
        return conditional_escape(slug)
    return format_html('<a href="{}">{}</a>', reverse("generation:dataset-detail", args=[slug]), here[slug])


def samples_with(links: Mapping[str, SafeString], block: BlockSpec) -> list[tuple[SampleSpec, str]]:
    return [(sample, links.get(sample.dataset, SafeString("?"))) for sample in block.samples]


def blocks_with(links: Mapping[str, SafeString], blocks: Iterable[BlockSpec]) -> list[tuple[BlockSpec, list[str]]]:
    """Each block with the links of its datasets, each once."""
    return [(block, list(dict.fromkeys(link for _sample, link in samples_with(links, block)))) for block in blocks]
