"""What is known of released datasets, from their files: SPEC §4.2, and claims 13 to 17 of §8."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.dataset_figures import DatasetComparison
from evaluation.intents.splits import by_conversation, by_utterance
from evaluation.reports.labelled import labelled_utterances
from evaluation.services.dataset_statistics import count_now
from generation.models import Dataset, Utterance
from generation.services.filing import export_dialogues
from generation.services.importing_here import import_path

pytestmark = [pytest.mark.shared_data, pytest.mark.django_db]

METRICS = (
    "Preference Alignment",
    "Additional Preferences",
    "Role-Playing Completeness",
    "Memorization",
    "Detail Level",
    "Practical Usefulness",
    "Diversity",
)
TABLE_2 = {
    "skills learning planning": (1.233, 0.144, 1.564, 0.941, 1.951, 1.888, 1.841),
    "travel planning": (1.837, 0.436, 1.551, 0.943, 1.795, 1.736, 1.707),
    "preparing gifts": (1.228, 0.019, 1.618, 0.998, 1.920, 1.867, 1.989),
    "recipe planning": (1.670, 0.389, 1.616, 0.977, 1.830, 1.795, 0.653),
}
TABLE_2_N = {"skills learning planning": 473, "travel planning": 557, "preparing gifts": 474, "recipe planning": 352}
FIGURE_6 = (
    {"0": 12, "1": 912, "2": 932},
    {"0": 1399, "1": 457},
    {"0": 239, "1": 294, "2": 1323},
    {"0": 69, "1": 1787},
    {"0": 29, "1": 177, "2": 1650},
    {"0": 15, "1": 305, "2": 1536},
    {"0": 235, "1": 247, "2": 1374},
)
INTENTS = {"Planning": 2416, "Others": 2028, "Recommendation": 1263, "Search & Recommendation": 1009, "Search": 380}
FILES = {
    "ReDial": ("redial", "redial/test_data.jsonl.gz"),
    "RecLLMSim": ("recllmsim", "recllmsim/conversations.jsonl.gz"),
    "INSPIRED": ("inspired", "inspired/test.tsv.gz"),
    "OpenDialKG books": ("opendialkg", "opendialkg-books/dialog_Books.jsonl.gz"),
}


def counted(folder: Path, *names: str, tokeniser: str = "regex") -> DatasetComparison:
    for name in names:
        format, path = FILES[name]
        import_path(path=folder / path, dataset_name=name, format=format)
    found = {dataset.name: dataset for dataset in Dataset.objects.all()}
    return count_now([found[name] for name in names], tokeniser, keep_case=False)


@pytest.fixture
def recllmsim(shared_data: Path) -> dict[str, Any]:
    return counted(shared_data, "RecLLMSim", tokeniser="wordpunct").datasets[0].as_json()


def test_the_three_tables_and_figure_6_of_recllmsim(recllmsim: dict[str, Any]) -> None:
    labels = recllmsim["labels"]
    # Table 1
    assert (recllmsim["scenarios"], recllmsim["dialogues"]) == (22, 1856)
    assert round(recllmsim["averages"]["utterances_per_dialogue"]["value"], 2) == 7.65
    assert labels["core"]["dialogues"] == 1657
    assert round(labels["core"]["utterances_per_dialogue"], 4) == 7.3645
    assert labels["core"]["tokens_per_dialogue"] == pytest.approx(1368.49 * (1 - 0.017), rel=0.002)
    # Table 2
    means = {task["name"]: task["means"] for task in labels["tasks"]}
    assert means.keys() == TABLE_2.keys()
    for task, row in TABLE_2.items():
        for metric, published in zip(METRICS, row, strict=True):
            mean = means[task][f"rating.{metric}"]
            assert (mean["value"], mean["n"]) == (pytest.approx(published, abs=0.001), TABLE_2_N[task])
    # Figure 6
    assert [labels["distributions"][f"rating.{metric}"] for metric in METRICS] == list(FIGURE_6)
    # Table 3
    assert labels["classes"]["user.intent"] == INTENTS
    assert labels["speakers"]["user"]["utterances"] == 7096
    assert labels["speakers"]["user"]["tokens_per_utterance"] == pytest.approx(104.2 * 1.013, rel=0.005)
    assert labels["classes"]["system.hallucination"] == {"false": 7103 - 39, "true": 39}
    # Quality by the number of turns: the lengths are known, and their means add up to those of all
    assert [one["turns"] for one in labels["by_turns"]] == list(range(1, 11))
    assert [one["dialogues"] for one in labels["by_turns"]] == [1, 316, 575, 452, 279, 138, 69, 15, 6, 5]
    for metric, counts in zip(METRICS, FIGURE_6, strict=True):
        means = [one["means"][f"rating.{metric}"] for one in labels["by_turns"]]
        whole = sum(mean["value"] * mean["n"] for mean in means)
        assert whole == pytest.approx(sum(int(value) * times for value, times in counts.items()))


def test_the_three_parts_of_recllmsims_intents(shared_data: Path) -> None:
    format, path = FILES["RecLLMSim"]
    import_path(path=shared_data / path, dataset_name="RecLLMSim", format=format)
    found = labelled_utterances(Dataset.objects.get(), "user", "intent")
    split = by_utterance(found.labels.size)
    parts = split.parts().values()
    assert [part.size for part in parts] == [5676, 710, 710]
    assert len(set(np.concatenate(list(parts)).tolist())) == 7096, "each is in one part"
    assert Counter(found.labels.tolist()) == INTENTS
    assert INTENTS["Planning"] / 7096 == pytest.approx(0.340, abs=0.0005), "who always says Planning"
    # In the order of the release, as the paper drew them: SPEC §5.4.
    assert split.overlap(found.dialogues) / split.test.size == pytest.approx(0.968, abs=0.0005)
    assert by_conversation(found.dialogues).overlap(found.dialogues) == 0


def test_recllmsim_comes_back_from_the_database_field_by_field(shared_data: Path) -> None:
    format, path = FILES["RecLLMSim"]
    import_path(path=shared_data / path, dataset_name="RecLLMSim", format=format)
    written = b"".join(export_dialogues(dataset=Dataset.objects.get(), format=format)).splitlines()
    with gzip.open(shared_data / path) as released:
        for before, after in zip(released, written, strict=True):
            assert json.loads(before) == json.loads(after)
    hallucinated = Utterance.objects.filter(labels__hallucination=True)
    memos = [said.labels["hallucination_memo"] for said in hallucinated]
    assert len(memos) == 39
    assert all(memo and memo != "No Hallucination" for memo in memos)


def test_four_datasets_side_by_side_with_their_union(shared_data: Path) -> None:
    found = counted(shared_data, *FILES)
    assert [one.dialogues for one in found.datasets] == [1342, 1856, 99, 1901]
    assert [one.text.utterances for one in found.datasets] == [23952, 14199, 3438, 13626]
    assert [one.users for one in found.datasets] == [97, 100, 0, 0]
    assert found.total.dialogues == sum(one.dialogues for one in found.datasets)
    for name in ("distinct_tokens", "distinct_grams"):
        parts = [getattr(one.text, name) for one in found.datasets]
        assert max(parts) < getattr(found.total.text, name) < sum(parts)
