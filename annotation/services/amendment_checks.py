"""Proof that a study's protocol is the one it opened with, changed by its amendments and by nothing else."""

from collections.abc import Iterator

from django.db.models import F

from annotation.amendments import changes
from annotation.instruments import canonical_digest
from annotation.models import Event, Judgment, Study
from annotation.protocol import Protocol, ProtocolError, from_dict


def amendment_problems(study: Study) -> list[str]:
    """Where the chain of digests breaks, or an amendment changed what none may change."""
    return [*_chain_problems(study), *_judgment_problems(study)]


def _chain_problems(study: Study) -> Iterator[str]:
    amendments = list(study.amendments.order_by("number"))
    numbers = [amendment.number for amendment in amendments]
    if numbers != list(range(1, study.amendment_number + 1)):
        yield f"The amendments on record are {numbers}, but {study.amendment_number} were made."
    opened = Event.objects.filter(study=study, kind="opened").first()
    digests = [amendment.before for amendment in amendments] + [study.digest]
    if opened is not None and opened.detail.get("digest", digests[0]) != digests[0]:
        yield f"The study opened with the protocol {opened.detail['digest']}, but on record as that is {digests[0]}."
    afterwards = [*(amendment.protocol_before for amendment in amendments), study.protocol][1:]
    for amendment, following, stored in zip(amendments, digests[1:], afterwards, strict=True):
        place = f"amendment {amendment.number}"
        if canonical_digest(amendment.protocol_before) != amendment.before:
            yield f"{place}: the protocol kept as that before is not the one with the digest {amendment.before}."
        if amendment.after != following:
            yield f"{place}: it led to the protocol {amendment.after}, but the next one known is {following}."
        before, after = _readable(amendment.protocol_before), _readable(stored)
        if before is None or after is None:
            yield f"{place}: the protocol before or after it cannot be read."
            continue
        found = changes(before, after)
        for change in found:
            if change.refusal:
                yield f"{place}: it changed {change.what} ({change.place or 'study'}), which no amendment may."
        if [change.as_dict() for change in found] != amendment.changes:
            yield f"{place}: what it says it changed is not what differs between the two protocols."


def _readable(stored: object) -> Protocol | None:
    try:
        return from_dict(stored, draft=True)
    except ProtocolError:
        return None


def _judgment_problems(study: Study) -> Iterator[str]:
    judgments = Judgment.objects.filter(assignment__annotator__study=study)
    if count := judgments.filter(amendment__gt=F("assignment__annotator__study__amendment_number")).count():
        yield f"{count} judgments are said to follow an amendment that was never made."
