"""Proof that an open or closed study kept its promises."""

from dataclasses import dataclass, field

from annotation.models import Study


@dataclass(frozen=True)
class CheckReport:
    """What `check_study` found: nothing wrong (`ok`), or each problem in words; `counts` says what was looked at."""

    ok: bool
    problems: list[str]
    counts: dict[str, int | float] = field(default_factory=dict)


def check_study(study: Study) -> CheckReport:
    """Prove k, sides, order, digests, counts and completeness of one study."""
    raise NotImplementedError
