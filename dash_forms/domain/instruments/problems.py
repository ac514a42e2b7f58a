"""What is wrong with a question set, and the line of its source to put it right at."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""Where a value stands in the document: `("items", 6, "prompt")`."""

NOT_TOML = "not TOML"

_HEADER = re.compile(r"\s*(\[{1,2})\s*([\w.-]+)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a question set."""

    file: str
    line: int
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.where}: {self.message}"


class InstrumentError(ValueError):
    """A question set cannot be used; `problems` holds everything wrong with it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def lines_of(source: str) -> dict[Place, int]:
    """The line of each table header and key, as far as a scan of the lines can tell.

    tomllib keeps no positions. The scan knows headers, keys at the start of a line and multi-line
    strings; whatever is written otherwise is found at the line of what it stands in.
    """
    lines: dict[Place, int] = {(): 1}
    counts: Counter[Place] = Counter()
    table: Place = ()
    inside = ""
    for number, line in enumerate(source.split("\n"), 1):
        if inside:
            inside = "" if inside in line else inside
        elif header := _HEADER.match(line):
            table = _opened(header[2].split("."), counts, is_list=header[1] == "[[")
            for depth in range(1, len(table) + 1):
                lines.setdefault(table[:depth], number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, key[1]), number)
            inside = next((mark for mark in ('"""', "'''") if line.count(mark) == 1), "")
    return lines


def _opened(names: list[str], counts: Counter[Place], *, is_list: bool) -> Place:
    """The place of the table that a header opens; `counts` has the length of each list so far."""
    place: Place = ()
    for name in names[:-1]:
        place = (*place, name)
        if counts[place]:
            place = (*place, counts[place] - 1)
    place = (*place, names[-1])
    if is_list:
        counts[place] += 1
        place = (*place, counts[place] - 1)
    return place


def nearest(lines: dict[Place, int], place: Place) -> int:
    """The line of a place, or of the closest thing around it that has one."""
    while place not in lines:
        place = place[:-1]
    return lines[place]
