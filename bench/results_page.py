"""The results page of a study of 300,000 judgments: its frame, its points, all its intervals, and a second look."""

import argparse
import csv
import statistics
import time
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from measuring import fresh_database, heading, needed, say

FRAME, POINTS, INTERVALS, AGAIN = 0.3, 2.0, 5.0, 0.3
CRITERIA = ("fluency", "informativeness", "logicality", "coherence")
UTTERANCES, ANNOTATORS = 10, 7
STEPS = ("frame", "points", "intervals", "second look")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--judgments", type=int, default=300_000)
    options.add_argument(
        "--pairs", action="store_true", help="one vote a unit, so that every judgment has its own place"
    )
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    with fresh_database() as kind, TemporaryDirectory() as folder:
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        path = Path(folder) / "judgments.csv"
        write = votes if asked.pairs else ratings
        write(path, asked.judgments)
        call_command("import_judgments", str(path), study="large", stdout=StringIO(), stderr=StringIO())
        heading(f"Results of {asked.judgments:,} {'votes' if asked.pairs else 'ratings'}, {kind}")
        looks = [look() for _ in range(asked.rounds + 1)][1:]
        for place, (step, promised) in enumerate(zip(STEPS, (FRAME, POINTS, INTERVALS, AGAIN), strict=True)):
            wall = statistics.median(one[place][0] for one in looks)
            cores = statistics.median(one[place][1] for one in looks)
            figure = f"{wall:.2f} s ({cores:.2f} s of a core)"
            say(f"{step}, since the page was asked for", figure, f"at most {promised} s", kept=wall <= promised)


def ratings(path: Path, judgments: int) -> None:
    """Two systems, dialogues of ten utterances, seven annotators, four criteria: logistic answers."""
    import numpy as np

    chance = np.random.default_rng(7)
    people = chance.normal(0, 0.4, (ANNOTATORS, len(CRITERIA)))
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["unit", "annotator", "dataset", "dialogue", "utterance", *CRITERIA])
        for number in range(-(-judgments // (UTTERANCES * ANNOTATORS * len(CRITERIA)))):
            level = chance.normal(0.4 - 0.3 * (number % 2), 0.5, len(CRITERIA))
            levels = level + chance.normal(0, 0.6, (UTTERANCES, 1, len(CRITERIA))) + people
            answers = np.digitize(levels + chance.logistic(0, 0.5, levels.shape), [-0.5, 0.6])
            for place, person in np.ndindex(UTTERANCES, ANNOTATORS):
                row = [f"d{number}", f"a{person}", ("ours", "theirs")[number % 2], f"d{number}", place]
                table.writerow([*row, *answers[place, person].tolist()])


def votes(path: Path, judgments: int) -> None:
    """Pairs of two systems' dialogues, seven votes each, a third of them another way than the rest."""
    import numpy as np

    chance = np.random.default_rng(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["unit", "annotator", "left", "right", "value"])
        for number in range(-(-judgments // ANNOTATORS)):
            leaning = chance.normal(0.5, 1)
            for person in range(ANNOTATORS):
                value = "left" if leaning + chance.logistic() > 0 else "right"
                table.writerow([f"p{number}", f"a{person}", "ours", "theirs", value])


def look() -> list[tuple[float, float]]:
    """One researcher opens the page, waits for its parts, and opens it again: seconds, and seconds of a core."""
    needed("django")
    from django.core.cache import caches
    from django.test import Client

    from crsapp.accounts.models import User

    client = Client()
    client.force_login(User.objects.get_or_create(username="amira", role=User.Role.RESEARCHER)[0])
    caches["figures"].clear()
    url = "/studies/large/results/"
    begun = time.perf_counter(), time.process_time()
    found = []
    for path in (url, f"{url}figures/", f"{url}details/"):
        response = client.get(path)
        if response.status_code != 200:
            raise SystemExit(f"{path} answered {response.status_code}.")
        found.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    begun = time.perf_counter(), time.process_time()
    if b"figures-table" not in client.get(url).content:
        raise SystemExit("The second look came without its figures.")
    found.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    return found


if __name__ == "__main__":
    main()
