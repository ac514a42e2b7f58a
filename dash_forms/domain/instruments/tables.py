"""Reads TOML tables key by key, and notes each thing wrong with them instead of stopping at it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from dash_forms.domain.instruments.problems import (
    NOT_TOML,
    InstrumentError,
    Problem,
    lines_of,
    nearest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from enum import StrEnum

    from dash_forms.domain.instruments.problems import Place

    E = TypeVar("E", bound=StrEnum)

T = TypeVar("T")

_ID = re.compile(r"[a-z][a-z0-9_-]*")
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_NAMES = {str: "text", int: "a whole number", bool: "true or false", list: "a list"}
_OTHER_NAMES = {dict: "a table", float: "a decimal number"}


@dataclass(slots=True)
class Document:
    """The source of one question set, and what has been found wrong with it so far."""

    file: str
    source: str
    found: list[tuple[Place, str, str]] = field(default_factory=list)

    def root(self) -> Table:
        """The whole document as a table, or InstrumentError where it is not TOML."""
        try:
            return Table(self, tomllib.loads(self.source), (), "question set")
        except (ValueError, RecursionError) as error:
            message = str(error)
            at = _AT.search(message)
            line = int(at[1]) if at and at[1] else self.source.rstrip().count("\n") + 1
            problem = Problem(self.file, line, NOT_TOML, _AT.sub("", message))
            raise InstrumentError(problem) from error

    def refuse_problems(self) -> None:
        """Raise all that was found as one InstrumentError, in the order of the source."""
        if self.found:
            lines = lines_of(self.source)
            problems = [Problem(self.file, nearest(lines, at), *what) for at, *what in self.found]
            raise InstrumentError(*sorted(problems, key=lambda problem: problem.line))


@dataclass(slots=True)
class Table:
    """One table of a document. Each reader gives a value, or notes a problem and gives an empty
    one, so that reading goes on until every problem is found."""

    document: Document
    values: dict[str, object]
    place: Place
    where: str
    read: set[str] = field(default_factory=set)

    def problem(self, message: str, *at: str | int) -> None:
        """Note what is wrong, in this table or at a place below it."""
        self.document.found.append(((*self.place, *at), self.where, message))

    def unknown(self, key: str, noun: str, value: object, known: Iterable[object]) -> None:
        """Note a value that stands for nothing, and those that would."""
        if isinstance(known, range):
            names = f"{known.start} to {known.stop - 1}"
        else:
            names = ", ".join(map(str, known))
        self.problem(f'unknown {noun} "{value}" ({noun}s: {names})', key)

    def take(self, key: str, kind: type[T], *, optional: bool = False) -> T | None:
        """The value of `key`, or None where there is none of that kind."""
        self.read.add(key)
        if key not in self.values:
            if not optional:
                self.problem(f"{key} is missing")
            return None
        value = self.values[key]
        # In Python true is an int; in a question set it is not a number.
        if isinstance(value, kind) and isinstance(value, bool) == (kind is bool):
            return value
        given = (_NAMES | _OTHER_NAMES).get(type(value), "a date or time")
        self.problem(f"{key} must be {_NAMES[kind]}, not {given}", key)
        return None

    def text(self, key: str, limit: int) -> str:
        """Text that says something, in at most `limit` characters."""
        text = self.take(key, str)
        if text is None:
            return ""
        if not text.strip():
            self.problem(f"{key} is empty", key)
        elif len(text) > limit:
            self.problem(f"{key} has {len(text)} characters, {limit} is the most", key)
        return text

    def name(self, key: str) -> str:
        """A name that code, files and forms can use."""
        name = self.text(key, 40)
        if name.strip() and not _ID.fullmatch(name):
            self.problem(f'{key} "{name}" may have a-z, 0-9, _ and -, and begins with a-z', key)
        return name

    def whole(self, key: str, at_most: int, *, optional: bool = False) -> int | None:
        """A whole number from 1 up."""
        number = self.take(key, int, optional=optional)
        if number is None or 1 <= number <= at_most:
            return number
        self.problem(f"{key} must be between 1 and {at_most}", key)
        return None

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """True or false; without a default it must be said."""
        flag = self.take(key, bool, optional=default is not None)
        return bool(default) if flag is None else flag

    def one_of(self, key: str, noun: str, known: type[E], default: E | None = None) -> E:
        """A member of an enum; without a default it must be said."""
        value = self.take(key, str, optional=default is not None)
        if value is not None:
            try:
                return known(value)
            except ValueError:
                self.unknown(key, noun, value, known)
        return default or next(iter(known))

    def many_of(
        self, key: str, noun: str, known: Iterable[T], default: tuple[T, ...] | None = None
    ) -> tuple[T, ...]:
        """Things out of `known`, each at most once; without a default at least one."""
        values = self.take(key, list, optional=default is not None)
        if values is None:
            return default or ()
        if not values:
            self.problem(f"{key} is empty", key)
        by_value: dict[object, T] = {thing: thing for thing in known}
        chosen: list[T] = []
        for value in values:
            if type(value) not in {str, int} or value not in by_value:
                self.unknown(key, noun, value, known)
            elif by_value[value] in chosen:
                self.problem(f'{noun} "{value}" comes twice in {key}', key)
            else:
                chosen.append(by_value[value])
        return tuple(chosen)

    def tables(
        self,
        key: str,
        noun: str,
        build: Callable[[Table], T],
        *,
        called_by: str = "id",
        optional: bool = False,
    ) -> tuple[T, ...]:
        """What `build` makes of each table in a list; no two are called the same."""
        rows = self.take(key, list, optional=optional)
        if rows == []:
            self.problem(f"{key} is empty", key)
        built: list[T] = []
        seen: set[object] = set()
        for at, row in enumerate(rows or ()):
            if not isinstance(row, dict):
                self.problem(f"{key} must hold tables", key, at)
                continue
            called = row.get(called_by)
            has_name = type(called) in {str, int} and bool(called)
            where = f"{noun} {called}" if has_name else f"{noun} in place {at + 1}"
            table = Table(
                self.document,
                row,
                (*self.place, key, at),
                f"{self.where}: {where}" if self.place else where,
            )
            built.append(build(table))
            table.refuse_others()
            if has_name and called in seen:
                table.problem(f"another {noun} has this {called_by}", called_by)
            seen.add(called if has_name else None)
        return tuple(built)

    def refuse_others(self) -> None:
        """Note the keys that nobody read; called when a table has been read to its end."""
        for key in self.values:
            if key not in self.read:
                self.problem(f'unknown key "{key}" (keys: {", ".join(sorted(self.read))})', key)
