"""Amira says what the columns of her table mean, and sees her first dialogues while she does."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from crsapp.accounts.models import User
from generation.models import Dialogue, Import
from generation.services.importing import start_import
from tests.generation.dataset_scenes import uploaded, work_on

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true", "HX-Target": "columns-form"}
TABLE = """talk,who,words,intent,page
a,Ann,"Hello, all",greet,1
a,Bot,<b>Hi</b>,greet,1
b,Ann,Heat?,ask,2
b,Note,[laughs],,2
b,Bot,Ronin,offer,2
"""


@pytest.fixture(autouse=True)
def _own_uploads(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


@pytest.fixture
def table(tmp_path: Path) -> Import:
    path = tmp_path / "talks.csv"
    path.write_text(TABLE)
    return uploaded(path, name="Talks")


def page_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


SAID = {
    **{"had_heading": "yes", "heading": "on", "text": "words", "speaker": "who", "dialogue": "talk"},
    **{"labels": "intent", "speaks:who:Ann": "user", "speaks:who:Bot": "system", "speaks:who:Note": "omit"},
}


def test_a_guess_is_there_beforehand(site: Client, table: Import) -> None:
    assert table.format == "table"
    page = page_of(site.get(f"/datasets/imports/{table.pk}/columns/"))
    assert '<option value="words" selected>' in page
    assert "<label for=" in page
    assert "the speaker is &#x27;Ann&#x27;, which is neither user nor system so far" in page


def test_the_preview_follows_what_is_chosen(site: Client, table: Import) -> None:
    fragment = page_of(site.get(f"/datasets/imports/{table.pk}/columns/", SAID, headers=FRAGMENT))
    assert fragment.startswith('<form id="columns-form"')
    assert 'class="turn user"><span class="speaker">User</span>Hello, all' in fragment
    assert "&lt;b&gt;Hi&lt;/b&gt;" in fragment
    assert "[laughs]" not in fragment
    swapped = {**SAID, "speaks:who:Ann": "system", "speaks:who:Bot": "user"}
    fragment = page_of(site.get(f"/datasets/imports/{table.pk}/columns/", swapped, headers=FRAGMENT))
    assert 'class="turn system"><span class="speaker">' in fragment.partition("Hello, all")[0]
    assert not Dialogue.objects.exists()


def test_another_speaker_column_asks_for_its_values(site: Client, table: Import) -> None:
    fragment = page_of(
        site.get(f"/datasets/imports/{table.pk}/columns/", {**SAID, "speaker": "page"}, headers=FRAGMENT)
    )
    assert "speaks:page:1" in fragment
    assert "speaks:who:Ann" not in fragment


def test_without_a_heading_columns_have_numbers(site: Client, table: Import) -> None:
    said = {name: value for name, value in SAID.items() if name != "heading"}
    fragment = page_of(site.get(f"/datasets/imports/{table.pk}/columns/", said, headers=FRAGMENT))
    assert "Column 3" in fragment
    assert 'name="had_heading" value="no"' in fragment


def test_her_word_reads_the_whole_file_like_this(site: Client, table: Import) -> None:
    answer = site.post(f"/datasets/imports/{table.pk}/columns/", SAID)
    assert answer["Location"] == f"/datasets/imports/{table.pk}/"
    imported = work_on(table)
    assert imported.options["mapping"] == {
        "text": ["words"], "speaker": ["who"], "dialogue": ["talk"], "labels": ["intent"],
        "user": ["Ann"], "system": ["Bot"], "omit": ["Note"],
    }  # fmt: skip
    page = page_of(site.get(f"/datasets/imports/{table.pk}/"))
    assert "<dt>What is said</dt><dd>words</dd>" in page
    assert "Import 2 dialogues" in page
    start_import(imported=imported)
    work_on(imported)
    one = Dialogue.objects.visible().get(external_id="b")
    said = [(said.speaker, said.text, said.labels, said.metadata) for said in one.utterances.order_by("index")]
    assert said == [
        ("user", "Heat?", {"intent": "ask"}, {"page": "2"}),
        ("system", "Ronin", {"intent": "offer"}, {"page": "2"}),
    ]
    assert "<dt>What is said</dt><dd>words</dd>" in page_of(site.get(f"/datasets/imports/{table.pk}/"))


def test_what_is_missing_is_said(site: Client, table: Import) -> None:
    page = page_of(site.post(f"/datasets/imports/{table.pk}/columns/", {**SAID, "text": ""}))
    assert "This field is required" in page
    page = page_of(site.get(f"/datasets/imports/{table.pk}/columns/", {**SAID, "text": "no such column"}))
    assert "no column is the text" in page
    table.refresh_from_db()
    assert table.state == Import.State.CHECKED


def test_choosing_a_table_leads_to_its_columns(site: Client, tmp_path: Path) -> None:
    path = tmp_path / "inspired.csv"
    path.write_text(TABLE)
    imported = uploaded(path, format="jsonl")
    answer = site.post(f"/datasets/imports/{imported.pk}/format/", {"format": "table"}, follow=True)
    assert "What the columns mean" in page_of(answer)


def test_what_is_no_table_is_said_to_be_none(site: Client, tmp_path: Path) -> None:
    path = tmp_path / "films.jsonl"
    path.write_text("1,1\n")
    imported = uploaded(path, format="jsonl")
    page = page_of(site.get(f"/datasets/imports/{imported.pk}/columns/", follow=True))
    assert "wo columns are called &#x27;1&#x27;" in page


def test_what_is_imported_has_its_columns_for_good(site: Client, table: Import) -> None:
    site.post(f"/datasets/imports/{table.pk}/columns/", SAID)
    start_import(imported=work_on(table))
    work_on(table)
    for ask in (site.get, site.post):
        answer = ask(f"/datasets/imports/{table.pk}/columns/", SAID, follow=True)
        assert "cannot be read in another way" in page_of(answer)
