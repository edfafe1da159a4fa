"""What stands beside a dialogue on the screen, where an instrument asks for it: task, profile, history. Pure.

It is part of what is shown, and of its digest: `{"task": {"text", "translations"}, "profile": {"text", "translations"},
"history": {"items": [{"title", "verdict"}]}}`, with those parts alone that the block shows. A part of which a dialogue
has nothing is there and empty, so that every dialogue of the block looks alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from annotation.tidying import tidy

MOST_CHARACTERS: Final = 8_000
MOST_READ: Final = 20_000
"""Of a text that a file may make as long as it likes."""
MOST_ITEMS: Final = 100
MOST_OF_A_TITLE: Final = 200
VERDICTS: Final = ("like", "dislike")


@dataclass(frozen=True)
class Beside:
    """What a dialogue's files say of its user. `history` are titles with “like”, “dislike” or, where it is not known,
    nothing."""

    task: str = ""
    task_translations: Mapping[str, str] = field(default_factory=dict)
    profile: str = ""
    profile_translations: Mapping[str, str] = field(default_factory=dict)
    history: Sequence[tuple[str, str]] = ()


def beside_shown(beside: Beside, parts: Iterable[str]) -> dict[str, Any]:
    """The parts wanted, written alike for every dataset, and none longer than anybody reads.

    >>> beside_shown(Beside(task="Find  a film."), ["task"])
    {'task': {'text': 'Find a film.', 'translations': {}}}
    """
    all_parts = {
        "task": _text(beside.task, beside.task_translations),
        "profile": _text(beside.profile, beside.profile_translations),
        "history": {"items": _items(beside.history)},
    }
    return {part: all_parts[part] for part in parts}


def words_of(part: Mapping[str, Any]) -> str:
    """Everything that is read in one part.

    >>> words_of({"items": [{"title": "Heat", "verdict": "like"}, {"title": "Alien", "verdict": ""}]})
    'Heat\\nAlien'
    """
    return part["text"] if "text" in part else "\n".join(item["title"] for item in part["items"])


def _text(text: str, translations: Mapping[str, str]) -> dict[str, Any]:
    others = {language: shown for language, other in sorted(translations.items()) if (shown := _short(other))}
    return {"text": _short(text), "translations": others}


def _items(history: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    known = (
        (_short(" ".join(title[:MOST_READ].split()), MOST_OF_A_TITLE), said) for title, said in history[:MOST_ITEMS]
    )
    return [{"title": title, "verdict": said if said in VERDICTS else ""} for title, said in known if title]


def _short(text: str, most: int = MOST_CHARACTERS) -> str:
    shown = tidy(text[:MOST_READ])
    return shown if len(shown) <= most else shown[: most - 2].rstrip() + " …"
