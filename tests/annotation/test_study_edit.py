"""The builder's steps: a draft is read from the forms, saved as each is left, and never lost to somebody else."""

import json
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Study
from annotation.protocol import Protocol
from annotation.services.material import protocol_of
from annotation.services.studies import create_study, open_study
from annotation.starts import instrument_example, start
from crsapp.accounts.models import User
from tests.annotation.stories import make_dataset, pairs, protocol_of_blocks, quality

pytestmark = pytest.mark.django_db


def address(study: Study, step: str) -> str:
    return reverse("annotation:study-edit", args=[study.slug, step])


def form_of(client: Client, study: Study, step: str) -> dict[str, str]:
    """What a browser would send of the page as it is, without changing anything."""
    response = client.get(address(study, step))
    page = response.context["page"]
    data = {"base": unescape(re.search(r'name="base" value="([^"]*)"', response.content.decode())[1])}  # type: ignore[index]
    for form in page.forms():
        for field in form:
            value = field.value()
            if value in (None, "", False, []):
                continue
            data[field.html_name] = "on" if value is True else value
    return data


@pytest.fixture
def desk(client: Client, amira: User) -> Client:
    """Amira, signed in, with two datasets."""
    make_dataset("north", 12)
    make_dataset("south", 12)
    client.force_login(amira)
    return client


@pytest.fixture
def study(desk: Client) -> Study:
    return create_study(protocol=protocol_of_blocks(quality(), pairs()))


def saved(study: Study) -> Protocol:
    study.refresh_from_db()
    return protocol_of(study)


@pytest.mark.parametrize("step", ["compare", "ask", "who"])
def test_saving_without_a_change_changes_nothing(desk: Client, study: Study, step: str) -> None:
    before = saved(study)
    answer = desk.post(address(study, step), {**form_of(desk, study, step), "do": "next"})
    assert answer.status_code == 302
    assert saved(study) == before


def test_amira_chooses_what_to_compare(desk: Client, study: Study) -> None:
    data = form_of(desk, study, "compare") | {
        "title": "North against South",
        "b0-name": "Every utterance",
        "b0s1-size": "5",
        "b0s1-min_turns": "2",
        "b0s1-search": "worth",
        "b1-pairing": "scenario",
        "do": "stay",
    }
    desk.post(address(study, "compare"), data)
    protocol = saved(study)
    assert (study.title, protocol.blocks[0].name) == ("North against South", "Every utterance")
    sample = protocol.blocks[0].samples[1]
    assert (sample.size, sample.filter.min_turns, sample.filter.search) == (5, 2, "worth")
    assert protocol.blocks[1].pairing is not None
    assert (protocol.blocks[1].pairing.method, protocol.blocks[1].pairing.key) == ("matched", "scenario")


def test_pairs_follow_the_smaller_sample_until_a_number_is_given(desk: Client, study: Study) -> None:
    fewer = {"b1s0-size": "3", "b1s1-size": "2", "do": "stay"}
    desk.post(address(study, "compare"), form_of(desk, study, "compare") | fewer)
    assert [block.pairing.size for block in saved(study).blocks if block.pairing] == [2]
    desk.post(address(study, "compare"), form_of(desk, study, "compare") | {"b1-pairs": "1", "do": "stay"})
    desk.post(address(study, "compare"), form_of(desk, study, "compare") | {"b1s1-size": "3", "do": "stay"})
    assert [block.pairing.size for block in saved(study).blocks if block.pairing] == [1]


def test_blocks_are_added_moved_and_removed(desk: Client) -> None:
    study = create_study(protocol=start("blank"), slug="films")
    for do, names in [
        ("add-dialogue", ["Dialogues"]),
        ("add-pair", ["Dialogues", "Pairs"]),
        ("up-1", ["Pairs", "Dialogues"]),
        ("down-0", ["Dialogues", "Pairs"]),
        ("sample-0", ["Dialogues", "Pairs"]),
        ("remove-0", ["Pairs"]),
        ("remove-7", ["Pairs"]),
        ("up-0", ["Pairs"]),
        ("dance", ["Pairs"]),
    ]:
        data = {**form_of(desk, study, "compare"), "title": "Films", "do": do}
        assert desk.post(address(study, "compare"), data).status_code == 302
        assert [block.name for block in saved(study).blocks] == names


def test_every_instrument_that_suits_a_block_is_offered_and_the_only_one_is_chosen_beforehand(desk: Client) -> None:
    study = create_study(protocol=start("blank"), slug="films")
    for do in ("add-dialogue", "add-pair"):
        desk.post(address(study, "compare"), {**form_of(desk, study, "compare"), "title": "Films", "do": do})
    assert [block.instruments for block in saved(study).blocks] == [(), ("overall-preference",)]
    assert [instrument.slug for instrument in saved(study).instruments] == ["overall-preference"]
    page = desk.get(address(study, "ask")).content.decode()
    offered = re.findall(r'name="b(\d)-instruments" value="([\w-]+)"[^>]*?( checked)?>', page)
    assert {slug for block, slug, _ in offered if block == "0"} == {
        "utterance-quality", "recllmsim-quality", "user-intent", "hallucination"
    }  # fmt: skip
    assert [slug for block, slug, _ in offered if block == "1"] == ["overall-preference"]
    assert "Beside the dialogue: task, profile" in page


