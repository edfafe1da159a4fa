"""What is collected of static files: what pages name, and not the variants of a library that none does."""

from pathlib import Path
from typing import Any

from django.core.management import call_command


def test_of_htmx_only_what_pages_load_is_collected(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", interactive=False, verbosity=0)
    collected = {path.name for path in tmp_path.rglob("*.js")}
    assert {name for name in collected if name.startswith("htm")} == {"htmx-2.min.js"}
    assert {"app.js", "annotate.js"} <= collected
