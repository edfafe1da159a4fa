"""Figures in words and digits: as many digits as the interval supports, the interval and its n always beside."""

import math
from collections.abc import Iterator
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from evaluation.estimates import ANY_PANEL, Estimate
from evaluation.figures import (
    BlockFigures,
    CriterionFigures,
    PreferenceFigures,
    SystemDifference,
)

MINUS: Final = "\u2212"
THIN: Final = "\u202f"
NO_BREAK: Final = "\u00a0"


def decimals(estimate: Estimate, *, percent: bool = False) -> int:
    """How many decimals the interval supports: no last digit finer than a tenth of its width (a fifth of percents).

    >>> decimals(Estimate(0.88, 0.81, 0.93), percent=True), decimals(Estimate(1.28, 1.1, 1.44))
    (0, 2)
    """
    if estimate.low is None or estimate.high is None:
        return 1 if percent else 2
    width = (estimate.high - estimate.low) * (100 if percent else 1)
    return min(max(0, math.ceil(-math.log10(width / (5 if percent else 10)))), 4) if width > 0 else 2


def number(value: float, places: int) -> str:
    """A number of the reader's language with this many decimals, grouped thousands and a true minus sign."""
    text = str(number_format(round(value, places) + 0.0, decimal_pos=places, force_grouping=True))
    return text.replace("-", MINUS)


def value_of(estimate: Estimate, *, percent: bool = False) -> str:
    """The value alone; never an empty cell."""
    if estimate.value is None:
        return _("undefined")
    places = decimals(estimate, percent=percent)
    if percent:
        return f"{number(estimate.value * 100, max(places, 1))}{THIN}%"
    return number(estimate.value, max(places, 1))


def interval_of(estimate: Estimate, *, percent: bool = False) -> str:
    """The limits alone: `81–93`, or `−0.02 to 0.26` where a minus stands before one; nothing where there are none."""
    if estimate.low is None or estimate.high is None:
        return ""
    factor, places = (100 if percent else 1), decimals(estimate, percent=percent)
    places = places if percent else max(places, 1)
    low, high = number(estimate.low * factor, places), number(estimate.high * factor, places)
    if MINUS in low + high:
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    return f"{low}–{high}"


def p_value(p: float | None) -> str:
    """`0.03`, `0.004`, `< 0.001`; a dash where there is none."""
    if p is None:
        return "–"
    if p < 0.001:
        return f"< {number(0.001, 3)}"
    return number(p, 3 if p < 0.1 else 2)


def listed(*parts: str) -> str:
    """What there is of these, one beside the other."""
    return pgettext("between two parts", ", ").join(part for part in parts if part)


def remarked(*parts: str) -> str:
    """What there is of these, where a part may be a list itself."""
    return pgettext("between two parts", "; ").join(part for part in parts if part)


def about(what: str, said: str) -> str:
    """A name, and what is said of it."""
    return pgettext("a name, then what is said of it", "%(what)s: %(said)s") % {"what": what, "said": said}


def block_sentences(block: BlockFigures) -> list[str]:
    """What a paper could print about a block; nothing before there are judgments."""
    sentences = [preference_sentence(block, one) for one in block.preferences if one.contest and one.judgments]
    sentences += [ranking_sentence(block, one) for one in block.preferences if one.rankings and one.judgments]
    compared = [(one, gap) for one in block.criteria for gap in one.differences if one.judgments]
    shared = {_about(block, gap.estimates.headline) for _one, gap in compared}
    together = len(shared) == 1 and len(compared) > 1
    sentences += [difference_sentence(block, one, gap, alone=not together) for one, gap in compared]
    if together:
        sentences.append(_("All of these: %(support)s.") % {"support": shared.pop()})
    return sentences or list(agreement_sentences(block))


