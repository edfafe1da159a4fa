"""Paging, sorting, filtering and searching a large dataset, each request as a browser makes it, without the network."""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import dialogues, fresh_database, heading, percentile, say, seconds, write_lines

PROMISED_MS = {"postgresql": 300, "sqlite": 800}
TASKS = ("books", "films", "games", "music")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dialogues", type=int, default=50_000)
    options.add_argument("--times", type=int, default=20, help="how often each page is asked for")
    asked = options.parse_args()
    with fresh_database() as kind, tempfile.TemporaryDirectory() as folder:
        made = write_lines(Path(folder) / "dialogues.jsonl", labelled(asked.dialogues))
        measure(made, kind, asked.times)


def labelled(count: int) -> Iterator[dict[str, Any]]:
    """With tasks, splits, names to be found, and labels that are common, rare and false."""
    for number, record in enumerate(dialogues(count)):
        said = record["utterances"]
        said[1]["labels"] = {"intent": f"intent {number % 7}", "hallucination": number % 50 == 0}
        if number % 1_000 == 0:
            said[-1]["labels"] = {"complaint": True}
            said[-1]["text"] += " Zaubererbruder"
        if number % 10 == 0:
            said[3]["text"] += " Überraschung"
        if number % 3 == 0:
            said.pop()
        yield record | {"task": TASKS[number % 4], "split": "test" if number % 10 == 0 else "train"}


def measure(path: Path, kind: str, times: int) -> None:
    from django.core.management import call_command
    from django.test import Client

    from crsapp.accounts.models import User
    from generation.services.importing_here import import_path

    call_command("collectstatic", interactive=False, verbosity=0)
    imported = import_path(path=path, dataset_name="Large")
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.create(username="bench", role=User.Role.RESEARCHER))
    heading(f"Search and paging at {imported.dialogues:,} dialogues, {kind}")
    pages = -(-imported.dialogues // 50)
    middle = imported.dialogues // 2
    everything: list[float] = []
    for what, address in {
        "first page": "dialogues/",
        "page in the middle": f"dialogues/?page={pages // 2}",
        "last page": f"dialogues/?page={pages}",
        "longest first": "dialogues/?sort=-length",
        "one task, page 20": "dialogues/?task=films&page=20",
        "split and length": "dialogues/?split=test&shortest=10",
        "a common label": "dialogues/?label=utterance.intent%3Dintent+3",
        "a label said and not false": "dialogues/?label=utterance.hallucination",
        "a rare label": "dialogues/?label=utterance.complaint",
        "a common word": "dialogues/?search=ab",
        "a rare word, in other case": "dialogues/?search=zaubererbruder",
        "a word with an umlaut, in other case": "dialogues/?search=%C3%BCberraschung",
        "a word nobody says": "dialogues/?search=nobodysaysthis",
        "a rare word and a label": "dialogues/?search=zauberer&label=utterance.complaint",
        "one dialogue": f"dialogues/{middle}/",
        "one dialogue among found ones": "dialogues/1001/?search=zaubererbruder",
    }.items():
        url = f"/datasets/large/{address}"
        answer = client.get(url)
        if answer.status_code != 200:
            raise SystemExit(f"{url} answered {answer.status_code}")
        taken = [1000 * seconds(lambda url=url: client.get(url)) for _ in range(times)]
        everything += taken
        say(what, f"p50 {percentile(taken, 0.5):,.0f} p95 {percentile(taken, 0.95):,.0f} ms")
    p95 = percentile(everything, 0.95)
    limit = PROMISED_MS[kind]
    say("all of these together", f"p95 {p95:,.0f} ms", f"promised: under {limit} ms", kept=p95 < limit)


if __name__ == "__main__":
    main()
