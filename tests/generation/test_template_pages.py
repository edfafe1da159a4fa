"""Amira looks at templates, makes one of her own, changes it, takes it out of use and back."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crsapp.accounts.models import User
from generation.models import DialogueTemplate
from generation.reviews.grammar import BUILT_IN
from generation.reviews.template_files import as_csv, steps_as_json
from generation.reviews.templates import Step, Template
from generation.services.templates import state_of, usable_templates

pytestmark = pytest.mark.django_db
LIST = "/generate/templates/"
GOOD = BUILT_IN["T1a-L-L0"].steps


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def own(name: str = "Mine", steps: Sequence[Step] = GOOD, **changes: Any) -> DialogueTemplate:
    return DialogueTemplate.objects.create(name=name, utterances=steps_as_json(steps), **changes)


def fields(steps: Sequence[Step], **more: str) -> dict[str, Any]:
    """The editor's form as the browser sends it."""
    data: dict[str, Any] = {"count": str(len(steps)), "name": "Mine", "seen": "", "before": "", **more}
    for number, step in enumerate(steps):
        data[f"u{number}-speaker"] = step.speaker
        data[f"u{number}-goal"] = list(step.goals)
    return data


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_all_are_listed_as_little_scripts(site: Client) -> None:
    page = site.get(LIST)
    assert "168 templates" in text(page)
    assert "opens with an item they liked, and why" in text(page)
    assert len(page.context["scripts"]) == 24


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("suggestions=2", 56),
        ("shortest=16", 2),
        ("longest=6", 12),
        ("goals=SG07&goals=SG01", 16),
        ("kind=own", 0),
        ("kind=archived", 0),
        ("suggestions=9&shortest=x", 168),
    ],
)
def test_filters_narrow_the_list_and_the_file(site: Client, query: str, count: int) -> None:
    assert site.get(f"{LIST}?{query}").context["page"].paginator.count == count
    exported = json.loads(site.get(f"{LIST}export/json/?{query}").content)
    assert len(exported["templates"]) == count


def test_a_filter_that_is_not_understood_is_said(site: Client) -> None:
    assert "This filter is left out." in text(site.get(f"{LIST}?shortest=x"))


def test_without_own_templates_the_page_offers_the_first_step(site: Client) -> None:
    assert "No templates of your own yet" in text(site.get(f"{LIST}?kind=own"))
    assert "Nothing is archived" in text(site.get(f"{LIST}?kind=archived"))
    assert "No template found" in text(site.get(f"{LIST}?suggestions=1&shortest=16"))


def test_the_list_takes_few_queries(site: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        own(f"Mine {number}")
    with django_assert_max_num_queries(6):
        site.get(LIST)


def test_a_built_in_one_is_read_and_copied(site: Client) -> None:
    page = site.get(f"{LIST}built-in/T3g-D-L3/")
    assert "suggests an item the user dislikes" in text(page)
    assert "(disliked item 2)" in text(page)
    copy = site.get(f"{LIST}new/?from=T3g-D-L3")
    assert copy.context["name"] == "Copy of T3g-D-L3"
    assert copy.context["script"].template.steps == BUILT_IN["T3g-D-L3"].steps
    assert site.get(f"{LIST}built-in/T9z-D-L3/").status_code == 404


def test_a_new_one_is_saved(site: Client, amira: User) -> None:
    answer = site.post(f"{LIST}new/", fields(GOOD, do="save"))
    made = DialogueTemplate.objects.get()
    assert answer.headers["Location"] == f"{LIST}{made.pk}/"
    assert (made.name, made.template.steps, made.created_by) == ("Mine", GOOD, amira)
    assert made.template in usable_templates()


@pytest.mark.database
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Give the template a name."),
        ("x" * 101, "at most 100 letters"),
        ("a\nb", "at most 100 letters"),
        ("t1a-l-l0", "the name of a built-in template"),
        ("mine", "There is a template “mine” already."),
    ],
)
def test_a_name_that_will_not_do_keeps_what_was_done(site: Client, name: str, words: str) -> None:
    own()
    answer = site.post(f"{LIST}new/", fields(GOOD, name=name))
    assert answer.status_code == 422
    assert words in text(answer)
    assert answer.context["script"].template.steps == GOOD
    assert DialogueTemplate.objects.count() == 1


