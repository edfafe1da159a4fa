"""Plans of dialogues: every gold item once, nothing twice, nothing given away, the same from the same seed."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.reviews.grammar import BUILT_IN
from generation.reviews.material import PlanSettings
from generation.reviews.plan import Plan, Planner, Unplanned, plans
from generation.reviews.reviewers import OtherReview, Reviewed, Reviewer, shortened
from generation.reviews.templates import Template

ROOT = Path(__file__).resolve().parents[2]
ALL = list(BUILT_IN.values())
SECRET = "Only I know how it ends."


def item(name: str, text: str = "", time: int = 0) -> Reviewed:
    return Reviewed(item_id=name, title=f"The {name}", text=text or f"What I say of {name}.", time=time)


def other(rating: float, text: str, author: str = "bo") -> OtherReview:
    return OtherReview(author=author, rating=rating, text=text)


def mira(likes: str = "abc", dislikes: str = "xyz", might: Sequence[str] = "g") -> Reviewer:
    """A reviewer of items with names of one letter."""
    return Reviewer(
        user="mira",
        likes=tuple(item(name) for name in likes),
        dislikes=tuple(item(name) for name in dislikes),
        might_likes=tuple(item(name, SECRET, time) for time, name in enumerate(might)),
    )


def pool(names: Sequence[str] = "abcxyzg") -> dict[str, list[OtherReview]]:
    return {name: [other(5, f"Others love {name}.", "bo"), other(1, f"Others hate {name}.", "cy")] for name in names}


PLANNER = Planner(ALL, PlanSettings())
OF_ALL = pool(["a", "b", "c", "d", "e", "f", "x", "y", "z", *(f"g{number}" for number in range(1_000))])


def of(*ids: str) -> list[Template]:
    return [BUILT_IN[one] for one in ids]


def plan(template: str, **changes: Any) -> Plan:
    made = plans(mira(), pool(), of(template), PlanSettings(domain="Films", **changes))[0]
    assert isinstance(made, Plan)
    return made


def test_the_plan_has_the_shape_that_the_prompt_speaks_of() -> None:
    made = plans(mira("a"), {}, of("T1a-L-L1"), PlanSettings(domain="Films"))[0]
    assert isinstance(made, Plan)
    assert made.to_json() == {
        "domain": "Films",
        "user": "mira",
        "template_id": "T1a-L-L1",
        "n_utterances": 8,
        "items": {
            "USER_HIS_LIKES_1": {"item_id": "a", "title": "The a"},
            "USER_MIGHT_LIKES": {"item_id": "g", "title": "The g"},
        },
        "utterances": [
            {
                "i": 1,
                "speaker": "User",
                "goals": [
                    "Open the chat by mentioning [USER_HIS_LIKES_1] and why you enjoyed it: [USER_HIS_LIKES_REVIEW_1]"
                ],
                "slots": {"USER_HIS_LIKES_1": "The a", "USER_HIS_LIKES_REVIEW_1": "What I say of a."},
            },
            {
                "i": 2,
                "speaker": "Agent",
                "goals": ["Acknowledge how the user feels", "Turn the talk towards finding something new"],
                "slots": {},
            },
            {
                "i": 3,
                "speaker": "User",
                "goals": ["Ask for a suggestion; if you were just asked about taste, answer that first"],
                "slots": {},
            },
            {
                "i": 4,
                "speaker": "Agent",
                "goals": ["Suggest [USER_MIGHT_LIKES]"],
                "slots": {"USER_MIGHT_LIKES": "The g"},
            },
            {"i": 5, "speaker": "User", "goals": ["Agree to try it, no reason"], "slots": {}},
            {"i": 6, "speaker": "Agent", "goals": ["Ask if another suggestion would help"], "slots": {}},
            {"i": 7, "speaker": "User", "goals": ["Say you need nothing more and thank"], "slots": {}},
            {"i": 8, "speaker": "Agent", "goals": ["Close politely"], "slots": {}},
        ],
    }


def test_two_rejected_items_are_told_apart_by_number() -> None:
    made = plan("T3f-L-L0")  # rejects two disliked items, the second after another person's comment
    slots = [one.slots for one in made.utterances]
    first, second = made.items["USER_HIS_DISLIKES_1"], made.items["USER_HIS_DISLIKES_2"]
    assert first != second
    assert slots[2] == {"USER_HIS_DISLIKES_REVIEW_1": first.text}
    assert slots[5] == {"OTHER_DISLIKES_REVIEW_2": f"Others hate {second.item_id}."}
    assert slots[6] == {"USER_HIS_DISLIKES_REVIEW_2": second.text}


def test_reviews_of_others_have_the_polarity_of_their_slot() -> None:
    assert plan("T3e-L-L0").utterances[3].slots == {
        "OTHER_HISLIKES_REVIEW_2": f"Others love {plan('T3e-L-L0').items['USER_HIS_LIKES_2'].item_id}."
    }
    assert "Others love g." in plan("T1c-L-L0").utterances[1].slots.values()
    assert plan("T1f-L-L0").utterances[3].slots == {"OTHER_REVIEW_1": "Others love g."}


def test_without_a_bad_review_another_one_stands_in_and_that_is_recorded() -> None:
    kind = {name: [other(5, "Splendid.")] for name in "abcxyzg"}
    made = plans(mira(), kind, of("T2g-L-L0"), PlanSettings())[0]
    assert isinstance(made, Plan)
    assert made.fallbacks == ("OTHER_DISLIKES_REVIEW_1",)
    assert made.utterances[3].slots == {"OTHER_DISLIKES_REVIEW_1": "Splendid."}
    assert plan("T2g-L-L0").fallbacks == ()


def test_the_reason_for_knowing_it_takes_a_review_where_the_settings_say_so() -> None:
    with_review = plan("T2b-L-L0", optional_slots=True)
    assert with_review.utterances[2].goals[1] == "the reason: you already know it: [USER_HIS_LIKES_REVIEW_2]"
    assert with_review.utterances[2].slots == {"USER_HIS_LIKES_REVIEW_2": with_review.items["USER_HIS_LIKES_2"].text}
    assert plan("T2b-L-L0").utterances[2].slots == {}


def test_data_without_texts_is_used_only_where_the_settings_say_so() -> None:
    silent = Reviewer(user="u", likes=(Reviewed(item_id="a", title="A"),), might_likes=(item("g"),))
    refused = plans(silent, {}, of("T1a-L-L0"), PlanSettings())[0]
    assert isinstance(refused, Unplanned)
    assert refused.lacking == {"items with the reviews that are asked for": 1}
    made = plans(silent, {}, of("T1a-L-L0"), PlanSettings(reviews_required=False))[0]
    assert isinstance(made, Plan)
    assert made.utterances[0].goals == ("Open the chat by mentioning [USER_HIS_LIKES_1] and that you enjoyed it",)
    assert made.utterances[0].slots == {"USER_HIS_LIKES_1": "A"}


def test_long_reviews_end_with_a_sentence() -> None:
    long = "One two three. " * 50
    reviewer = replace(mira(), likes=(item("a", long),))
    made = plans(reviewer, {}, of("T1a-L-L0"), PlanSettings())[0]
    assert isinstance(made, Plan)
    assert made.utterances[0].slots["USER_HIS_LIKES_REVIEW_1"] == ("One two three. " * 40).strip()


@given(st.text(alphabet="a .!?。好\n\"'", max_size=200), st.integers(1, 30))
def test_a_shortened_text_is_a_beginning_of_it(text: str, most: int) -> None:
    short = shortened(text, most)
    assert text.strip().startswith(short.removesuffix(" …"))
    assert len(short.removesuffix(" …").split()) <= most
    assert short or not text.strip()


# What each pair of needs (liked, disliked) takes, and one item less.
@pytest.mark.parametrize("needs", sorted({template.needs for template in ALL}))
def test_a_template_is_filled_exactly_where_there_are_items_enough(needs: tuple[int, int]) -> None:
    templates = [template for template in ALL if template.needs == needs]
    likes, dislikes = "abc"[: needs[0]], "xyz"[: needs[1]]
    for template in templates:
        assert isinstance(plans(mira(likes, dislikes), pool(), [template], PlanSettings())[0], Plan)
        for fewer in ((likes[1:], dislikes), (likes, dislikes[1:])):
            if fewer != (likes, dislikes):
                refused = plans(mira(*fewer), pool(), [template], PlanSettings())[0]
                assert isinstance(refused, Unplanned)
                assert "liked items" in refused.reason


@pytest.mark.parametrize(
    ("template", "missing", "lacks"),
    [
        ("T1c-L-L0", "g", "a review by somebody else of the item to suggest"),
        ("T1f-L-L0", "g", "a review by somebody else of the item to suggest"),
        ("T2f-D-L0", "abc", "items with the reviews that are asked for"),
        ("T2g-L-L0", "xyz", "items with the reviews that are asked for"),
    ],
)
def test_a_template_that_asks_for_reviews_of_others_needs_them(template: str, missing: str, lacks: str) -> None:
    there = "".join(name for name in "abcxyzg" if name not in missing)
    refused = plans(mira(), pool(there), of(template), PlanSettings())[0]
    assert isinstance(refused, Unplanned)
    assert refused.lacking == {lacks: 1}
    assert isinstance(plans(mira(), pool(), of(template), PlanSettings())[0], Plan)


def test_an_item_that_only_one_slot_can_take_is_kept_for_it() -> None:
    """Of three liked items only one has a review by somebody else, and the template asks for one, second."""
    for seed in range(30):
        made = plans(mira("abc", ""), pool("bg"), of("T2f-L-L0"), PlanSettings(seed=seed))[0]
        assert isinstance(made, Plan)
        assert made.items["USER_HIS_LIKES_2"].item_id == "b"


def test_somebody_without_dislikes_still_has_52_templates() -> None:
    drawn = {
        one.template.id
        for one in PLANNER.plans(mira("abcdef", "", [f"g{number}" for number in range(900)]), OF_ALL)
        if isinstance(one, Plan)
    }
    assert len(drawn) == 52


def test_settings_of_one_weight_come_equally_often_and_others_as_weighted() -> None:
    def drawn(**changes: Any) -> Counter[int]:
        planner = Planner(ALL, PlanSettings(**changes))
        made = planner.plans(mira(might=[f"g{number}" for number in range(900)]), OF_ALL)
        return Counter(one.template.recommendations for one in made if isinstance(one, Plan))

    assert all(240 < count < 360 for count in drawn().values())
    assert set(drawn(weights={2: 1.0})) == {2}
    assert drawn(weights={1: 3.0, 3: 1.0})[1] > 600


def test_the_mean_length_is_that_of_the_templates() -> None:
    made = PLANNER.plans(mira(might=[f"g{number}" for number in range(1_000)]), OF_ALL)
    lengths = [len(one.utterances) for one in made if isinstance(one, Plan)]
    assert abs(sum(lengths) / len(lengths) - 10.24) < 0.2


def test_nothing_fits_in_words() -> None:
    refused = plans(mira("", ""), {}, ALL, PlanSettings())[0]
    assert isinstance(refused, Unplanned)
    assert refused.reason.startswith("None of 168 templates can be filled: ")
    none = plans(mira(), {}, ALL, PlanSettings(weights={7: 1.0}))[0]
    assert isinstance(none, Unplanned)
    assert none.reason.startswith("No template may be used")


letters = st.sampled_from("abcdefg")
reviewed = st.builds(
    Reviewed,
    item_id=letters,
    title=letters.map("The {}".format),
    text=st.sampled_from(["", " ", SECRET, SECRET.upper() + "  ", "Fine. Truly.", "It drags."]),
    time=st.integers(0, 3),
    row=st.integers(0, 3),
)
several = st.lists(reviewed, max_size=5).map(tuple)
reviewers = st.builds(Reviewer, user=st.just("mira"), likes=several, dislikes=several, might_likes=several)
pools = st.dictionaries(
    letters,
    st.lists(
        st.builds(
            OtherReview,
            author=st.sampled_from(["mira", "bo", "cy"]),
            rating=st.integers(1, 5).map(float),
            text=st.sampled_from(["", SECRET, "only i know  how it ends.", "Loved it.", "Hated it.", "Well."]),
        ),
        max_size=4,
    ),
)
some_templates = st.lists(st.sampled_from(ALL), min_size=1, max_size=12)
chosen = st.builds(PlanSettings, seed=st.integers(0, 5), reviews_required=st.booleans(), optional_slots=st.booleans())
BRACKETED = re.compile(r"\[(\w+)\]")


@settings(max_examples=300, deadline=None)
@given(reviewers, pools, some_templates, chosen)
def test_what_holds_for_every_plan(
    reviewer: Reviewer, others: dict[str, list[OtherReview]], templates: list[Template], how: PlanSettings
) -> None:
    made = plans(reviewer, others, templates, how)
    golds = [one.gold.item_id for one in made]
    assert sorted(golds) == sorted({one.item_id for one in reviewer.might_likes})
    assert [one.gold.time for one in made] == sorted(one.gold.time for one in made)
    for one in made:
        if isinstance(one, Plan):
            holds_for(one, how)


def holds_for(one: Plan, how: PlanSettings) -> None:
    written = one.to_json()
    said = json.dumps(written).casefold()
    own = " ".join(one.gold.text.casefold().split())
    if own:
        assert own not in " ".join(said.split())
    ids = [item["item_id"] for item in written["items"].values()]
    assert len(ids) == len(set(ids)) == one.template.recommendations + 1
    assert written["items"]["USER_MIGHT_LIKES"]["item_id"] == one.gold.item_id
    assert len(one.utterances) == one.template.length
    for step, utterance in zip(one.template.steps, one.utterances, strict=True):
        assert len(utterance.goals) == len(step.goals)
        named = [name for goal in utterance.goals for name in BRACKETED.findall(goal)]
        assert set(named) == set(utterance.slots)
        assert all(text.strip() for text in utterance.slots.values())
        assert not any("{{" in goal for goal in utterance.goals)


@settings(max_examples=100, deadline=None)
@given(reviewers, pools, some_templates, chosen, st.randoms())
def test_the_order_in_which_things_come_changes_nothing(
    reviewer: Reviewer, others: dict[str, list[OtherReview]], templates: list[Template], how: PlanSettings, chance: Any
) -> None:
    def mixed(things: Any) -> list[Any]:
        return chance.sample(list(things), len(things))

    before = plans(reviewer, others, templates, how)
    turned = Reviewer(
        user=reviewer.user,
        likes=tuple(mixed(reviewer.likes)),
        dislikes=tuple(mixed(reviewer.dislikes)),
        might_likes=tuple(mixed(reviewer.might_likes)),
    )
    assert plans(turned, {name: mixed(others[name]) for name in mixed(others)}, mixed(templates), how) == before


def test_another_item_to_recommend_does_not_change_the_plan_of_this_one() -> None:
    alone = plans(mira(might="g"), pool(), ALL, PlanSettings())
    both = plans(mira(might="hg"), pool(), ALL, PlanSettings())
    assert [one.gold.item_id for one in both] == ["h", "g"]
    assert isinstance(both[1], Plan)
    assert both[1].to_json() == next(one for one in alone if isinstance(one, Plan)).to_json()


def test_every_liked_item_has_the_same_chance() -> None:
    made = Planner(of("T1a-L-L0"), PlanSettings()).plans(mira(might=[f"g{number}" for number in range(900)]), OF_ALL)
    drawn = Counter(one.items["USER_HIS_LIKES_1"].item_id for one in made if isinstance(one, Plan))
    assert set(drawn) == {"a", "b", "c"}
    assert all(240 < count < 360 for count in drawn.values())


def test_another_process_draws_the_same() -> None:
    """Sets of texts are iterated in another order under another hash seed; plans must not follow it."""
    script = (
        "from tests.generation.test_plans import *; import hashlib;"
        "pools = {name: [other(5, f'{name} {n}', str(n)) for n in range(9)] for name in 'abcxyzg'};"
        "made = Planner(ALL, PlanSettings()).plans(mira(might='ghijk'), pools);"
        "print(hashlib.sha256(repr(made).encode()).hexdigest())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1


def test_the_documented_example_runs() -> None:
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs/templates.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found
    names: dict[str, Any] = {}
    exec(found[1], names)
    assert [one.to_json()["items"]["USER_MIGHT_LIKES"]["title"] for one in names["plans"]] == ["Ronin"]
