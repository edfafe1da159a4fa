"""What matters is tested, not remembered: floors, circles, pure files, names of migrations."""

import ast
import io
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.services import ROOT

FLOORS = {"crsapp.accounts": 0, "crsapp.jobs": 0, "generation": 1, "annotation": 2, "evaluation": 3, "crsapp": 4}
OURS = ("crsapp", "generation", "annotation", "evaluation")
PURE = (
    "generation/records.py",
    "generation/rendering.py",
    "generation/catalogue.py",
    "generation/columns.py",
    "generation/reader.py",
    "generation/titles.py",
    "generation/wording.py",
    "generation/checks/*.py",
    "generation/checks/phrases/*.py",
    "generation/formats/*.py",
    "generation/reviews/*.py",
    "generation/reviews/layouts/*.py",
    "generation/simulation/*.py",
    "generation/llm/answers.py",
    "generation/llm/client.py",
    "generation/llm/exchange.py",
    "generation/llm/flight.py",
    "generation/llm/hosts.py",
    "generation/llm/mishaps.py",
    "generation/llm/money.py",
    "generation/llm/pacing.py",
    "generation/llm/prompts/*.py",
    "generation/llm/script.py",
    "generation/llm/scripted.py",
    "generation/llm/spoiling.py",
    "generation/llm/talk.py",
    "generation/llm/talk_faults.py",
    "generation/llm/tongues.py",
    "annotation/instruments/*.py",
    "annotation/protocol/*.py",
    "annotation/allocation.py",
    "annotation/amendments.py",
    "annotation/chain.py",
    "annotation/consequences.py",
    "annotation/drafts.py",
    "annotation/published/*.py",
    "annotation/monitoring.py",
    "annotation/starts/*.py",
    "annotation/word_diff.py",
    "annotation/workload.py",
    "evaluation/agreement.py",
    "evaluation/aggregation.py",
    "evaluation/agreement_words.py",
    "evaluation/annotator_figures.py",
    "evaluation/annotators.py",
    "evaluation/attributes.py",
    "evaluation/charts.py",
    "evaluation/coefficients.py",
    "evaluation/columns.py",
    "evaluation/comparison.py",
    "evaluation/components.py",
    "evaluation/counted.py",
    "evaluation/coverage.py",
    "evaluation/criteria.py",
    "evaluation/crossed.py",
    "evaluation/dataset_figures.py",
    "evaluation/dataset_statistics.py",
    "evaluation/early.py",
    "evaluation/estimates.py",
    "evaluation/drawing.py",
    "evaluation/exports/dataset_table.py",
    "evaluation/exports/document.py",
    "evaluation/exports/escaping.py",
    "evaluation/exports/neutral.py",
    "evaluation/exports/paper_tables.py",
    "evaluation/exports/recompute.py",
    "evaluation/exports/script.py",
    "evaluation/exports/writing.py",
    "evaluation/figures.py",
    "evaluation/from_table.py",
    "evaluation/habits.py",
    "evaluation/intents/*.py",
    "evaluation/intraclass.py",
    "evaluation/jackknife.py",
    "evaluation/label_statistics.py",
    "evaluation/left_out.py",
    "evaluation/meetings.py",
    "evaluation/monitoring.py",
    "evaluation/one_label.py",
    "evaluation/pairwise.py",
    "evaluation/permutation.py",
    "evaluation/planning.py",
    "evaluation/plans.py",
    "evaluation/plots.py",
    "evaluation/preference.py",
    "evaluation/ranking.py",
    "evaluation/ratings.py",
    "evaluation/sides.py",
    "evaluation/splits.py",
    "evaluation/strengths.py",
    "evaluation/superiority.py",
    "evaluation/time_spent.py",
)
IMPURE = ("django", "celery", "kombu", "psycopg", "sqlite3", "httpx", "aiohttp")
MIGRATION_LEAVES = {"accounts", "jobs", "generation", "annotation", "evaluation"}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def modules() -> dict[str, Path]:
    """Every module of ours but migrations, by its dotted name."""
    files = (path for app in OURS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts)
    return {module_name(path): path for path in files}


