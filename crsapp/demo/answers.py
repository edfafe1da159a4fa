"""What the demo's seven simulated annotators answer: seeded opinions about texts, marked as demo wherever they show."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crsapp.demo.dialogues import BLAND, SEED, SHRUGS, SLOGANS

POOR: Final = (*BLAND, *SLOGANS, "You should try", "I think.", "usually", "sometimes", "It depends", "in a way")


@dataclass(frozen=True)
class Taste:
    """One simulated annotator: how lenient, and how much an attentive agent matters to them (logits)."""

    number: int
    leniency: float
    care: float

    @classmethod
    def of(cls, number: int) -> "Taste":
        rng = random.Random(f"{SEED} annotator {number}")  # noqa: S311
        return cls(number, leniency=rng.gauss(0, 0.7), care=rng.gauss(1.3, 0.5))

    def _rng(self, *parts: object) -> random.Random:
        return random.Random(" ".join(str(part) for part in (SEED, self.number, *parts)))  # noqa: S311

    def rates(self, text: str, speaker: str, criterion: str) -> int:
        """An ordinal rating from 0 to 2 of one utterance."""
        shared = random.Random(f"{SEED} {text} {criterion}").gauss(0, 0.9)  # noqa: S311
        quality = {"fluency": 3.0, "informativeness": 1.4, "logicality": 2.2, "coherence": 2.4}.get(criterion, 2.0)
        poor = (speaker == "system" and any(phrase in text for phrase in POOR)) or text in SHRUGS
        if poor:
            quality -= {"fluency": 0.3, "informativeness": 3.2}.get(criterion, 1.8)
        level = quality + shared + self.leniency + self._rng(text, criterion, "noise").gauss(0, 0.8)
        return 0 if level < -0.3 else 1 if level < 1.4 else 2

    def prefers_left(self, left: Sequence[str], right: Sequence[str]) -> bool:
        """Whether the left of two dialogues (their system utterances) is the better one."""

        def worth(texts: Sequence[str]) -> float:
            poor = sum(any(phrase in text for phrase in POOR) for text in texts)
            shared = random.Random(f"{SEED} {texts[0]}").gauss(0, 0.6)  # noqa: S311
            return shared - self.care * poor / max(len(texts), 1) * 3.5

        difference = worth(left) - worth(right)
        return self._rng(left[0], right[0], "pair").random() < 1 / (1 + math.exp(-difference))
