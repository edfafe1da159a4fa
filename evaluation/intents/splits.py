"""Labelled utterances in three parts, for training, choosing and testing, 8 : 1 : 1. Pure.

Drawn at random by utterance, as RecLLMSim's paper does, nearly every utterance of the test part shares its
conversation with one to train on. Drawn by conversation, none does, and figures say what to expect of new ones.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from evaluation.estimates import IntArray

SEED: Final = 42
"""The paper's."""


@dataclass(frozen=True)
class Split:
    """Positions of the utterances of each part, in the order in which they were drawn."""

    train: IntArray
    validation: IntArray
    test: IntArray

    def parts(self) -> dict[str, IntArray]:
        return {"train": self.train, "validation": self.validation, "test": self.test}

    def overlap(self, conversations: npt.ArrayLike) -> int:
        """How many utterances of the test part are of a conversation that is in the training part too.

        >>> by_utterance(20).overlap([1] * 20)
        2
        """
        of = np.asarray(conversations)
        return int(np.isin(of[self.test], of[self.train]).sum())


def by_utterance(n: int, *, seed: int = SEED) -> Split:
    """`n` utterances drawn one by one: a fifth is held out, and half of that (rounded up) is the test part.

    These are the parts of scikit-learn's `train_test_split(range(n), test_size=0.2, random_state=seed)` and of its
    `test_size=0.5` on what was held out, which RecLLMSim's paper has (5,676, 710 and 710 of 7,096).

    >>> {name: part.tolist() for name, part in by_utterance(10).parts().items()}
    {'train': [5, 0, 7, 2, 9, 4, 3, 6], 'validation': [8], 'test': [1]}
    """
    train, held_out = _apart(np.arange(n), 5, seed)
    validation, test = _apart(held_out, 2, seed)
    return Split(train, validation, test)


def by_conversation(conversations: npt.ArrayLike, *, seed: int = SEED) -> Split:
    """Whole conversations drawn, as many in each part as utterances above; takes the conversation of each utterance.

    >>> by_conversation([7] * 3 + [8] * 2 + [9] * 4).overlap([7] * 3 + [8] * 2 + [9] * 4)
    0
    """
    _names, of = np.unique(np.asarray(conversations), return_inverse=True)
    drawn = by_utterance(int(of.max(initial=-1)) + 1, seed=seed)
    train, validation, test = (np.flatnonzero(np.isin(of, part)) for part in drawn.parts().values())
    return Split(train, validation, test)


def _apart(positions: IntArray, nth: int, seed: int) -> tuple[IntArray, IntArray]:
    """All but an `nth`, rounded up, and that; the generator is the one whose numbers never change."""
    drawn = np.random.RandomState(seed).permutation(positions.size)
    size = -(-positions.size // nth)
    return positions[drawn[size:]], positions[drawn[:size]]
