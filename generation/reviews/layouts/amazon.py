"""Reviews of Amazon, as JSON lines: the releases differ in the names of their keys. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from generation.formats.base import Evidence, Options
from generation.formats.sources import Glance, Source
from generation.formats.values import FormatError, an_object, get_or
from generation.records import Json
from generation.reviews.layouts.base import ReviewRecord, rating_of, seconds
from generation.reviews.literals import json_or_literal
from generation.wording import worded

THE_REVIEW: Final = worded("the review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a release calls the parts of a review; `item` may have several names, the first that is there counts."""

    person: str
    item: tuple[str, ...]
    rating: str
    text: str
    title: str
    time: str

    def named(self) -> tuple[str, ...]:
        return (self.person, self.item[-1], self.rating, self.text, self.title, self.time)


BEFORE_2023: Final = Keys(
    person="reviewerID", item=("asin",), rating="overall", text="reviewText", title="summary", time="unixReviewTime"
)


def knows(keys: Keys, *marks: str) -> Callable[[Glance], Evidence]:
    """A sniff: the share of the release's keys in the beginning of a file, and of what only this release has."""
    signature = (*keys.named(), *marks)

    def sniff(glance: Glance) -> Evidence:
        heads = [head.replace("'", '"') for _name, head in glance.heads]
        found = [tuple(key for key in signature if f'"{key}":' in head) for head in heads]
        best = max(found, key=len, default=())
        return Evidence(len(best) / len(signature), best)

    return sniff


def reader(keys: Keys) -> Callable[[Source, Options], Iterator[ReviewRecord]]:
    def read(source: Source, options: Options) -> Iterator[ReviewRecord]:
        for place, data in objects(source, options):
            try:
                yield _review(an_object(data, THE_REVIEW), keys, place)
            except FormatError as error:
                options.report(FormatError(place=place, problem=error.problem, remedy=error.remedy))

    return read


def objects(source: Source, options: Options) -> Iterator[tuple[str, Json]]:
    """What stands in each line, as JSON or a Python literal, with its place; a list is taken apart."""
    if source.head(64).lstrip().startswith("["):
        yield from ((value.place, value.data) for value in source.values(options.report, options.note))
        return
    for place, text in source.texts(options.report, options.note):
        try:
            yield place, json_or_literal(text, place)
        except FormatError as error:
            options.report(error)


def _review(data: Mapping[str, Json], keys: Keys, place: str) -> ReviewRecord:
    return ReviewRecord(
        person=_name(data, (keys.person,)),
        item=_name(data, keys.item),
        rating=rating_of(data.get(keys.rating)),
        at=seconds(data.get(keys.time)),
        text=get_or(data, keys.text, str, "", THE_REVIEW),
        title=get_or(data, keys.title, str, "", THE_REVIEW),
        place=place,
    )


def _name(data: Mapping[str, Json], keys: tuple[str, ...]) -> str:
    for key in keys:
        if value := str(data.get(key) or "").strip():
            return value
    problem = worded("%(what)s has no `%(key)s`", what=THE_REVIEW, key=keys[0])
    raise FormatError(problem=problem, remedy=worded("Add it, or leave the review out."))
