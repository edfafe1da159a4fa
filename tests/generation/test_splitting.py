"""A dataset of several systems becomes one dataset for each, dialogue by dialogue the same."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Study
from annotation.protocol import from_dict
from annotation.services.material import protocol_of
from annotation.services.sampling import draw
from crsapp.accounts.models import User
from crsapp.jobs.registry import JobError
from crsapp.jobs.services import run_inline
from generation.models import Dataset, Dialogue, Import
from generation.services import splitting
from generation.services.datasets import DatasetError
from generation.services.filing import records_of
from generation.services.splitting import split_dataset, systems_of
from tests.generation.dataset_scenes import dataset, dialogue

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def talks(db: None) -> Dataset:
    """Three people in one situation, each with two systems; one of them with the first alone."""
    made = dataset("Talks", licence="CC0")
    for number in range(3):
        person = made.people.create(external_id=str(number), profile=f"Likes number {number}.")
        for system in ("small", "large")[: 1 if number == 2 else 2]:
            said = {0: {"translations": {"de": "Hallo"}, "labels": {"intent": "Search"}}}
            about: dict[str, Any] = {"person": person, "situation": "Find a film.", "scenario": "films/1"}
            dialogue(made, (f"I am {number}.", f"{system} speaks."), said=said, partner=system, **about)
    return made


def parts_of(made: Dataset) -> dict[str, Dataset]:
    run_inline(split_dataset(dataset=made, here=True))
    return {one.name: one for one in Dataset.objects.exclude(pk=made.pk)}


def test_each_system_becomes_a_dataset_and_nothing_of_a_dialogue_is_lost(
    talks: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "AT_ONCE", 2)
    assert systems_of(talks) == {"large": 2, "small": 3}
    parts = parts_of(talks)
    assert set(parts) == {"Talks · large", "Talks · small"}
    assert {part.licence for part in parts.values()} == {"CC0"}
    for system, part in (("large", parts["Talks · large"]), ("small", parts["Talks · small"])):
        before = Dialogue.objects.filter(dataset=talks, partner=system).order_by("number")
        after = Dialogue.objects.filter(dataset=part).order_by("number")
        assert list(records_of(before)) == list(records_of(after))
    assert talks.dialogues.count() == 5, "what is split stays as it is"
    with pytest.raises(DatasetError, match="split already"):
        split_dataset(dataset=talks)


def test_the_parts_give_pairs_that_differ_in_the_system_alone(talks: Dataset) -> None:
    parts = parts_of(talks)
    samples = [{"dataset": part.slug, "size": part.dialogues.count()} for part in parts.values()]
    pairing = {"method": "matched", "key": "person-scenario", "size": 2}
    block = {"name": "Pairs", "target": "pair", "instruments": ["overall-preference"]}
    (drawn,) = draw(from_dict({"title": "Systems", "block": [{**block, "sample": samples, "pairing": pairing}]}))
    assert (drawn.possible, [one.without for one in drawn.unmatched]) == (2, [0, 1])
    rows = Dialogue.objects.select_related("person").in_bulk([one.dialogue_id for one in drawn.dialogues])
    for unit in drawn.units:
        assert unit.second is not None
        one, other = (rows[drawn.dialogues[place].dialogue_id] for place in (unit.first, unit.second))
        assert one.partner != other.partner
        assert one.person is not None
        assert other.person is not None
        assert one.person.profile == other.person.profile


def test_one_that_fails_leaves_nothing_behind(talks: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def breaks(**said: Any) -> None:
        written.append(said)
        if len(written) == 2:
            raise RuntimeError("disk full")

    monkeypatch.setattr(splitting, "AT_ONCE", 1)
    monkeypatch.setattr(splitting, "write_dialogues", breaks)
    job = split_dataset(dataset=talks, here=True)
    with pytest.raises(JobError):
        run_inline(job)
    assert list(Dataset.objects.all()) == [talks]


def test_amira_splits_it_on_its_page(talks: Dataset, client: Client, amira: User) -> None:
    client.force_login(amira)
    page = client.get(reverse("generation:dataset-detail", args=["talks"])).content.decode()
    assert "Split by system" in page
    answer = client.post(reverse("generation:dataset-split", args=["talks"]))
    assert answer.headers["Location"] == reverse("generation:dataset-detail", args=["talks"]) + "#systems"
    here = client.get(reverse("generation:dataset-detail", args=["talks"])).content.decode()
    assert "Splitting Talks by system" in here
    assert "job-over from:body" in here
    assert "Compare in a study</button>" not in here, "not before all of it is there"
    plain = dataset("Plain", [("Hello",)])
    assert "Split by system" not in client.get(reverse("generation:dataset-detail", args=["plain"])).content.decode()
    refused = client.post(reverse("generation:dataset-split", args=[plain.slug]), follow=True).content.decode()
    assert "Only a dataset of 2 to 50 systems can be split." in refused


def test_the_parts_are_named_on_its_page_and_a_study_of_matched_pairs_is_one_click(
    talks: Dataset, client: Client, amira: User
) -> None:
    client.force_login(amira)
    made = parts_of(talks)
    part = client.get(
        reverse("generation:dataset-detail", args=["talks"]), HTTP_HX_REQUEST="true", HTTP_HX_TARGET="systems"
    )
    page = part.content.decode()
    assert page.count("<section") == 1, "the fragment alone"
    for one in made.values():
        assert reverse("generation:dataset-detail", args=[one.slug]) in page
    assert "Split by system" not in page
    first, second = (one.slug for one in made.values())
    asked = {"first": first, "second": second, "pairing": "person-scenario"}
    assert 'value="person-scenario" selected' in client.get(reverse("annotation:study-new"), asked).content.decode()
    said = {f"paper-{name}": value for name, value in {"title": "Sizes", **asked}.items()}
    client.post(reverse("annotation:study-new"), {"start": "paper", **said})
    pairing = protocol_of(Study.objects.get()).blocks[1].pairing
    assert pairing is not None
    assert (pairing.method, pairing.key) == ("matched", "person-scenario")


@pytest.mark.parametrize("scripted", [True, False])
def test_the_parts_say_as_the_whole_does_that_they_are_scripted(
    talks: Dataset, client: Client, amira: User, scripted: bool
) -> None:
    """So does a dataset that was exported and came back: the dialogues say it themselves."""
    talks.dialogues.update(metadata={"generated": {"scripted": scripted}})
    made = [talks, *parts_of(talks).values()]
    client.force_login(amira)
    listed = client.get(reverse("generation:dataset-list")).content.decode()
    assert listed.count(">Scripted</span>") == (len(made) if scripted else 0)
    for one in made:
        page = client.get(reverse("generation:dataset-detail", args=[one.slug])).content.decode()
        assert ("A scripted endpoint took part in these dialogues" in page) == scripted


def test_one_scripted_import_of_several_is_enough(talks: Dataset, client: Client, amira: User) -> None:
    last = talks.dialogues.order_by("-number").values_list("pk", flat=True)[:1]
    second = Import.objects.create(dataset=talks, state="running", sha256="2")
    talks.dialogues.filter(pk__in=list(last)).update(source=second, metadata={"generated": {"scripted": True}})
    client.force_login(amira)
    assert ">Scripted</span>" not in client.get(reverse("generation:dataset-list")).content.decode()
    Import.objects.filter(pk=second.pk).update(state="complete")
    assert ">Scripted</span>" in client.get(reverse("generation:dataset-list")).content.decode()


@pytest.mark.parametrize("metadata", [{}, {"generated": "by hand"}, {"generated": {"scripted": ["?"]}}], ids=str)
def test_a_file_may_say_anything_of_how_its_dialogues_were_made(
    talks: Dataset, client: Client, amira: User, metadata: dict[str, Any]
) -> None:
    talks.dialogues.update(metadata=metadata)
    client.force_login(amira)
    assert ">Scripted</span>" not in client.get(reverse("generation:dataset-list")).content.decode()
