"""What a study will ask of people, against the paper's figures."""

import doctest

import pytest

from annotation import workload
from annotation.consequences import consequences
from annotation.instruments import shipped
from annotation.protocol import BlockSpec, SampleSpec
from annotation.starts import start, with_datasets
from annotation.workload import Frame, block_work

QUALITY = [shipped()["utterance-quality"]]


def test_the_examples_hold() -> None:
    assert doctest.testmod(workload).failed == 0


def test_the_papers_design_has_its_6020_scores_and_350_choices() -> None:
    """LLM-REDIAL, section on human evaluation: 112 + 103 utterances × 7 × 4 scores; 50 pairs × 7."""
    paper = with_datasets(start("llm_redial"), ["first", "second"])
    lengths = {"first": 11.2, "second": 10.3}
    frames = {
        sample: Frame(1000, turns=lengths[sample.dataset], words=120)
        for block in paper.blocks
        for sample in block.samples
    }
    follows = consequences(paper, frames)
    first, second = follows.blocks
    assert first.work.all_answers == 6020
    assert (second.work.judged, second.work.all_answers) == (350, 350)
    assert follows.seats == 7


def test_messages_that_are_not_merged_are_each_asked() -> None:
    frames = [Frame(9, turns=6, utterances=10, words=50)]
    samples = (SampleSpec("a", 2),)
    merged = block_work(BlockSpec("x", samples=samples), QUALITY, frames)
    apart = block_work(BlockSpec("x", samples=samples, merge_turns=False), QUALITY, frames)
    assert (merged.answers, apart.answers) == (24, 40)


def test_nothing_drawn_and_nothing_asked_is_no_work() -> None:
    work = block_work(BlockSpec("x"), [], [])
    assert (work.judged, work.all_answers, work.hours) == (0, 0, 0)


def test_cost_follows_the_hours() -> None:
    follows = consequences(start("blank"), {}, pay_per_hour=10.0)
    assert follows.cost == 0
    block = BlockSpec("x", samples=(SampleSpec("a", 36),), annotators=2)
    work = block_work(block, [], [Frame(99, words=1000)])
    assert workload.Workload((work,)).cost(12) == pytest.approx(72)
