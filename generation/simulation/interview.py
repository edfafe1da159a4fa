"""What both sides are asked when their conversation is over, if they are: each question by itself. Pure.

The answers are no part of the dialogue. Each question is put into the conversation as the one who is asked saw it.

>>> from generation.simulation.conversation import Rules
>>> talk = Conversation(Rules(), task="Find a gift.", profile="1. Gender: Female")
>>> said = ["A gift, please.", "A book?", "Thank you, goodbye."]
>>> [asked(talk, said, one).messages[-1].role for one in QUESTIONS]
['user', 'user', 'user', 'user']
>>> says("Yes, all of it was.", "en"), says("Nothing was settled.", "en"), says("否，还没有。", "zh")
('yes', 'unclear', 'no')
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from generation.llm.exchange import Message
from generation.llm.prompts import Rendered
from generation.records import Speaker
from generation.simulation.conversation import Conversation, Turn
from generation.simulation.manners import manners_of

NAMED: Final[Mapping[Speaker, str]] = {"user": "user", "system": "assistant"}
UNCLEAR: Final = "unclear"
MARK: Final = "_interview_"
"""What the names of its prompts have in them, in any language."""
AFTER_MARKS: Final = re.compile(r"^[\W_]+")


@dataclass(frozen=True, slots=True)
class Asking:
    """What one side is asked; `decided` where the answer begins with yes or no."""

    side: Speaker
    slug: str
    decided: bool = True

    @property
    def of(self) -> str:
        """Who is asked: the user or the assistant."""
        return NAMED[self.side]

    @property
    def prompt(self) -> str:
        return f"sim_{self.of}{MARK}{self.slug}"

    @property
    def label(self) -> str:
        """Under which the yes or no is a label of the dialogue."""
        return label_of(self.of, self.slug)


QUESTIONS: Final = (
    Asking("user", "completed"),
    Asking("user", "profile", decided=False),
    Asking("system", "completed"),
    Asking("system", "human"),
)
BY_PROMPT: Final = {one.prompt: one for one in QUESTIONS}


def label_of(asked: str, about: str) -> str:
    """Under which label of a dialogue stands what somebody, the user or the assistant, says about something.

    >>> QUESTIONS[0].label
    'user_says_completed'
    """
    return f"{asked}_says_{about}"


def is_interview(prompt_name: str) -> bool:
    """Whether a prompt of this name, in any language, asks for what is no part of the dialogue."""
    return MARK in prompt_name


def question_of(prompt_name: str) -> Asking:
    return BY_PROMPT[prompt_name.partition(".")[0]]


def asked(talk: Conversation, said: Sequence[str], question: Asking) -> Turn:
    """The question, after the whole conversation as the one who is asked saw it."""
    prompt = talk.rules.prompt(question.prompt).render()
    [ending] = prompt.messages
    before = talk.seen_by(question.side, said)
    if before and before[-1].role == ending.role:
        before, ending = before[:-1], Message(ending.role, f"{before[-1].content}\n\n{ending.content}")
    return Turn(question.side, Rendered(prompt.name, prompt.version, prompt.digest, (*before, ending)))


def says(answer: str, language: str) -> str:
    """Whether an answer begins with yes or no; unclear where it does neither."""
    manners, text = manners_of(language), AFTER_MARKS.sub("", answer).casefold()
    for word, pattern in (("yes", manners.yes), ("no", manners.no)):
        if re.match(pattern, text):
            return word
    return UNCLEAR
