"""From texts to phrases: what a model answered, what ready rules find, and what two phrases have in common. Pure."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

MOST: Final = 5
"""Phrases of one conversation, as the paper asks for."""
MOST_WORDS: Final = 6
LONGEST: Final = 60
LIST: Final = re.compile(r"\[.*\]", re.DOTALL)
SAYS: Final = re.compile(
    r"\b(?:i(?:'m| am| was)? ?(?:also |really |especially |particularly |mostly )*"
    r"(?:like|love|enjoy|prefer|want|need|avoid|hate|dislike|into|interested in|looking for|fond of|allergic to)"
    r"|i'd (?:like|love|prefer)|would (?:like|love|prefer)|prefer|interested in|interest in|looking for"
    r"|a fan of|passion for|don't like|not into)\s+(?:to (?:have|find|get|see|try|learn|make|visit|explore|do|go) )?"
    r"([^.,;:!?()\n]{3,80})",
    re.IGNORECASE,
)
DISLIKES: Final = re.compile(r"\b(?:avoids?|hates?|dislikes?|don't like|not into|allergic to)\b", re.IGNORECASE)
CUT: Final = re.compile(
    r"\b(?:and|but|because|so|that|which|who|when|where|while|since|if|as|for|with|in|on|at|to|from|during)\b"
)
BEFORE: Final = re.compile(
    r"^(?:(?:a|an|the|some|any|more|my|your|our|this|these|those|something|anything|few|lot|lots|of|bit|very|really|"
    r"also|to|it|me|you|know|help|enjoys?|loves?|likes?|prefers?|dislikes?|hates?|avoids?)\s+)+",
    re.IGNORECASE,
)
VAGUE: Final = re.compile(
    r"^(?:idea|fact|sure|be|way|thought|prospect|sound|complete|refine|dive|prepare|or|if|how|what)\b"
)


class Found(NamedTuple):
    """A phrase, and the number of the utterance that it was found in (from 1), if any was."""

    words: str
    utterance: int | None = None


class AnswerError(Exception):
    """Why an answer cannot be read, in words."""


def comparable(words: str) -> str:
    """A phrase as it is counted: lower case, single spaces, no marks around it.

    >>> comparable("  Budget-Friendly   Hotels. ")
    'budget-friendly hotels'
    """
    return " ".join(words.lower().split()).strip(" .,;:!?\"'“”‘’()[]*_-")[:100]


def read_answer(answer: str, utterances: Iterable[int]) -> list[Found]:
    """The phrases of a model's answer: a JSON list of objects with `phrase` and `utterance`, or of texts.

    Phrases that are none, or that name an utterance that is not among these, are left out. Raises AnswerError where
    nothing can be read, or nothing of what was read is a phrase.

    >>> read_answer('Sure: [{"phrase": "Calm films", "utterance": 1}, {"phrase": "noise", "utterance": 9}]', [1, 3])
    [Found(words='Calm films', utterance=1)]
    """
    listed = LIST.search(answer)
    try:
        said = json.loads(listed[0]) if listed else None
    except ValueError:
        said = None
    if not isinstance(said, list):
        raise AnswerError("The answer is no JSON list of phrases.")
    known = set(utterances)
    found = list(_phrases(said, known))
    if said and not found:
        raise AnswerError("Nothing in the list is a short phrase with the number of one of the user's messages.")
    return found[:MOST]


def _phrases(said: Sequence[Any], known: set[int]) -> Iterable[Found]:
    seen = set()
    for one in said:
        words, where = (one.get("phrase"), one.get("utterance")) if isinstance(one, dict) else (one, None)
        if not isinstance(words, str) or not is_phrase(words) or comparable(words) in seen:
            continue
        if where is not None and (not isinstance(where, int) or where not in known):
            continue
        seen.add(comparable(words))
        yield Found(" ".join(words.split()), where)


def is_phrase(words: str) -> bool:
    """Whether this is short enough to name something, and has a letter.

    >>> is_phrase("calm films"), is_phrase("I would like to see a film that is calm"), is_phrase("!")
    (True, False, False)
    """
    text = comparable(words)
    return 0 < len(text) <= LONGEST and len(text.split()) <= MOST_WORDS and any(map(str.isalpha, text))


def found_by_rules(messages: Sequence[tuple[int, str]]) -> list[Found]:
    """What a user says to like, want or avoid, by ready rules: (number, text) of their messages.

    >>> found_by_rules([(1, "I love calm films about food. I'm looking for something new."), (3, "Thanks!")])
    [Found(words='calm films about food', utterance=1)]
    """
    found: dict[str, Found] = {}
    for number, text in messages:
        for said in SAYS.finditer(text):
            words = _shortened(said[1], said[0])
            if is_phrase(words):
                found.setdefault(comparable(words), Found(words, number))
    return list(found.values())[:MOST]


def entry_phrases(text: str) -> list[str]:
    """The phrases of a profile's entry, by ready rules: what stands between its commas.

    >>> entry_phrases("Enjoys exotic and unique cuisines, loves seafood; dislikes meat.")
    ['exotic', 'unique cuisines', 'seafood', 'no meat']
    """
    parts = (_shortened(part, part, cut=False) for part in re.split(r"[,;.]| and | but ", text))
    return list(dict.fromkeys(part.lower() for part in parts if is_phrase(part)))[:MOST]


def _shortened(words: str, said_as: str, *, cut: bool = True) -> str:
    """Four words at most, without those that lead to them; “no” before what is disliked."""
    said = BEFORE.sub("", words.strip())
    if cut:
        said = CUT.split(said)[0]
    kept = said.split()[:4]
    while kept and kept[-1].lower() in _words("stop"):
        kept.pop()
    phrase = " ".join(kept)
    if not phrase or phrase.lower() in _words("nothing") or VAGUE.match(phrase.lower()):
        return ""
    return f"no {phrase}" if DISLIKES.search(said_as) and not phrase.lower().startswith("no ") else phrase


def stems(phrase: str) -> tuple[str, ...]:
    """The words of a phrase that carry its meaning, cut to what forms of one word have in common, sorted.

    >>> stems("Visiting art galleries") == stems("art gallery visit")
    True
    """
    words = re.findall(r"[^\W_]+", phrase.lower())
    telling = [word for word in words if word not in _words("stop")] or words
    return tuple(sorted(set(map(_stem, telling))))


def _stem(word: str) -> str:
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: len(word) - len(ending)] + instead
            break
    return word.rstrip("e") if len(word) > 4 else word


def said_in(words: str, messages: Sequence[tuple[int, str]]) -> int | None:
    """The number of the first message that says a phrase: every word of it, in whatever form.

    >>> said_in("art galleries", [(1, "Hello"), (3, "I visit every art gallery.")])
    3
    """
    wanted = set(stems(words))
    return next((number for number, text in messages if wanted and wanted <= set(stems(text))), None)


def entry_of(task: str) -> str:
    """The field of a profile whose phrases are merged into those of a task; empty where there is none.

    >>> entry_of("new travel planning"), entry_of("preparing gifts")
    ('travel', '')
    """
    words = task.lower()
    return next((one["field"] for one in _rules()["entry"] if any(word in words for word in one["words"])), "")


@cache
def _words(of: str) -> frozenset[str]:
    return frozenset(_rules()["words"][of].split())


@cache
def _rules() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
