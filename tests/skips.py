"""What was skipped and why, for the list at the end of `make test`; under CRSAPP_TEST_STRICT=1 a skip is a failure."""

import json
import os
from collections.abc import Generator
from pathlib import Path

import pytest

ALLOWED = "needs shared data"
STRICT = os.environ.get("CRSAPP_TEST_STRICT") == "1"


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def judge(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In strict mode turn a skip into a failure, unless it waits for data that are never shipped."""
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        reason = reason_of(report)
        if not reason.startswith(ALLOWED):
            report.outcome = "failed"
            report.longrepr = f"Skipped, which strict mode refuses: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    judge(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    judge(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Hand the skips to `tests/run.py`, which lists those of all its runs together."""
    path = os.environ.get("CRSAPP_TEST_SKIPS")
    if not path:
        return
    with Path(path).open("a", encoding="utf-8") as out:
        for report in terminalreporter.stats.get("skipped", []):
            out.write(json.dumps([report.nodeid, reason_of(report)]) + "\n")
