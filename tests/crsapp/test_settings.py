"""A site refuses to start where it would not be safe, and the reference tells the truth about every setting."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crsapp import environment
from tests.services import ROOT

SAFE = {
    "CRSAPP_MODE": "production",
    "CRSAPP_SECRET_KEY": "a long text that nobody else has, made up for this test",
    "CRSAPP_ALLOWED_HOSTS": "studies.example.org",
}


def start(tmp_path: Path, **changed: str) -> "subprocess.CompletedProcess[str]":
    """Load the settings in a process of their own."""
    variables = {
        "PATH": os.environ["PATH"],
        "CRSAPP_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "crsapp.settings",
    }
    command = [sys.executable, "-c", "import django; django.setup()"]
    return subprocess.run(command, cwd=ROOT, env=variables | changed, capture_output=True, text=True, check=False)


def test_safe_production_starts(tmp_path: Path) -> None:
    assert start(tmp_path, **SAFE).returncode == 0


@pytest.mark.parametrize(
    ("changed", "remedy"),
    [
        ({"CRSAPP_SECRET_KEY": "local-only-secret-key-that-production-refuses"}, "set CRSAPP_SECRET_KEY"),
        ({"CRSAPP_SECRET_KEY": "short"}, "set CRSAPP_SECRET_KEY"),
        ({"CRSAPP_DEBUG": "1"}, "set CRSAPP_DEBUG=0"),
        ({"CRSAPP_DEMO": "1"}, "set CRSAPP_DEMO=0"),
        ({"CRSAPP_ALLOWED_HOSTS": ""}, "set CRSAPP_ALLOWED_HOSTS"),
        ({"CRSAPP_ALLOWED_HOSTS": "*"}, "set CRSAPP_ALLOWED_HOSTS"),
        ({"CRSAPP_MODE": "prod"}, "set it to `local` or `production`"),
        ({"CRSAPP_WEB_THREADS": "many"}, "CRSAPP_WEB_THREADS is 'many'"),
    ],
)
def test_unsafe_production_refuses_and_says_what_to_set(tmp_path: Path, changed: dict[str, str], remedy: str) -> None:
    ended = start(tmp_path, **SAFE | changed)
    assert ended.returncode != 0
    assert remedy in ended.stderr.splitlines()[-1]


def test_local_mode_refuses_the_known_secret_on_a_public_name(tmp_path: Path) -> None:
    ended = start(tmp_path, CRSAPP_ALLOWED_HOSTS="studies.example.org")
    assert "set CRSAPP_SECRET_KEY" in ended.stderr.splitlines()[-1]


def test_reference_lists_every_setting_as_it_is() -> None:
    assert environment.reference() in (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
