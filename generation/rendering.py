"""Text of models and users, made fit to be shown. Pure: no Django, no database, no network.

The text is hostile: nothing of it may run, load an asset or lead away from the page. Nor may it betray which system
wrote it by what the browser fetches, so images and addresses are left out for every dialogue alike.
"""

import re
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

MARKDOWN_LIMIT: Final = 20_000
"""Longer texts are shown as plain paragraphs: Markdown of that size is nothing a person reads, and slow to parse."""

_TEXT_TAGS: Final = ("p", "br", "hr", "strong", "em", "s", "del", "ul", "ol", "li", "blockquote", "code", "pre")
_TABLE_TAGS: Final = ("table", "thead", "tbody", "tr", "th", "td")
ALLOWED_TAGS: Final = frozenset((*_TEXT_TAGS, *_TABLE_TAGS))
_PLAIN: Final = re.compile(r"""[^\W\d_][\w ,.;:?!'"/()%$€–—’“”-]*""")
"""A line that begins with a letter and holds nothing that Markdown or HTML reads otherwise than it stands (but `_`)."""
_ESCAPED: Final = re.compile(r"\\([().!-])")


class SafeHtml(str):
    """Markup that has been sanitised. Templates take it as it is, because it has `__html__`."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


class _Renderer(RendererHTML):
    """Links become their text, images their description, headings bold lines that leave the page's outline alone."""

    def link_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return ""

    link_close = link_open

    def image(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return escape(self.renderInlineAsText(tokens[index].children or [], options, env))

    def heading_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return "<p><strong>"

    def heading_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return "</strong></p>\n"


_PARSER: Final = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_Renderer).enable(
    ["table", "strikethrough"]
)


def render_markdown(text: str) -> SafeHtml:
    """Markdown to markup of a short list of tags, without attributes, images, addresses or raw HTML.

    >>> render_markdown("**Heat** ([site](https://example.org)) <script>alert(1)</script>")
    '<p><strong>Heat</strong> (site) &lt;script&gt;alert(1)&lt;/script&gt;</p>'
    """
    if len(text) > MARKDOWN_LIMIT:
        return _plain(text)
    if (line := _plain_line(text)) is not None:
        return SafeHtml(f"<p>{line}</p>")
    return SafeHtml(nh3.clean(_PARSER.render(text), tags=set(ALLOWED_TAGS), attributes={}, link_rel=None).strip())


def shown_text(text: str) -> str:
    """The characters that a browser shows of `render_markdown(text)`: its `textContent`, which marked words count in.

    >>> shown_text("**Heat** & *Cosmos*\n\n- a film")
    'Heat & Cosmos\n\na film\n'
    """
    reader = _Characters()
    reader.feed(render_markdown(text))
    reader.close()
    return "".join(reader.pieces)


class _Characters(HTMLParser):
    """Collects the text of markup. A browser reads a carriage return as the end of a line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def feed(self, data: str) -> None:
        super().feed(data.replace("\r\n", "\n").replace("\r", "\n"))


def _plain_line(text: str) -> str | None:
    """What Markdown and the sanitiser would make of the text, where that is plain to see: most of what people say."""
    bare = _ESCAPED.sub(r"\1", text) if "\\" in text else text
    return bare if _PLAIN.fullmatch(bare) and "_" not in bare and bare[-1] != " " else None


def _plain(text: str) -> SafeHtml:
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return SafeHtml("\n".join(f"<p>{escape(paragraph).replace(chr(10), '<br>')}</p>" for paragraph in paragraphs))
