"""What a model or a user wrote is shown, and nothing it wrote runs, loads or leads away."""

import re
import time
from html import unescape

import pytest
from django.template import Context, Template
from hypothesis import example, given
from hypothesis import strategies as st

from generation import rendering
from generation.references import with_titles
from generation.rendering import ALLOWED_TAGS, MARKDOWN_LIMIT, SafeHtml, render_markdown, shown_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Heat** is *tense*", "<p><strong>Heat</strong> is <em>tense</em></p>"),
        ("~~no~~", "<p><s>no</s></p>"),
        ("two\nlines", "<p>two<br>\nlines</p>"),
        ("# Plan", "<p><strong>Plan</strong></p>"),
        ("[the site](https://example.org 'x')", "<p>the site</p>"),
        ("<https://example.org>", "<p>https://example.org</p>"),
        ("![a *map*](https://example.org/pixel.png)", "<p>a map</p>"),
        ("```html\n<b>x</b>\n```", "<pre><code>&lt;b&gt;x&lt;/b&gt;\n</code></pre>"),
    ],
)
def test_markdown_is_shown_without_addresses_and_images(text: str, shown: str) -> None:
    assert render_markdown(text) == shown


def test_tables_have_no_inline_style() -> None:
    table = render_markdown("|film|year|\n|:-|-:|\n|Heat|1995|")
    assert "<td>1995</td>" in table
    assert "style" not in table


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<svg/onload=alert(1)>",
        "`<script>`",
        "![x](x 'onerror=alert(1)')",
        '<a href="https://example.org">x</a>',
    ],
)
def test_mallory_cannot_smuggle_markup_in(attack: str) -> None:
    shown = render_markdown(attack)
    for forbidden in ("<script", "<img", "<svg", "<a "):
        assert forbidden not in shown


@given(st.text(alphabet="<>\"'&ab[]()!*_`~#|-:\n /=", max_size=200))
def test_only_the_short_list_of_tags_comes_out_and_none_has_an_attribute(text: str) -> None:
    shown = render_markdown(text)
    for tag in shown.split("<")[1:]:
        assert tag.split(">")[0].strip("/ ") in ALLOWED_TAGS


@pytest.mark.parametrize("mark", [*"*_`~&;<>[]()#+=|\\!\n\t", "~~", "**", "&amp;"])
@given(text=st.text(alphabet="ax1 -.", max_size=3))
@example(text="x")
def test_what_needs_no_parser_is_shown_as_the_parser_would(mark: str, text: str) -> None:
    text = f"a {mark}{text}{mark}{text} b"
    shown = render_markdown(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "_plain_line", lambda text: None)
        assert render_markdown(text) == shown


def test_most_of_what_people_say_needs_no_parser() -> None:
    said = """I'd say "Heat" \\(1995\\), or rather - why not? - Night Bus: it's 100% worth it!"""
    assert rendering._plain_line(said) == said.replace("\\", "")
    assert rendering._plain_line("1. Heat") is None


def test_templates_take_the_markup_as_it_is_and_still_escape_plain_text() -> None:
    page = Template("{{ safe }} {{ plain }}").render(Context({"safe": render_markdown("*a*"), "plain": "<b>"}))
    assert page == "<p><em>a</em></p> &lt;b&gt;"
    assert isinstance(render_markdown("x"), SafeHtml)


@pytest.mark.parametrize("bad", ["[", "![[", "*_", "|-\n", "> ", "a"])
def test_endless_text_is_shown_soon_and_whole(bad: str) -> None:
    text = bad * (200_000 // len(bad))
    started = time.monotonic()
    shown = render_markdown(text)
    render_markdown(text[:MARKDOWN_LIMIT])
    assert time.monotonic() - started < 60, "hours, if the time grew with the square of the length"
    assert shown.startswith("<p>")


def test_titles_stand_where_the_ids_stood() -> None:
    text = "Have you seen @12 or @7 ?"
    assert with_titles(text, [(21, 23, "Up  (2009)"), (14, 17, "Heat (1995)")]) == (
        "Have you seen Heat (1995) or Up (2009) ?"
    )


def test_spans_that_make_no_sense_leave_the_text_alone() -> None:
    assert with_titles("seen @12", [(None, None, "A"), (5, 99, "B"), (6, 6, "C"), (5, 8, "D"), (6, 8, "E")]) == "seen D"


def test_an_item_named_in_words_stays_as_it_was_said() -> None:
    text = "I saw *night bus* and 1917"
    assert with_titles(text, [(7, 16, "Night Bus (2004)"), (22, 26, "1917 (2019)")], markdown=True) == (
        r"I saw *night bus* and 1917 \(2019\)"
    )


def test_a_title_with_punctuation_survives_markdown() -> None:
    text = with_titles("I saw @1", [(6, 8, "M*A*S*H <1970> [REC](2007)")], markdown=True)
    assert render_markdown(text) == "<p>I saw M*A*S*H &lt;1970&gt; [REC](2007)</p>"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**Heat** (1995)", "Heat (1995)"),
        ("a < b &amp; c", "a < b & c"),
        ("one\ntwo", "one\ntwo"),
        ("[site](https://example.org) ![poster](p.png)", "site poster"),
        ("x&#13;&#10;y&#13;z", "x\ny\nz"),
        ("😀 `é`", "😀 é"),
        ("a" * 30_000, "a" * 30_000),
    ],
)
def test_the_characters_read_are_those_of_the_markup_without_its_tags(written: str, read: str) -> None:
    assert shown_text(written) == read


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_tag_and_no_reference_is_read(text: str) -> None:
    plain = unescape(re.sub(r"<[^>]*>", "", render_markdown(text)))
    assert shown_text(text) == plain.replace("\r\n", "\n").replace("\r", "\n")
