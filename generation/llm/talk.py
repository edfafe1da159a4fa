"""What the scripted user and the scripted assistant of a simulated conversation say: lines of `talk.toml`. Pure.

Everything is drawn from the seed and from what stands in the messages, so the same conversation is the same wherever
it goes on. The user knows from the beginning after how many turns it will end; the assistant knows nothing but the
messages. It is no imitation of good models: it is there so that everything around them can be tried and tested.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from generation.llm.exchange import Message
from generation.llm.prompts import get_prompt, unfence

USER_PROMPT: Final = "sim_user"
GOODBYE: Final = "Thank you, goodbye."
TRIGGER: Final = re.compile(r'answer with "(.+?)" and nothing else')
LIKES: Final = re.compile(r"\b(?:likes?|loves?|enjoys?|prefers?|fond of)\b ([a-z][^.;,\n]{3,120})", re.I)
DISLIKES: Final = re.compile(
    r"\b(?:dislikes?|hates?|avoids?|not (?:like|enjoy)|cannot stand|no fan of)\b ([a-z][^.;,\n]{3,120})", re.I
)
TOGETHER: Final = re.compile(r" (?:and|but|or) ")
SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?]?")
WISH: Final = re.compile(r"(?<![\w'])[a-z][a-z' -]{8,60}(?![\w'])")
LONGEST_TASK: Final = 45
LIKED_FIRST: Final = 0.6


@dataclass(frozen=True)
class Told:
    """What the simulated user knows: its task, who it is, and what was said so far by itself and by the other."""

    task: str
    profile: str
    own: tuple[str, ...]
    others: tuple[str, ...]
    trigger: str = GOODBYE

    def random(self, seed: int, what: str) -> Random:
        """Chance that belongs to this conversation and not to a moment in it."""
        return drawn(seed, self.task, self.profile, what)


def drawn(seed: int, *said: str) -> Random:
    digest = hashlib.sha256(repr((seed, said)).encode()).digest()
    return Random(digest)  # noqa: S311 – drawn again from its seed; no secret


@cache
def bank() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "talk.toml").read_text(encoding="utf-8"))


def told(messages: Sequence[Message]) -> Told | None:
    """What a simulated user was told, however it was primed; None where these messages are for somebody else."""
    steps = len(get_prompt(USER_PROMPT).messages)
    primed = 1 if messages and messages[0].role == "system" else steps
    text = "\n".join(message.content for message in messages[:primed])
    task, profile = unfence("task", text), unfence("profile", text)
    if task is None or profile is None:
        return None
    talk = messages[primed + 1 :]
    own, others = (tuple(one.content for one in talk if one.role == role) for role in ("assistant", "user"))
    triggers = TRIGGER.findall(others[-1]) if others else []
    return Told(task, profile, own, others, triggers[-1] if triggers else GOODBYE)


def turns_of(who: Told, seed: int) -> int:
    """After how many turns the user will end it, as often as in the published conversations."""
    weights = bank()["turns"]
    return who.random(seed, "turns").choices(range(1, len(weights) + 1), weights)[0]


def user_says(who: Told, seed: int, *, turns: int) -> str:
    """The user's next message, the end included."""
    turn = len(who.own) + 1
    lines = bank()["user"]
    if turn > turns:
        return who.trigger
    if turn == 1:
        random = who.random(seed, "opening")
        return " ".join([random.choice(lines["greet"]), _about(who.task), random.choice(lines["ask"])])
    order = _wishes(who, seed)
    if turn == turns > 2:
        return str(who.random(seed, "last").choice(lines["last"]))
    return order[(turn - 2) % len(order)]


