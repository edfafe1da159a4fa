"""What the writing of dialogues is given: people in order, with their reviews, and what others wrote."""

from pathlib import Path

import pytest

from crsapp.jobs.services import run
from generation.models import Dataset, Preparation
from generation.reviews.grammar import derive
from generation.reviews.plan import Plan, PlanSettings, plans
from generation.reviews.settings import Settings
from generation.services.importing_here import import_path
from generation.services.reviews.prepared import in_use, people_with_dialogue, reviewers, reviews_of
from generation.services.reviews.preparing import start_preparation
from tests.generation.review_files import WORDS, everybody_on_everything, review, review_file

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def prepared(folder: Path, reviews: list[dict[str, object]], settings: Settings) -> Preparation:
    import_path(kind="reviews", path=review_file(folder, reviews), dataset_name="Music")
    dataset = Dataset.objects.get()
    assert in_use(dataset) is None
    run(start_preparation(dataset=dataset, settings=settings).job_id)  # type: ignore[arg-type]
    found = in_use(dataset)
    assert found is not None
    return found


def test_people_come_with_their_reviews_in_order(tmp_path: Path) -> None:
    found = list(reviewers(prepared(tmp_path, everybody_on_everything(3, 5), Settings(k=2))))
    assert [one.user for one in found] == ["p0", "p1", "p2"]
    first = found[0]
    assert [one.item_id for one in first.likes] == ["i1", "i2", "i3"]
    assert [one.item_id for one in first.might_likes] == ["i4"]
    assert [(one.item_id, one.title, one.text, one.time) for one in first.dislikes] == [
        ("i0", "i0", f"{WORDS} p0 i0", 0)
    ]


def test_who_cannot_be_greeted_is_left_out(tmp_path: Path) -> None:
    reviews = [review("ann", "i1", 5, 1), review("ann", "i2", 5, 2), review("bob", "i1", 5), review("bob", "i2", 1)]
    made = prepared(tmp_path, reviews, Settings(k=1))
    assert [one.user for one in reviewers(made)] == ["ann"]
    assert people_with_dialogue(made).count() == made.report["with_dialogue"]
    run(start_preparation(dataset=made.dataset, settings=Settings(k=1, greet_with="any")).job_id)  # type: ignore[arg-type]
    made = Preparation.objects.get(state="complete")
    assert [one.user for one in reviewers(made)] == ["ann", "bob"]
    bob = people_with_dialogue(made).get(external_id="bob")
    assert [one.user for one in reviewers(made, [bob.pk])] == ["bob"]


def test_a_pool_has_the_latest_of_each_polarity_and_cleaned_texts(tmp_path: Path) -> None:
    reviews = [review(f"p{who}", "i1", 5 if who % 2 else 2, who, reviewText=f"{WORDS}<br />") for who in range(9)]
    made = prepared(tmp_path, [*reviews, review("p1", "i2"), review("p1", "i3", at=9)], Settings(k=1, max_pool=2))
    pool = reviews_of(made, ["i1"])["i1"]
    assert sorted((one.author, one.rating) for one in pool) == [
        ("p3", 5), ("p4", 2), ("p5", 5), ("p6", 2), ("p7", 5), ("p8", 2)
    ]  # fmt: skip
    assert pool[0].text == WORDS
    assert reviews_of(made, ["i9"]) == {}


def test_plans_can_be_made_from_it(tmp_path: Path) -> None:
    made = prepared(tmp_path, everybody_on_everything(3, 5), Settings(k=2))
    for reviewer in reviewers(made):
        items = [one.item_id for one in (*reviewer.likes, *reviewer.dislikes, *reviewer.might_likes)]
        (plan,) = plans(reviewer, reviews_of(made, items), derive(), PlanSettings(seed=1))
        assert isinstance(plan, Plan)
        assert plan.gold.item_id == "i4"
