"""What in a sample would tell an annotator which dataset a dialogue is from. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean
from typing import Any, Final, NamedTuple

from annotation.toml_reader import quoted
from generation.wording import together, worded, worded_count

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
PARTS: Final = {"task": worded("task"), "profile": worded("profile"), "history": worded("history")}


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


class Leak(NamedTuple):
    """A warning in words; where it is about one dataset alone, its name, and a word found in its dialogues."""

    text: str
    dataset: str = ""
    word: str = ""


def leaks(looks: Sequence[Look], names: Iterable[str]) -> list[Leak]:
    """What was found. `names` are those of datasets and systems, which nobody judging may read."""
    naming = _naming(names)
    searches: list[tuple[Callable[[int], str], Callable[[str], str]]] = [
        (
            lambda n: worded_count("names a dataset or system", "name a dataset or system", n),
            lambda text: _found(naming, text),
        ),
        (
            lambda n: worded_count("speaks of itself as a model", "speak of themselves as a model", n),
            lambda text: _found(SELF_NAMING, text),
        ),
        (
            lambda n: worded_count(
                "still contains an item's number instead of its title",
                "still contain an item's number instead of its title",
                n,
            ),
            lambda text: _found(ITEM_ID, text),
        ),
        (
            lambda n: worded_count("contains an address", "contain an address", n),
            lambda text: _found(ADDRESS, text),
        ),
        (
            lambda n: worded_count("begins a turn with a speaker's name", "begin a turn with a speaker's name", n),
            lambda text: _found(PREFIX, text),
        ),
        (
            lambda n: worded_count("has a turn without any text", "have a turn without any text", n),
            lambda text: "" if text.strip() else EMPTY,
        ),
    ]
    warnings: list[Leak] = []
    for says, search in searches:
        for dataset, hits in _by_dataset(looks, search).items():
            shown = ", ".join(quoted(name) for name, _ in hits[:EXAMPLES]) + (" …" if len(hits) > EXAMPLES else "")
            texts = dict.fromkeys(quoted(text) for _, text in hits[:EXAMPLES] if text != EMPTY)
            found = f" ({', '.join(texts)})" if texts else ""
            text = worded(
                "%(count)d of %(dataset)s %(says)s%(found)s: %(shown)s.",
                count=len(hits),
                dataset=quoted(dataset),
                says=says(len(hits)),
                found=found,
                shown=shown,
            )
            warnings.append(Leak(text, dataset, "" if hits[0][1] == EMPTY else hits[0][1]))
    apart = [Leak(text) for text in (*differences(looks), *_uneven(looks))]
    return warnings + list(_beside_leaks(looks, naming)) + apart


def _beside_leaks(looks: Sequence[Look], naming: re.Pattern[str]) -> Iterator[Leak]:
    """What is shown beside the dialogues, and names a dataset or a model."""
    for part in _parts(looks):
        found: dict[str, dict[str, int]] = {}
        for look in looks:
            if text := _found(naming, look.beside[part]) or _found(SELF_NAMING, look.beside[part]):
                counted = found.setdefault(look.dataset, {})
                counted[text] = counted.get(text, 0) + 1
        for dataset, texts in found.items():
            count, examples = sum(texts.values()), ", ".join(quoted(text) for text in list(texts)[:EXAMPLES])
            yield Leak(
                worded_count(
                    "%(count)d of %(dataset)s shows a %(part)s that names a dataset or model (%(examples)s).",
                    "%(count)d of %(dataset)s show a %(part)s that names a dataset or model (%(examples)s).",
                    count,
                    count=count,
                    dataset=quoted(dataset),
                    part=PARTS.get(part, part),
                    examples=examples,
                ),
                dataset,
            )


def _uneven(looks: Sequence[Look]) -> Iterator[str]:
    """Parts that some datasets have and others lack, or that nobody has, or that are longer in one of them."""
    for part in _parts(looks):
        said = PARTS.get(part, part)
        words: dict[str, list[int]] = {}
        for look in looks:
            words.setdefault(look.dataset, []).append(len(look.beside[part].split()))
        shares = {dataset: mean(bool(count) for count in counts) for dataset, counts in words.items()}
        if not any(shares.values()):
            yield worded(
                "A %(part)s is to be shown beside the dialogues, but none of them has one.", part=PARTS.get(part, part)
            )
        elif min(shares.values()) == 0 or max(shares.values()) - min(shares.values()) > SHARE:
            told = together(
                [
                    worded(
                        "for %(some)d of %(all)d dialogues of %(dataset)s",
                        some=sum(map(bool, counts)),
                        all=len(counts),
                        dataset=quoted(dataset),
                    )
                    for dataset, counts in words.items()
                ]
            )
            yield worded(
                "A %(part)s is shown %(told)s: whoever misses it knows the dataset.",
                part=PARTS.get(part, part),
                told=told,
            )
        else:
            lengths = {dataset: mean(filter(None, counts)) for dataset, counts in words.items()}
            low, high = min(lengths, key=lengths.__getitem__), max(lengths, key=lengths.__getitem__)
            if lengths[high] > RATIO * lengths[low]:
                figures = together([_told(lengths[one], False, one) for one in (high, low)])
                yield worded(
                    "The datasets differ in words a %(part)s shown beside the dialogue: %(figures)s.",
                    part=said,
                    figures=figures,
                )


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
        (worded("turns a dialogue"), lambda look: len(look.turns), False),
        (worded("words a turn of the agent"), _agent_words, False),
        (worded("the share of the agent's turns with Markdown (lists, bold)"), _markdown_share, True),
        (worded("the share of dialogues that the agent opens"), lambda look: float(_opened_by_agent(look)), True),
    ]
    warnings: list[str] = []
    for words, measure, is_share in measures:
        means = {dataset: mean(map(measure, members)) for dataset, members in by_dataset.items()}
        low, high = min(means, key=means.__getitem__, default=""), max(means, key=means.__getitem__, default="")
        if low == high:
            continue
        apart = means[high] - means[low] > SHARE if is_share else means[high] > RATIO * means[low]
        if apart:
            figures = together([_told(means[one], is_share, one) for one in (high, low)])
            differ = worded("The datasets differ in %(words)s: %(figures)s.", words=words, figures=figures)
            remedied = worded("%(differ)s Filters can bring them closer.", differ=differ)
            warnings.append(differ if is_share else remedied)
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


def _told(value: float, is_share: bool, dataset: str) -> str:
    return worded("%(figure)s in %(dataset)s", figure=_figure(value, is_share), dataset=quoted(dataset))


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
