"""A dataset translated by a model: every text once, on record, resumable, and taken back again."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crsapp.accounts.models import User
from crsapp.jobs.registry import JobError
from crsapp.jobs.services import run_inline
from generation.formats import FORMATS
from generation.formats.base import Options
from generation.formats.sources import Source
from generation.llm.desk import Answer
from generation.models import AskedText, Call, Dataset, Endpoint, Enquiry, Findable, Person, Utterance
from generation.services.datasets import DatasetError, delete_dataset
from generation.services.enquiries import steering
from generation.services.enquiries.asking import Piece, Question
from generation.services.enquiries.earlier import earlier
from generation.services.enquiries.here import enquire_here
from generation.services.enquiries.kinds import Answered, EnquiryError, Refused
from generation.services.enquiries.translating import Translation
from generation.services.filing import export_dialogues
from generation.services.languages import further_languages, translated
from tests.generation.dataset_scenes import dataset, dialogue, mention
from tests.generation.run_scenes import scripted

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TALK = ("I want a calm film tonight, please.", "Then try *The Tall Oven*.", "Thank you, that sounds lovely!")


@pytest.fixture
def films(db: None) -> Dataset:
    """Two dialogues of one person about one situation; the second is in Chinese already, but for its last message."""
    made = dataset("Films")
    person = Person.objects.create(dataset=made, external_id="1", profile="Age: 40\nLikes slow films and tea.")
    about: dict[str, Any] = {"person": person, "situation": "You look for a film to watch tonight."}
    dialogue(made, TALK, **about)
    filed = {index: {"translations": {"zh": f"文件里的译文{index}"}} for index in (0, 1)}
    dialogue(made, TALK, said=filed, **about)
    return made


def begun(films: Dataset, language: str = "de", *, endpoint: Endpoint | None = None, **said: Any) -> Enquiry:
    return steering.start_enquiry(
        dataset=films,
        kind=Enquiry.Kind.TRANSLATION,
        endpoint=endpoint or Endpoint.objects.first() or scripted(),
        language=language,
        here=True,
        **said,
    )


def spoken(films: Dataset, language: str) -> list[str]:
    rows = Utterance.objects.filter(dialogue__dataset=films).order_by("dialogue", "index")
    return [row.translations.get(language, "") for row in rows]


def test_every_text_is_translated_once_and_marked_as_scripted(films: Dataset) -> None:
    enquiry = enquire_here(begun(films))
    assert (enquiry.state, enquiry.is_scripted) == ("complete", True)
    assert all(text.startswith("[Skript-Übersetzung] ") for text in spoken(films, "de"))
    assert "*Thé Tåll" not in spoken(films, "de")[1]
    assert spoken(films, "de")[1].count("*") == 2, "Markdown is kept"
    person = Person.objects.get()
    assert person.profile_translations["de"].startswith("[Skript-Übersetzung]")
    situations = {one.situation_translations["de"] for one in films.dialogues.all()}
    assert len(situations) == 1, "one situation is asked about once, and stands with every dialogue that has it"
    assert Call.objects.count() == enquiry.texts.count() == 6 + 1 + 1


def test_what_the_file_says_is_left_alone(films: Dataset) -> None:
    enquire_here(begun(films, "zh"))
    said = spoken(films, "zh")
    assert said[3:5] == ["文件里的译文0", "文件里的译文1"]
    assert [text.startswith("[脚本译文]") for text in said] == [True, True, True, False, False, True]
    with pytest.raises(EnquiryError, match="nothing left"):
        begun(films, "zh")


def test_each_message_is_asked_with_what_was_said_before_it_and_with_titles(films: Dataset) -> None:
    named = dialogue(films, ("I saw @7 today.", "And how was it, I wonder?"))
    mention(named, 0, "Night Bus")
    enquire_here(begun(films))
    asked = AskedText.objects.get(utterance__dialogue=named, utterance__index=1)
    assert asked.call is not None
    said = asked.call.messages[-1]["content"]
    assert "I saw Night Bus today." in said
    assert said.index("I saw Night Bus") < said.index("And how was it")
    assert (asked.call.prompt_name, asked.call.prompt_version) == ("translation", 1)


def test_what_cannot_be_a_translation_is_asked_again_and_then_fails_with_the_reason(films: Dataset) -> None:
    enquiry = enquire_here(begun(films, endpoint=scripted(untranslated=1.0)))
    assert enquiry.state == "complete"
    assert enquiry.texts.failed().count() == enquiry.texts.count()
    assert {row.reason for row in enquiry.texts.all()} == {"It is the text itself, not translated."}
    assert {row.tries for row in enquiry.texts.all()} == {2}
    assert not any(spoken(films, "de"))
    Endpoint.objects.update(mishaps={})
    first = enquiry.texts.get(utterance__dialogue__number=1, utterance__index=0)
    enquiry = enquire_here(steering.retry_failed(enquiry, number=first.n, here=True))
    assert (enquiry.texts.done().count(), enquiry.texts.failed().count()) == (1, 7)
    enquiry = enquire_here(steering.retry_failed(enquiry, here=True))
    assert enquiry.texts.done().count() == 8
    assert all(spoken(films, "de"))


def test_an_answer_that_was_cut_off_is_no_translation(films: Dataset) -> None:
    enquiry = enquire_here(begun(films, endpoint=scripted(cut_off=1.0)))
    assert {row.reason for row in enquiry.texts.all()} == {
        "The answer was cut off: the endpoint allows too few tokens for it."
    }


def test_it_pauses_where_the_budget_ends_and_goes_on_with_more(films: Dataset) -> None:
    enquiry = enquire_here(begun(films, tokens=4500))
    assert enquiry.state == "paused"
    assert "Raise the limit" in enquiry.why
    done = enquiry.texts.done().count()
    assert 0 < done < 8
    assert earlier(dataset=films, kind="translation", language="de") == [enquiry]
    with pytest.raises(EnquiryError, match="already"):
        begun(films)
    steering.raise_limits(enquiry, money=None, tokens=None)
    enquiry = enquire_here(enquiry)
    assert enquiry.state == "complete"
    assert Call.objects.filter(state="answered").count() == 8, "none was asked twice"


def test_a_worker_that_breaks_in_the_middle_loses_nothing(films: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10):
        dialogue(films, [f"{number}: {text}" for text in TALK])
    take, taken = Translation.take, []

    def breaks(self: Translation, enquiry: Enquiry, answers: Sequence[Answered]) -> list[str | Refused]:
        said = take(self, enquiry, answers)
        taken.extend(one.asked.pk for one in answers)
        if len(taken) >= 20 and not mended:
            raise RuntimeError("pulled the plug")
        return said

    mended = []
    monkeypatch.setattr(Translation, "take", breaks)
    endpoint = scripted()
    Endpoint.objects.update(in_flight=4)
    endpoint.refresh_from_db()
    enquiry = begun(films, endpoint=endpoint)
    with pytest.raises(JobError, match="pulled the plug"):
        enquire_here(enquiry)
    enquiry.refresh_from_db()
    assert enquiry.state == "paused"
    before = set(enquiry.texts.done().values_list("pk", flat=True))
    assert 0 < len(before) < 38
    mended.append(True)
    so_far = len(taken)
    enquiry = enquire_here(enquiry)
    assert enquiry.state == "complete"
    assert enquiry.texts.done().count() == 38
    assert not before & set(taken[so_far:]), "what was done is not asked again"
    assert all(spoken(films, "de"))


def test_many_answers_take_as_many_statements_as_one(films: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10):
        dialogue(films, [f"{number}: {text}" for text in TALK])
    take, statements = Piece.take, Counter[int]()

    def counted(self: Piece, back: Sequence[tuple[Question, Answer]]) -> None:
        with CaptureQueriesContext(connection) as asked:
            take(self, back)
        statements[len(back)] = max(statements[len(back)], len(asked))

    monkeypatch.setattr(Piece, "take", counted)
    endpoint = scripted()
    for in_flight, language in ((1, "de"), (16, "fr")):
        Endpoint.objects.update(in_flight=in_flight)
        endpoint.refresh_from_db()
        enquire_here(begun(films, language, endpoint=endpoint, settings={"beside": False}))
    assert min(statements) <= 2
    assert max(statements) >= 10
    assert len(set(statements.values())) == 1


def test_it_is_found_counted_and_exported(films: Dataset, client: Client, amira: User) -> None:
    enquire_here(begun(films))
    assert further_languages(films) == ["de"]
    assert [(one.code, one.utterances, one.by_model) for one in translated(films)] == [("de", 6, 6)]
    assert all("\ntranslated.de\n" in row.marks for row in Findable.objects.all())
    exported = [json.loads(line) for line in b"".join(export_dialogues(dataset=films, format="jsonl")).splitlines()]
    by = exported[0]["metadata"]["translated_by"]["de"]
    assert (by["scripted"], by["model"], by["prompt"]) == (True, "scripted", {"name": "translation", "version": 1})
    assert exported[0]["utterances"][0]["translations"]["de"] == spoken(films, "de")[0]
    client.force_login(amira)
    page = client.get(reverse("generation:dialogue-list", args=["films"]) + "?translated=de").content.decode()
    assert "talk-1" in page or TALK[0] in page
    page = client.get(reverse("generation:dialogue-detail", args=["films", 1]) + "?language=de").content.decode()
    assert "Deutsch was translated by a model: Offline (scripted), prompt translation version 1." in page


def test_the_layout_of_recllmsim_carries_every_language_there_and_back(films: Dataset, tmp_path: Any) -> None:
    enquire_here(begun(films, "zh"))
    enquire_here(begun(films, "de"))
    path = tmp_path / "sim.jsonl"
    path.write_bytes(b"".join(export_dialogues(dataset=films, format="recllmsim")))
    first = next(iter(FORMATS.get("recllmsim").read(Source(path), Options())))
    assert set(first.utterances[0].translations) == {"zh", "de"}
    assert first.person is not None
    assert set(first.person.profile_translations) == {"zh", "de"}
    assert set(first.situation_translations) == {"zh", "de"}
    assert "content_de" in json.loads(path.read_text().splitlines()[0])["history"][0]


def test_it_can_be_deleted_and_made_anew_and_what_others_wrote_stays(films: Dataset) -> None:
    enquiry = enquire_here(begun(films))
    changed = Utterance.objects.filter(dialogue__number=1).get(index=0)
    changed.translations = {"de": "Von Hand verbessert."}
    changed.save()
    enquiry = steering.delete_results(enquiry, here=True)
    assert enquiry.job is not None
    run_inline(enquiry.job)
    assert [text for text in spoken(films, "de") if text] == ["Von Hand verbessert."]
    assert Person.objects.get().profile_translations == {}
    assert {"de" in one.situation_translations for one in films.dialogues.all()} == {False}
    assert ["translated.de" in row.marks for row in Findable.objects.order_by("dialogue")] == [True, False]
    assert "translated_by" not in films.dialogues.get(number=2).metadata
    assert further_languages(films) == []
    again = enquire_here(begun(films))
    assert again.texts.count() == 7
    assert all(spoken(films, "de"))
    with pytest.raises(EnquiryError, match="deleted already"):
        steering.delete_results(enquiry)


def test_a_dataset_goes_with_its_translations_but_not_while_they_are_made(films: Dataset) -> None:
    enquiry = begun(films)
    with pytest.raises(DatasetError, match="A model is being asked"):
        delete_dataset(dataset=films)
    enquire_here(enquiry)
    delete_dataset(dataset=films)
    assert not Enquiry.objects.exists()
    assert not AskedText.objects.exists()
    assert Call.objects.exists(), "what was asked and what it cost stays on record"


def test_amira_looks_first_then_starts_and_steers(films: Dataset, client: Client, amira: User) -> None:
    client.force_login(amira)
    url = reverse("generation:translation-list", args=["films"])
    assert "Add an endpoint first" in client.get(url).content.decode()
    said = {"language": "fr", "endpoint": scripted().pk, "beside": "on"}
    page = client.post(url, said | {"look": "1"}).content.decode()
    assert "<strong>8 texts</strong> would be translated into français by Offline." in page
    assert not Enquiry.objects.exists()
    answer = client.post(url, said | {"start": "1"})
    enquiry = Enquiry.objects.get()
    assert answer.headers["Location"] == reverse("generation:enquiry-detail", args=["films", enquiry.pk])
    assert client.post(url, said | {"start": "1"}).status_code == 422
    client.post(reverse("generation:enquiry-pause", args=["films", enquiry.pk]))
    enquiry.refresh_from_db()
    assert enquiry.why == "Paused by amira."
    client.post(reverse("generation:enquiry-cancel", args=["films", enquiry.pk]))
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Ended early" in page
    assert client.post(url, said | {"language": "xx"}).status_code == 422


def test_the_command_translates_and_goes_on_where_it_was(films: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("translate_dataset", "films", language="de", endpoint="scripted", tokens=4500, json=True)
    said = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (said["state"], said["scripted"]) == ("paused", True)
    steering.raise_limits(Enquiry.objects.get(), money=None, tokens=None)
    call_command("translate_dataset", "films", language="de", endpoint="scripted", json=True)
    said = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (said["state"], said["done"], said["failed"], said["to_do"]) == ("complete", 8, 0, 0)
