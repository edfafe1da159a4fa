"""A text cut into pieces that are marked or not. Pure."""

from collections.abc import Iterable


def pieces(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The pieces in order; where spans overlap, one mark goes over both. Spans that lie outside are cut.

    >>> pieces("abcdef", [(1, 3), (2, 4)])
    [('a', False), ('bcd', True), ('ef', False)]
    """
    found: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted((max(0, start), min(end, len(text))) for start, end in spans):
        if end <= at or end <= start:
            continue
        if found and found[-1][1] and start <= at:
            found[-1] = (found[-1][0] + text[at:end], True)
        else:
            if start > at:
                found.append((text[at:start], False))
            found.append((text[max(at, start) : end], True))
        at = end
    if at < len(text):
        found.append((text[at:], False))
    return found
