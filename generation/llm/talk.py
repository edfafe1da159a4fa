"""What the scripted user and the scripted assistant of a simulated conversation say: lines of their tongue. Pure.

Everything is drawn from the seed and from what stands in the messages, so the same conversation is the same wherever
it goes on. The user knows from the beginning after how many turns it will end; the assistant knows nothing but the
messages. It is no imitation of good models: it is there so that everything around them can be tried and tested.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from generation.llm.exchange import Message
from generation.llm.prompts import get_prompt, unfence
from generation.llm.tongues import TURNS, Tongue, tongue_of, tongue_told

USER_PROMPT: Final = "sim_user"
LONGEST_TASK: Final = 45
LIKED_FIRST: Final = 0.6


@dataclass(frozen=True)
class Told:
    """What the simulated user knows: its task, who it is, and what was said so far by itself and by the other."""

    task: str
    profile: str
    own: tuple[str, ...]
    others: tuple[str, ...]
    tongue: Tongue
    trigger: str

    def random(self, seed: int, what: str) -> Random:
        """Chance that belongs to this conversation and not to a moment in it."""
        return drawn(seed, self.task, self.profile, what)


def drawn(seed: int, *said: str) -> Random:
    digest = hashlib.sha256(repr((seed, said)).encode()).digest()
    return Random(digest)  # noqa: S311 – drawn again from its seed; no secret


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
    tongue = tongue_told(text)
    triggers = tongue.trigger.findall(others[-1]) if others else []
    return Told(task, profile, own, others, tongue, triggers[-1] if triggers else tongue.goodbye)


def turns_of(who: Told, seed: int) -> int:
    """After how many turns the user will end it, as often as in the published conversations."""
    weights = TURNS
    return who.random(seed, "turns").choices(range(1, len(weights) + 1), weights)[0]


def user_answers(who: Told) -> str | None:
    """What the user says when it is asked something after the end; None where nothing of the kind is asked."""
    last = who.others[-1] if who.others else ""
    if not who.tongue.is_interview(last):
        return None
    over = bool(who.own) and who.own[-1] == who.trigger
    return who.tongue.answer(last, is_so=over, profile=who.profile)


def assistant_answers(messages: Sequence[Message], seed: int) -> str | None:
    """What the assistant says when it is asked something after the end; it cannot know, so the seed decides."""
    asked = [message.content for message in messages if message.role == "user"]
    tongue = tongue_of(asked[-1])
    if not tongue.is_interview(asked[-1]):
        return None
    return tongue.answer(asked[-1], is_so=drawn(seed, *asked).random() < LIKED_FIRST)


def user_says(who: Told, seed: int, *, turns: int) -> str:
    """The user's next message, the end included."""
    turn = len(who.own) + 1
    lines = who.tongue.lines["user"]
    if turn > turns:
        return who.trigger
    if turn == 1:
        random = who.random(seed, "opening")
        return who.tongue.joined(
            [random.choice(lines["greet"]), _about(who.task, who.tongue), random.choice(lines["ask"])]
        )
    order = _wishes(who, seed)
    if turn == turns > 2:
        return str(who.random(seed, "last").choice(lines["last"]))
    return order[(turn - 2) % len(order)]


def _wishes(who: Told, seed: int) -> list[str]:
    """What comes up between the opening and the end, in the order of this conversation; nothing twice."""
    random = who.random(seed, "wishes")
    tongue = who.tongue
    lines = tongue.lines["user"]
    likes, dislikes = (tongue.tastes(found, who.profile) for found in (tongue.likes, tongue.dislikes))
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


def _shuffled(lines: Sequence[str], random: Random) -> list[str]:
    return random.sample(list(lines), len(lines))


def _about(task: str, tongue: Tongue) -> str:
    """The task as the one whom it was given to tells it, its first sentences.

    >>> _about("You want to plan a trip. You turn to an assistant, and it suits you.", tongue_of("English"))
    'I want to plan a trip. I turn to an assistant, and it suits me.'
    >>> _about("你想学法语。你请助手帮你。", tongue_of("中文"))
    '我想学法语。我请助手帮我。'
    """
    sentences = tongue.sentences(task)
    said = sentences[:1]
    for sentence in sentences[1:]:
        if sum(map(tongue.length, (*said, sentence))) > LONGEST_TASK:
            break
        said.append(sentence)
    return tongue.first_person(tongue.joined(said))


def assistant_says(messages: Sequence[Message], seed: int) -> str:
    """The assistant's next message: a few options of the topic that the talk is about, and a question."""
    asked = [message.content for message in messages if message.role == "user"]
    tongue = tongue_of(" ".join(asked))
    lines, topic = tongue.lines["assistant"], tongue.topic(" ".join(asked))
    random = drawn(seed, *asked)
    order = drawn(seed, asked[0] if asked else "").sample(topic["options"], len(topic["options"]))
    start = 3 * (len(asked) - 1)
    options = [order[(start + place) % len(order)] for place in range(random.choice((2, 3, 3)))]
    wish = tongue.wish(asked[-1] if asked else "", random)
    lead = random.choice(lines["about"]).format(wish=wish) if wish else random.choice(lines["again"])
    listed = "\n".join(f"{number}. {option}" for number, option in enumerate(options, 1))
    begin = tongue.joined([random.choice(lines["begin"]), lead])
    return f"{begin}\n\n{listed}\n\n{tongue.joined([random.choice(lines['more']), random.choice(lines['close'])])}"
