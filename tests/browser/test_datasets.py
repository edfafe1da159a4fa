"""Amira brings a file and reads it, in a real browser."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from crsapp.accounts.models import User
from generation.models import Dataset, Dialogue, Import
from tests.browser.looking import look_at
from tests.generation.dataset_scenes import TALK, dataset, dialogue, mention, redial_file, work_on

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _uploads_of_the_site(settings: Any, site_environment: dict[str, str]) -> None:
    """The work on an upload is done here; the file is where the site has put it."""
    settings.MEDIA_ROOT = Path(site_environment["CRSAPP_DATA_DIR"]) / "files"


@pytest.fixture
def amiras_page(page: Page, amira: User) -> Page:
    page.goto("/accounts/sign-in/")
    page.get_by_label("Username").fill("amira")
    page.get_by_label("Password").fill("amira's long password")
    page.keyboard.press("Enter")
    expect(page.locator("summary", has_text="amira")).to_be_visible()
    return page


def rich_dataset() -> Dataset:
    films = dataset("Films", description="Made by us", is_demo=True)
    report = {"labels": {"utterance.hallucination": 1}, "languages": ["zh"]}
    Import.objects.create(dataset=films, state="complete", filename="f", sha256="a" * 64, format="jsonl", report=report)
    labels = {"intent": "Search", "hallucination": True, "hallucination_memo": "no such film"}
    said = {0: {"labels": labels, "translations": {"zh": "你好"}}}
    one = dialogue(
        films,
        ["A calm film like @7", "1. **The Tall Oven**\n2. Or `another`", "Thank you"],
        said=said,
        task="a trip",
        situation="A weekend by the sea",
        labels={"rating": {"Detail": 2}, "asked": {"7": {"seen": 1}}},
        metadata={"page": 3},
    )
    mention(one, 0, "Night Bus (2004)", role="recommended")
    for _number in range(2, 61):
        dialogue(films, TALK)
    return films


def test_from_a_file_to_its_dialogues(amiras_page: Page, tmp_path: Path) -> None:
    page = amiras_page
    page.goto("/datasets/")
    page.get_by_role("link", name="Import a file").first.click()
    page.set_input_files("input[type=file]", redial_file(tmp_path))
    expect(page.get_by_label("Dataset")).to_have_value("films")
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="Import of films.jsonl")).to_be_visible()
    imported = Import.objects.get()
    work_on(imported)
    page.get_by_role("button", name="Import 3 dialogues").click()
    expect(page.get_by_text("The dialogues are being imported.")).to_be_visible()
    work_on(imported)
    page.get_by_role("link", name="Read its dialogues").click()
    page.get_by_role("link", name="Hi, I loved The Quiet Harbour (1999)").first.click()
    expect(page.locator(".mention").first).to_have_text("The Quiet Harbour (1999)")
    assert Dialogue.objects.visible().count() == 3


def test_a_refused_upload_keeps_what_was_said(amiras_page: Page, tmp_path: Path) -> None:
    page = amiras_page
    page.goto("/datasets/imports/new/")
    path = tmp_path / "odd.json.gz"
    path.write_bytes(gzip.compress(b"\n"))
    page.set_input_files("input[type=file]", path)
    page.get_by_label("Licence").fill("CC BY 4.0")
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_text("There is nothing in the file")).to_be_visible()
    expect(page.get_by_label("Licence")).to_have_value("CC BY 4.0")
    expect(page.get_by_label("Dataset")).to_have_value("odd")
    page.set_input_files("input[type=file]", redial_file(tmp_path))
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="Import of films.jsonl")).to_be_visible()
    assert Import.objects.count() == 1


def test_the_preview_follows_the_columns_she_chooses(amiras_page: Page, tmp_path: Path) -> None:
    page = amiras_page
    path = tmp_path / "talks.csv"
    path.write_text("talk,who,words,other\n1,Ann,Something like Heat?,Hitze?\n1,Bot,Ronin,Ronin!\n")
    page.goto("/datasets/imports/new/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="Import of talks.csv")).to_be_visible()
    work_on(Import.objects.get())
    page.get_by_role("link", name="Change what the columns mean").click()
    preview = page.locator(".preview")
    expect(
        preview.get_by_text("no column is the text").or_(preview.get_by_text("Something like Heat?"))
    ).to_be_visible()
    said = page.get_by_label("What is said")
    said.focus()
    said.select_option("other")
    expect(preview.get_by_text("Hitze?")).to_be_visible()
    expect(page.get_by_label("What is said")).to_be_focused()
    page.get_by_label("Which dialogue it belongs to").select_option("talk")
    page.get_by_label("Ann").select_option("system")
    expect(preview.locator(".turn.system").first).to_contain_text("Hitze?")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Read the whole file like this").click()
    expect(page.get_by_role("heading", name="Import of talks.csv")).to_be_visible()
    work_on(Import.objects.get())
    page.get_by_role("button", name="Import 1 dialogue").click()
    expect(page.get_by_text("The dialogues are being imported.")).to_be_visible()
    work_on(Import.objects.get())
    expect(page.get_by_role("link", name="Read its dialogues")).to_be_visible()
    assert Dialogue.objects.visible().get().utterances.get(index=0).speaker == "system"


def test_a_file_that_is_too_large_never_travels(amiras_page: Page, tmp_path: Path) -> None:
    page = amiras_page
    page.goto("/datasets/imports/new/")
    page.locator("form[data-upload]").evaluate("form => form.setAttribute('data-limit', 10)")
    page.set_input_files("input[type=file]", redial_file(tmp_path))
    expect(page.locator("[data-file-error]")).to_contain_text("This file is larger than")
    page.get_by_role("button", name="Upload and check").click()
    expect(page).to_have_url("/datasets/imports/new/")
    assert not Import.objects.exists()


def test_search_as_one_types_and_back(amiras_page: Page) -> None:
    page = amiras_page
    rich_dataset()
    page.goto("/datasets/films/dialogues/")
    page.get_by_label("Search").first.press_sequentially("night bus")
    expect(page.get_by_text("1 dialogue found")).to_be_visible()
    expect(page).to_have_url("/datasets/films/dialogues/?search=night+bus")
    expect(page.locator("mark")).to_have_text("Night Bus")
    page.reload()
    expect(page.get_by_label("Search").first).to_have_value("night bus")
    page.locator("mark").click()
    expect(page.get_by_role("heading", name="Dialogue 1")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("1 dialogue found")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_text("1–50 of 60")).to_be_visible()


def test_filters_from_the_keyboard_alone(amiras_page: Page) -> None:
    page = amiras_page
    rich_dataset()
    page.goto("/datasets/films/dialogues/")
    page.get_by_text("Filters").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("a trip")
    page.keyboard.press("Tab")
    expect(page.get_by_text("1 dialogue found")).to_be_visible()
    expect(page).to_have_url("/datasets/films/dialogues/?task=a+trip")


def test_from_dialogue_to_dialogue_by_key(amiras_page: Page) -> None:
    page = amiras_page
    rich_dataset()
    page.goto("/datasets/films/dialogues/1/")
    for key, number in (("j", 2), ("ArrowRight", 3), ("k", 2), ("ArrowLeft", 1), ("k", 1)):
        page.keyboard.press(key)
        expect(page.get_by_role("heading", name=f"Dialogue {number}", exact=True)).to_be_visible()
    page.get_by_label("Keys").uncheck()
    page.keyboard.press("j")
    page.reload()
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    expect(page.get_by_role("heading", name="Dialogue 1", exact=True)).to_be_visible()


def test_hostile_texts_do_nothing(amiras_page: Page) -> None:
    page = amiras_page
    evil = "<script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'> [x](javascript:window.hurt=1) @7"
    one = dialogue(dataset("Films", description=evil), [evil], labels={evil: evil}, situation=evil, task=evil)
    mention(one, 0, evil)
    for path in ("", "dialogues/", "dialogues/?search=hurt", "dialogues/1/", "dialogues/1/?view=file"):
        page.goto(f"/datasets/films/{path}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.hurt") is None


def test_how_the_pages_look(amiras_page: Page, tmp_path: Path) -> None:
    """Nothing sticks out to the side and axe finds nothing: empty and full, narrow and wide, light and dark."""
    page = amiras_page
    look_at(page, "/datasets/", "/datasets/imports/new/")
    rich_dataset()
    page.goto("/datasets/imports/new/?dataset=Others")
    page.set_input_files("input[type=file]", redial_file(tmp_path, bad_line=True))
    page.get_by_role("button", name="Upload and check").click()
    page.wait_for_url("**/imports/*/")
    imported = Import.objects.latest("pk")
    look_at(page, f"/datasets/imports/{imported.pk}/")
    work_on(imported)
    look_at(
        page,
        "/datasets/",
        "/datasets/films/",
        "/datasets/films/edit/",
        "/datasets/films/export/",
        "/datasets/films/delete/",
        "/datasets/films/dialogues/?label=utterance.hallucination",
        "/datasets/films/dialogues/?search=zebra",
        "/datasets/films/dialogues/1/",
        "/datasets/films/dialogues/1/?language=all",
        "/datasets/films/dialogues/1/?view=file",
        f"/datasets/imports/{imported.pk}/",
    )
