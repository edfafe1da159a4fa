"""Which templates are legal: a rule for each constraint, whose words say what is wrong, where, and what to do. Pure.

>>> for finding in findings(Template.parse("mine U:SG02 S:SG08+SG11 U:SG17 S:SG06 U:SG14 S:SG07")):
...     print(finding.rule, finding.utterance)
C5 3
C5 4
C6 6
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from generation.reviews.flow import ACCEPTED, accepted, declined
from generation.reviews.goals import ANY_SOURCE, GOALS
from generation.reviews.templates import Template
from generation.reviews.words import SPEAKER_WORDS, Finding, named
from generation.wording import either, worded, worded_count

MOST_GOALS: Final = 3
MOST_RECOMMENDATIONS: Final = 3
CLOSING: Final = {"system": "SG28", "user": "SG27"}
"""What the last utterance has, by who speaks it."""
ABOUT: Final = {
    "likes": worded("an item that the user likes"),
    "dislikes": worded("an item that the user dislikes"),
    "might_likes": worded("the item that will be accepted"),
}


class Range(NamedTuple):
    least: int
    most: int


OVERALL: Final = Range(6, 16)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many utterances a template may have: in all, and by its number of recommendations."""

    overall: Range = OVERALL
    by_recommendations: Mapping[int, Range] = field(
        default_factory=lambda: {1: Range(6, 11), 2: Range(8, 13), 3: Range(10, 16)}
    )

    def of(self, recommendations: int) -> Range:
        """What holds for so many recommendations: both bounds together."""
        own = self.by_recommendations.get(recommendations, self.overall)
        return Range(max(own.least, self.overall.least), min(own.most, self.overall.most))


class Rule(NamedTuple):
    code: str
    name: str
    check: Callable[[Template, Bounds], Iterator[Finding]]


def findings(template: Template, bounds: Bounds | None = None) -> list[Finding]:
    """Everything that keeps a template from being legal, in the order of utterances; none if it is legal."""
    limits = bounds or Bounds()
    found = [finding for rule in RULES for finding in rule.check(template, limits)]
    return sorted(found, key=lambda finding: finding.utterance)


def is_legal(template: Template, bounds: Bounds | None = None) -> bool:
    return not findings(template, bounds)


def goals_of_each(template: Template, _bounds: Bounds) -> Iterator[Finding]:
    for number, step in enumerate(template.steps, 1):
        if not step.goals:
            yield Finding("C0", number, worded("has no goal. Choose what it is for, or remove it."))
        if len(step.goals) > MOST_GOALS:
            yield Finding(
                "C0",
                number,
                worded(
                    "has %(goals)d goals; at most %(most)d go into one. Move the others to an utterance of their own.",
                    goals=len(step.goals),
                    most=MOST_GOALS,
                ),
            )
        for goal in dict.fromkeys(step.goals):
            if goal not in GOALS:
                words = worded("“%(goal)s” is no goal. Goals are SG01 to SG%(last)d.", goal=goal[:40], last=len(GOALS))
                yield Finding("C0", number, words)
            elif step.goals.count(goal) > 1:
                yield Finding("C0", number, worded("has %(goal)s twice. Remove one.", goal=named(goal)))


def alternation(template: Template, _bounds: Bounds) -> Iterator[Finding]:
    if template.steps and template.steps[0].speaker != "user":
        words = worded("the user speaks first. Let the user open, or put an utterance of the user before it.")
        yield Finding("C1", 1, words)
    for number, (before, step) in enumerate(zip(template.steps, template.steps[1:], strict=False), 2):
        if before.speaker == step.speaker:
            who = SPEAKER_WORDS.get(step.speaker, step.speaker)
            yield Finding(
                "C1",
                number,
                worded(
                    "%(who)s speaks twice in a row. Give one of the two to the other speaker, join them, or put an "
                    "utterance of the other between.",
                    who=who,
                ),
            )


def greeting(template: Template, _bounds: Bounds) -> Iterator[Finding]:
    for number, step in enumerate(template.steps, 1):
        greetings = [goal for goal in step.goals if _primary(goal) == "greeting"]
        if number == 1 and (len(step.goals) != 1 or not greetings):
            words = worded(
                "opens with one greeting and nothing else. Choose %(one)s or %(other)s alone.",
                one=named("SG01"),
                other=named("SG02"),
            )
            yield Finding("C2", 1, words)
        if number > 1 and greetings:
            words = worded("greets again (%(goal)s). Only the first utterance does; remove it here.", goal=greetings[0])
            yield Finding("C2", number, words)


