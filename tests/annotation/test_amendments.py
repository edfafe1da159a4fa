"""What may change while people judge, and what not: every difference is found, and each refusal has its reason."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.amendments import ALLOWED, Change, changes, locked, refusal, rewords
from annotation.protocol import Protocol, from_dict, to_dict
from tests.annotation.stories import pairs, protocol_of_blocks, quality

BEFORE = protocol_of_blocks(quality(annotators=3), pairs(annotators=5), guidelines='"Read."', deadline='"2026-12-01"')


def changed(*steps: str | int, to: Any, of: Protocol = BEFORE) -> list[Change]:
    """What differs when the value at these steps of the protocol is another one."""
    data = to_dict(of)
    here: Any = data
    for step in steps[:-1]:
        here = here[step]
    here[steps[-1]] = to
    return changes(of, from_dict(data, draft=True))


def test_nothing_changed_is_no_change() -> None:
    assert changes(BEFORE, BEFORE) == []


def test_a_corrected_wording_is_one_change_with_its_place() -> None:
    (change,) = changed("instrument", 0, "criterion", 1, "question", to="Is it informative?")
    assert change.place == "instrument “utterance-quality”, criterion “informativeness”"
    assert (change.what, change.after, change.refusal) == ("question", "Is it informative?", "")
    assert rewords(change.as_dict(), "utterance-quality", "informativeness")
    assert not rewords(change.as_dict(), "utterance-quality", "fluency")


@pytest.mark.parametrize(
    ("steps", "to"),
    [
        (("title",), "Another title"),
        (("guidelines",), "Read twice."),
        (("consent",), "I agree."),
        (("completion_code",), "C-2"),
        (("lease_minutes",), 30),
        (("deadline",), "2026-12-24"),
        (("deadline",), ""),
        (("block", 0, "name"), "Utterances"),
        (("block", 0, "annotators"), 4),
        (("instrument", 0, "version"), 2),
        (("instrument", 0, "title"), "Quality of utterances"),
        (("instrument", 0, "criterion", 0, "title"), "Flow"),
        (("instrument", 0, "criterion", 0, "option", 0, "label"), "Not fluent at all"),
        (("instrument", 0, "criterion", 0, "option", 0, "anchor"), "Nobody talks like this."),
    ],
)
def test_words_time_and_more_people_may_change(steps: tuple[str | int, ...], to: Any) -> None:
    (change,) = changed(*steps, to=to)
    assert not change.refusal


@pytest.mark.parametrize(
    ("steps", "to", "why"),
    [
        (("slug",), "another", "address"),
        (("language",), "zh", "other language"),
        (("seed",), 8, "drawn from it"),
        (("leaves_out",), ["pilot"], "drawn"),
        (("deadline",), "2026-11-30", "moved back"),
        (("block", 0, "annotators"), 2, "3 or more"),
        (("block", 0, "design"), "overlap", "laid out"),
        (("block", 0, "seed"), 3, "drawn from it"),
        (("block", 0, "reveal"), "whole", "another way"),
        (("block", 0, "merge_turns"), False, "differ from what was shown"),
        (("block", 0, "sample", 0, "size"), 2, "drawn"),
        (("block", 0, "sample", 0, "filter", "min_turns"), 2, "drawn"),
        (("block", 1, "ties"), True, "forced"),
        (("block", 1, "pairing", "size"), 2, "drawn"),
        (("instrument", 0, "criterion", 0, "option", 0, "key"), "z", "Hands"),
        (("instrument", 0, "criterion", 0, "option", 0, "value"), -1, "choose from"),
        (("instrument", 0, "criterion", 0, "first"), False, "asks"),
        (("instrument", 0, "criterion", 0, "key"), "flow", "asks"),
        (("title",), "", "empty"),
    ],
)
def test_what_changes_an_answer_is_refused_with_the_reason(steps: tuple[str | int, ...], to: Any, why: str) -> None:
    found = changed(*steps, to=to)
    assert found
    assert all(why in change.refusal for change in found), [change.refusal for change in found]


def test_blocks_added_removed_or_moved_are_one_refusal() -> None:
    first, second = BEFORE.blocks
    for blocks in ((first,), (second, first), (first, second, replace(first, name="More"))):
        refused = [change for change in changes(BEFORE, replace(BEFORE, blocks=blocks)) if change.refusal]
        assert [change.path for change in refused][:1] == [("block",)]
        assert "in this order" in refused[0].refusal


def test_a_first_deadline_is_an_earlier_one() -> None:
    (change,) = changed("deadline", to="2030-01-01", of=replace(BEFORE, deadline=""))
    assert "told of none" in change.refusal


def test_a_key_that_nobody_thought_about_is_refused() -> None:
    assert "not be the same" in refusal(("colour",), "red", "blue")
    assert locked(("instrument", "criterion", "colour"))
    assert not any(locked(path) for path in ALLOWED)


words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20).filter(str.strip)


@given(title=words, guidelines=words, question=words, label=words, more=st.integers(0, 5), lease=st.integers(5, 500))
@settings(max_examples=60, deadline=None)
def test_changes_say_all_that_differs(
    title: str, guidelines: str, question: str, label: str, more: int, lease: int
) -> None:
    """Whoever applies what the changes say to the protocol before has the protocol after."""
    data = to_dict(BEFORE)
    data |= {"title": title, "guidelines": guidelines, "lease_minutes": lease}
    data["block"][0]["annotators"] += more
    data["instrument"][0]["criterion"][2]["question"] = question
    data["instrument"][0]["criterion"][2]["option"][1]["label"] = label
    after = from_dict(data)
    found = changes(BEFORE, after)
    assert not [change.refusal for change in found if change.refusal]
    again = to_dict(BEFORE)
    for change in found:
        here: Any = again
        keys = list(change.keys)
        for step in change.path[:-1]:
            here = _entry(here[step], step, keys.pop(0)) if isinstance(here[step], list) else here[step]
        here[change.path[-1]] = change.after
    assert from_dict(again) == after


def _entry(entries: list[dict[str, Any]], name: str, key: str) -> dict[str, Any]:
    if name == "block":
        return entries[int(key) - 1]
    names = {"instrument": "slug", "criterion": "key", "option": "value"}
    return next(entry for entry in entries if str(entry[names[name]]) == key)
