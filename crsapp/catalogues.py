"""The interface's translations: `python -m crsapp.catalogues` compiles those that are newer than what was compiled;
with `--update` (`make messages`) it first brings them up to what the code says.

Texts of the code stand in `locale/<language>/LC_MESSAGES/django.po`; Django reads the `.mo` beside it, which is made
where the product runs and never committed. Babel does both, so that no machine needs gettext's programs.
"""

import io
import re
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from django.utils.translation.template import templatize

from crsapp.environment import BASE_DIR

LOCALE: Final = BASE_DIR / "locale"
FOLDERS: Final = ("annotation", "crsapp", "evaluation", "generation", "templates")
GOALS: Final = Path("generation/reviews/goals.toml")
SHOWN: Final = ("does", "meaning")
TASKS: Final = Path("generation/simulation/tasks.toml")
INSTRUMENTS: Final = Path("annotation/instruments")
PLAIN: Final = ("gettext", "ngettext", "pgettext", "npgettext")
WORDED: Final = ("gettext_noop", "worded", "worded_count")
KEYWORDS: Final[dict[str, Any]] = dict.fromkeys(["_", *WORDED, *PLAIN, *(f"{name}_lazy" for name in PLAIN)])
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]|%[sd]")
REMEDY: Final = "python -m crsapp.catalogues"
Message = tuple[str, str, str]
"""Context, singular, plural; the first and the last may be empty."""


def sources(locale: Path = LOCALE) -> list[Path]:
    return sorted(locale.glob("*/LC_MESSAGES/django.po"))


def compile_catalogues(locale: Path = LOCALE) -> list[Path]:
    """Compile each catalogue that is newer than what was compiled of it, and say which; it is there whole or not."""
    stale = stale_catalogues(locale)
    for source in stale:
        _compile(source)
    return stale


def stale_catalogues(locale: Path = LOCALE) -> list[Path]:
    """Those of which nothing is compiled, or something older."""
    pairs = [(source, source.with_suffix(".mo")) for source in sources(locale)]
    return [source for source, made in pairs if not made.exists() or made.stat().st_mtime < source.stat().st_mtime]


def _compile(source: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parts[-3])
    with tempfile.NamedTemporaryFile(dir=source.parent, suffix=".mo.part", delete=False) as made:
        write_mo(made, catalogue)
    Path(made.name).chmod(0o644)
    Path(made.name).replace(source.with_suffix(".mo"))


def messages_of_the_code(root: Path = BASE_DIR) -> Iterator[Message]:
    """What is marked for translation in code and templates, in the order of files, as often as it stands; and what
    researchers read of goals, tasks and instruments."""
    yield from _marked(root)
    yield from _of_goals(root / GOALS)
    yield from _of_tasks(root / TASKS)
    yield from _of_instruments(root / INSTRUMENTS)


def _of_goals(path: Path) -> Iterator[Message]:
    """What people read of the goals of utterances; what models are told stays as it is."""
    told = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for text in (*told.get("primary", {}).values(), *(goal[name] for goal in told.get("goal", ()) for name in SHOWN)):
        yield "", text, ""


def _of_tasks(path: Path) -> Iterator[Message]:
    """The titles of tasks and of their variables; their texts are told in other languages by files of their own."""
    told = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for task in told.get("task", ()):
        for one in (task, *task["variable"]):
            yield "", one["title"], ""


def _of_instruments(folder: Path) -> Iterator[Message]:
    """What an instrument is for. Its questions are read by annotators, in the language of their study."""
    for path in sorted(folder.glob("*.toml")):
        yield "", tomllib.loads(path.read_text(encoding="utf-8"))["description"].strip(), ""


def _marked(root: Path) -> Iterator[Message]:
    from babel.messages.extract import extract_python

    paths = (path for folder in FOLDERS for path in (root / folder).rglob("*") if path.suffix in {".py", ".html"})
    for path in sorted(paths):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            # What Django makes of a template is no whole program; within brackets, its indentation means nothing.
            text = f"({templatize(text, origin=str(path))}\n)"
        found: Iterable[Any] = extract_python(io.BytesIO(text.encode()), KEYWORDS, [], {})
        for _line, function, said, _comments in found:
            message = _message(function, said if isinstance(said, tuple) else (said,))
            if message[1]:
                yield message


def _message(function: str, said: tuple[str | None, ...]) -> Message:
    """`said` are the call's arguments, None where one is no literal."""
    name = function.removesuffix("_lazy")
    texts = [text or "" for text in said]
    context = texts.pop(0) if name in {"pgettext", "npgettext"} else ""
    return context, texts[0], texts[1] if name in {"ngettext", "npgettext", "worded_count"} else ""


def update_catalogues(locale: Path = LOCALE, root: Path = BASE_DIR) -> dict[Path, int]:
    """Bring each catalogue up to what the code says: new messages come in empty, messages that are gone go. How many
    are without a translation."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po, write_po

    template = Catalog()
    for context, singular, plural in messages_of_the_code(root):
        template.add((singular, plural) if plural else singular, context=context or None)
    found = {}
    for source in sources(locale):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        for message in catalogue:
            if not PLACEHOLDER.search(str(message.id)):
                message.flags.discard("python-format")  # “95 % of” is no placeholder
        with source.open("wb") as file:
            write_po(file, catalogue, width=0, no_location=True, ignore_obsolete=True)
        found[source] = sum(1 for message in catalogue if message.id and not _is_translated(message.string))
    return found


def _is_translated(text: Any) -> bool:
    return all(text) if isinstance(text, tuple | list) else bool(text)


def main(arguments: Sequence[str]) -> None:
    if "--update" in arguments:
        for source, open_messages in update_catalogues().items():
            sys.stdout.write(f"{source.relative_to(BASE_DIR)}: {open_messages} without a translation\n")
    compile_catalogues()


if __name__ == "__main__":
    main(sys.argv[1:])
