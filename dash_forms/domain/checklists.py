"""The checklist for closed investigations: versioned data in a TOML file, a force's own or ours."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

_OURS = Path(__file__).with_name("investigation-checklist.v1.toml")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_MOST = 20
_LONGEST = 200


class ChecklistError(ValueError):
    """A file that is no checklist; the sentence says what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something to be looked up; `yes` is always the better answer."""

    id: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """The questions of one version. A sample keeps the whole of the one that it was drawn with."""

    id: str
    version: int
    title: str
    questions: tuple[Question, ...]

    @property
    def name(self) -> str:
        """As it is told apart from others."""
        return f"{self.title}, version {self.version}"

    def as_text(self) -> str:
        """As a sample keeps it."""
        return json.dumps(asdict(self), ensure_ascii=True, sort_keys=True)

    @classmethod
    def of_text(cls, text: str) -> Self:
        """The one that a sample kept."""
        kept = json.loads(text)
        kept["questions"] = tuple(Question(**each) for each in kept["questions"])
        return cls(**kept)


def read_checklist(own: Path) -> Checklist:
    """The force's own file where there is one, else ours; ChecklistError if it cannot be used."""
    path = own if own.exists() else _OURS
    try:
        return _checklist(tomllib.loads(path.read_text("utf-8")))
    except (ChecklistError, tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ChecklistError(f"{path}: {error}") from error


def _checklist(found: dict[str, Any]) -> Checklist:
    _only(found, {"id", "version", "title", "questions"}, "the checklist")
    version = found.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ChecklistError("`version` has to be a whole number from 1")
    rows = found.get("questions")
    if not isinstance(rows, list) or not 1 <= len(rows) <= _MOST:
        raise ChecklistError(f"there have to be 1 to {_MOST} [[questions]]")
    questions = tuple(_question(row) for row in rows)
    ids = [each.id for each in questions]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise ChecklistError(f"two questions have the id {twice[0]!r}")
    return Checklist(_id(found), version, _words(found, "title"), questions)


def _question(row: Any) -> Question:
    if not isinstance(row, dict):
        raise ChecklistError("each of [[questions]] has to be a table")
    _only(row, {"id", "text", "hint"}, "a question")
    return Question(_id(row), _words(row, "text"), _words(row, "hint") if "hint" in row else "")


def _only(row: dict[str, Any], known: set[str], of: str) -> None:
    if others := sorted(row.keys() - known):
        raise ChecklistError(f"{of} has no {others[0]!r}")


def _id(row: dict[str, Any]) -> str:
    found = row.get("id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise ChecklistError("an `id` has to be of a-z, 0-9 and _, at most 40, a letter first")
    return found


def _words(row: dict[str, Any], name: str) -> str:
    found = row.get(name)
    if not isinstance(found, str) or not 1 <= len(found.strip()) <= _LONGEST:
        raise ChecklistError(f"`{name}` has to be text of 1 to {_LONGEST} characters")
    return " ".join(found.split())
