"""Settings come from the environment alone. Each is declared once, here, with its default and one line of help;
`docs/reference.md` is checked against this list by a test."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

BASE_DIR: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Variable:
    name: str
    default: str
    help: str


VARIABLES: dict[str, Variable] = {}


def variable(name: str, default: str, parse: Callable[[str], T], help: str) -> T:
    """Declare the environment variable `name` and return its parsed value."""
    VARIABLES[name] = Variable(name, default, help)
    return parse(os.environ.get(name, default))


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
