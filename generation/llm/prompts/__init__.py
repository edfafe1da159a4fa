"""Prompts are files beside this one: versioned, with declared slots. What does not fit together is an error.

A file begins with a head between lines of `---`:

    version: 2            raised with every change of the text; tests hold each version to its digest
    slots: domain, n      short values, put where {{domain}} stands
    data: plan            texts of others, put where {{plan}} stands, fenced by a boundary that they cannot contain

and goes on with its messages, each under a line `[system]`, `[user]` or `[assistant]`.

`sim_user.zh.md` is `sim_user` in Chinese, for conversations in that language; in any other, English tells which to use.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from generation.languages import written_as
from generation.llm.exchange import Message

FOLDER: Final = Path(__file__).parent
HEAD: Final = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
ROLE: Final = re.compile(r"^\[(system|user|assistant)\]$", re.MULTILINE)
SLOT: Final = re.compile(r"\{\{(\w+)\}\}")
FENCED: Final = re.compile(r"<<<\w+ [0-9a-f]{16}\n")
"""Where a fence begins (`fence`)."""
NAME: Final = re.compile(r"\w+(?:\.[a-z]{2,3})?")
LONGEST_SLOT: Final = 200


class PromptError(Exception):
    """A prompt, or what was to be put into it, does not fit."""


@dataclass(frozen=True)
class Rendered:
    """A prompt with everything in it, and which one it was."""

    name: str
    version: int
    digest: str
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Prompt:
    name: str
    version: int
    digest: str
    slots: frozenset[str]
    data: frozenset[str]
    messages: tuple[Message, ...]

    def render(self, **values: str | int) -> Rendered:
        """Fill every declared slot, once; nothing in a value is read as a slot."""
        declared = self.slots | self.data
        if missing := sorted(declared - values.keys()):
            raise PromptError(f"{self.name}: nothing was given for {', '.join(missing)}.")
        if unknown := sorted(values.keys() - declared):
            raise PromptError(
                f"{self.name}: {', '.join(unknown)} is not among its slots, {', '.join(sorted(declared))}."
            )
        filled = {name: self._fill(name, str(value)) for name, value in values.items()}
        messages = tuple(
            Message(one.role, SLOT.sub(lambda found: filled[found[1]], one.content)) for one in self.messages
        )
        return Rendered(self.name, self.version, self.digest, messages)

    def _fill(self, name: str, value: str) -> str:
        if name in self.data:
            return fence(name, value)
        if len(value) > LONGEST_SLOT or not value.isprintable():
            raise PromptError(
                f"{self.name}: {name} is for a short text on one line, at most {LONGEST_SLOT} characters. "
                "Longer texts are declared as data."
            )
        return value


def fence(name: str, text: str) -> str:
    """The text between two lines that it cannot contain: their mark is a digest of it.

    >>> fence("plan", "{}").splitlines()[1]
    '{}'
    """
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    while mark in text:
        mark = hashlib.sha256(f"{mark}{text}".encode()).hexdigest()[:16]
    return f"<<<{name} {mark}\n{text}\n{name} {mark}>>>"


def unfence(name: str, text: str) -> str | None:
    """What `fence` put between its lines, or None where there is no such thing.

    >>> unfence("plan", f"Do this: {fence('plan', '{}')}")
    '{}'
    """
    found = re.search(rf"<<<{re.escape(name)} ([0-9a-f]{{16}})\n(.*?)\n{re.escape(name)} \1>>>", text, re.DOTALL)
    return found[2] if found else None


def read_prompt(name: str, text: str) -> Prompt:
    """A prompt from the text of its file; PromptError says what does not fit."""
    text = text.replace("\r\n", "\n")
    found = HEAD.fullmatch(text)
    if found is None:
        raise PromptError(f"{name}: the file does not begin with a head between two lines of ---.")
    head = _read_head(name, found[1])
    slots, data = _names(head["slots"]), _names(head["data"])
    messages = _read_messages(name, found[2])
    used = {slot for message in messages for slot in SLOT.findall(message.content)}
    if slots & data:
        raise PromptError(f"{name}: {', '.join(sorted(slots & data))} is declared both as slot and as data.")
    if undeclared := sorted(used - slots - data):
        raise PromptError(f"{name}: {', '.join(undeclared)} stands in the text and is not declared.")
    if unused := sorted((slots | data) - used):
        raise PromptError(f"{name}: {', '.join(unused)} is declared and stands nowhere in the text.")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Prompt(name, int(head["version"]), digest, slots, data, messages)


def _read_head(name: str, text: str) -> dict[str, str]:
    head = {"version": "", "slots": "", "data": ""}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if not colon or key.strip() not in head:
            raise PromptError(f"{name}: {line!r} in the head is none of version, slots, data.")
        head[key.strip()] = value.strip()
    if not head["version"].isdecimal():
        raise PromptError(f"{name}: the head says no version, a whole number.")
    return head


def _names(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _read_messages(name: str, text: str) -> tuple[Message, ...]:
    before, *parts = ROLE.split(text)
    if before.strip() or not parts:
        raise PromptError(f"{name}: each message stands under a line [system], [user] or [assistant].")
    messages = tuple(Message(role, body.strip()) for role, body in zip(parts[::2], parts[1::2], strict=True))
    if not all(message.content for message in messages):
        raise PromptError(f"{name}: a message is empty.")
    return messages


@cache
def get_prompt(name: str) -> Prompt:
    """The prompt of this name, from its file."""
    path = FOLDER / f"{name}.md"
    if not NAME.fullmatch(name) or not path.is_file():
        raise PromptError(f"There is no prompt {name!r}; there are {', '.join(prompt_names())}.")
    return read_prompt(name, path.read_text(encoding="utf-8"))


@cache
def prompt_in(name: str, code: str) -> Prompt:
    """The prompt of this name in a language, where there is one; else in English.

    >>> prompt_in("sim_user", "zh-CN").name, prompt_in("sim_user", "de").name
    ('sim_user.zh', 'sim_user')
    """
    base = written_as(code, {path.stem.partition(".")[2] for path in FOLDER.glob(f"{name}.*.md")})
    return get_prompt(f"{name}.{base}" if base else name)


def prompt_names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.md"))
