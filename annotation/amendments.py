"""What changed between two protocols of one study, in words, and what of it may change while people judge. Pure.

May change: words that do not change what an answer means, how long one may rest, a later deadline, more annotators.
Whatever is not listed here may not, so that a key that is added to protocols one day is refused until somebody thought
about it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from annotation.protocol import Protocol, moment, to_dict
from annotation.toml_reader import quoted
from generation.wording import gettext_noop, worded

Path = tuple[str, ...]
Allowed = Callable[[Any, Any], str]

IDENTITIES: Final[Mapping[str, str]] = {
    "instrument": "slug",
    "criterion": "key",
    "option": "value",
    "sample": "dataset",
}
"""By which of its keys an entry of a list is the same before and after. Blocks are known by their number."""


@dataclass(frozen=True)
class Change:
    """One thing that differs: `place` and `what` name it for people, `path` and the `keys` of the entries passed on the
    way for programs. `refusal` says why it may not be amended."""

    path: Path
    keys: tuple[str, ...]
    place: str
    what: str
    before: Any
    after: Any
    refusal: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As it is stored with an amendment."""
        data = {**asdict(self), "path": list(self.path), "keys": list(self.keys)}
        del data["refusal"]
        return data


NO_DEADLINE: Final = worded(
    "A deadline can only be moved back: people were told of none. To end earlier, close the study."
)


def _words(before: Any, after: Any) -> str:
    return ""


def _never_empty(before: Any, after: Any) -> str:
    return "" if after else worded("It cannot be left empty.")


def _more_annotators(before: int, after: int) -> str:
    if after > before:
        return ""
    return worded(
        "Places that were promised cannot be taken away; %(before)d or more is possible. To end earlier, close it.",
        before=before,
    )


def _later(before: str, after: str) -> str:
    if not after or (before and moment(after) >= moment(before)):
        return ""
    if before:
        return worded(
            "A deadline can only be moved back: people were told a later one. To end earlier, close the study."
        )
    return NO_DEADLINE


ALLOWED: Final[Mapping[Path, Allowed]] = {
    ("title",): _never_empty,
    ("guidelines",): _words,
    ("consent",): _words,
    ("completion_code",): _words,
    ("lease_minutes",): _words,
    ("deadline",): _later,
    ("block", "name"): _never_empty,
    ("block", "annotators"): _more_annotators,
    ("instrument", "version"): _words,
    ("instrument", "title"): _never_empty,
    ("instrument", "description"): _words,
    ("instrument", "criterion", "title"): _never_empty,
    ("instrument", "criterion", "question"): _never_empty,
    ("instrument", "criterion", "option", "label"): _never_empty,
    ("instrument", "criterion", "option", "anchor"): _words,
    ("instrument", "criterion", "option", "rest_label"): _never_empty,
}
"""What may change, and the function that says why this very change may not after all."""

REASONS: Final[Mapping[Path, str]] = {
    ("slug",): worded("The address of an open study stays as it is: it stands in exports and other studies name it."),
    ("language",): worded(
        "What people read so far was in the other language; answers to both would be mixed."
        " Copy the study and change the copy."
    ),
    ("seed",): worded("Samples, orders and sides were drawn from it. Copy the study and change the copy."),
    ("leaves_out",): worded(
        "The dialogues are drawn, and the study shows those that were drawn. Copy the study and change the copy."
    ),
    ("block",): worded(
        "What was judged so far is judged in these blocks, in this order. Copy the study and change the copy."
    ),
    ("block", "target"): worded(
        "Its dialogues or pairs are laid out, and some may be judged. Copy the study and change the copy."
    ),
    ("block", "instruments"): worded(
        "Units that are finished would lack the answers, or have some nobody asks for."
        " Copy the study and change the copy."
    ),
    ("block", "design"): worded(
        "Who judges what was laid out for the design when the study opened. Copy the study and change the copy."
    ),
    (
        "block",
        "sample",
    ): worded(
        "The dialogues are drawn, and their probabilities with them."
        " For more of them, copy the study and change the copy."
    ),
    ("block", "pairing"): worded(
        "The pairs are drawn, and their probabilities with them. For more of them, copy the study and change the copy."
    ),
    ("block", "merge_turns"): worded(
        "What is shown would differ from what was shown to those who have judged. Copy the study and change the copy."
    ),
    ("block", "reveal"): worded(
        "Later judges would see the dialogues in another way than the earlier ones. Copy the study and change the copy."
    ),
    ("block", "carry_over"): worded("The dialogues are drawn. Copy the study and change the copy."),
    ("block", "ties"): worded(
        "A choice that was forced is another answer than one that was free. Copy the study and change the copy."
    ),
    ("block", "seed"): worded(
        "The block's sample, orders and sides were drawn from it. Copy the study and change the copy."
    ),
    ("instrument",): worded(
        "Units that are finished would lack the answers, or have some nobody asks for."
        " Copy the study and change the copy."
    ),
    ("instrument", "context"): worded(
        "Who judged before saw the dialogue with other things beside it. Copy the study and change the copy."
    ),
    (
        "instrument",
        "criterion",
    ): worded(
        "Units that are finished would lack its answers, or have some nobody asks for."
        " Copy the study and change the copy."
    ),
    ("instrument", "criterion", "target"): worded(
        "It would ask of something else than what was answered. Copy the study and change the copy."
    ),
    ("instrument", "criterion", "scale"): worded(
        "Answers on two scales cannot be put together. Copy the study and change the copy."
    ),
    ("instrument", "criterion", "decimals"): worded(
        "Answers on two scales cannot be put together. Copy the study and change the copy."
    ),
    ("instrument", "criterion", "option"): worded(
        "Who answered before had other answers to choose from. Copy the study and change the copy."
    ),
    ("instrument", "criterion", "option", "key"): worded(
        "Hands that know the keys would give another answer. Copy the study and change the copy."
    ),
}
"""Why something may not change: the reason of the longest path that fits."""

