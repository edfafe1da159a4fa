"""What a simulation would come to: how many calls, and about what they cost. Nothing is asked and nothing is kept."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from generation.checks.language import other_language
from generation.llm.money import cost
from generation.llm.record import Ask, likely_of, request_of
from generation.models import Endpoint
from generation.services.runs.simulated.settings import Matrix, SimulationSettings
from generation.simulation.conversation import Conversation, Turn
from generation.simulation.interview import QUESTIONS, asked

LIKELY_TURNS: Final = 4
USER_TOKENS, ASSISTANT_TOKENS = 104, 268
INTERVIEW_TOKENS: Final = 40
"""As in the published conversations (RecLLMSim): about four turns, and so many tokens a message."""
LOOKED_AT: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Pairs, conversations, calls, tokens; money in billionths. `most_money` with every turn and every further try.

    `foreign_scenarios` are not told in the language of the run, nor are `foreign_profiles` of those looked at.
    """

    pairs: int
    conversations: int
    calls: int
    most_calls: int
    tokens: int
    money: int
    most_money: int
    foreign_scenarios: int = 0
    foreign_profiles: int = 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def estimate(matrix: Matrix, settings: SimulationSettings) -> Estimate:
    """By conversations of the usual length over some of the pairs, with each assistant."""
    pairs = matrix.pairs(settings.count)
    step = max(1, len(matrix.profiles) // LOOKED_AT)
    tokens = money = most_money = looked_at = 0
    some = matrix.profiles[::step]
    for number, person in enumerate(some):
        situation = matrix.scenarios[number % len(matrix.scenarios)]
        talk = Conversation(settings.rules(), task=situation.text, profile=person.profile)
        for assistant in matrix.assistants:
            looked_at += 1
            likely = _course(talk, matrix.user, assistant, settings, turns=min(LIKELY_TURNS, settings.max_turns))
            tokens, money = tokens + likely[0], money + likely[1]
            most_money += _most(talk, matrix.user, assistant, settings)
    conversations = pairs * len(matrix.assistants)
    afterwards = len(QUESTIONS) if settings.interview else 0
    likely_calls = 2 * min(LIKELY_TURNS, settings.max_turns) + (settings.max_turns > LIKELY_TURNS) + afterwards
    tries = settings.retries + 1
    return Estimate(
        pairs=pairs,
        conversations=conversations,
        calls=conversations * likely_calls,
        most_calls=conversations * (2 * settings.max_turns + afterwards) * tries,
        tokens=round(tokens / looked_at * conversations),
        money=round(money / looked_at * conversations),
        most_money=round(most_money / looked_at * conversations * tries),
        foreign_scenarios=_foreign((one.text for one in matrix.scenarios), settings.language),
        foreign_profiles=_foreign((one.profile for one in some), settings.language),
    )


def _foreign(texts: Iterable[str], language: str) -> int:
    """How many of these are told in another language, as far as that can be seen."""
    return sum(bool(other_language(text, language)) for text in texts)


def _course(
    talk: Conversation, user: Endpoint, assistant: Endpoint, settings: SimulationSettings, *, turns: int
) -> tuple[int, int]:
    """Tokens and money of one conversation with messages of the usual length, the last one its end."""
    said: list[str] = []
    tokens = money = 0
    while len(said) <= 2 * turns and isinstance(turn := talk.next(said), Turn):
        endpoint, length = (user, USER_TOKENS) if turn.speaker == "user" else (assistant, ASSISTANT_TOKENS)
        request = request_of(Ask("", turn.prompt, temperature=settings.temperature), endpoint)
        amount = likely_of(request, endpoint, tokens_out=length)
        tokens, money = tokens + amount.tokens, money + amount.money
        said.append("word" * length)
    for question in QUESTIONS if settings.interview else ():
        endpoint = user if question.side == "user" else assistant
        request = request_of(Ask("", asked(talk, said, question).prompt, temperature=settings.temperature), endpoint)
        amount = likely_of(request, endpoint, tokens_out=INTERVIEW_TOKENS)
        tokens, money = tokens + amount.tokens, money + amount.money
    return tokens, money


def _most(talk: Conversation, user: Endpoint, assistant: Endpoint, settings: SimulationSettings) -> int:
    """What one conversation costs at most: every byte asked a token, every answer as long as it may be."""
    money = 0
    silent = [""] * (2 * settings.max_turns)
    for question in QUESTIONS if settings.interview else ():
        endpoint = user if question.side == "user" else assistant
        request = request_of(Ask("", asked(talk, silent, question).prompt), endpoint)
        before = settings.max_turns * (user.max_tokens + assistant.max_tokens)
        money += cost(request.most_tokens_asked() + before, request.max_tokens, endpoint.price_in, endpoint.price_out)
    for place in range(2 * settings.max_turns):
        endpoint = assistant if place % 2 else user
        turn = talk.next([""] * place)
        if not isinstance(turn, Turn):
            break
        before = (place + 1) // 2 * user.max_tokens + place // 2 * assistant.max_tokens
        request = request_of(Ask("", turn.prompt), endpoint)
        most_asked = request.most_tokens_asked() + before
        money += cost(most_asked, request.max_tokens, endpoint.price_in, endpoint.price_out)
    return money
