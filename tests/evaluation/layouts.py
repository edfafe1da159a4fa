"""308 wins of 350 votes, 50 pairs × 7 annotators, with the 42 losses laid out in three ways."""

import numpy as np
import numpy.typing as npt

from evaluation.crossed import Cells

LAYOUTS = ("spread", "clustered", "one severe annotator")


def layout(name: str) -> npt.NDArray[np.float64]:
    table = np.ones((50, 7))
    if name == "spread":
        for pair in range(42):
            table[pair, pair % 7] = 0
    elif name == "clustered":
        turn = 0
        for pair in range(12):
            for _ in range(4 if pair < 6 else 3):
                table[pair, turn % 7] = 0
                turn += 1
    else:
        for annotator, losses in enumerate((16, 8, 6, 5, 3, 2, 2)):
            for loss in range(losses):
                table[loss if annotator == 0 else (3 * loss + annotator) % 50, annotator] = 0
    return table


def cells_of(table: npt.NDArray[np.float64]) -> Cells:
    units, annotators = np.indices(table.shape).reshape(2, -1)
    return Cells.collect(units, annotators, table.ravel())
