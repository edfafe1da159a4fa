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
        if level == "ratio":
            return ((one - other) / (one + other)) ** 2 if one != other else 0.0
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
