"""Ways into a study, and who came in."""

from annotation.models import Annotator, Link, Study
from crsapp.accounts.models import User


def create_personal_links(*, study: Study, count: int, by: User | None = None) -> list[Link]:
    """`count` links for one person each, with a seat of their own while seats are free. Raises `StudyError`."""
    raise NotImplementedError


def create_open_link(*, study: Study, cap: int | None, label: str = "", by: User | None = None) -> Link:
    """One link for up to `cap` people. Raises `StudyError`."""
    raise NotImplementedError


def revoke_link(*, link: Link, by: User | None = None) -> Link:
    """Let nobody else in by this link; whoever is already judging keeps what they did."""
    raise NotImplementedError


def join(*, link: Link, user: User | None = None) -> Annotator:
    """Whoever accepted guidelines and consent takes part: the annotator of a personal link (again and again the same),
    or a new one of an open link, with `annotator.link` as the personal way back. Raises `JoinError`."""
    raise NotImplementedError
