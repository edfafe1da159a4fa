"""The script that recomputes a report, with the formulas it needs: the product's own pure files, copied. Pure."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import scipy

PACKAGE: Final = Path(__file__).resolve().parents[1]
START: Final = Path(__file__).with_name("recompute.py")


def script_files() -> Iterator[tuple[str, str]]:
    """Paths of the files with their texts: the script, what to install for it, and every formula it imports."""
    yield "recompute.py", START.read_text(encoding="utf-8")
    yield "requirements.txt", f"numpy=={np.__version__}\nscipy=={scipy.__version__}\n"
    files = modules()
    for folder in sorted({path.parent for path in files}):
        yield f"{_in_report(folder)}/__init__.py", ""
    for path in files:
        yield _in_report(path), path.read_text(encoding="utf-8")


@cache
def modules() -> tuple[Path, ...]:
    """The files of `evaluation` that the script imports, one through another."""
    found: dict[Path, None] = {}
    waiting = [START]
    while waiting:
        for path in _imported(waiting.pop()):
            if path not in found:
                found[path] = None
                waiting.append(path)
    return tuple(sorted(found))


def _imported(file: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            path = PACKAGE.parent.joinpath(*name.split(".")).with_suffix(".py")
            if name.startswith(f"{PACKAGE.name}.") and path.is_file():
                yield path


def _in_report(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix()
