"""The cross product of a task's options: whole, in order, resolved; what stays open is an error."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.simulation.scenarios import (
    Option,
    ScenarioError,
    Task,
    Variable,
    resolve,
    scenarios_of,
    still_open,
)
from generation.simulation.tasks import BUILT_IN, TasksError, as_tables, problems_of, read_tasks, variables_of

SIZES = {"travel": 18, "skills": 12, "recipe": 8, "gifts": 12}


def gift(description: str = "{{occasion}} Find {{who}} a gift.", **occasion: Option) -> Task:
    who = Variable("who", (Option("aunt", "your aunt"), Option("boss", "your boss")))
    options = tuple(occasion.values()) or (Option("birthday", "It is the birthday of {{who}}."),)
    return Task("gift", "a gift", description, (who, Variable("occasion", options)))


@pytest.mark.parametrize("slug", list(SIZES))
def test_every_built_in_scenario_is_resolved_and_unlike_the_others(slug: str) -> None:
    made = list(scenarios_of(BUILT_IN[slug]))
    assert [one.number for one in made] == list(range(SIZES[slug]))
    assert len({one.text for one in made}) == SIZES[slug]
    assert not [one.text for one in made if still_open(one.text)]


def test_an_option_may_name_another_variable() -> None:
    assert (
        resolve(gift(), {"who": "aunt", "occasion": "birthday"})
        == "It is the birthday of your aunt. Find your aunt a gift."
    )


def test_an_option_may_differ_by_another_and_leave_some_out() -> None:
    task = gift(day=Option("day", {"boss": "Labour Day is near."}, by="who"))
    assert [(one.number, one.text) for one in scenarios_of(task)] == [(1, "Labour Day is near. Find your boss a gift.")]
    with pytest.raises(ScenarioError, match="says nothing for who “aunt”"):
        resolve(task, {"who": "aunt", "occasion": "day"})


def test_combinations_that_read_the_same_are_one_scenario() -> None:
    """A friend's name matters only where there is a friend."""
    company = Variable("company", (Option("alone", "by yourself"), Option("friend", "with {{friend}}")))
    friend = Variable("friend", (Option("bo", "Bo"), Option("mi", "Mi")))
    task = Task("film", "a film", "You watch a film {{company}}.", (company, friend))
    assert [(one.number, one.text) for one in scenarios_of(task)] == [
        (0, "You watch a film by yourself."),
        (2, "You watch a film with Bo."),
        (3, "You watch a film with Mi."),
    ]


@pytest.mark.parametrize(
    ("description", "why"),
    [
        ("Find {{somebody}} a gift.", "is no variable"),
        ("Find [RECIPIENT] a gift.", r"“\[RECIPIENT\]” is still to be filled in"),
        ("Find {who} a gift.", "still to be filled in"),
        ("Find {{who} a gift.", "still to be filled in"),
        ("Find {{ who else }} a gift.", "still to be filled in"),
    ],
)
def test_what_stays_open_is_an_error(description: str, why: str) -> None:
    with pytest.raises(ScenarioError, match=why):
        resolve(gift(description), {"who": "aunt", "occasion": "birthday"})


def test_variables_that_name_one_another_in_a_circle_are_an_error() -> None:
    task = Task("t", "t", "{{a}}", (Variable("a", (Option("x", "{{b}}"),)), Variable("b", (Option("y", "{{a}}"),))))
    with pytest.raises(ScenarioError, match="in a circle"):
        resolve(task, {"a": "x", "b": "y"})
    assert problems_of(task) == ["The variables name one another in a circle."]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.data())
@settings(deadline=None)
def test_the_cross_product_has_one_scenario_for_each_choice(sizes: list[int], data: st.DataObject) -> None:
    variables = tuple(
        Variable(f"v{n}", tuple(Option(f"o{m}", f"<{n}.{m}>") for m in range(size))) for n, size in enumerate(sizes)
    )
    task = Task("t", "t", " ".join(f"{{{{v{n}}}}}" for n in range(len(sizes))), variables)
    made = list(scenarios_of(task))
    assert len(made) == task.size == len({one.text for one in made})
    one = data.draw(st.sampled_from(made))
    assert resolve(task, one.values) == one.text


@given(st.text(max_size=200))
@settings(deadline=None)
def test_a_text_is_either_resolved_whole_or_refused(description: str) -> None:
    task = replace(gift(), description=description)
    try:
        text = resolve(task, {"who": "aunt", "occasion": "birthday"})
    except ScenarioError:
        return
    assert not still_open(text)


def test_tasks_come_back_from_their_tables() -> None:
    for task in BUILT_IN.values():
        assert variables_of(as_tables(task.variables)) == task.variables


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ("nonsense", "this is no TOML"),
        ("", r"there is no \[\[task\]\]"),
        ("[[task]]\nslug = 'A b'\ntitle = 't'\ndescription = 'x'", "small letters, digits and hyphens"),
        ("[[task]]\nslug = 'a'\ndescription = 'x'", "needs a title"),
        ("[[task]]\nslug = 'a'\ntitle = 't'", "needs a description"),
        ("[[task]]\nslug = 'a'\ntitle = 't'\ndescription = 'x [DAY]'", "still to be filled in"),
        ("[[task]]\nslug='a'\ntitle='t'\ndescription='x'\n[[task.variable]]\nname='v'", "needs an option"),
        (
            "[[task]]\nslug='a'\ntitle='t'\ndescription='x'\n[[task.variable]]\nname='v'\n[task.variable.options]\no='p'",
            "nothing uses the variable v",
        ),
        (
            "[[task]]\nslug='a'\ntitle='t'\ndescription='{{v}}'\n[[task.variable]]\nname='v'\n"
            "[task.variable.options.o]\nby='w'\nx='p'",
            "say by which other variable",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_why(toml: str, why: str) -> None:
    with pytest.raises(TasksError, match=why):
        read_tasks(toml)


def test_a_dictionary_may_only_tell_options_that_there_are() -> None:
    task = gift(day=Option("day", {"boss": "Labour Day.", "uncle": "Uncle's day."}, by="who"))
    assert problems_of(task) == ["variable occasion, option day: “uncle” is no option of who; there are aunt, boss"]
