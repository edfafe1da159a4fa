"""What the header of a table says: which column plays which role, and what stands across. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from annotation.toml_reader import UNSTORABLE, listed, quoted
from generation.formats.tables import MOST_COLUMNS
from generation.formats.values import FormatError, first_repeated
from generation.wording import Worded, worded

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "unit": ("unit", "unit_id", "item", "item_id"),
    "annotator": ("annotator", "annotator_id", "coder", "rater", "worker", "worker_id", "participant_id"),
    "criterion": ("criterion", "question", "dimension"),
    "value": ("value", "rating", "winner", "vote"),
    "dialogue": ("dialogue", "dialogue_id", "conversation_id"),
    "dataset": ("dataset", "system"),
    "utterance": ("turn", "utterance"),
    "left": ("left", "left_dataset"),
    "right": ("right", "right_dataset"),
    "left_dialogue": ("left_dialogue",),
    "right_dialogue": ("right_dialogue",),
    "side": ("side",),
    "counted": ("counted",),
    "block": ("block",),
    "block_name": ("block_name",),
    "target": ("target",),
    "annotator_kind": ("annotator_kind",),
    "repeat": ("repeat",),
    "superseded": ("superseded",),
    "cannot_judge": ("cannot_judge",),
    "reason": ("reason",),
    "instrument": ("instrument",),
    "scale": ("scale",),
    "label": ("label",),
    "answered": ("answered",),
    "active_seconds": ("active_seconds", "time_spent"),
}
"""The roles, and by which headings each is known, the best first."""
ROLES: Final = tuple(ALIASES)
NOT: Final = "!"
CALLED_ACROSS: Final = {"annotator": worded("annotator"), "criterion": worded("criterion")}


class TableError(FormatError):
    """A table that cannot be read at all: what is wrong with it, and what to do about it."""

    def __init__(self, problem: Worded, remedy: Worded) -> None:
        super().__init__(problem=problem, remedy=remedy, fatal=True)


@dataclass(frozen=True)
class Layout:
    """Where things stand in a row. `across` are the columns whose headings are annotators, or criteria; none where
    each row is one answer. `turned` are the roles whose yes and no are the other way round (`counted=!is_gold`)."""

    roles: Mapping[str, int]
    across: tuple[tuple[int, str], ...]
    across_is: str
    turned: frozenset[str]

    @property
    def is_pairs(self) -> bool:
        """Whether rows say what stood left and right."""
        return any(role in self.roles for role in ("left", "left_dialogue"))


def recognise(
    header: Sequence[str], columns: Mapping[str, str], criteria: Sequence[str] = (), annotators: Sequence[str] = ()
) -> Layout:
    """The layout of a table with this header; `columns` names headings for roles, an empty name says that a role has
    none. `criteria` or `annotators` are the columns across, and no others are. Raises `TableError`.

    >>> recognise(["unit", "ann", "bob"], {}).across
    ((1, 'ann'), (2, 'bob'))
    >>> recognise(["unit", "rater", "fluency"], {}).across_is
    'criterion'
    """
    names = [name.strip() for name in header]
    _refuse_bad(names)
    turned = frozenset(role for role, name in columns.items() if name.startswith(NOT))
    roles = named_roles(names, {role: name.removeprefix(NOT) for role, name in columns.items()})
    if "unit" not in roles and "dialogue" in roles:
        roles["unit"] = roles["dialogue"]
    answers = [role for role in ("annotator", "value") if role in roles]
    if answers == ["value"]:
        raise TableError(
            worded("There are values (%(name)s) but no column says whose", name=quoted(names[roles["value"]])),
            worded("Say which column it is (annotator=HEADING)."),
        )
    if "unit" not in roles:
        if answers:
            remedy = worded("Say which it is (unit=HEADING). The headings are %(names)s.", names=_names(names))
            raise TableError(worded("No column says which unit was judged"), remedy)
        roles["unit"] = 0
    if answers == ["annotator", "value"]:
        return Layout(roles, (), "", turned)
    rest = [(place, name) for place, name in enumerate(names) if place not in roles.values() and name]
    across_is = "criterion" if answers or criteria else "annotator"
    if chosen := criteria or annotators:
        rest = _chosen(names, chosen, across_is)
    if not rest:
        remedy = worded("There should be a column `value`, or one an annotator.")
        raise TableError(worded("No column holds answers"), remedy)
    if across_is == "criterion" and "annotator" not in roles:
        remedy = worded("Say which it is (annotator=HEADING). The headings are %(names)s.", names=_names(names))
        raise TableError(worded("No column says who judged"), remedy)
    return Layout(roles, tuple(rest), across_is, turned)


def refuse_nested(layout: Layout, header: Sequence[str], nested: Collection[str]) -> None:
    """Raise `TableError` where what would be read holds lists or objects instead of single answers."""
    read = [*layout.roles.values(), *(place for place, _name in layout.across)]
    held = [header[place] for place in sorted(read) if header[place] in nested]
    if held:
        raise TableError(
            worded("%(name)s holds no single answer, but a list or an object of its own", name=quoted(held[0])),
            worded("Write one answer a line, with the keys unit, annotator, criterion and value."),
        )


def _refuse_bad(names: Sequence[str]) -> None:
    if len(names) < 2:
        raise TableError(
            worded("The first line has a single column"),
            worded(
                "It should be a header such as unit,annotator,criterion,value, with commas, semicolons or tabs between."
            ),
        )
    if len(names) > MOST_COLUMNS:
        problem = worded(
            "The table has %(columns)s columns; at most %(most)s are read",
            columns=f"{len(names):,}",
            most=f"{MOST_COLUMNS:,}",
        )
        raise TableError(problem, worded("Leave columns out."))
    for name in names:
        if UNSTORABLE.search(name):
            problem = worded("A heading holds a character that cannot be stored (NUL, or half a one)")
            raise TableError(problem, worded("Remove it."))
    if "" in names[1:]:
        remedy = worded("Name every column in the first line, or remove it.")
        raise TableError(worded("A column has no heading"), remedy)
    if (twice := first_repeated(names)) is not None:
        problem = worded("The heading %(name)s stands there twice", name=quoted(twice))
        raise TableError(problem, worded("The first line should be a header, each name once."))


def named_roles(names: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Where the column of each role stands that was named for it, or whose heading is one of its `ALIASES`."""
    known = _known(names)
    roles = {}
    for role, name in columns.items():
        if not name:
            continue
        if name not in names:
            problem = worded("There is no column %(name)s for `%(role)s`", name=quoted(name), role=role)
            raise TableError(problem, _headings(names))
        roles[role] = names.index(name)
    for role, aliases in ALIASES.items():
        place = next((known[alias] for alias in aliases if alias in known), None)
        if role not in columns and place is not None and place not in roles.values():
            roles[role] = place
    return roles


def _known(names: Sequence[str]) -> dict[str, int]:
    """Where each heading stands, spelled as `ALIASES` are."""
    return {name.strip().lower().replace(" ", "_"): place for place, name in reversed(list(enumerate(names)))}


def _chosen(names: Sequence[str], across: Sequence[str], across_is: str) -> list[tuple[int, str]]:
    for name in across:
        if name not in names:
            problem = worded(
                "There is no column %(name)s for a %(what)s", name=quoted(name), what=CALLED_ACROSS[across_is]
            )
            raise TableError(problem, _headings(names))
    return [(names.index(name), name) for name in dict.fromkeys(across)]


def _headings(names: Sequence[str]) -> Worded:
    return worded("The headings are %(names)s.", names=_names(names))


def _names(names: Sequence[str]) -> str:
    return f"{listed(quoted(name) for name in names[:30])}{' …' if len(names) > 30 else ''}"
