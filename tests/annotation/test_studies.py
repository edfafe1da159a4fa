"""Amira drafts, opens, closes and copies a study; once open it cannot change."""

from collections import Counter

import pytest
from django.db import IntegrityError, transaction

from annotation import protocol
from annotation.exhibits import content_digest
from annotation.models import Assignment, Exhibit, Slot, Study, Unit
from annotation.services.assignments import claim
from annotation.services.checking import check_study
from annotation.services.errors import StudyError
from annotation.services.preflight import preflight
from annotation.services.studies import close_study, copy_study, create_study, open_study, update_draft
from crsapp.accounts.models import User
from generation.models import Dataset, Dialogue, Import, Utterance
from tests.annotation.stories import (
    make_dataset,
    opened,
    pairs,
    people,
    protocol_of_blocks,
    quality,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_amira_drafts_a_study(amira: User) -> None:
    study = create_study(protocol=protocol_of_blocks(quality()), by=amira)
    assert (study.slug, study.state, study.digest) == ("north-v-south", Study.State.DRAFT, "")
    assert study.events.get().kind == "created"


def test_an_unfinished_draft_can_be_kept_but_not_opened() -> None:
    study = create_study(protocol=protocol.from_dict({"title": "Later"}, draft=True))
    with pytest.raises(StudyError, match="no block yet"):
        open_study(study=study)


@pytest.mark.parametrize("slug", ["north-v-south", "Not an address"])
def test_a_slug_that_is_taken_or_no_address_is_refused(slug: str) -> None:
    create_study(protocol=protocol_of_blocks(quality()))
    with pytest.raises(StudyError, match=slug):
        create_study(protocol=protocol_of_blocks(quality()), slug=slug)


def test_a_draft_can_change_and_keeps_its_address() -> None:
    study = create_study(protocol=protocol_of_blocks(quality()))
    study = update_draft(study=study, protocol=protocol_of_blocks(pairs(), title='"Another"', slug='"other"'))
    assert (study.title, study.slug, study.protocol["slug"]) == ("Another", "north-v-south", "north-v-south")


def test_opening_writes_every_unit_with_exactly_k_slots() -> None:
    study = opened(quality(annotators=3, size=4), pairs(annotators=2, size=4), pairs(design="overlap", size=3))
    assert Counter(Slot.objects.values_list("block__number", flat=True)) == {1: 24, 2: 8, 3: 9}
    assert study.seats.count() == 3
    assert study.digest == protocol.digest(protocol.from_dict(study.protocol))
    event = study.events.get(kind="opened")
    assert event.detail["digest"] == study.digest
    assert event.detail["mean_position_differences"]["1"] < 0.5
    report = check_study(study)
    assert report.ok, report.problems


def test_an_open_study_is_frozen() -> None:
    study = opened(quality())
    with pytest.raises(StudyError, match="frozen"):
        update_draft(study=study, protocol=protocol_of_blocks(pairs()))
    with pytest.raises(StudyError, match="opened before"):
        open_study(study=study)
    assert Unit.objects.count() == 6


def test_the_database_itself_refuses_an_open_study_without_a_digest() -> None:
    study = create_study(protocol=protocol_of_blocks(quality()))
    with pytest.raises(IntegrityError), transaction.atomic():
        Study.objects.filter(pk=study.pk).update(state=Study.State.OPEN)


def test_what_is_shown_is_normalised_and_blinded() -> None:
    opened(quality())
    for exhibit in Exhibit.objects.all():
        assert exhibit.digest == content_digest(exhibit.content)
        shown = str(exhibit.content)
        assert "@12" not in shown
        assert "north" not in shown
        assert "The Long Walk" in shown
        assert exhibit.content["turns"][0]["indices"] == [0, 1]
        assert exhibit.probability == pytest.approx(3 / 12)


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    first = opened(quality(size=5), pairs(size=5))

    def drawn(study: Study) -> list[tuple[int, ...]]:
        return list(Exhibit.objects.filter(block__study=study).order_by("pk").values_list("block__number", "dialogue"))

    again = open_study(study=copy_study(study=first))
    other = open_study(
        study=create_study(protocol=protocol_of_blocks(quality(size=5), pairs(size=5), seed=8), slug="o")
    )
    assert drawn(first) == drawn(again) != drawn(other)


def test_later_blocks_draw_from_what_earlier_ones_left() -> None:
    study = opened(quality(size=5), pairs(size=7))
    by_block = {number: set(ids) for number, ids in ((n, _dialogues(study, n)) for n in (1, 2))}
    assert not by_block[1] & by_block[2]
    assert {round(e.probability, 6) for e in Exhibit.objects.filter(block__number=2)} == {round(7 / 12, 6)}
    assert {round(u.probability, 6) for u in Unit.objects.filter(block__number=2)} == {round(7 / 144, 6)}


def test_carrying_over_allows_the_same_dialogues_again() -> None:
    study = opened(
        quality(size=12), pairs(size=12).replace("[[block.sample]]", "carry_over = true\n[[block.sample]]", 1)
    )
    assert set(_dialogues(study, 1)) == set(_dialogues(study, 2))


def test_too_few_dialogues_are_refused_with_block_dataset_and_numbers() -> None:
    with pytest.raises(StudyError) as refused:
        opened(quality(size=5), pairs(size=8))
    message = str(refused.value)
    assert "block 2, sample 1: 8 dialogues of “north” are needed, 7 are available" in message
    assert "12 match the filter, 5 of them are taken" in message
    assert not Unit.objects.exists()


def test_a_dataset_that_does_not_exist_or_is_not_whole_is_refused() -> None:
    make_dataset("north", 3)
    half = make_dataset("south", 3)
    Dataset.objects.filter(pk=half.pk).update(origin=Dataset.Origin.IMPORTED)
    Import.objects.create(dataset=half, state=Import.State.RUNNING, format="x", filename="x", sha256="0" * 64)
    with pytest.raises(StudyError, match="block 1, sample 2: dataset “south” does not exist, or its import is not"):
        open_study(study=create_study(protocol=protocol_of_blocks(quality())))


def test_filters_choose_the_frame() -> None:
    make_dataset("north", 6)
    make_dataset("south", 6)
    Utterance.objects.filter(dialogue__external_id__in=["north-2", "north-4", "north-5"], index=1).update(
        text="A whale?"
    )
    block = quality().replace("size = 3", 'size = 3\nfilter = { search = "WHALE" }', 1)
    study = open_study(study=create_study(protocol=protocol_of_blocks(block)))
    names = Exhibit.objects.filter(block__study=study, dataset__slug="north").values_list("dialogue__external_id")
    assert {name for (name,) in names} == {"north-2", "north-4", "north-5"}
    assert {e.probability for e in Exhibit.objects.filter(dataset__slug="north")} == {1.0}


def profiled(slug: str, whose: dict[int, str]) -> None:
    """Let dialogues of a dataset be of people with these profiles, all in one situation."""
    made = Dataset.objects.get(slug=slug)
    for number, profile in whose.items():
        person, _new = made.people.get_or_create(external_id=f"{slug}-{profile}", defaults={"profile": profile})
        made.dialogues.filter(number=number).update(person=person, situation="Find a film.")


def test_pairs_of_the_same_profile_and_scenario_differ_in_the_system_alone() -> None:
    make_dataset("north", 6)
    make_dataset("south", 6)
    profiled("north", {1: "anna", 2: "anna", 3: "ben", 4: "carl"})
    profiled("south", {1: "ben", 2: "anna", 3: "dora", 4: "carl"})
    Dialogue.objects.filter(dataset__slug="south", number=4).update(situation="Find a book.")
    study = create_study(
        protocol=protocol_of_blocks(pairs(size=2).replace('"random"', '"matched"\nkey = "person-scenario"'))
    )
    texts = [finding.text for finding in preflight(study) if finding.level == "info"]
    assert (
        "Block 1: 2 pairs of the same profile and scenario can be formed, 2 are drawn. Without a partner: "
        "4 of 6 dialogues of “north”, 4 of 6 dialogues of “south”."
    ) in texts
    open_study(study=study)
    found = {}
    for unit in Unit.objects.filter(block__study=study):
        assert unit.second is not None
        one, other = unit.first.dialogue, unit.second.dialogue
        assert one is not None
        assert other is not None
        assert one.person is not None
        assert other.person is not None
        assert (one.person.profile, one.situation) == (other.person.profile, other.situation)
        found[one.person.profile] = unit.probability
    assert found == {"anna": pytest.approx(0.5), "ben": pytest.approx(1.0)}
    assert check_study(study).ok
    block = pairs(size=3).replace('"random"', '"matched"\nkey = "person-scenario"')
    more = create_study(protocol=protocol_of_blocks(block), slug="more")
    with pytest.raises(StudyError, match="3 pairs with the same profile and scenario are needed, 2 can be formed"):
        open_study(study=more)


def test_pairs_can_be_matched_on_their_scenario() -> None:
    study = opened(pairs(size=6).replace('"random"', '"matched"\nkey = "scenario"'))
    for unit in Unit.objects.filter(block__study=study):
        assert unit.second is not None
        assert unit.first.dialogue.scenario == unit.second.dialogue.scenario
        assert unit.first.dataset.slug == "north"
        assert unit.second.dataset.slug == "south"


def test_too_few_matches_are_refused() -> None:
    with pytest.raises(StudyError, match="block 1: 4 pairs with the same person are needed, 0 can be formed"):
        opened(pairs(size=4).replace('"random"', '"matched"\nkey = "person"'))


def test_closing_returns_what_is_out_and_checks_the_study(amira: User) -> None:
    study = opened(quality())
    (ben,) = people(study, 1)
    assignment = claim(annotator=ben)
    assert assignment
    close_study(study=study, by=amira)
    assignment.refresh_from_db()
    assert assignment.state == Assignment.State.RETURNED
    assert claim(annotator=ben) is None
    assert study.events.get(kind="closed").detail == {"leases_returned": 1}
    assert study.events.get(kind="checked").detail["ok"] is True


def test_a_study_closes_once() -> None:
    study = opened(quality())
    close_study(study=study)
    with pytest.raises(StudyError, match="Only an open study"):
        close_study(study=study)


def test_a_copy_is_a_draft_of_its_own(amira: User) -> None:
    study = opened(quality())
    first, second = copy_study(study=study, by=amira), copy_study(study=study, by=amira)
    assert (first.slug, second.slug) == ("north-v-south-2", "north-v-south-3")
    assert first.title == "North v. South (copy)"
    assert first.protocol["block"] == study.protocol["block"]


def _dialogues(study: Study, number: int) -> list[int]:
    rows = Exhibit.objects.filter(block__study=study, block__number=number)
    return list(rows.values_list("dialogue", flat=True))
