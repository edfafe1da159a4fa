"""What can be set about a run in which simulated users talk to assistants."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _

from generation.checks.table import CONVERSATION_FILTERS, Filter
from generation.models import Endpoint, RunPart
from generation.records import PersonRecord
from generation.services.runs.settings import Parts, RunError, RunSettings, digest_of, frozen, rejecting_of
from generation.simulation.conversation import (
    ASSISTANT_PROMPT,
    END_PROMPT,
    MOST_TURNS,
    USER_PROMPT,
    Priming,
    Rules,
)
from generation.simulation.interview import QUESTIONS
from generation.simulation.manners import manners_of

REJECTING: Final = rejecting_of(CONVERSATION_FILTERS)
ROLE_CHECK: Final = "Q8"
MOST_SCENARIOS: Final = 500
MOST_PROFILES: Final = 20_000
MOST_PAIRS: Final = 500_000
MOST_ASSISTANTS: Final = 12
LONGEST_LINE: Final = 200
MAX_TURNS: Final = 50
TEMPERATURE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A scenario as a run has it: its id in the dataset, the task it is of, and all its words."""

    id: str
    task: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationSettings(RunSettings):
    """`count` pairs of a scenario and a profile are drawn (None: all); each goes through every assistant.

    The rest is as `Rules` says; opening, end and phrases that are left empty become those of the language.
    `temperature` is that of both sides; None leaves it to each endpoint. With `interview`, both sides are asked a few
    questions when a conversation is over.
    """

    filters: ClassVar[Mapping[str, Filter[Any]]] = CONVERSATION_FILTERS

    count: int | None = None
    max_turns: int = MOST_TURNS
    priming: str = Priming.SYSTEM.value
    guided: bool = False
    interview: bool = False
    temperature: float | None = TEMPERATURE
    opening: str = ""
    end_trigger: str = ""
    phrases: Sequence[str] = ()
    rejecting: Sequence[str] = REJECTING

    def __post_init__(self) -> None:
        RunSettings.__post_init__(self)
        self._fill_in()
        if self.count is not None and self.count < 1:
            raise RunError(_("Ask for one pair of a scenario and a profile, or more."))
        if not 1 <= self.max_turns <= MAX_TURNS:
            raise RunError(_("Let a conversation have 1 to %(most)s turns.") % {"most": MAX_TURNS})
        if self.priming not in tuple(Priming):
            raise RunError(_("The simulated user is told who it is in one message, or step by step."))
        if self.temperature is not None and not 0 <= self.temperature <= 2:
            raise RunError(_("A temperature lies between 0 and 2."))
        self._check_words()

    def _fill_in(self) -> None:
        manners = manners_of(self.language)
        for name in ("opening", "end_trigger", "phrases"):
            if not getattr(self, name):
                object.__setattr__(self, name, getattr(manners, name))

    def _check_words(self) -> None:
        phrases = [phrase for phrase in self.phrases if phrase.strip()]
        if not phrases:
            raise RunError(_("Name at least one phrase by which the user ends a conversation."))
        if not all(phrase.casefold() in self.end_trigger.casefold() for phrase in phrases):
            raise RunError(
                _("The words that end a conversation, “%(trigger)s”, do not hold each of: %(phrases)s.")
                % {"trigger": self.end_trigger, "phrases": ", ".join(phrases)}
            )
        for line in (self.opening, self.end_trigger):
            if not line.strip() or len(line) > LONGEST_LINE or not line.isprintable():
                raise RunError(
                    _("The opening and the words that end a conversation have one line, 1 to %(most)s characters.")
                    % {"most": LONGEST_LINE}
                )

    def codes(self) -> list[str]:
        return [*RunSettings.codes(self), ROLE_CHECK]

    def funnel(self) -> list[str]:
        """As for all runs, and at its end a person's look at the roles."""
        return [*RunSettings.funnel(self), ROLE_CHECK]

    def rules(self) -> Rules:
        return Rules(
            max_turns=self.max_turns,
            priming=Priming(self.priming),
            guided=self.guided,
            language=self.language,
            opening=self.opening,
            end_trigger=self.end_trigger,
            phrases=tuple(self.phrases),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """What is crossed: scenarios, profiles (of a pool), assistants; and who plays the user."""

    scenarios: Sequence[Situation]
    profiles: Sequence[PersonRecord]
    pool: str
    user: Endpoint
    assistants: Sequence[Endpoint]

    def __post_init__(self) -> None:
        _check_amount(self.scenarios, MOST_SCENARIOS, _("scenarios"))
        _check_amount(self.profiles, MOST_PROFILES, _("profiles"))
        _check_amount(self.assistants, MOST_ASSISTANTS, _("assistants"))
        _check_once((one.id for one in self.scenarios), _("scenarios"))
        _check_once((one.external_id for one in self.profiles), _("profiles"))
        if len(self.scenarios) * len(self.profiles) > MOST_PAIRS:
            raise RunError(_("That is more than %(most)s pairs; take fewer.") % {"most": f"{MOST_PAIRS:,}"})

    @property
    def parts(self) -> Parts:
        plays = RunPart.Plays
        return [(plays.USER, self.user), *((plays.ASSISTANT, one) for one in self.assistants)]

    def pairs(self, count: int | None) -> int:
        """How many pairs of a scenario and a profile there will be."""
        there = len(self.scenarios) * len(self.profiles)
        return there if count is None else min(count, there)


def frozen_with(settings: SimulationSettings, matrix: Matrix) -> dict[str, Any]:
    """What is frozen of a run. The profiles are frozen as the people of its dataset; here stands their digest."""
    names = [USER_PROMPT, END_PROMPT, *([ASSISTANT_PROMPT] if settings.guided else [])]
    names += [one.prompt for one in QUESTIONS] if settings.interview else []
    prompts = [settings.rules().prompt(name).name for name in names]
    profiles = {one.external_id: one.profile for one in matrix.profiles}
    return frozen(
        settings,
        matrix.parts,
        prompts,
        scenarios=[{"id": one.id, "task": one.task, "text": one.text} for one in matrix.scenarios],
        profiles={"pool": matrix.pool, "count": len(profiles), "digest": digest_of(profiles)},
    )


def situations_of(said: Mapping[str, Any]) -> dict[str, Situation]:
    """The scenarios of a run, by id."""
    return {one["id"]: Situation(**one) for one in said["scenarios"]}


def _check_amount(some: Sequence[object], most: int, what: str) -> None:
    if not some:
        raise RunError(_("Choose at least one of the %(what)s.") % {"what": what})
    if len(some) > most:
        raise RunError(
            _("%(count)s %(what)s are too many; take at most %(most)s.")
            % {
                "count": len(some),
                "what": what,
                "most": most,
            }
        )


def _check_once(names: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise RunError(_("Two of the %(what)s are called “%(name)s”.") % {"what": what, "name": name})
        seen.add(name)
