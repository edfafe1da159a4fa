"""What can be set about a run that writes dialogues from reviews."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _

from generation.checks.findings import CheckSettings
from generation.checks.language import scripts_of
from generation.checks.table import FILTERS, Filter
from generation.models import Endpoint, Preparation, RunPart
from generation.reviews.material import PlanSettings
from generation.reviews.templates import Template
from generation.services.runs.settings import RunError, RunSettings, frozen, rejecting_of
from generation.services.templates import usable_templates

PROMPT: Final = "redial_static"
REJECTING: Final = rejecting_of(FILTERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSettings(RunSettings):
    """`count` dialogues at most are planned (None: one for each might-like). `weights` are those of dialogues with
    one, two and three recommendations; `most_words` of a review are quoted in a plan; no sentence of a dialogue has
    more than `sentence_words`.
    """

    filters: ClassVar[Mapping[str, Filter[Any]]] = FILTERS

    count: int | None = None
    weights: Mapping[str, float] = field(default_factory=lambda: {"1": 1.0, "2": 1.0, "3": 1.0})
    domain: str = ""
    most_words: int = 120
    sentence_words: int = 60
    reviews_required: bool = True
    optional_slots: bool = False
    rejecting: Sequence[str] = REJECTING

    def __post_init__(self) -> None:
        RunSettings.__post_init__(self)
        if self.count is not None and self.count < 1:
            raise RunError(_("Ask for one dialogue or more."))
        if not any(weight > 0 for weight in self.weights.values()) or min(self.weights.values()) < 0:
            raise RunError(_("Give at least one number of recommendations a weight above 0."))

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

    def for_checks(self) -> CheckSettings:
        return CheckSettings(
            rejecting=frozenset(self.rejecting),
            sentence_words=self.sentence_words,
            scripts=tuple(sorted(scripts_of(self.language))),
        )


def frozen_with(settings: ReviewSettings, endpoint: Endpoint, preparation: Preparation) -> dict[str, Any]:
    return frozen(
        replace(settings, language=language_of(endpoint, preparation)),
        [(RunPart.Plays.WRITER, endpoint)],
        [PROMPT],
        templates=[str(template) for template in usable_templates()],
        source={"name": preparation.dataset.name, "preparation": preparation.pk, **preparation.settings},
    )


def language_of(endpoint: Endpoint, preparation: Preparation) -> str:
    """Dialogues are in the language of the reviews; the scripted writer knows English alone."""
    return "en" if endpoint.is_scripted else preparation.dataset.language or "en"


def templates_of(said: Mapping[str, Any]) -> list[Template]:
    return [Template.parse(line) for line in said["templates"]]
