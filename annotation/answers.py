"""Is this an answer to this question? Pure."""

from typing import Final

from annotation.questions import Question
from annotation.toml_reader import UNSTORABLE

MOST_TEXT: Final = 10_000
MOST_REASON: Final = 5_000


def problem_with(
    question: Question,
    *,
    value: object,
    cannot_judge: bool,
    text: str,
    reason: str,
    span: tuple[int | None, int | None],
    ties: bool,
    shown: str = "",
) -> str:
    """What is wrong with an answer, in words; empty if nothing is. `shown` is the text of the turn it is about."""
    criterion = question.criterion
    start, end = span
    if len(reason) > MOST_REASON:
        return f"The reason has {len(reason):,} characters; at most {MOST_REASON:,} are kept."
    if reason and criterion.reason == "never":
        return f"“{criterion.title}” takes no reason."
    if cannot_judge:
        given = value is not None or text or start is not None or end is not None
        return "“Cannot judge” goes with no other answer." if given else ""
    if criterion.scale == "text":
        return _text_problem(text) if value is None else f"“{criterion.title}” is answered in words, not by a number."
    if text:
        return f"“{criterion.title}” is not answered in words; words go into the reason."
    if criterion.scale == "span":
        return _span_problem(start, end, shown) if value is None else "A marked passage has no value."
    if start is not None or end is not None:
        return f"“{criterion.title}” marks no passage."
    offered = [option.value for option in criterion.choices(ties=ties)]
    if isinstance(value, bool) or value not in offered:
        return f"“{criterion.title}” cannot be answered with {value!r}; offered are {', '.join(map(str, offered))}."
    return ""


def storable(text: str) -> str:
    """The text without what no database takes: NUL and halves of surrogate pairs.

    >>> storable("a\\x00b")
    'ab'
    """
    return UNSTORABLE.sub("", text)


def _text_problem(text: str) -> str:
    if not text.strip():
        return "The answer is empty."
    return "" if len(text) <= MOST_TEXT else f"The answer has {len(text):,} characters; at most {MOST_TEXT:,} are kept."


def _span_problem(start: int | None, end: int | None, shown: str) -> str:
    if start is None or end is None:
        return "Mark the passage: it needs a start and an end."
    if not 0 <= start < end <= len(shown):
        return f"The passage {start}–{end} is not within the text, which has {len(shown)} characters."
    return ""
