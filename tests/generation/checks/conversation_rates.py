"""How many conversations with a planted fault each filter finds, for the table in docs/filters.md.

`python -m tests.generation.checks.conversation_rates 200` prints it, with `zh` behind it that of Chinese.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from generation.checks.conversation import Talk
from generation.checks.parsing import Said
from generation.checks.table import CONVERSATION_FILTERS, check_conversation
from generation.llm.exchange import Request
from generation.llm.mishaps import MISHAPS, Part
from generation.llm.scripted import ScriptedClient
from generation.simulation.conversation import Conversation, End, Rules
from generation.simulation.manners import manners_of
from generation.simulation.scenarios import scenarios_of
from generation.simulation.tasks import BUILT_IN, told_in
from tests.generation.checks.profiles import PROFILES

PLANTED = [one for one in MISHAPS.values() if one.part in (Part.USER, Part.ASSISTANT)]
SCENARIOS = [one for task in BUILT_IN.values() for one in scenarios_of(task)]


def talks(count: int, *, language: str = "en", **mishaps: Any) -> Iterator[Talk]:
    """Conversations of the scripted sides, over all scenarios and some profiles."""
    client, manners, profiles = ScriptedClient(mishaps=mishaps), manners_of(language), PROFILES[language]
    rules = Rules(language=language, opening=manners.opening, end_trigger=manners.end_trigger, phrases=manners.phrases)
    for seed in range(count):
        task = told_in(SCENARIOS[seed % len(SCENARIOS)], language)
        talk = Conversation(rules, task=task, profile=profiles[seed % len(profiles)])
        said: list[str] = []
        while not isinstance(turn := talk.next(said), End):
            said.append(asyncio.run(client.ask(Request(turn.messages, max_tokens=1000, seed=seed))).text)
        yield Talk([Said(*one) for one in talk.kept(said)], turn == End.SAID, 10, language)


def found_in(conversations: Iterator[Talk]) -> Counter[str]:
    """In how many of them each filter found something."""
    return Counter(code for talk in conversations for code in {one.code for one in check_conversation(talk)})


def table(count: int, language: str = "en") -> Iterator[str]:
    codes = [code for code in CONVERSATION_FILTERS if code != "A6"]
    yield f"| planted | conversations | {' | '.join(codes)} |"
    yield f"| --- |{' ---: |' * (len(codes) + 1)}"
    for slug, wanted in (("", ""), *((one.slug, one.filter) for one in PLANTED)):
        found = found_in(talks(count, language=language, **({slug: 1.0} if slug else {})))
        cells = [f"**{found[code]}**" if code == wanted else str(found[code] or "·") for code in codes]
        yield f"| {slug.replace('_', ' ') or 'no fault'} | {count} | {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in table(int(sys.argv[1]), *sys.argv[2:]))
