"""The grammar that yields the 168 templates: three numbers of recommendations, seven bodies, two greetings, four
lead-ins. Pure.

>>> len(BUILT_IN), str(BUILT_IN["T1a-L-L0"])
(168, 'T1a-L-L0 U:SG02 S:SG08+SG11 U:SG14 S:SG06 U:SG26 S:SG28')
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from generation.reviews.templates import Step, Template


class LeadIn(NamedTuple):
    """What stands between the greeting and the first recommendation; `carried` joins the utterance that comes next."""

    utterances: str = ""
    carried: tuple[str, ...] = ()


GREETINGS: Final = {"L": "U:SG02", "D": "U:SG01"}
LEAD_INS: Final = {
    "L0": LeadIn(carried=("SG08",)),
    "L1": LeadIn("S:SG10+SG20 U:SG03"),
    "L2": LeadIn("S:SG08+SG05 U:SG03"),
    "L3": LeadIn("S:SG09 U:SG19 S:SG08+SG20 U:SG03"),
}
ABOUT: Final = {
    "L": {"recommend": "SG12", "introduce": "SG23", "reason": "SG29"},
    "D": {"recommend": "SG13", "introduce": "SG22", "reason": "SG30"},
}
REJECTIONS: Final = {
    "R0": "S:{recommend} U:SG17",
    "R1": "S:{recommend} U:SG18+{reason}",
    "R2": "S:{recommend} U:SG04 S:{introduce} U:SG18+{reason}",
}
FINALS: Final = {
    "F0": "S:SG11 U:SG14",
    "F1": "S:SG11+SG24 U:SG15",
    "F2": "S:SG11 U:SG16+SG04 S:SG24 U:SG25",
    "F3": "S:SG11 U:SG04 S:SG07 U:SG15",
}
ENDS: Final = {
    "E0": "S:SG28",
    "E1": "S:SG08 U:SG27",
    "E2": "S:SG06 U:SG26 S:SG28",
    "E3": "S:SG08 U:SG21+SG27 S:SG28",
}
BODIES: Final = {
    1: {"a": "F0 E2", "b": "F0 E3", "c": "F1 E2", "d": "F1 E3", "e": "F2 E0", "f": "F3 E0", "g": "F3 E1"},
    2: {
        "a": "R0L F1 E2",
        "b": "R1L F0 E3",
        "c": "R1D F1 E2",
        "d": "R1L F2 E0",
        "e": "R1D F3 E0",
        "f": "R2L F1 E0",
        "g": "R2D F1 E1",
    },
    3: {
        "a": "R1L R1D F1 E2",
        "b": "R0L R1L F0 E3",
        "c": "R1D R0D F2 E0",
        "d": "R1L R1L F3 E0",
        "e": "R2L R1D F1 E0",
        "f": "R1D R2D F1 E1",
        "g": "R2D R1L F2 E0",
    },
}


def part(name: str) -> tuple[Step, ...]:
    """The utterances of one part of a body.

    >>> " ".join(map(str, part("R1D")))
    'S:SG13 U:SG18+SG30'
    """
    plain = FINALS | ENDS
    written = plain[name] if name in plain else REJECTIONS[name[:2]].format(**ABOUT[name[2:]])
    return steps(written)


def steps(written: str) -> tuple[Step, ...]:
    return tuple(map(Step.parse, written.split()))


def lead(lead_in: LeadIn, body: tuple[Step, ...]) -> tuple[Step, ...]:
    """A lead-in and the body after it, whose first utterance takes what is carried."""
    first = replace(body[0], goals=(*lead_in.carried, *body[0].goals))
    return (*steps(lead_in.utterances), first, *body[1:])


def derive() -> Iterator[Template]:
    """Every template of the grammar, in the order of its parts."""
    for n, bodies in BODIES.items():
        for letter, written in bodies.items():
            body = tuple(step for name in written.split() for step in part(name))
            for side, greeting in GREETINGS.items():
                for name, lead_in in LEAD_INS.items():
                    yield Template(f"T{n}{letter}-{side}-{name}", (*steps(greeting), *lead(lead_in, body)))


BUILT_IN: Final[Mapping[str, Template]] = {template.id: template for template in derive()}
"""The templates that come with the product, by id."""
