"""How far annotators agree, beyond chance or plainly, with intervals that respect both clusters. Pure.

Ratings are (unit, annotator, category) triples; cells may be missing. Each coefficient is a line in `COEFFICIENTS`,
and the scale of a criterion decides which one is shown (`BY_SCALE`). Formulas: `docs/statistics.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from evaluation.coincidences import CHUNK_NUMBERS, Coincidences, Ratings
from evaluation.estimates import (
    ANY_PANEL,
    LEVEL,
    THIS_PANEL,
    TWO_ANNOTATORS,
    Estimate,
    Estimates,
    FloatArray,
    Target,
    gettext_noop,
    t_quantile,
    undefined,
)

Distance = Literal["nominal", "ordinal", "interval"]
JACKKNIFE: Final = gettext_noop(
    "Two-way jackknife over dialogues (or pairs) and annotators on log(1 − coefficient), Student's t"
)
DIALOGUE_JACKKNIFE: Final = gettext_noop("Jackknife over dialogues (or pairs) on log(1 − coefficient), Student's t")
NO_VARIATION: Final = gettext_noop(
    "All annotators gave the same answer everywhere, so agreement beyond chance is undefined."
)
NO_PAIRS: Final = gettext_noop("Nothing was judged by two annotators, so there is no agreement to measure.")
PERFECT: Final = gettext_noop("There is no disagreement at all to judge the uncertainty by.")
FEW_DIALOGUES: Final = gettext_noop(
    "With fewer than 20 dialogues or pairs no method gives an honest interval for this coefficient."
)
VERY_FEW_DIALOGUES: Final = gettext_noop("With fewer than ten dialogues or pairs no interval is shown.")
ONE_CATEGORY: Final = gettext_noop(
    "More than 95 % of the answers are in one category, so the coefficient hangs on a handful of them."
)
TOO_THIN: Final = gettext_noop(
    "Leaving out one dialogue or annotator makes the coefficient undefined, so there is no interval."
)
UNDER_50: Final = gettext_noop(
    "Indicative: with 20–49 dialogues or pairs the simulated coverage of this interval was 84–98 %."
)
OVER_90: Final = gettext_noop(
    "Indicative: with more than 90 % of the answers in one category the simulated coverage was 72–96 %."
)
FEW_ANNOTATORS: Final = gettext_noop("Indicative: three or four annotators show little of how annotators differ.")


@dataclass(frozen=True)
class Coefficient:
    """One way to measure agreement: its distance between categories, and whether chance is taken out."""

    key: str
    title: str
    distance: Distance
    beyond_chance: bool = True


COEFFICIENTS: Final[Mapping[str, Coefficient]] = {
    coefficient.key: coefficient
    for coefficient in (
        Coefficient("alpha-nominal", gettext_noop("Krippendorff's α (nominal)"), "nominal"),
        Coefficient("alpha-ordinal", gettext_noop("Krippendorff's α (ordinal)"), "ordinal"),
        Coefficient("alpha-interval", gettext_noop("Krippendorff's α (interval)"), "interval"),
        Coefficient("exact", gettext_noop("Exact agreement"), "nominal", beyond_chance=False),
    )
}
BY_SCALE: Final[Mapping[str, tuple[str, ...]]] = {
    "ordinal": ("alpha-ordinal", "exact"),
    "interval": ("alpha-interval", "exact"),
    "binary": ("alpha-nominal", "exact"),
    "nominal": ("alpha-nominal", "exact"),
    "preference": ("alpha-nominal", "exact"),
    "span": (),
    "text": (),
}


def agreement(ratings: Ratings, coefficient: str, *, level: float = LEVEL) -> Estimates:
    """A coefficient of `COEFFICIENTS` with its intervals, for any panel and for this panel.

    Krippendorff's α = 1 − D_o/D_e, at most 1; ordinal with his rank distance; missing cells allowed (Krippendorff
    2011). Exact agreement is the share of pairs of annotators who gave the same answer, in [0, 1]. Intervals by the
    jackknife of `jackknife`. No variation at all is undefined, never 1.

    >>> ratings = Ratings.collect([1, 1, 2, 2], [1, 2, 1, 2], [0, 0, 1, 0], [1, 1, 2, 2])
    >>> round(agreement(ratings, "alpha-nominal").any_panel.value, 3), agreement(ratings, "exact").any_panel.value
    (0.0, 0.5)
    """
    kind = COEFFICIENTS[coefficient]
    if not ratings.categories.size:
        return undefined(NO_PAIRS, method=JACKKNIFE, n=ratings.n)
    if kind.beyond_chance and ratings.scores.size < 2:
        return undefined(NO_VARIATION, method=JACKKNIFE, n=ratings.n)
    point = 1 - float(disagreement(Coincidences(ratings).whole, ratings.scores, kind))
    withheld = _withheld(ratings, kind, point)
    if withheld:
        any_panel = Estimate(point, level=level, n=ratings.n, method=JACKKNIFE, reason=withheld)
        this_panel = Estimate(point, None, None, level, THIS_PANEL, ratings.n, DIALOGUE_JACKKNIFE, withheld)
        return Estimates(any_panel, this_panel)
    both = jackknife(ratings, kind, point=point, level=level)
    notes = tuple(note for note in _cautions(ratings, kind) if note)
    return Estimates(both.any_panel.noting(*notes), both.this_panel.noting(*notes))


def disagreement(triangles: FloatArray, scores: FloatArray, kind: Coefficient) -> FloatArray:
    """1 − coefficient of coincidence tables given as upper triangles (..., K(K + 1)/2); NaN where undefined.

    α: (n − 1) Σ o_ck δ²_ck / Σ n_c n_k δ²_ck; exact agreement: 1 − Σ o_cc / n. The ordinal distance is that of the
    mid-ranks of each table's own margins.
    """
    rows, columns = np.triu_indices(scores.size)
    diagonal = rows == columns
    margins = np.zeros((*triangles.shape[:-1], scores.size))
    for place, (row, column) in enumerate(zip(rows, columns, strict=True)):
        margins[..., row] += triangles[..., place]
        if row != column:
            margins[..., column] += triangles[..., place]
    total = margins.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind.distance == "nominal":
            observed = total - triangles[..., diagonal].sum(axis=-1)
            expected = total**2 - (margins**2).sum(axis=-1)
        else:
            ranks = np.cumsum(margins, axis=-1) - margins / 2 if kind.distance == "ordinal" else scores
            ranks = np.broadcast_to(ranks, margins.shape)
            gaps = (ranks[..., rows] - ranks[..., columns]) ** 2
            observed = 2 * (triangles * gaps).sum(axis=-1)
            expected = 2 * (total * (margins * ranks**2).sum(axis=-1) - (margins * ranks).sum(axis=-1) ** 2)
        if not kind.beyond_chance:
            return np.asarray(np.where(total > 0, observed / total, np.nan))
        known = (total > 1) & (expected > 1e-9 * np.maximum(total, 1) ** 2)
        return np.asarray(np.where(known, (total - 1) * observed / expected, np.nan))


def jackknife(ratings: Ratings, kind: Coefficient, *, point: float, level: float = LEVEL) -> Estimates:
    """Intervals of a coefficient by leaving out dialogues, annotators, and each of one with each of the other.

    On g = log(1 − coefficient): V_D = (D − 1)/D Σ(g₋d − ḡ)², V_A alike, V_DA = Σ of the squared doubly centred g₋dj;
    V = V_D + (V_A − V_DA)₊; centre D·g − (D − 1)·mean g₋d; limits 1 − exp(c ± t√V). For this panel V_D and t(D − 1).
    """
    tables = Coincidences(ratings)
    scores, dialogues, annotators = ratings.scores, ratings.dialogue_count, ratings.annotator_count
    chunks = list(tables.changes()) if _fits(tables) else None
    by_annotator = np.zeros((annotators, tables.rows.size))
    for _, change in chunks or tables.changes():
        by_annotator += change.sum(axis=0)
    g = float(np.log(1 - point))
    without_dialogue = _log(disagreement(tables.whole - tables.by_dialogue, scores, kind))
    without_annotator = _log(disagreement(tables.whole + by_annotator, scores, kind))
    v_dialogue = (dialogues - 1) / dialogues * float(((without_dialogue - without_dialogue.mean()) ** 2).sum())
    centre = dialogues * g - (dialogues - 1) * float(without_dialogue.mean())
    this_panel = _interval(kind, point, centre, v_dialogue, dialogues - 1, THIS_PANEL, ratings, level)
    if annotators <= 2:
        reason = TWO_ANNOTATORS
        return Estimates(Estimate(point, level=level, n=ratings.n, method=JACKKNIFE, reason=reason), this_panel)
    v_annotator = (annotators - 1) / annotators * float(((without_annotator - without_annotator.mean()) ** 2).sum())
    both = np.empty((dialogues, annotators))
    for where, change in chunks or tables.changes():
        left = (tables.whole - tables.by_dialogue[where])[:, None, :] + by_annotator - change
        both[where] = _log(disagreement(left, scores, kind))
    centred = both - both.mean(axis=0) - both.mean(axis=1, keepdims=True) + both.mean()
    v_both = float((centred**2).sum())
    variance = v_dialogue + max(v_annotator - v_both, 0.0)
    below = v_dialogue**2 / (dialogues - 1) + v_annotator**2 / (annotators - 1)
    most = max(annotators - 1, dialogues - 1)
    df = float(np.clip(variance**2 / below, min(annotators, dialogues) - 1, most)) if below > 0 else most
    return Estimates(_interval(kind, point, centre, variance, df, ANY_PANEL, ratings, level), this_panel)


def _fits(tables: Coincidences) -> bool:
    return tables.ratings.dialogue_count * tables.ratings.annotator_count * tables.rows.size <= CHUNK_NUMBERS


def _log(numbers: FloatArray) -> FloatArray:
    """NaN, which spreads and is found at the end, where no disagreement is left."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.log(np.where(numbers > 0, numbers, np.nan)))


