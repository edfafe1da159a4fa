"""Whose fault it is that a question was left unanswered: its own, or that of an endpoint which is down.

What an endpoint that is down leaves unanswered is not held against what was asked about. Which it is, shows afterwards:
where the endpoint answers anything else, it was not down. Where nothing else is in flight, or one thing after the other
was left unanswered, it is asked what anybody could answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from generation.llm.desk import Answer
from generation.llm.exchange import Kind
from generation.llm.prompts import get_prompt
from generation.llm.record import Ask
from generation.models import Endpoint
from generation.services.endpoints import TRY_PROMPT, TRY_TOKENS, TRY_WORD

UNANSWERED_IN_A_ROW: Final = 5
HOPELESS: Final = frozenset(
    {Kind.NO_CREDIT, Kind.UNAUTHORISED, Kind.NOT_FOUND, Kind.REDIRECTED, Kind.NOT_SENT, Kind.UNREACHABLE}
)
"""After these no other question would fare better, so all pauses; what was asked about is not held against."""
DOUBTFUL: Final = frozenset({Kind.SERVER_ERROR, Kind.TIMED_OUT, Kind.CUT_OFF, Kind.RATE_LIMITED})
"""After these it may be the endpoint or the question."""
PROBE: Final = "try"
Thing = TypeVar("Thing")
Back = tuple[Thing, Answer]


def probe_for(endpoint: Endpoint) -> Ask:
    """What anybody could answer."""
    prompt = get_prompt(TRY_PROMPT).render(word=TRY_WORD)
    return Ask(PROBE, prompt, max_tokens=min(endpoint.max_tokens, TRY_TOKENS))


def is_probe(answer: Answer) -> bool:
    return answer.ask.subject == PROBE


@dataclass(eq=False)
class Watch(Generic[Thing]):
    """What one endpoint left unanswered since its last answer; `doubted` is what it may be to blame for.

    `is_probed` while the answer to a probe is to come. `why` says why all has to pause, and whether it is `down`.
    """

    doubted: list[Back[Thing]] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)
    is_probed: bool = False
    why: str = ""
    is_down: bool = False

    @property
    def is_fruitless(self) -> bool:
        """Whether one thing after the other was left unanswered."""
        return len(self.unanswered) >= UNANSWERED_IN_A_ROW

    def look_at(self, thing: Thing, answer: Answer) -> Sequence[Back[Thing]]:
        """Takes in what came back about a thing; returns of which things it is now known that it is up to them."""
        outcome = answer.outcome
        if outcome.answered:
            self.unanswered.clear()
            return [*self._no_longer_doubted(), (thing, answer)]
        self.unanswered.add(answer.ask.subject.partition("/")[0])
        if outcome.kind in DOUBTFUL:
            self.doubted.append((thing, answer))
            return []
        if outcome.kind in HOPELESS or self.is_fruitless:
            self.why = outcome.detail
        return [] if outcome.kind in HOPELESS else [(thing, answer)]

    def look_at_probe(self, answer: Answer) -> Sequence[Back[Thing]]:
        """The same, after what anybody could answer was answered or was not."""
        self.is_probed = False
        doubted, was_fruitless = self._no_longer_doubted(), self.is_fruitless
        self.unanswered.clear()
        if answer.outcome.kind in DOUBTFUL | HOPELESS:
            self.why, self.is_down = answer.outcome.detail, answer.outcome.kind in DOUBTFUL
            return []
        if was_fruitless and doubted:
            self.why = doubted[-1][1].outcome.detail
        return doubted

    def _no_longer_doubted(self) -> list[Back[Thing]]:
        doubted, self.doubted = self.doubted, []
        return doubted
