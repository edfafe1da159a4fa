"""What the columns of a table probably mean, where its header does not say it in the words there are for it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from annotation.published.columns import NOT, Layout, TableError, named_roles, recognise
from annotation.published.options import Options

HINTS: Final[Mapping[str, str]] = {
    "annotator": "annotators?|coders?|raters?|workers?|judges?|participants?|subjects?|evaluators?|users?|who",
    "unit": "units?|items?|tasks?|samples?|examples?|hits?|dialogues?|dialogs?|conversations?|id",
    "value": "values?|ratings?|scores?|answers?|labels?|votes?|choices?|responses?|judge?ments?|winners?|preferences?",
    "criterion": "criterion|criteria|questions?|dimensions?|aspects?|metrics?|measures?",
    "dialogue": "dialogues?|dialogs?|conversations?|conv",
    "dataset": "datasets?|systems?|models?|bots?|sources?",
    "utterance": "utterances?|utt|turns?",
    "counted": "counted|valid",
}
"""Words of a heading that speak for a role, the role first that is given its column first."""
WORD: Final = re.compile(r"[^\W_]+")
MARK_OF_CONTROLS: Final = re.compile(
    r"(is_)?gold(en)?(_(standard|question|item|unit))?|is_(a_)?control|control_(question|item|unit)"
    r"|(is_)?attention_check",
    re.IGNORECASE,
)
"""A whole heading; `control` alone may be something that was asked."""


def suggested(header: Sequence[str], said: Options) -> Options:
    """The header read as far as it can be: with what was said of it, else by its own names, else by single words.

    A role has a column or has none, so that nothing more is taken from the header; the columns across are named.

    >>> suggested(["nr", "rater_name", "score"], Options()).columns["annotator"]
    'rater_name'
    """
    names = [name.strip() for name in header]
    found, mark = _read_as(names, said), mark_of_controls(names)
    if not mark or said.columns or "counted" in found.columns:
        return found
    return replace(
        found,
        columns={**found.columns, "counted": f"{NOT}{mark}"},
        criteria=tuple(name for name in found.criteria if name != mark),
        annotators=tuple(name for name in found.annotators if name != mark),
    )


def mark_of_controls(names: Sequence[str]) -> str:
    """The heading that says which rows are controls, if one probably does; such rows are kept and do not count.

    >>> mark_of_controls(["unit", "Is gold standard", "user_control"])
    'Is gold standard'
    """
    return next((name for name in names if MARK_OF_CONTROLS.fullmatch(name.strip().replace(" ", "_"))), "")


def _read_as(names: Sequence[str], said: Options) -> Options:
    for options in _likely(names, said):
        try:
            layout = recognise(names, options.columns, options.criteria, options.annotators)
        except TableError:
            continue
        return _spelled_out(names, layout, said)
    return Options({**_by_words(names), **said.columns}, scales=said.scales)


def _likely(names: Sequence[str], said: Options) -> Iterator[Options]:
    """With what the header may be read, the likeliest first."""
    if said.columns or said.criteria or said.annotators:
        yield said
    if "annotator" in named_roles(names, {}):
        yield Options()
    yield Options(_by_words(names))
    yield Options()


def _by_words(names: Sequence[str]) -> dict[str, str]:
    columns = {**hinted(names), **{role: names[place] for role, place in named_roles(names, {}).items()}}
    columns.setdefault("unit", next((name for name in names if name not in columns.values()), ""))
    return columns


def hinted(names: Sequence[str]) -> dict[str, str]:
    """Roles that a word of exactly one heading speaks for; several such headings are more likely columns of answers."""
    found: dict[str, str] = {}
    for role, words in HINTS.items():
        spoken = [name for name in names if name not in found.values() and _has_word(name, words)]
        if len(spoken) == 1:
            found[role] = spoken[0]
    return found


def _has_word(name: str, words: str) -> bool:
    return any(re.fullmatch(words, word, re.IGNORECASE) for word in WORD.findall(name))


def _spelled_out(names: Sequence[str], layout: Layout, said: Options) -> Options:
    columns = {role: f"{'!' if role in layout.turned else ''}{names[place]}" for role, place in layout.roles.items()}
    across = tuple(name for _place, name in layout.across)
    if layout.across_is == "annotator":
        return Options(columns, annotators=across, scales=said.scales)
    return Options(columns, criteria=across, scales=said.scales)
