"""What a run may still use. Each change is one conditional update, so that no number of workers overspends.

Reserve the most that something can take before it begins; settle with what it took. What an endpoint charges beyond
what its own `max_tokens` allows cannot be undone: it is counted as spent and as overrun, and nothing more is reserved
until the limit has room again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from generation.llm.money import money
from generation.models import Budget


@dataclass(frozen=True)
class Amount:
    """Money in billionths, tokens, dialogues."""

    money: int = 0
    tokens: int = 0
    dialogues: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.money + other.money, self.tokens + other.tokens, self.dialogues + other.dialogues)

    def parts(self) -> dict[str, int]:
        return {"money": self.money, "tokens": self.tokens, "dialogues": self.dialogues}


class BudgetSpent(Exception):
    """There is no room for this. `for_now`: there may be, when what others have reserved is settled."""

    def __init__(self, message: str, *, for_now: bool) -> None:
        super().__init__(message)
        self.for_now = for_now


class LimitTooLow(Exception):
    """More is used already than a limit would allow."""


def set_limits(*, budget_id: int, **limits: int | None) -> None:
    """Set the most of `money` or `tokens` that may be used in all, None for no limit; what is not named stays.

    Raises LimitTooLow, and changes nothing, where more is used or reserved.
    """
    with transaction.atomic():
        budget = Budget.objects.select_for_update().get(pk=budget_id)
        for what, limit in limits.items():
            used = getattr(budget, f"{what}_spent") + getattr(budget, f"{what}_reserved")
            if limit is not None and limit < used:
                raise LimitTooLow(_("More than that is used already. Give a higher limit."))
            setattr(budget, f"{what}_limit", limit)
        budget.save(update_fields=[f"{what}_limit" for what in limits])


def reserve(*, budget_id: int, amount: Amount) -> None:
    """Hold an amount, all of it or none. Raises BudgetSpent where it does not fit into what is left."""
    changes: dict[str, Combinable] = {}
    room = Q()
    for what, size in _asked(amount):
        changes[f"{what}_reserved"] = F(f"{what}_reserved") + size
        held = F(f"{what}_reserved") + F(f"{what}_spent") + size
        room &= Q(**{f"{what}_limit__isnull": True}) | Q(**{f"{what}_limit__gte": held})
    if changes and not _budget(budget_id).filter(room).update(**changes):
        raise _refusal(Budget.objects.get(pk=budget_id), amount)


def reserve_first(*, budget_id: int, amounts: Sequence[Amount]) -> tuple[int, BudgetSpent | None]:
    """Hold as many of these as there is room for, from the first on; how many, and why not the next one."""
    try:
        reserve(budget_id=budget_id, amount=sum(amounts, Amount()))
        return len(amounts), None
    except BudgetSpent as refused:
        if len(amounts) == 1:
            return 0, refused
    for number, amount in enumerate(amounts):
        try:
            reserve(budget_id=budget_id, amount=amount)
        except BudgetSpent as refused:
            return number, refused
    return len(amounts), None


def settle(*, budget_id: int, reserved: Amount, spent: Amount) -> None:
    """Give back what was reserved and count what was spent, once for each reservation."""
    settle_all(budget_id=budget_id, settled=[(reserved, spent)])


def settle_all(*, budget_id: int, settled: Iterable[tuple[Amount, Amount]]) -> None:
    """Settle many at once, each of them what was reserved and what was spent."""
    changes: dict[str, Combinable] = {}
    both = [(reserved.parts(), spent.parts()) for reserved, spent in settled]
    for what in Amount().parts():
        given_back = sum(reserved[what] for reserved, _spent in both)
        taken = sum(spent[what] for _reserved, spent in both)
        beyond = sum(max(0, spent[what] - reserved[what]) for reserved, spent in both)
        for part, change in (("reserved", -given_back), ("spent", taken), ("overrun", beyond)):
            if change:
                changes[f"{what}_{part}"] = F(f"{what}_{part}") + change
    if changes:
        _budget(budget_id).update(**changes)


def release(*, budget_id: int, amount: Amount) -> None:
    """Give back what was reserved and not used."""
    settle(budget_id=budget_id, reserved=amount, spent=Amount())


def _budget(budget_id: int) -> QuerySet[Budget]:
    return Budget.objects.filter(pk=budget_id)


def _asked(amount: Amount) -> list[tuple[str, int]]:
    return [(what, size) for what, size in amount.parts().items() if size]


def _refusal(budget: Budget, amount: Amount) -> BudgetSpent:
    """Which part has no room: first one that never will, by what is spent already."""
    short: list[tuple[bool, str, int]] = []
    for what, size in _asked(amount):
        limit, spent, held = (getattr(budget, f"{what}_{part}") for part in ("limit", "spent", "reserved"))
        if limit is not None and limit < spent + held + size:
            short.append((spent + size <= limit, what, size))
    for_now, what, size = min(short, default=(True, "money", 0))
    return BudgetSpent(_in_words(budget, what, size), for_now=for_now)


def _in_words(budget: Budget, what: str, size: int) -> str:
    limit, spent, held = (getattr(budget, f"{what}_{part}") for part in ("limit", "spent", "reserved"))
    show = money if what == "money" else int
    words = {"money": _("money"), "tokens": _("tokens"), "dialogues": _("dialogues")}
    return _(
        "The budget has no room for the next call, which may take %(size)s: of %(limit)s (%(what)s), %(spent)s are "
        "spent and %(held)s reserved. Raise the limit to go on."
    ) % {
        "size": show(size),
        "limit": show(limit or 0),
        "what": words[what],
        "spent": show(spent),
        "held": show(held),
    }