def test_a_dataset_of_a_block_is_removed_even_where_its_fields_are_wrong(desk: Client, study: Study) -> None:
    data = form_of(desk, study, "compare") | {"b0s0-size": "none", "do": "remove-0-0"}
    desk.post(address(study, "compare"), data)
    assert [sample.dataset for sample in saved(study).blocks[0].samples] == ["south"]


def test_wrong_figures_are_refused_beside_the_field_and_nothing_is_lost(desk: Client, study: Study) -> None:
    before = saved(study)
    data = form_of(desk, study, "compare") | {
        "title": "A new title",
        "b0s0-min_turns": "9",
        "b0s0-max_turns": "3",
        "b0s1-size": "0",
        "do": "next",
    }
    answer = desk.post(address(study, "compare"), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "At most 3 is less than at least 9." in page
    assert "greater than or equal to 1" in page
    assert 'value="A new title"' in page
    assert saved(study) == before


def test_what_can_be_drawn_is_said_while_one_types(desk: Client, study: Study) -> None:
    live = reverse("annotation:study-consequences", args=[study.slug, "compare"])
    data = form_of(desk, study, "compare")
    assert "12 dialogues fit" in desk.post(live, data).content.decode()
    page = desk.post(live, data | {"b0s0-size": "13"}).content.decode()
    assert "Only 12 dialogues fit; 13 cannot be drawn." in page
    assert "Only 0 dialogues fit" in desk.post(live, data | {"b0s0-min_turns": "50"}).content.decode()
    assert "12 dialogues fit" in desk.post(live, data | {"b0s0-size": "rubbish"}).content.decode()
    assert saved(study) == protocol_of_blocks(quality(), pairs())


def test_amira_asks_something_of_her_own(desk: Client, study: Study) -> None:
    data = form_of(desk, study, "ask") | {
        "b0-own": instrument_example("dialogue"),
        "b0-reveal": "whole",
        "b1-ties": "on",
        "guidelines": "Read **all** of it.\r\n\r\nThen judge.",
        "do": "next",
    }
    answer = desk.post(address(study, "ask"), data)
    assert answer["Location"] == address(study, "who")
    protocol = saved(study)
    assert protocol.blocks[0].instruments == ("utterance-quality", "helpfulness")
    assert [one.slug for one in protocol.instruments] == ["utterance-quality", "helpfulness", "overall-preference"]
    assert (protocol.blocks[0].reveal, protocol.blocks[1].ties) == ("whole", True)
    assert protocol.guidelines == "Read **all** of it.\n\nThen judge."
    # It is offered from now on, and stays when the page is saved again.
    desk.post(address(study, "ask"), {**form_of(desk, study, "ask"), "do": "stay"})
    assert saved(study) == protocol


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("slug = ", "This is not TOML"),
        ('slug = "mine"\ntitle = "Mine"\n', "it asks nothing"),
        (instrument_example("pair"), "asks about something that this block does not show"),
    ],
)
def test_an_instrument_that_cannot_be_asked_is_refused_with_its_text(
    desk: Client, study: Study, text: str, words: str
) -> None:
    before = saved(study)
    answer = desk.post(address(study, "ask"), {**form_of(desk, study, "ask"), "b0-own": text, "do": "next"})
    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert words in page
    assert text.strip() in page
    assert saved(study) == before


def test_who_and_how_many_with_the_cost(desk: Client, study: Study) -> None:
    data = form_of(desk, study, "who") | {"b0-annotators": "5", "b1-design": "overlap", "seed": "11", "pay": "20"}
    live = desk.post(reverse("annotation:study-consequences", args=[study.slug, "who"]), data).content.decode()
    assert "6 × 5 = 30" in live
    assert "cost" in live
    desk.post(address(study, "who"), {**data, "do": "next"})
    protocol = saved(study)
    assert (protocol.seed, protocol.blocks[0].annotators, protocol.blocks[1].design) == (11, 5, "overlap")
    assert 'value="20.00"' in desk.get(address(study, "who")).content.decode().replace('value="20"', 'value="20.00"')


