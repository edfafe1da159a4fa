"""The offline provider: answers like any endpoint, through the same prompts, without a network or a model. Pure.

What the messages hold decides who it is: with a plan (`prompts/redial_static.md`) the writer of its dialogue, where
people are asked for (`prompts/sim_profile.md`) their inventor, where a translation is asked for somebody whose text
looks like one, with a task and a profile (`prompts/sim_user.md`) the simulated user, in a plain chat the assistant. Any
other prompt is answered with a sentence that says that it is scripted. The record of each call names the provider.
"""

import hashlib
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any, Final

from generation.llm.exchange import Kind, Message, Outcome, Request, likely_tokens
from generation.llm.listing import listed
from generation.llm.mishaps import read_ends_at, read_mishaps
from generation.llm.people import people_asked, write_people
from generation.llm.prompts import FENCED, SLOT, get_prompt, unfence
from generation.llm.pseudo import asked_for, pseudo_translated
from generation.llm.script import ScriptPlan, read_plan
from generation.llm.spoiling import SPOILERS, Written, spoiled
from generation.llm.talk import Told, assistant_answers, assistant_says, drawn, told, turns_of, user_answers, user_says
from generation.llm.talk_faults import ASSISTANT_FAULTS, USER_FAULTS, assistant_fault, user_fault
from generation.llm.tongues import tongue_of

PLAIN: Final = "Ready. This answer is scripted: no model was asked."
ORDER: Final = (*SPOILERS, "cut_off", "repeated", "no_answer", "turned_down", "untranslated")
ENDLESS: Final = 10**6


class ScriptedClient:
    """Deterministic by messages and seed. Each mishap befalls a dialogue with the chance that was chosen for it."""

    def __init__(self, *, mishaps: Mapping[str, Any] | None = None) -> None:
        self._mishaps = read_mishaps(mishaps or {})
        self._ends_at = read_ends_at(mishaps or {})
        self._failed: set[bytes] = set()

    async def ask(self, request: Request) -> Outcome:
        started, begun = datetime.now(UTC), time.perf_counter()
        seed = request.seed or 0
        digest = hashlib.sha256(f"{seed} {request.messages!r}".encode()).digest()
        random = Random(digest)  # noqa: S311 – drawn again from its seed; no secret
        befall = [slug for slug in ORDER if random.random() < self._mishaps.get(slug, 0)]
        if "no_answer" in befall and digest not in self._failed:
            self._failed.add(digest)
            return Outcome(Kind.SERVER_ERROR, status=503, detail="Scripted: no answer this time.", started=started)
        if "turned_down" in befall:
            return Outcome(Kind.REFUSED, status=400, detail="Scripted: this request is not taken.", started=started)
        written = self._written(request.messages, seed, befall, random)
        return Outcome(
            Kind.ANSWERED,
            written.text,
            written.finish_reason,
            tokens_in=request.likely_tokens_asked(),
            tokens_out=min(likely_tokens(written.text), request.max_tokens),
            seconds=time.perf_counter() - begun,
            started=started,
        )

    async def close(self) -> None:
        self._failed.clear()

    def _written(self, messages: tuple[Message, ...], seed: int, befall: list[str], random: Random) -> Written:
        if plan := _plan_of(messages):
            return spoiled(plan, seed, befall, random)
        if people := people_asked(messages):
            return write_people(people, self._mishaps, random)
        if translation := _translation(messages, befall):
            return translation
        if said := listed("\n\n".join(one.content for one in messages)):
            return Written(said)
        if who := told(messages):
            return Written(self._as_user(who, seed))
        return Written(self._as_assistant(messages, seed) if _is_chat(messages) else PLAIN)

    def _as_user(self, who: Told, seed: int) -> str:
        if answer := user_answers(who):
            return answer
        slugs = self._befalling((*USER_FAULTS, "never_ends"), seed, who.task, who.profile)
        turns = self._ends_at or turns_of(who, seed)
        fault = user_fault(slugs, who, seed=seed, turns=turns)
        return fault if fault is not None else user_says(who, seed, turns=ENDLESS if "never_ends" in slugs else turns)

    def _as_assistant(self, messages: tuple[Message, ...], seed: int) -> str:
        if answer := assistant_answers(messages, seed):
            return answer
        asked = [message.content for message in messages if message.role == "user"]
        slugs = self._befalling(ASSISTANT_FAULTS, seed, asked[0])
        fault = assistant_fault(slugs, turn=len(asked), tongue=tongue_of(" ".join(asked)), random=drawn(seed, *asked))
        return fault if fault is not None else assistant_says(messages, seed)

    def _befalling(self, slugs: Iterable[str], seed: int, *conversation: str) -> set[str]:
        """Of these mishaps those that befall this conversation, whichever message of it is asked for."""
        chances = {slug: self._mishaps[slug] for slug in slugs if slug in self._mishaps}
        return {slug for slug, chance in chances.items() if drawn(seed, *conversation, slug).random() < chance}


def _translation(messages: tuple[Message, ...], mishaps: Sequence[str]) -> Written | None:
    """What is said to a prompt that asks for a translation; None to any other."""
    whole = "\n\n".join(one.content for one in messages)
    text, language = unfence("text", whole), asked_for(whole)
    if text is None or language is None:
        return None
    if "untranslated" in mishaps:
        return Written(text)
    said = pseudo_translated(text, language)
    return Written(said[: len(said) // 2], "length") if "cut_off" in mishaps else Written(said)


def _plan_of(messages: tuple[Message, ...]) -> ScriptPlan | None:
    found = (unfence("plan", one.content) for one in messages)
    text = next((text for text in found if text is not None), None)
    return None if text is None else read_plan(text)


def _is_chat(messages: tuple[Message, ...]) -> bool:
    """Whether somebody talks here, as to any assistant, and no prompt of ours asks for something else."""
    said = [message.content for message in messages if message.role == "user"]
    return bool(said) and not FENCED.search(messages[0].content) and not _trial().fullmatch(said[0])


@cache
def _trial() -> re.Pattern[str]:
    """What an endpoint is tried with, whatever its slot holds."""
    parts = SLOT.split(get_prompt("endpoint_try").messages[0].content)
    return re.compile(".+".join(map(re.escape, parts[::2])))
