"""What importing a file did or would do, and why it is refused, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from generation.models import Import
from generation.services.datasets import DatasetError


class ImportingError(DatasetError):
    """Why a file is not imported, in words; `report` has its problems where it was read."""

    def __init__(self, message: str, report: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.report = dict(report or {})


class AlreadyImported(ImportingError):
    """The very same file is in this dataset; `existing` is the import that brought it."""

    def __init__(self, existing: Import) -> None:
        super().__init__(
            _("“%(file)s” is in “%(dataset)s” already, byte for byte. Nothing was changed.")
            % {"file": existing.filename, "dataset": existing.dataset},
            existing.report,
        )
        self.existing = existing


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did or, dry, would do. `figures` are those of `Survey.finished`."""

    dataset: str
    slug: str
    format: str
    sha256: str
    dry_run: bool = False
    unchanged: bool = False
    figures: Mapping[str, Any]

    @property
    def dialogues(self) -> int:
        return int(self.figures["dialogues"])

    @property
    def utterances(self) -> int:
        return int(self.figures["utterances"])

    def as_dict(self) -> dict[str, Any]:
        own = ("dataset", "slug", "format", "sha256", "dry_run", "unchanged")
        return {**self.figures, **{name: getattr(self, name) for name in own}}
