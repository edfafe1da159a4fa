"""A budget cannot be overspent, by any number at once, on any database."""

from random import Random

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation.llm.budget import Amount, BudgetSpent, release, reserve, settle
from generation.models import Budget
from tests.annotation.test_claiming_at_once import at_once
from tests.generation.llm.scenes import budget

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def now(made: Budget) -> Budget:
    made.refresh_from_db()
    return made


def test_what_fits_is_held_and_settled() -> None:
    mine = budget(money=100, tokens=1000)
    reserve(budget_id=mine.pk, amount=Amount(money=60, tokens=500))
    assert (now(mine).money_reserved, mine.tokens_reserved) == (60, 500)
    settle(budget_id=mine.pk, reserved=Amount(60, 500), spent=Amount(20, 80))
    assert (now(mine).money_reserved, mine.money_spent, mine.tokens_spent) == (0, 20, 80)


@pytest.mark.parametrize("amount", [Amount(money=101), Amount(tokens=11), Amount(dialogues=2), Amount(1, 1, 2)])
def test_all_of_it_fits_or_none_is_held(amount: Amount) -> None:
    mine = budget(money=100, tokens=10, dialogues=1)
    with pytest.raises(BudgetSpent):
        reserve(budget_id=mine.pk, amount=amount)
    assert (now(mine).money_reserved, mine.tokens_reserved, mine.dialogues_reserved) == (0, 0, 0)


def test_whether_waiting_helps_is_said() -> None:
    mine = budget(money=100)
    reserve(budget_id=mine.pk, amount=Amount(money=80))
    with pytest.raises(BudgetSpent) as refused:
        reserve(budget_id=mine.pk, amount=Amount(money=30))
    assert refused.value.for_now
    settle(budget_id=mine.pk, reserved=Amount(money=80), spent=Amount(money=80))
    with pytest.raises(BudgetSpent, match="Raise the limit") as refused:
        reserve(budget_id=mine.pk, amount=Amount(money=30))
    assert not refused.value.for_now


def test_no_limit_is_no_limit() -> None:
    mine = budget()
    reserve(budget_id=mine.pk, amount=Amount(10**15, 10**12, 10**6))
    assert now(mine).money_reserved == 10**15


def test_what_an_endpoint_charges_beyond_is_told_apart_and_ends_the_run() -> None:
    mine = budget(money=100)
    reserve(budget_id=mine.pk, amount=Amount(money=90))
    settle(budget_id=mine.pk, reserved=Amount(money=90), spent=Amount(money=150))
    assert (now(mine).money_spent, mine.money_overrun) == (150, 60)
    with pytest.raises(BudgetSpent):
        reserve(budget_id=mine.pk, amount=Amount(money=1))


def test_the_database_itself_refuses_to_overspend() -> None:
    mine = budget(money=100)
    for change in ({"money_spent": 101}, {"money_reserved": -1}, {"money_limit": 0, "money_spent": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Budget.objects.filter(pk=mine.pk).update(**change)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.booleans()), max_size=25))
def test_whatever_happens_the_sums_are_right(steps: list[tuple[int, int, bool]]) -> None:
    mine = budget(money=200)
    held: list[int] = []
    spent = 0
    for size, share, ends in steps:
        if ends and held:
            one = held.pop()
            settle(budget_id=mine.pk, reserved=Amount(money=one), spent=Amount(money=min(share, one)))
            spent += min(share, one)
            continue
        try:
            reserve(budget_id=mine.pk, amount=Amount(money=size))
            held.append(size)
        except BudgetSpent:
            assert sum(held) + spent + size > 200
    assert (now(mine).money_reserved, mine.money_spent) == (sum(held), spent)


@pytest.mark.django_db(transaction=True)
def test_thirty_two_at_once_never_overspend() -> None:
    """Each takes what it can, spends some of it, gives some back; together never more than there was."""
    mine = budget(money=1000, tokens=5000, dialogues=100)

    def spender(seed: int) -> int:
        random, taken = Random(seed), 0
        for _ in range(30):
            amount = Amount(money=random.randint(1, 20), tokens=random.randint(1, 100), dialogues=1)
            try:
                reserve(budget_id=mine.pk, amount=amount)
            except BudgetSpent:
                continue
            row = Budget.objects.get(pk=mine.pk)
            assert row.money_spent + row.money_reserved <= 1000
            if random.random() < 0.3:
                release(budget_id=mine.pk, amount=amount)
                continue
            used = Amount(random.randint(0, amount.money), random.randint(0, amount.tokens), 1)
            settle(budget_id=mine.pk, reserved=amount, spent=used)
            taken += used.money
        return taken

    taken = at_once(*(lambda seed=seed: spender(seed) for seed in range(32)))
    assert now(mine).money_spent == sum(taken) <= 1000
    assert (mine.money_reserved, mine.tokens_reserved, mine.dialogues_reserved) == (0, 0, 0)
    assert mine.money_overrun == 0
    assert mine.dialogues_spent == 100 or mine.money_spent > 900 or mine.tokens_spent > 4500
