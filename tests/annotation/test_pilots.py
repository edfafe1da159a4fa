"""A study tried out as a pilot, on dialogues that the study itself then leaves out."""

from dataclasses import replace
from io import StringIO
from unicodedata import normalize

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from annotation.forms.draft import LeaveOutForm
from annotation.models import Assignment, Event, Exhibit, Study
from annotation.services.checking import check_study
from annotation.services.errors import StudyError
from annotation.services.material import protocol_of
from annotation.services.pilots import copy_as_pilot, measured_seconds
from annotation.services.preflight import preflight
from annotation.services.sampling import draw
from annotation.services.studies import create_study, open_study, update_draft
from crsapp.accounts.models import User
from tests.annotation.stories import judge_all, make_dataset, pairs, people, protocol_of_blocks, quality

pytestmark = pytest.mark.django_db


@pytest.fixture
def main(db: None) -> Study:
    """A draft of five dialogues a dataset, and of four pairs, of fourteen dialogues each."""
    make_dataset("north", 14)
    make_dataset("south", 14)
    protocol = protocol_of_blocks(quality(size=5), pairs(size=4), deadline='"2099-01-01"')
    return create_study(protocol=replace(protocol, blocks=tuple(replace(b, seed=3) for b in protocol.blocks)))


def shown(study: Study) -> set[int | None]:
    return set(Exhibit.objects.filter(block__study=study).values_list("dialogue", flat=True))


def warnings(study: Study) -> str:
    return "\n".join(finding.text for finding in preflight(Study.objects.get(pk=study.pk)))


def test_a_pilot_is_a_small_copy_with_a_seed_of_its_own(main: Study, amira: User) -> None:
    pilot = copy_as_pilot(study=main, size=2, by=amira)
    spec = protocol_of(pilot)
    assert (pilot.slug, pilot.title, pilot.pilot_of) == (f"{main.slug}-pilot", "Pilot: North v. South", main)
    assert [block.units for block in spec.blocks] == [4, 2]
    assert {block.seed for block in spec.blocks} == {None}
    assert spec.deadline == ""
    assert protocol_of(main).leaves_out == (pilot.slug,)
    assert Event.objects.filter(study=main, kind="pilot made", by=amira).exists()


def test_the_study_shows_no_dialogue_of_its_pilot(main: Study) -> None:
    pilot = open_study(study=copy_as_pilot(study=main, size=2))
    main = open_study(study=main)
    assert len(shown(pilot)) == 8
    assert len(shown(main)) == 18
    assert not shown(pilot) & shown(main)
    report = check_study(main)
    assert (report.problems, report.notes) == ([], [])


def test_the_probability_counts_the_chance_that_the_pilot_left_a_dialogue(main: Study) -> None:
    """Left by the pilot and then drawn is as likely as drawn at once: n / N, whatever the pilot took."""
    open_study(study=copy_as_pilot(study=main, size=2))
    first, second = draw(protocol_of(main))
    assert {round(dialogue.probability, 9) for dialogue in first.dialogues} == {round(5 / 14, 9)}
    assert {round(dialogue.probability, 9) for dialogue in second.dialogues} == {round(4 / 14, 9)}


def test_what_is_left_out_is_so_for_a_block_that_carries_over_too(main: Study) -> None:
    pilot = open_study(study=copy_as_pilot(study=main, size=2))
    protocol = protocol_of(main)
    first, second = protocol.blocks
    update_draft(study=main, protocol=replace(protocol, blocks=(first, replace(second, carry_over=True))))
    opened = open_study(study=main)
    assert not shown(pilot) & shown(opened)
    pair_block = opened.blocks.get(number=2)
    assert {round(one.probability, 9) for one in pair_block.exhibits.all()} == {round(4 / 14, 9)}


def test_too_few_dialogues_beside_a_pilot_say_so(main: Study) -> None:
    open_study(study=copy_as_pilot(study=main, size=4))
    with pytest.raises(StudyError, match="north-v-south-pilot shows is left out"):
        open_study(study=main)


