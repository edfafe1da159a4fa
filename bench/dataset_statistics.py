"""Distinct tokens and 4-grams of as many utterances as LLM-REDIAL has, on one core, without and with the database."""

import argparse
import os
import random
import resource
import sys
import time
from collections.abc import Iterator
from itertools import accumulate

from measuring import ROOT, fresh_database, heading, say

PROMISED_SECONDS, PROMISED_MB = 30, 1000
VOCABULARY = 120_000
WORDS = 20
PIECE = 1000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--utterances", type=int, default=480_000)
    options.add_argument("--database", action="store_true", help="also store them, and count them from their rows")
    asked = options.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    sys.path.insert(0, str(ROOT))
    heading(f"Statistics of {asked.utterances:,} utterances")
    texts(asked.utterances)
    if asked.database:
        with fresh_database() as kind:
            rows(asked.utterances, kind)


def utterances(count: int, seed: int = 7) -> Iterator[list[str]]:
    """Texts whose words are as unevenly frequent as in a language (Zipf's law), a piece at a time."""
    chance = random.Random(seed)
    words = [f"w{number:x}" for number in range(VOCABULARY)]
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))
    for _ in range(0, count, PIECE):
        drawn = chance.choices(words, cum_weights=weights, k=PIECE * WORDS)
        yield [f"{' '.join(drawn[at : at + WORDS])}." for at in range(0, PIECE * WORDS, WORDS)]


def texts(count: int) -> None:
    from evaluation.dataset_statistics import Texts

    found, taken = Texts(["all"]), 0.0
    for piece in utterances(count):
        begun = time.process_time()
        found.add("all", piece)
        taken += time.process_time() - begun
    begun = time.process_time()
    counts = found.counted()[1]
    taken += time.process_time() - begun
    told(taken, f"{counts.distinct_tokens:,} types, {counts.distinct_grams:,} 4-grams of texts")


def rows(count: int, kind: str) -> None:
    from evaluation.services.dataset_statistics import count_now
    from generation.models import Dataset, Dialogue, Utterance

    dataset = Dataset.objects.create(name="Large", slug="large", origin=Dataset.Origin.GENERATED)
    number = 0
    for piece in utterances(count):
        dialogues = Dialogue.objects.bulk_create(
            Dialogue(dataset=dataset, number=number + at, external_id=str(number + at), utterance_count=10)
            for at in range(0, PIECE, 10)
        )
        number += PIECE
        Utterance.objects.bulk_create(
            Utterance(dialogue=dialogues[at // 10], index=at % 10, speaker=("user", "system")[at % 2], text=text)
            for at, text in enumerate(piece)
        )
    begun = time.process_time()
    counts = count_now([dataset], "regex", keep_case=False).total.text
    told(time.process_time() - begun, f"{counts.distinct_grams:,} 4-grams, from rows, {kind}")


def told(seconds: float, what: str) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    say(what, f"{seconds:.1f} s of one core", f"promised: {PROMISED_SECONDS} s", kept=seconds < PROMISED_SECONDS)
    say("… peak memory of the process", f"{peak:,.0f} MB", f"promised: {PROMISED_MB:,} MB", kept=peak < PROMISED_MB)


if __name__ == "__main__":
    main()
