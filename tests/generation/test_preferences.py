"""Preferences of a dataset: found, grouped by a person, counted by task, shown and taken away."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from crsapp.accounts.models import User
from crsapp.jobs.services import run_inline
from generation.models import Dataset, Enquiry, PhraseGroup, Preference
from generation.services import phrase_groups
from generation.services.enquiries import steering
from generation.services.enquiries.here import enquire_here
from generation.services.importing_here import import_path
from generation.services.phrase_groups import GroupingError
from generation.services.preferences import FROM_FILE, Source, places, sources, tables, take_from_file
from tests.generation.dataset_scenes import dataset, dialogue
from tests.generation.run_scenes import scripted

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PROFILE = (
    "1. Gender: Female\n2. Age: 40\n6. Travel Habits: Loves road trips, avoids crowds\n7. Dining Preferences: Vegan"
)
TRIP = ("I love quiet hotels. And I want road trips.", "How about I like cars?", "I prefer quiet hotels!")
GIFT = ("I'm looking for handmade gifts, please.", "Sure.")
FILE = Source(FROM_FILE, None)


@pytest.fixture
def trips(db: None) -> Dataset:
    """Two trips and a gift of one person; the file says some preferences of each."""
    made = dataset("Trips")
    person = made.people.create(external_id="7", profile=PROFILE)
    dialogue(made, TRIP, person=person, task="trip", labels={"preference_summary": ["quiet hotel", "eager"]})
    dialogue(made, TRIP[:2], person=person, task="trip", labels={"preference_summary": ["Quiet hotels"]})
    dialogue(made, GIFT, person=person, task="gift", labels={"preference_summary": ["handmade gifts"]})
    return made


def taken(made: Dataset) -> Dataset:
    run_inline(take_from_file(dataset=made, here=True))
    return made


def asked(made: Dataset, kind: str = "preferences", **said: Any) -> Enquiry:
    endpoint = said.pop("endpoint", None) or scripted()
    return enquire_here(steering.start_enquiry(dataset=made, kind=kind, endpoint=endpoint, here=True, **said))


def rows(made: Dataset, task: str, source: Source = FILE, **said: Any) -> list[tuple[str, int, int]]:
    (table,) = tables(made, source, task=task, **said)
    return [(row.name, row.dialogues, row.by_profile) for row in table.rows]


def test_the_files_phrases_are_taken_with_the_message_that_says_them(trips: Dataset) -> None:
    taken(taken(trips))
    found = {(one.dialogue.number, one.words): one.utterance for one in Preference.objects.exclude(dialogue=None)}
    assert len(found) == 4
    assert found[1, "quiet hotel"].index == 0
    assert found[1, "eager"] is None
    assert found[3, "handmade gifts"].index == 0


def test_a_model_is_asked_about_each_conversation_and_each_fitting_entry(trips: Dataset) -> None:
    enquiry = asked(trips)
    assert (enquiry.state, enquiry.texts.count()) == ("complete", 4), (
        "three talks, and one entry: no gift needs a profile"
    )
    assert enquiry.texts.first().call.prompt_name == "profile_preferences"
    said = [(one.words, one.utterance.index) for one in Preference.objects.filter(dialogue__number=1)]
    assert said == [("quiet hotels", 0), ("road trips", 0)]
    assert not Preference.objects.filter(words__contains="cars").exists(), "what the agent says is no preference"
    (source,) = sources(trips)
    assert rows(trips, "trip", source) == [("no crowds", 2, 2), ("quiet hotels", 2, 0), ("road trips", 2, 0)]
    assert rows(trips, "gift", source) == [("handmade gifts", 1, 0)]
    assert rows(trips, "trip", source, with_profiles=False) == [("quiet hotels", 2, 0), ("road trips", 2, 0)]


def test_what_a_model_found_can_be_deleted_and_what_the_file_says_stays(trips: Dataset) -> None:
    enquiry = asked(taken(trips))
    assert [one.key for one in sources(trips)] == [str(enquiry.pk), FROM_FILE]
    job = steering.delete_results(enquiry, here=True).job
    assert job is not None
    run_inline(job)
    assert sources(trips) == [FILE]
    assert trips.preferences.exists()


def test_nothing_counts_as_one_before_a_person_confirms_it(trips: Dataset, amira: User) -> None:
    taken(trips)
    before = rows(trips, "trip")
    assert ("quiet hotel", 1, 0) in before
    assert phrase_groups.suggest(dataset=trips, by=amira) == 1
    assert rows(trips, "trip") == before
    group = PhraseGroup.objects.get()
    phrase_groups.confirm(dataset=trips, keys=[group.pk], by=amira)
    assert ("quiet hotel", 2, 0) in rows(trips, "trip")
    assert {one.words for one in places(trips, FILE, "quiet hotel", "trip")} == {"quiet hotel", "Quiet hotels"}


def test_groups_are_merged_renamed_split_and_every_step_is_undone(trips: Dataset, amira: User) -> None:
    taken(trips)

    def now() -> dict[str, set[str]]:
        return {one.name: {p.phrase for p in one.phrases.all()} for one in PhraseGroup.objects.all()}

    def undo() -> None:
        last = phrase_groups.last_step(trips)
        assert last is not None
        phrase_groups.undo(dataset=trips, step=last.pk)

    phrases = ["quiet hotel", "quiet hotels", "eager"]
    phrase_groups.merge(dataset=trips, keys=[], phrases=[*phrases, "not there"], name="Calm", by=amira)
    assert now() == {"calm": set(phrases)}
    phrase_groups.rename(dataset=trips, key=PhraseGroup.objects.get().pk, name="Quiet places", by=amira)
    phrase_groups.split(dataset=trips, key=PhraseGroup.objects.get().pk, phrases=["eager"], by=amira)
    assert now() == {"quiet places": {"quiet hotel", "quiet hotels"}}
    phrase_groups.merge(dataset=trips, keys=[], phrases=["eager", "handmade gifts"], by=amira)
    keys = list(PhraseGroup.objects.order_by("name").values_list("pk", flat=True))
    phrase_groups.merge(dataset=trips, keys=keys, phrases=["road trips"], by=amira)
    assert now() == {"eager": {*phrases, "handmade gifts", "road trips"}}
    undo()
    assert now() == {"quiet places": {"quiet hotel", "quiet hotels"}, "eager": {"eager", "handmade gifts"}}
    undo()
    undo()
    assert now() == {"quiet places": set(phrases)}
    undo()
    undo()
    assert now() == {}
    assert phrase_groups.last_step(trips) is None


def test_what_was_changed_meanwhile_is_said_and_nothing_is_lost(trips: Dataset, amira: User) -> None:
    taken(trips)
    phrase_groups.merge(dataset=trips, keys=[], phrases=["quiet hotel", "quiet hotels"], by=amira)
    gone = PhraseGroup.objects.get().pk
    first = phrase_groups.last_step(trips)
    assert first is not None
    phrase_groups.rename(dataset=trips, key=gone, name="calm", by=amira)
    with pytest.raises(GroupingError, match="meanwhile"):
        phrase_groups.rename(dataset=trips, key=gone, name="other", by=amira)
    with pytest.raises(GroupingError, match="Something else"):
        phrase_groups.undo(dataset=trips, step=first.pk)
    with pytest.raises(GroupingError, match="two or more"):
        phrase_groups.merge(dataset=trips, keys=[], phrases=["eager"], by=amira)
    key = PhraseGroup.objects.get().pk
    with pytest.raises(GroupingError, match="not all"):
        phrase_groups.split(dataset=trips, key=key, phrases=["quiet hotel", "quiet hotels"], by=amira)
    phrase_groups.merge(dataset=trips, keys=[], phrases=["eager", "road trips"], by=amira)
    with pytest.raises(GroupingError, match="already"):
        phrase_groups.rename(dataset=trips, key=key, name="Eager", by=amira)
    with pytest.raises(GroupingError, match="Give the group a name"):
        phrase_groups.rename(dataset=trips, key=key, name="  ", by=amira)
    assert PhraseGroup.objects.count() == 2


def test_a_model_suggests_and_suggestions_are_dropped(trips: Dataset, amira: User) -> None:
    enquiry = asked(taken(trips), kind="synonyms")
    assert enquiry.state == "complete"
    assert [(one.name, one.state) for one in PhraseGroup.objects.all()] == [("quiet hotel", "suggested")]
    with pytest.raises(steering.EnquiryError, match="dropped"):
        steering.delete_results(enquiry)
    phrase_groups.drop_suggested(dataset=trips, by=amira)
    assert not PhraseGroup.objects.exists()


def test_amira_sees_cloud_table_and_places(trips: Dataset, client: Client, amira: User) -> None:
    client.force_login(amira)
    url = reverse("generation:preference-list", args=["trips"])
    assert "Take them from the file" in client.get(url).content.decode()
    taken(trips)
    page = client.get(url + "?task=trip").content.decode()
    assert page.count("<svg class=") == 2
    assert "Word cloud of trip; the table below says the same in numbers." in page
    assert "style=" not in page
    where = reverse("generation:preference-places", args=["trips"]) + "?task=trip&name=road+trips&from=file"
    assert "Profile 7" in client.get(where).content.decode()
    svg = client.get(reverse("generation:preference-cloud", args=["trips"]) + "?task=trip")
    assert svg.headers["Content-Type"] == "image/svg+xml"
    answer = client.get(reverse("evaluation:preference-table", args=["trips"]))
    lines = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert {line["task"] for line in lines} == {"gift", "trip"}
    by_name = {line["preference"]: line for line in lines}
    assert (by_name["road trips"]["dialogues"], by_name["road trips"]["from_profile_alone"]) == ("2", "2")


def test_amira_groups_on_the_page(trips: Dataset, client: Client, amira: User) -> None:
    client.force_login(amira)
    taken(trips)

    def post(view: str, *args: Any, **said: Any) -> str:
        answer = client.post(reverse(f"generation:{view}", args=["trips", *args]), said, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    assert "1 group is suggested." in post("synonym-suggest")
    assert "Confirmed: quiet hotel" in post("synonym-confirm", group=PhraseGroup.objects.get().pk)
    assert "eager" in post("synonym-merge", group=PhraseGroup.objects.get().pk, phrase="eager", name="Calm hotels")
    assert PhraseGroup.objects.get().phrases.count() == 3
    assert "now “places”" in post("synonym-rename", PhraseGroup.objects.get().pk, name="Places")
    assert "Choose some of the phrases" in post("synonym-split", PhraseGroup.objects.get().pk)
    post("synonym-split", PhraseGroup.objects.get().pk, phrase="eager")
    step = phrase_groups.last_step(trips)
    assert step is not None
    assert "Undone: Out of “places”: eager" in post("synonym-undo", step=step.pk)
    assert "meanwhile" in post("synonym-undo", step="99999999999999999999999")
    post("synonym-dissolve", group=PhraseGroup.objects.get().pk)
    assert not PhraseGroup.objects.exists()
    answer = client.post(reverse("generation:synonym-ask", args=["trips"]), {"endpoint": scripted().pk})
    assert answer.headers["Location"] == reverse("generation:enquiry-detail", args=["trips", Enquiry.objects.get().pk])


def test_amira_looks_what_asking_would_come_to(trips: Dataset, client: Client, amira: User) -> None:
    client.force_login(amira)
    url = reverse("generation:preference-new", args=["trips"])
    said = {"endpoint": scripted().pk, "profiles": "on"}
    assert (
        "<strong>4 texts</strong> would be read by Offline." in client.post(url, said | {"look": "1"}).content.decode()
    )
    client.post(url, said | {"start": "1"})
    assert Enquiry.objects.get().kind == "preferences"


def test_the_command_says_what_was_found(trips: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("find_preferences", "trips", endpoint="scripted", json=True)
    said = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (said["state"], said["scripted"], said["done"]) == ("complete", True, 4)
    assert said["tasks"]["trip"][0] == {"preference": "no crowds", "dialogues": 2, "by_profile": 2}


@pytest.mark.shared_data
def test_the_released_summaries_are_taken_and_counted_by_task(shared_data: Path) -> None:
    import_path(path=shared_data / "recllmsim/conversations.jsonl.gz", dataset_name="Sim", format="recllmsim")
    made = taken(Dataset.objects.get())
    found = {table.task: table for table in tables(made, FILE, with_profiles=False)}
    assert {task: table.dialogues for task, table in found.items()} == {
        "preparing gifts": 474,
        "recipe planning": 352,
        "skills learning planning": 473,
        "travel planning": 557,
    }
    assert (found["preparing gifts"].rows[0].name, found["preparing gifts"].rows[0].dialogues) == ("personalized", 239)
    with_profiles = {table.task: table for table in tables(made, FILE)}
    assert with_profiles["preparing gifts"] == found["preparing gifts"]
    assert with_profiles["travel planning"].rows[0].by_profile > 0
