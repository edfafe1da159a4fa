"""How the scripted writer gets things wrong, one function a mishap, named as in `mishaps.py`. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from generation.llm.script import Line, ScriptPlan, as_text, reworded, write

ACCEPTS: Final = frozenset({"SG14", "SG15", "SG25"})
INTRODUCES: Final = frozenset({"SG01", "SG02", "SG11", "SG12", "SG13"})
LEAKS: Final = (
    "As an AI language model, I follow the plan here.",
    "My goal is to lead the conversation to the end.",
    "I decline without any specific reason, as the template says.",
)
DECLINES: Final = ("No, thank you, I do not want that one.", "No, that is not for me.")
RAMBLE: Final = "and then there is one more thing that I should not forget to mention before we go on, "
REPEATED_SEED: Final = -1

Lines = list[Line]
Spoil = Callable[[Lines, ScriptPlan, Random], Lines]


@dataclass(frozen=True)
class Written:
    text: str
    finish_reason: str = "stop"


def spoiled(plan: ScriptPlan, seed: int, mishaps: Sequence[str], random: Random) -> Written:
    """The dialogue of a plan with these things wrong with it."""
    lines = write(plan, REPEATED_SEED if "repeated" in mishaps else seed)
    for slug in mishaps:
        if slug in SPOILERS and lines:
            lines = SPOILERS[slug](lines, plan, random)
    text = as_text(lines)
    if "cut_off" in mishaps:
        return Written(text[: -random.randint(8, 20)].rstrip(" .!?") or "User", "length")
    return Written(text)


def _changed(lines: Lines, place: int, text: str) -> Lines:
    return [reworded(line, text) if number == place else line for number, line in enumerate(lines)]


def _somewhere(lines: Lines, random: Random) -> int:
    return random.randrange(len(lines))


def _where(plan: ScriptPlan, goals: frozenset[str]) -> list[int]:
    return [number for number, one in enumerate(plan.utterances) if goals & set(one.goals)]


def _garbled(lines: Lines, plan: ScriptPlan, random: Random) -> Lines:
    place = _somewhere(lines, random)
    return _changed(lines, place, f"{lines[place].text} It\u00e2\u20ac\u2122s caf\u00c3\u00a9\ufffd.")


def _leaked_slot(lines: Lines, plan: ScriptPlan, random: Random) -> Lines:
    place = _somewhere(lines, random)
    return _changed(lines, place, f"{lines[place].text} It reminds me of [USER_HIS_LIKES_1].")


def _missing_title(lines: Lines, plan: ScriptPlan, random: Random) -> Lines:
    place = random.choice(_where(plan, INTRODUCES) or [0])
    title = plan.utterances[place].item
    return _changed(lines, place, lines[place].text.replace(title, "that one")) if title else lines


def _dropped_utterance(lines: Lines, plan: ScriptPlan, random: Random) -> Lines:
    place = _somewhere(lines, random)
    return lines[:place] + lines[place + 1 :]


def _swapped_speakers(lines: Lines, plan: ScriptPlan, random: Random) -> Lines:
    place = random.randrange(max(1, len(lines) - 1))
    other = min(place + 1, len(lines) - 1)
    swapped = {place: lines[other].speaker, other: lines[place].speaker}
    return [Line(swapped.get(number, line.speaker), line.text) for number, line in enumerate(lines)]


def _long_sentence(lines: Lines, plan: ScriptPlan, random: Random) -> Lines:
    place = _somewhere(lines, random)
    return _changed(lines, place, f"Well, {RAMBLE * 5}if you see what I mean. {lines[place].text}")


def _copied_review(lines: Lines, plan: ScriptPlan, random: Random) -> Lines:
    places = [number for number, one in enumerate(plan.utterances) if len(one.review.split()) >= 12]
    if not places:
        return lines
    place = random.choice(places)
    copied = " ".join(plan.utterances[place].review.split()[:40])
    return _changed(lines, place, f"{lines[place].text} {copied.rstrip('.!?,;: ')}.")


def _early_gold(lines: Lines, plan: ScriptPlan, random: Random) -> Lines:
    due = _where(plan, frozenset({"SG11"}))
    if not plan.gold or not due or not due[0]:
        return lines
    place = random.randrange(due[0])
    return _changed(lines, place, f"{lines[place].text} And what about {plan.gold}?")


def _leaked_instruction(lines: Lines, plan: ScriptPlan, random: Random) -> Lines:
    place = _somewhere(lines, random)
    return _changed(lines, place, f"{random.choice(LEAKS)} {lines[place].text}")


def _wrong_outcome(lines: Lines, plan: ScriptPlan, random: Random) -> Lines:
    places = _where(plan, ACCEPTS)
    return _changed(lines, places[-1], random.choice(DECLINES)) if places else lines


SPOILERS: Final[Mapping[str, Spoil]] = {
    "garbled": _garbled,
    "leaked_slot": _leaked_slot,
    "missing_title": _missing_title,
    "long_sentence": _long_sentence,
    "copied_review": _copied_review,
    "early_gold": _early_gold,
    "leaked_instruction": _leaked_instruction,
    "wrong_outcome": _wrong_outcome,
    "swapped_speakers": _swapped_speakers,
    "dropped_utterance": _dropped_utterance,
}
"""In the order of doing: those that move utterances come last, so that the others find theirs."""
