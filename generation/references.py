"""Titles in place of the ids that stand for them in a text. Pure."""

import re
from collections.abc import Iterable
from typing import Final

MARKDOWN_PUNCTUATION: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")


def is_reference(said: str) -> bool:
    """Whether this tells a reader nothing without the title of the item that it stands for.

    >>> is_reference("@12"), is_reference("[12]"), is_reference("Heat"), is_reference("机器人总动员")
    (True, True, False, False)
    """
    return not any(character.isalpha() for character in said)


def with_titles(text: str, mentions: Iterable[tuple[int | None, int | None, str]], *, markdown: bool = False) -> str:
    """The text with each reference in it, a span (start, end, title), replaced by its title, white space made single.

    A span that names the item in words stays as it was said.

    A span that is missing, empty, outside the text or overlapping an earlier one leaves the text as it is there. With
    `markdown`, titles are escaped, so that one like M*A*S*H stays itself when the text is rendered.

    >>> with_titles("I liked @12, not heat!", [(8, 11, "Cosmos  (2015)"), (17, 21, "Heat (1995)")])
    'I liked Cosmos (2015), not heat!'
    """
    pieces: list[str] = []
    reached = 0
    spans = ((start, end, title) for start, end, title in mentions if start is not None and end is not None)
    for start, end, title in sorted(spans, key=lambda span: span[:2]):
        if start < reached or end <= start or end > len(text):
            continue
        said = text[start:end]
        if is_reference(said):
            said = " ".join(title.split())
            said = MARKDOWN_PUNCTUATION.sub(r"\\\1", said) if markdown else said
        pieces += [text[reached:start], said]
        reached = end
    return "".join([*pieces, text[reached:]])
