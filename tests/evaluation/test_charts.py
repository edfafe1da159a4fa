"""The figures people download: what stands in them, the numbers behind them, and what is kept back while blinded."""

import csv
import io
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path
from re import DOTALL, findall

import pytest

from annotation.models import Study
from evaluation.charts import Chart, charts_of
from evaluation.exports.study_report import numbers_csv
from evaluation.figures import blinded
from evaluation.reports import study_figures
from evaluation.services.drawing import DrawingError, draw_files, drawn
from generation.models import Dataset
from tests.services import ROOT

pytestmark = pytest.mark.django_db


def charts(study: Study) -> dict[str, Chart]:
    return {chart.name: chart for chart in charts_of(study_figures(study, unblinded=True))}


def test_a_study_has_a_chart_of_means_answers_agreement_and_preference(study: Study) -> None:
    found = charts(study)
    assert {"block-1-means", "block-1-answers", "block-1-agreement", "block-2-preference"} <= found.keys()
    means = found["block-1-means"]
    fluency = study_figures(study, unblinded=True).blocks[0].criteria[0]
    for mark, mean in zip(means.rows[0].marks, fluency.means, strict=True):
        assert mean.estimates is not None
        shown = mean.estimates.headline
        assert (mark.series, mark.value, mark.low, mark.high) == (mean.system.name, shown.value, shown.low, shown.high)


def test_the_numbers_behind_a_chart_are_its_table(study: Study) -> None:
    Dataset.objects.filter(slug="ours").update(name="=HYPERLINK(1)")
    found = charts(study)
    rows = list(csv.DictReader(io.StringIO(numbers_csv(found["block-1-answers"]))))
    assert {row["series"] for row in rows} == {"'=HYPERLINK(1)", "Theirs"}
    fluency = study_figures(study, unblinded=True).blocks[0].criteria[0]
    told = {
        int(row["answer"]): int(row["count"])
        for row in rows
        if row["criterion"] == "Fluency" and row["series"] == "Theirs"
    }
    assert told == dict(fluency.means[1].distribution)
    means = list(csv.DictReader(io.StringIO(numbers_csv(found["block-1-means"]))))
    assert float(means[1]["this_panel_low"]) == fluency.means[1].estimates.this_panel.low  # type: ignore[union-attr]


def test_while_blinded_no_chart_tells_systems_apart(study: Study) -> None:
    found = charts_of(blinded(study_figures(study, unblinded=True)))
    assert {chart.what for chart in found} == {"agreement"}
    assert {"block-1-agreement", "block-1-agreement-fluency", "block-2-agreement"} <= {chart.name for chart in found}
    for chart in found:
        assert "Ours" not in str(chart.as_json())
        assert "Theirs" not in str(chart.as_json())


def test_charts_are_drawn_in_every_form_with_their_fonts(study: Study, tmp_path: Path) -> None:
    Dataset.objects.filter(slug="ours").update(name="_$x^{2 </text> \x07" + "long " * 20)
    found = list(charts(study).values())
    files = [
        (chart, theme, form, tmp_path / f"{chart.name}-{theme}.{form}")
        for chart, theme, form in zip(found, ("light", "dark") * 3, ("svg", "pdf", "png") * 2, strict=False)
    ]
    files += [(found[1], "light", form, tmp_path / f"all.{form}") for form in ("svg", "pdf", "png")]
    draw_files(files)
    for _chart, _theme, form, path in files:
        content = path.read_bytes()
        if form == "svg":
            root = ET.fromstring(content)
            assert not list(root.iter("{http://www.w3.org/2000/svg}text"))
            assert list(root.iter("{http://www.w3.org/2000/svg}path"))
        elif form == "pdf":
            assert content.startswith(b"%PDF")
            streams = findall(rb"stream\r?\n(.*?)endstream", content, DOTALL)
            assert b"/FontFile2" in content or any(b"FontFile2" in inflated(one) for one in streams)
        else:
            assert content.startswith(b"\x89PNG")
            assert struct.unpack(">I", content[16:20])[0] == 1300


def inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


def test_what_cannot_be_drawn_is_said(study: Study, tmp_path: Path) -> None:
    chart = charts(study)["block-1-means"]
    with pytest.raises(DrawingError, match="could not be drawn"):
        drawn(chart, "sepia", "png")


def test_neither_web_nor_worker_loads_matplotlib() -> None:
    script = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'crsapp.settings'; django.setup()\n"
        "import crsapp.urls, crsapp.jobs.worker, evaluation.tasks\n"
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
