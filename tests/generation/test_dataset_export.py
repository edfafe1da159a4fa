"""Amira takes a dataset away in any layout, and is told before what it has no place for."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from crsapp.accounts.models import User
from generation.formats import FORMATS, writers
from generation.formats.losses import losses
from generation.services.importing_here import import_path
from tests.generation.dataset_scenes import dataset
from tests.generation.dialogue_files import chat, read, recllmsim, redial, write_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def imported(tmp_path: Path, *entries: dict[str, Any]) -> None:
    import_path(path=write_lines(tmp_path / "file.jsonl", entries), dataset_name="Talks")


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_page_says_what_each_layout_has_no_place_for(site: Client, tmp_path: Path) -> None:
    imported(tmp_path, recllmsim(1), recllmsim(2))
    page = " ".join(site.get("/datasets/talks/export/").content.decode().split())
    assert "by writing 2 dialogues from all over this dataset" in page
    own, _sign, others = page.partition("RecLLMSim")[2].partition("</tr>")
    assert "as imported" in own
    assert "Nothing is lost" in own
    assert "Intent" in others
    assert '/datasets/talks/export/redial/"' in others
    assert "INSPIRED" not in page


@pytest.mark.parametrize("entries", [[recllmsim(1), recllmsim(2)], [redial("1"), redial("2")], [chat(), chat(id="c")]])
def test_the_layout_of_the_import_gives_the_file_back(site: Client, tmp_path: Path, entries: list[Any]) -> None:
    imported(tmp_path, *entries)
    layouts = {"preference": "recllmsim", "movieMentions": "redial", "tools": "chat_messages"}
    name = next(name for key, name in layouts.items() if key in entries[0])
    answer = site.get(f"/datasets/talks/export/{name}/")
    assert answer["Content-Disposition"] == f'attachment; filename="talks-{name}.jsonl"'
    assert [json.loads(line) for line in body(answer).splitlines()] == entries


@pytest.mark.parametrize("format", writers())
def test_every_layout_holds_what_was_said(site: Client, tmp_path: Path, format: str) -> None:
    imported(tmp_path, redial("1"), redial("2"))
    path = tmp_path / f"again{FORMATS.get(format).written_as}"
    path.write_bytes(body(site.get(f"/datasets/talks/export/{format}/")))
    said = [(one.speaker, one.text) for record in read(format, path) for one in record.utterances]
    assert (
        said == [("user", "Hi, I loved @101"), ("user", "anything like it?"), ("system", "Try @102, or @101 again")] * 2
    )


def test_the_command_says_what_is_lost(tmp_path: Path) -> None:
    imported(tmp_path, recllmsim(1))
    err = StringIO()
    call_command(
        "export_dialogues", "talks", out=tmp_path / "a.zip", format="llm_redial", stdout=StringIO(), stderr=err
    )
    assert "It has no place for: names of dialogues (1)" in err.getvalue()
    assert "intent (1)" in err.getvalue()
    assert "of the 1 dialogues that were looked at. jsonl loses nothing." in err.getvalue()
    err = StringIO()
    call_command("export_dialogues", "talks", out=tmp_path / "b.jsonl", format="jsonl", stdout=StringIO(), stderr=err)
    assert err.getvalue() == ""


def test_the_command_names_the_file_in_a_folder_as_the_page_does(tmp_path: Path) -> None:
    imported(tmp_path, recllmsim(1))
    out = StringIO()
    call_command("export_dialogues", "talks", out=tmp_path, format="redial", stdout=out, stderr=StringIO())
    assert f"1 dialogues written to {tmp_path / 'talks-redial.jsonl'}, as ReDial" in out.getvalue()
    assert (tmp_path / "talks-redial.jsonl").read_text().startswith("{")


@pytest.mark.parametrize(
    ("out", "format", "words"),
    [
        ("nowhere/a.jsonl", "jsonl", r"The folder .*nowhere does not exist\. Make it"),
        ("a.csv", "jsonl", r"no \.csv file\. End its name in \.jsonl, or give a folder\."),
        ("a.jsonl", "llm_redial", r"no \.jsonl file\. End its name in \.zip"),
        ("file.jsonl", "jsonl", r"file\.jsonl is there already\. Remove it"),
    ],
)
def test_the_command_says_where_nothing_can_be_written(tmp_path: Path, out: str, format: str, words: str) -> None:
    imported(tmp_path, recllmsim(1))
    before = (tmp_path / "file.jsonl").read_bytes()
    with pytest.raises(CommandError, match=words):
        call_command("export_dialogues", "talks", out=tmp_path / out, format=format, stdout=StringIO())
    assert [path.name for path in tmp_path.iterdir()] == ["file.jsonl"]
    assert (tmp_path / "file.jsonl").read_bytes() == before


def test_the_page_names_each_format_as_the_command_does(site: Client, tmp_path: Path) -> None:
    imported(tmp_path, recllmsim(1))
    page = site.get("/datasets/talks/export/").content.decode()
    for name in writers():
        assert f'<code class="small">{name}</code>' in page


def test_what_cannot_be_written_is_not_found(site: Client) -> None:
    dataset("Films", [("Hello",)])
    for name in ("inspired", "nonsense"):
        assert site.get(f"/datasets/films/export/{name}/").status_code == 404
    assert "Nothing is lost" in site.get("/datasets/films/export/").content.decode()


def test_losses_are_measured(tmp_path: Path) -> None:
    records = read("redial", write_lines(tmp_path / "a.jsonl", [redial("1"), redial("2")]))
    assert losses(FORMATS.get("redial"), records) == {}
    assert losses(FORMATS.get("jsonl"), records) == {}
    lost = losses(FORMATS.get("recllmsim"), records)
    assert lost["utterance.mentions"] == 2
    assert lost["dialogue.labels.initiator_questions"] == 2


def test_ben_may_not(client: Client, ben: User) -> None:
    dataset("Films", [("Hello",)])
    client.force_login(ben)
    assert client.get("/datasets/films/export/").status_code == 403
    assert client.get("/datasets/films/export/jsonl/").status_code == 403
