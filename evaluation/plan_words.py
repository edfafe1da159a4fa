"""What a plan says, in words and digits: for the builder and the command alike."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.planning import Design
from evaluation.plans import PILOT, BlockPlan
from evaluation.sentences import THIN, number


@dataclass(frozen=True)
class GridRow:
    """Half-widths with so many annotators; `here` marks the design as it stands."""

    annotators: int
    cells: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class PlanPage:
    """A block's plan as its page shows it."""

    name: str
    lead: str
    sentences: tuple[str, ...]
    units: tuple[int, ...]
    rows: tuple[GridRow, ...]
    caption: str


def plan_page(plan: BlockPlan) -> PlanPage:
    here = plan.asked.design
    rows = tuple(
        GridRow(
            people,
            tuple(
                (width(plan, half), (units, people) == (here.units, here.annotators))
                for units, half in zip(plan.units, halves, strict=True)
            ),
        )
        for people, halves in plan.grid
    )
    caption = _("Half-widths to expect, by annotators and pairs") if _pairs(plan) else _dialogues_caption(plan)
    return PlanPage(plan.asked.name, lead(plan), tuple(sentences(plan)), plan.units, rows, caption)


def lead(plan: BlockPlan) -> str:
    """The interval to expect."""
    half = width(plan, plan.expected.half)
    if _pairs(plan):
        told = {"half": half, "limits": f"{_percent(plan.expected.low)}–{_percent(plan.expected.high)}{THIN}%"}
        return _("Expect a win rate to within %(half)s points: about an even result, %(limits)s.") % told
    told = {"half": half, "question": plan.asked.title, "low": _ends(plan.asked.low), "high": _ends(plan.asked.high)}
    if plan.asked.design.systems == 1:
        return _("Expect the mean of %(question)s (%(low)s–%(high)s) to within %(half)s.") % told
    return _("Expect the difference of two means of %(question)s (%(low)s–%(high)s) to within %(half)s.") % told


def sentences(plan: BlockPlan) -> Iterator[str]:
    """On what that rests, what would be found, the floor, and the ways to something narrower."""
    yield _basis(plan)
    yield _detectable(plan)
    yield _floor(plan)
    yield from _ways(plan)


def width(plan: BlockPlan, half: float) -> str:
    """`± 12` points of a win rate; `± 0.21` on a scale, with the digits that its range asks for."""
    if _pairs(plan):
        return f"±{THIN}{number(100 * half, 0 if half >= 0.1 else 1)}"
    return f"±{THIN}{number(half, 2 if plan.asked.reach <= 10 else 1)}"


def design_words(design: Design, *, pairs: bool) -> str:
    """`50 pairs × 7 annotators`; of an overlap how many judge each."""
    units = number(design.units, 0)
    if pairs:
        things = ngettext("%(n)s pair", "%(n)s pairs", design.units) % {"n": units}
    elif design.systems == 1:
        things = ngettext("%(n)s dialogue", "%(n)s dialogues", design.units) % {"n": units}
    else:
        things = _("%(n)s dialogues of each") % {"n": units}
    people = number(design.annotators, 0)
    if design.per_unit is not None:
        told = {"things": things, "people": people, "each": number(design.judges, 0)}
        return _("%(things)s shared by %(people)s annotators, %(each)s each") % told
    told = {"things": things, "people": people}
    return ngettext("%(things)s × %(people)s annotator", "%(things)s × %(people)s annotators", design.annotators) % told


def _basis(plan: BlockPlan) -> str:
    if plan.basis == PILOT and plan.pilot is not None:
        return _(
            "That is with other annotators like these, from the variances found in “%(study)s” (%(units)s units, "
            "%(people)s annotators), each at the upper limit that holds four times of five."
        ) % {
            "study": plan.found_in,
            "units": number(plan.pilot.units, 0),
            "people": number(plan.pilot.annotators, 0),
        }
    if plan.least is None or plan.most is None:
        return ""
    told = {"least": width(plan, plan.least), "most": width(plan, plan.most)}
    return (
        _(
            "That is with other annotators like these, and a guess: %(least)s if all of them and all pairs were much "
            "alike, %(most)s if they were very unlike. A pilot says more."
        )
        if _pairs(plan)
        else _(
            "That is with other annotators like these, and a guess: %(least)s if all of them and all dialogues were "
            "much alike, %(most)s if they were very unlike. A pilot says more."
        )
    ) % told


