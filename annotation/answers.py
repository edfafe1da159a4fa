"""Is this an answer to this question? Pure."""

from typing import Final

from annotation.instruments import Criterion
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
    """What is wrong with an answer, in words; empty if nothing is.

    `shown` is the text of the turn it is about, as its characters are read (`generation.rendering.shown_text`).
    """
    criterion = question.criterion
    if cannot_judge:
        given = value is not None or text or span != (None, None)
        return "“Cannot judge” goes with no other answer." if given else _reason_problem(criterion, None, reason)
    if criterion.scale == "text":
        problem = (
            _text_problem(text) if value is None else f"“{criterion.title}” is answered in words, not by a number."
        )
    elif text:
        problem = f"“{criterion.title}” is not answered in words; words go into the reason."
    elif criterion.scale == "span":
        problem = "" if value is None else "A marked passage has no value."
    else:
        problem = _value_problem(criterion, value, ties)
    known = value if isinstance(value, int) else None
    return problem or _span_problem(criterion, known, span, shown) or _reason_problem(criterion, known, reason)


def named(criterion: Criterion, value: int | None) -> str:
    """The answer as a message names it.

    >>> named(Criterion("a", "Intent", "?", "utterance"), None)
    '“Intent”'
    """
    label = next((option.label for option in criterion.options if option.value == value), "")
    return f"“{criterion.title}”: “{label}”" if label else f"“{criterion.title}”"


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


def _value_problem(criterion: Criterion, value: object, ties: bool) -> str:
    offered = [option.value for option in criterion.choices(ties=ties)]
    if criterion.scale == "interval" and isinstance(value, int) and min(offered) <= value <= max(offered):
        return ""
    if isinstance(value, bool) or value not in offered:
        return f"“{criterion.title}” cannot be answered with {value!r}; offered are {', '.join(map(str, offered))}."
    return ""


def _reason_problem(criterion: Criterion, value: int | None, reason: str) -> str:
    wanted = criterion.reason_of(value)
    if len(reason) > MOST_REASON:
        return f"The reason has {len(reason):,} characters; at most {MOST_REASON:,} are kept."
    if reason and wanted == "never":
        return f"{named(criterion, value)} takes no reason."
    if wanted == "required" and not reason.strip():
        return f"{named(criterion, value)} wants a reason."
    return ""


def _span_problem(criterion: Criterion, value: int | None, span: tuple[int | None, int | None], shown: str) -> str:
    wanted = criterion.span_of(value)
    start, end = span
    if start is None and end is None:
        return f"{named(criterion, value)} wants words marked in the text." if wanted == "required" else ""
    if not wanted:
        return f"{named(criterion, value)} marks no passage."
    if start is None or end is None:
        return "Mark the passage: it needs a start and an end."
    if not 0 <= start < end <= len(shown):
        return f"The passage {start}–{end} is not within the text, which has {len(shown)} characters."
    return ""