def recommendations(template: Template, _bounds: Bounds) -> Iterator[Finding]:
    made = [placed for placed in template.placed() if placed.goal and placed.goal.primary == "recommend"]
    final = [placed for placed in made if placed.id == ACCEPTED]
    if not final:
        yield Finding("C3", 0, worded("nothing that is accepted is suggested. Add %(goal)s.", goal=named(ACCEPTED)))
    for placed in final[1:]:
        words = worded("%(goal)s stands a second time; one item is accepted. Remove one.", goal=ACCEPTED)
        yield Finding("C3", placed.utterance, words)
    if final:
        first = made.index(final[0])
        for placed in made[first + 1 :]:
            if placed.id != ACCEPTED:
                yield Finding(
                    "C3",
                    placed.utterance,
                    worded(
                        "suggests something after the item to accept (utterance %(number)d). %(goal)s is the last "
                        "suggestion: move this before it.",
                        number=final[0].utterance,
                        goal=ACCEPTED,
                    ),
                )
    if len(made) > MOST_RECOMMENDATIONS:
        yield Finding(
            "C3",
            made[MOST_RECOMMENDATIONS].utterance,
            worded(
                "is suggestion number %(number)d of %(made)d; at most %(most)d are made. Remove one with its reply.",
                number=MOST_RECOMMENDATIONS + 1,
                made=len(made),
                most=MOST_RECOMMENDATIONS,
            ),
        )


def ending(template: Template, _bounds: Bounds) -> Iterator[Finding]:
    if not template.steps:
        return
    last = template.steps[-1]
    closing = CLOSING.get(last.speaker, CLOSING["system"])
    if closing not in last.goals:
        who = SPEAKER_WORDS.get(last.speaker, last.speaker)
        words = worded("ends the template, and %(who)s does not close it. Add %(goal)s.", who=who, goal=named(closing))
        yield Finding("C6", template.length, words)


def length(template: Template, bounds: Bounds) -> Iterator[Finding]:
    made = template.recommendations
    limits = bounds.of(made)
    if limits.least <= template.length <= limits.most:
        return
    fits = worded_count(
        "%(there)d utterances, and templates with %(made)d suggestion have %(least)d to %(most)d.",
        "%(there)d utterances, and templates with %(made)d suggestions have %(least)d to %(most)d.",
        made,
        there=template.length,
        made=made,
        least=limits.least,
        most=limits.most,
    )
    words = (
        worded("%(fits)s Add %(count)d.", fits=fits, count=limits.least - template.length)
        if template.length < limits.least
        else worded("%(fits)s Remove %(count)d.", fits=fits, count=template.length - limits.most)
    )
    yield Finding("C7", 0, words)


def speakers(template: Template, _bounds: Bounds) -> Iterator[Finding]:
    for placed in template.placed():
        if placed.goal and placed.speaker not in placed.goal.speakers:
            words = worded(
                "%(goal)s is for %(speaker)s. Move it to an utterance of theirs.",
                goal=named(placed.id),
                speaker=either([SPEAKER_WORDS[speaker] for speaker in placed.goal.speakers]),
            )
            yield Finding("C8", placed.utterance, words)


def presented_items(template: Template, _bounds: Bounds) -> Iterator[Finding]:
    for placed in template.placed():
        goal = placed.goal
        if goal is None or goal.item != "current" or goal.primary == "reason":
            continue
        if placed.item is None:
            words = worded("%(goal)s, before any item was named. Move it further down.", goal=named(placed.id))
            yield Finding("C9", placed.utterance, words)
        elif goal.source not in (ANY_SOURCE, placed.item.source):
            fitting = next(
                other.id for other in GOALS.values() if other.source == placed.item.source and other.primary == "talk"
            )
            yield Finding(
                "C9",
                placed.utterance,
                worded(
                    "%(goal)s presents %(presented)s, and the one named last is %(named)s. Use %(fitting)s, or move "
                    "it.",
                    goal=placed.id,
                    presented=ABOUT[goal.source],
                    named=ABOUT[placed.item.source],
                    fitting=fitting,
                ),
            )


def _primary(goal: str) -> str:
    return GOALS[goal].primary if goal in GOALS else ""


RULES: Final = (
    Rule("C0", "One to three goals an utterance", goals_of_each),
    Rule("C1", "Speakers take turns, the user first", alternation),
    Rule("C2", "The first utterance is a greeting, and only that", greeting),
    Rule("C3", "One to three suggestions, the last of them accepted", recommendations),
    Rule("C4", "Every other suggestion is declined", lambda template, _bounds: declined(template)),
    Rule("C5", "The last suggestion is accepted, and stays so", lambda template, _bounds: accepted(template)),
    Rule("C6", "The last utterance closes", ending),
    Rule("C7", "Length fits the number of suggestions", length),
    Rule("C8", "Every goal has its speaker", speakers),
    Rule("C9", "Reviews of others are about the item named last", presented_items),
)