def _detectable(plan: BlockPlan) -> str:
    found = plan.expected.detectable
    if _pairs(plan):
        rate = 0.5 + found
        if rate >= 1:
            return _("No win rate would surely be told from a half: four studies of five find none below 100 %.")
        return _("Four studies of five would find a win rate of %(rate)s or more.") % {
            "rate": f"{_percent(rate)}{THIN}%"
        }
    if plan.asked.design.systems == 1:
        return ""
    told = {"gap": number(found, 2 if plan.asked.reach <= 10 else 1)}
    return _("Four studies of five would find a difference of %(gap)s or more.") % told


def _floor(plan: BlockPlan) -> str:
    told = {"people": number(plan.asked.design.annotators, 0), "floor": width(plan, plan.expected.floor)}
    if _pairs(plan):
        return _("With %(people)s annotators no number of pairs comes below %(floor)s.") % told
    return _("With %(people)s annotators no number of dialogues comes below %(floor)s.") % told


def _ways(plan: BlockPlan) -> Iterator[str]:
    ways, pairs = plan.ways, _pairs(plan)
    wanted = width(plan, ways.half)
    if plan.wanted and plan.expected.half <= ways.half:
        yield _("%(wanted)s is reached as it is.") % {"wanted": wanted}
    told = {
        "wanted": wanted,
        "units": _way(ways.by_units, plan),
        "people": _way(ways.by_annotators, plan),
    }
    if ways.by_units is None and ways.by_annotators is None:
        neither = (
            _("Neither more annotators alone nor more pairs alone come to %(wanted)s.")
            if pairs
            else _("Neither more annotators alone nor more dialogues alone come to %(wanted)s.")
        )
        yield neither % told
    elif plan.expected.half > ways.half:
        cheaper = _("More annotators are the cheaper way") if ways.cheaper == "annotators" else _cheaper_units(pairs)
        both = (
            _("%(cheaper)s to %(wanted)s: with more annotators %(people)s; with more pairs %(units)s.")
            if pairs
            else _("%(cheaper)s to %(wanted)s: with more annotators %(people)s; with more dialogues %(units)s.")
        )
        yield both % {**told, "cheaper": cheaper}
    if ways.cheapest is not None:
        told = {
            "wanted": wanted,
            "design": design_words(ways.cheapest, pairs=pairs),
            "effort": _effort(ways.cheapest, plan),
        }
        yield _("The cheapest design that comes to %(wanted)s: %(design)s, %(effort)s.") % told
    elif plan.wanted:
        yield _("No design with at most 200 annotators comes to %(wanted)s.") % {"wanted": wanted}


def _cheaper_units(pairs: bool) -> str:
    return _("More pairs are the cheaper way") if pairs else _("More dialogues are the cheaper way")


def _way(design: Design | None, plan: BlockPlan) -> str:
    if design is None:
        return _("never")
    return f"{design_words(design, pairs=_pairs(plan))} ({_effort(design, plan)})"


def _effort(design: Design, plan: BlockPlan) -> str:
    hours, cost = plan.effort.hours(design), plan.effort.cost(design)
    told = {"hours": number(hours, 0 if hours >= 10 else 1)}
    if cost is None:
        return _("≈ %(hours)s h") % told
    return _("≈ %(hours)s h, cost ≈ %(cost)s") % {**told, "cost": number(cost, 0)}


def _dialogues_caption(plan: BlockPlan) -> str:
    if plan.asked.design.systems == 1:
        return _("Half-widths to expect, by annotators and dialogues")
    return _("Half-widths to expect, by annotators and dialogues of each system")


def _pairs(plan: BlockPlan) -> bool:
    return plan.asked.target == "pair"


def _percent(share: float) -> str:
    return number(100 * share, 0)


def _ends(value: float) -> str:
    return number(value, 0 if value == int(value) else 1)
