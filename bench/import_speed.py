"""Importing dialogues with every constraint and index, beside storing the same ones as blobs, which is the floor.

With `--label-studio PROGRAM` the fastest peer takes the same dialogues in the same run, in turns with ours.
"""

import argparse
import itertools
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from label_studio import label_studio
from measuring import dialogues, fresh_database, heading, interleaved, say, write_lines

PEER = 3_036
"""Dialogues a second that Label Studio took, as blobs, on a machine of this kind with nothing else to do; it counts
where it is not measured in the same run."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dialogues", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--file", type=Path, action="append", default=[], help="also a real file, ReDial's say")
    options.add_argument("--label-studio", type=Path, metavar="PROGRAM", help="measure it too, in the same run")
    asked = options.parse_args()
    with fresh_database() as kind, tempfile.TemporaryDirectory() as folder:
        made = write_lines(Path(folder) / "dialogues.jsonl", dialogues(asked.dialogues))
        with label_studio(asked.label_studio) if asked.label_studio else nullcontext() as peer:
            heading(f"Import, {kind}")
            for path in [made, *asked.file]:
                compare(path, asked.rounds, peer)


def compare(path: Path, rounds: int, peer: Callable[[list[str]], None] | None) -> None:
    from generation.services.importing_here import import_path

    number = itertools.count(1)
    lines = path.read_text("utf-8").splitlines()
    taken = interleaved(
        rounds,
        {
            "blobs": lambda: store_blobs(lines),
            "import": lambda: import_path(path=path, dataset_name=f"{path.name} {next(number)}"),
        }
        | ({"peer": lambda: peer(lines)} if peer else {}),
    )
    begun = time.process_time()
    import_path(path=path, dataset_name=f"{path.name} {next(number)}")
    worked = time.process_time() - begun
    speed, floor = len(lines) / taken["import"], len(lines) / taken["blobs"]
    say(f"{path.name}: stored as blobs, parsed once (the floor)", f"{floor:,.0f} dialogues/s")
    fastest = PEER
    if peer:
        fastest = round(len(lines) / taken["peer"])
        say(f"{path.name}: taken by Label Studio, as blobs", f"{fastest:,} dialogues/s")
    promise = f"promised: 3 × the fastest peer's {fastest:,}"
    say(f"{path.name}: imported", f"{speed:,.0f} dialogues/s", promise, kept=speed >= 3 * fastest)
    say(f"{path.name}: share of the floor", f"{speed / floor:.2f}")
    say(f"{path.name}: Python's processor time a dialogue", f"{worked / len(lines) * 1e6:,.0f} µs")


def store_blobs(lines: list[str]) -> None:
    """One row a dialogue, its JSON in it, and a unique key: what the peers do."""
    from django.db import connection, transaction

    postgres = connection.vendor == "postgresql"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_blob")
        body = "jsonb" if postgres else "text CHECK (json_valid(body))"
        cursor.execute(f"CREATE TABLE bench_blob (id integer PRIMARY KEY, key text UNIQUE, body {body})")
        rows = [(number, str(json.loads(line).get("id", number)), line) for number, line in enumerate(lines)]
        if postgres:
            with cursor.copy("COPY bench_blob FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany("INSERT INTO bench_blob VALUES (%s, %s, %s)", rows)


if __name__ == "__main__":
    main()
