"""The kinds of enquiry there are. A new one is a class like these, and its line here."""

from collections.abc import Mapping
from typing import Final

from generation.models import Enquiry
from generation.services.enquiries.extracting import Preferences
from generation.services.enquiries.grouping import Synonyms
from generation.services.enquiries.kinds import Kind
from generation.services.enquiries.translating import Translation

KINDS: Final[Mapping[str, Kind]] = {
    Enquiry.Kind.TRANSLATION: Translation(),
    Enquiry.Kind.PREFERENCES: Preferences(),
    Enquiry.Kind.SYNONYMS: Synonyms(),
}


def kind_of(enquiry: Enquiry) -> Kind:
    return KINDS[enquiry.kind]
