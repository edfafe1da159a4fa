"""What to expect of a draft: the fragment of the builder's third step, from a guess and from a pilot."""

import re
from html import unescape
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from annotation.models import Annotator, Study
from annotation.protocol import digest
from annotation.services.material import protocol_of
from crsapp.accounts.models import User
from evaluation.components import pilot_of_one
from evaluation.crossed import Cells
from evaluation.planning import Design
from evaluation.reports.plans import pilots_of, study_plans
from tests.evaluation.factories import CRITERIA, TURNS, make_dataset, make_study, rate, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db: None) -> Study:
    datasets = [make_dataset("ours", "Ours", 50), make_dataset("theirs", "Theirs", 50)]
    study = make_study("draft", datasets, size=10, pairs=50)
    Study.objects.filter(pk=study.pk).update(state=Study.State.DRAFT, opened=None, closed=None, digest="")
    study.refresh_from_db()
    return study


def pilot_for(study: Study, *, state: str = Study.State.CLOSED) -> Study:
    datasets = [make_dataset("p1", "Ours once", 12), make_dataset("p2", "Theirs once", 12)]
    pilot = make_study("pilot", datasets, seats=4, size=6, pairs=12, state=state)
    rng = np.random.default_rng(4)
    ratings = np.clip(np.round(rng.normal(1, 0.7, (len(CRITERIA), 12, TURNS, 4)) + rng.normal(0, 0.6, 4)), 0, 2)
    rate(pilot.blocks.get(number=1), ratings.astype(np.int64))
    vote(pilot.blocks.get(number=2), votes())
    Study.objects.filter(pk=pilot.pk).update(pilot_of=study)
    return pilot


def votes() -> np.ndarray:
    return (np.random.default_rng(9).random((12, 4)) < np.array([0.9, 0.7, 0.6, 0.4])).astype(float)


def fragment(client: Client, study: Study, **asked: object) -> str:
    response = client.get(reverse("evaluation:plan", args=[study.slug]), asked)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def test_amira_reads_what_fifty_pairs_and_seven_annotators_promise(client: Client, amira: User, draft: Study) -> None:
    client.force_login(amira)
    text = fragment(client, draft)
    assert "Expect a win rate to within ± 12 points: about an even result, 38–62 %." in text
    assert "Expect the difference of two means of Fluency (0–2) to within" in text
    assert "With 7 annotators no number of pairs comes below ± 11." in text
    assert "A pilot says more." in text
    assert "as in “" not in text


def test_what_the_form_says_counts_before_it_is_saved(client: Client, amira: User, draft: Study) -> None:
    client.force_login(amira)
    text = fragment(client, draft, **{"b1-design": "panel", "b1-annotators": "20", "pay": "30", "wanted": "8"})
    assert "With 20 annotators no number of pairs" in text
    assert "The cheapest design that comes to ± 8.0: 53 pairs × 20 annotators" in text
    assert "cost ≈" in text
    assert protocol_of(Study.objects.get(pk=draft.pk)).blocks[1].annotators == 7
    shared = fragment(client, draft, **{"b1-design": "overlap", "b1-annotators": "3", "people": "25"})
    assert "50 pairs shared by" in shared
    beside = shared[shared.index('id="plan-short" hx-swap-oob') :]
    assert "Interval to expect" in beside
    assert "Expect a win rate to within" in beside


def test_a_width_that_neither_comes_to_alone_is_told_of_what_is_judged(
    client: Client, amira: User, draft: Study
) -> None:
    client.force_login(amira)
    text = fragment(client, draft, wanted="2")
    assert "Neither more annotators alone nor more pairs alone come to ± 2.0." in text
    assert "Neither more annotators alone nor more dialogues alone come to" in text


@pytest.mark.parametrize("asked", [{"wanted": "many"}, {"wanted": "99"}, {"basis": "pilot"}, {"to_begin": "-1"}])
def test_what_cannot_be_read_is_said_and_nothing_is_planned(
    client: Client, amira: User, draft: Study, asked: dict[str, str]
) -> None:
    client.force_login(amira)
    text = fragment(client, draft, **asked)
    assert 'role="alert"' in text
    assert "Expect" not in text


def test_a_pilot_is_taken_as_soon_as_there_is_one(client: Client, amira: User, draft: Study) -> None:
    pilot_for(draft)
    client.force_login(amira)
    text = fragment(client, draft)
    assert "from the variances found in “Two sets of dialogues” (12 units, 4 annotators)" in text
    assert "from the variances found in “Two sets of dialogues” (6 units, 4 annotators)" in text
    assert "found in" not in fragment(client, draft, basis="usual")
    unit, person = np.indices((12, 4)).reshape(2, -1)
    expected = pilot_of_one(Cells.collect(unit, person, votes().ravel()))
    assert pilots_of(draft.pilots.get())[2, "preference"] == expected
    plans = study_plans(draft, protocol_of(draft), basis="pilot", people=20)
    assert plans[1].components == (expected.upper if expected else None)
    assert plans[1].asked.design == Design(50, 7)


def test_of_a_study_that_was_opened_its_own_judgments_are_named(draft: Study) -> None:
    study = pilot_for(draft)
    Study.objects.filter(pk=study.pk).update(pilot_of=None, title="Films judged")
    out = StringIO()
    call_command("plan_study", study.slug, stdout=out)
    assert "from the variances found in “Films judged” (12 units, 4 annotators)" in out.getvalue()
    assert "pilot's" not in out.getvalue()


def test_whoever_judges_in_the_open_pilot_plans_from_a_guess(client: Client, amira: User, draft: Study) -> None:
    pilot = pilot_for(draft, state=Study.State.OPEN)
    client.force_login(amira)
    assert "as in “Two sets of dialogues”" in fragment(client, draft)
    Annotator.objects.filter(study=pilot, seat__number=1).update(user=amira)
    assert "as in “" not in fragment(client, draft)


def test_a_draft_without_blocks_has_nothing_to_plan(client: Client, amira: User) -> None:
    Study.objects.create(slug="empty", title="Empty", protocol={"title": "Empty"})
    client.force_login(amira)
    assert "Nothing to plan yet" in fragment(client, Study.objects.get(slug="empty"))


def test_looking_at_a_plan_changes_nothing(client: Client, amira: User, draft: Study) -> None:
    before = digest(protocol_of(draft))
    client.force_login(amira)
    fragment(client, draft, wanted="5")
    draft.refresh_from_db()
    assert (digest(protocol_of(draft)), draft.events.count()) == (before, 0)
    assert client.post(reverse("evaluation:plan", args=[draft.slug])).status_code == 405


def test_plan_study_prints_the_same_and_json(capsys: pytest.CaptureFixture[str], draft: Study) -> None:
    call_command("plan_study", "draft", "--wanted", "8", "--pay", "30", "--json")
    out = capsys.readouterr().out
    assert "Expect a win rate to within ±\u202f12 points" in out
    assert '"cheapest":{"units":53,"annotators":20' in out
