"""The dialogues of a dataset, searched and paged, and one of them to read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation import transcript
from generation.dialogue_search import SORTS, snippets
from generation.forms.dialogues import DialogueSearchForm
from generation.models import AskedText, Dataset, Dialogue, Enquiry, Import, Item
from generation.services.languages import further_languages
from generation.services.narrowing import choices_of
from generation.services.runs.simulated.interviews import interview_of, title_of, why_unanswered
from generation.views.fragments import draw

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Way:
    """One way to look at a dialogue: a language, all of them, or the texts as filed."""

    title: str
    query: str
    current: bool
    language: str = ""


def search_form(dataset: Dataset, data: Mapping[str, Any]) -> DialogueSearchForm:
    """The search form with the choices that this dataset has; labels are those its files reported."""
    reports = list(dataset.imports.filter(state=Import.State.COMPLETE).values_list("report", flat=True))
    labels = sorted({name for report in reports for name in report.get("labels", {}) if "." in name})
    offered = dict.fromkeys([*(name for name in labels if not name.endswith("_memo")), data.get("label", "")])
    choices = choices_of(dataset)
    return DialogueSearchForm(
        data,
        tasks=choices.tasks,
        splits=choices.splits,
        labels=[(name, label_title(name)) for name in offered if name.partition("=")[0] in labels],
        languages=further_languages(dataset),
    )


def label_title(name: str) -> str:
    """What a label of a file is called where one is chosen from.

    >>> label_title("utterance.hallucination")
    'Hallucination'
    """
    name, says, value = name.partition(".")[2].partition("=")
    return f"{transcript.words(name)}{': ' if says else ''}{value}"


@researcher_required
def dialogue_list(request: ResearcherRequest, slug: str) -> HttpResponse:
    dataset = get_object_or_404(Dataset, slug=slug)
    form = search_form(dataset, request.GET)
    search = form.searched()
    page = Paginator(search.keys(dataset), PER_PAGE).get_page(request.GET.get("page"))
    on_page = Dialogue.objects.filter(pk__in=list(page.object_list)).order_by(*SORTS[search.sort])
    dialogues = list(on_page.defer("labels", "metadata"))
    found = snippets(dialogues, search.search)
    context = {
        "nav": "datasets",
        "dataset": dataset,
        "form": form,
        "search": search,
        "page": page,
        "rows": [(dialogue, found.get(dialogue.pk, "")) for dialogue in dialogues],
    }
    response = draw(request, "generation/dialogue_list.html", {"dialogues": "generation/_dialogues.html"}, context)
    if request.htmx:
        at = {"page": page.number} if page.number > 1 else {}
        response["HX-Push-Url"] = "?".join(filter(None, [request.path, joined(search.query, at)]))
    return response


@researcher_required
def dialogue_detail(request: ResearcherRequest, slug: str, number: int) -> HttpResponse:
    dataset = get_object_or_404(Dataset, slug=slug)
    known = Dialogue.objects.visible().in_dataset(dataset).select_related("dataset", "person").with_utterances()
    dialogue = get_object_or_404(known, number=number)
    search = search_form(dataset, request.GET).searched()
    languages = transcript.languages_of(dialogue, dialogue.utterances.all())
    chosen = wanted_language(request.GET.get("language", ""), languages)
    as_filed = request.GET.get("view") == "file"
    shown = languages if chosen == transcript.ALL_LANGUAGES and not as_filed else [chosen]
    look = joined(search.query, {"view": "file"} if as_filed else said_language(chosen, languages))
    before, after = search.neighbours(dialogue)
    context = {
        "nav": "datasets",
        "dataset": dataset,
        "dialogue": dialogue,
        "utterances": transcript.shown_utterances(dialogue, shown),
        "side_by_side": len(shown) > 1,
        "as_filed": as_filed,
        "translators": translators(dialogue, languages),
        "ways": ways(search.query, languages, "" if as_filed else chosen),
        "look": look,
        "back": search.query,
        "before": before,
        "after": after,
        **beside(dialogue, shown),
    }
    return render(request, "generation/dialogue_detail.html", context)


def translators(dialogue: Dialogue, languages: Sequence[str]) -> list[Enquiry]:
    """The enquiries that brought translations of this dialogue which are still there."""
    if len(languages) < 2:
        return []
    written = AskedText.objects.done().filter(utterance__dialogue=dialogue).exclude(digest="")
    made = (
        Enquiry.objects.filter(pk__in=written.values("enquiry")).select_related("endpoint").order_by("language", "pk")
    )
    for one in made:
        one.language_name = transcript.language_name(one.language)  # type: ignore[attr-defined]
    return list(made)


def beside(dialogue: Dialogue, languages: Sequence[str]) -> dict[str, Any]:
    """What stands beside the conversation: the task, the person, labels, and the rest of the file's entry."""
    own, person = dialogue.dataset.language, dialogue.person
    labels, tables = transcript.dialogue_labels(dialogue.labels, labelled_items(dialogue))
    profile = transcript.shown_texts(person.profile, person.profile_translations, languages, own) if person else []
    return {
        "situation": transcript.shown_texts(dialogue.situation, dialogue.situation_translations, languages, own),
        "profile": profile,
        "interview": [(title_of(one), one, why_unanswered(one)) for one in interview_of(dialogue.metadata)],
        "labels": labels,
        "tables": tables,
        "metadata": json.dumps(dialogue.metadata, ensure_ascii=False, indent=2) if dialogue.metadata else "",
    }


def labelled_items(dialogue: Dialogue) -> dict[str, Item]:
    """The items that the dialogue's labels speak of, by their name in the file."""
    keys = {key for value in dialogue.labels.values() if isinstance(value, dict) for key in value}
    items = Item.objects.filter(dataset=dialogue.dataset_id, external_id__in=keys) if keys else Item.objects.none()
    return {item.external_id: item for item in items}


def wanted_language(asked: str, languages: Sequence[str]) -> str:
    if asked in languages:
        return asked
    return transcript.ALL_LANGUAGES if asked == transcript.ALL_LANGUAGES and len(languages) > 1 else languages[0]


def said_language(chosen: str, languages: Sequence[str]) -> dict[str, str]:
    return {} if chosen == languages[0] else {"language": chosen}


def ways(query: str, languages: Sequence[str], chosen: str) -> list[Way]:
    """Every way to look at a dialogue; `chosen` is a language, all of them, or empty for the texts as filed."""
    rendered = (
        [
            Way(transcript.language_name(code), joined(query, said_language(code, languages)), code == chosen, code)
            for code in languages
        ]
        if len(languages) > 1
        else [Way(_("As read"), query, chosen != "")]
    )
    together = Way(
        _("Side by side"), joined(query, {"language": transcript.ALL_LANGUAGES}), chosen == transcript.ALL_LANGUAGES
    )
    filed = Way(_("As in the file"), joined(query, {"view": "file"}), chosen == "")
    return [*rendered, *([together] if len(languages) > 1 else []), filed]


def joined(query: str, more: Mapping[str, Any]) -> str:
    return "&".join(filter(None, [query, urlencode(more)]))
