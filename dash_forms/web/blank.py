"""Blank pages: the forms of a case that a tablet keeps and fills itself; they know nobody."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from flask import render_template

PACKAGE = Path(__file__).resolve().parent.parent
_DRAWING = {".py", ".html", ".txt", ".toml"}
_TOKEN = re.compile(r'(name="csrf_token" value=")[^"]*')


def edition(facts: Iterable[str]) -> str:
    """A name for the blank pages as they are now.

    It is another one after each change of the package, which draws them, and of the facts that
    they show, so that a tablet does not go on with old ones.
    """
    digest = hashlib.sha256(package_digest())
    for fact in facts:
        digest.update(b"\0" + fact.encode())
    return digest.hexdigest()[:16]


@cache
def package_digest() -> bytes:
    """Of all that draws a page, read once in the life of a process."""
    digest = hashlib.sha256()
    for path in sorted(each for each in PACKAGE.rglob("*") if each.suffix in _DRAWING):
        digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes())
    return digest.digest()


def blank_page(template: str, **context: Any) -> str:
    """A page without the signed-in person, and without the token of their session."""
    return _TOKEN.sub(r"\1", render_template(template, frame="shell.html", **context))
