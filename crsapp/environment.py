"""Settings come from the environment alone. Each is declared once, here, with its default and one line of help;
`docs/reference.md` is checked against this list by a test."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

BASE_DIR: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Variable:
    """One setting, as the reference prints it."""

    name: str
    default: str
    help: str


VARIABLES: dict[str, Variable] = {}


def variable(name: str, default: str, parse: Callable[[str], T], help: str, *, shown: str | None = None) -> T:
    """Declare the environment variable `name` and return its parsed value.

    `shown` is what the reference calls the default, where that depends on the machine or on another variable.
    """
    VARIABLES[name] = Variable(name, f"`{default}`" if shown is None and default else shown or "", help)
    text = os.environ.get(name, default)
    try:
        return parse(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {text!r}, which cannot be read ({error}). It is: {help}") from error


def reference() -> str:
    """The table of `docs/reference.md`."""
    lines = ["| variable | default | what it is |", "| --- | --- | --- |"]
    lines += [f"| `{variable.name}` | {variable.default} | {variable.help} |" for variable in VARIABLES.values()]
    return "\n".join(lines)


def boolean(text: str) -> bool:
    """`1`, `true`, `yes`, `on` (any case) are true; `0`, `false`, `no`, `off` and nothing at all are false."""
    lowered = text.strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError(f"{text!r} is neither yes nor no; write 1 or 0.")


def comma_separated(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
