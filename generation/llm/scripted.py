"""The offline provider: answers like any endpoint, through the same prompts, without a network or a model. Pure.

A prompt that holds a plan (`prompts/redial_static.md`) is answered with its dialogue, one that asks for people
(`prompts/sim_profile.md`) with these, one that asks for a translation with text that looks like one; any other with a
sentence that says that it is scripted. The record of each call names the provider.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from generation.llm.exchange import Kind, Outcome, Request, likely_tokens
from generation.llm.mishaps import read_mishaps
from generation.llm.people import people_asked, write_people
from generation.llm.prompts import unfence
from generation.llm.pseudo import asked_for, pseudo_translated
from generation.llm.script import ScriptPlan, read_plan
from generation.llm.spoiling import SPOILERS, Written, spoiled

PLAIN: Final = "Ready. This answer is scripted: no model was asked."
ORDER: Final = (*SPOILERS, "cut_off", "repeated", "no_answer", "untranslated")


class ScriptedClient:
    """Deterministic by messages and seed. Each mishap befalls a dialogue with the chance that was chosen for it."""

    def __init__(self, *, mishaps: Mapping[str, Any] | None = None) -> None:
        self._mishaps = read_mishaps(mishaps or {})
        self._failed: set[bytes] = set()

    async def ask(self, request: Request) -> Outcome:
        started, begun = datetime.now(UTC), time.perf_counter()
        plan = _plan_of(request)
        seed = request.seed or 0
        digest = hashlib.sha256(f"{seed} {request.messages!r}".encode()).digest()
        random = Random(digest)  # noqa: S311 – drawn again from its seed; no secret
        befall = [slug for slug in ORDER if random.random() < self._mishaps.get(slug, 0)]
        if "no_answer" in befall and digest not in self._failed:
            self._failed.add(digest)
            return Outcome(Kind.SERVER_ERROR, status=503, detail="Scripted: no answer this time.", started=started)
        if people := people_asked(request.messages):
            written = write_people(people, self._mishaps, random)
        else:
            written = spoiled(plan, seed, befall, random) if plan else _answered(request, befall)
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


def _answered(request: Request, mishaps: Sequence[str]) -> Written:
    """What is said to a prompt without a plan."""
    whole = "\n\n".join(one.content for one in request.messages)
    text, language = unfence("text", whole), asked_for(whole)
    if text is None or language is None:
        return Written(PLAIN)
    if "untranslated" in mishaps:
        return Written(text)
    said = pseudo_translated(text, language)
    return Written(said[: len(said) // 2], "length") if "cut_off" in mishaps else Written(said)


def _plan_of(request: Request) -> ScriptPlan | None:
    found = (unfence("plan", one.content) for one in request.messages)
    text = next((text for text in found if text is not None), None)
    return None if text is None else read_plan(text)
