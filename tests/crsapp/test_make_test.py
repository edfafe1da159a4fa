"""The driver of `make test` tells what it skipped, and strict mode lets nothing be skipped but for missing data."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run import Run, summary
from tests.services import ROOT

STORY = """
import pytest
def test_needs_data(): pytest.skip("needs shared data, which is not here")
def test_needs_a_server(): pytest.skip("no server")
def test_works(): pass
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "test_story.py"
    path.write_text(STORY)
    return path


def run(story: Path, **changed: str) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-c",
        os.devnull,
        "-p",
        "tests.skips",
        "-p",
        "no:django",
        str(story),
    ]
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "CRSAPP_TEST_SKIPS": str(story.with_suffix(".jsonl")),
    }
    return subprocess.run(
        command, env=variables | changed, cwd=story.parent, capture_output=True, text=True, check=False
    )


def test_skips_are_written_down_with_their_reasons(story: Path) -> None:
    assert run(story).returncode == 0
    reasons = {json.loads(line)[1] for line in story.with_suffix(".jsonl").read_text().splitlines()}
    assert reasons == {"no server", "needs shared data, which is not here"}


def test_strict_mode_fails_on_a_skip_but_for_missing_data(story: Path) -> None:
    ended = run(story, CRSAPP_TEST_STRICT="1")
    assert ended.returncode == 1
    assert "1 failed, 1 passed, 1 skipped" in ended.stdout
    assert "strict mode refuses: no server" in ended.stdout


@pytest.mark.parametrize(("codes", "ends"), [([0, 5], 0), ([0, 0], 0), ([1, 0], 1), ([0, 2], 2), ([5, 5], 5)])
def test_the_exit_status_is_that_of_the_worst_run(codes: list[int], ends: int) -> None:
    assert summary([(Run("a run", None), code) for code in codes], missing=[], strict=False) == ends


def test_strict_mode_misses_a_server_that_is_not_installed() -> None:
    assert summary([(Run("a run", None), 0)], missing=["everything on PostgreSQL"], strict=True) == 1
