"""What a look at the sample finds before a study opens."""

from dataclasses import dataclass
from typing import Literal

from annotation.models import Study


@dataclass(frozen=True)
class Finding:
    """One thing found: an error stops the opening, a warning wants a look, an info is good to know."""

    level: Literal["error", "warning", "info"]
    text: str


def preflight(study: Study) -> list[Finding]:
    """Errors first: sizes, missing parts; then what may give a dataset away (names, ids, links, lengths, Markdown)."""
    raise NotImplementedError
