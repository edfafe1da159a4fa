"""README and docs against the code: the commands they show are there with their options, and links lead somewhere."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).parents[2]
FLOORS = ("crsapp", "generation", "annotation", "evaluation")
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")])


def own_commands() -> dict[str, set[str]]:
    """The options of each command that is ours, by its name."""
    found = {}
    for name, app in get_commands().items():
        if str(app) in FLOORS:
            parser = load_command_class(str(app), name).create_parser("manage.py", name)
            found[name] = {option for action in parser._actions for option in action.option_strings}
    return found


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def anchors_of(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text_of(page), flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_reference_has_every_command() -> None:
    reference = text_of("docs/reference.md")
    assert [name for name in own_commands() if f"`manage.py {name}" not in reference] == []


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_a_page_shows_are_there_with_their_options(page: str) -> None:
    commands = own_commands()
    shown = re.findall(r"manage\.py ([a-z]\w+)([^`\n]*)", text_of(page).replace("\\\n", " "))
    assert [name for name, _ in shown if name not in commands] == []
    options = {(name, option) for name, rest in shown for option in re.findall(r"(?<!\S)\[?(--[a-z-]+)", rest)}
    assert sorted((name, option) for name, option in options if option not in commands[name]) == []


def test_the_reference_names_no_option_that_is_not_there() -> None:
    commands, name = own_commands(), ""
    for line in text_of("docs/reference.md").splitlines():
        if row := re.match(r"\| (?:`manage\.py (\w+)|…)", line):
            name = row[1] or name
            assert set(re.findall(r"(?<![\w-])--[a-z-]+", line)) <= commands[name], line


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text_of(page), flags=re.S)):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        there = (ROOT / page).parent / path if path else ROOT / page
        assert there.exists(), target
        if anchor:
            assert anchor in anchors_of(str(there.resolve().relative_to(ROOT))), target
