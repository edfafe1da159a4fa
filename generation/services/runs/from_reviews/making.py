"""Dialogues written from reviews: one plan, one prompt, one answer that holds the whole dialogue."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from crsapp.jobs.registry import Progress
from generation.checks.parsing import Said, parse_dialogue
from generation.checks.table import check
from generation.llm.prompts import get_prompt
from generation.models import Call, GenerationRun, Planned
from generation.records import DialogueRecord
from generation.reviews.kept_plans import read_plan
from generation.reviews.written import record_of
from generation.services.runs.from_reviews.planning import plan_steps, rendered
from generation.services.runs.from_reviews.settings import PROMPT, ReviewSettings
from generation.services.runs.making import Maker, Question, Read, prompt_of
from generation.services.runs.twins import Kept


class FromReviews(Maker):
    settings: ReviewSettings

    def __init__(self, run: GenerationRun) -> None:
        super().__init__(run)
        self.settings = ReviewSettings.of(run.settings)
        self._endpoints = [part.endpoint_id for part in run.parts.all()]

    @property
    def variant_title(self) -> str:
        return _("Template")

    def plan_steps(self) -> Iterator[Progress]:
        return plan_steps(self.run)

    def next(self, planned: Planned, said: Sequence[str | None]) -> Question | None:
        if said:
            return None
        [writer] = self._endpoints
        return Question(writer, rendered(get_prompt(PROMPT), planned.plan, self.settings))

    def read(self, planned: Planned, said: Sequence[str], last: Call, kept: Kept) -> Read:
        parsed, plan = parse_dialogue(said[0]), read_plan(planned.plan)
        settings = self.settings.for_checks()
        findings = check(parsed, plan, finish_reason=last.finish_reason, settings=settings, duplicates=kept)
        return Read(parsed.utterances, findings)

    def record(
        self, planned: Planned, said: Sequence[Said], *, name: str, metadata: Mapping[str, Any]
    ) -> DialogueRecord:
        return record_of(read_plan(planned.plan), said, name=name, metadata=metadata)

    def provenance(self, planned: Planned, calls: Sequence[Call]) -> dict[str, Any]:
        [call] = calls
        steps = " ".join(map(str, read_plan(planned.plan).template.steps))
        how = {"template": planned.variant, "steps": steps, "gold": planned.subject}
        return {**how, **call.settings, "prompt": prompt_of(call)}
