"""What the header of a table says: which column plays which role, and what stands across. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from annotation.toml_reader import UNSTORABLE, listed, quoted
from generation.formats.tables import MOST_COLUMNS
from generation.formats.values import first_repeated

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


class TableError(ValueError):
    """A table that cannot be read at all: what is wrong with it, and what to do about it."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem} {remedy}".strip())
        self.problem = problem
        self.remedy = remedy


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
            f"There are values ({quoted(names[roles['value']])}) but no column says whose.",
            "Say which column it is (annotator=HEADING).",
        )
    if "unit" not in roles:
        if answers:
            raise TableError(
                "No column says which unit was judged.", "Say which it is (unit=HEADING). " + _headings(names)
            )
        roles["unit"] = 0
    if answers == ["annotator", "value"]:
        return Layout(roles, (), "", turned)
    rest = [(place, name) for place, name in enumerate(names) if place not in roles.values() and name]
    across_is = "criterion" if answers or criteria else "annotator"
    if chosen := criteria or annotators:
        rest = _chosen(names, chosen, across_is)
    if not rest:
        raise TableError("No column holds answers.", "There should be a column `value`, or one an annotator.")
    if across_is == "criterion" and "annotator" not in roles:
        raise TableError("No column says who judged.", "Say which it is (annotator=HEADING). " + _headings(names))
    return Layout(roles, tuple(rest), across_is, turned)


def refuse_nested(layout: Layout, header: Sequence[str], nested: Collection[str]) -> None:
    """Raise `TableError` where what would be read holds lists or objects instead of single answers."""
    read = [*layout.roles.values(), *(place for place, _name in layout.across)]
    held = [header[place] for place in sorted(read) if header[place] in nested]
    if held:
        raise TableError(
            f"{quoted(held[0])} holds no single answer, but a list or an object of its own.",
            "Write one answer a line, with the keys unit, annotator, criterion and value.",
        )


def _refuse_bad(names: Sequence[str]) -> None:
    if len(names) < 2:
        raise TableError(
            "The first line has a single column.",
            "It should be a header, such as unit,annotator,criterion,value, separated by commas, semicolons or tabs.",
        )
    if len(names) > MOST_COLUMNS:
        raise TableError(f"The table has {len(names):,} columns; at most {MOST_COLUMNS:,} are read.")
    for name in names:
        if UNSTORABLE.search(name):
            raise TableError("A heading holds a character that cannot be stored (NUL, or half a one).", "Remove it.")
    if "" in names[1:]:
        raise TableError("A column has no heading.", "Name every column in the first line, or remove it.")
    if (twice := first_repeated(names)) is not None:
        raise TableError(
            f"The heading {quoted(twice)} stands there twice.", "The first line should be a header, each name once."
        )


def named_roles(names: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Where the column of each role stands that was named for it, or whose heading is one of its `ALIASES`."""
    known = _known(names)
    roles = {}
    for role, name in columns.items():
        if not name:
            continue
        if name not in names:
            raise TableError(f"There is no column {quoted(name)} for `{role}`.", _headings(names))
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
            raise TableError(f"There is no column {quoted(name)} for a {across_is}.", _headings(names))
    return [(names.index(name), name) for name in dict.fromkeys(across)]


def _headings(names: Sequence[str]) -> str:
    return f"The headings are {listed(quoted(name) for name in names[:30])}{' …' if len(names) > 30 else ''}."
