"""Rows become figures: any number of systems, ties, missing answers, incomplete panels, and words for all of it."""

import doctest
import importlib
import pkgutil

import numpy as np
import pytest

import evaluation
from annotation.models import Slot, Study
from evaluation import agreement_words, estimates
from evaluation.comparison import holm
from evaluation.figures import BlockFigures
from evaluation.headline import headline
from evaluation.reports import study_figures
from evaluation.rows import remarks_of
from evaluation.sentences import block_sentences, decimals, interval_of, value_of
from evaluation.tables import block_page
from tests.evaluation.conftest import answers
from tests.evaluation.factories import make_dataset, make_study, rate, vote


@pytest.mark.parametrize(
    "module",
    [name for _, name, _ in pkgutil.walk_packages(evaluation.__path__, "evaluation.") if "migrations" not in name],
)
def test_the_examples_in_the_documentation_run(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def figures_of(study: Study) -> list[BlockFigures]:
    return list(study_figures(study, unblinded=True).blocks)


@pytest.mark.django_db
def test_three_datasets_have_three_means_and_every_difference() -> None:
    datasets = [make_dataset(slug, slug.title(), 10) for slug in ("red", "green", "blue")]
    study = make_study("three", datasets, blocks=("quality",))
    rate(study.blocks.get(), answers(size=30))
    (block,) = figures_of(study)
    fluency = block.criteria[0]
    assert [mean.system.slug for mean in fluency.means] == ["red", "green", "blue"]
    assert [(gap.first.slug, gap.second.slug) for gap in fluency.differences] == [
        ("red", "green"),
        ("red", "blue"),
        ("green", "blue"),
    ]
    for place in range(3):
        found = [one.differences[place] for one in block.criteria]
        assert [gap.holm for gap in found] == holm([gap.test.p for gap in found])
        assert {gap.family for gap in found} == {4}
    assert len(block_sentences(block)) == 4 * 3 + 1


@pytest.mark.django_db
def test_ties_count_half_and_are_no_side(study: Study) -> None:
    one, two = make_dataset("one", "One", 20), make_dataset("two", "Two", 20)
    made = make_study("ties", [one, two], blocks=("pairs",), pairs=20, ties=True)
    votes = np.ones((20, 7))
    votes[:, 0] = 0.5
    votes[0, 1] = np.nan
    vote(made.blocks.get(), votes)
    (block,) = figures_of(made)
    (found,) = block.preferences
    assert (found.judgments, found.cannot_judge, found.ties) == (139, 1, 20)
    assert found.contest is not None
    assert found.contest.rate.any_panel.value == pytest.approx((119 + 10) / 139)
    assert found.left.n["judgments"] == 119
    assert "One dialogues were preferred to Two dialogues in" in headline(study_figures(made, unblinded=True))[0]


@pytest.mark.django_db
def test_the_second_system_may_be_ahead() -> None:
    one, two = make_dataset("one", "One", 20), make_dataset("two", "Two", 20)
    made = make_study("second", [one, two], blocks=("pairs",), pairs=20)
    vote(made.blocks.get(), (np.random.default_rng(1).random((20, 7)) < 0.2).astype(float))
    (block,) = figures_of(made)
    contest = block.preferences[0].contest
    assert contest is not None
    assert (contest.preferred.name, contest.other.name) == ("Two", "One")
    mine, theirs = contest.preferred_rate.any_panel, contest.rate.any_panel
    assert (mine.value, mine.low, mine.high) == pytest.approx((1 - theirs.value, 1 - theirs.high, 1 - theirs.low))  # type: ignore[operator]
    (sentence,) = block_sentences(block)
    assert sentence.startswith("Two dialogues were preferred to One dialogues in ")
    assert "neither is shown" not in sentence


@pytest.mark.django_db
def test_a_lead_within_the_interval_is_not_called_a_preference() -> None:
    one, two = make_dataset("one", "One", 20), make_dataset("two", "Two", 20)
    made = make_study("even", [one, two], blocks=("pairs",), pairs=20)
    vote(made.blocks.get(), (np.random.default_rng(3).random((20, 7)) < 0.52).astype(float))
    assert headline(study_figures(made, unblinded=True))[0].endswith("so neither is shown to be preferred.")


@pytest.mark.django_db
def test_an_annotator_who_stopped_leaves_an_incomplete_table_and_honest_figures(study: Study) -> None:
    slots = Slot.objects.filter(block__number=2, seat__number=7, unit__number__gt=12)
    slots.update(assignment=None)
    block = figures_of(study)[1]
    assert block.counts.counted == 140 - 8
    assert block.counts.not_counted == 8
    contest = block.preferences[0].contest
    assert contest is not None
    assert "sandwich" in contest.rate.any_panel.method
    assert contest.rate.any_panel.n["judgments"] == 132


@pytest.mark.django_db
def test_undefined_is_said_with_its_reason() -> None:
    one, two = make_dataset("one", "One", 10), make_dataset("two", "Two", 10)
    made = make_study("same", [one, two], blocks=("quality",))
    rate(made.blocks.get(), np.full((4, 20, 3, 7), 2))
    (block,) = figures_of(made)
    shown = block_page(block)
    row = next(row for row in shown.groups[0].rows if row.what == "Krippendorff's α (ordinal)")
    assert row.value == "undefined"
    assert shown.remarks[row.remarks[0] - 1] == agreement_words.NO_VARIATION


def test_digits_are_those_the_interval_supports() -> None:
    rate_, mean = estimates.Estimate(0.88, 0.8122, 0.9312), estimates.Estimate(1.28123, 1.1049, 1.4421)
    assert (value_of(rate_, percent=True), interval_of(rate_, percent=True)) == ("88.0\u202f%", "81–93")
    assert (value_of(mean), interval_of(mean)) == ("1.28", "1.10–1.44")
    assert interval_of(estimates.Estimate(0.1, -0.021, 0.262)) == "\u22120.02 to 0.26"
    assert decimals(estimates.Estimate(0.5, 0.49, 0.51), percent=True) == 1
    assert value_of(estimates.Estimate(None)) == "undefined"
    assert value_of(estimates.Estimate(-0.0001, -0.3, 0.3)) == "0.00"


def test_where_an_interval_promises_nothing_the_page_says_how_often_such_held_the_truth() -> None:
    said = remarks_of(estimates.Estimate(0.3, 0.1, 0.5, notes=("A note.",), coverage=(0.85, 0.96)))
    assert said[0] == "A note."
    assert "held the truth in 85–96 % (other annotators like these)" in said[1]
    assert remarks_of(estimates.Estimate(0.3, 0.1, 0.5)) == []
