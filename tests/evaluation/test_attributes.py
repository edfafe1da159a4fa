"""Groups of units by an attribute: whole, bounded, and whatever a file says."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.attributes import BANDS, LONGEST, MOST_GROUPS, SHOWN, Group, grouping, offered, scalar, shown

HOSTILE = "</td><script>alert(1)</script>\u202e=1+1" + "x" * 100
values = st.dictionaries(
    st.integers(0, 60), st.one_of(st.text(max_size=5), st.sampled_from(["a", "b"])).filter(bool), max_size=60
)
numbers = st.dictionaries(st.integers(0, 60), st.integers(-50, 50).map(float), max_size=60)


@settings(max_examples=100, deadline=None)
@given(told=st.one_of(values, numbers), pairs=st.booleans(), key=st.sampled_from(["label:x", "turns"]))
def test_every_unit_stands_in_one_group_and_no_group_is_empty(
    told: dict[int, str | float], pairs: bool, key: str
) -> None:
    units = [(100 + one, one, (one + 7) % 61 if pairs else None) for one in range(61)]
    found = grouping(key, units, told)
    assert found.of.keys() == {unit for unit, *_ in units}
    sizes = Counter(found.of.values())
    assert set(sizes) == set(range(len(found.groups)))
    assert len([one for one in found.groups if one.kind == "value"]) <= MOST_GROUPS
    assert len([one for one in found.groups if one.kind == "band"]) <= BANDS
    assert len(set(found.groups)) == len(found.groups)
    for unit, first, second in units:
        group = found.groups[found.of[unit]]
        mine = told.get(first)
        if second is None and group.kind == "value":
            assert group.value == (mine if isinstance(mine, str) else f"{mine:g}")
        if second is None:
            assert (group.kind == "none") == (mine is None)


def test_the_largest_twenty_stand_alone_and_the_others_together() -> None:
    told = {(name, n): f"value {name:02}" for name in range(30) for n in range(30 - name)}
    units = [(at, key, None) for at, key in enumerate(told)]
    found = grouping("label:x", units, dict(told))
    assert [one.value for one in found.groups[:MOST_GROUPS]] == [f"value {name:02}" for name in range(MOST_GROUPS)]
    assert found.groups[MOST_GROUPS:] == (Group("", "others", 10),)


def test_two_long_names_that_begin_alike_stay_two_groups() -> None:
    told = {0: HOSTILE + "1", 1: HOSTILE + "2", 2: HOSTILE + "1"}
    found = grouping("label:x", [(one, one, None) for one in range(3)], told)
    assert [found.of[one] for one in range(3)] == [0, 1, 0]
    assert {len(one.name) for one in found.groups} == {SHOWN}
    assert "\u202e" not in shown(HOSTILE)
    assert shown("\u202e\n") == "…"


def test_of_a_pair_both_dialogues_count() -> None:
    told: dict[int, str | float] = {1: "a", 2: "a", 3: "b"}
    found = grouping("task", [(10, 1, 2), (11, 1, 3), (12, 4, 5), (13, 3, 4)], told)
    assert [found.groups[found.of[unit]].kind for unit in (10, 11, 12, 13)] == ["value", "differ", "none", "differ"]
    turns = grouping("turns", [(10, 1, 2), (11, 1, 3), (12, 1, 4)], {1: 2.0, 2: 4.0, 3: 9.0})
    assert [turns.groups[turns.of[unit]].value for unit in (10, 11)] == ["3", "5.5"]
    assert turns.groups[turns.of[12]].kind == "none"


def test_what_nobody_can_group_by_is_not_offered() -> None:
    every = {
        "task": {1: "a", 2: "b"},
        "split": {1: "test", 2: "test"},
        "label:id": {one: f"dialogue {one}" for one in range(40)},
        "label:score": {one: float(one) for one in range(40)},
        f"label:{'k' * LONGEST}": {1: "a", 2: "b"},
        f"label:{HOSTILE}": {1: "a", 2: "b"},
    }
    found = {one.key: one for one in offered(every)}
    assert list(found) == ["task", "label:score", f"label:{HOSTILE}"]
    assert len(found[f"label:{HOSTILE}"].name) == SHOWN
    assert len(grouping("label:score", [(one, one, None) for one in range(40)], every["label:score"]).groups) == BANDS
    assert scalar({"a": 1}) is None
