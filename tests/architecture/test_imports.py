"""Who may import whom: the contracts in pyproject.toml, and a domain of standard library only."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_the_import_contracts_are_kept() -> None:
    assert lint_imports(cache_dir=None, no_logo=True) == EXIT_STATUS_SUCCESS


def test_the_domain_imports_the_standard_library_only(project: Path) -> None:
    foreign = {
        (path.name, module)
        for path in (project / "dash_forms" / "domain").rglob("*.py")
        for module in _imported(path)
        if module.split(".")[0] not in sys.stdlib_module_names
        and not module.startswith("dash_forms.domain")
    }
    assert not foreign


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_every_module_opens_with_one_sentence(project: Path) -> None:
    without = [
        str(path.relative_to(project))
        for path in (project / "dash_forms").rglob("*.py")
        if "node_modules" not in path.parts
        and not (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0].endswith(".")
    ]
    assert not without


def test_no_template_marks_text_as_safe(project: Path) -> None:
    marked = [
        path.name
        for path in (project / "dash_forms").rglob("*.html")
        if "|safe" in path.read_text().replace(" ", "") or "autoescape false" in path.read_text()
    ]
    assert not marked
