"""A report as a list of parts, written as Markdown or as one HTML page. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evaluation.exports.escaping import html, markdown


@dataclass(frozen=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """`kind` is "lead" for the answer, "warning" for what a reader must know."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Bullets:
    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Table:
    """`rows` have as many cells as `heading`; a row of one cell alone is a heading over the rows after it.

    The first column is text; so are those named in `words`, the others are figures.
    """

    caption: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Picture:
    """A figure of the folder, in light and dark; `files` are (name, path) of its other forms."""

    title: str
    light: str
    dark: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Files:
    """What is in the folder: paths with what they hold."""

    rows: tuple[tuple[str, str], ...]


Part = Heading | Paragraph | Bullets | Table | Picture | Files


NUMBER: Final = ' class="number"'
STYLE: Final = Path(__file__).with_name("report.css")


def as_html(title: str, parts: Iterable[Part], *, language: str = "en") -> str:
    """One page that needs nothing but the figures beside it."""
    body = "\n".join(_html_part(part) for part in parts)
    return (
        f'<!doctype html>\n<html lang="{html(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html(title)}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def as_markdown(parts: Iterable[Part]) -> str:
    return "\n\n".join(_markdown_part(part) for part in parts) + "\n"


def _html_part(part: Part) -> str:
    match part:
        case Heading(level, text):
            return f"<h{level}>{html(text)}</h{level}>"
        case Paragraph(text, kind):
            return f'<p class="{kind}">{html(text)}</p>' if kind else f"<p>{html(text)}</p>"
        case Bullets(items, numbered):
            tag = "ol" if numbered else "ul"
            return f"<{tag}>{''.join(f'<li>{html(item)}</li>' for item in items)}</{tag}>"
        case Table():
            return _html_table(part)
        case Picture(title, light, dark, files):
            links = " · ".join(f'<a href="{html(path)}">{html(name)}</a>' for name, path in files)
            return (
                f'<figure><picture><source srcset="{html(dark)}" media="(prefers-color-scheme: dark)">'
                f'<img src="{html(light)}" alt="{html(title)}"></picture>'
                f"<figcaption>{html(title)}. {links}</figcaption></figure>"
            )
        case Files(rows):
            listed = (f'<dt><a href="{html(path)}">{html(path)}</a></dt><dd>{html(what)}</dd>' for path, what in rows)
            return f"<dl>{''.join(listed)}</dl>"


def _html_table(table: Table) -> str:
    def cell(tag: str, place: int, text: str) -> str:
        number = place > 0 and place not in table.words
        kind = NUMBER if number else ""
        scope = ' scope="row"' if tag == "th" and place == 0 else ""
        return f"<{tag}{kind}{scope}>{html(text)}</{tag}>"

    heads = "".join(
        f'<th scope="col"{"" if place == 0 or place in table.words else NUMBER}>{html(text)}</th>'
        for place, text in enumerate(table.heading)
    )
    lines = []
    for row in table.rows:
        if len(row) == 1:
            lines.append(
                f'<tr class="group"><th colspan="{len(table.heading)}" scope="rowgroup">{html(row[0])}</th></tr>'
            )
            continue
        cells = "".join(cell("td" if place else "th", place, text) for place, text in enumerate(row))
        lines.append(f"<tr>{cells}</tr>")
    return (
        f'<div class="scroll"><table><caption>{html(table.caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _markdown_part(part: Part) -> str:
    match part:
        case Heading(level, text):
            return f"{'#' * level} {markdown(text)}"
        case Paragraph(text, kind):
            return f"> {markdown(text)}" if kind == "warning" else markdown(text)
        case Bullets(items, numbered):
            return "\n".join(f"{f'{n}.' if numbered else '-'} {markdown(item)}" for n, item in enumerate(items, 1))
        case Table():
            return _markdown_table(part)
        case Picture(title, light, _dark, files):
            links = " · ".join(f"[{markdown(name)}]({path})" for name, path in files)
            return f"![{markdown(title)}]({light})\n\n{links}"
        case Files(rows):
            return "\n".join(f"- [`{path}`]({path}): {markdown(what)}" for path, what in rows)


def _markdown_table(table: Table) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    rules = ["---" if place == 0 or place in table.words else "---:" for place in range(len(table.heading))]
    lines = [line([markdown(head) for head in table.heading]), line(rules)]
    for row in table.rows:
        padded = [f"**{markdown(row[0])}**"] if len(row) == 1 else [markdown(text) for text in row]
        lines.append(line([*padded, *[""] * (len(table.heading) - len(padded))]))
    return f"{markdown(table.caption)}\n\n" + "\n".join(lines)
