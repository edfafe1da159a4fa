"""Means of a criterion on 0–2 and their differences, by what dialogues, annotators and annotators with systems do."""

from functools import partial

import numpy as np
from scipy import special

from evaluation.comparison import correlation, mover
from evaluation.crossed import crossed_moments, crossed_wilson, mean_squares
from evaluation.estimates import t_quantile
from tests.coverage.covered import HONEST, RUNS, SMALL, Array, Band, Column, Covered, Row, Table, tenths
from tests.coverage.drawing import LENIENCY_SD, normal, random_of, rated

LEVELS = {"mid": (1.28, 1.18), "ceiling": (1.90, 1.76), "extreme": (1.98, 1.83)}
SDS = tuple((dialogue, own) for dialogue in (0, 0.4, 0.8) for own in (0, 0.3, 0.6))
FIRST_MEAN = {"mid": tenths(94.5, 96.2), "ceiling": tenths(93.2, 95.7), "extreme": tenths(93.2, 97.7)}
FIRST_ERRORS = {0: tenths(2.6, 5.7), 0.3: tenths(3.0, 5.0), 0.6: tenths(2.8, 5.7)}
SIZES: tuple[tuple[int, int, Band], ...] = (
    (5, 3, tenths(96.7, 99.1)),
    (5, 7, tenths(94.9, 96.7)),
    (10, 3, tenths(95.6, 98.9)),
    (10, 15, tenths(93.7, 95.5)),
    (30, 3, tenths(91.9, 99.5)),
    (30, 7, tenths(93.2, 97.0)),
)
System = tuple[Array, Array, int]


def studies(
    means: tuple[float, float], dialogue_sd: float, own_sd: float, *, dialogues: int = 10, people: int = 7
) -> tuple[System, System]:
    """Two systems with these means, judged by the same annotators."""
    rng = random_of(3, *means, dialogue_sd, own_sd, dialogues, people)
    leniency = normal(rng, LENIENCY_SD, (RUNS, people)).astype(np.float64)
    one, two = (
        rated(rng, mean=mean, leniency=leniency, dialogues=dialogues, dialogue_sd=dialogue_sd, own_sd=own_sd)
        for mean in means
    )
    return one, two


def mover_limits(one: Array, two: Array, judgments: int) -> tuple[Array, Array]:
    """The product's MOVER, for a whole axis of studies."""
    people = one.shape[-1]
    moments = [crossed_moments(table) for table in (one, two)]
    limits = [crossed_wilson(each, units=table.shape[-2], judgments=judgments)
              for each, table in zip(moments, (one, two), strict=True)]  # fmt: skip
    moved = [table.mean(axis=1) - table.mean(axis=(1, 2))[:, None] for table in (one, two)]
    covariance = (moved[0] * moved[1]).sum(-1) / ((people - 1) * people)
    rho = correlation(covariance, moments[0].variance, moments[1].variance)
    return mover((moments[0].mean, moments[1].mean), (limits[0], limits[1]), rho)


def welch_limits(one: Array, two: Array) -> tuple[Array, Array]:
    """Welch's t on dialogue means."""
    parts = [table.mean(axis=-1).var(axis=-1, ddof=1) / table.shape[-2] for table in (one, two)]
    variance, df = parts[0] + parts[1], one.shape[-2] - 1
    half = t_quantile(variance**2 / ((parts[0] ** 2 + parts[1] ** 2) / df)) * np.sqrt(variance)
    gap = one.mean(axis=(1, 2)) - two.mean(axis=(1, 2))
    return gap - half, gap + half


def two_way_p(one: Array, two: Array) -> Array:
    """The product's two-way t of no difference, for a whole axis of studies."""
    people, dialogues = one.shape[-1], one.shape[-2]
    v_dialogue = [table.mean(axis=-1).var(axis=-1, ddof=1) / dialogues for table in (one, two)]
    own = one.mean(axis=1) - two.mean(axis=1)
    v_people = own.var(axis=-1, ddof=1) / people
    noise = [mean_squares(table)[2] / (dialogues * people) for table in (one, two)]
    v_noise, error_df = noise[0] + noise[1], (dialogues - 1) * (people - 1)
    more = v_people > v_noise * (1 + 1e-9)
    variance = v_dialogue[0] + v_dialogue[1] + np.maximum(v_people - v_noise, 0)
    below = (v_dialogue[0] ** 2 + v_dialogue[1] ** 2) / (dialogues - 1)
    below = below + np.where(more, v_people**2 / (people - 1) + (noise[0] ** 2 + noise[1] ** 2) / error_df, 0)
    df = np.clip(variance**2 / below, min(people - 1, 2 * dialogues - 2), 2 * dialogues - 2)
    gap = one.mean(axis=(1, 2)) - two.mean(axis=(1, 2))
    return np.asarray(2 * special.stdtr(df, -np.abs(gap) / np.sqrt(variance)))


