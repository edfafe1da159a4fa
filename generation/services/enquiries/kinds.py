"""What a kind of enquiry says of itself: what it asks, and what it makes of an answer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from generation.llm.prompts import Rendered
from generation.models import AskedText, Call, Dataset, Enquiry


class EnquiryError(Exception):
    """Why an enquiry does not start, or does not do what was asked, in words."""


class Refused(NamedTuple):
    """Why an answer is not taken, in words."""

    why: str


class Target(NamedTuple):
    """A text that is to be asked about: what it is, and the row that has it, or the phrases themselves."""

    what: str
    key: int | None = None
    phrases: Sequence[str] = ()


class Answered(NamedTuple):
    """A text, and the call that brought an answer to the question about it."""

    asked: AskedText
    call: Call


class Kind(Protocol):
    """One kind of enquiry. Its methods are called in a job's step, which commits whatever they write."""

    prompt: str
    tokens_out: float
    """About so many tokens are answered for one that is asked about, for estimates."""
    side_by_side: bool
    """Whether what two of them bring stands side by side, so that one does not leave nothing to the other."""

    def targets(self, dataset: Dataset, language: str, said: Mapping[str, Any]) -> Iterator[Target]:
        """What is still to be asked about, in the order of asking."""

    def questions(self, enquiry: Enquiry, texts: Sequence[AskedText]) -> dict[int, Rendered]:
        """The prompt for each of these rows, by its key. A row without one needs no answer any more."""

    def take(self, enquiry: Enquiry, answers: Sequence[Answered]) -> list[str | Refused]:
        """Write down what answers say, all in one go. Returns for each in turn a digest of what was written, or why
        nothing was.
        """

    def remove(self, enquiry: Enquiry) -> Iterator[int]:
        """Take back what was written, a few hundred texts at a time; yields how many."""
