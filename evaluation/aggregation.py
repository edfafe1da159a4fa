"""One label for each unit from the answers of several annotators, and how sure it is. Pure."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from evaluation.estimates import BoolArray, FloatArray, IntArray, gettext_noop
from evaluation.ratings import Ratings

MOST_ROUNDS: Final = 1000
SMALLEST: Final = 1e-12
THREE_NEEDED: Final = gettext_noop(
    "To tell annotators' errors from the truth by their answers alone takes three annotators and two answers a unit."
)
NOT_SETTLED: Final = gettext_noop("The estimate had not settled after a thousand rounds.")


@dataclass(frozen=True, eq=False)
class Labels:
    """A label for each unit: `values` (NaN where the majority is tied), and the share of answers, or the probability,
    that stands behind it."""

    unit_ids: npt.NDArray[np.generic]
    values: FloatArray
    sure: FloatArray
    answers: IntArray

    @property
    def tied(self) -> int:
        return int(np.isnan(self.values).sum())


@dataclass(frozen=True, eq=False)
class Estimated:
    """What Dawid and Skene's model makes of the answers.

    `posterior` (units, K) and `prevalence` (K,) are over the categories that were chosen, whose values are `scores`;
    `errors` (annotators, K, K) says how often an annotator answers the second where the first is true.
    """

    labels: Labels
    scores: FloatArray
    posterior: FloatArray
    prevalence: FloatArray
    errors: FloatArray
    log_likelihood: float
    rounds: int
    notes: tuple[str, ...] = ()

    @property
    def accuracy(self) -> FloatArray:
        """How often each annotator is right: Σ_k prevalence_k errors_kk."""
        return np.asarray(np.einsum("k,jkk->j", self.prevalence, self.errors))


def majority(ratings: Ratings) -> Labels:
    """The answer that most annotators gave about each unit, with the share who did; no label where two lead.

    >>> found = majority(Ratings.collect([1, 1, 1, 2, 2], [7, 8, 9, 7, 8], [0, 2, 2, 1, 2], [1, 1, 1, 2, 2]))
    >>> found.values.tolist(), found.sure.round(3).tolist(), found.tied
    ([2.0, nan], [0.667, 0.5], 1)
    """
    most = ratings.counts.max(axis=1, initial=0)
    alone = (ratings.counts == most[:, None]).sum(axis=1) == 1
    values = np.where(alone, ratings.scores[ratings.counts.argmax(axis=1)], np.nan) if most.size else most
    return Labels(ratings.unit_ids, values, most / np.maximum(ratings.sizes, 1), ratings.sizes.astype(np.int64))


def dawid_skene(ratings: Ratings, *, tolerance: float = 1e-7) -> Estimated:
    """The most probable label of each unit, where every annotator errs in a way of their own.

    Maximum likelihood by EM from the shares of answers: prevalence p_k = mean T_uk, errors π_jkl = Σ_u T_uk n_ujl /
    Σ_l Σ_u T_uk n_ujl, then T_uk ∝ p_k Π_j Π_l π_jkl^n_ujl, until no T moves by more than `tolerance`. Answers of one
    annotator are taken as independent given the truth, so that probabilities near 1 are too sure of themselves.
    Dawid & Skene (1979), Applied Statistics 28.

    >>> answers = [(u, j, u % 2 if j < 2 else 0) for u in range(20) for j in range(3)]
    >>> found = dawid_skene(Ratings.collect(*zip(*answers), [u for u, *_ in answers]))
    >>> found.labels.values[:4].tolist(), found.accuracy.round(2).tolist()
    ([0.0, 1.0, 0.0, 1.0], [1.0, 1.0, 0.5])
    """
    used = np.flatnonzero(ratings.margins > 0)
    counts = ratings.counts[:, used]
    said = _Answers(ratings.units, ratings.annotators, np.searchsorted(used, ratings.categories))
    posterior = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rounds, moved, likelihood = 0, np.inf if used.size else 0.0, 0.0
    while moved > tolerance and rounds < MOST_ROUNDS:
        prevalence, errors = said.errors(posterior, ratings.annotator_count)
        before, (posterior, likelihood) = posterior, said.posterior(prevalence, errors, posterior.shape[0])
        moved, rounds = float(np.abs(posterior - before).max(initial=0)), rounds + 1
    prevalence, errors = said.errors(posterior, ratings.annotator_count)
    scores = ratings.scores[used]
    few = ratings.annotator_count < 3 or (ratings.sizes < 2).any()
    notes = (THREE_NEEDED,) * bool(few) + (NOT_SETTLED,) * (moved > tolerance)
    values = scores[posterior.argmax(axis=1)] if used.size else np.empty(0)
    labels = Labels(ratings.unit_ids, values, posterior.max(axis=1, initial=0), ratings.sizes.astype(np.int64))
    return Estimated(labels, scores, posterior, prevalence, errors, likelihood, rounds, notes)


def settled(labels: Labels, *, least: float) -> BoolArray:
    """Which units have a label that is at least so sure.

    >>> one = majority(Ratings.collect([1, 1, 2, 2], [7, 8, 7, 8], [0, 0, 0, 1], [1, 1, 2, 2]))
    >>> settled(one, least=0.9).tolist()
    [True, False]
    """
    return np.asarray(~np.isnan(labels.values) & (labels.sure >= least))


@dataclass(frozen=True, eq=False)
class _Answers:
    units: IntArray
    annotators: IntArray
    categories: IntArray

    def errors(self, posterior: FloatArray, people: int) -> tuple[FloatArray, FloatArray]:
        """Prevalence (K,) and errors (annotators, K, K) from the units' posterior (units, K)."""
        width = posterior.shape[1]
        said = self.annotators * width + self.categories
        times = np.zeros((width, people * width))
        for true, weights in enumerate(posterior.T):
            times[true] = np.bincount(said, weights=weights[self.units], minlength=people * width)
        table = times.reshape(width, people, width).transpose(1, 0, 2)
        total = table.sum(axis=2, keepdims=True)
        errors = np.where(total > 0, table / np.where(total > 0, total, 1), 1 / max(width, 1))
        return posterior.sum(axis=0) / max(posterior.shape[0], 1), errors

    def posterior(self, prevalence: FloatArray, errors: FloatArray, units: int) -> tuple[FloatArray, float]:
        """Of each unit (units, K), and the log likelihood of everything."""
        logs = np.log(np.maximum(errors, SMALLEST))[self.annotators, :, self.categories]
        joint = np.stack([np.bincount(self.units, weights=one, minlength=units) for one in logs.T], axis=1)
        joint += np.log(np.maximum(prevalence, SMALLEST))
        largest = joint.max(axis=1, keepdims=True)
        parts = np.exp(joint - largest)
        total = parts.sum(axis=1, keepdims=True)
        return parts / total, float((largest + np.log(total)).sum())
