"""The two rules about what follows a suggestion: declined before the next one, or accepted for good. Pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from generation.reviews.goals import GOALS
from generation.reviews.templates import Placed, Template
from generation.reviews.words import Finding, named
from generation.wording import either, worded

ACCEPTED: Final = "SG11"
ACCEPTANCES: Final = ("SG14", "SG15", "SG25")
REJECTIONS: Final = ("SG17", "SG18")
REASONED: Final = "SG18"
REASON_FOR: Final = {goal.source: goal.id for goal in GOALS.values() if goal.primary == "reason"}
QUESTION, INTEREST, OFFER, NO_MORE = "SG04", "SG16", "SG06", "SG26"
ANSWERS: Final = ("SG07", "SG08", "SG09", "SG10", "SG22", "SG23", "SG24")


def declined(template: Template) -> Iterator[Finding]:
    """C4: what is suggested before the last item is declined before the next suggestion, with a reason that fits."""
    placed = list(template.placed())
    end = next((index for index, goal in enumerate(placed) if goal.id == ACCEPTED), len(placed))
    starts = [index for index, goal in enumerate(placed[:end]) if _suggests(goal)]
    yield from _idle(placed[: starts[0] if starts else end])
    for start, stop in pairwise([*starts, end]):
        yield from _block(placed[start], placed[start + 1 : stop])
    yield from _reasons(placed)


def _block(suggestion: Placed, after: Sequence[Placed]) -> Iterator[Finding]:
    """What follows one suggestion, up to the next."""
    reply = _first(after, REJECTIONS)
    if reply is None:
        fitting = REASON_FOR[suggestion.goal.source] if suggestion.goal else ""
        yield Finding(
            "C4",
            suggestion.utterance,
            worded(
                "what is suggested here is never declined. Let the user decline it before the next suggestion: SG17, "
                "or %(goal)s with %(reason)s.",
                goal=REASONED,
                reason=fitting,
            ),
        )
        return
    for goal in _strangers(after[:reply], (QUESTION, *ANSWERS)):
        yield Finding(
            "C4",
            goal.utterance,
            worded(
                "%(goal)s, while the suggestion of utterance %(number)d waits for its reply. Only a question about it "
                "(%(question)s) and the answer fit there; move this after the reply, or remove it.",
                goal=named(goal.id),
                number=suggestion.utterance,
                question=QUESTION,
            ),
        )
    yield from _idle(after[reply + 1 :])


def _idle(placed: Sequence[Placed]) -> Iterator[Finding]:
    for goal in placed:
        if goal.id in REJECTIONS:
            yield Finding(
                "C4",
                goal.utterance,
                worded(
                    "%(goal)s, and nothing waits to be declined. Put a suggestion before it, or remove it.",
                    goal=named(goal.id),
                ),
            )


def _reasons(placed: Sequence[Placed]) -> Iterator[Finding]:
    """`SG18` and its reason stand together, and the reason is one for the item that is declined."""
    for index, goal in enumerate(placed):
        before = placed[index - 1] if index else None
        if goal.id == REASONED:
            yield from _reason_given(placed, index)
        elif _primary(goal) == "reason" and (
            before is None or before.id != REASONED or before.utterance != goal.utterance
        ):
            words = worded(
                "%(goal)s: a reason on its own. Put %(before)s right before it.", goal=named(goal.id), before=REASONED
            )
            yield Finding("C4", goal.utterance, words)


def _reason_given(placed: Sequence[Placed], index: int) -> Iterator[Finding]:
    suggestions = [goal.goal.source for goal in placed[:index] if goal.goal and _suggests(goal)]
    fitting = {REASON_FOR[source] for source in suggestions[-1:] if source in REASON_FOR} or set(REASON_FOR.values())
    after = placed[index + 1] if index + 1 < len(placed) else None
    if after is None or after.utterance != placed[index].utterance or after.id not in fitting:
        words = worded(
            "declines with a reason, which should be %(wanted)s. Put it right after SG18.",
            wanted=either([named(goal) for goal in sorted(fitting)]),
        )
        yield Finding("C4", placed[index].utterance, words)


def accepted(template: Template) -> Iterator[Finding]:
    """C5: the last suggestion is accepted once, and nothing declines it afterwards."""
    placed = list(template.placed())
    start = next((index for index, goal in enumerate(placed) if goal.id == ACCEPTED), len(placed))
    before, after = placed[:start], placed[start + 1 :]
    for goal in before:
        if goal.id in ACCEPTANCES:
            words = worded(
                "%(goal)s, before %(accepted)s suggests it. Move it after that.",
                goal=named(goal.id),
                accepted=ACCEPTED,
            )
            yield Finding("C5", goal.utterance, words)
    if start < len(placed):
        yield from _acceptance(placed[start], after)
    for goal in placed:
        if goal.id == NO_MORE and (goal not in after or not _was_offered(template, goal.utterance)):
            yield Finding(
                "C5",
                goal.utterance,
                worded(
                    "%(goal)s: that answers an offer. After the acceptance, put %(offer)s into the utterance before.",
                    goal=named(goal.id),
                    offer=named(OFFER),
                ),
            )


def _acceptance(suggestion: Placed, after: Sequence[Placed]) -> Iterator[Finding]:
    reply = _first(after, ACCEPTANCES)
    for goal in after:
        if goal.id in REJECTIONS:
            yield Finding(
                "C5",
                goal.utterance,
                worded(
                    "%(goal)s: the item that is to be accepted. Accept it here (SG14, SG15 or SG25); to wish for "
                    "nothing more, use %(no_more)s after %(offer)s.",
                    goal=named(goal.id),
                    no_more=NO_MORE,
                    offer=OFFER,
                ),
            )
    if reply is None:
        yield Finding(
            "C5",
            suggestion.utterance,
            worded("what is suggested here is never accepted. Let the user accept it next: SG14, SG15 or SG25."),
        )
        return
    for goal in _strangers(after[:reply], (QUESTION, INTEREST, *ANSWERS)):
        yield Finding(
            "C5",
            goal.utterance,
            worded(
                "%(goal)s, while the suggestion of utterance %(number)d waits to be accepted. Only interest "
                "(%(interest)s), a question (%(question)s) and the answer fit there; move this after the acceptance.",
                goal=named(goal.id),
                number=suggestion.utterance,
                interest=INTEREST,
                question=QUESTION,
            ),
        )
    for goal in after[reply + 1 :]:
        if goal.id in ACCEPTANCES:
            yield Finding(
                "C5",
                goal.utterance,
                worded(
                    "%(goal)s, and utterance %(number)d did so already. Remove one.",
                    goal=named(goal.id),
                    number=after[reply].utterance,
                ),
            )


def _strangers(placed: Sequence[Placed], fitting: tuple[str, ...]) -> Iterator[Placed]:
    """Goals that do not belong between a suggestion and the reply to it, but for those that other rules judge."""
    judged = {*ACCEPTANCES, *REJECTIONS, NO_MORE}
    for goal in placed:
        known = goal.goal is not None and _primary(goal) not in ("reason", "greeting", "recommend")
        if known and goal.id not in judged and goal.id not in fitting:
            yield goal


def _was_offered(template: Template, utterance: int) -> bool:
    return utterance > 1 and OFFER in template.steps[utterance - 2].goals


def _first(placed: Sequence[Placed], goals: tuple[str, ...]) -> int | None:
    return next((index for index, goal in enumerate(placed) if goal.id in goals), None)


def _suggests(goal: Placed) -> bool:
    return _primary(goal) == "recommend"


def _primary(goal: Placed) -> str:
    return goal.goal.primary if goal.goal else ""
