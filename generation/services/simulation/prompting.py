"""The conversation in which a model is asked for people: the first question, further ones, and when to begin anew."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from django.utils.translation import get_language_info

from generation.languages import name_of
from generation.llm.exchange import Message, likely_tokens
from generation.llm.prompts import Prompt, Rendered, get_prompt
from generation.simulation.profiles import Profile

FIRST: Final = "sim_profile"
FURTHER: Final = "sim_profile_continue"
NAMED_AT_ONCE: Final = 60
"""So many of those there are already are named, the latest ones: enough to be unlike, and not too long."""
NOBODY: Final = "(nobody yet)"


class Conversation:
    """What was said so far. Before it gets longer than a model can take, it begins anew with all requirements."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._said: tuple[Message, ...] = ()

    def ask(self, *, count: int, number: int, so_far: Iterable[Profile], max_tokens: int) -> Rendered:
        """The next question, with what was said before it. `number` is that of the next person, from 0."""
        named = named_briefly(so_far)
        if self._said:
            question = get_prompt(FURTHER).render(
                n=count,
                next=number + 1,
                last=self._settings["size"],
                language=language_in_words(self._settings["language"]),
                people_so_far=named,
            )
            asked = replace(question, messages=(*self._said, *question.messages))
            if tokens_of(asked.messages) + max_tokens <= self._settings["context"]:
                self._said = asked.messages
                return asked
        return self._anew(count, named)

    def answered(self, text: str) -> None:
        self._said = (*self._said, Message("assistant", text))

    def forget(self) -> None:
        """Begin anew with the next question."""
        self._said = ()

    def _anew(self, count: int, named: str) -> Rendered:
        asked = get_prompt(FIRST).render(
            n=count,
            language=language_in_words(self._settings["language"]),
            example=self._settings["example"],
            people_so_far=named,
        )
        self._said = asked.messages
        return asked


def prompts_in_use() -> list[Prompt]:
    return [get_prompt(FIRST), get_prompt(FURTHER)]


def named_briefly(profiles: Iterable[Profile]) -> str:
    """The latest of them, a line each, by what tells people apart at a glance."""
    latest = islice(reversed(list(profiles)), NAMED_AT_ONCE)
    return "\n".join(f"{one.occupation}, {one.age}, {one.gender}" for one in latest) or NOBODY


def tokens_of(messages: Iterable[Message]) -> int:
    return sum(likely_tokens(one.content) + 4 for one in messages)


def language_in_words(code: str) -> str:
    """The name of a language as a prompt says it; the code itself where it has none."""
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return name_of(code)
