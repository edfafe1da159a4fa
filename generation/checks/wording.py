"""A1, A2: sentences that are too long, and reviews that were copied. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from generation.checks.findings import Case, Found, Span
from generation.reviews.reviewers import WORD
from generation.titles import Word, words
from generation.wording import worded

AFTER_END: Final = "\"'”’)]*_」』）"
SENTENCE_ENDS: Final = frozenset(".!?…。！？")
SHORT_RUN: Final = 5


def long_sentence(case: Case) -> Iterator[Found]:
    for index, text in enumerate(case.texts):
        for span, count in sentences(text):
            if count > case.settings.sentence_words:
                most = case.settings.sentence_words
                yield Found(
                    index, span, worded("a sentence has %(words)d words, %(most)d at most", words=count, most=most)
                )


def sentences(text: str) -> Iterator[tuple[Span, int]]:
    """Where each sentence stands, and how many words it has. A new line begins a new one.

    >>> list(sentences("Fine film. See it!"))
    [((0, 10), 2), ((11, 18), 2)]
    """
    start = end = count = 0
    for found in WORD.finditer(text):
        if count and "\n" in text[end : found.start()]:
            yield (start, end), count
            count = 0
        start = start if count else found.start()
        count += any(map(str.isalnum, found[0]))
        end = found.end()
        if count and found[0].rstrip(AFTER_END)[-1:] in SENTENCE_ENDS:
            yield (start, end), count
            count = 0
    if count:
        yield (start, end), count


def copied(case: Case) -> Iterator[Found]:
    """The first run of each utterance that stands in a review of the plan, or how much of it does."""
    reviews = _reviews(case)
    run = case.settings.copied_run
    long_runs = {gram for review in reviews for gram in grams(review, run)}
    short_runs = [set(grams(review, SHORT_RUN)) for review in reviews]
    for index, text in enumerate(case.masked):
        said = list(words(text))
        spoken = [word.text for word in said]
        if span := first_run(said, spoken, long_runs, run):
            yield Found(index, span, worded("at least %(words)d words in a row stand in a review", words=run))
        elif (share := most_shared(spoken, short_runs)) >= case.settings.copied_share:
            reason = worded(
                "%(share)s of its runs of %(words)d words stand in a review", share=f"{share:.0%}", words=SHORT_RUN
            )
            yield Found(index, None, reason)


def _reviews(case: Case) -> list[list[str]]:
    texts = {text for one in case.plan.utterances for slot, text in one.slots.items() if slot not in case.plan.items}
    return [[word.text for word in words(text)] for text in sorted(texts)]


def grams(spoken: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return (tuple(spoken[first : first + size]) for first in range(len(spoken) - size + 1))


def first_run(said: Sequence[Word], spoken: Sequence[str], copied_runs: set[tuple[str, ...]], run: int) -> Span | None:
    """Where the first run that stands in a review begins and ends."""
    first = last = -1
    for place, gram in enumerate(grams(spoken, run)):
        if gram in copied_runs:
            first, last = (place if first < 0 else first), place + run - 1
        elif first >= 0:
            break
    return (said[first].start, said[last].end) if first >= 0 else None


def most_shared(spoken: Sequence[str], reviews: Sequence[set[tuple[str, ...]]]) -> float:
    """The largest share of the runs of a text that one review holds."""
    own = list(grams(spoken, SHORT_RUN))
    return max((sum(gram in review for gram in own) / len(own) for review in reviews), default=0.0) if own else 0.0
