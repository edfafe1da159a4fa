import numpy as np
import pytest

from annotation.models import Study
from tests.evaluation.factories import CRITERIA, TURNS, make_dataset, make_study, rate, vote


def answers(seed: int = 0, *, size: int = 20, seats: int = 7) -> np.ndarray:
    """Ratings (criteria, dialogues, turns, annotators) in which the first half is better."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0.3, 0.5, (len(CRITERIA), size, TURNS, 1)) + rng.normal(0, 0.3, seats)
    level[:, : size // 2] += 0.4
    return np.digitize(level + rng.logistic(0, 0.4, (len(CRITERIA), size, TURNS, seats)), [-0.3, 0.5])


@pytest.fixture
def study(db: None) -> Study:
    """A closed study: 10 + 10 rated dialogues and 20 pairs, seven annotators; one answer is “cannot judge”."""
    ours, theirs = make_dataset("ours", "Ours", 20), make_dataset("theirs", "Theirs", 20)
    made = make_study("film-talk", [ours, theirs], pairs=20)
    quality, pairs = made.blocks.order_by("number")
    ratings = answers()
    ratings[0, 0, 0, 0] = -1
    rate(quality, ratings)
    vote(pairs, (np.random.default_rng(1).random((20, 7)) < 0.75).astype(float))
    return made
