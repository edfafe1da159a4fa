"""A plan about three films, and a dialogue that follows it."""

from collections.abc import Sequence
from typing import Any

from generation.checks.findings import CheckSettings, Finding
from generation.checks.parsing import parse_dialogue
from generation.checks.table import check
from generation.reviews.grammar import BUILT_IN
from generation.reviews.material import PlanSettings
from generation.reviews.plan import Plan, plans
from generation.reviews.reviewers import OtherReview, Reviewed, Reviewer

LOVED = (
    "I watched it twice in one week because the slow build of every single scene kept me on the edge of my seat until "
    "the very last minute and the music is a marvel."
)
HATED = "It drags on for three hours and nobody in it says anything that a person would say, so I left before the end."
PRAISE = (
    "My whole family sat quietly around the table for once and laughed about it for days, even my grumpy uncle did."
)

CLEAN = (
    "User: I keep thinking of Blue Harbour, that slow build got me.",
    "Agent: What a feeling! How about The Long Winter?",
    "User: I could not stand it, nobody talks like that.",
    "Agent: Then try Paper Kites. Families laugh about it for days.",
    "User: Sounds great, I'll watch it tonight because my uncle is coming.",
    "Agent: Would another suggestion help?",
    "User: No thanks, that is all I need. Thank you!",
    "Agent: Enjoy your evening!",
)


def plan(
    template: str = "T2c-L-L0",
    *,
    liked: str = "Blue Harbour",
    disliked: str = "The Long Winter",
    gold: str = "Paper Kites",
) -> Plan:
    """Mira likes one film, dislikes another, and will be offered a third."""
    mira = Reviewer(
        user="mira",
        likes=(Reviewed(item_id="1", title=liked, text=LOVED),),
        dislikes=(Reviewed(item_id="2", title=disliked, text=HATED),),
        might_likes=(Reviewed(item_id="3", title=gold, text="Only I know."),),
    )
    others = {item: [OtherReview(author="bo", rating=5, text=PRAISE)] for item in "123"}
    made = plans(mira, others, [BUILT_IN[template]], PlanSettings(domain="Films"))[0]
    assert isinstance(made, Plan), made
    return made


def changed(**utterances: str) -> list[str]:
    """The clean dialogue with other utterances: `u3="User: …"` is the third, counted from 1."""
    lines = list(CLEAN)
    for number, text in utterances.items():
        lines[int(number[1:]) - 1] = text
    return lines


def found(
    lines: Sequence[str] = CLEAN, *, of: Plan | None = None, finish_reason: str = "stop", **settings: Any
) -> list[Finding]:
    return check(
        parse_dialogue("\n\n".join(lines)),
        of or plan(),
        finish_reason=finish_reason,
        settings=CheckSettings(**settings),
    )


def codes(lines: Sequence[str] = CLEAN, **how: Any) -> list[str]:
    return list(dict.fromkeys(one.code for one in found(lines, **how)))
