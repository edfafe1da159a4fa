"""The two-way jackknife: how a figure moves as dialogues and annotators are left out. Pure.

Everything here takes leading axes, so that the product and the simulation that vouches for it run the same code.
"""

from dataclasses import dataclass

import numpy as np

from evaluation.estimates import FloatArray, t_quantile


@dataclass(frozen=True)
class LeftOut:
    """g = log(1 − figure): of everything (...), without each dialogue (..., D), without each annotator (..., J), and
    without both (..., D, J). NaN, which spreads and is found at the end, where the figure is undefined or no
    disagreement is left."""

    whole: FloatArray
    dialogue: FloatArray
    annotator: FloatArray
    both: FloatArray


@dataclass(frozen=True)
class Spread:
    """The jackknife's centre of g, its variance and degrees of freedom, over dialogues and annotators and over
    dialogues alone (arrays of one shape)."""

    centre: FloatArray
    variance: FloatArray
    df: FloatArray
    dialogue_variance: FloatArray
    dialogue_df: int


def log_of(disagreement: FloatArray) -> FloatArray:
    """log of 1 − figure, NaN where nothing is left of it."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.log(np.where(disagreement > 0, disagreement, np.nan)))


def spread(left: LeftOut) -> Spread:
    """V_D = (D − 1)/D Σ(g₋d − ḡ)², V_A alike, V_DA = Σ of the squared doubly centred g₋dj; V = V_D + (V_A − V_DA)₊;
    centre D·g − (D − 1)·mean g₋d; df = V²/(V_D²/(D − 1) + V_A²/(J − 1)) in [J − 1, D − 1].

    >>> one = LeftOut(np.array(-1.0), np.array([-1.1, -0.9]), np.array([-1.2, -0.8]), np.array([[-1.3, -0.9]] * 2))
    >>> found = spread(one)
    >>> float(found.variance.round(4)), float(found.dialogue_variance.round(4)), float(found.centre)
    (0.05, 0.01, -1.0)
    """
    dialogues, annotators = left.both.shape[-2:]
    v_dialogue = _scatter(left.dialogue)
    v_annotator = _scatter(left.annotator)
    rows, columns = left.both.mean(axis=-1, keepdims=True), left.both.mean(axis=-2, keepdims=True)
    centred = left.both - rows - columns + rows.mean(axis=-2, keepdims=True)
    v_both = np.einsum("...dj,...dj->...", centred, centred)
    variance = v_dialogue + np.maximum(v_annotator - v_both, 0.0)
    below = v_dialogue**2 / max(dialogues - 1, 1) + v_annotator**2 / max(annotators - 1, 1)
    least, most = min(annotators, dialogues) - 1, max(annotators, dialogues) - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.where(below > 0, variance**2 / below, most)
    centre = dialogues * left.whole - (dialogues - 1) * left.dialogue.mean(axis=-1)
    return Spread(
        np.asarray(centre), np.asarray(variance), np.clip(df, max(least, 1), most), v_dialogue, max(dialogues - 1, 1)
    )


def limits(
    centre: FloatArray, variance: FloatArray, df: FloatArray | int, *, least: float, level: float
) -> tuple[FloatArray, FloatArray]:
    """1 − exp(centre ± t√variance), at least `least`."""
    half = t_quantile(df, level) * np.sqrt(variance)
    low, high = (1 - np.exp(np.minimum(centre + side * half, 50.0)) for side in (1, -1))
    return np.maximum(low, least), np.asarray(high)


def _scatter(left: FloatArray) -> FloatArray:
    size = left.shape[-1]
    return np.asarray((size - 1) / size * ((left - left.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1))