def test_preflight_warns_of_a_pilot_that_is_missing_or_not_open(main: Study) -> None:
    pilot = copy_as_pilot(study=main, size=2)
    assert "is not open yet, so none of its dialogues can be left out" in warnings(main)
    open_study(study=pilot)
    assert "left out" not in warnings(main)
    protocol = protocol_of(main)
    update_draft(study=main, protocol=replace(protocol, leaves_out=("gone",)))
    assert "“gone”, whose dialogues are left out, does not exist" in warnings(main)


def test_a_pilot_that_opens_after_its_study_is_warned_of_and_noted(main: Study) -> None:
    pilot = copy_as_pilot(study=main, size=4)
    main = open_study(study=main)
    assert "is open already: both may show the same dialogues" in warnings(pilot)
    pilot = open_study(study=pilot)
    assert shown(pilot) & shown(main)
    report = check_study(main)
    assert report.ok
    assert f"dialogues are also shown in “{pilot.slug}”" in "\n".join(report.notes)


def test_an_opened_study_gets_no_pilot(main: Study) -> None:
    open_study(study=main)
    with pytest.raises(StudyError, match="its dialogues are drawn"):
        copy_as_pilot(study=main, size=2)
    with pytest.raises(CommandError, match="its dialogues are drawn"):
        call_command("pilot_study", main.slug, stdout=StringIO())


def test_the_command_makes_a_pilot(main: Study) -> None:
    call_command("pilot_study", main.slug, "--size", "3", stdout=StringIO())
    assert Study.objects.get(pilot_of=main).protocol["block"][0]["sample"][0]["size"] == 3


def test_the_estimate_takes_its_times_from_the_pilot(client: Client, amira: User, main: Study) -> None:
    pilot = open_study(study=copy_as_pilot(study=main, size=3))
    assert measured_seconds(main) == {}
    for annotator in people(pilot, 2):
        judge_all(annotator)
    Assignment.objects.filter(block__number=1).update(active_seconds=180)
    assert measured_seconds(main) == {0: 180.0, 1: 21.0}
    client.force_login(amira)
    page = client.get(reverse("annotation:study-edit", args=[main.slug, "ask"])).content.decode()
    assert "3.0 min, as in the pilot" in page


def test_amira_makes_a_pilot_on_the_page_and_finds_her_way_back(client: Client, amira: User, main: Study) -> None:
    client.force_login(amira)
    page = client.get(reverse("annotation:study-detail", args=[main.slug])).content.decode()
    assert "Copy as a pilot" in page
    client.post(reverse("annotation:study-pilot", args=[main.slug]), {"size": "2"})
    pilot = Study.objects.get(pilot_of=main)
    page = client.get(reverse("annotation:study-detail", args=[pilot.slug])).content.decode()
    assert "This is a pilot of “North v. South”" in normalize("NFC", page)
    open_study(study=pilot)
    page = client.get(reverse("evaluation:results", args=[pilot.slug])).content.decode()
    assert "results of a pilot" in page


def test_a_nonsense_size_makes_no_pilot(client: Client, amira: User, main: Study) -> None:
    client.force_login(amira)
    client.post(reverse("annotation:study-pilot", args=[main.slug]), {"size": "0"})
    assert Study.objects.count() == 1


def test_the_builder_chooses_what_is_left_out(client: Client, amira: User, main: Study) -> None:
    client.force_login(amira)
    pilot = copy_as_pilot(study=main, size=2)
    address = reverse("annotation:study-edit", args=[main.slug, "compare"])
    page = client.get(address).content.decode()
    assert f'value="{pilot.slug}"' in page
    form = LeaveOutForm({}, protocol=protocol_of(main), studies=[(pilot.slug, pilot.title)])
    assert form.is_valid()
    assert form.spec(protocol_of(main)).leaves_out == ()
    chosen = LeaveOutForm({"leaves_out": [pilot.slug]}, protocol=protocol_of(pilot), studies=[(pilot.slug, "Pilot")])
    assert chosen.is_valid()
    assert chosen.spec(protocol_of(pilot)).leaves_out == (pilot.slug,)
