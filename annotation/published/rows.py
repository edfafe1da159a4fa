"""One row of a table, its cells by their roles: what was judged, by whom, and whether it counts. Pure."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from annotation.published.answers import flag
from annotation.published.columns import Layout
from annotation.toml_reader import UNSTORABLE, quoted
from generation.formats.values import FormatError
from generation.wording import worded

MOST_NAME: Final = 200
MOST_DATASET: Final = 80
MOST_ANNOTATOR: Final = 80
MOST_PLACE: Final = 100_000
MOST_REPEAT: Final = 1_000
WHOLE: Final = -1
TRIM: Final = {"annotator": MOST_ANNOTATOR, "dataset": MOST_DATASET, "left": MOST_DATASET, "right": MOST_DATASET}


class Shown(NamedTuple):
    """One dialogue as the file names it: its own name, and that of its dataset or system."""

    name: str
    dataset: str


class Judged(NamedTuple):
    """What a row is about. `left` is the dialogue itself where it is no pair. `swapped`: the pair's first is right."""

    block: str
    unit: str
    left: Shown
    right: Shown | None
    swapped: bool
    place: int
    counted: bool
    repeat: int
    superseded: bool


class RowReader:
    """Reads rows of one layout. Raises `FormatError` for a row that cannot be read, with place and remedy."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def text(self, cells: Sequence[str], role: str) -> str:
        """The cell of a role, tidied; empty where the table has no such column."""
        place = self.layout.roles.get(role)
        if place is None:
            return ""
        text = cells[place].strip()
        refuse_unstorable(text)
        if len(text) > TRIM.get(role, MOST_NAME) and role not in ("value", "reason", "label"):
            limit = TRIM.get(role, MOST_NAME)
            problem = worded(
                "%(cell)s has %(length)s characters, at most %(limit)d are kept",
                cell=_cell(role, text),
                length=f"{len(text):,}",
                limit=limit,
            )
            raise FormatError(problem=problem, remedy=worded("Shorten it."))
        return text

    def needed(self, cells: Sequence[str], role: str) -> str:
        text = self.text(cells, role)
        if not text:
            problem = worded("`%(key)s` is empty", key=role)
            raise FormatError(problem=problem, remedy=worded("Fill it in, or remove the row."))
        return text

    def judged(self, cells: Sequence[str]) -> Judged:
        unit = self.needed(cells, "unit")
        left, right = self._shown(cells, unit)
        side = self.text(cells, "side").lower()
        block = f"{self.text(cells, 'block')}|{'' if right is None else 'pair'}"
        return Judged(
            block,
            unit,
            left,
            right,
            right is not None and side in {"2", "second", "right"},
            self._place(cells) if right is None else WHOLE,
            self.flag(cells, "counted", empty=True),
            self._whole(cells, "repeat", 0, MOST_REPEAT),
            self.flag(cells, "superseded"),
        )

    def flag(self, cells: Sequence[str], role: str, *, empty: bool = False) -> bool:
        text = self.text(cells, role)
        if not text:
            return empty
        found = flag(text)
        if found is None:
            problem = worded("%(cell)s is neither 1 nor 0", cell=_cell(role, text))
            raise FormatError(problem=problem, remedy=worded("Write 1 for yes, 0 for no."))
        return found != (role in self.layout.turned)

    def _shown(self, cells: Sequence[str], unit: str) -> tuple[Shown, Shown | None]:
        names = [self.text(cells, role) for role in ("left", "left_dialogue", "right", "right_dialogue")]
        if not any(names):
            return Shown(self.text(cells, "dialogue") or unit, self.text(cells, "dataset")), None
        left, right = Shown(names[1] or unit, names[0]), Shown(names[3] or unit, names[2])
        if not any(names[:2]) or not any(names[2:]):
            remedy = worded("Fill in both `left` and `right`.")
            raise FormatError(problem=worded("a pair has one side only"), remedy=remedy)
        if left == right:
            same = quoted(" ".join(filter(None, names[:2])))
            problem = worded("left and right are the same, %(name)s", name=same)
            raise FormatError(problem=problem, remedy=worded("A pair needs two different dialogues."))
        return left, right

    def _place(self, cells: Sequence[str]) -> int:
        return self._whole(cells, "utterance", WHOLE, MOST_PLACE)

    def _whole(self, cells: Sequence[str], role: str, empty: int, most: int) -> int:
        text = self.text(cells, role).removesuffix(".0")
        if not text:
            return empty
        if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > most:
            problem = worded("%(cell)s is no whole number from 0 to %(most)s", cell=_cell(role, text), most=f"{most:,}")
            raise FormatError(problem=problem, remedy=worded("Correct it, or leave it empty."))
        return int(text)


def refuse_unstorable(text: str) -> None:
    """Raise `FormatError` for what no database keeps."""
    if UNSTORABLE.search(text):
        problem = worded(
            "%(text)s holds a character that cannot be stored (NUL, or half a one)",
            text=quoted(UNSTORABLE.sub("", text)),
        )
        raise FormatError(problem=problem, remedy=worded("Remove it."))


def _cell(role: str, text: str) -> str:
    return f"`{role}` {quoted(text)}"
