"""Which dialogues a run has kept, so that it keeps none twice; what other workers kept is seen too."""

from collections.abc import Sequence

from generation.checks.duplicates import DuplicateIndex, read_signature
from generation.checks.findings import Twin
from generation.models import Attempt, GenerationRun


class Kept:
    """The signatures of the kept dialogues, named by the numbers of their plans."""

    def __init__(self, run: GenerationRun) -> None:
        self._index = DuplicateIndex()
        self._rows = Attempt.objects.filter(run=run, dialogue__isnull=False).order_by("dialogue_id")
        self._last = 0

    def refresh(self) -> None:
        """Take in what was kept since. Whoever holds the dataset's lock then knows all of them."""
        rows = self._rows.filter(dialogue_id__gt=self._last)
        for dialogue, n, made in rows.values_list("dialogue_id", "planned__n", "signature"):
            self._index.add(n, read_signature(bytes(made)))
            self._last = dialogue

    def twin_of(self, texts: Sequence[str]) -> Twin | None:
        return self._index.twin_of(texts)
