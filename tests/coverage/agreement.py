"""Agreement: α, percent and AC1 of clustered utterances, by where ratings lie and how dialogues differ."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import special

from evaluation.agreement import COEFFICIENTS
from evaluation.counted import Counted, Sums
from evaluation.jackknife import LeftOut, limits, log_of, spread
from evaluation.ratings import Ratings
from tests.coverage.covered import HONEST, Array, Band, Column, Covered, Row, Table, percent, tenths
from tests.coverage.drawing import CUTS, NODES, WEIGHTS, ordinal, random_of, shift_for_mean

RUNS = 2000
PEOPLE, UTTERANCES = 7, 11
SCORES = np.arange(3.0)
KEYS = ("alpha-ordinal", "exact", "ac1")
LEVELS = {"mid": 1.4, "ceiling": 1.75, "high": 1.9, "extreme": 1.95}
AT_ONCE = 1_500_000
MODERATE = ((0, 1, 0.3), (0.5, 1, 0.3), (1, 1, 0), (1, 1, 0.3), (1, 1, 0.8))
STRONG = (1.5, 0.5, 0.3)
# Of the first study: of α with the jackknife's own centre, this panel and any panel, moderate and strong clustering.
FIRST: dict[tuple[str, int], tuple[Band, Band, Band | None, Band | None]] = {
    ("mid", 20): (percent(92, 94), percent(94, 98), percent(90), percent(91)),
    ("mid", 50): (percent(93, 94), percent(95, 96), percent(93), percent(94)),
    ("mid", 100): (percent(94, 95), percent(95, 97), None, None),
    ("mid", 200): (percent(93, 95), percent(97, 97), None, None),
    ("ceiling", 20): (percent(88, 92), percent(93, 96), percent(81), percent(84)),
    ("ceiling", 50): (percent(92, 94), percent(94, 97), percent(89), percent(91)),
    ("ceiling", 100): (percent(92, 94), percent(94, 96), None, None),
    ("ceiling", 200): (percent(93, 94), percent(94, 97), None, None),
    ("extreme", 20): (percent(79, 83), percent(88, 92), percent(63), percent(72)),
    ("extreme", 50): (percent(86, 90), percent(90, 96), percent(75), percent(82)),
    ("extreme", 100): (percent(89, 90), percent(93, 95), None, None),
    ("extreme", 200): (percent(90, 93), percent(95, 95), None, None),
}
FIRST_EXACT = (tenths(92.5, 97.8), tenths(93.0, 96.0))
FIRST_AC1 = (tenths(92.0, 97.6), tenths(93.0, 95.9))


def measure_of(key: str) -> Counted:
    measure = COEFFICIENTS[key].measure
    if not isinstance(measure, Counted):
        raise TypeError(f"{key} is no function of counts")
    return measure


def ratings_of(answers: npt.NDArray[np.int64]) -> Ratings:
    """Many studies (runs, dialogues, utterances, people) as one, in which nobody leaves but within their own study."""
    runs, dialogues, utterances, people = answers.shape
    units = runs * dialogues * utterances
    unit, person = np.repeat(np.arange(units), people), np.tile(np.arange(people), units)
    of = np.arange(units) // utterances
    return Ratings(unit, person, answers.ravel(), of, SCORES, np.arange(units), np.arange(people))


def left_out(measure: Counted, ratings: Ratings, runs: int) -> LeftOut:
    """What the product leaves out, of many studies at once."""
    sums = Sums(ratings, measure.features)
    change = np.concatenate([piece for _where, piece in sums.changes()])
    width, people = change.shape[-1], change.shape[1]
    by_dialogue, change = sums.by_dialogue.reshape(runs, -1, width), change.reshape(runs, -1, people, width)
    whole, by_annotator = by_dialogue.sum(axis=1), change.sum(axis=1)
    return LeftOut(
        log_of(measure.disagreement(whole, SCORES)),
        log_of(measure.disagreement(whole[:, None] - by_dialogue, SCORES)),
        log_of(measure.disagreement(whole[:, None] + by_annotator, SCORES)),
        log_of(measure.without_both(whole, by_dialogue, by_annotator, change, SCORES)),
    )


def panel_tables(shift: float, unit_sd: float, panel: Array) -> Array:
    """How often two of each run's own annotators (runs, J) meet on which answers (runs, 3, 3), over infinitely many
    units."""
    people = panel.shape[-1]
    above = special.expit(shift + unit_sd * NODES[:, None, None] + panel[:, None, :, None] - CUTS)
    shares = np.stack([1 - above[..., 0], above[..., 0] - above[..., 1], above[..., 1]], axis=-1)
    weighted = shares * np.sqrt(WEIGHTS)[:, None, None]
    together = weighted.sum(axis=-2)
    own = weighted.reshape(panel.shape[0], -1, 3)
    met = np.swapaxes(together, 1, 2) @ together - np.swapaxes(own, 1, 2) @ own
    return np.asarray(met / (people * (people - 1)))


def everybodys_table(shift: float, unit_sd: float, person_sd: float) -> Array:
    """The same of any two annotators: (3, 3)."""
    above = special.expit(shift + unit_sd * NODES[:, None, None] + person_sd * NODES[None, :, None] - CUTS)
    above = np.tensordot(above, WEIGHTS, axes=(1, 0))
    shares = np.stack([1 - above[:, 0], above[:, 0] - above[:, 1], above[:, 1]], axis=1)
    return np.asarray(np.einsum("u,uc,uk->ck", WEIGHTS, shares, shares))


def truth_of(measure: Counted, table: Array) -> Array:
    """The coefficient of very many units judged by two annotators each, whose answers meet as in tables (..., 3, 3)."""
    two = (np.eye(3)[:, None, :] + np.eye(3)[None, :, :]).reshape(9, 3)
    sums = 1e9 * table.reshape(*table.shape[:-2], 9) @ measure.features(two, SCORES)
    return np.asarray(1 - measure.disagreement(sums, SCORES))


def cell(level: str, dialogues: int, sds: tuple[float, float, float]) -> list[Covered]:
    """Any panel and this panel, of each coefficient in turn."""
    rng = random_of(4, LEVELS[level], dialogues, *sds)
    mean, step = LEVELS[level], max(1, AT_ONCE // (dialogues * UTTERANCES * PEOPLE))
    shift, unit_sd = shift_for_mean(mean, sum(one**2 for one in sds) ** 0.5), (sds[0] ** 2 + sds[1] ** 2) ** 0.5
    everybody = everybodys_table(shift, unit_sd, sds[2])
    found: dict[str, list[tuple[Array, ...]]] = {key: [] for key in KEYS}
    for start in range(0, RUNS, step):
        runs = min(step, RUNS - start)
        answers, panel = ordinal(
            rng, runs, mean=mean, dialogues=dialogues, utterances=UTTERANCES, people=PEOPLE, sds=sds
        )
        ratings, own = ratings_of(answers), panel_tables(shift, unit_sd, panel)
        for key in KEYS:
            measure = measure_of(key)
            told = spread(left_out(measure, ratings, runs))
            ends = {"least": COEFFICIENTS[key].least, "level": 0.95}
            wide = limits(told.centre, told.variance, told.df, **ends)
            narrow = limits(told.centre, told.dialogue_variance, told.dialogue_df, **ends)
            any_truth = np.full(runs, truth_of(measure, everybody))
            found[key].append((*wide, any_truth, *narrow, truth_of(measure, own)))
    covered = []
    for key in KEYS:
        low, high, truth, inner_low, inner_high, own = (np.concatenate(part) for part in zip(*found[key], strict=True))
        covered += [Covered.of(low, high, truth), Covered.of(inner_low, inner_high, own)]
    return covered


def cells() -> list[tuple[str, int, tuple[float, float, float]]]:
    few = [(level, dialogues, sds) for dialogues in (20, 50) for level in ("mid", "ceiling") for sds in MODERATE]
    few += [(level, dialogues, sds) for dialogues in (20, 50) for level in ("high", "extreme") for sds in MODERATE[3:]]
    strong = [(level, dialogues, STRONG) for dialogues in (20, 50) for level in LEVELS]
    many = [(level, dialogues, MODERATE[3]) for dialogues in (100, 200) for level in LEVELS]
    return sorted([*few, *strong, *many], key=lambda one: (one[1], list(LEVELS).index(one[0])))


def bands(level: str, dialogues: int, sds: Sequence[float]) -> tuple[Band | None, ...]:
    """α: as wide as the product says of this size; the others as promised."""
    steady = HONEST if level in ("mid", "ceiling") else (0.90, 0.99)
    if level in ("mid", "ceiling") and tuple(sds) != STRONG and dialogues >= 50:
        return HONEST, None, steady, None, steady, None
    return None, None, steady, None, steady, None


def firsts(level: str, dialogues: int, sds: Sequence[float]) -> tuple[Band | None, ...]:
    this, any_panel, strong_this, strong_any = FIRST.get((level, dialogues), (None,) * 4)
    alpha = (strong_any, strong_this) if tuple(sds) == STRONG else (any_panel, this)
    if level == "extreme" and sds[2] > 0.3:
        alpha = (None, None)  # such annotators were not among the first study's
    return (*alpha, *FIRST_EXACT, *FIRST_AC1)


def table() -> Table:
    rows = [
        Row(
            f"{level} ({LEVELS[level]}), {dialogues} dialogues, sd of dialogues, utterances, annotators "
            f"{'/'.join(map(str, sds))}",
            partial(cell, level, dialogues, sds),
            firsts(level, dialogues, sds),
            bands(level, dialogues, sds),
        )
        for level, dialogues, sds in cells()
    ]
    columns = tuple(
        Column(f"{title}, {target}")
        for title in ("α (ordinal)", "percent", "AC1")
        for target in ("any panel", "this panel")
    )
    return Table(f"Agreement on 0–2, dialogues of {UTTERANCES} utterances × {PEOPLE} annotators", columns, tuple(rows))


TABLES = (table(),)
