"""What annotators have to have read: guidelines and consent, and the new ones when they were amended."""

from dataclasses import dataclass
from hashlib import sha256

from django.db import transaction

from annotation.models import Annotator
from annotation.protocol import Protocol
from annotation.services.clock import database_now
from annotation.services.holding import hold_annotator
from annotation.services.material import protocol_of
from annotation.services.recording import record


@dataclass(frozen=True)
class Texts:
    """The digests of guidelines and consent, as they are kept with whoever accepted them."""

    guidelines: str
    consent: str

    @property
    def together(self) -> str:
        return f"{self.guidelines}-{self.consent}"


def texts_of(protocol: Protocol) -> Texts:
    return Texts(*(sha256(text.encode()).hexdigest() for text in (protocol.guidelines, protocol.consent)))


def unread(annotator: Annotator) -> Texts | None:
    """The texts in force, if they were amended since this annotator accepted them; who left is asked nothing."""
    if annotator.left is not None or not annotator.study.amendment_number:
        return None
    texts = texts_of(protocol_of(annotator.study))
    return None if texts == Texts(annotator.guidelines_digest, annotator.consent_digest) else texts


def accept_texts(*, annotator: Annotator, seen: str) -> bool:
    """The annotator accepts the texts that they saw; False if others are in force by now. Twice does no harm."""
    with transaction.atomic():
        held = hold_annotator(annotator.pk, annotator.study_id)
        texts = unread(held.annotator)
        if texts is None:
            return True
        if texts.together != seen:
            return False
        Annotator.objects.filter(pk=annotator.pk).update(
            guidelines_digest=texts.guidelines, consent_digest=texts.consent, consented=database_now()
        )
        record(
            study=held.annotator.study,
            kind="texts accepted",
            annotator=held.annotator.pk,
            amendment=held.annotator.study.amendment_number,
            guidelines=texts.guidelines,
            consent=texts.consent,
        )
    return True
