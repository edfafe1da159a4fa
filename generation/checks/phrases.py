"""The phrases that filters look for, read from `phrases.toml` beside this file. Pure.

>>> bool(PHRASES["accepts"].search(plain("You’ve convinced me.")))
True
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

PART: Final = re.compile(r"<(\w+)>")


def compiled(data: Mapping[str, Any]) -> dict[str, re.Pattern[str]]:
    """A pattern for each list of phrases."""
    parts = data["parts"]
    return {
        name: re.compile("|".join(PART.sub(lambda found: parts[found[1]], phrase) for phrase in table["phrases"]), re.I)
        for name, table in data.items()
        if name != "parts"
    }


def plain(text: str) -> str:
    """A text with the apostrophes that the phrases use; every place stays what it is."""
    return text.replace("’", "'")


PHRASES: Final = compiled(tomllib.loads((Path(__file__).parent / "phrases.toml").read_text(encoding="utf-8")))
