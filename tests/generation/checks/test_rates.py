"""Every planted fault is found under its code, and nothing in what has none: with titles that are easily mistaken."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from generation.checks.outcome import outcome
from generation.llm.mishaps import Mishap
from tests.generation.checks.rates import PLANTED, can_befall, rates
from tests.generation.checks.readers import TITLES, plans


def test_no_clean_dialogue_has_a_finding() -> None:
    made = plans(500)
    assert {item.title for plan in made for item in plan.items.values()} == set(TITLES)
    counted = rates(made)
    assert counted.looked_at == 500
    assert not counted.found, counted.examples


@pytest.mark.parametrize("mishap", PLANTED, ids=lambda mishap: mishap.slug)
def test_every_planted_fault_is_found(mishap: Mishap) -> None:
    fitting = [plan for plan in plans(60) if can_befall(plan, mishap.slug)]
    counted = rates(fitting, mishap.slug)
    assert counted.looked_at == len(fitting) > 30
    assert counted.found[mishap.filter] == counted.looked_at


@pytest.mark.shared_data
def test_what_people_were_found_to_accept_or_reject_is_seldom_called_the_opposite(shared_data: Path) -> None:
    """IARD's annotators say what seekers did; the rules say nothing of most, and the opposite of 1 in 100 at most."""
    path = shared_data / "iard" / "umap2020_IARD_Cai.json.gz"
    said: Counter[tuple[str, str]] = Counter()
    for conversation in json.loads(gzip.decompress(path.read_bytes())).values():
        for one in conversation["dialogue_info"].values():
            intents = set(one["sub-intent/action"]) & {"ACC", "REJ"}
            if one["role"] == "seeker" and len(intents) == 1:
                judged = outcome(re.sub(r"@\d+ <([^<>]*)>", r"\1", one["utterance_text"]))
                said[intents.pop(), judged[0] if judged else ""] += 1
    accepted = sum(count for (intent, _), count in said.items() if intent == "ACC")
    rejected = sum(count for (intent, _), count in said.items() if intent == "REJ")
    assert (accepted, rejected) > (350, 200)
    assert said["ACC", "rejects"] <= accepted / 100
    assert said["REJ", "accepts"] <= rejected / 100
    assert said["ACC", "accepts"] > accepted / 4
    assert said["REJ", "rejects"] > rejected / 3
