"""What can be set about a run of generation. All of it is frozen with the run, and its digest names it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Self

from django.utils.translation import gettext as _

from generation.checks.table import FILTERS
from generation.llm.prompts import Prompt, get_prompt
from generation.models import Endpoint, Preparation
from generation.reviews.material import PlanSettings
from generation.reviews.templates import Template
from generation.services.templates import usable_templates

PROMPT: Final = "redial_static"
MOST_RETRIES: Final = 10
ANSWERING: Final = ("kind", "model", "temperature", "top_p")
SNAPSHOT: Final = ("name", "kind", "base_url", "model", "temperature", "top_p", "max_tokens")


REJECTING: Final = tuple(code for code, one in FILTERS.items() if one.rejects)


class RunError(Exception):
    """Why a run does not start, or does not do what was asked, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """`count` dialogues at most are planned (None: one for each might-like); each is tried `retries` times more.

    `weights` are those of dialogues with one, two and three recommendations; `most_words` of a review are quoted in a
    plan; no sentence of a dialogue has more than `sentence_words`; findings of the filters in `rejecting` reject.
    """

    count: int | None = None
    seed: int = 0
    retries: int = 2
    weights: Mapping[str, float] = field(default_factory=lambda: {"1": 1.0, "2": 1.0, "3": 1.0})
    domain: str = ""
    most_words: int = 120
    sentence_words: int = 60
    reviews_required: bool = True
    optional_slots: bool = False
    rejecting: Sequence[str] = REJECTING

    def __post_init__(self) -> None:
        if self.count is not None and self.count < 1:
            raise RunError(_("Ask for one dialogue or more."))
        if not 0 <= self.retries <= MOST_RETRIES:
            raise RunError(_("Let a dialogue be tried again 0 to %(most)s times.") % {"most": MOST_RETRIES})
        if unknown := sorted(set(self.rejecting) - FILTERS.keys()):
            raise RunError(_("There is no filter %(codes)s.") % {"codes": ", ".join(unknown)})
        if not any(weight > 0 for weight in self.weights.values()) or min(self.weights.values()) < 0:
            raise RunError(_("Give at least one number of recommendations a weight above 0."))

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """From what was frozen."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in said.items() if name in known})

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def for_plans(self, preparation: Preparation) -> PlanSettings:
        prepared = preparation.settings
        return PlanSettings(
            domain=self.domain,
            seed=self.seed,
            weights={int(number): weight for number, weight in self.weights.items()},
            most_words=self.most_words,
            positive=prepared["positive"],
            negative=prepared["negative"],
            reviews_required=self.reviews_required,
            optional_slots=self.optional_slots,
        )


def frozen(settings: RunSettings, endpoint: Endpoint, preparation: Preparation) -> dict[str, Any]:
    """All that decides what comes out, beside the reviews themselves."""
    prompt = get_prompt(PROMPT)
    return {
        **settings.as_dict(),
        "templates": [str(template) for template in usable_templates()],
        "prompt": {"name": prompt.name, "version": prompt.version, "digest": prompt.digest},
        "endpoint": {name: getattr(endpoint, name) for name in SNAPSHOT},
        "source": {"name": preparation.dataset.name, "preparation": preparation.pk, **preparation.settings},
    }


def digest_of(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def templates_of(said: Mapping[str, Any]) -> list[Template]:
    return [Template.parse(line) for line in said["templates"]]


def check_endpoint(said: Mapping[str, Any], endpoint: Endpoint) -> None:
    """Raise RunError where answers would come from another model than those before: a dataset has one."""
    changed = [name for name in ANSWERING if getattr(endpoint, name) != said["endpoint"][name]]
    if changed:
        raise RunError(
            _(
                "%(endpoint)s was changed since this run began (%(names)s). Set it back and resume, or end this run "
                "and start a new one."
            )
            % {"endpoint": endpoint.name, "names": ", ".join(changed)}
        )


def prompt_of(said: Mapping[str, Any]) -> Prompt:
    """The prompt with which the run began; one that was changed since would mix two in one dataset."""
    prompt = get_prompt(said["prompt"]["name"])
    if prompt.digest != said["prompt"]["digest"]:
        raise RunError(
            _(
                "The prompt %(name)s has changed since this run began (version %(then)s, now %(now)s). "
                "Cancel the run and start a new one."
            )
            % {"name": prompt.name, "then": said["prompt"]["version"], "now": prompt.version}
        )
    return prompt
