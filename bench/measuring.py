"""What the scripts share: a database of their own, dialogues to fill it with, and how a figure is printed.

The dialogues are those of the harness that measured the other tools: ten utterances of 40 to 160 characters.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
UTTERANCES = 10


@contextmanager
def fresh_database() -> Iterator[str]:
    """An empty database beside the one that DATABASE_URL names (SQLite without it), gone afterwards. Yields its kind.

    Only within are Django and the site's code to be imported.
    """
    with tempfile.TemporaryDirectory(prefix="crsapp-bench-") as folder:
        os.environ |= {"CRSAPP_DATA_DIR": folder, "CRSAPP_DEMO": "0", "CRSAPP_LOG_LEVEL": "ERROR"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "crsapp.settings"
        sys.path.insert(0, str(ROOT))
        django = needed("django")
        django.setup()
        from django.db import DatabaseError, connection

        try:
            name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        except DatabaseError as error:
            raise SystemExit(f"No database could be made ({error}). Does DATABASE_URL's role have CREATEDB?") from error
        try:
            yield connection.vendor
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def needed(module: str) -> Any:
    """A module, or in words what is missing."""
    try:
        return __import__(module)
    except ImportError:
        raise SystemExit(
            f"{module} is not installed here. Run `make env`, then .venv/bin/python {sys.argv[0]}"
        ) from None


def dialogues(count: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Dialogues in our own JSON lines' form, the same ones every time; some carry what filters look for."""
    chance = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choice(letters) for _ in range(chance.randint(2, 9))) for _ in range(2000)]
    for number in range(count):
        utterances = [
            {"speaker": ("user", "system")[index % 2], "text": _text(chance, words)} for index in range(UTTERANCES)
        ]
        yield {"id": f"d{number:06d}", "utterances": utterances}


def _text(chance: random.Random, words: list[str]) -> str:
    said, left = [], chance.randint(40, 160)
    while left > 0:
        said.append(chance.choice(words))
        left -= len(said[-1]) + 1
    return " ".join(said)


def write_lines(path: Path, records: Iterator[Mapping[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    return path


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def interleaved(rounds: int, works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """The median seconds of each, taken in turns, so that a busy machine is busy for all of them."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(seconds(work))
    return {name: statistics.median(times) for name, times in taken.items()}


def percentile(times: list[float], share: float) -> float:
    """
    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.95)
    4.0
    """
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def say(what: str, figure: str, promise: str = "", *, kept: bool | None = None) -> None:
    """One line: what was measured, its figure, and the promise with whether it was kept."""
    verdict = "" if kept is None else ("  kept" if kept else "  MISSED")
    print(f"{what:<58} {figure:>22}  {promise}{verdict}", flush=True)


def heading(title: str) -> None:
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"\n{title} ({load})", flush=True)
