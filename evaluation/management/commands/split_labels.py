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
    shared = split.overlap(found.dialogues)
    counts = {name: Counter(found.labels[part].tolist()) for name, part in parts.items()}
    return {
        "utterances": {name: int(part.size) for name, part in parts.items()},
        "classes": {name: {one: counts[name][one] for one in sorted(set(found.labels.tolist()))} for name in parts},
        "test_in_dialogues_of_train": shared,
        "test_shares_dialogue_with_train": shared / split.test.size if split.test.size else None,
    }


def _table(told: dict[str, Any]) -> str:
    parts = list(told["utterances"])
    lines = [f"| {told['label']} | {' | '.join(parts)} |", f"| --- |{' ---: |' * len(parts)}"]
    for label in next(iter(told["classes"].values())):
        shown = " ".join(label.replace("|", "\\|").split())
        lines.append(f"| {shown} | {' | '.join(str(told['classes'][part][label]) for part in parts)} |")
    lines.append(f"| all | {' | '.join(str(n) for n in told['utterances'].values())} |")
    lines += ["", *(f"The {name} part is empty." for name, n in told["utterances"].items() if not n)]
    if all(told["utterances"][name] for name in ("train", "test")):
        lines.append(_shared(told["test_in_dialogues_of_train"], told["utterances"]["test"]))
    return "\n".join(lines)


def _shared(shared: int, tested: int) -> str:
    """How many of the tested share a dialogue with the training part: the count, and a share that is 0 or 100 % only
    where that is exact.

    >>> _shared(1, 7096)
    '1 of the 7,096 utterances of the test part (< 0.1%) is of a dialogue that the training part has too.'
    """
    share = f"{min(max(shared / tested, 0.001), 0.999):.1%}" if 0 < shared < tested else f"{shared // tested:.0%}"
    bound = "< " if 0 < shared < tested / 1000 else "> " if tested > shared > tested * 0.999 else ""
    said = "is" if shared == 1 else "are"
    return (
        f"{shared:,} of the {tested:,} utterances of the test part ({bound}{share}) {said} of a dialogue that the "
        "training part has too."
    )


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
