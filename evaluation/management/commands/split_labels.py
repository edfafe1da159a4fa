import csv
from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluation.exports.neutral import neutral
from evaluation.intents.splits import SEED, Split, by_conversation, by_utterance
from evaluation.management.commands.dataset_statistics import dataset_named
from evaluation.reports.labelled import Labelled, labelled_utterances
from generation.models import Utterance

COLUMNS: Final = ("dialogue", "utterance", "label", "part")


class Command(BaseCommand):
    """The labels of utterances in three parts, to train, choose and test what tells them from the texts."""

    help = "Split a dataset's labelled utterances 8 : 1 : 1, and print how many of each label are in which part."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", metavar="DATASET", help="a dataset's name, or the slug in its address")
        parser.add_argument("--label", default="intent", help="the label of an utterance (default: intent)")
        parser.add_argument("--speaker", choices=Utterance.Speaker.values, default="user", help="default: user")
        parser.add_argument("--whole-dialogues", action="store_true", help="no dialogue is in two parts")
        parser.add_argument("--seed", type=int, default=SEED, help=f"default: {SEED}, the paper's of RecLLMSim")
        parser.add_argument("--out", type=Path, help="write each utterance with its part to this CSV file")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found = labelled_utterances(dataset_named(options["dataset"]), options["speaker"], options["label"])
        if not found.labels.size:
            raise CommandError(f"No utterance of the {options['speaker']} has a label {options['label']!r}.")
        if not 0 <= options["seed"] < 2**32:
            raise CommandError("A seed is a whole number from 0 to 4294967295.")
        whole = options["whole_dialogues"]
        seed = options["seed"]
        split = by_conversation(found.dialogues, seed=seed) if whole else by_utterance(found.labels.size, seed=seed)
        if options["out"]:
            _write(options["out"], found, split)
        told = _told(found, split) | {"label": options["label"], "speaker": options["speaker"], "seed": seed}
        self.stdout.write(orjson.dumps(told).decode() if options["json"] else _table(told))


def _told(found: Labelled, split: Split) -> dict[str, Any]:
    parts = split.parts()
    counts = {name: Counter(found.labels[part].tolist()) for name, part in parts.items()}
    return {
        "utterances": {name: int(part.size) for name, part in parts.items()},
        "classes": {name: {one: counts[name][one] for one in sorted(set(found.labels.tolist()))} for name in parts},
        "test_shares_dialogue_with_train": split.overlap(found.dialogues),
    }


def _table(told: dict[str, Any]) -> str:
    parts = list(told["utterances"])
    lines = [f"| {told['label']} | {' | '.join(parts)} |", f"| --- |{' ---: |' * len(parts)}"]
    for label in next(iter(told["classes"].values())):
        shown = " ".join(label.replace("|", "\\|").split())
        lines.append(f"| {shown} | {' | '.join(str(told['classes'][part][label]) for part in parts)} |")
    lines.append(f"| all | {' | '.join(str(n) for n in told['utterances'].values())} |")
    if (shared := told["test_shares_dialogue_with_train"]) is not None:
        lines += ["", f"{shared:.1%} of the test part share a dialogue with the training part."]
    return "\n".join(lines)


def _write(path: Path, found: Labelled, split: Split) -> None:
    part_of = np.empty(found.labels.size, dtype=object)
    for name, positions in split.parts().items():
        part_of[positions] = name
    rows = zip(found.dialogues.tolist(), found.indices.tolist(), found.labels.tolist(), part_of, strict=True)
    try:
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(COLUMNS)
            writer.writerows((number, index + 1, neutral(label), part) for number, index, label, part in rows)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
