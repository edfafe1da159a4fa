"""The catalogues that are there: nothing missing, nothing left over, and what code fills in stands in its place."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from crsapp.catalogues import messages_of_the_code, sources

# What a translation has just as often as the original: names that are filled in, tags, entities, code.
KEPT = re.compile(r"%\(\w+\)[a-z]|%%|%[sd](?!\w)|\{\w*\}|</?\w+[^>]*>|&\w+;")
SENTENCES = re.compile(r"[一-鿿][,;!?](?:\s|$)|[一-鿿]\.$")


@pytest.fixture(params=sources(), ids=lambda source: source.parts[-3])
def messages(request: pytest.FixtureRequest) -> list[Any]:
    source: Path = request.param
    with source.open("rb") as file:
        return [message for message in read_po(file, locale=source.parts[-3]) if message.id]


def key(message: Any) -> tuple[str, str]:
    return message.context or "", original(message)[0]


def original(message: Any) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def translated(message: Any) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_every_message_of_the_code_is_translated_and_no_other(messages: list[Any]) -> None:
    said = {(context, singular) for context, singular, _plural in messages_of_the_code()}
    known = {key(message) for message in messages if all(translated(message)) and not message.fuzzy}
    assert not said - known, "Run `make messages`, and translate what is empty."
    assert not known - said, "Run `make messages`: these are said no more."


def test_no_message_is_said_with_a_plural_and_without() -> None:
    plurals: dict[tuple[str, str], set[str]] = {}
    for context, singular, plural in messages_of_the_code():
        plurals.setdefault((context, singular), set()).add(plural)
    assert not [text for text, found in plurals.items() if len(found) > 1]


def test_what_is_filled_in_stands_in_every_translation(messages: list[Any]) -> None:
    wrong = [
        message.id
        for message in messages
        for text in translated(message)
        if Counter(KEPT.findall(text)) != Counter(KEPT.findall(original(message)[-1]))
    ]
    assert not wrong


def test_white_space_at_the_ends_is_that_of_the_original(messages: list[Any]) -> None:
    wrong = [
        message.id
        for message in messages
        for text in translated(message)
        if text[:1].isspace() != original(message)[-1][:1].isspace() or text[-1:] == "\n" != original(message)[-1][-1:]
    ]
    assert not wrong


def test_sentences_in_chinese_have_its_punctuation(messages: list[Any]) -> None:
    wrong = [text for message in messages for text in translated(message) if SENTENCES.search(text)]
    assert not wrong
