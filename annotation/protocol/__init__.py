"""The protocol of a study: everything that was decided before the first answer, as one value. Pure.

It is written as TOML (`docs/protocol.md`), stored as a dict with the full text of its instruments, and frozen with a
digest when the study opens.
"""

from annotation.protocol.reading import from_dict, parse_protocol
from annotation.protocol.values import (
    DESIGNS,
    ELSEWHERE,
    PAIRING_KEYS,
    PAIRINGS,
    REVEALS,
    TARGETS,
    BlockSpec,
    FilterSpec,
    Lack,
    OriginSpec,
    PairingSpec,
    Protocol,
    ProtocolError,
    SampleSpec,
    digest,
    lacking,
    missing,
    moment,
    slugified,
    to_dict,
)
from annotation.protocol.writing import to_toml

__all__ = [
    "DESIGNS",
    "ELSEWHERE",
    "PAIRINGS",
    "PAIRING_KEYS",
    "REVEALS",
    "TARGETS",
    "BlockSpec",
    "FilterSpec",
    "Lack",
    "OriginSpec",
    "PairingSpec",
    "Protocol",
    "ProtocolError",
    "SampleSpec",
    "digest",
    "from_dict",
    "lacking",
    "missing",
    "moment",
    "parse_protocol",
    "slugified",
    "to_dict",
    "to_toml",
]
