"""Real judgments through `import_judgments` and its study's results, against values computed elsewhere."""

import csv
import gzip
import json
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from annotation.models import Study
from annotation.services.checking import check_study
from evaluation.figures import agreement_rows
from evaluation.reports import study_figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def reference(shared_data: Path) -> dict[str, Any]:
    return dict(json.loads((shared_data / "agreement_reference.json").read_text()))


def alphas(path: Path, *arguments: str) -> dict[str, float]:
    """α of each criterion by its title: what the command says, which is what the results say."""
    out = StringIO()
    call_command("import_judgments", str(path), "--study", "S", "--json", *arguments, stdout=out, stderr=StringIO())
    study = Study.objects.get(slug="s")
    assert check_study(study).problems == []
    rows = agreement_rows(study_figures(study, unblinded=True))
    assert json.loads(out.getvalue().splitlines()[-1])["agreement"] == rows
    found = {one["title"]: one["value"] for one in rows if one["coefficient"].startswith("alpha")}
    Study.objects.filter(pk=study.pk).update(slug=f"s-{study.pk}")
    return found


def table(folder: Path, header: Iterable[object], rows: Iterable[Iterable[object]]) -> Path:
    path = folder / "table.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def close(found: dict[str, float], expected: dict[str, Any], scale: str) -> None:
    assert len(found) == len(expected)
    for name, figures in expected.items():
        assert found[name] == pytest.approx(figures["alpha"][scale], abs=1.01e-6), name


@pytest.mark.parametrize("scale", ["ordinal", "nominal"])
def test_usr(tmp_path: Path, shared_data: Path, reference: dict[str, Any], scale: str) -> None:
    expected = reference["annot-usr-personachat"]["dimensions"]
    with gzip.open(shared_data / "annot-usr-personachat" / "pc_usr_data.json.gz", "rt") as file:
        contexts = json.load(file)
    rows = [
        (f"{at}-{number}", who, name, value)
        for at, context in enumerate(contexts)
        for number, response in enumerate(context["responses"])
        for name in expected
        for who, value in enumerate(response[name])
    ]
    path = table(tmp_path, ("unit", "annotator", "criterion", "value"), rows)
    close(alphas(path, "--scale", scale), expected, scale)


def test_crs_que_with_its_gold_rows_apart(shared_data: Path, reference: dict[str, Any]) -> None:
    expected = reference["annot-crs-que"]["dimensions"]
    found = alphas(
        shared_data / "annot-crs-que" / "annotations.csv",
        "--column=unit=dialogue_id",
        "--column=annotator=participant_id",
        "--column=counted=!is_gold_standard",
        f"--criteria={','.join(expected)}",
    )
    close(found, expected, "ordinal")
    (block,) = study_figures(Study.objects.get(), unblinded=True).blocks
    assert (block.counts.judgments, block.counts.judgments_not_counted) == (1_053 * 18, 117 * 18)


def test_fed_with_cells_that_say_not_applicable(tmp_path: Path, shared_data: Path, reference: dict[str, Any]) -> None:
    expected = reference["annot-fed"]["dimensions"]
    with gzip.open(shared_data / "annot-fed" / "fed_data.json.gz", "rt") as file:
        items = json.load(file)
    rows = [
        (at, who, f"{'turn' if 'response' in item else 'dialog'}/{quality}", value)
        for at, item in enumerate(items)
        for quality, values in item["annotations"].items()
        for who, value in enumerate(values)
    ]
    path = table(tmp_path, ("unit", "annotator", "criterion", "value"), rows)
    close(alphas(path, "--scale", "ordinal"), expected, "ordinal")
    (block,) = study_figures(Study.objects.get(), unblinded=True).blocks
    assert block.counts.cannot_judge == sum(figures["na_cells"] for figures in expected.values())


@pytest.mark.parametrize("level", ["utterance", "dialogue"])
def test_uss_with_uneven_numbers_of_annotators_across(
    tmp_path: Path, shared_data: Path, reference: dict[str, Any], level: str
) -> None:
    with gzip.open(shared_data / "annot-uss" / "CCPE.txt.gz", "rt") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.startswith("USER")]
    chosen = [row for row in rows if (row[1] == "OVERALL") == (level == "dialogue")]
    wide = [(at, *values, *[""] * (5 - len(values))) for at, row in enumerate(chosen) if (values := row[3].split(","))]
    found = alphas(table(tmp_path, ("unit", "1st", "2nd", "3rd", "4th", "5th"), wide), "--scale", "ordinal")
    close(found, {"rating": reference["annot-uss"][f"CCPE/{level}"]}, "ordinal")


def test_llmfao_as_it_is_published(shared_data: Path, reference: dict[str, Any]) -> None:
    found = alphas(shared_data / "pairwise-llmfao" / "llmfao.csv.gz", "--column", "unit=id")
    assert found == {"preference": pytest.approx(reference["pairwise-llmfao"]["alpha_nominal"], abs=1e-6)}


def test_krippendorffs_codings_turned_on_their_side(
    tmp_path: Path, shared_data: Path, reference: dict[str, Any]
) -> None:
    with (shared_data / "pairwise-llmfao" / "krippendorff_codings.csv").open() as file:
        coders = list(csv.reader(file))
    units = list(zip(*coders, strict=True))
    path = table(tmp_path, ("unit", *"abcd"), [(at, *unit) for at, unit in enumerate(units)])
    for scale in ("nominal", "ordinal", "interval"):
        expected = reference["krippendorff_codings.csv"]["alpha"][scale]
        assert alphas(path, "--scale", scale) == {"rating": pytest.approx(expected, abs=1e-6)}
