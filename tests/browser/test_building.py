"""Amira builds the paper's study in a real browser: with the mouse, with the keyboard alone, wide and narrow."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from annotation.models import Link, Study
from annotation.services.material import protocol_of
from annotation.services.studies import create_study, open_study
from annotation.starts import instrument_example, start
from crsapp.accounts.models import User
from tests.annotation.stories import judge_one, make_dataset, pairs, people, protocol_of_blocks, quality
from tests.browser.looking import in_each_view, look

pytestmark = pytest.mark.browser


def sign_in(page: Page) -> None:
    User.objects.create_user("amira", password="amira's long password", role=User.Role.RESEARCHER)
    page.goto("/accounts/sign-in/")
    page.locator("[name=username]").fill("amira")
    page.locator("[name=password]").fill("amira's long password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Studies").first).to_be_visible()


def two_datasets(dialogues: int = 70) -> None:
    make_dataset("north", dialogues, turns=6)
    make_dataset("south", dialogues, turns=4)


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until it has the focus, as somebody without a mouse would."""
    for _ in range(80):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by Tab")


def test_the_papers_study_is_built_opened_and_its_link_copied(page: Page) -> None:
    two_datasets()
    sign_in(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Studies").click()
    page.get_by_role("link", name="New study").click()
    page.get_by_label("Title of the study").first.fill("Which recommends better?")
    page.get_by_role("button", name="Start with this design").click()

    expect(page.locator("#b0s0-count")).to_contain_text("70 dialogues fit")
    page.locator("[name=b0s0-size]").fill("71")
    expect(page.locator("#b0s0-count")).to_contain_text("Only 70 dialogues fit; 71 cannot be drawn.")
    page.locator("[name=b0s0-size]").fill("10")
    expect(page.locator("#b0s0-count")).to_contain_text("10 are drawn")
    page.get_by_role("button", name="Save, and on to: What to ask").click()
    page.get_by_text("Fluency · Informativeness").click()
    expect(page.get_by_text("Is the language correct and natural?")).to_be_visible()
    page.get_by_role("button", name="Save, and on to: Who, how many").click()
    page.get_by_label("Pay per hour").fill("12")
    expect(page.locator("#consequences")).to_contain_text("cost")
    expect(page.locator("#consequences")).to_contain_text("50 × 7 = 350 judged pairs")
    page.get_by_role("button", name="Save, and on to: Look and open").click()

    page.get_by_role("link", name="Preview: Utterance quality").click()
    expect(page.locator("[data-where]")).to_contain_text("question 1")
    page.keyboard.press("2")
    expect(page.locator("[data-question='1']")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    bar = page.locator(".preview-bar")
    assert bar.evaluate("bar => bar.clientHeight / bar.querySelector('button').offsetHeight") < 3, "at most two lines"
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Leave the preview").click()
    page.get_by_role("button", name="Open the study").dblclick()
    expect(page.get_by_text("The study is open.")).to_be_visible()
    study = Study.objects.get()
    assert (study.state, study.events.filter(kind="opened").count()) == ("open", 1)
    assert [block.units for block in protocol_of(study).blocks] == [20, 50]

    page.get_by_role("button", name="Make personal links").click()
    page.get_by_role("button", name="Copy the link of seat 3").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert Link.objects.get(seat__number=3).token in copied
    page.get_by_role("button", name="Copy all 7 unused links").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    everything = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert len(everything) == 7
    page.goto(copied)
    expect(page.get_by_text("What you will do")).to_be_visible()


def test_without_a_mouse(page: Page) -> None:
    two_datasets()
    sign_in(page)
    for name in ("Studies", "New study"):
        tab_to(page, page.get_by_role("link", name=name).first)
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    tab_to(page, page.get_by_role("button", name="Start with this design"))
    page.keyboard.press("Enter")
    title = page.get_by_label("Title of the study")
    tab_to(page, title)
    page.keyboard.press("Control+A")
    page.keyboard.type("By keys alone")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="4 Look and open"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Open the study"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="By keys alone")).to_be_visible()
    more = page.locator("summary", has_text="More")
    tab_to(page, more)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Record")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Record")).to_be_hidden()
    assert Study.objects.get().state == "open"


def test_a_block_is_asked_in_words_of_ones_own(page: Page) -> None:
    two_datasets(12)
    sign_in(page)
    study = create_study(protocol=start("blank"), slug="films")
    page.goto("/studies/films/edit/compare/")
    page.get_by_label("Title of the study").fill("Films")
    page.get_by_role("button", name="Add a block of single dialogues").click()
    page.locator("[name=b0s0-dataset]").select_option("north")
    expect(page.locator("#b0s0-count")).to_contain_text("12 dialogues fit")
    page.get_by_role("button", name="Remove this dataset").last.click()
    page.get_by_role("button", name="2 What to ask").click()
    page.get_by_text("Ask something of your own").click()
    box = page.locator("[name=b0-own]")
    box.fill("slug = 3")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("`slug` is “3”; it should be a text.")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("slug = 3")
    box.fill(instrument_example("dialogue"))
    expect(page.locator("#consequences")).to_contain_text("answers a dialogue")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_label("Helpfulness")).to_be_checked()
    study.refresh_from_db()
    assert protocol_of(study).blocks[0].instruments == ("helpfulness",)


def test_unsaved_words_are_not_left_by_accident(page: Page) -> None:
    sign_in(page)
    create_study(protocol=start("blank"), slug="films")
    page.goto("/studies/films/edit/ask/")
    page.get_by_label("Guidelines").fill("Something I thought about for an hour")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Datasets").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.get_by_label("Guidelines").input_value().startswith("Something")


@in_each_view
def test_every_page_is_reachable_and_fits(chromium: Browser, live_site: str, width: int, scheme: str) -> None:
    context = chromium.new_context(
        base_url=live_site,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    def open_and_look(name: str, path: str) -> None:
        page.goto(path)
        look(page, name)

    sign_in(page)
    open_and_look("list-empty", "/studies/")
    open_and_look("new-empty", "/new-study/")
    two_datasets(14)
    create_study(protocol=start("blank"), slug="blank")
    create_study(protocol=protocol_of_blocks(quality(), pairs()), slug="draft")
    study = open_study(study=create_study(protocol=protocol_of_blocks(quality(), pairs()), slug="running"))
    open_and_look("detail-empty", "/studies/running/")
    for annotator in people(study, 2):
        judge_one(annotator)
    for slug in ("blank", "draft"):
        for step in ("compare", "ask", "who", "open"):
            open_and_look(f"{slug}-{step}", f"/studies/{slug}/edit/{step}/")
    for name in ("", "protocol/", "record/", "preview/", "preview/?block=2"):
        open_and_look(f"running-{name.strip('/?=').replace('/?block=', '-') or 'detail'}", f"/studies/running/{name}")
    open_and_look("nothing-to-preview", "/studies/blank/preview/")
    open_and_look("list", "/studies/")
    open_and_look("list-none", "/studies/?search=nothing+of+the+kind")
    open_and_look("new", "/new-study/")
    context.close()
    assert not said, said
