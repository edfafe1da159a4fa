"""What a run has used, by who was asked: which endpoint, and in which part."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BooleanField, Case, Count, F, Q, Sum, Value, When

from generation.llm.money import money
from generation.models import Call, GenerationRun, RunPart
from generation.simulation.conversation import USER_PROMPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one endpoint was asked in one part: tries, those that failed included, their tokens and cost."""

    endpoint: int
    name: str
    plays: str
    calls: int
    tokens: int
    cost: Decimal


def shares_of(run: GenerationRun) -> list[Share]:
    """Counted now, in one query, as the budget counts (`record.close_calls`); the dearest first."""
    plays = RunPart.Plays
    is_user = Case(
        When(prompt_name__startswith=USER_PROMPT, then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    tokens = Case(
        When(assumed=True, then=F("reserved_tokens")),
        When(Q(tokens_in=None) | Q(tokens_out=None), then=Value(0)),
        default=F("tokens_in") + F("tokens_out"),
    )
    rows = (
        Call.objects.filter(budget=run.budget_id)
        .order_by()
        .values("endpoint", "endpoint__name", is_user=is_user)
        .annotate(
            calls=Count("pk"),
            tokens=Sum(tokens, default=0),
            total=Sum("cost", default=0),
        )
    )
    simulated = run.kind == GenerationRun.Kind.SIMULATION
    found = [
        Share(
            endpoint=row["endpoint"],
            name=row["endpoint__name"],
            plays=str((plays.USER if row["is_user"] else plays.ASSISTANT).label if simulated else plays.WRITER.label),
            calls=row["calls"],
            tokens=row["tokens"],
            cost=money(row["total"]),
        )
        for row in rows
    ]
    return sorted(found, key=lambda share: (-share.cost, -share.tokens, share.plays, share.name))
