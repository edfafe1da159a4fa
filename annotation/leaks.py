"""What in a sample would tell an annotator which dataset a dialogue is from. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean
from typing import Any, Final

from annotation.toml_reader import quoted

SELF_NAMING: Final = re.compile(
    r"\bas an? (?:large )?(?:ai|artificial intelligence|language model)\b|\blanguage model\b|\bopenai\b|\bchat ?gpt\b"
    r"|\bgpt-?[345](?:\.\d)?\w*\b|\banthropic\b|\bclaude\b|\bgemini\b|\bllama[- ]?\d\b|\bmistral\b|\bdeepseek\b"
    r"|\bqwen\b|\bLLM\b",
    re.IGNORECASE,
)
ITEM_ID: Final = re.compile(r"(?<!\w)@\d+")
ADDRESS: Final = re.compile(r"https?://|\bwww\.\w", re.IGNORECASE)
PREFIX: Final = re.compile(
    r"^\s*\W{0,3}(?:user|agent|assistant|system|seeker|recommender|human|bot|customer)\W{0,3}:", re.IGNORECASE
)
MARKDOWN: Final = re.compile(r"^\s*(?:[-*+] |\d+[.)] |#{1,6} |\||>)|\*\*\S|`\S", re.MULTILINE)
NOTHING: Final = r"(?!)"
RATIO: Final = 1.5
SHARE: Final = 0.2
EXAMPLES: Final = 3


@dataclass(frozen=True)
class Look:
    """One sampled dialogue: its dataset's name, a name for the researcher to find it by, the turns shown of it, and
    the words of each part shown beside it."""

    dataset: str
    name: str
    turns: Sequence[Mapping[str, Any]]
    beside: Mapping[str, str] = field(default_factory=dict)


EMPTY: Final = "empty"
"""What is found in a turn without any text: nothing to quote."""


def leaks(looks: Sequence[Look], names: Iterable[str]) -> list[str]:
    """Warnings in words. `names` are those of datasets and systems, which nobody judging may read."""
    naming = _naming(names)
    searches: list[tuple[str, str, Callable[[str], str]]] = [  # said of one dialogue, of several
        ("names a dataset or system", "name a dataset or system", lambda text: _found(naming, text)),
        (
            "speaks of itself as a model",
            "speak of themselves as a model",
            lambda text: _found(SELF_NAMING, text),
        ),
        (
            "still contains an item's number instead of its title",
            "still contain an item's number instead of its title",
            lambda text: _found(ITEM_ID, text),
        ),
        ("contains an address", "contain an address", lambda text: _found(ADDRESS, text)),
        (
            "begins a turn with a speaker's name",
            "begin a turn with a speaker's name",
            lambda text: _found(PREFIX, text),
        ),
        ("has a turn without any text", "have a turn without any text", lambda text: "" if text.strip() else EMPTY),
    ]
    warnings = []
    for one, several, search in searches:
        for dataset, hits in _by_dataset(looks, search).items():
            shown = ", ".join(quoted(name) for name, _ in hits[:EXAMPLES]) + (" …" if len(hits) > EXAMPLES else "")
            texts = dict.fromkeys(quoted(text) for _, text in hits[:EXAMPLES] if text != EMPTY)
            found = f" ({', '.join(texts)})" if texts else ""
            warnings.append(f"{len(hits)} of {quoted(dataset)} {one if len(hits) == 1 else several}{found}: {shown}.")
    return warnings + list(_beside_leaks(looks, naming)) + differences(looks) + list(_uneven(looks))


def _beside_leaks(looks: Sequence[Look], naming: re.Pattern[str]) -> Iterator[str]:
    """What is shown beside the dialogues, and names a dataset or a model."""
    for part in _parts(looks):
        found: dict[str, dict[str, int]] = {}
        for look in looks:
            if text := _found(naming, look.beside[part]) or _found(SELF_NAMING, look.beside[part]):
                counted = found.setdefault(look.dataset, {})
                counted[text] = counted.get(text, 0) + 1
        for dataset, texts in found.items():
            count, examples = sum(texts.values()), ", ".join(quoted(text) for text in list(texts)[:EXAMPLES])
            shows = "shows" if count == 1 else "show"
            yield f"{count} of {quoted(dataset)} {shows} a {part} that names a dataset or model ({examples})."


def _uneven(looks: Sequence[Look]) -> Iterator[str]:
    """Parts that some datasets have and others lack, or that nobody has, or that are longer in one of them."""
    for part in _parts(looks):
        words: dict[str, list[int]] = {}
        for look in looks:
            words.setdefault(look.dataset, []).append(len(look.beside[part].split()))
        shares = {dataset: mean(bool(count) for count in counts) for dataset, counts in words.items()}
        if not any(shares.values()):
            yield f"A {part} is to be shown beside the dialogues, but none of them has one."
        elif min(shares.values()) == 0 or max(shares.values()) - min(shares.values()) > SHARE:
            told = ", ".join(
                f"for {sum(map(bool, counts))} of {len(counts)} dialogues of {quoted(dataset)}"
                for dataset, counts in words.items()
            )
            yield f"A {part} is shown {told}: whoever misses it knows the dataset."
        else:
            lengths = {dataset: mean(filter(None, counts)) for dataset, counts in words.items()}
            low, high = min(lengths, key=lengths.__getitem__), max(lengths, key=lengths.__getitem__)
            if lengths[high] > RATIO * lengths[low]:
                figures = ", ".join(f"{_figure(lengths[one], False)} in {quoted(one)}" for one in (high, low))
                yield f"The datasets differ in words a {part} shown beside the dialogue: {figures}."


def _parts(looks: Sequence[Look]) -> list[str]:
    return list(looks[0].beside) if looks else []


def named(text: str, names: Iterable[str]) -> list[str]:
    """Which of these names stand in a text, as they stand there, each once.

    >>> named("Is ReDial better? I say redial.", ["ReDial", "RecLLMSim"])
    ['ReDial', 'redial']
    """
    return list(dict.fromkeys(_naming(names).findall(text)))


def differences(looks: Sequence[Look]) -> list[str]:
    """In what the datasets look so different that one could tell them apart at a glance."""
    by_dataset: dict[str, list[Look]] = {}
    for look in looks:
        by_dataset.setdefault(look.dataset, []).append(look)
    measures: list[tuple[str, Callable[[Look], float], bool]] = [
        ("turns a dialogue", lambda look: len(look.turns), False),
        ("words a turn of the agent", _agent_words, False),
        ("the share of the agent's turns with Markdown (lists, bold)", _markdown_share, True),
        ("the share of dialogues that the agent opens", lambda look: float(_opened_by_agent(look)), True),
    ]
    warnings = []
    for words, measure, is_share in measures:
        means = {dataset: mean(map(measure, members)) for dataset, members in by_dataset.items()}
        low, high = min(means, key=means.__getitem__, default=""), max(means, key=means.__getitem__, default="")
        if low == high:
            continue
        apart = means[high] - means[low] > SHARE if is_share else means[high] > RATIO * means[low]
        if apart:
            figures = ", ".join(f"{_figure(means[one], is_share)} in {quoted(one)}" for one in (high, low))
            remedy = "" if is_share else " Filters can bring them closer."
            warnings.append(f"The datasets differ in {words}: {figures}.{remedy}")
    return warnings


def _by_dataset(looks: Sequence[Look], search: Callable[[str], str]) -> dict[str, list[tuple[str, str]]]:
    hits: dict[str, list[tuple[str, str]]] = {}
    for look in looks:
        found = next((text for turn in look.turns if (text := search(turn["text"]))), "")
        if found:
            hits.setdefault(look.dataset, []).append((look.name, found))
    return hits


def _naming(names: Iterable[str]) -> re.Pattern[str]:
    hidden = [name for name in dict.fromkeys(name.strip() for name in names) if len(name) > 2]
    words = "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in hidden)
    return re.compile(words or NOTHING, re.IGNORECASE)


def _figure(value: float, is_share: bool) -> str:
    if is_share:
        return f"{value:.0%}".replace("%", " %")
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group().strip() if match else ""


def _agent_turns(look: Look) -> list[str]:
    return [turn["text"] for turn in look.turns if turn["speaker"] == "system"]


def _agent_words(look: Look) -> float:
    turns = _agent_turns(look)
    return mean(len(text.split()) for text in turns) if turns else 0.0


def _markdown_share(look: Look) -> float:
    turns = _agent_turns(look)
    return sum(1 for text in turns if MARKDOWN.search(text)) / len(turns) if turns else 0.0


def _opened_by_agent(look: Look) -> bool:
    return bool(look.turns) and look.turns[0]["speaker"] == "system"
