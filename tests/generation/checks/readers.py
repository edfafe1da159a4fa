"""Invented readers and film-goers with awkward titles, and the dialogues that the script writes for them."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import islice
from random import Random

from generation.llm.exchange import Outcome, Request
from generation.llm.prompts import get_prompt
from generation.llm.scripted import ScriptedClient
from generation.reviews.grammar import BUILT_IN
from generation.reviews.material import PlanSettings
from generation.reviews.plan import Plan, Planner
from generation.reviews.reviewers import OtherReview, Reviewed, Reviewer

TITLES = (
    *("It", "Up", "Her", "Alien", "Aliens", "Alien: Covenant", "Toy Story", "Toy Story 2 (1999)", "1917", "300"),
    *("Matrix, The (1999)", "The Good, the Bad and the Ugly", "Ocean's Eleven", "M*A*S*H", "WALL·E", "Se7en"),
    *("The Goal", "Templates for the Solution of Problems", "Tom & Huck", "What's Up, Doc?", "Amélie", "七人の侍"),
    *("Kitchen Knife Set, 8 Pieces with Block (Black)", "[REC]", "Dune: Part Two", "No Country for Old Men"),
    *("Star Wars: Episode IV - A New Hope (1977) [DVD]", "I", "Don't Look Now", "Never Let Me Go", "Oh, God!"),
    *("The Curious Incident of the Dog in the Night-Time", "Rocky", "Rocky II", "Malcolm X", "Speed", "Lost"),
)
SUBJECTS = (
    "the story",
    "the second half",
    "the music",
    "the cast",
    "the ending",
    "the pace",
    "every chapter",
    "the humour",
)
GOOD = ("carried me along", "moved me to tears", "surprised my whole family", "felt honest and warm", "never let go")
BAD = ("dragged on for hours", "made no sense to anybody", "bored even my patient sister", "felt cheap and careless")
ENDS = (
    "so we talked about it for days.",
    "and I told my neighbours.",
    "which I did not expect at all.",
    "as one would hope.",
)


def review(random: Random, good: bool) -> str:
    """Some sentences that are seldom the same twice."""
    said = (
        f"{random.choice(SUBJECTS).capitalize()} {random.choice(GOOD if good else BAD)} and {random.choice(SUBJECTS)} "
        f"{random.choice(GOOD if good else BAD)}, {random.choice(ENDS)}"
        for _ in range(random.randint(2, 5))
    )
    return " ".join(said)


def reader(number: int) -> Reviewer:
    random = Random(number)
    chosen = random.sample(range(len(TITLES)), 9)
    items = [
        Reviewed(item_id=str(item), title=TITLES[item], text=review(random, good=place not in (3, 4, 5)), time=place)
        for place, item in enumerate(chosen)
    ]
    return Reviewer(user=f"r{number}", likes=tuple(items[:3]), dislikes=tuple(items[3:6]), might_likes=tuple(items[6:]))


@cache
def others() -> dict[str, list[OtherReview]]:
    random = Random("others")
    return {
        str(item): [
            OtherReview(
                author=f"o{item}-{number}", rating=5 if number % 2 else 1, text=review(random, bool(number % 2))
            )
            for number in range(6)
        ]
        for item in range(len(TITLES))
    }


def plans(count: int) -> list[Plan]:
    """Plans of so many dialogues, of every kind of template."""
    planner = Planner(BUILT_IN.values(), PlanSettings(domain="Movies", seed=7))
    made = (one for number in range(count) for one in planner.plans(reader(number), others()) if isinstance(one, Plan))
    return list(islice(made, count))


def written(plans: list[Plan], mishap: str = "") -> list[Outcome]:
    """What the scripted writer answers, with one thing wrong in every dialogue if a mishap is named."""
    client = ScriptedClient(mishaps={mishap: 1.0} if mishap else {})

    async def ask() -> list[Outcome]:
        return [await client.ask(request(plan, number)) for number, plan in enumerate(plans)]

    with ThreadPoolExecutor(1) as apart:  # a browser test before this one leaves its loop running in our thread
        return apart.submit(asyncio.run, ask()).result()


def request(plan: Plan, seed: int) -> Request:
    rendered = get_prompt("redial_static").render(
        domain=plan.domain,
        n_utterances=len(plan.utterances),
        max_words=60,
        language="English",
        plan=json.dumps(plan.to_json(), ensure_ascii=False),
    )
    return Request(messages=rendered.messages, max_tokens=4_000, seed=seed)
