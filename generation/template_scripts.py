"""A template as people read it: a little script of who does what, with what is wrong beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generation.reviews.goals import GOALS, PRIMARIES, Goal
from generation.reviews.templates import ItemSlot, Needs, Template
from generation.reviews.validation import Bounds, findings
from generation.reviews.words import Finding

SPEAKER_NAMES = {"user": gettext_lazy("User"), "system": gettext_lazy("Agent")}
ITEM_WORDS = {
    "likes": gettext_lazy("liked item %d"),
    "dislikes": gettext_lazy("disliked item %d"),
    "might_likes": gettext_lazy("held-out item"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A goal in an utterance, and the item it is about."""

    goal: Goal | None
    id: str
    item: str


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    speaker: str
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]

    @property
    def speaker_name(self) -> str:
        return str(SPEAKER_NAMES.get(self.speaker, self.speaker))


@dataclass(frozen=True, slots=True)
class Script:
    """A template with its figures and findings. `own` is the row's key where it is somebody's own."""

    template: Template
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]
    range: tuple[int, int]
    own: int | None = None
    archived: bool = False

    @property
    def general(self) -> list[Finding]:
        """What is wrong with the template as a whole."""
        return [finding for finding in self.findings if not finding.utterance]

    @property
    def needs(self) -> str:
        return needs_in_words(self.template.needs)


def script(template: Template, *, own: int | None = None, archived: bool = False) -> Script:
    found = tuple(findings(template))
    parts: dict[int, list[Part]] = {}
    for placed in template.placed():
        parts.setdefault(placed.utterance, []).append(Part(placed.goal, placed.id, item_in_words(placed.item)))
    lines = tuple(
        Line(
            number,
            step.speaker,
            tuple(parts.get(number, ())),
            tuple(finding for finding in found if finding.utterance == number),
        )
        for number, step in enumerate(template.steps, 1)
    )
    return Script(template, lines, found, Bounds().of(template.recommendations), own, archived)


def item_in_words(item: ItemSlot | None) -> str:
    words = str(ITEM_WORDS[item.source]) if item else ""
    return words % item.number if item and "%d" in words else words


def needs_in_words(needs: Needs) -> str:
    """What of a user's history a template takes.

    >>> needs_in_words(Needs(2, 1)), needs_in_words(Needs(0, 1))
    ('2 liked and 1 disliked items', '1 disliked item')
    """
    if needs.likes and needs.dislikes:
        return _("%(likes)d liked and %(dislikes)d disliked items") % needs._asdict()
    if needs.likes:
        return ngettext("%(likes)d liked item", "%(likes)d liked items", needs.likes) % needs._asdict()
    words = ngettext("%(dislikes)d disliked item", "%(dislikes)d disliked items", needs.dislikes)
    return words % needs._asdict() if needs.dislikes else ""


def goal_groups(goals: Iterable[Goal] | None = None) -> list[tuple[str, list[Goal]]]:
    """Goals under the titles of their primary goals."""
    wanted = list(GOALS.values() if goals is None else goals)
    groups = [(title, [goal for goal in wanted if goal.primary == slug]) for slug, title in PRIMARIES.items()]
    return [(title, found) for title, found in groups if found]


def choices_for(speaker: str, chosen: Sequence[str]) -> list[tuple[str, list[Goal]]]:
    """The goals that may be chosen for a speaker, with those that are chosen though they are the other's."""
    return goal_groups(goal for goal in GOALS.values() if speaker in goal.speakers or goal.id in chosen)