def _interval(
    kind: Coefficient,
    point: float,
    centre: float,
    variance: float,
    df: float,
    target: Target,
    ratings: Ratings,
    level: float,
) -> Estimate:
    method = JACKKNIFE if target == ANY_PANEL else DIALOGUE_JACKKNIFE
    if not (np.isfinite(centre) and np.isfinite(variance)):
        return Estimate(point, None, None, level, target, ratings.n, method, TOO_THIN)
    half = float(t_quantile(df, level)) * variance**0.5
    low, high = (1 - float(np.exp(min(centre + side * half, 50.0))) for side in (1, -1))
    return Estimate(point, max(low, -1.0 if kind.beyond_chance else 0.0), high, level, target, ratings.n, method)


def _withheld(ratings: Ratings, kind: Coefficient, point: float) -> str:
    if kind.beyond_chance and ratings.dialogue_count < 20:
        return FEW_DIALOGUES
    if ratings.dialogue_count < 10:
        return VERY_FEW_DIALOGUES
    if kind.beyond_chance and ratings.largest_share > 0.95:
        return ONE_CATEGORY
    return PERFECT if point >= 1 - 1e-12 else ""


def _cautions(ratings: Ratings, kind: Coefficient) -> tuple[str, ...]:
    few = FEW_ANNOTATORS if ratings.annotator_count in (3, 4) else ""
    if not kind.beyond_chance:
        return (few,)
    return (
        UNDER_50 if ratings.dialogue_count < 50 else "",
        OVER_90 if ratings.largest_share > 0.9 else "",
        few,
    )
