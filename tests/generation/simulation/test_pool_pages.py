"""Amira makes a pool, has a model fill it, brings people in, reads, changes, leaves out and promotes them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.services import run_inline
from generation.models import ExampleProfile, PoolProfile, ProfileEdit, ProfilePool
from generation.services.simulation.pools import profiles_of
from generation.services.simulation.profiles import bring_profiles, change_profile, state_of
from generation.services.simulation.steering import REJECTING
from generation.simulation.profile_files import Filed, read_file
from generation.simulation.profiles import Profile
from tests.generation.simulation.people import ANNA, PAUL, pool_of, row, scripted, written

pytestmark = pytest.mark.django_db
LIST = "/generate/profiles/"
TWIN = replace(ANNA, age="36")


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def file(words: str, name: str = "people.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, words.encode())


def fields(profile: Profile, **more: str) -> dict[str, str]:
    return {**profile.as_dict(), **more}


def test_without_a_pool_the_page_says_how_to_make_one(site: Client) -> None:
    assert "Make the first pool" in text(site.get(LIST))


def test_a_pool_is_made_empty(site: Client, amira: User) -> None:
    answer = site.post(f"{LIST}new/", {"name": "Mine", "language": "zh"})
    pool = ProfilePool.objects.get()
    assert answer.headers["Location"] == f"{LIST}{pool.pk}/"
    assert (pool.name, pool.language, pool.created_by) == ("Mine", "zh", amira)
    assert "Nobody is in it yet" in text(site.get(f"{LIST}{pool.pk}/"))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"name": ""}, "required"),
        ({"name": "People"}, "already"),
        ({"name": "x", "language": "english!"}, "Write a code"),
    ],
)
def test_a_pool_that_will_not_do_is_refused_with_what_was_typed(site: Client, said: dict[str, str], why: str) -> None:
    pool_of()
    answer = site.post(f"{LIST}new/", {"language": "en", **said})
    assert answer.status_code == 422
    assert why in text(answer)
    assert ProfilePool.objects.count() == 1


def test_a_model_fills_it_while_the_page_tells_how_far_it_is(site: Client) -> None:
    pool, endpoint = pool_of(ANNA), scripted(odd_age=0.3)
    address = f"{LIST}{pool.pk}/"
    form = {"endpoint": endpoint.pk, "size": "8", "seed": "3", "batch": "4", "context": "8000", "rejecting": REJECTING}
    assert "There is 1 profile in the pool" in text(site.get(f"{address}write/"))
    assert site.post(f"{address}write/", {**form, "tokens": "900000"}).headers["Location"] == address
    waiting = site.get(address)
    assert "1 of 8 profiles" in text(waiting)
    assert 'hx-trigger="every 2s"' in text(waiting)
    assert "No worker is running" in text(waiting)
    job = Job.objects.get(kind="generation.write_profiles")
    run_inline(job)
    done = site.get(address)
    assert "8 profiles" in text(done)
    assert "Leaves out" in text(done)
    assert "every 2s" not in text(done)
    fragment = site.get(address, headers={"HX-Request": "true", "HX-Target": "pool"})
    assert fragment.headers["HX-Refresh"] == "true"
    assert "<html" not in text(fragment)
    left_out = PoolProfile.objects.left_out(pool).first()
    assert left_out
    assert "Odd age" in text(site.get(f"{address}?show=left-out"))
    assert "Take it in" in text(site.get(f"{address}people/{left_out.pk}/"))


def test_what_makes_no_sense_is_refused_with_what_was_typed(site: Client) -> None:
    pool, endpoint = pool_of(), scripted()
    answer = site.post(
        f"{LIST}{pool.pk}/write/", {"endpoint": endpoint.pk, "size": "2", "seed": "77", "batch": "4", "context": "8000"}
    )
    assert answer.status_code == 422
    assert "as many profiles already" in text(answer)
    assert 'value="77"' in text(answer)
    assert not Job.objects.exists()


def test_amira_stops_it(site: Client) -> None:
    pool = pool_of(ANNA)
    form = {"endpoint": scripted().pk, "size": "8", "seed": "3", "batch": "4", "context": "8000"}
    site.post(f"{LIST}{pool.pk}/write/", form)
    site.post(f"{LIST}{pool.pk}/stop/")
    assert "Stopped by amira." in text(site.get(f"{LIST}{pool.pk}/"))
    assert site.post(f"{LIST}{pool.pk}/write/", form).status_code == 422
    run_inline(Job.objects.get())
    assert "Go on" in text(site.get(f"{LIST}{pool.pk}/"))
    assert site.post(f"{LIST}{pool.pk}/write/", form).status_code == 302


def test_without_an_endpoint_the_page_says_where_to_add_one(site: Client) -> None:
    assert "Add the scripted one" in text(site.get(f"{LIST}{pool_of().pk}/write/"))


def test_coverage_and_findings_stand_on_the_page(site: Client) -> None:
    pool = pool_of(ANNA, PAUL, name="Two")
    bring_profiles(pool=pool, filed=[Filed(None, TWIN), Filed(None, Profile(gender="Male"))])
    page = site.get(f"{LIST}{pool.pk}/")
    assert "2 of 4 profiles have no finding" in text(page)
    assert [(part.name, part.n) for part in page.context["covered"].genders] == [("Female", 2), ("Male", 2)]
    assert "35–44: 2" in text(page)
    assert "1 has no age that counts" in text(page)


@pytest.mark.parametrize(
    ("query", "occupations"),
    [
        ("", [ANNA.occupation, PAUL.occupation, ANNA.occupation]),
        ("show=P4", [ANNA.occupation]),
        ("show=found", [ANNA.occupation]),
        ("age=65–74", [PAUL.occupation]),
        ("search=GRANDCHILDREN", [PAUL.occupation]),
        ("search=nobody", []),
        ("show=nonsense", [ANNA.occupation, PAUL.occupation, ANNA.occupation]),
    ],
)
def test_people_are_found(site: Client, query: str, occupations: list[str]) -> None:
    pool = pool_of(ANNA, PAUL)
    bring_profiles(pool=pool, filed=[Filed(None, TWIN)])
    page = site.get(f"{LIST}{pool.pk}/?{query}", headers={"HX-Request": "true", "HX-Target": "people"})
    assert [row.occupation for row, _marks in page.context["people"]] == occupations


def test_a_full_pool_costs_the_same_few_queries(site: Client, django_assert_max_num_queries: Any) -> None:
    pool = written(40)
    site.get(f"{LIST}{pool.pk}/")
    with django_assert_max_num_queries(14):
        site.get(f"{LIST}{pool.pk}/")


@pytest.mark.parametrize("layout", ["txt", "json", "csv"])
def test_a_pool_is_taken_away_and_brought_along(site: Client, layout: str) -> None:
    pool = pool_of(ANNA, PAUL)
    answer = site.get(f"{LIST}{pool.pk}/export/{layout}/")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="people.{layout}"'
    assert [one.profile for one in read_file(answer.content.decode())] == [ANNA, PAUL]
    other = pool_of(ANNA, name="Other")
    brought = site.post(f"{LIST}{other.pk}/import/", {"file": file(answer.content.decode())}, follow=True)
    assert "1 profile imported. 1 was here already." in text(brought)
    assert list(profiles_of(other).values()) == [ANNA, PAUL]


def test_from_a_pool_it_goes_on_to_conversations(site: Client) -> None:
    pool = pool_of(ANNA, name="Two & more")
    pool_of(PAUL, name="Other")
    assert "/generate/runs/simulate/?pool=Two%20%26%20more" in text(site.get(f"{LIST}{pool.pk}/"))
    answer = site.get("/generate/runs/simulate/?pool=Two%20%26%20more")
    assert answer.context["form"]["pool"].value() == pool.pk


def test_no_such_layout(site: Client) -> None:
    assert site.get(f"{LIST}{pool_of().pk}/export/docx/").status_code == 404


@pytest.mark.parametrize(
    ("words", "why"), [("", "The file is empty"), ("Hello", "no profile in the file"), ("[7]", "entry 1")]
)
def test_a_file_that_cannot_be_read_changes_nothing(site: Client, words: str, why: str) -> None:
    pool = pool_of()
    answer = site.post(f"{LIST}{pool.pk}/import/", {"file": file(words)})
    assert answer.status_code == 422
    assert why in text(answer)
    assert len(profiles_of(pool)) == 2


def test_one_is_written_by_hand(site: Client) -> None:
    pool = pool_of(ANNA)
    answer = site.post(f"{LIST}{pool.pk}/people/new/", fields(PAUL), follow=True)
    assert row(pool, 1).profile == PAUL
    assert "Retired teacher" in text(answer)
    empty = site.post(f"{LIST}{pool.pk}/people/new/", fields(Profile()))
    assert empty.status_code == 422
    assert "Say something about the person first." in text(empty)


def test_findings_come_while_one_types(site: Client) -> None:
    pool = pool_of(ANNA)
    said = fields(replace(TWIN, age="old"), pool=str(pool.pk))
    answer = site.post(f"{LIST}draft/", said, headers={"HX-Request": "true"})
    assert "“old” is no age" in text(answer)
    assert "nearly the same as number 0" in text(answer)
    assert "Nothing to change" in text(site.post(f"{LIST}draft/", {**said, **fields(TWIN), "number": "0"}))
    assert "Nothing to change" in text(site.post(f"{LIST}draft/", {**fields(ANNA), "language": "en"}))
    assert list(profiles_of(pool)) == [0]


def test_a_change_is_on_record_with_what_it_was_before(site: Client, amira: User) -> None:
    pool = pool_of(ANNA, PAUL)
    one = row(pool)
    address = f"{LIST}{pool.pk}/people/{one.pk}/"
    assert ANNA.interests in site.get(f"{address}edit/").context["form"]["interests"].value()
    site.post(f"{address}edit/", fields(replace(ANNA, age="53"), seen=state_of(one)))
    edit = ProfileEdit.objects.get()
    assert (edit.before["age"], edit.created_by) == ("35", amira)
    page = text(site.get(address))
    assert "<del>35</del> <ins>53</ins>" in page
    assert row(pool).profile.years == 53


def test_saved_unchanged_nothing_is_on_record(site: Client) -> None:
    one = row(pool_of())
    site.post(f"{LIST}{one.pool_id}/people/{one.pk}/edit/", fields(ANNA, seen=state_of(one)))
    assert not ProfileEdit.objects.exists()


def test_who_was_slower_loses_nothing(site: Client) -> None:
    one = row(pool_of())
    seen = state_of(one)
    change_profile(row=one, profile=replace(ANNA, age="40"), seen=seen, by=None)
    answer = site.post(f"{LIST}{one.pool_id}/people/{one.pk}/edit/", fields(replace(ANNA, age="50"), seen=seen))
    assert answer.status_code == 409
    assert "Somebody else changed this profile" in text(answer)
    assert 'value="50"' in text(answer)
    assert row(one.pool).profile.age == "40"


def test_a_twin_that_is_changed_is_one_no_longer(site: Client) -> None:
    pool = pool_of(ANNA)
    bring_profiles(pool=pool, filed=[Filed(None, TWIN)])
    assert row(pool, 1).findings
    one = row(pool, 0)
    site.post(f"{LIST}{pool.pk}/people/{one.pk}/edit/", fields(PAUL, seen=state_of(one)))
    assert not row(pool, 1).findings


def test_left_out_and_taken_in_again_it_has_a_number_of_its_own(site: Client) -> None:
    pool = pool_of(ANNA, PAUL)
    one = row(pool, 0)
    address = f"{LIST}{pool.pk}/people/{one.pk}/"
    for _twice in range(2):
        site.post(f"{address}leave-out/")
    assert list(profiles_of(pool)) == [1]
    for _twice in range(2):
        site.post(f"{address}take-in/")
    assert profiles_of(pool) == {1: PAUL, 2: ANNA}


def test_a_good_one_becomes_the_example(site: Client, amira: User) -> None:
    pool = pool_of(ANNA)
    one = row(pool)
    answer = site.post(f"{LIST}{pool.pk}/people/{one.pk}/promote/", {"note": "more detail"}, follow=True)
    kept = ExampleProfile.objects.get()
    assert (kept.version, kept.source, kept.created_by, kept.note) == (1, one, amira, "more detail")
    assert "This is the example now, version 1." in text(answer)
    assert "more detail" in text(answer)


def test_the_example_is_improved_with_its_history(site: Client) -> None:
    assert "The one that comes with the product" in text(site.get(f"{LIST}examples/"))
    better = f"{LIST}examples/en/"
    assert "Physiotherapist" in text(site.get(better))
    refused = site.post(better, fields(replace(ANNA, age="x")))
    assert refused.status_code == 422
    assert "An example has to pass every check" in text(refused)
    site.post(better, fields(ANNA))
    page = text(site.post(better, fields(PAUL), follow=True))
    assert "Version 2" in page
    assert "Version 1" in page
    assert page.index("Version 2") < page.index("In force") < page.index("Version 1")
    assert site.get(f"{LIST}examples/no_language/").status_code == 404


def test_an_earlier_example_is_gone_back_to_as_a_new_version(site: Client) -> None:
    better = f"{LIST}examples/en/"
    for person in (ANNA, PAUL):
        site.post(better, fields(person))
    page = text(site.get(f"{LIST}examples/"))
    assert [f"{better}?from={version}" in page for version in (0, 1, 2)] == [True, True, False]
    for version, words in (
        ("0", "Physiotherapist"),
        ("1", ANNA.other),
        ("2", PAUL.other),
        ("٢", PAUL.other),
        ("9", PAUL.other),
    ):
        assert words in text(site.get(f"{better}?from={version}"))
    site.post(f"{better}?from=1", fields(ANNA))
    assert ExampleProfile.objects.first().text == ANNA.text()  # type: ignore[union-attr]
    assert ExampleProfile.objects.count() == 3


def test_one_with_findings_is_not_promoted(site: Client) -> None:
    pool = pool_of(Profile(gender="Female"))
    answer = site.post(f"{LIST}{pool.pk}/people/{row(pool).pk}/promote/", follow=True)
    assert "An example has to pass every check" in text(answer)
    assert not ExampleProfile.objects.exists()


def test_a_pool_is_deleted_by_its_name(site: Client) -> None:
    pool = pool_of()
    address = f"{LIST}{pool.pk}/delete/"
    assert "2 profiles" in text(site.get(address))
    assert site.post(address, {"name": "Peple"}).status_code == 422
    assert site.post(address, {"name": "people"}).status_code == 302
    assert not PoolProfile.objects.exists()


def test_what_people_wrote_is_text(site: Client) -> None:
    pool = pool_of(replace(ANNA, occupation="<script>alert(1)</script>", other="<b>bold</b>"))
    for address in ("", f"people/{row(pool).pk}/", f"people/{row(pool).pk}/edit/"):
        said = text(site.get(f"{LIST}{pool.pk}/{address}"))
        assert "<script>alert" not in said
        assert "<b>bold" not in said


def test_one_of_another_pool_is_not_found(site: Client) -> None:
    one, other = row(pool_of()), pool_of(name="Other")
    assert site.get(f"{LIST}{other.pk}/people/{one.pk}/").status_code == 404


@pytest.mark.shared_data
def test_the_published_hundred_come_in_and_go_out_as_they_were(site: Client, shared_data: Path) -> None:
    words = (shared_data / "recllmsim" / "profiles.json").read_text()
    pool = pool_of(name="Published")
    PoolProfile.objects.all().delete()
    answer = site.post(f"{LIST}{pool.pk}/import/", {"file": file(words, "profiles.json")}, follow=True)
    assert "100 profiles imported." in text(answer)
    assert json.loads(site.get(f"{LIST}{pool.pk}/export/json/").content) == json.loads(words)
    again = site.post(f"{LIST}{pool.pk}/import/", {"file": file(words, "profiles.json")}, follow=True)
    assert "0 profiles imported. 100 were here already." in text(again)
