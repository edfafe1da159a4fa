"""What the papers report, brought in as tables and computed by the product (SPEC §8, rows 8 and 9)."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from annotation.models import Study
from evaluation.figures import BlockFigures
from evaluation.reports import study_figures
from tests.annotation.tables import written
from tests.evaluation.layouts import layout

pytestmark = pytest.mark.django_db

TABLE_4 = {
    "LLM-REDIAL": {"fluency": 1.98, "informativeness": 1.28, "logicality": 1.90, "coherence": 1.88},
    "REDIAL": {"fluency": 1.83, "informativeness": 1.18, "logicality": 1.76, "coherence": 1.77},
}
UTTERANCES = {"LLM-REDIAL": 112, "REDIAL": 103}


def imported(path: Path, name: str) -> BlockFigures:
    out = StringIO()
    call_command("import_judgments", str(path), "--study", name, "--json", stdout=out, stderr=StringIO())
    found: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    assert found["agreement"]
    (block,) = study_figures(Study.objects.latest("pk"), unblinded=True).blocks
    return block


def scores(rng: np.random.Generator, dialogue: np.ndarray, mean: float) -> np.ndarray:
    """(utterances, 7) scores 0–2 with this mean to two digits: the lowest of clustered values get the 0 and 1."""
    latent = rng.normal(0, 0.5, 10)[dialogue][:, None] + rng.normal(0, 0.5, 7) + rng.normal(0, 1, (dialogue.size, 7))
    lacking = 2 * latent.size - round(mean * latent.size)
    zeros, ones = lacking // 4, lacking - 2 * (lacking // 4)
    found = np.full(latent.size, 2)
    order = np.argsort(latent, axis=None)
    found[order[:zeros]] = 0
    found[order[zeros : zeros + ones]] = 1
    return found.reshape(latent.shape)


def test_the_6020_scores_of_table_4(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    lines = ["dataset,dialogue,utterance,annotator,criterion,value"]
    for corpus, means in TABLE_4.items():
        dialogue = np.sort(np.arange(UTTERANCES[corpus]) % 10)
        place = np.arange(dialogue.size) - np.searchsorted(dialogue, dialogue)
        for criterion, mean in means.items():
            found = scores(rng, dialogue, mean)
            lines += [
                f"{corpus},{corpus}-{dialogue[at]},{place[at]},annotator {person},{criterion},{found[at, person]}"
                for at in range(dialogue.size)
                for person in range(7)
            ]
    assert len(lines) - 1 == 6020
    block = imported(written(tmp_path, "\n".join(lines) + "\n"), "Table 4")
    assert block.counts.judgments == 6020
    for one in block.criteria:
        plain = {mean.system.name: mean.plain for mean in one.means}
        assert {name: round(value or 0, 2) for name, value in plain.items()} == {
            name: means[one.question.criterion] for name, means in TABLE_4.items()
        }
        (gap,) = one.differences
        estimate = gap.estimates.any_panel
        sign = 1 if gap.first.name == "LLM-REDIAL" else -1
        assert sign * (estimate.value or 0) > 0
        assert estimate.low is not None
        assert gap.estimates.this_panel.low is not None
        assert gap.shares is not None
        assert gap.family == 4
        assert gap.holm is not None


def test_88_per_cent_of_350(tmp_path: Path) -> None:
    table = layout("one severe annotator")
    lines = ["unit,annotator,left,right,value"]
    for pair, person in np.ndindex(table.shape):
        ours_left = (pair + person) % 2 == 0
        sides = ("LLM-REDIAL", "REDIAL") if ours_left else ("REDIAL", "LLM-REDIAL")
        lines.append(f"{pair},annotator {person},{','.join(sides)},{'LLM-REDIAL' if table[pair, person] else 'REDIAL'}")
    block = imported(written(tmp_path, "\n".join(lines) + "\n"), "Pairs")
    contest = block.preferences[0].contest
    assert contest is not None
    assert contest.preferred.name == "LLM-REDIAL"
    published, rate = contest.preferred_published, contest.preferred_rate.any_panel
    assert [round(100 * (number or 0), 1) for number in (published.value, published.low, published.high)] == [
        88.0,
        84.2,
        91.0,
    ]
    assert (contest.published_test.p or 1) < 1e-40
    assert [round(100 * (number or 0), 1) for number in (rate.low, rate.high)] == [75.7, 94.5]