def test_one_with_faults_is_kept_but_no_dialogue_is_made_from_it(site: Client) -> None:
    site.post(f"{LIST}new/", fields(GOOD[:3]))
    made = DialogueTemplate.objects.get()
    assert "are to be changed before dialogues can be made from it" in text(site.get(f"{LIST}{made.pk}/"))
    assert made.template not in usable_templates()
    assert len(usable_templates()) == 168


def test_a_change_is_saved(site: Client) -> None:
    kept = own()
    site.post(f"{LIST}{kept.pk}/edit/", fields(BUILT_IN["T1b-L-L0"].steps, seen=state_of(kept), name="Better"))
    kept.refresh_from_db()
    assert (kept.name, kept.template.steps) == ("Better", BUILT_IN["T1b-L-L0"].steps)


@pytest.mark.database
def test_what_somebody_else_changed_meanwhile_is_not_overwritten_unseen(site: Client) -> None:
    kept = own()
    seen = state_of(kept)
    own_work, theirs = BUILT_IN["T1b-L-L0"].steps, BUILT_IN["T1c-L-L0"].steps
    DialogueTemplate.objects.filter(pk=kept.pk).update(utterances=steps_as_json(theirs))
    answer = site.post(f"{LIST}{kept.pk}/edit/", fields(own_work, seen=seen))
    assert answer.status_code == 409
    kept.refresh_from_db()
    assert kept.template.steps == theirs
    assert answer.context["script"].template.steps == own_work
    site.post(f"{LIST}{kept.pk}/edit/", fields(own_work, seen=answer.context["seen"]))
    kept.refresh_from_db()
    assert kept.template.steps == own_work


@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("up-1", "S:SG08+SG11 U:SG02 U:SG14"),
        ("down-1", "U:SG02 U:SG14 S:SG08+SG11"),
        ("remove-1", "U:SG02 U:SG14"),
        ("after-0", "U:SG02 S: S:SG08+SG11 U:SG14"),
        ("add", "U:SG02 S:SG08+SG11 U:SG14 S:"),
        ("goal-0", "U:SG02 S:SG08+SG11 U:SG14"),
        ("drop-1-0", "U:SG02 S:SG11 U:SG14"),
        ("earlier-1-1", "U:SG02 S:SG11+SG08 U:SG14"),
        ("up-0", "U:SG02 S:SG08+SG11 U:SG14"),
        ("down-2", "U:SG02 S:SG08+SG11 U:SG14"),
        ("remove-99", "U:SG02 S:SG08+SG11 U:SG14"),
        ("earlier-0-0", "U:SG02 S:SG08+SG11 U:SG14"),
        ("drop-1-x", "U:SG02 S:SG08+SG11 U:SG14"),
        ("nonsense", "U:SG02 S:SG08+SG11 U:SG14"),
    ],
)
def test_each_button_of_the_editor_with_scripts_and_without(site: Client, action: str, after: str) -> None:
    for address in (f"{LIST}draft/", f"{LIST}new/"):
        answer = site.post(address, fields(GOOD[:3], do=action))
        assert " ".join(map(str, answer.context["script"].template.steps)) == after
        changed = after != "U:SG02 S:SG08+SG11 U:SG14" or action == "goal-0"
        assert answer.context["before"] == ("U:SG02 S:SG08+SG11 U:SG14" if changed else "")
    assert not DialogueTemplate.objects.exists()


