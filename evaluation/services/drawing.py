"""Has charts drawn by a process of its own: what matplotlib takes is given back when it ends."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.conf import settings

from evaluation.charts import Chart

SECONDS: Final = 600
File = tuple[Chart, str, str, Path]
"""A chart, a theme of `evaluation.charts.THEMES`, one of its `FORMATS`, and where to write it."""


class DrawingError(RuntimeError):
    """The figures could not be drawn; the message says what the drawing process said."""


def draw_files(files: Sequence[File]) -> None:
    """Write each file."""
    if not files:
        return
    charts = {chart.name: chart for chart, *_ in files}
    places = {name: place for place, name in enumerate(charts)}
    told = {
        "charts": [chart.as_json() for chart in charts.values()],
        "files": [[places[chart.name], theme, format, str(path)] for chart, theme, format, path in files],
    }
    fonts = settings.DATA_DIR / "matplotlib"
    environment = {**os.environ, "MPLCONFIGDIR": str(fonts), "MPLBACKEND": "agg"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "evaluation.drawing"],
            input=json.dumps(told), cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise DrawingError(f"Drawing the figures took longer than {SECONDS} s. Try it again.") from error
    if done.returncode:
        raise DrawingError(f"The figures could not be drawn: {done.stderr.strip()[-500:] or 'no reason was given'}")


def drawn(chart: Chart, theme: str, format: str) -> bytes:
    """One chart as the bytes of its file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"chart.{format}"
        draw_files([(chart, theme, format, path)])
        return path.read_bytes()
