"""A study's life: drafted, opened, closed, copied."""

from annotation.models import Study
from annotation.protocol import Protocol
from annotation.services.errors import StudyError
from annotation.services.preflight import Finding, preflight
from crsapp.accounts.models import User

__all__ = [
    "Finding",
    "StudyError",
    "close_study",
    "copy_study",
    "create_study",
    "open_study",
    "preflight",
    "update_draft",
]


def create_study(
    *, protocol: Protocol, by: User | None = None, slug: str | None = None, is_demo: bool = False
) -> Study:
    """A draft with this protocol, which may still lack parts. Raises `StudyError` when the slug is taken or bad."""
    raise NotImplementedError


def update_draft(*, study: Study, protocol: Protocol, by: User | None = None) -> Study:
    """Replace a draft's protocol. Raises `StudyError` once the study is open."""
    raise NotImplementedError


def open_study(*, study: Study, by: User | None = None) -> Study:
    """Draw the samples, lay out every unit and slot, and freeze the protocol with its digest. Raises `StudyError`."""
    raise NotImplementedError


def close_study(*, study: Study, by: User | None = None) -> Study:
    """Take no more answers; leases go back, and the study is checked. Raises `StudyError` if it is not open."""
    raise NotImplementedError


def copy_study(*, study: Study, by: User | None = None) -> Study:
    """A new draft with the same protocol."""
    raise NotImplementedError
