"""A process waits at its gate until that is opened, and ends where it never will be."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from crsapp.gate import VARIABLE, Gate, wait_at_gate
from tests.services import ROOT

WAITER = "from crsapp.gate import wait_at_gate; print('loaded', flush=True); wait_at_gate(); print('in', flush=True)"


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def waiter(gate: Gate) -> Iterator["subprocess.Popen[Any]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", WAITER],
        cwd=ROOT,
        env={**os.environ, **gate.environment},
        pass_fds=[gate.entrance],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "loaded\n"
    assert process.poll() is None
    yield process
    process.kill()
    process.wait()


def test_it_goes_in_once_the_gate_is_open(gate: Gate, waiter: "subprocess.Popen[Any]") -> None:
    gate.open()
    said, _errors = waiter.communicate(timeout=30)
    assert (said, waiter.returncode) == ("in\n", 0)


def test_it_ends_where_the_gate_will_never_be_opened(gate: Gate, waiter: "subprocess.Popen[Any]") -> None:
    gate.close()
    said, errors = waiter.communicate(timeout=30)
    assert (said, waiter.returncode) == ("", 1)
    assert "was not" in errors


def test_without_a_gate_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    wait_at_gate()
