"""Proof that a study's protocol is the one it opened with, changed by its amendments and by nothing else."""

from collections.abc import Iterator

from django.db.models import F

from annotation.amendments import changes
from annotation.instruments import canonical_digest
from annotation.models import Amendment, Event, Judgment, Study
from annotation.protocol import Protocol, ProtocolError, from_dict
from generation.wording import worded


def amendment_problems(study: Study) -> list[str]:
    """Where the chain of digests breaks, or an amendment changed what none may change."""
    return [*_chain_problems(study), *_judgment_problems(study)]


def _chain_problems(study: Study) -> Iterator[str]:
    amendments = list(study.amendments.order_by("number"))
    numbers = [amendment.number for amendment in amendments]
    if numbers != list(range(1, study.amendment_number + 1)):
        yield worded(
            "The amendments on record are %(numbers)s, but %(made)s were made.",
            numbers=numbers,
            made=study.amendment_number,
        )
    opened = Event.objects.filter(study=study, kind="opened").first()
    digests = [amendment.before for amendment in amendments] + [study.digest]
    if opened is not None and opened.detail.get("digest", digests[0]) != digests[0]:
        yield worded(
            "The study opened with the protocol %(digest)s, but on record as that is %(kept)s.",
            digest=opened.detail["digest"],
            kept=digests[0],
        )
    afterwards = [*(amendment.protocol_before for amendment in amendments), study.protocol][1:]
    for amendment, following, stored in zip(amendments, digests[1:], afterwards, strict=True):
        yield from _link_problems(amendment, following, stored)


def _link_problems(amendment: Amendment, following: str, stored: object) -> Iterator[str]:
    """Where one amendment does not lead from the protocol before it to the one `stored` after it."""
    place = worded("amendment %(number)s", number=amendment.number)
    if canonical_digest(amendment.protocol_before) != amendment.before:
        yield worded(
            "%(place)s: the protocol kept as that before is not the one with the digest %(before)s.",
            place=place,
            before=amendment.before,
        )
    if amendment.after != following:
        yield worded(
            "%(place)s: it led to the protocol %(after)s, but the next one known is %(following)s.",
            place=place,
            after=amendment.after,
            following=following,
        )
    before, after = _readable(amendment.protocol_before), _readable(stored)
    if before is None or after is None:
        yield worded("%(place)s: the protocol before or after it cannot be read.", place=place)
        return
    found = changes(before, after)
    for change in found:
        if change.refusal:
            yield worded(
                "%(place)s: it changed %(what)s (%(where)s), which no amendment may.",
                place=place,
                what=worded(change.what),
                where=change.place or worded("study"),
            )
    if [change.as_dict() for change in found] != amendment.changes:
        yield worded("%(place)s: what it says it changed is not what differs between the two protocols.", place=place)


def _readable(stored: object) -> Protocol | None:
    try:
        return from_dict(stored, draft=True)
    except ProtocolError:
        return None


def _judgment_problems(study: Study) -> Iterator[str]:
    judgments = Judgment.objects.filter(assignment__annotator__study=study)
    if count := judgments.filter(amendment__gt=F("assignment__annotator__study__amendment_number")).count():
        yield worded("%(count)s judgments are said to follow an amendment that was never made.", count=count)
