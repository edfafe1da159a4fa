"""Amending in a real browser: Amira changes a wording and asks more people; Ben answers past a deadline that moves."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from annotation.models import Amendment, Judgment, Study
from annotation.services.amending import amend_study
from annotation.services.material import protocol_of
from annotation.services.pilots import copy_as_pilot
from annotation.services.studies import create_study, open_study
from tests.annotation import judging_scenes as scenes
from tests.annotation.stories import judge_all, judge_one, make_dataset, pairs, people, protocol_of_blocks, quality
from tests.browser.judging import press, saved, start
from tests.browser.looking import look_in_each_view
from tests.browser.test_building import sign_in

pytestmark = pytest.mark.browser


def test_amira_corrects_a_wording_and_asks_two_more(page: Page) -> None:
    make_dataset("north", 20)
    make_dataset("south", 20)
    main = create_study(
        protocol=protocol_of_blocks(quality(size=3), pairs(size=4), guidelines='"Read **each** message."')
    )
    pilot = open_study(study=copy_as_pilot(study=main, size=3))
    for annotator in people(pilot, 2):
        judge_all(annotator)
    sign_in(page)
    page.goto(f"/studies/{main.slug}/edit/open/")
    look_in_each_view(page, "amend-before-opening")
    page.goto(f"/studies/{main.slug}/edit/compare/")
    look_in_each_view(page, "amend-compare")
    study = open_study(study=main)
    judge_one(people(study, 1)[0])
    page.goto(f"/studies/{study.slug}/")
    look_in_each_view(page, "amend-study")
    page.get_by_role("link", name="Amend").click()
    expect(page.locator("[name=seed]")).to_be_disabled()
    page.locator("[name=b0-annotators]").fill("5")
    page.get_by_text("Informativeness").first.click()
    page.locator("[name=i0-c1-question]").fill("Is the reply meaningful and informative?")
    page.locator("[name=guidelines]").fill("Read **each** message in its context.")
    look_in_each_view(page, "amend-form")
    page.get_by_role("button", name="Look at the changes").click()
    expect(page.locator("ins").first).to_be_visible()
    page.get_by_label("Why is the study amended?").fill("Two of the first annotators took it for politeness.")
    look_in_each_view(page, "amend-review")
    page.get_by_role("button", name="Amend the study").click()
    expect(page.get_by_text("Amendment 1 is in force")).to_be_visible()
    assert Amendment.objects.get().study == study
    page.get_by_role("link", name="amended once").click()
    expect(page.get_by_text("took it for politeness")).to_be_visible()
    look_in_each_view(page, "amend-protocol")
    page.goto(f"/studies/{study.slug}/results/")
    look_in_each_view(page, "amend-results")


def test_answers_past_the_deadline_wait_on_the_device_until_it_moves(page: Page) -> None:
    study = scenes.study_of_dialogues(size=2, turns=4)
    soon = timezone.now() + timedelta(days=1)
    stored = {**study.protocol, "deadline": soon.isoformat()}
    Study.objects.filter(pk=study.pk).update(protocol=stored, deadline=soon)
    start(page, study)
    press(page, "12")
    saved(page)
    Study.objects.filter(pk=study.pk).update(deadline=study.opened)
    press(page, "0")
    expect(page.get_by_role("heading", name="The time for this study is over")).to_be_visible()
    expect(page.locator("#saved")).to_have_attribute("data-state", "kept")
    assert Judgment.objects.count() == 2
    look_in_each_view(page, "amend-over")
    moved = Study.objects.get(pk=study.pk)
    later = (timezone.now() + timedelta(days=2)).isoformat()
    protocol = replace(protocol_of(moved), deadline=later, guidelines="Read **everything** twice.")
    amend_study(study=moved, protocol=protocol, reason="Holidays.")
    saved(page)
    assert Judgment.objects.count() == 3
    assert set(Judgment.objects.values_list("amendment", flat=True)) == {0}
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("heading", name="Something was put differently")).to_be_visible()
    look_in_each_view(page, "amend-amended")
    page.get_by_role("button", name="I have read it, go on").click()
    expect(page.locator("[data-unit]")).to_be_visible()
    press(page, "1")
    saved(page)
    assert Judgment.objects.order_by("received").last().amendment == 1  # type: ignore[union-attr]
