"""What somebody says about a table beyond what its header does. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

from annotation.published.columns import ROLES, TableError
from annotation.toml_reader import listed, quoted
from generation.wording import worded

SCALES: Final = ("nominal", "ordinal", "interval", "binary")


@dataclass(frozen=True)
class Options:
    """Which column plays which role, which columns are criteria or annotators, and on which scale a criterion stands.

    A role with an empty name has no column, whatever the header says. The scale under the empty name is that of every
    criterion without one of its own.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    criteria: tuple[str, ...] = ()
    scales: Mapping[str, str] = field(default_factory=dict)
    annotators: tuple[str, ...] = ()

    def scale_of(self, criterion: str) -> str:
        return self.scales.get(criterion, self.scales.get("", ""))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Self:
        """What `as_dict` wrote, as JSON gives it back; nothing was said where it has nothing."""
        across = {part: tuple(said.get(part, ())) for part in ("criteria", "annotators")}
        return cls(columns=said.get("columns", {}), scales=said.get("scales", {}), **across)


def parse_options(*, columns: Iterable[str] = (), criteria: Iterable[str] = (), scales: Iterable[str] = ()) -> Options:
    """From `unit=id`, criteria, and `ordinal` or `fluency=ordinal`. Raises `TableError` in words.

    >>> parse_options(columns=["unit=id"], scales=["nominal", "fluency=ordinal"]).scale_of("fluency")
    'ordinal'
    """
    roles = {}
    for said in columns:
        role, equals, name = (part.strip() for part in said.partition("="))
        if not equals or not name or role not in ROLES:
            remedy = worded("Write one of %(roles)s, then = and its heading.", roles=listed(ROLES))
            raise TableError(worded("%(said)s is no column", said=quoted(said)), remedy)
        roles[role] = name
    chosen = {}
    for said in scales:
        criterion, _, scale = said.rpartition("=")
        if scale.strip() not in SCALES:
            remedy = worded("Use one of %(scales)s.", scales=listed(SCALES))
            raise TableError(worded("%(scale)s is no scale", scale=quoted(scale)), remedy)
        chosen[criterion.strip()] = scale.strip()
    return Options(roles, tuple(one.strip() for one in criteria if one.strip()), chosen)
