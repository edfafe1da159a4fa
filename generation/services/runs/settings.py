"""What can be set about any run. All of it is frozen with the run, and its digest names it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Final, Self

from django.utils.translation import gettext as _

from generation.checks.table import Filter, unjudged
from generation.llm.prompts import get_prompt
from generation.models import Endpoint, GenerationRun, RunPart

MOST_RETRIES: Final = 10
ANSWERING: Final = ("kind", "model", "temperature", "top_p")
SNAPSHOT: Final = ("name", "kind", "base_url", "model", "temperature", "top_p", "max_tokens")

Parts = Sequence[tuple[RunPart.Plays, Endpoint]]
"""Who plays what in a run."""


class RunError(Exception):
    """Why a run does not start, or does not do what was asked, in words."""


def rejecting_of(filters: Mapping[str, Filter[Any]]) -> tuple[str, ...]:
    """Those of these filters that reject unless a run says otherwise."""
    return tuple(code for code, one in filters.items() if one.rejects)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """What every kind of run has: each dialogue is tried `retries` times more; findings of the filters in `rejecting`
    reject it. `language` is the code of the one that is spoken.
    """

    filters: ClassVar[Mapping[str, Filter[Any]]]

    seed: int = 0
    retries: int = 2
    language: str = "en"
    rejecting: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.retries <= MOST_RETRIES:
            raise RunError(_("Let a dialogue be tried again 0 to %(most)s times.") % {"most": MOST_RETRIES})
        if unknown := sorted(set(self.rejecting) - self.filters.keys()):
            raise RunError(_("There is no filter %(codes)s.") % {"codes": ", ".join(unknown)})

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """From what was frozen."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in said.items() if name in known})

    def codes(self) -> list[str]:
        """Everything that can be found in this run, in order."""
        return list(self.filters)

    def funnel(self) -> list[str]:
        """The codes that may reject in this run, in the order in which they count."""
        return [code for code in self.filters if code in self.rejecting]

    def unjudged(self) -> list[str]:
        """The codes of the filters that know too little of the language that is spoken to judge it."""
        return unjudged(self.filters, self.language)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def frozen(settings: RunSettings, parts: Parts, prompts: Sequence[str], **more: Any) -> dict[str, Any]:
    """All that decides what comes out, beside what it is made from."""
    texts = [get_prompt(name) for name in prompts]
    said = {
        **settings.as_dict(),
        "prompts": [{"name": one.name, "version": one.version, "digest": one.digest} for one in texts],
        "endpoints": [{"plays": str(plays), **{name: getattr(one, name) for name in SNAPSHOT}} for plays, one in parts],
        **more,
    }
    plain: dict[str, Any] = json.loads(json.dumps(said))
    return plain


def digest_of(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def check_unchanged(run: GenerationRun) -> None:
    """Raise RunError where answers would come from another model or prompt than those before: a dataset has one."""
    said = {(one["plays"], one["name"]): one for one in run.settings["endpoints"]}
    for part in run.parts.select_related("endpoint"):
        _check_endpoint(said.get((part.plays, part.endpoint.name), {}), part.endpoint)
    for one in run.settings["prompts"]:
        _check_prompt(one)


def _check_endpoint(said: Mapping[str, Any], endpoint: Endpoint) -> None:
    changed = [name for name in ANSWERING if getattr(endpoint, name) != said.get(name)]
    if changed:
        raise RunError(
            _(
                "%(endpoint)s was changed since this run began (%(names)s). Set it back and resume, or end this run "
                "and start a new one."
            )
            % {"endpoint": endpoint.name, "names": ", ".join(changed)}
        )


def _check_prompt(said: Mapping[str, Any]) -> None:
    prompt = get_prompt(said["name"])
    if prompt.digest != said["digest"]:
        raise RunError(
            _(
                "The prompt %(name)s has changed since this run began (version %(then)s, now %(now)s). "
                "Cancel the run and start a new one."
            )
            % {"name": prompt.name, "then": said["version"], "now": prompt.version}
        )
