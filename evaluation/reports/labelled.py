"""The labels that came with a dataset's file, one row an utterance, in the order of the file."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluation.estimates import IntArray
from generation.models import Dataset, Dialogue, Utterance


@dataclass(frozen=True)
class Labelled:
    """Utterances that have a label: the dialogue's number, the place in it, and the label."""

    dialogues: IntArray
    indices: IntArray
    labels: npt.NDArray[np.str_]


def labelled_utterances(dataset: Dataset, speaker: str, label: str) -> Labelled:
    """How the utterances of a speaker are labelled; those without the label, or with an empty one, are left out."""
    rows = Utterance.objects.filter(dialogue__in=Dialogue.objects.visible_in(dataset), speaker=speaker)
    ordered = rows.filter(labels__has_key=label).order_by("dialogue__number", "index")
    said = ordered.values_list("dialogue__number", "index", "labels")
    found = [(number, index, str(labels[label])) for number, index, labels in said if labels[label] not in ("", None)]
    dialogues, indices, labels = zip(*found, strict=True) if found else ((), (), ())
    return Labelled(np.array(dialogues, np.int64), np.array(indices, np.int64), np.array(labels, np.str_))
