"""Which dialogues a run has kept, so that it keeps none twice; what other workers kept is seen too."""

from collections.abc import Sequence

from generation.checks.duplicates import DuplicateIndex, Signature, read_signature, signature, stored
from generation.checks.findings import Twin
from generation.models import Attempt, GenerationRun


class Kept:
    """The signatures of the kept dialogues, named by the numbers of their plans."""

    def __init__(self, run: GenerationRun) -> None:
        self._index = DuplicateIndex()
        self._rows = Attempt.objects.filter(run=run, dialogue__isnull=False).order_by("dialogue_id")
        self._last = 0
        self._signed: list[str] = []
        self._made: Signature = signature([])

    def refresh(self) -> None:
        """Take in what was kept since. Whoever holds the dataset's lock then knows all of them."""
        rows = self._rows.filter(dialogue_id__gt=self._last)
        for dialogue, n, made in rows.values_list("dialogue_id", "planned__n", "signature"):
            self._index.add(n, read_signature(bytes(made)))
            self._last = dialogue

    def add(self, n: int, texts: Sequence[str]) -> bytes:
        """Take in a dialogue that is about to be kept; returns its signature as bytes."""
        made = self._signature_of(texts)
        self._index.add(n, made)
        return stored(made)

    def knows_up_to(self, dialogue: int) -> None:
        """What was added has become rows, of which this is the last."""
        self._last = dialogue

    def twin_of(self, texts: Sequence[str]) -> Twin | None:
        return self._index.find(self._signature_of(texts))

    def _signature_of(self, texts: Sequence[str]) -> Signature:
        """Remembered for one dialogue: it is first compared, then added."""
        if self._signed != list(texts):
            self._signed, self._made = list(texts), signature(texts)
        return self._made
