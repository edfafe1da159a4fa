"""A worker killed with -9 while a dataset is translated, or read for preferences; another one finishes."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_httpserver import HTTPServer

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from generation.models import AskedText, Call, Dataset, Dialogue, Enquiry, Findable, Person, Preference, Utterance
from generation.services.enquiries import steering
from generation.services.enquiries.here import enquire_here
from tests import services
from tests.generation.dataset_scenes import dataset, dialogue
from tests.generation.killing import MOST_IN_FLIGHT, SlowModel, assert_paid_once, kill_worker_at
from tests.generation.run_scenes import scripted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

THREADS = 2
PROFILE = (
    "1. Gender: Female\n2. Age: {age}\n6. Travel Habits: Loves road trips, avoids crowds\n7. Dining Preferences: Vegan"
)
TRIP = ("I love quiet hotels near lake {n}. And I want road trips.", "Lake {n} has two.", "I prefer hotel {n}, thanks!")


def trips(name: str, people: int = 5, each: int = 6) -> Dataset:
    """Thirty talks of five people about five situations."""
    made = dataset(name)
    for age in range(people):
        person = Person.objects.create(dataset=made, external_id=str(age), profile=PROFILE.format(age=20 + age))
        for number in range(each):
            said = [text.format(n=age * each + number) for text in TRIP]
            dialogue(made, said, person=person, task="trip", situation=f"You plan journey {age}.")
    return made


def begun(made: Dataset, kind: str, **said: Any) -> Enquiry:
    return steering.start_enquiry(dataset=made, kind=kind, money=10**13, **said)


def shown(client: Client, enquiry: Enquiry) -> dict[str, Any]:
    """What the page of an enquiry says."""
    url = reverse("generation:enquiry-detail", args=[enquiry.dataset.slug, enquiry.pk])
    context = client.get(url).context
    of = context["enquiry"]
    return {
        "total": context["total"],
        "over": context["over"],
        "done": of.done_count,
        "failed": of.failed_count,
        "to_do": of.to_do_count,
        "tokens": context["budget"].tokens_spent,
    }


def killed_and_finished(
    enquiry: Enquiry,
    model: SlowModel,
    client: Client,
    site_environment: dict[str, str],
    log: Path,
    kills: Sequence[int] = (12, 30),
) -> None:
    """Workers die when so many are done, and another one finishes. What was done stays done; the page adds up at any
    moment."""
    environment = model.environment(site_environment)
    before: dict[int, str] = {}
    for enough in kills:
        kill_worker_at(enough, enquiry.texts.done().count, what="are done", environment=environment, log=log)
        done = dict(enquiry.texts.done().values_list("pk", "digest"))
        assert before.items() <= done.items(), "nothing that was done is lost"
        before = done
        page = shown(client, enquiry)
        assert page["done"] + page["failed"] + page["to_do"] == page["total"] == AskedText.objects.count()
        assert (page["over"], page["done"]) == (page["done"] + page["failed"], len(done))
    enquiry.refresh_from_db()
    assert enquiry.state == "running"
    with services.worker_process(environment, log):
        services.until(lambda: Enquiry.objects.get(pk=enquiry.pk).state != "running", 90, f"it is over ({log})")
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.why) == ("complete", "")
    assert before.items() <= dict(enquiry.texts.done().values_list("pk", "digest")).items()
    tries = sum(enquiry.texts.values_list("tries", flat=True))
    pieces = Job.objects.filter(kind="generation.enquire_piece").count()
    assert pieces >= THREADS
    assert_paid_once(model, enquiry.budget, answered=tries, in_flight=len(kills) * THREADS * MOST_IN_FLIGHT)
    page = shown(client, enquiry)
    assert (page["done"] + page["failed"], page["to_do"], page["over"]) == (page["total"], 0, page["total"])
    assert page["tokens"] == sum(
        call.reserved_tokens if call.assumed else call.tokens_in + call.tokens_out
        for call in Call.objects.filter(budget=enquiry.budget)
    )


def test_a_translation_loses_no_text_doubles_none_and_pays_again_only_what_was_in_flight(
    httpserver: HTTPServer, site_environment: dict[str, str], tmp_path: Path, client: Client, amira: User
) -> None:
    client.force_login(amira)
    model = SlowModel(httpserver, seconds=0.2, mishaps={"untranslated": 0.2})
    made = trips("Trips")
    enquiry = begun(made, "translation", language="de", endpoint=model.endpoint())
    killed_and_finished(enquiry, model, client, site_environment, tmp_path / "worker.log")

    assert list(enquiry.texts.values_list("n", flat=True)) == list(range(1, 5 + 5 + 90 + 1)), "each once"
    failed = set(enquiry.texts.failed().values_list("utterance", flat=True))
    assert enquiry.texts.done().count() + len(failed) == 100
    written = {one.utterance_id: one for one in enquiry.texts.filter(what="utterance").select_related("call")}
    for one in Utterance.objects.filter(dialogue__dataset=made):
        asked = written[one.pk]
        if one.pk in failed:
            assert (one.translations, asked.tries) == ({}, 2)
        else:
            said = one.translations["de"]
            assert asked.call is not None
            assert said == asked.call.answer.strip()
            assert asked.digest == hashlib.sha256(said.encode()).hexdigest()
    assert len({one.call_id for one in written.values()}) == 90
    marked = [row.marks.count("translated.de") for row in Findable.objects.filter(dialogue__dataset=made)]
    assert marked == [1] * 30
    assert all("de" in one.metadata["translated_by"] for one in Dialogue.objects.in_dataset(made))


def test_preferences_are_found_once_each_and_the_same_as_by_one_that_nobody_killed(
    httpserver: HTTPServer, site_environment: dict[str, str], tmp_path: Path, client: Client, amira: User
) -> None:
    client.force_login(amira)
    model = SlowModel(httpserver, seconds=0.3)
    made, other = trips("Trips", each=10), trips("Others", each=10)
    enquiry = begun(made, "preferences", endpoint=model.endpoint())
    killed_and_finished(enquiry, model, client, site_environment, tmp_path / "worker.log", kills=[12])

    assert (enquiry.texts.count(), enquiry.texts.failed().count()) == (55, 0)
    enquire_here(steering.start_enquiry(dataset=other, kind="preferences", endpoint=scripted(), here=True))
    assert found(made) == found(other)
    assert len(found(made)) == len(set(found(made))) > 100


def found(made: Dataset) -> list[tuple[Any, ...]]:
    rows = Preference.objects.filter(dataset=made)
    return sorted(
        (one.dialogue.number if one.dialogue else 0, one.person.external_id if one.person else "", one.entry, one.words)
        for one in rows.select_related("dialogue", "person")
    )
