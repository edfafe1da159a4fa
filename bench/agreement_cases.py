"""The same computations by the product and by libraries of the field, a case to a process, which prints its times.

    python bench/agreement_cases.py CASE UNITS

Runs in any environment that has what the case needs; `agreement.py` starts it, the product's cases in ours.
"""

import json
import resource
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ANNOTATORS, UNITS_A_DIALOGUE, SYSTEMS, ROUNDS = 7, 10, 26, 5
warnings.filterwarnings("ignore")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def ratings(units: int, categories: int = 3) -> Any:
    """Units × annotators, on 0–2; an annotator is one off now and then."""
    chance = np.random.default_rng(20240601)
    truth = chance.choice(categories, size=units, p=[0.2, 0.3, 0.5] if categories == 3 else None)
    noise = chance.choice([-1, 0, 0, 0, 1], size=(units, ANNOTATORS))
    return np.clip(truth[:, None] + noise, 0, categories - 1)


def columns(units: int, categories: int = 3) -> tuple[Any, Any, Any, Any]:
    """A row an answer: unit, annotator, value, dialogue."""
    table = ratings(units, categories)
    unit, annotator = np.indices(table.shape).reshape(2, -1)
    return unit, annotator, table.ravel().astype(np.float64), unit // UNITS_A_DIALOGUE


def votes(count: int) -> tuple[Any, Any, Any]:
    """Two systems and which won, from known strengths."""
    chance = np.random.default_rng(7)
    strength = chance.normal(size=SYSTEMS)
    first = chance.integers(0, SYSTEMS, count)
    second = (first + chance.integers(1, SYSTEMS, count)) % SYSTEMS
    won = chance.random(count) < 1 / (1 + np.exp(strength[second] - strength[first]))
    return first, second, won


def ours_agreement(units: int, key: str, categories: int = 3) -> Callable[[], object]:
    from evaluation.agreement import agreement
    from evaluation.ratings import Ratings

    told = columns(units, categories)
    return lambda: agreement(Ratings.collect(*told), key)


def ours_strengths(count: int) -> Callable[[], object]:
    from evaluation.strengths import Votes, bradley_terry

    first, second, won = votes(count)
    outcome, rows = won.astype(np.float64), np.arange(count)

    def work() -> object:
        told = Votes.collect(SYSTEMS, first, second, outcome, rows, rows)
        return bradley_terry(told.wins, told.ties)

    return work


def krippendorff_alpha(units: int) -> Callable[[], object]:
    import krippendorff

    table = ratings(units).T.astype(np.float64)
    return lambda: krippendorff.alpha(reliability_data=table, level_of_measurement="ordinal")


def evalica_alpha(units: int, *, resamples: int) -> Callable[[], object]:
    import evalica
    import pandas as pd

    frame = pd.DataFrame(ratings(units).T.astype(np.float64))
    if not resamples:
        return lambda: evalica.alpha(frame, distance="ordinal")
    return lambda: evalica.alpha_bootstrap(frame, distance="ordinal", n_resamples=resamples, random_state=1)


def evalica_strengths(count: int) -> Callable[[], object]:
    import evalica

    first, second, won = votes(count)
    one, other = ([f"s{code}" for code in codes] for codes in (first, second))
    outcome = [evalica.Winner.X if better else evalica.Winner.Y for better in won]
    return lambda: evalica.bradley_terry(one, other, outcome)


def statsmodels_fleiss(units: int) -> Callable[[], object]:
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    table = ratings(units)
    return lambda: fleiss_kappa(aggregate_raters(table)[0])


CASES: dict[str, Callable[[int], Callable[[], object]]] = {
    "α with both intervals, 3 categories": lambda units: ours_agreement(units, "alpha-ordinal"),
    "α with both intervals, 5 categories": lambda units: ours_agreement(units, "alpha-ordinal", 5),
    "Fleiss' κ with both intervals": lambda units: ours_agreement(units, "fleiss"),
    "Bradley–Terry": ours_strengths,
    "krippendorff: α alone": krippendorff_alpha,
    "evalica: α alone": lambda units: evalica_alpha(units, resamples=0),
    "evalica: α, 1,000 resamples of pairs": lambda units: evalica_alpha(units, resamples=1000),
    "evalica: Bradley–Terry": evalica_strengths,
    "statsmodels: Fleiss' κ alone": statsmodels_fleiss,
}
OURS = tuple(CASES)[:4]


def main() -> None:
    case, units = sys.argv[1], int(sys.argv[2])
    try:
        work = CASES[case](units)
    except ImportError as error:
        print(json.dumps({"missing": error.name}))
        return
    times: list[float] = []
    cores: list[float] = []
    while len(times) < ROUNDS and sum(times) < 20:
        begun, spent = time.perf_counter(), time.process_time()
        work()
        times.append(time.perf_counter() - begun)
        cores.append(time.process_time() - spent)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": statistics.median(times), "core": statistics.median(cores), "memory": peak}))


if __name__ == "__main__":
    main()