def dialogue_limits(table: Array) -> tuple[Array, Array]:
    """Student's t on dialogue means."""
    means = table.mean(axis=-1)
    half = t_quantile(means.shape[-1] - 1) * np.sqrt(means.var(axis=-1, ddof=1) / means.shape[-1])
    return means.mean(axis=-1) - half, means.mean(axis=-1) + half


def one_mean(level: str, dialogue_sd: float, own_sd: float) -> list[Covered]:
    (table, own, judgments), _other = studies(LEVELS[level], dialogue_sd, own_sd)
    limits = crossed_wilson(crossed_moments(table), units=10, judgments=judgments)
    return [_on_scale(Covered.of(*limits, LEVELS[level][0] / 2)), Covered.of(*dialogue_limits(table), own)]


def two_means(
    means: tuple[float, float], dialogue_sd: float, own_sd: float, *, dialogues: int = 10, people: int = 7
) -> list[Covered | None]:
    (one, own_one, judgments), (two, own_two, _same) = studies(
        means, dialogue_sd, own_sd, dialogues=dialogues, people=people
    )
    truth = (means[0] - means[1]) / 2
    return [
        _on_scale(Covered.of(*mover_limits(one, two, judgments), truth)),
        Covered.of(*welch_limits(one, two), own_one - own_two),
        Covered.errors(two_way_p(one, two)) if truth == 0 else None,
    ]


def _on_scale(covered: Covered) -> Covered:
    """The width on 0–2."""
    return Covered(covered.share, covered.error, 2 * covered.width)


def means() -> Table:
    rows = [
        Row(
            f"{level} ({LEVELS[level][0]}), sd of dialogues {dialogue}, of annotator × system {own}",
            partial(one_mean, level, dialogue, own),
            (FIRST_MEAN[level], None),
            (HONEST if level == "mid" else SMALL, None),
        )
        for level in LEVELS
        for dialogue, own in SDS
    ]
    columns = (Column("any panel: crossed Wilson", HONEST), Column("this panel: t on dialogue means"))
    return Table("Mean on 0–2, 10 dialogues × 7 annotators", columns, tuple(rows))


def differences() -> Table:
    """The first study's means without a difference were those of the second system; of both at the very end it says
    nothing."""
    rows = []
    for level, (first, second) in LEVELS.items():
        pairs = [(first, second), (second, second), *([(first, first)] if level == "extreme" else [])]
        for means_ in pairs:
            told = means_ != (first, first)
            rows += [
                Row(
                    f"{level} ({means_[0]} v {means_[1]}), sd of dialogues {dialogue}, of annotator × system {own}",
                    partial(two_means, means_, dialogue, own),
                    (tenths(93.0, 96.9), tenths(91.0, 96.4), FIRST_ERRORS[own] if means_[0] == means_[1] else None)
                    if told
                    else (),
                    (HONEST if told else SMALL, None, None if told else (0.005, 0.065)),
                )
                for dialogue, own in SDS
            ]
    columns = (
        Column("any panel: MOVER", HONEST),
        Column("this panel: Welch on dialogue means", (0.90, 0.98)),
        Column("two-way t rejects no difference", (0.02, 0.065)),
    )
    return Table("Difference of means on 0–2, 10 + 10 dialogues × 7 annotators", columns, tuple(rows))


def sizes() -> Table:
    truths = (("mid", 0, 0), ("mid", 0.4, 0.3), ("ceiling", 0.4, 0.6))
    rows = [
        Row(
            f"{dialogues} + {dialogues} × {people}, {level}, sd of dialogues {dialogue}, of annotator × system {own}",
            lambda level=level, dialogue=dialogue, own=own, dialogues=dialogues, people=people: two_means(
                LEVELS[level], dialogue, own, dialogues=dialogues, people=people
            )[:1],
            (first if dialogue else None,),  # with no such differences at all the first study's ranges do not tell
            (HONEST if people >= 5 and dialogues >= 10 else (0.90, 0.999),),
        )
        for dialogues, people, first in SIZES
        for level, dialogue, own in truths
    ]
    columns = (Column("any panel: MOVER", HONEST),)
    return Table("Difference of means on 0–2, other sizes (dialogues × annotators)", columns, tuple(rows))


TABLES = (means(), differences(), sizes())
