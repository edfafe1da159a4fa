"""What an enquiry would come to, before anything is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from generation.llm.exchange import likely_tokens
from generation.llm.record import Ask, likely_of, most_of, request_of
from generation.models import Dataset, Endpoint, Enquiry
from generation.services.enquiries.asking import rows_of
from generation.services.enquiries.table import KINDS

LOOKED_AT: Final = 60


@dataclass(frozen=True, slots=True)
class Estimate:
    """`texts` questions, by those looked at; money in billionths, `most_money` with every retry of the endpoint."""

    texts: int
    tokens: int
    money: int
    most_money: int


def estimate(
    *, dataset: Dataset, kind: str, endpoint: Endpoint, language: str = "", settings: Mapping[str, Any] | None = None
) -> Estimate:
    """Draw a few questions from the whole length of the dataset, and go by those for the rest."""
    asks = KINDS[kind]
    targets = list(asks.targets(dataset, language, settings or {}))
    some = targets[:: max(1, -(-len(targets) // LOOKED_AT))]
    enquiry = Enquiry(dataset=dataset, kind=kind, language=language, settings=dict(settings or {}))
    rows = rows_of(enquiry, 1, some)
    for key, row in enumerate(rows):
        row.pk = key
    tokens = money = most = 0
    for rendered in asks.questions(enquiry, rows).values():
        request = request_of(Ask("", rendered), endpoint)
        said = likely_tokens(rendered.messages[-1].content)
        likely = likely_of(request, endpoint, tokens_out=round(said * asks.tokens_out))
        tokens, money = tokens + likely.tokens, money + likely.money
        most += most_of(request, endpoint).money
    scale = len(targets) / len(some) if some else 0
    return Estimate(len(targets), round(tokens * scale), round(money * scale), round(most * scale * 2))
