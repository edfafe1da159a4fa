"""From any number of the results one click leads to the judgments it was made of, no more and no fewer."""

from urllib.parse import parse_qs

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Judgment, Study
from crsapp.accounts.models import User
from evaluation.details import details
from evaluation.judgment_filter import JudgmentFilterForm
from evaluation.reports import study_figures
from evaluation.reports.attributes import Attributes
from evaluation.reports.splits import study_split
from evaluation.split_page import split_blocks
from evaluation.tables import block_page
from generation.models import Dialogue
from tests.evaluation.factories import make_dataset, make_study, vote

pytestmark = pytest.mark.django_db


def listed(study: Study, query: str) -> int:
    """How many judgments a query lists."""
    form = JudgmentFilterForm({name: value for name, (value,) in parse_qs(query).items()}, study=study)
    rows = Judgment.objects.filter(assignment__annotator__study=study)
    return form.filtered(rows).count()


def test_behind_a_mean_are_the_ratings_of_its_system(study: Study) -> None:
    quality = study_figures(study, unblinded=True).blocks[0]
    for group, criterion in zip(block_page(quality).groups, quality.criteria, strict=True):
        means = {row.what: row for row in group.rows}
        assert listed(study, group.behind) == criterion.judgments
        for mean in criterion.means:
            assert mean.estimates
            assert listed(study, means[mean.system.name].behind) == mean.estimates.any_panel.n["judgments"]


def test_behind_a_part_of_a_bar_are_the_answers_of_that_kind(study: Study) -> None:
    quality = study_figures(study, unblinded=True).blocks[0]
    (fluency, *_), means = block_page(quality).distributions, quality.criteria[0].means
    assert [bar.judgments for bar in fluency.bars] == ["209", "210"]
    for bar, mean in zip(fluency.bars, means, strict=True):
        for part in bar.segments:
            assert listed(study, part.behind) == mean.distribution[part.answer.values[0]]


def test_behind_a_win_rate_are_the_votes_for_that_system_on_whichever_side(study: Study) -> None:
    pairs = study_figures(study, unblinded=True).blocks[1]
    contest = pairs.preferences[0].contest
    assert contest
    rate = contest.preferred_rate.any_panel.value
    rows = {row.what: row for row in block_page(pairs).groups[0].rows}
    assert rate
    assert listed(study, rows["Ours preferred"].behind) == round(rate * 140)
    left = pairs.preferences[0].left
    lefts = Judgment.objects.filter(assignment__block__number=2, value=1).count()
    assert listed(study, rows["Left dialogue chosen"].behind) == lefts
    assert left.n["judgments"] == 140


def test_behind_a_vote_for_the_second_system_too() -> None:
    one, two = make_dataset("one", "One", 20), make_dataset("two", "Two", 20)
    made = make_study("second", [one, two], blocks=("pairs",), pairs=20, ties=True)
    votes = (np.random.default_rng(1).random((20, 7)) < 0.2).astype(float)
    votes[0] = 0.5
    vote(made.blocks.get(), votes)
    for system, wins in (("one", (votes == 1).sum()), ("two", (votes == 0).sum())):
        assert listed(made, f"criterion=preference&won={system}&counted=counted") == wins
    assert listed(made, "criterion=preference&answer=0") == 7


def test_behind_a_coefficient_and_a_time(study: Study) -> None:
    quality = details(study_figures(study, unblinded=True))[1]
    together, ours, _theirs = quality.agreement[0].lines[0][1]
    assert listed(study, together.behind) == 419
    assert listed(study, ours.behind) == 209
    everybody, _ours, _theirs, first, *_more = quality.time
    assert listed(study, everybody.behind) == 4 * 3 * 20 * 7 - 1
    assert listed(study, first.behind) == 4 * 3 * 20 - 1


def test_what_cannot_be_read_filters_nothing(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    url = reverse("evaluation:judgments", args=[study.slug])
    asked = {"system": "<b>", "answer": "x'; --", "won": "nobody", "unit": "-1", "counted": "?", "page": "1e9"}
    response = client.get(url, asked)
    assert response.status_code == 200
    assert "1,820 judgments" in response.content.decode()
    assert listed(study, "answer=cannot") == 1


def test_behind_a_number_of_a_split_are_the_judgments_of_its_group(client: Client, amira: User, study: Study) -> None:
    for one in Dialogue.objects.all():
        one.labels = {"mood & <b>": ("calm", "cross", "")[one.number % 3], "n": one.number}
        one.save()
    attributes = Attributes(study)
    for key in ("label:mood & <b>", "label:n"):
        chosen = attributes.named(key)
        assert chosen is not None
        split = study_split(study, attributes, chosen)
        shown = {block.number: block for block in split_blocks(split)}
        quality, pairs = split.blocks
        for one, table in zip(quality.questions, shown[1].tables, strict=True):
            for line, row in zip(one.lines, table.rows, strict=True):
                ours, theirs, _gap, _p, alpha, _exact = row.cells
                assert listed(study, alpha.behind) == line.judgments
                assert listed(study, ours.behind) + listed(study, theirs.behind) == line.judgments
        for line, row in zip(pairs.questions[0].lines, shown[2].tables[0].rows, strict=True):
            assert line.rate is not None
            assert line.rate.any_panel.value is not None
            assert listed(study, row.cells[0].behind) == round(line.rate.any_panel.value * line.judgments)
    assert listed(study, "block=1&by=label:gone&group=0") == listed(study, "block=1")
    assert listed(study, "block=1&by=label:n&group=99") == listed(study, "block=1")
    client.force_login(amira)
    address = reverse("evaluation:judgments", args=[study.slug])
    text = client.get(f"{address}?block=1&by=label%3Amood+%26+%3Cb%3E&group=0").content.decode()
    assert "Label “mood &amp; &lt;b&gt;”: cross" in text
    assert '<input type="hidden" name="by" value="label:mood &amp; &lt;b&gt;"' in text
