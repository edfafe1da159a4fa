"""The offline writer: the same from the same seed, never two alike, as planned; and wrong in the way chosen."""

import json
import re
from collections import Counter
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.llm.exchange import Kind, Outcome, Request
from generation.llm.mishaps import MISHAPS, Part, read_mishaps
from generation.llm.people import PEOPLE_SPOILERS
from generation.llm.prompts import get_prompt
from generation.llm.script import bank, goal_id, read_plan, write
from generation.llm.scripted import ScriptedClient
from generation.llm.spoiling import SPOILERS
from generation.llm.talk_faults import ASSISTANT_FAULTS, USER_FAULTS
from generation.reviews.goals import GOALS
from generation.reviews.grammar import BUILT_IN
from generation.reviews.material import PlanSettings
from generation.reviews.plan import Plan, plans
from generation.reviews.reviewers import OtherReview, Reviewed, Reviewer
from tests.apart import run_apart

REVIEWS = (
    "The pacing dragged terribly, and the dialogue felt wooden from beginning to finish, although the costumes and "
    "colours were lovely to look at, which I admit freely.",
    "A tender, patient story with marvellous acting; the harbour scenes and the silence between the brothers stayed "
    "with me long after the credits had rolled.",
    "Clever twists, crisp editing and a soundtrack that lifts every single scene; my cousin laughed until she cried, "
    "and then she started it once more.",
)
WRITERS = {slug for slug, mishap in MISHAPS.items() if mishap.part == Part.WRITER}
LINE = re.compile(r"^(User|Agent): (.+)$")


def item(name: str, number: int) -> Reviewed:
    return Reviewed(item_id=name, title=f"The {name} Lantern", text=REVIEWS[number % 3], time=number)


def reviewer(user: str = "mira", gold: int = 1) -> Reviewer:
    return Reviewer(
        user=user,
        likes=tuple(item(f"Amber{number}", number) for number in range(4)),
        dislikes=tuple(item(f"Dusty{number}", number) for number in range(4)),
        might_likes=tuple(replace(item(f"Golden{number}", number), text="Only I know.") for number in range(gold)),
    )


def said(rating: float, review: int, author: str) -> OtherReview:
    return OtherReview(author=author, rating=rating, text=REVIEWS[review])


def made(template: str | None = None, **changes: Any) -> list[Plan]:
    who = reviewer(**changes)
    everything = (*who.likes, *who.dislikes, *who.might_likes)
    pool = {one.item_id: [said(5, 1, "bo"), said(1, 0, "cy"), said(1, 2, "di")] for one in everything}
    templates = [BUILT_IN[template]] if template else list(BUILT_IN.values())
    found = plans(who, pool, templates, PlanSettings(domain="Movies"))
    return [one for one in found if isinstance(one, Plan)]


def request(plan: Plan, seed: int | None = 1) -> Request:
    rendered = get_prompt("redial_static").render(
        domain=plan.domain,
        n_utterances=len(plan.utterances),
        max_words=60,
        language="English",
        plan=json.dumps(plan.to_json(), ensure_ascii=False),
    )
    return Request(messages=rendered.messages, max_tokens=4000, seed=seed)


def written(plan: Plan, seed: int | None = 1, **mishaps: float) -> Outcome:
    return run_apart(ScriptedClient(mishaps=mishaps).ask(request(plan, seed)))


def lines(outcome: Outcome) -> list[tuple[str, str]]:
    found = [LINE.fullmatch(part) for part in outcome.text.split("\n\n")]
    assert all(found), outcome.text
    return [(one[1], one[2]) for one in found if one]


@pytest.mark.parametrize("template", sorted(BUILT_IN))
def test_every_template_is_written_as_planned(template: str) -> None:
    [plan] = made(template)
    outcome = written(plan)
    found = lines(outcome)
    assert (outcome.kind, outcome.finish_reason) == (Kind.ANSWERED, "stop")
    assert [speaker for speaker, _text in found] == [one.speaker for one in plan.utterances]
    assert outcome.text[-1] in ".!?"
    assert not re.search(r"[\[\]{}]|USER_|OTHER_", outcome.text)
    gold = plan.items["USER_MIGHT_LIKES"].title
    due = next(n for n, one in enumerate(plan.utterances) if any("USER_MIGHT_LIKES]" in goal for goal in one.goals))
    assert gold in found[due][1]
    assert not any(gold in text for _speaker, text in found[:due])
    for one, (_speaker, text) in zip(plan.utterances, found, strict=True):
        assert max(len(sentence.split()) for sentence in re.split(r"[.!?]", text)) <= 60
        for name, value in one.slots.items():
            if "REVIEW" not in name:
                assert value in text
            else:
                words = value.split()
                assert not any(" ".join(words[n : n + 6]) in text for n in range(len(words) - 5))


@pytest.mark.parametrize("goal", sorted(GOALS))
def test_every_goal_is_recognised_and_has_lines_of_its_own(goal: str) -> None:
    for words in filter(None, (GOALS[goal].instruction, GOALS[goal].without_review)):
        assert goal_id(re.sub(r"\{\{(\w+)\}\}", r"[\1_2]", words)) == goal
    plain = [line for line in bank()["goals"][goal]["say"] if "{first}" not in line and "{second}" not in line]
    assert len(set(plain)) >= 2
    assert all(line[-1] in ".!?" for line in bank()["goals"][goal]["say"])


def test_the_same_plan_and_seed_give_the_same_dialogue() -> None:
    [plan] = made("T2b-L-L2")
    assert written(plan).text == written(plan).text
    assert len({written(plan, seed).text for seed in range(100)}) == 100


def shingles(text: str) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[n : n + 5]) for n in range(len(words) - 4)}