def _wishes(who: Told, seed: int) -> list[str]:
    """What comes up between the opening and the end, in the order of this conversation; nothing twice."""
    random = who.random(seed, "wishes")
    lines = bank()["user"]
    likes, dislikes = (_tastes(found, who.profile) for found in (LIKES, DISLIKES))
    said = [
        template.format(like=what)
        for template, what in zip(_shuffled(lines["like"], random), _shuffled(likes, random), strict=False)
    ]
    said += [
        template.format(dislike=what)
        for template, what in zip(_shuffled(lines["dislike"], random), _shuffled(dislikes, random), strict=False)
    ]
    rest = _shuffled(lines["go_on"], random)
    first = said[:1] if said and random.random() < LIKED_FIRST else []
    return first + _shuffled([*said[len(first) :], *rest], random)


def _tastes(pattern: re.Pattern[str], profile: str) -> list[str]:
    """What somebody likes or dislikes, of several things together the first."""
    return list(dict.fromkeys(TOGETHER.split(found)[0] for found in pattern.findall(profile)))


def _shuffled(lines: Sequence[str], random: Random) -> list[str]:
    return random.sample(list(lines), len(lines))


def _about(task: str) -> str:
    """The task as the one whom it was given to tells it, its first sentences.

    >>> _about("You want to plan a trip. You turn to an assistant, and it suits you.")
    'I want to plan a trip. I turn to an assistant, and it suits me.'
    """
    sentences = [found[0].strip() for found in SENTENCE.finditer(" ".join(task.split()))]
    said = sentences[:1]
    for sentence in sentences[1:]:
        if sum(len(one.split()) for one in (*said, sentence)) > LONGEST_TASK:
            break
        said.append(sentence)
    return first_person(" ".join(said))


def first_person(text: str) -> str:
    """
    >>> first_person("You are going to cook for yourself and your friends.")
    'I am going to cook for myself and my friends.'
    """
    for pattern, words in _PERSONS:
        text = pattern.sub(words, text)
    return text


_PERSONS: Final = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"\b[Yy]ou are\b", "I am"),
        (r"\b[Yy]ou were\b", "I was"),
        (r"\b[Yy]ou aren't\b", "I'm not"),
        (r"\byourself\b", "myself"),
        (r"\bYour\b", "My"),
        (r"\byour\b", "my"),
        (r"\b(to|for|with|of|about|suits?|helps?|asks?|interests|give|join|invite) you\b", r"\1 me"),
        (r"\b[Yy]ou\b", "I"),
    )
)


def assistant_says(messages: Sequence[Message], seed: int) -> str:
    """The assistant's next message: a few options of the topic that the talk is about, and a question."""
    asked = [message.content for message in messages if message.role == "user"]
    lines, topic = bank()["assistant"], _topic(" ".join(asked))
    random = drawn(seed, *asked)
    order = drawn(seed, asked[0] if asked else "").sample(topic["options"], len(topic["options"]))
    start = 3 * (len(asked) - 1)
    options = [order[(start + place) % len(order)] for place in range(random.choice((2, 3, 3)))]
    wish = _wish(asked[-1] if asked else "", random)
    lead = random.choice(lines["about"]).format(wish=wish) if wish else random.choice(lines["again"])
    listed = "\n".join(f"{number}. {option}" for number, option in enumerate(options, 1))
    return (
        f"{random.choice(lines['begin'])} {lead}\n\n{listed}\n\n"
        f"{random.choice(lines['more'])} {random.choice(lines['close'])}"
    )


def _topic(text: str) -> Mapping[str, Any]:
    """The topic that the most words speak of, by word starts; the last one where none does."""
    topics = list(bank()["topics"].values())
    small = text.lower()
    counts = [sum(len(re.findall(rf"\b{word}", small)) for word in topic["words"]) for topic in topics]
    found: Mapping[str, Any] = topics[counts.index(max(counts))] if max(counts) else topics[-1]
    return found


def _wish(text: str, random: Random) -> str:
    """A few words of the user's to take up again."""
    found = [" ".join(one.split()[-4:]) for one in WISH.findall(text) if len(one.split()) >= 4]
    return f"“{random.choice(found)}”" if found else ""
