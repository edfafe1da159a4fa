"""A conversation between a simulated user and an assistant: whom to ask next, and with which messages. Pure.

Nothing is remembered between two questions: what was said so far decides, so that whoever goes on with a conversation
that somebody else began asks exactly what the other would have asked.

>>> talk = Conversation(Rules(max_turns=2), task="Find a gift.", profile="1. Gender: Female")
>>> first = talk.next([])
>>> first.speaker, first.messages[-1].content
('user', 'Hello! What can I do for you?')
>>> talk.next(["A gift, please."]).messages
(Message(role='user', content='A gift, please.'),)
>>> talk.next(["A gift, please.", "A book?", "Thank you, goodbye."]), talk.next(["Hi", "Yes?", "Hm", "So?"])
(<End.SAID: 'said'>, <End.CAPPED: 'capped'>)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from generation.llm.exchange import Message
from generation.llm.prompts import Prompt, Rendered, prompt_in
from generation.records import Speaker
from generation.simulation.manners import manners_of

USER_PROMPT: Final = "sim_user"
END_PROMPT: Final = "sim_end_command"
ASSISTANT_PROMPT: Final = "sim_assistant"
ENGLISH: Final = manners_of("en")
MOST_TURNS: Final = 10


class Priming(StrEnum):
    """How the simulated user is told who it is: step by step, each acknowledged, or in one system message."""

    SYSTEM = "system"
    STEPWISE = "stepwise"


class End(StrEnum):
    """How a conversation came to its end: the user said so, or there were as many turns as there may be."""

    SAID = "said"
    CAPPED = "capped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for all conversations of a run.

    A turn is a message of the user with its answer. A message of the user that holds all `phrases`, in any case, is
    the end; it is no part of the dialogue. `guided` gives the assistant a system message. `language` is a code.
    """

    max_turns: int = MOST_TURNS
    priming: Priming = Priming.SYSTEM
    guided: bool = False
    language: str = "en"
    opening: str = ENGLISH.opening
    end_trigger: str = ENGLISH.end_trigger
    phrases: tuple[str, ...] = ENGLISH.phrases

    def ends(self, message: str) -> bool:
        """
        >>> Rules().ends("THANK YOU so much, and goodbye!"), Rules().ends("Thank you!")
        (True, False)
        """
        said = message.casefold()
        return all(phrase.casefold() in said for phrase in self.phrases)

    def prompt(self, name: str) -> Prompt:
        """The prompt of this name in the language that is spoken."""
        return prompt_in(name, self.language)


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody is to say something: who, and the messages that tell them what was said so far, as they see it."""

    speaker: Speaker
    prompt: Rendered

    @property
    def messages(self) -> tuple[Message, ...]:
        return self.prompt.messages


@dataclass(frozen=True)
class Conversation:
    rules: Rules
    task: str
    profile: str

    def next(self, said: Sequence[str]) -> Turn | End:
        """After these messages, the user's and the assistant's in turn."""
        if len(said) % 2:
            return End.SAID if self.rules.ends(said[-1]) else Turn("system", self._to_assistant(said))
        if len(said) >= 2 * self.rules.max_turns:
            return End.CAPPED
        return Turn("user", self._to_user(said))

    def length(self, said: Sequence[str]) -> int | None:
        """After how many of these messages it was over; None while it is not. What follows is no part of it."""
        most = 2 * self.rules.max_turns
        ends = (place + 1 for place in range(0, min(len(said), most), 2) if self.rules.ends(said[place]))
        return next(ends, most if len(said) >= most else None)

    def kept(self, said: Sequence[str]) -> list[tuple[Speaker, str]]:
        """The dialogue: who said what, without the message that ended it, so that the assistant has the last word."""
        whole = said[: len(said) - len(said) % 2]
        return [("system" if place % 2 else "user", text) for place, text in enumerate(whole)]

    def seen_by(self, speaker: Speaker, said: Sequence[str]) -> tuple[Message, ...]:
        """The whole conversation as one side saw it; what the user ended it with, the assistant did not."""
        if speaker == "user":
            return self._to_user(said).messages
        return self._to_assistant(said[: len(said) - len(said) % 2]).messages

    def _to_user(self, said: Sequence[str]) -> Rendered:
        """As the simulated user sees it: the assistant is the one who writes to it, and reminds it how to end."""
        primed = self._priming
        messages = [*primed.messages, Message("user", self.rules.opening)]
        for place, text in enumerate(said):
            messages.append(
                Message("user", f"{text}\n\n{self.end_command}") if place % 2 else Message("assistant", text)
            )
        return Rendered(primed.name, primed.version, primed.digest, tuple(messages))

    def _to_assistant(self, said: Sequence[str]) -> Rendered:
        """As the assistant sees it: no trace of task, profile, opening or end command."""
        talk = tuple(Message("assistant" if place % 2 else "user", text) for place, text in enumerate(said))
        if not self.rules.guided:
            return Rendered("", 0, "", talk)
        guide = self.rules.prompt(ASSISTANT_PROMPT).render()
        return Rendered(guide.name, guide.version, guide.digest, (*guide.messages, *talk))

    @cached_property
    def end_command(self) -> str:
        return self.rules.prompt(END_PROMPT).render(end_trigger=self.rules.end_trigger).messages[0].content

    @cached_property
    def _priming(self) -> Rendered:
        language = manners_of(self.rules.language).name
        steps = self.rules.prompt(USER_PROMPT).render(language=language, task=self.task, profile=self.profile)
        if self.rules.priming == Priming.STEPWISE:
            return steps
        told = "\n\n".join(message.content for message in steps.messages if message.role == "user")
        return Rendered(steps.name, steps.version, steps.digest, (Message("system", told),))
