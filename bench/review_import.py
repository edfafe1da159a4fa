"""Half a million reviews: imported, and prepared. Seconds and the most memory that the process held."""

import argparse
import json
import random
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measuring import fresh_database, heading, say, seconds

SECONDS, MEGABYTES = 60, 500


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reviews", type=int, default=500_000)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reviews.json"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(review) + "\n" for review in reviews(asked.reviews))
        with fresh_database() as kind:
            heading(f"{asked.reviews:,} reviews of {path.stat().st_size / 1e6:,.0f} MB, {kind}")
            measure(path)


def measure(path: Path) -> None:
    from django.core.management import call_command

    quiet = {"stdout": open("/dev/null", "w"), "stderr": open("/dev/null", "w")}  # noqa: SIM115, PTH123
    taken = seconds(lambda: call_command("import_reviews", path, dataset="Reviews", **quiet))
    say("imported", f"{taken:,.1f} s", f"promised: {SECONDS} s", kept=taken <= SECONDS)
    say("most memory while importing", f"{held():,.0f} MB", f"promised: {MEGABYTES} MB", kept=held() <= MEGABYTES)
    taken = seconds(lambda: call_command("prepare_reviews", "Reviews", k=5, **quiet))
    say("prepared (P1 to P7, iterative 5-core)", f"{taken:,.1f} s")
    say("most memory altogether", f"{held():,.0f} MB", f"promised: {MEGABYTES} MB", kept=held() <= MEGABYTES)


def held() -> float:
    """The most megabytes this process ever held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


def reviews(count: int, seed: int = 7) -> Iterator[dict[str, object]]:
    """As Amazon's of 2018 are, the same ones every time; few people and items have many, many have few."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(3000)]
    for number in range(count):
        yield {
            "overall": float(chance.choice((1, 2, 3, 4, 4, 5, 5, 5))),
            "verified": True,
            "reviewerID": f"A{int(chance.paretovariate(0.7)) % (count // 8 + 1):013d}",
            "asin": f"B{int(chance.paretovariate(0.7)) % (count // 20 + 1):09d}",
            "reviewText": " ".join(chance.choices(words, k=chance.randint(5, 180))) + ".<br />",
            "summary": " ".join(chance.choices(words, k=4)),
            "unixReviewTime": 1_300_000_000 + number,
        }


if __name__ == "__main__":
    main()
