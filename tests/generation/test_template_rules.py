"""Each rule about templates, seen to refuse; and that no broken template is let through."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.reviews.goals import GOALS
from generation.reviews.grammar import BUILT_IN
from generation.reviews.templates import Step, Template
from generation.reviews.validation import RULES, Bounds, Range, findings, is_legal

ALL = list(BUILT_IN.values())
ONE = "U:SG02 S:SG08+SG11 U:SG14 S:SG06 U:SG26 S:SG28"
TWO = "U:SG02 S:SG08+SG13 U:SG18+SG30 S:SG11+SG24 U:SG15 S:SG06 U:SG26 S:SG28"


def template(written: str) -> Template:
    return Template.parse(f"mine {written}")


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_what_the_grammar_yields_is_legal(one: Template) -> None:
    assert findings(one) == []


@pytest.mark.parametrize(
    ("written", "rule", "utterance", "words"),
    [
        (ONE.replace("S:SG06", "S:"), "C0", 4, "has no goal"),
        (ONE.replace("S:SG06", "S:SG06+SG06"), "C0", 4, "twice"),
        (ONE.replace("S:SG06", "S:SG08+SG09+SG10+SG06"), "C0", 4, "4 goals; at most 3"),
        (ONE.replace("S:SG06", "S:SG06+SG99"), "C0", 4, "“SG99” is no goal"),
        (ONE.replace("U:SG14", "S:SG14"), "C1", 3, "the agent speaks twice in a row"),
        (ONE.removeprefix("U:SG02 "), "C1", 1, "the user speaks first"),
        (ONE.replace("U:SG02", "U:SG03"), "C2", 1, "opens with one greeting"),
        (ONE.replace("U:SG02", "U:SG02+SG03"), "C2", 1, "opens with one greeting"),
        (ONE.replace("U:SG14", "U:SG14+SG01"), "C2", 3, "greets again"),
        (ONE.replace("+SG11", ""), "C3", 0, "nothing that is accepted is suggested"),
        (ONE.replace("S:SG06", "S:SG06+SG11"), "C3", 4, "stands a second time"),
        (ONE.replace("S:SG06", "S:SG06+SG12"), "C3", 4, "is the last suggestion"),
        ("U:SG02" + " S:SG13 U:SG17" * 3 + " S:SG11 U:SG14 S:SG28", "C3", 8, "at most 3 are made"),
        (TWO.replace("U:SG18+SG30", "U:SG04"), "C4", 2, "never declined"),
        (TWO.replace("U:SG18+SG30", "U:SG18+SG29"), "C4", 3, "which should be SG30"),
        (TWO.replace("U:SG18+SG30", "U:SG18"), "C4", 3, "which should be SG30"),
        (TWO.replace("U:SG18+SG30", "U:SG17+SG30"), "C4", 3, "a reason on its own"),
        (TWO.replace("U:SG18+SG30", "U:SG17+SG17"), "C4", 3, "nothing waits to be declined"),
        ("U:SG02 S:SG05 U:SG17 S:SG11 U:SG14 S:SG28", "C4", 3, "nothing waits to be declined"),
        ("U:SG02 S:SG13 U:SG19 S:SG05 U:SG17 S:SG11 U:SG14 S:SG28", "C4", 3, "waits for its reply"),
        (ONE.replace("U:SG14", "U:SG16"), "C5", 2, "never accepted"),
        (ONE.replace("U:SG14", "U:SG17"), "C5", 3, "is to be accepted"),
        (ONE.replace("U:SG14", "U:SG19+SG14"), "C5", 3, "waits to be accepted"),
        (ONE.replace("U:SG26", "U:SG25"), "C5", 5, "utterance 3 did so already"),
        (TWO.replace("U:SG18+SG30", "U:SG18+SG30+SG14"), "C5", 3, "before SG11 suggests it"),
        (ONE.replace("S:SG06", "S:SG08"), "C5", 5, "answers an offer"),
        (TWO.replace("S:SG08+SG13 U:SG18+SG30", "S:SG06+SG13 U:SG18+SG30+SG26"), "C5", 3, "answers an offer"),
        (ONE.replace("S:SG28", "S:SG08"), "C6", 6, "the agent does not close it. Add SG28"),
        (ONE.replace("S:SG28", "S:SG08 U:SG03"), "C6", 7, "the user does not close it. Add SG27"),
        ("U:SG02 S:SG11 U:SG14 S:SG28", "C7", 0, "Add 2."),
        (ONE.replace("S:SG06", "S:SG08 U:SG19 " * 3 + "S:SG06"), "C7", 0, "1 suggestion have 6 to 11. Remove 1."),
        (ONE.replace("U:SG14", "U:SG14+SG08"), "C8", 3, "is for the agent"),
        (ONE.replace("S:SG06", "S:SG06+SG03"), "C8", 4, "is for the user"),
        (TWO.replace("S:SG11+SG24", "S:SG11+SG22"), "C9", 4, "Use SG24, or move it"),
        (TWO.replace("S:SG11+SG24", "S:SG24+SG11"), "C9", 4, "Use SG22, or move it"),
        (ONE.replace("U:SG02 S:SG08+", "U:SG03 S:SG07+"), "C9", 2, "before any item was named"),
    ],
)
def test_the_rule_says_what_is_wrong_where_and_what_to_do(written: str, rule: str, utterance: int, words: str) -> None:
    found = findings(template(written))
    assert any(one.rule == rule and one.utterance == utterance and words in one.words for one in found), found


@pytest.mark.parametrize(
    "written",
    [
        ONE.replace("S:SG08", "S:SG08+SG23"),  # another reader's review of the greeting item
        ONE.replace("U:SG02", "U:SG01").replace("S:SG08", "S:SG07"),
        "U:SG02 S:SG13 U:SG04 S:SG07 U:SG17 S:SG08+SG05 U:SG03 S:SG11 U:SG16 S:SG09+SG24 U:SG25 S:SG28",
        ONE.replace("S:SG06 U:SG26", "S:SG19 U:SG19+SG27"),
    ],
)
def test_what_the_grammar_does_not_yield_may_be_legal_too(written: str) -> None:
    assert findings(template(written)) == []


def test_bounds_are_settings() -> None:
    short = template("U:SG02 S:SG11 U:SG14 S:SG28")
    assert is_legal(short, Bounds(overall=Range(4, 16), by_recommendations={1: Range(4, 6)}))
    assert not is_legal(template(ONE), Bounds(overall=Range(7, 16)))


def test_every_rule_has_a_name_and_refuses_only_under_its_code() -> None:
    assert [rule.code for rule in RULES] == [f"C{number}" for number in range(10)]
    assert len({rule.name for rule in RULES}) == 10
    broken = template("S:SG22+SG30 S:SG11+SG14 U:SG02+SG17+SG26+SG99+SG98 S:SG12")
    for rule in RULES:
        found = list(rule.check(broken, Bounds()))
        assert found
        assert {one.rule for one in found} == {rule.code}


def changed(one: Template, index: int, step: Step) -> Template:
    return replace(one, steps=(*one.steps[:index], step, *one.steps[index + 1 :]))


def swapped(one: Template, goals: dict[str, str]) -> Template:
    """The template with some goals replaced by others, or taken out."""
    steps = [
        replace(step, goals=tuple(filter(None, (goals.get(goal, goal) for goal in step.goals)))) for step in one.steps
    ]
    return replace(one, steps=tuple(steps))


def other(speaker: str) -> str:
    return "user" if speaker == "system" else "system"


MUTATIONS: dict[str, Callable[[Template, int], Template]] = {
    "C0": lambda one, at: changed(one, at, replace(one.steps[at], goals=())),
    "C1": lambda one, at: changed(one, at, replace(one.steps[at], speaker=other(one.steps[at].speaker))),
    "C2": lambda one, at: changed(one, at, replace(one.steps[at], goals=(*one.steps[at].goals, "SG01"))),
    "C3": lambda one, _at: swapped(one, {"SG11": "SG12"}),
    "C4": lambda one, at: swapped(
        one, [{"SG17": "", "SG18": ""}, {"SG29": "SG30", "SG30": "SG29", "SG17": "SG18"}][at % 2]
    ),
    "C5": lambda one, at: swapped(one, dict.fromkeys(("SG14", "SG15", "SG25"), ["SG17", "SG16", "SG03"][at % 3])),
    "C6": lambda one, _at: changed(one, one.length - 1, Step(one.steps[-1].speaker, ("SG19",))),
    "C7": lambda one, _at: replace(one, steps=one.steps[:1] + one.steps[1:3] * 8 + one.steps[1:]),
    "C8": lambda one, at: changed(
        one,
        at,
        replace(one.steps[at], goals=(*one.steps[at].goals, "SG03" if one.steps[at].speaker == "system" else "SG09")),
    ),
    "C9": lambda one, _at: swapped(one, {"SG22": "SG23", "SG23": "SG24", "SG24": "SG22", "SG07": "SG22"}),
}
APPLIES = {
    "C4": lambda one: one.recommendations > 1,
    "C9": lambda one: bool(one.goals & {"SG22", "SG23", "SG24", "SG07"}),
}


@pytest.mark.parametrize("rule", MUTATIONS)
@given(data=st.data())
def test_a_template_broken_on_purpose_is_refused_by_the_rule_it_breaks(rule: str, data: st.DataObject) -> None:
    one = data.draw(st.sampled_from([one for one in ALL if APPLIES.get(rule, bool)(one)]))
    at = data.draw(st.integers(0, one.length - 1))
    broken = MUTATIONS[rule](one, at)
    assert rule in {found.rule for found in findings(broken)}, str(broken)


steps = st.builds(
    Step,
    st.sampled_from(["user", "system", "nobody"]),
    st.lists(st.sampled_from([*GOALS, "SG99", ""]), max_size=5).map(tuple),
)


@given(st.lists(steps, max_size=18))
def test_whatever_it_is_given_it_answers_about_utterances_that_are_there(found: list[Step]) -> None:
    one = Template("any", tuple(found))
    assert all(0 <= finding.utterance <= one.length and finding.words for finding in findings(one))
    assert str(one).startswith("any")
