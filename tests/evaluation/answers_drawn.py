"""Answers of annotators for the tests of agreement: drawn by hypothesis, simulated with a seed, as columns."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from evaluation.ratings import Ratings
from tests.evaluation.oracles import Answer

OPTIONS = (0.0, 1.0, 2.0, 5.0)


def columns_of(answers: Sequence[Answer], options: Sequence[float] = ()) -> Ratings:
    unit, annotator, value, dialogue = zip(*answers, strict=True) if answers else ((), (), (), ())
    return Ratings.collect(
        np.array(unit, int), np.array(annotator, int), np.array(value, float), np.array(dialogue, int), options
    )


def simulated(
    seed: int,
    *,
    dialogues: int,
    utterances: int = 3,
    people: int = 4,
    missing: float = 0.2,
    cuts: tuple[float, ...] = (-0.6, 0.6),
) -> list[Answer]:
    rng = np.random.default_rng(seed)
    answers = []
    for dialogue in range(dialogues):
        for utterance in range(utterances):
            base = rng.normal()
            for person in range(people):
                if rng.random() >= missing:
                    value = int(np.digitize(base + rng.normal() * 0.8, cuts))
                    answers.append((dialogue * 10 + utterance, person, float(value), dialogue))
    return answers


def some(values: Sequence[float] = OPTIONS) -> st.SearchStrategy[list[Answer]]:
    """Up to 32 answers of four annotators about eight units, two to a dialogue, with gaps."""
    return st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 3), st.sampled_from(values)),
        max_size=32,
        unique_by=lambda answer: answer[:2],
    ).map(lambda rows: [(unit, person, value, unit // 2) for unit, person, value in rows])


def complete(values: Sequence[float] = OPTIONS) -> st.SearchStrategy[list[Answer]]:
    """Everybody judges everything: two to four annotators, two to six units."""

    def table(shape: tuple[int, int]) -> st.SearchStrategy[list[Answer]]:
        units, people = shape
        return st.lists(st.sampled_from(values), min_size=units * people, max_size=units * people).map(
            lambda drawn: [(at // people, at % people, value, at // people // 2) for at, value in enumerate(drawn)]
        )

    return st.tuples(st.integers(2, 6), st.integers(2, 4)).flatmap(table)
