"""Slow, plain versions of the figures, written straight from the formulas, to judge the fast ones by."""

import math
from collections import defaultdict
from itertools import permutations

from scipy import stats

Answer = tuple[int, int, float, int]  # unit, annotator, value, dialogue


def alpha(answers: list[Answer], level: str) -> float | None:
    """Krippendorff's α from the definition: every ordered pair of answers within a unit, weighted 1/(m − 1)."""
    units = defaultdict(list)
    for unit, _annotator, value, _dialogue in answers:
        units[unit].append(value)
    paired = [values for values in units.values() if len(values) > 1]
    together = [value for values in paired for value in values]
    if len(set(together)) < 2:
        return None
    counts = {value: together.count(value) for value in set(together)}
    n = len(together)

    def distance(one: float, other: float) -> float:
        if level == "nominal":
            return float(one != other)
        if level == "interval":
            return (one - other) ** 2
        low, high = min(one, other), max(one, other)
        between = sum(count for value, count in counts.items() if low <= value <= high)
        return (between - (counts[one] + counts[other]) / 2) ** 2 if one != other else 0.0

    observed = sum(distance(a, b) / (len(values) - 1) for values in paired for a, b in permutations(values, 2)) / n
    expected = sum(counts[a] * counts[b] * distance(a, b) for a in counts for b in counts) / (n * (n - 1))
    return 1 - observed / expected if expected else None


def exact(answers: list[Answer]) -> float | None:
    units = defaultdict(list)
    for unit, _annotator, value, _dialogue in answers:
        units[unit].append(value)
    paired = [values for values in units.values() if len(values) > 1]
    n = sum(len(values) for values in paired)
    if not n:
        return None
    return sum((a == b) / (len(values) - 1) for values in paired for a, b in permutations(values, 2)) / n


def jackknife_limits(answers: list[Answer], coefficient: str) -> tuple[float, float]:
    """The two-way jackknife on log(1 − coefficient), leaving rows out one dialogue and annotator at a time."""

    def g(kept: list[Answer]) -> float:
        value = exact(kept) if coefficient == "exact" else alpha(kept, coefficient.removeprefix("alpha-"))
        return math.log(1 - value)  # type: ignore[operator]

    per_unit = defaultdict(int)
    for unit, *_ in answers:
        per_unit[unit] += 1
    answers = [answer for answer in answers if per_unit[answer[0]] > 1]
    dialogues = sorted({answer[3] for answer in answers})
    annotators = sorted({answer[1] for answer in answers})
    d, j = len(dialogues), len(annotators)
    by_d = [g([one for one in answers if one[3] != dialogue]) for dialogue in dialogues]
    by_j = [g([one for one in answers if one[1] != annotator]) for annotator in annotators]
    by_both = [
        [g([one for one in answers if one[3] != dialogue and one[1] != annotator]) for annotator in annotators]
        for dialogue in dialogues
    ]
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
    centre, half = d * g(answers) - (d - 1) * mean_d, stats.t.ppf(0.975, df) * math.sqrt(variance)
    return 1 - math.exp(centre + half), 1 - math.exp(centre - half)


def crossed_wilson(table: list[list[float]], judgments: int) -> tuple[float, float]:
    """Wilson at n* with Satterthwaite's t, from sums written out."""
    units, people = len(table), len(table[0])
    grand = sum(map(sum, table)) / (units * people)
    rows = [sum(row) / people for row in table]
    columns = [sum(row[k] for row in table) / units for k in range(people)]
    ms_p = people * sum((row - grand) ** 2 for row in rows) / (units - 1)
    ms_a = units * sum((column - grand) ** 2 for column in columns) / (people - 1)
    rest = sum((table[i][k] - rows[i] - columns[k] + grand) ** 2 for i in range(units) for k in range(people))
    df_e = (units - 1) * (people - 1)
    ms_e = rest / df_e
    m = ms_e + max(ms_p - ms_e, 0) + max(ms_a - ms_e, 0)
    more = ms_e * (1 + 1e-9)
    if ms_p > more and ms_a > more:
        df = m**2 / (ms_p**2 / (units - 1) + ms_a**2 / (people - 1) + ms_e**2 / df_e)
    else:
        df = units - 1 if ms_p > more else people - 1 if ms_a > more else df_e
    df = min(max(df, min(units, people) - 1), df_e)
    variance = m / (units * people)
    n = units if variance < 1e-15 else min(max(grand * (1 - grand) / variance, 1), judgments)
    q = stats.t.ppf(0.975, df)
    centre = (grand + q * q / (2 * n)) / (1 + q * q / n)
    half = q * math.sqrt(grand * (1 - grand) / n + q * q / (4 * n * n)) / (1 + q * q / n)
    return centre - half, centre + half
