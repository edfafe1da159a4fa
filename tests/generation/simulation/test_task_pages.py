"""Amira browses scenarios, ticks them, writes a task of her own, changes it, and brings published ones in."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crsapp.accounts.models import User
from generation.models import OwnTask, TickedScenario
from generation.services.simulation.scenarios import scenarios_ticked, tick
from generation.services.simulation.tasks import change_task, state_of
from generation.simulation.drafts import draft_of
from generation.simulation.scenarios import still_open
from generation.simulation.tasks import BUILT_IN

pytestmark = pytest.mark.django_db
LIST = "/generate/scenarios/"
GIFTS = f"{LIST}gifts/"
HTMX = {"HX-Request": "true"}
FILM = {
    "title": "choosing a film",
    "language": "en",
    "description": "You watch a film with {{company}}, {{day}}.",
    "v0-name": "company",
    "v0-title": "Company",
    "v0-options": "alone: nobody else\nchildren: two children",
    "v1-name": "day",
    "v1-options": "tonight\nsunday (by company):\n  children: on a rainy Sunday",
}


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def film(site: Client, **changed: str) -> OwnTask:
    answer = site.post(f"{LIST}new/", {**FILM, **changed})
    assert answer.status_code == 302, text(answer)
    return OwnTask.objects.get()


def ticked() -> list[tuple[str, int]]:
    return [(one.task, one.number) for one in scenarios_ticked()]


def test_the_four_tasks_are_there_with_how_many_are_ticked(site: Client) -> None:
    tick(task=BUILT_IN["gifts"], numbers=[0, 5], on=True)
    page = text(site.get(LIST))
    for words in ("Planning a trip", "Learning a skill", "Cooking a meal", "2 of 12 ticked", "0 of 18 ticked"):
        assert words in page
    assert "2 scenarios are ticked" in page


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", range(12)),
        ("recipient=teacher", [0, 1, 2]),
        ("recipient=nephew&occasion=festival", [8]),
        ("show=ticked", [4]),
        ("show=unticked&recipient=grandmother", [3, 5]),
        ("recipient=nobody", range(12)),
    ],
)
def test_the_cross_product_is_filtered(site: Client, query: str, numbers: Any) -> None:
    tick(task=BUILT_IN["gifts"], numbers=[4], on=True)
    page = site.get(f"{GIFTS}?{query}", headers={**HTMX, "HX-Target": "scenarios"})
    assert [one["scenario"].number for one in page.context["lines"]] == list(numbers)
    assert "<html" not in text(page)


def test_what_is_ticked_on_the_page_is_saved_at_once_and_alone(site: Client) -> None:
    tick(task=BUILT_IN["gifts"], numbers=[0, 9], on=True)
    said = {"shown": ["0", "1", "2"], "ticked": ["1", "2", "7", "x"]}
    answer = site.post(f"{GIFTS}tick/", said, headers=HTMX)
    assert "3 of 12 scenarios are ticked" in text(answer)
    assert ticked() == [("gifts", 1), ("gifts", 2), ("gifts", 9)]
    assert TickedScenario.objects.ticked()[0].created_by


def test_without_scripts_the_page_comes_back_where_it_was(site: Client) -> None:
    answer = site.post(f"{LIST}travel/tick/?season=winter&page=1", {"shown": ["9"], "ticked": ["9"]})
    assert answer.headers["Location"] == f"{LIST}travel/?season=winter&page=1"


def test_all_none_and_a_sample_of_what_is_shown(site: Client) -> None:
    site.post(f"{GIFTS}tick/?recipient=teacher", {"do": "all"})
    assert ticked() == [("gifts", n) for n in (0, 1, 2)]
    site.post(f"{GIFTS}tick/?recipient=nephew", {"do": "sample", "count": "2", "seed": "5"})
    drawn = ticked()
    assert len(drawn) == 5
    assert all(6 <= number <= 8 for _task, number in drawn[3:])
    site.post(f"{GIFTS}tick/?recipient=nephew", {"do": "sample", "count": "2", "seed": "5"})
    assert ticked() == drawn
    site.post(f"{GIFTS}tick/?recipient=teacher", {"do": "none"})
    assert ticked() == drawn[3:]


def test_a_sample_without_a_number_changes_nothing_and_says_so(site: Client) -> None:
    tick(task=BUILT_IN["gifts"], numbers=[4], on=True)
    answer = site.post(f"{GIFTS}tick/", {"do": "sample", "count": "many"}, follow=True)
    assert "A sample needs a number of scenarios and a seed." in text(answer)
    assert ticked() == [("gifts", 4)]


def test_a_task_is_written_with_a_preview_at_once(site: Client) -> None:
    first = site.post(f"{LIST}draft/", {"title": "x", "description": "A film with {{company}}."}, headers=HTMX)
    assert 'name="v0-name" value="company"' in text(first)
    assert "it needs an option" in text(first)
    said = {**FILM, "v0-options": "alone: nobody\nfriend: {{friend}}"}
    more = text(site.post(f"{LIST}draft/", said, headers=HTMX))
    assert 'name="v2-name" value="friend"' in more
    assert 'name="v0-name"' not in more
    whole = text(site.post(f"{LIST}draft/", FILM, headers=HTMX))
    assert "3 scenarios" in whole
    assert "You watch a film with two children, on a rainy Sunday." in whole
    assert not OwnTask.objects.exists()


def test_fields_of_a_variable_that_is_named_no_more_go_if_they_are_empty(site: Client) -> None:
    said = {**FILM, "description": "A film {{day}}.", "v0-options": "", "v1-options": "tonight"}
    answer = text(site.post(f"{LIST}draft/", said, headers=HTMX))
    assert '<fieldset id="variable-company" hx-swap-oob="delete">' in answer
    kept = text(site.post(f"{LIST}draft/", {**said, "v0-options": "alone: nobody"}, headers=HTMX))
    assert "hx-swap-oob" not in kept
    assert "nothing uses the variable company" in kept


def test_a_task_is_kept_and_its_scenarios_are_whole(site: Client, amira: User) -> None:
    row = film(site)
    assert (row.slug, row.created_by) == ("choosing-a-film", amira)
    page = site.get(f"{LIST}{row.slug}/")
    texts = [one["scenario"].text for one in page.context["lines"]]
    assert texts == [
        "You watch a film with nobody else, tonight.",
        "You watch a film with two children, tonight.",
        "You watch a film with two children, on a rainy Sunday.",
    ]
    site.post(f"{LIST}{row.slug}/tick/", {"do": "all"})
    assert [one.text for one in scenarios_ticked([row.slug])] == texts


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"title": ""}, "needs a title"),
        ({"title": "Planning a Trip"}, "There is a task “Planning a Trip” already"),
        ({"description": "You watch [FILM] with {{company}} {{day}}."}, "“[FILM]” is still to be filled in"),
        ({"description": "You watch {{ film }} with {{company}} {{day}}."}, "variable film: it needs an option"),
        ({"description": "With {{company}} {{day}} {{Film}}."}, "is no variable"),
        ({"v1-options": ""}, "variable day: it needs an option"),
        ({"v1-options": "sunday (by nobody):\n  x: y"}, "nobody"),
        ({"v1-options": "sunday (by company):\n  uncle: y"}, "“uncle” is no option of company"),
        ({"v1-options": "a: x\na: y"}, "“a” is there twice"),
        ({"v1-options": "sunday (by company):\n  rain"}, "line 2: write “option: text”"),
        ({"v1-options": "loop: {{day}}"}, "in a circle"),
    ],
)
def test_nothing_unresolved_leaves_the_page_and_nothing_typed_is_lost(
    site: Client, changed: dict[str, str], why: str
) -> None:
    answer = site.post(f"{LIST}new/", {**FILM, **changed})
    assert answer.status_code == 422
    assert why in text(answer)
    assert "two children" in text(answer)
    assert not OwnTask.objects.exists()


def test_a_copy_of_a_built_in_one_is_the_same_task(site: Client) -> None:
    page = site.get(f"{LIST}new/?from=gifts")
    draft = page.context["draft"]
    assert draft.title == "Copy of finding a gift"
    assert draft.task().variables == BUILT_IN["gifts"].variables
    assert not page.context["problems"]


def test_a_preview_without_scripts_keeps_what_was_typed(site: Client) -> None:
    answer = site.post(f"{LIST}new/", {**FILM, "do": "look"})
    assert "3 scenarios" in text(answer)
    assert not OwnTask.objects.exists()


def test_a_change_is_told_to_the_scenarios_that_are_ticked(site: Client) -> None:
    row = film(site)
    site.post(f"{LIST}{row.slug}/tick/", {"do": "all"})
    assert "3 scenarios of this task are ticked" in text(site.get(f"{LIST}{row.slug}/edit/"))
    changed = {**FILM, "v0-options": "alone: nobody at all", "v1-options": "tonight", "seen": state_of(row)}
    site.post(f"{LIST}{row.slug}/edit/", changed)
    assert [one.text for one in scenarios_ticked()] == ["You watch a film with nobody at all, tonight."]
    site.post(f"{LIST}{row.slug}/edit/", {**FILM, "seen": state_of(OwnTask.objects.get())})
    site.post(f"{LIST}{row.slug}/tick/", {"do": "all"})
    assert [number for _task, number in ticked()] == [0, 2, 3]


def test_a_number_that_was_given_is_never_anothers(site: Client) -> None:
    row = film(site, **{"v1-options": "tonight"})
    site.post(f"{LIST}{row.slug}/tick/", {"do": "all"})
    more = {"v0-options": f"cat: a cat\n{FILM['v0-options']}", "v1-options": "tonight"}
    site.post(f"{LIST}{row.slug}/edit/", {**FILM, **more, "seen": state_of(row)})
    site.post(f"{LIST}{row.slug}/tick/", {"do": "all"})
    assert [(one.number, one.values["company"]) for one in scenarios_ticked()] == [
        (0, "alone"),
        (1, "children"),
        (2, "cat"),
    ]


def test_who_was_slower_loses_nothing(site: Client) -> None:
    row = film(site)
    seen = state_of(row)
    theirs = draft_of(row.task).task(row.slug)
    change_task(row=row, task=type(theirs)(row.slug, "theirs", theirs.description, theirs.variables), seen=seen)
    answer = site.post(f"{LIST}{row.slug}/edit/", {**FILM, "title": "mine", "seen": seen})
    assert answer.status_code == 409
    assert 'value="mine"' in text(answer)
    assert OwnTask.objects.get().title == "theirs"


def test_archived_it_has_nothing_ticked_and_comes_back(site: Client) -> None:
    row = film(site)
    site.post(f"{LIST}{row.slug}/tick/", {"do": "all"})
    site.post(f"{LIST}{row.slug}/archive/")
    assert ticked() == []
    assert site.post(f"{LIST}{row.slug}/tick/", {"do": "all"}).status_code == 404
    assert "1 archived task" in text(site.get(LIST))
    assert "This task is archived" in text(site.get(f"{LIST}{row.slug}/"))
    site.post(f"{LIST}{row.slug}/restore/")
    assert "Tick its scenarios anew" in text(site.get(f"{LIST}{row.slug}/"))


def test_built_in_ones_are_never_changed(site: Client) -> None:
    for what in ("edit", "archive", "restore"):
        assert site.post(f"{GIFTS}{what}/", FILM).status_code == 404


def test_what_people_wrote_is_text(site: Client) -> None:
    row = film(site, description="<script>alert(1)</script> {{company}} {{day}}", title="<b>film")
    for address in ("", f"{row.slug}/", f"{row.slug}/edit/"):
        said = text(site.get(f"{LIST}{address}"))
        assert "<script>alert" not in said
        assert "<b>film" not in said


def test_what_no_database_takes_is_left_out(site: Client) -> None:
    row = film(site, description="You\x00 watch with {{company}}, {{day}}.\x85", **{"v0-title": "Who\x00"})
    assert row.description == "You watch with {{company}}, {{day}}."
    assert row.task.variables[0].title == "Who"
    upload(site, json.dumps([entry(1, "Make\x00 \ud800tea.")]))
    assert [one.text for one in scenarios_ticked()] == ["Make tea."]


def upload(site: Client, words: str) -> Any:
    return site.post(f"{LIST}import/", {"file": SimpleUploadedFile("s.json", words.encode())}, follow=True)


def entry(number: int, words: str = "Make tea.", **more: str) -> dict[str, Any]:
    return {"task": "making tea", "task_context_id": number, "task_context": words, **more}


def test_scenarios_come_in_ticked_with_their_numbers_and_go_out_again(site: Client) -> None:
    said = [entry(4, "Make green tea.", task_context_zh="泡绿茶。"), entry(7, "Make black tea.")]
    assert "2 scenarios imported." in text(upload(site, json.dumps(said)))
    assert ticked() == [("making-tea", 4), ("making-tea", 7)]
    assert json.loads(site.get(f"{LIST}export/").content) == said
    assert "0 scenarios imported. 2 were here already." in text(upload(site, json.dumps(said)))
    assert "1 scenario imported." in text(upload(site, json.dumps([entry(9, "Make mint tea.")])))
    assert len(ticked()) == 3
    site.post(f"{LIST}making-tea/tick/", {"do": "none"})
    site.post(f"{LIST}making-tea/tick/", {"do": "all"})
    assert ticked() == [("making-tea", 4), ("making-tea", 7), ("making-tea", 9)]
    shown = site.get(f"{LIST}making-tea/").context["lines"]
    assert [(one["number"], one["scenario"].number) for one in shown] == [(4, 4), (7, 7), (9, 9)]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("{", "This is no JSON"),
        ("{}", "should be a list"),
        ("[]", "no scenario in the file"),
        ("[3]", "entry 1: “task”"),
        (json.dumps([entry(1, "Use [TEA].")]), "“[TEA]” is still to be filled in"),
        (json.dumps([entry(1), entry(1)]), "stands in the file twice"),
        (json.dumps([entry(-1)]), "a whole number from 0"),
        (json.dumps([entry(4, "Something else.")]), "is here already, and is another"),
        (json.dumps([{**entry(4), "task": "planning a trip"}]), "There is a task “planning a trip” already"),
    ],
)
def test_a_file_that_cannot_be_used_changes_nothing(site: Client, words: str, why: str) -> None:
    upload(site, json.dumps([entry(4)]))
    answer = upload(site, words)
    assert answer.status_code == 422
    assert why in text(answer)
    assert ticked() == [("making-tea", 4)]


@pytest.mark.shared_data
def test_the_22_published_scenarios_come_in_and_go_out_as_they_were(site: Client, shared_data: Path) -> None:
    words = (shared_data / "recllmsim" / "scenarios.json").read_text()
    assert "22 scenarios imported." in text(upload(site, words))
    found = scenarios_ticked()
    assert len(found) == 22
    assert not [one for one in found if still_open(one.text)]
    kept = [{key: value for key, value in one.items() if key != "conversations"} for one in json.loads(words)]
    assert json.loads(site.get(f"{LIST}export/").content) == kept
    assert {re.sub(r"/\d+$", "", one.id) for one in found} == {one["task"] for one in kept}