@cache
def imports(name: str) -> frozenset[tuple[str, int]]:
    """The modules of ours that `name` imports, also inside functions, with the line."""
    path = modules()[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {(alias.name, node.lineno) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, [base, node.module]))
            found |= {(target_of(source, alias.name), node.lineno) for alias in node.names}
    return frozenset((target, line) for target, line in found if target.partition(".")[0] in OURS)


def target_of(source: str, name: str) -> str:
    """`from source import name`: the submodule where there is one, else the module itself."""
    return f"{source}.{name}" if f"{source}.{name}" in modules() else source


def floor(name: str) -> int:
    parts = name.split(".")
    return FLOORS.get(".".join(parts[:2]), FLOORS[parts[0]])


def test_nothing_imports_upwards() -> None:
    wrong = [
        f"{name}:{line} imports {target}"
        for name in modules()
        for target, line in imports(name)
        if floor(target) > floor(name)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_two_rooms_of_the_ground_do_not_lean_on_the_roof() -> None:
    """`crsapp.accounts` and `crsapp.jobs` live in the roof's folder and may import nothing else from it."""
    wrong = [
        f"{name}:{line} imports {target}"
        for name in modules()
        if floor(name) == 0
        for target, line in imports(name)
        if floor(target) != 0 and target != "crsapp"
    ]
    assert not wrong, "\n".join(wrong)


def test_no_module_imports_itself_in_a_circle() -> None:
    def walk(name: str, trail: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if name in trail:
            yield (*trail[trail.index(name) :], name)
        elif name not in seen:
            for target, _ in imports(name):
                if target in modules() and not name.startswith(f"{target}.") and target != name:
                    yield from walk(target, (*trail, name))
            seen.add(name)

    seen: set[str] = set()
    circles = [circle for name in modules() for circle in walk(name, ())]
    assert not circles, "\n".join(" → ".join(circle) for circle in circles)


def test_our_own_code_is_imported_at_the_top() -> None:
    wrong = []
    for name, path in modules().items():
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
                lines = {line for _, line in imports(name)}
                wrong += [f"{name}:{node.lineno} in {function.name}()" for node in inner if node.lineno in lines]
    assert not wrong, "\n".join(wrong)


def pure_modules() -> list[str]:
    return sorted({module_name(path) for pattern in PURE for path in ROOT.glob(pattern)})


def test_each_pattern_of_pure_files_finds_one() -> None:
    missing = [pattern for pattern in PURE if not list(ROOT.glob(pattern))]
    assert not missing


def test_pure_files_load_no_framework_no_database_no_network() -> None:
    """Each in a process of its own would be slow; one after the other in one process, the first culprit is named."""
    script = f"""
import importlib, sys
for name in {pure_modules()!r}:
    importlib.import_module(name)
    loaded = sorted(set(sys.modules) & set({IMPURE!r}))
    if loaded:
        sys.exit(f"importing {{name}} loads {{', '.join(loaded)}}")
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_assert_and_no_print_in_the_product() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print")
    ]
    assert not wrong, f"raise an error that says what is wrong instead: {wrong}"


def test_no_file_hides_a_star_import() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    assert not wrong


def test_the_roof_exports_nothing() -> None:
    assert (ROOT / "crsapp" / "__init__.py").read_text() == ""


def test_every_migration_has_a_name() -> None:
    wrong = [path.name for app in OURS for path in (ROOT / app).rglob("migrations/*.py") if "_auto_" in path.name]
    assert not wrong


def test_apps_have_the_labels_that_tables_are_named_by() -> None:
    assert {config.label for config in apps.get_app_configs()} >= MIGRATION_LEAVES


@pytest.mark.django_db
@pytest.mark.database
def test_models_and_migrations_agree_and_are_applied() -> None:
    out = io.StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    executor = MigrationExecutor(connection)
    assert not executor.migration_plan(executor.loader.graph.leaf_nodes())


def test_templates_carry_no_inline_code_or_style() -> None:
    """The content policy would refuse it in the browser, silently."""
    wrong = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            lowered = line.lower()
            found = [
                mark
                for mark in (" style=", " onclick=", " onchange=", " onsubmit=", "hx-on", "<style")
                if mark in lowered
            ]
            if "<script" in lowered and "src=" not in lowered and "application/json" not in lowered:
                found.append("<script>")
            wrong += [f"{path.relative_to(ROOT)}:{number} {mark.strip()}" for mark in found]
    assert not wrong, "\n".join(wrong)