def test_two_researchers_at_once_neither_is_overwritten_silently(desk: Client, study: Study) -> None:
    mine = form_of(desk, study, "compare") | {"b0-name": "Mine", "do": "stay"}
    theirs = form_of(desk, study, "who") | {"b0-annotators": "9", "do": "stay"}
    desk.post(address(study, "who"), theirs)
    answer = desk.post(address(study, "compare"), mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else saved this draft" in page
    assert 'value="Mine"' in page
    assert saved(study).blocks[0].name == "Quality"
    again = mine | {"base": answer.context["base"], "over": answer.context["conflict"], "do": "over"}
    assert desk.post(address(study, "compare"), again).status_code == 302
    assert (saved(study).blocks[0].name, saved(study).blocks[0].annotators) == ("Mine", 9)


def test_a_conflict_after_a_block_was_removed_says_what_saving_would_undo(desk: Client, study: Study) -> None:
    mine = form_of(desk, study, "compare") | {"b1-name": "Mine", "do": "stay"}
    desk.post(address(study, "compare"), {**form_of(desk, study, "compare"), "do": "remove-0"})
    answer = desk.post(address(study, "compare"), mine)
    assert answer.status_code == 409
    assert "puts the draft back to what you saw" in answer.content.decode()
    desk.post(address(study, "compare"), {**mine, "over": answer.context["conflict"], "do": "over"})
    assert [block.name for block in saved(study).blocks] == ["Quality", "Mine"]


def test_saving_over_is_refused_when_a_third_came_in_between(desk: Client, study: Study) -> None:
    mine = form_of(desk, study, "compare") | {"b0-name": "Mine", "do": "over", "over": "0" * 64}
    assert desk.post(address(study, "compare"), mine).status_code == 409
    assert saved(study).blocks[0].name == "Quality"


@pytest.mark.parametrize("base", ["", "{", "[1]", '{"block": 3}', "[" * 50_000])
def test_a_form_whose_memory_is_broken_falls_back_to_the_draft(desk: Client, study: Study, base: str) -> None:
    data = {**form_of(desk, study, "compare"), "base": base, "title": "Still works", "do": "stay"}
    assert desk.post(address(study, "compare"), data).status_code == 302
    assert saved(study).title == "Still works"


def test_the_last_step_says_what_is_missing_and_opens_once(desk: Client, study: Study) -> None:
    empty = create_study(protocol=start("blank"), slug="films")
    page = desk.get(address(empty, "open")).content.decode()
    assert "It cannot be opened yet" in page
    assert "no block yet" in page
    assert "Open the study</button>" in desk.get(address(study, "open")).content.decode()
    opening = reverse("annotation:study-open", args=[study.slug])
    for _ in range(2):
        assert desk.post(opening)["Location"] == reverse("annotation:study-detail", args=[study.slug])
    study.refresh_from_db()
    assert study.state == Study.State.OPEN
    assert study.events.filter(kind="opened").count() == 1


def test_a_draft_that_cannot_open_says_why(desk: Client) -> None:
    study = create_study(protocol=protocol_of_blocks(quality(size=40)))
    answer = desk.post(reverse("annotation:study-open", args=[study.slug]), follow=True)
    assert "40 dialogues of “north” are needed, 12 are available" in answer.content.decode()
    study.refresh_from_db()
    assert study.state == Study.State.DRAFT


def test_an_open_study_is_not_edited(desk: Client, study: Study) -> None:
    data = form_of(desk, study, "compare") | {"title": "Too late", "do": "stay"}
    open_study(study=study)
    answer = desk.post(address(study, "compare"), data, follow=True)
    assert "its protocol is frozen" in answer.content.decode()
    assert saved(study).title == "North v. South"


def test_a_draft_is_deleted_once_and_an_open_study_never(desk: Client, study: Study) -> None:
    delete = reverse("annotation:study-delete", args=[study.slug])
    copied = create_study(protocol=protocol_of_blocks(quality()), slug="kept")
    open_study(study=copied)
    assert desk.post(delete).status_code == 302
    assert desk.post(delete).status_code == 302
    answer = desk.post(reverse("annotation:study-delete", args=[copied.slug]), follow=True)
    assert "only a draft can be deleted" in answer.content.decode()
    assert list(Study.objects.values_list("slug", flat=True)) == ["kept"]


@pytest.mark.parametrize("step", ["compare", "ask", "who", "open"])
def test_ben_and_mallory_are_refused(client: Client, ben: User, step: str) -> None:
    study = create_study(protocol=protocol_of_blocks(quality()))
    assert client.get(address(study, step)).status_code == 302
    client.force_login(ben)
    assert client.get(address(study, step)).status_code == 403
    assert client.post(address(study, step), {"do": "add-pair"}).status_code == 403
    assert client.post(reverse("annotation:study-delete", args=[study.slug])).status_code == 403
    assert len(saved(study).blocks) == 1


def test_forms_need_their_token(amira: User) -> None:
    study = create_study(protocol=protocol_of_blocks(quality()))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(amira)
    assert strict.post(address(study, "compare"), {"base": json.dumps(study.protocol)}).status_code == 403
    assert strict.post(reverse("annotation:study-open", args=[study.slug])).status_code == 403


def test_each_step_asks_the_database_a_few_times(
    desk: Client, study: Study, django_assert_max_num_queries: object
) -> None:
    for step in ("compare", "ask", "who"):
        with django_assert_max_num_queries(8):  # type: ignore[operator]
            desk.get(address(study, step))
