"""`make test`: the whole suite on what this machine has, then a list of what was skipped and why.

PostgreSQL is preferred, with the promises of the database (`-m database`) repeated on a SQLite file; without it the
whole suite runs on SQLite. Servers are private and thrown away. Arguments are passed on to pytest.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests import services

NOTHING_SELECTED = 5


@dataclass(frozen=True)
class Run:
    title: str
    database_url: str | None
    arguments: tuple[str, ...] = ()


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def environment(folder: Path, redis_url: str | None) -> dict[str, str]:
    """What every run shares. Settings of the shell it was started from stay outside."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CRSAPP_") and name not in {"DATABASE_URL", "CELERY_BROKER_URL", "PORT"}
    }
    kept["CRSAPP_TEST_SKIPS"] = str(folder / "skips.jsonl")
    kept["CRSAPP_TEST_STRICT"] = os.environ.get("CRSAPP_TEST_STRICT", "0")
    if redis_url:
        kept["CRSAPP_TEST_REDIS_URL"] = redis_url
    return kept


def pytest(run: Run, shared: dict[str, str], folder: Path, arguments: Sequence[str]) -> int:
    say(f"\n=== {run.title}")
    own = {"CRSAPP_DATA_DIR": tempfile.mkdtemp(dir=folder)}
    if run.database_url:
        own["DATABASE_URL"] = run.database_url
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-n", "3", "--dist", "loadfile"]
    return subprocess.run(
        [*command, *run.arguments, *arguments], env={**shared, **own}, cwd=services.ROOT, check=False
    ).returncode


def list_skips(path: Path, missing: list[str]) -> None:
    reasons: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        reasons[json.loads(line)[1]] += 1
    say("\n=== Skipped")
    for text in missing:
        say(f"  {text}")
    for reason, count in reasons.most_common():
        say(f"  {count} test{'s' if count > 1 else ''}: {reason}")
    if not missing and not reasons:
        say("  nothing")


def summary(codes: Sequence[tuple[Run, int]], missing: Sequence[str], *, strict: bool) -> int:
    """The exit status of all runs together. A run that had nothing to do is well, if another had something."""
    failed = [code for _, code in codes if code not in (0, NOTHING_SELECTED)]
    if failed:
        return failed[0]
    if all(code == NOTHING_SELECTED for _, code in codes):
        return NOTHING_SELECTED
    return 1 if strict and missing else 0


def main(arguments: Sequence[str]) -> int:
    started = time.monotonic()
    missing = []
    if services.postgresql() is None:
        missing.append("everything on PostgreSQL: no PostgreSQL server is installed")
    if services.redis_server() is None:
        missing.append("jobs on Redis: no Redis server is installed")
    if services.chromium() is None:
        missing.append("the browser's journeys: no Chromium is installed")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crsapp-tests-")))
        redis_url = stack.enter_context(services.private_redis()) if services.redis_server() else None
        whole = Run("The whole suite on SQLite", None)
        runs = [whole]
        if services.postgresql():
            url = stack.enter_context(services.private_postgresql())
            runs = [
                Run("The whole suite on PostgreSQL", f"{url}postgres"),
                Run("The database's promises on SQLite", None, ("-m", "database and not browser")),
            ]
        shared = environment(folder, redis_url)
        codes = [(run, pytest(run, shared, folder, arguments)) for run in runs]
        list_skips(folder / "skips.jsonl", missing)
    status = summary(codes, missing, strict=os.environ.get("CRSAPP_TEST_STRICT") == "1")
    say(f"\n=== {'FAILED' if status else 'All well'} after {time.monotonic() - started:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
