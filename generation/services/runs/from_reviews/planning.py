"""The plans of a run: drawn in the seed's order, kept as they are drawn, and looked at before anything is asked."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Max
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from crsapp.jobs.registry import Progress
from generation.llm.prompts import Prompt, Rendered, get_prompt
from generation.llm.record import Ask, likely_of, most_of, request_of
from generation.models import Endpoint, GenerationRun, Planned, Preparation
from generation.reviews.kept_plans import for_writer, plan_as_json
from generation.reviews.plan import Plan, Planner, Unplanned
from generation.services.inserting import insert, reserve_ids
from generation.services.runs.from_reviews.material import Gold, golds, supply
from generation.services.runs.from_reviews.settings import PROMPT, ReviewSettings, templates_of
from generation.services.runs.settings import RunError
from generation.services.templates import usable_templates

AT_ONCE: Final = 40
TOKENS_AN_UTTERANCE: Final = 40
"""About what models write, for estimates."""


def rendered(prompt: Prompt, kept: Mapping[str, Any], settings: ReviewSettings) -> Rendered:
    """The prompt with a kept plan in it."""
    plan = for_writer(kept)
    return prompt.render(
        domain=settings.domain or "products",
        n_utterances=plan["n_utterances"],
        max_words=settings.sentence_words,
        language=language_in_english(settings.language),
        plan=json.dumps(plan, ensure_ascii=False, indent=1),
    )


def language_in_english(code: str) -> str:
    """As a prompt says it.

    >>> language_in_english("zh"), language_in_english("tlh")
    ('Chinese', 'the language “tlh”')
    """
    try:
        return {"zh": "Chinese"}.get(code) or str(get_language_info(code)["name"])
    except KeyError:
        return f"the language “{code}”"


def drawn(preparation: Preparation, planner: Planner, wanted: Sequence[Gold]) -> list[Plan | Unplanned]:
    """For each gold item its plan, or why there is none."""
    found = supply(preparation, wanted)
    return [planner.plans(reviewer, found.others)[0] for reviewer in found.reviewers]


def plan_steps(run: GenerationRun) -> Iterator[Progress]:
    """Go on planning where the rows end, until there are as many plans as were asked for or no gold item is left."""
    settings = ReviewSettings.of(run.settings)
    preparation = _preparation_of(run)
    planner = Planner(templates_of(run.settings), settings.for_plans(preparation))
    ordered = golds(preparation, settings.seed)
    rows = Planned.objects.filter(run=run)
    begin = rows.aggregate(last=Max("n"))["last"] or 0
    there = rows.exclude(state=Planned.State.IMPOSSIBLE).count()
    wanted = len(ordered) if settings.count is None else min(settings.count, len(ordered))
    while begin < len(ordered) and there < wanted:
        some = ordered[begin : begin + min(AT_ONCE, wanted - there)]
        plans = drawn(preparation, planner, some)
        _keep(run, begin + 1, some, plans)
        begin += len(some)
        there += sum(isinstance(plan, Plan) for plan in plans)
        yield Progress(done=there, total=wanted, message=_("Plans are being drawn"))
    GenerationRun.objects.filter(pk=run.pk).update(all_planned=True)


def _preparation_of(run: GenerationRun) -> Preparation:
    preparation = run.preparation
    if preparation is None or preparation.state != Preparation.State.COMPLETE:
        raise RunError(
            _(
                "The reviews were prepared anew, or deleted, before all plans were drawn. "
                "What is written stays; start a new run for the rest."
            )
        )
    return preparation


def _keep(run: GenerationRun, first: int, wanted: Sequence[Gold], plans: Sequence[Plan | Unplanned]) -> None:
    possible = Planned.State.TO_DO.value, Planned.State.IMPOSSIBLE.value
    written = {
        "id": reserve_ids(Planned, len(plans)),
        "run": [run.pk] * len(plans),
        "n": range(first, first + len(plans)),
        "state": [possible[isinstance(plan, Unplanned)] for plan in plans],
        "person": [gold.person for gold in wanted],
        "subject": [gold.item for gold in wanted],
        "variant": [plan.template.id if isinstance(plan, Plan) else "" for plan in plans],
        "plan": [plan_as_json(plan) if isinstance(plan, Plan) else {} for plan in plans],
        "reason": [plan.reason if isinstance(plan, Unplanned) else "" for plan in plans],
    }
    insert(Planned, written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run would come to, by the `looked_at` first of `golds` items; money in billionths, of one try each."""

    golds: int
    looked_at: int
    possible: int
    impossible: Mapping[str, int]
    wanted: int
    tokens: int
    money: int
    most_money: int
    is_exact: bool
    examples: Sequence[Mapping[str, Any]] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, Any]:
        names = ("golds", "looked_at", "possible", "wanted", "tokens", "money", "most_money", "is_exact")
        return {**{name: getattr(self, name) for name in names}, "impossible": dict(self.impossible)}


def estimate(
    *, preparation: Preparation, endpoint: Endpoint, settings: ReviewSettings, most: int | None = None
) -> Estimate:
    """Draw plans without keeping them, at most `most` gold items, and go by those for the rest."""
    planner = Planner(usable_templates(), settings.for_plans(preparation))
    ordered = golds(preparation, settings.seed)
    prompt = get_prompt(PROMPT)
    wanted = len(ordered) if settings.count is None else min(settings.count, len(ordered))
    end = len(ordered) if most is None else min(most, len(ordered))
    reasons: Counter[str] = Counter()
    tokens = money = most_money = possible = looked_at = 0
    examples: list[Mapping[str, Any]] = []
    while looked_at < end and possible < wanted:
        some = ordered[looked_at : min(looked_at + min(AT_ONCE, wanted - possible), end)]
        looked_at += len(some)
        for plan in drawn(preparation, planner, some):
            if isinstance(plan, Unplanned):
                reasons[plan.reason] += 1
                continue
            possible += 1
            kept = plan_as_json(plan)
            request = request_of(Ask("", rendered(prompt, kept, settings)), endpoint)
            likely = likely_of(request, endpoint, tokens_out=TOKENS_AN_UTTERANCE * len(plan.utterances))
            tokens, money = tokens + likely.tokens, money + likely.money
            most_money += most_of(request, endpoint).money
            examples = examples or [kept]
    is_exact = possible == wanted or looked_at == len(ordered)
    share = possible / looked_at if looked_at else 0
    expected = possible if is_exact else min(wanted, round(share * len(ordered)))
    scale = expected / possible if possible else 0
    return Estimate(
        golds=len(ordered),
        looked_at=looked_at,
        possible=expected,
        impossible=dict(reasons.most_common()),
        wanted=wanted,
        tokens=round(tokens * scale),
        money=round(money * scale),
        most_money=round(most_money * scale * (settings.retries + 1)),
        is_exact=is_exact,
        examples=tuple(examples),
    )