def agreement_sentences(block: BlockFigures) -> Iterator[str]:
    """How far annotators agree, coefficient by coefficient: what is left to say where nothing is compared."""
    found: dict[str, list[str]] = {}
    for one in block.asked:
        first = next((figure for figure in one.agreement if figure.system is None), None)
        if first is not None and one.judgments:
            said = f"{one.question.title} {value_of(first.estimates.headline)}"
            limits = interval_of(first.estimates.headline)
            found.setdefault(first.title, []).append(f"{said} ({limits})" if limits else said)
    for title, values in found.items():
        yield _("%(coefficient)s: %(values)s.") % {"coefficient": _(title), "values": listed(*values)}


def preference_sentence(block: BlockFigures, figures: PreferenceFigures) -> str:
    """The share of judgments that prefer the system ahead, with interval, target and n."""
    contest = figures.contest
    if contest is None:
        return ""
    estimate = contest.preferred_rate.headline
    if estimate.value is None:
        return _("%(question)s: undefined. %(reason)s") % {
            "question": figures.question.title,
            "reason": _(estimate.reason),
        }
    sentence = _(
        "%(system)s dialogues were preferred to %(other)s dialogues in %(share)s of judgments (%(support)s)."
    ) % {
        "system": contest.preferred.name,
        "other": contest.other.name,
        "share": value_of(estimate, percent=True),
        "support": listed(_interval(estimate, percent=True), _about(block, estimate)),
    }
    if estimate.low is not None and estimate.high is not None and estimate.low <= 0.5 <= estimate.high:
        doubt = _("The interval includes a half, so neither is shown to be preferred.")
        return f"{sentence} {doubt}"
    return sentence


def ranking_sentence(block: BlockFigures, figures: PreferenceFigures) -> str:
    """Who comes first and last of more than two systems, and the ranks that each may have."""
    found = figures.rankings[0]
    if not found.ranked:
        return _("%(question)s: no ranking. %(reason)s") % {
            "question": figures.question.title,
            "reason": _(found.reason),
        }
    first, last = found.ranked[0], found.ranked[-1]
    return _(
        "%(question)s: of %(count)s systems %(first)s comes first (it may rank %(best)s to %(worst)s) and %(last)s "
        "last (%(least)s to %(most)s), after Holm over all pairs (%(support)s)."
    ) % {
        "question": figures.question.title,
        "count": number(len(block.systems), 0),
        "first": block.systems[first.system].name,
        "best": first.best,
        "worst": first.worst,
        "last": block.systems[last.system].name,
        "least": last.best,
        "most": last.worst,
        "support": _about(block, first.log_strength.headline),
    }


def difference_sentence(
    block: BlockFigures, figures: CriterionFigures, difference: SystemDifference, *, alone: bool = True
) -> str:
    """Two means and their difference with interval and adjusted p-value; target and n too where it stands `alone`."""
    means = {one.system: one.estimates for one in figures.means}
    first, second = means[difference.first], means[difference.second]
    estimate = difference.estimates.headline
    if first is None or second is None or estimate.value is None:
        return _("%(question)s: undefined. %(reason)s") % {
            "question": figures.question.title,
            "reason": _(estimate.reason),
        }
    support = [_interval(estimate), _test(difference), _about(block, estimate) if alone else ""]
    return _(
        "%(criterion)s (%(low)s–%(high)s): %(first)s %(one)s, %(second)s %(two)s, difference %(gap)s (%(support)s)."
    ) % {
        "criterion": figures.question.title,
        "low": figures.question.low,
        "high": figures.question.high,
        "first": difference.first.name,
        "one": value_of(first.headline),
        "second": difference.second.name,
        "two": value_of(second.headline),
        "gap": value_of(estimate),
        "support": remarked(*support),
    }


