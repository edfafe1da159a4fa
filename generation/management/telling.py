"""How commands say what came of a run."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError

from generation.llm.money import money
from generation.models import GenerationRun
from generation.services.runs.figures import figures_of
from generation.services.runs.kinds import maker_of
from generation.services.runs.simulated.interviews import is_interviewed, tallies_of


def tell_run(command: BaseCommand, run: GenerationRun, what: str, *, as_json: bool) -> None:
    """Its dialogues (called `what`), its funnel, what it cost. Raises CommandError where it did not come to its end."""
    figures, budget, settings = figures_of(run), run.budget, maker_of(run).settings
    budget.refresh_from_db()
    command.stdout.write(f"{figures.kept:,} of {figures.planned:,} {what} are in “{run.dataset}”.{scripted(run)}")
    command.stdout.write(f"{'step':<10} {'rejected':>9} {'left':>9}")
    command.stdout.write(f"{'answered':<10} {'':>9} {figures.answered:>9,}")
    for step in figures.funnel:
        command.stdout.write(f"{step.code:<10} {step.rejected:>9,} {step.left:>9,}")
    if unjudged := settings.unjudged():
        command.stdout.write(not_known(unjudged, settings.language))
    if as_json:
        said = {
            "dataset": run.dataset.name,
            "slug": run.dataset.slug,
            "run": run.pk,
            "state": run.state,
            "scripted": run.is_scripted,
            "settings": run.settings_digest,
            **figures.as_dict(),
            "unjudged": unjudged,
            **({"interview": [asdict(one) for one in tallies_of(run)]} if is_interviewed(run) else {}),
            "calls": budget.calls.count(),
            "tokens": budget.tokens_spent,
            "cost": str(money(budget.money_spent)),
        }
        command.stdout.write(json.dumps(said))
    if run.state != GenerationRun.State.COMPLETE:
        raise CommandError(f"The run is {run.get_state_display().lower()}. {run.why}")


def scripted(run: GenerationRun) -> str:
    """That no model wrote its dialogues, or of conversations not all of them; empty where models did."""
    if not run.is_scripted:
        return ""
    if run.kind == GenerationRun.Kind.SIMULATION:
        return " Scripted: not everything was said by a model."
    return " Scripted: no model wrote them."


def not_known(codes: Sequence[str], language: str) -> str:
    """That some filters cannot judge texts in this language."""
    return (
        f"{', '.join(codes)}: what they look for is not known in “{language}”, so they let through nearly everything."
    )