DEFAULT_REASON: Final = worded(
    "What was judged before and after would not be the same. Copy the study and change the copy."
)
NAMES: Final[Mapping[str, str]] = {
    "annotators": gettext_noop("number of annotators"),
    "lease_minutes": gettext_noop("minutes before unfinished work goes back"),
    "completion_code": gettext_noop("completion code"),
    "merge_turns": gettext_noop("merging of turns"),
    "reveal": gettext_noop("when later turns show"),
    "carry_over": gettext_noop("dialogues of earlier blocks"),
    "leaves_out": gettext_noop("studies left out"),
    "option": gettext_noop("options"),
    "sample": gettext_noop("samples"),
    "criterion": gettext_noop("questions"),
    "block": gettext_noop("blocks"),
    "instrument": gettext_noop("instruments"),
}


def changes(before: Protocol, after: Protocol) -> list[Change]:
    """Everything that differs, in the order of the protocol; each with the reason if it may not be amended."""
    return list(_compare((), (), to_dict(before), to_dict(after)))


def refusal(path: Path, before: Any = None, after: Any = None) -> str:
    """Why what stands at `path` may not change from `before` to `after`; empty if it may."""
    return ALLOWED[path](before, after) if path in ALLOWED else locked(path)


def locked(path: Path) -> str:
    """Why what stands at `path` may not change at all; empty where some change is possible."""
    if path in ALLOWED:
        return ""
    fitting = (REASONS[path[:length]] for length in range(len(path), 0, -1) if path[:length] in REASONS)
    return next(fitting, DEFAULT_REASON)


def rewords(change: Mapping[str, Any], instrument: str, criterion: str) -> bool:
    """Whether a stored change touched words that annotators read when they answer this criterion."""
    if change["path"] == ["guidelines"]:
        return True
    return bool(change["path"][:2] == ["instrument", "criterion"] and change["keys"][:2] == [instrument, criterion])


def _compare(
    path: Path, keys: tuple[str, ...], before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *after)):
        old, new, here = before.get(name), after.get(name), (*path, name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _compare(here, keys, old, new)
        elif _has_tables(old) or _has_tables(new):
            yield from _compare_lists(here, keys, old or [], new or [])
        elif old != new:
            yield Change(here, keys, _place(here, keys), NAMES.get(name, name), old, new, refusal(here, old, new))


def _compare_lists(
    path: Path, keys: tuple[str, ...], before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> Iterator[Change]:
    """Entries that came, went or moved are one change; then each that stayed is looked at by itself."""
    old, new = _by_identity(path[-1], before), _by_identity(path[-1], after)
    moved = path[-1] == "block" and before != after and sorted(map(repr, before)) == sorted(map(repr, after))
    if list(old) != list(new) or moved:
        was, will_be = ([_name(path[-1], entry) for entry in entries] for entries in (before, after))
        yield Change(path, keys, _place(path, keys), NAMES.get(path[-1], path[-1]), was, will_be, locked(path))
    if not moved:
        for identity in old:
            if identity in new:
                yield from _compare(path, (*keys, identity), old[identity], new[identity])


def _by_identity(name: str, entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    if name not in IDENTITIES:
        return {str(number): entry for number, entry in enumerate(entries, start=1)}
    return {str(entry.get(IDENTITIES[name])): entry for entry in entries}


def _name(name: str, entry: Mapping[str, Any]) -> str:
    return str(entry.get("name") or entry.get(IDENTITIES.get(name, ""), ""))


def _has_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def _place(path: Path, keys: tuple[str, ...]) -> str:
    """Where something stands, in words.

    >>> _place(("instrument", "criterion", "question"), ("utterance-quality", "fluency"))
    'instrument “utterance-quality”, criterion “fluency”'
    """
    lists = [name for name in path[:-1] if name == "block" or name in IDENTITIES]
    parts = [
        f"block {key}" if name == "block" else f"{name} {quoted(key)}" for name, key in zip(lists, keys, strict=False)
    ]
    return ", ".join(parts)