def excluded_sentence(block: BlockFigures) -> str:
    """How many units of the block were taken out, at whose word, and how many judgments that sets apart."""
    count, judgments = len(block.excluded), block.counts.judgments_excluded
    if not count:
        return ""
    total = block.counts.units + block.counts.units_excluded
    reported = sum(bool(one.reports) for one in block.excluded)
    told = {
        "count": number(count, 0),
        "total": number(total, 0),
        "judgments": number(judgments, 0),
    }
    pairs = block.target == "pair"
    sentence = _("%(count)s of %(total)s pairs excluded") if pairs else _("%(count)s of %(total)s dialogues excluded")
    by = [
        _("%(n)s after annotators' reports") % {"n": number(reported, 0)} if reported else "",
        _("%(n)s by the researchers alone") % {"n": number(count - reported, 0)} if count > reported else "",
    ]
    apart = ngettext("%(judgments)s judgment set apart", "%(judgments)s judgments set apart", judgments) % told
    return _("%(excluded)s: %(by)s; %(apart)s.") % {"excluded": sentence % told, "by": listed(*by), "apart": apart}


def for_whom(estimate: Estimate) -> str:
    """Other annotators, or these alone."""
    return _("other annotators like these") if estimate.target == ANY_PANEL else _("these annotators alone")


def _interval(estimate: Estimate, *, percent: bool = False) -> str:
    if estimate.low is None:
        reason = _(estimate.reason).rstrip(".。")
        return _("no interval: %(reason)s") % {"reason": reason[:1].lower() + reason[1:]}
    return _("%(level)s%% interval %(limits)s") % {
        "level": f"{round(estimate.level * 100)}{THIN}",
        "limits": interval_of(estimate, percent=percent),
    }


def _about(block: BlockFigures, estimate: Estimate) -> str:
    """For whom a figure speaks, its n, and the clusters that were respected."""
    if estimate.low is None:
        return _size(block, estimate)
    pairs, this = block.target == "pair", estimate.target != ANY_PANEL
    if pairs:
        by = _("clustered by pair") if this else _("clustered by pair and annotator")
    else:
        by = _("clustered by dialogue") if this else _("clustered by dialogue and annotator")
    return _("%(whom)s; %(size)s, %(by)s") % {"whom": for_whom(estimate), "size": _size(block, estimate), "by": by}


def _size(block: BlockFigures, estimate: Estimate) -> str:
    n, panel = estimate.n, block.design == "panel"
    if "first_units" in n:
        units = f"{int(n['first_units'])} + {int(n['second_units'])}"
        things = _("%(units)s dialogues") % {"units": units}
    else:
        amount = int(n.get("units", 0))
        things = ngettext("%(units)s pair", "%(units)s pairs", amount) % {"units": number(amount, 0)}
    people = int(n.get("annotators", 0))
    annotators = ngettext("%(people)s annotator", "%(people)s annotators", people) % {"people": number(people, 0)}
    if panel:
        return f"{things} × {annotators}"
    judgments = number(n.get("judgments", 0), 0)
    return _("%(judgments)s judgments of %(things)s by %(annotators)s") % {
        "judgments": judgments,
        "things": things,
        "annotators": annotators,
    }


def _test(difference: SystemDifference) -> str:
    if difference.holm is None:
        return ""
    if difference.family < 2:
        return f"p = {p_value(difference.holm)}".replace("= <", "<").replace(" ", NO_BREAK)
    text = _("p = %(p)s after Holm over %(count)s criteria") % {
        "p": p_value(difference.holm),
        "count": difference.family,
    }
    return text.replace("= <", "<").replace("p = ", f"p{NO_BREAK}={NO_BREAK}")


def duration(seconds: float) -> str:
    """Time as people say it: `42 s`, `3 min 20 s`, `5 h 10 min`."""
    if seconds < 60:
        return _("%(s)s s") % {"s": number(seconds, 0 if seconds >= 10 else 1)}
    if seconds < 3600:
        minutes, rest = divmod(round(seconds), 60)
        return _("%(m)s min %(s)s s") % {"m": minutes, "s": rest} if rest else _("%(m)s min") % {"m": minutes}
    hours, rest = divmod(round(seconds / 60), 60)
    return _("%(h)s h %(m)s min") % {"h": number(hours, 0), "m": rest}
