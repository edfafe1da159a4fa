"""Texts of the code in other languages: collected, kept up to date and compiled without any program but Python."""

import gettext
import os
from pathlib import Path

import pytest

from crsapp.catalogues import compile_catalogues, messages_of_the_code, stale_catalogues, update_catalogues

HEAD = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n'
    '"Language: zh_Hans\\n"\n'
)
CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext
from django.utils.translation import gettext_lazy

TITLE = gettext_lazy("Studies")
def words(n):
    return _("One %(what)s") % {"what": n}, ngettext("%(n)d unit", "%(n)d units", n), pgettext("a verb", "Judge"), _(n)
"""
PAGE = """{% load i18n %}
    <p>{% translate "Save" %}</p>
  {% blocktranslate count n=n %}{{ n }} dialogue{% plural %}{{ n }} dialogues{% endblocktranslate %}
        {% include "x.html" with title=_("Left") %} {# _("Not this") #} {{ name|default:_("Nobody") }}
{% translate "key" context "of a keyboard" %} it's “quoted
"""
SAID = [
    ("", "Studies", ""),
    ("", "One %(what)s", ""),
    ("", "%(n)d unit", "%(n)d units"),
    ("a verb", "Judge", ""),
    ("", "Save", ""),
    ("", "%(n)s dialogue", "%(n)s dialogues"),
    ("", "Left", ""),
    ("", "Nobody", ""),
    ("of a keyboard", "key", ""),
]


@pytest.fixture
def code(tmp_path: Path) -> Path:
    for place, text in (("annotation/words.py", CODE), ("templates/page.html", PAGE)):
        path = tmp_path / place
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    source = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(f'{HEAD}\nmsgid "Save"\nmsgstr "保存"\n\nmsgid "Gone"\nmsgstr "没了"\n', encoding="utf-8")
    return source


def test_everything_marked_in_code_and_templates_is_found(code: Path) -> None:
    assert list(messages_of_the_code(code)) == SAID


def test_what_is_new_comes_in_empty_what_is_there_stays_what_is_gone_goes(code: Path, catalogue: Path) -> None:
    assert update_catalogues(code / "locale", code) == {catalogue: len(SAID) - 1}
    text = catalogue.read_text(encoding="utf-8")
    assert 'msgid "Save"\nmsgstr "保存"' in text
    assert 'msgctxt "a verb"\nmsgid "Judge"\nmsgstr ""' in text
    assert "Gone" not in text
    assert "fuzzy" not in text
    update_catalogues(code / "locale", code)
    assert catalogue.read_text(encoding="utf-8") == text


def test_it_is_compiled_once_and_again_when_it_has_changed(catalogue: Path) -> None:
    locale = catalogue.parents[2]
    assert stale_catalogues(locale) == compile_catalogues(locale) == [catalogue]
    with catalogue.with_suffix(".mo").open("rb") as made:
        assert gettext.GNUTranslations(made).gettext("Save") == "保存"
    assert compile_catalogues(locale) == []
    later = catalogue.with_suffix(".mo").stat().st_mtime + 5
    os.utime(catalogue, (later, later))
    assert compile_catalogues(locale) == [catalogue]
    assert sorted(path.name for path in catalogue.parent.iterdir()) == ["django.mo", "django.po"]
