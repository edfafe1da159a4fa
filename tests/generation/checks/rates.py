"""What each filter finds in dialogues without faults, and in those with a fault planted in them.

The table of docs/filters.md is printed by `python -m tests.generation.checks.rates`.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from generation.checks.duplicates import DuplicateIndex, signature
from generation.checks.findings import CheckSettings, Finding
from generation.checks.parsing import parse_dialogue
from generation.checks.table import FILTERS, check
from generation.llm.mishaps import MISHAPS, Part
from generation.reviews.plan import Plan
from tests.generation.checks.readers import plans, written

PLANTED = [one for one in MISHAPS.values() if one.part == Part.WRITER]


@dataclass
class Rates:
    """How many dialogues were looked at, and how many each filter found something in."""

    looked_at: int = 0
    found: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[str, list[Finding]]] = field(default_factory=dict)

    def count(self, raw: str, findings: Sequence[Finding]) -> None:
        self.looked_at += 1
        codes = {one.code for one in findings}
        self.found.update(codes)
        for code in codes:
            self.examples.setdefault(code, (raw, [one for one in findings if one.code == code]))


def rates(of: list[Plan], mishap: str = "") -> Rates:
    """Every dialogue is kept, so that later ones are compared with it; a repeated one comes twice."""
    counted = Rates()
    index = DuplicateIndex()
    twice = [one for one in of for _ in range(2)] if mishap == "repeated" else of
    for number, (plan, answer) in enumerate(zip(twice, written(twice, mishap), strict=True)):
        parsed = parse_dialogue(answer.text)
        findings = check(parsed, plan, finish_reason=answer.finish_reason, settings=CheckSettings(), duplicates=index)
        index.add(number, signature(said.text for said in parsed.utterances))
        if mishap != "repeated" or number % 2:
            counted.count(answer.text, findings)
    return counted


def can_befall(plan: Plan, mishap: str) -> bool:
    """Whether it can be seen: a review to copy has to be long enough, and “I” or “300” is no title for sure."""
    if mishap == "early_gold":
        return sum(map(str.isalpha, plan.gold.title)) > 1
    texts = (text for one in plan.utterances for slot, text in one.slots.items() if slot not in plan.items)
    return mishap != "copied_review" or any(len(text.split()) >= 12 for text in texts)


def table(dialogues: int) -> str:
    made = plans(dialogues)
    rows = [("no fault", "", rates(made))]
    for one in PLANTED:
        fitting = [plan for plan in made if can_befall(plan, one.slug)]
        rows.append((one.slug.replace("_", " "), one.filter, rates(fitting, one.slug)))
    head = f"| planted | dialogues | {' | '.join(FILTERS)} |\n| --- |{' ---: |' * (len(FILTERS) + 1)}"
    return "\n".join([head, *(_row(*row) for row in rows)])


def _row(name: str, wanted: str, counted: Rates) -> str:
    cells = [f"**{counted.found[code]}**" if code == wanted else str(counted.found[code] or "·") for code in FILTERS]
    return f"| {name} | {counted.looked_at} | {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(table(int(sys.argv[1]) if len(sys.argv) > 1 else 600) + "\n")
