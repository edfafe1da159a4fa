"""How seven simulated people judge: by the dialogue and by their own taste, with second thoughts and doubts."""

import random
from typing import Any

from tests.journeys.person import REASONS, Person, Unit, answer

COMES_BACK = 3  # the seat of whoever goes on in another browser, in the middle of a unit
IN_A_HURRY = 5  # the seat of whoever sends everything off twice
BEST = 2


def judge_everything(person: Person) -> Person:
    """A working day, from the first unit to the last."""
    unit = person.next()
    while unit is not None:
        answers = first_answers(person, unit)
        half = len(answers) // 2
        if person.seat == COMES_BACK and half and len(person.finished) % 8 == 3:
            person.give(unit, answers[:half])
            unit = in_another_browser(person, unit)
            person.give(unit, answers[half:])
        else:
            person.give(unit, answers)
        person.give(unit, second_thoughts(person, unit, share=0.05))
        following = person.submit(unit)
        if person.seat == IN_A_HURRY:
            following = sent_off_again(person, unit, following)
        if person.draw.random() < 0.1:
            earlier = person.look_again(person.draw.choice(list(person.finished)))
            person.give(earlier, second_thoughts(person, earlier, share=0.1, at_least=1))
            person.recognise(person.look_again(earlier.data["assignment"]))
        unit = following
    return person


def first_answers(person: Person, unit: Unit) -> list[dict[str, Any]]:
    """One answer to every question, in the order asked."""
    answers = []
    for asked, place in unit.questions():
        chance = person.draw.random()
        reason = person.draw.choice(REASONS) if chance > 0.96 else ""
        answers.append(answer(asked, place, None if chance < 0.03 else opinion(person, unit, asked, place), reason))
    return answers


def second_thoughts(person: Person, unit: Unit, *, share: float, at_least: int = 0) -> list[dict[str, Any]]:
    """Another answer to a share of the questions: another value, a doubt, or a reason thought of later."""
    questions = list(unit.questions())
    changed = [one for one in questions if person.draw.random() < share] or person.draw.sample(questions, at_least)
    return [
        answer(asked, place, person.draw.choice([*values_of(asked), None]), person.draw.choice(["", *REASONS]))
        for asked, place in changed
    ]


def in_another_browser(person: Person, unit: Unit) -> Unit:
    """The same link on another device: the same unit, half answered."""
    person.open_browser()
    again = person.next()
    assert again is not None
    assert (again.data["assignment"], again.seen, again.position) == (
        unit.data["assignment"],
        unit.seen,
        unit.position,
    )
    person.recognise(again)
    return again


def sent_off_again(person: Person, unit: Unit, following: Unit | None) -> Unit | None:
    """A submission repeated because its reply was not heard: the next unit is the same."""
    again = person.submit(unit, again=True)
    if following is None or again is None:
        assert following is again
    else:
        assert again.data["assignment"] == following.data["assignment"]
    return again


def opinion(person: Person, unit: Unit, asked: dict[str, Any], place: int) -> int:
    """What everybody would say of it, give or take a person's taste; the later collection is a little better."""
    if unit.data["pair"]:
        left, right = (merit(original.name) + 0.25 * ("sim" in original.dataset) for original in unit.seen)
        return 1 if left - right + person.draw.gauss(0.05, 0.3) > 0 else 2
    (original,) = unit.seen
    level = merit(f"{original.name}/{place}/{asked['key']}") * 1.6 + merit(original.name) + person.draw.gauss(0, 0.45)
    return min(max(round(level), 0), BEST)


def merit(of: str) -> float:
    return random.Random(of).random()


def values_of(asked: dict[str, Any]) -> list[int]:
    return [option["value"] for option in asked["options"]]