def test_the_last_step_is_undone(site: Client) -> None:
    removed = site.post(f"{LIST}draft/", fields(GOOD, do="remove-0"))
    back = site.post(f"{LIST}draft/", fields(GOOD[1:], do="undo", before=removed.context["before"]))
    assert back.context["script"].template.steps == GOOD
    strange = site.post(f"{LIST}draft/", fields(GOOD, do="undo", before="<script> X"))
    assert strange.status_code == 200


def test_the_rules_words_stand_beside_the_utterance(site: Client) -> None:
    broken = (*GOOD[:2], Step("user", ("SG17",)), *GOOD[3:])
    said = text(site.post(f"{LIST}draft/", fields(broken)))
    beside = said.partition('id="says-3"')[2].partition("</div>")[0]
    assert "is to be accepted. Accept it here" in beside
    assert "2 things to change" not in text(site.post(f"{LIST}draft/", fields(GOOD)))
    assert "Nothing to change" in text(site.post(f"{LIST}draft/", fields(GOOD)))


def test_hostile_fields_are_read_as_far_as_they_make_sense(site: Client) -> None:
    data = {"count": "999999999", "u0-speaker": "<b>", "u0-goal": ["<script>"] * 99, "do": "goal-0", "before": "U:<b>"}
    answer = site.post(f"{LIST}draft/", data)
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().replace("<script src", "")
    assert len(answer.context["utterances"]) == 40


@pytest.mark.database
def test_archived_and_taken_back(site: Client) -> None:
    kept = own()
    for _time in range(2):
        page = site.post(f"{LIST}{kept.pk}/archive/", follow=True)
        assert "Undo" in text(page)
    assert kept.template not in usable_templates()
    assert site.get(f"{LIST}?kind=archived").context["page"].paginator.count == 1
    assert site.get(LIST).context["page"].paginator.count == 168
    site.post(f"{LIST}{kept.pk}/restore/")
    assert kept.template in usable_templates()


def upload(site: Client, content: str | bytes) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return site.post(f"{LIST}import/", {"file": SimpleUploadedFile("t.csv", raw)}, follow=True)


@pytest.mark.database
def test_a_file_of_templates_is_imported_once(site: Client) -> None:
    exported = site.get(f"{LIST}export/csv/?suggestions=1").content
    assert "0 templates imported. 56 were here already." in text(upload(site, exported))
    mine = as_csv([Template("Mine", GOOD), Template("Half", GOOD[:3]), Template("T1a-L-L0", GOOD[:3])])
    assert "3 templates imported. 2 need changes" in text(upload(site, mine))
    assert sorted(DialogueTemplate.objects.values_list("name", flat=True)) == ["Half", "Mine", "T1a-L-L0 2"]
    upload(site, as_csv([Template("Mine", GOOD)]))
    assert DialogueTemplate.objects.count() == 3


def test_what_is_exported_comes_back(site: Client) -> None:
    own("=1+1", GOOD)
    rows = list(csv.DictReader(io.StringIO(site.get(f"{LIST}export/csv/?kind=own").content.decode())))
    assert rows[0]["template"] == "'=1+1"
    assert "1 was here already." in text(upload(site, site.get(f"{LIST}export/csv/?kind=own").content))
    assert site.get(f"{LIST}export/xml/").status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("template,speaker,goals\nmine,user,SG77\n", "“mine”, utterance 1: “SG77” is no goal"),
        (b"\xff\xfe", "not text in UTF-8"),
        (b"", "The file is empty."),
        ("x" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(site: Client, content: str | bytes, words: str) -> None:
    answer = upload(site, content)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not DialogueTemplate.objects.exists()


def test_names_are_shown_escaped(site: Client) -> None:
    kept = own("<script>alert(1)</script>")
    for address in (LIST, f"{LIST}{kept.pk}/", f"{LIST}{kept.pk}/edit/", f"{LIST}new/?from={kept.pk}"):
        assert "<script>alert" not in site.get(address).content.decode()
