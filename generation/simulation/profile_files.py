"""Profiles as files: numbered records as they were published, JSON, or CSV with one profile a row. Pure.

>>> print(as_csv([Filed(7, Profile(gender="Female", age="35"))]).splitlines()[1])
7,Female,35,,,,,,,
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from generation.simulation.profiles import FIELDS, KNOWN, LABELS, Profile, profile_of, read_profile, read_records
from generation.simulation.text import clean, one_line
from generation.wording import worded

MOST_PROFILES: Final = 2_000
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
TEXT_KEYS: Final = ("preference", "profile", "text")
NUMBER_KEYS: Final = ("preference_id", "number", "id")
TRANSLATED: Final = "preference_"
LONGEST_CODE: Final = 16
LONGEST_TRANSLATION: Final = 20_000


class ProfileFileError(ValueError):
    """A file of profiles that cannot be read; `problems` says why, each with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Filed:
    """A profile in a file. `translations` are its whole text in other languages."""

    number: int | None
    profile: Profile
    translations: Mapping[str, str] = field(default_factory=dict)


def as_text(filed: Iterable[Filed]) -> str:
    """Nine numbered lines a profile, with an empty line between two of them."""
    return "\n\n".join(one.profile.text() for one in filed) + "\n"


def as_json(filed: Iterable[Filed]) -> str:
    """The keys of the published data: `preference_id`, `preference`, and `preference_zh` where it is translated."""
    return json.dumps([_entry(one) for one in filed], ensure_ascii=False, indent=1) + "\n"


def _entry(one: Filed) -> dict[str, Any]:
    others = {f"{TRANSLATED}{language}": text for language, text in one.translations.items()}
    return {"preference_id": one.number, "preference": one.profile.text(), **others}


def as_csv(filed: Iterable[Filed]) -> str:
    """A column a field. What a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["Number", *LABELS.values()])
    for one in filed:
        values = [f"'{value}" if _like_a_formula(value) else value for _name, value in one.profile.items()]
        writer.writerow(["" if one.number is None else one.number, *values])
    return out.getvalue()


LAYOUTS: Final[Mapping[str, tuple[str, Callable[[Iterable[Filed]], str]]]] = {
    "txt": ("text/plain; charset=utf-8", as_text),
    "json": ("application/json", as_json),
    "csv": ("text/csv; charset=utf-8", as_csv),
}


def read_file(text: str) -> list[Filed]:
    """The profiles of a file, JSON, CSV or numbered records as its beginning says. Raises `ProfileFileError`.

    A profile that is not whole is read as it is; one of which nothing can be read is a problem.

    >>> [one.profile.age for one in read_file("Gender,Age\\nFemale,35\\nMale,40")]
    ['35', '40']
    """
    text = text.lstrip("\ufeff \t\r\n")
    problems: list[str] = []
    if text[:1] in ("{", "["):
        filed = list(_from_json(text, problems))
    elif _columns(text.partition("\n")[0]):
        filed = list(_from_csv(text, problems))
    else:
        filed = [Filed(None, profile) for profile in read_records(text)]
    if not filed and not problems:
        problems.append(
            worded(
                "There is no profile in the file. A profile has lines such as “%(gender)s: Female”.",
                gender=LABELS["gender"],
            )
        )
    if len(filed) > MOST_PROFILES:
        problems.append(
            worded(
                "There are %(filed)s profiles; at most %(most)s fit into one pool.",
                filed=f"{len(filed):,}",
                most=f"{MOST_PROFILES:,}",
            )
        )
    if problems:
        raise ProfileFileError(problems)
    return filed


def _from_json(text: str, problems: list[str]) -> Iterator[Filed]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        problems.append(worded("This is no JSON: %(error)s.", error=error))
        return
    entries = data.get("profiles") if isinstance(data, dict) else data
    if not isinstance(entries, list):
        problems.append(worded("The JSON should be a list of profiles, or have one under “profiles”."))
        return
    for place, entry in enumerate(entries, 1):
        filed = _from_entry(entry)
        if filed is None:
            problems.append(
                worded(
                    "entry %(place)s: no profile can be read; it should have “preference” or the nine fields.",
                    place=place,
                )
            )
        else:
            yield filed


def _from_entry(entry: Any) -> Filed | None:
    if isinstance(entry, str):
        entry = {"preference": entry}
    if not isinstance(entry, Mapping):
        return None
    said = next((entry[key] for key in TEXT_KEYS if isinstance(entry.get(key), str)), "")
    values = {KNOWN.get(str(key).casefold(), str(key)): value for key, value in entry.items()}
    profile = read_profile(said) if said else profile_of({name: values[name] for name in FIELDS if name in values})
    if profile == Profile():
        return None
    others = {
        one_line(str(key).removeprefix(TRANSLATED), LONGEST_CODE): clean(value)[:LONGEST_TRANSLATION]
        for key, value in entry.items()
        if str(key).startswith(TRANSLATED) and key not in NUMBER_KEYS and isinstance(value, str)
    }
    return Filed(_number(next((entry[key] for key in NUMBER_KEYS if key in entry), None)), profile, others)


def _from_csv(text: str, problems: list[str]) -> Iterator[Filed]:
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""))
    except csv.Error as error:
        problems.append(worded("This is no CSV: %(error)s.", error=error))
        return
    names = [KNOWN.get(title.strip().casefold(), title.strip().casefold()) for title in header]
    for place, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        said = {name: _cell(cell) for name, cell in zip(names, row, strict=False)}
        profile = profile_of(said)
        if profile == Profile():
            problems.append(worded("row %(place)s: no field of a profile can be read.", place=place))
        else:
            yield Filed(_number(next((said[key] for key in NUMBER_KEYS if key in said), None)), profile)


def _columns(line: str) -> bool:
    """Whether a line names columns of a table of profiles."""
    named = {KNOWN.get(title.strip(' "').casefold()) for title in line.split(",")} - {None}
    return len(named) >= 2


def _like_a_formula(value: str) -> bool:
    """Whether a spreadsheet would take it for one; also what was guarded before, so that it comes back as it is."""
    return value.lstrip("'").startswith(FORMULA)


def _cell(said: str) -> str:
    return said[1:] if said.startswith("'") and _like_a_formula(said) else said


def _number(said: Any) -> int | None:
    text = str(said).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
