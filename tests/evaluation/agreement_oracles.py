"""The coefficients of agreement in loops, written straight from their definitions."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations, permutations
from statistics import fmean

from scipy import stats

from tests.evaluation import oracles
from tests.evaluation.oracles import Answer

Plain = Callable[[Sequence[Answer], Sequence[float]], float | None]


def by_unit(answers: Sequence[Answer], *, least: int) -> list[list[float]]:
    units = defaultdict(list)
    for unit, _annotator, value, _dialogue in answers:
        units[unit].append(value)
    return [values for values in units.values() if len(values) >= least]


def varied(answers: Sequence[Answer]) -> bool:
    return len({value for _unit, _annotator, value, _dialogue in answers}) > 1


def distance(one: float, other: float, weights: str, options: Sequence[float]) -> float:
    if weights == "nominal":
        return float(one != other)
    gap = abs(one - other) / (max(options) - min(options))
    return gap if weights == "linear" else gap**2


def gwet(weights: str) -> Plain:
    """Gwet (2008), (2014): chance from the mean share of each category, over the categories of the instrument."""

    def coefficient(answers: Sequence[Answer], options: Sequence[float]) -> float | None:
        paired, every = by_unit(answers, least=2), by_unit(answers, least=1)
        if not paired or not varied(answers):
            return None
        apart = fmean(fmean(distance(a, b, weights, options) for a, b in permutations(one, 2)) for one in paired)
        shares = [fmean(one.count(option) / len(one) for one in every) for option in options]
        together = sum(1 - distance(a, b, weights, options) for a in options for b in options)
        chance = together / (len(options) * (len(options) - 1)) * sum(share * (1 - share) for share in shares)
        return 1 - apart / (1 - chance)

    return coefficient


def fleiss(answers: Sequence[Answer], options: Sequence[float]) -> float | None:
    """Fleiss (1971), of units with two answers or more."""
    paired = by_unit(answers, least=2)
    if not paired or not varied(answers):
        return None
    agreed = fmean(fmean(a == b for a, b in permutations(one, 2)) for one in paired)
    chance = sum(fmean(one.count(option) / len(one) for one in paired) ** 2 for option in options)
    return (agreed - chance) / (1 - chance) if chance < 1 - 1e-12 else None


def of_pairs(of_two: Callable[[list[float], list[float], Sequence[float]], float | None]) -> Plain:
    def mean(answers: Sequence[Answer], options: Sequence[float]) -> float | None:
        said: dict[int, dict[int, float]] = defaultdict(dict)
        for unit, annotator, value, _dialogue in answers:
            said[annotator][unit] = value
        found = []
        for one, other in combinations(sorted(said), 2):
            shared = sorted(set(said[one]) & set(said[other]))
            if shared:
                found.append(of_two([said[one][at] for at in shared], [said[other][at] for at in shared], options))
        known = [value for value in found if value is not None]
        return fmean(known) if known else None

    return mean


def cohen(weights: str) -> Plain:
    """Cohen (1960), (1968)."""

    def of_two(one: list[float], other: list[float], options: Sequence[float]) -> float | None:
        observed = fmean(distance(a, b, weights, options) for a, b in zip(one, other, strict=True))
        expected = fmean(distance(a, b, weights, options) for a in one for b in other)
        return 1 - observed / expected if expected else None

    return of_pairs(of_two)


def spearman_of_two(one: list[float], other: list[float], options: Sequence[float]) -> float | None:
    if len(set(one)) < 2 or len(set(other)) < 2:
        return None
    return float(stats.spearmanr(one, other).statistic)


def pearson_of_two(one: list[float], other: list[float], options: Sequence[float]) -> float | None:
    if len(set(one)) < 2 or len(set(other)) < 2:
        return None
    return float(stats.pearsonr(one, other).statistic) if len(one) > 1 else None


def positive(answers: Sequence[Answer], options: Sequence[float]) -> float | None:
    """Of the pairs of answers with a positive one, seen from it, the share where the other is positive too."""
    met = [b == max(options) for one in by_unit(answers, least=2) for a, b in permutations(one, 2) if a == max(options)]
    return fmean(met) if met else None


def alpha(level: str) -> Plain:
    return lambda answers, options: oracles.alpha(list(answers), level)


def exact(answers: Sequence[Answer], options: Sequence[float]) -> float | None:
    return oracles.exact(list(answers))


def intraclass(form: str) -> Plain:
    """Shrout & Fleiss (1979), from sums of squares over a complete table."""

    def coefficient(answers: Sequence[Answer], options: Sequence[float]) -> float | None:
        if not varied(answers):
            return None
        units, people = sorted({one[0] for one in answers}), sorted({one[1] for one in answers})
        value = {(unit, who): number for unit, who, number, _dialogue in answers}
        n, k, grand = len(units), len(people), fmean(value.values())
        rows = sum(k * (fmean(value[unit, who] for who in people) - grand) ** 2 for unit in units)
        columns = sum(n * (fmean(value[unit, who] for unit in units) - grand) ** 2 for who in people)
        total = sum((number - grand) ** 2 for number in value.values())
        bms, jms, ems = rows / (n - 1), columns / (k - 1), (total - rows - columns) / ((n - 1) * (k - 1))
        wms = (total - rows) / (n * (k - 1))
        if form == "1":
            return (bms - wms) / (bms + (k - 1) * wms)
        single = bms + (k - 1) * ems + k * (jms - ems) / n
        below = bms + (jms - ems) / n if form == "2-k" else single
        return (bms - ems) / below if min(single, below) > 1e-12 else None

    return coefficient


PLAIN: dict[str, Plain] = {
    "alpha-nominal": alpha("nominal"),
    "alpha-ordinal": alpha("ordinal"),
    "alpha-interval": alpha("interval"),
    "alpha-ratio": alpha("ratio"),
    "exact": exact,
    "positive": positive,
    "ac1": gwet("nominal"),
    "ac2-linear": gwet("linear"),
    "ac2-quadratic": gwet("quadratic"),
    "kappa": cohen("nominal"),
    "kappa-linear": cohen("linear"),
    "kappa-quadratic": cohen("quadratic"),
    "fleiss": fleiss,
    "spearman": of_pairs(spearman_of_two),
    "pearson": of_pairs(pearson_of_two),
    "icc-1": intraclass("1"),
    "icc-2-1": intraclass("2-1"),
    "icc-2-k": intraclass("2-k"),
}


Parts = tuple[float, list[float], list[float], list[list[float]]]


def left_out(answers: list[Answer], key: str, options: Sequence[float]) -> Parts:
    """log(1 − coefficient) of everything, without each dialogue, each annotator and both, leaving rows out."""

    def g(kept: list[Answer]) -> float:
        value = PLAIN[key](kept, options)
        return math.log(1 - value) if value is not None else math.nan

    if not key.startswith("ac"):
        sizes = Counter(answer[0] for answer in answers)
        answers = [answer for answer in answers if sizes[answer[0]] > 1]
    dialogues = sorted({answer[3] for answer in answers})
    annotators = sorted({answer[1] for answer in answers})
    return (
        g(answers),
        [g([one for one in answers if one[3] != dialogue]) for dialogue in dialogues],
        [g([one for one in answers if one[1] != annotator]) for annotator in annotators],
        [
            [g([one for one in answers if one[3] != dialogue and one[1] != annotator]) for annotator in annotators]
            for dialogue in dialogues
        ],
    )


def jackknife_limits(parts: Parts) -> tuple[float, float]:
    """The two-way jackknife's interval for any panel."""
    whole, by_d, by_j, by_both = parts
    d, j = len(by_d), len(by_j)
    mean_d, mean_j = sum(by_d) / d, sum(by_j) / j
    v_d = (d - 1) / d * sum((one - mean_d) ** 2 for one in by_d)
    v_j = (j - 1) / j * sum((one - mean_j) ** 2 for one in by_j)
    rows = [sum(row) / j for row in by_both]
    columns = [sum(row[k] for row in by_both) / d for k in range(j)]
    grand = sum(rows) / d
    v_dj = sum((by_both[i][k] - rows[i] - columns[k] + grand) ** 2 for i in range(d) for k in range(j))
    variance = v_d + max(v_j - v_dj, 0)
    df = variance**2 / (v_d**2 / (d - 1) + v_j**2 / (j - 1))
    df = min(max(df, min(d, j) - 1), max(d, j) - 1)
    centre, half = d * whole - (d - 1) * mean_d, stats.t.ppf(0.975, df) * math.sqrt(variance)
    return 1 - math.exp(centre + half), 1 - math.exp(centre - half)