def test_no_two_dialogues_of_a_run_are_alike() -> None:
    texts = [written(plan, 7).text for plan in made(gold=120)]
    assert len(texts) == 120
    alike = [len(one & other) / len(one | other) for one, other in combinations([shingles(text) for text in texts], 2)]
    assert max(alike) < 0.7
    first = Counter(text.split("\n\n")[0] for text in texts)
    assert first.most_common(1)[0][1] < 12


@given(st.text())
@settings(max_examples=50)
def test_whatever_stands_in_the_fence_is_answered(text: str) -> None:
    rendered = get_prompt("redial_static").render(
        domain="x", n_utterances=1, max_words=60, language="English", plan=text
    )
    outcome = run_apart(ScriptedClient().ask(Request(messages=rendered.messages, max_tokens=50)))
    assert outcome.answered


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"items": 1, "utterances": 2}', '{"items": {}, "utterances": [{"speaker": 1}]}']
)
def test_a_plan_that_is_none(text: str) -> None:
    assert read_plan(text) is None


def test_without_a_plan_it_says_what_it_is() -> None:
    prompt = get_prompt("endpoint_try").render(word="ready")
    outcome = run_apart(ScriptedClient().ask(Request(messages=prompt.messages, max_tokens=50)))
    assert "scripted" in outcome.text
    assert outcome.tokens_known


def spoilt(slug: str, template: str = "T3g-D-L3") -> tuple[Plan, Outcome]:
    [plan] = made(template)
    outcome = written(plan, **{slug: 1.0})
    assert outcome.text != written(plan).text
    return plan, outcome


def test_cut_off() -> None:
    _plan, outcome = spoilt("cut_off")
    assert outcome.finish_reason == "length"
    assert outcome.text[-1] not in ".!?"


def test_garbled() -> None:
    assert "\ufffd" in spoilt("garbled")[1].text


def test_leaked_slot() -> None:
    assert "[USER_HIS_LIKES_1]" in spoilt("leaked_slot")[1].text


def test_missing_title() -> None:
    plan, outcome = spoilt("missing_title")
    assert any(one.title not in outcome.text for one in plan.items.values())


def test_dropped_utterance() -> None:
    plan, outcome = spoilt("dropped_utterance")
    assert len(lines(outcome)) == len(plan.utterances) - 1


def test_swapped_speakers() -> None:
    plan, outcome = spoilt("swapped_speakers")
    assert [speaker for speaker, _ in lines(outcome)] != [one.speaker for one in plan.utterances]


def test_long_sentence() -> None:
    assert max(len(sentence.split()) for sentence in re.split(r"[.!?]", spoilt("long_sentence")[1].text)) > 60


def test_copied_review() -> None:
    _plan, outcome = spoilt("copied_review")
    assert any(" ".join(review.split()[:15]) in outcome.text for review in REVIEWS)


def test_early_gold() -> None:
    plan, outcome = spoilt("early_gold")
    due = next(n for n, one in enumerate(plan.utterances) if any("USER_MIGHT_LIKES]" in goal for goal in one.goals))
    assert any(plan.items["USER_MIGHT_LIKES"].title in text for _speaker, text in lines(outcome)[:due])


def test_leaked_instruction() -> None:
    assert re.search(r"AI language model|goal|template", spoilt("leaked_instruction")[1].text)


def test_wrong_outcome() -> None:
    assert re.search(r"do not want that one|not for me", lines(spoilt("wrong_outcome", "T1a-L-L1")[1])[-4][1])


def test_repeated() -> None:
    [plan] = made("T1a-L-L1")
    assert written(plan, 1, repeated=1).text == written(plan, 2, repeated=1).text


def test_no_answer_the_first_time() -> None:
    [plan] = made("T1a-L-L1")
    client = ScriptedClient(mishaps={"no_answer": 1})

    async def twice() -> list[Kind]:
        return [(await client.ask(request(plan))).kind for _ in range(2)]

    assert run_apart(twice()) == [Kind.SERVER_ERROR, Kind.ANSWERED]


def test_chances_are_kept() -> None:
    [plan] = made("T1a-L-L1")
    cut = sum(written(plan, seed, cut_off=0.25).finish_reason == "length" for seed in range(400))
    assert 60 < cut < 140


def test_every_mishap_can_befall_and_only_numbers_count() -> None:
    assert set(SPOILERS) | {"cut_off", "repeated"} == WRITERS
    assert set(PEOPLE_SPOILERS) == {slug for slug, one in MISHAPS.items() if one.part == Part.PEOPLE}
    assert {*USER_FAULTS, "never_ends"} == {slug for slug, one in MISHAPS.items() if one.part == Part.USER}
    assert set(ASSISTANT_FAULTS) == {slug for slug, one in MISHAPS.items() if one.part == Part.ASSISTANT}
    assert read_mishaps({"cut_off": 2, "garbled": "x", "unknown": 1, "early_gold": 0}) == {"cut_off": 1.0}


@given(st.sampled_from(sorted(BUILT_IN)), st.sets(st.sampled_from(sorted(WRITERS | {"no_answer"}))), st.integers(0, 99))
@settings(max_examples=80, deadline=None)
def test_any_mixture_of_mishaps_is_written(template: str, slugs: set[str], seed: int) -> None:
    [plan] = made(template)
    assert written(plan, seed, **dict.fromkeys(slugs - {"no_answer"}, 1.0)).text


def test_write_has_a_line_for_each_utterance() -> None:
    [plan] = made("T3g-D-L3")
    read = read_plan(json.dumps(plan.to_json()))
    assert read
    assert len(write(read, 3)) == len(plan.utterances)
