"""Counts held against others in constant memory: both go into a database that is gone afterwards.

There may be tens of millions of them, one for each code, day and team.
"""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from dash_forms.domain.report_counts import Grain, Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Tally:
    """For each key, what was kept and what was made anew."""

    def __init__(self) -> None:
        # A database without a name is on disk once it outgrows its cache, and nobody else's.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute(
            "CREATE TABLE counts (code, grain, scope, starts_on, question_set, kept, made,"
            " PRIMARY KEY (code, grain, scope, starts_on, question_set)) WITHOUT ROWID"
        )

    def add_kept(self, counts: Iterable[tuple[Key, int]]) -> None:
        """Counts as they are kept."""
        self._add((key, number, 0) for key, number in counts)

    def add_made(self, counts: Iterable[tuple[Key, int]]) -> None:
        """Counts made of some of the records; those of the others are added to them."""
        self._add((key, 0, number) for key, number in counts)

    def unlike(self) -> Iterator[tuple[Key, int, int]]:
        """Each key whose two counts differ, in order, with what was kept and what was made."""
        rows = self._database.execute(
            "SELECT * FROM counts WHERE kept <> made"
            " ORDER BY code, grain, scope, starts_on, question_set"
        )
        for code, grain, scope, starts_on, question_set, kept, made in rows:
            day = date.fromisoformat(starts_on)
            yield Key(code, Grain(grain), UUID(scope), day, question_set), kept, made

    def _add(self, counts: Iterable[tuple[Key, int, int]]) -> None:
        self._database.execute("BEGIN")
        self._database.executemany(
            "INSERT INTO counts VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (code, grain, scope, starts_on, question_set) DO UPDATE"
            " SET kept = kept + excluded.kept, made = made + excluded.made",
            (
                (code, grain.value, scope.hex, starts_on.isoformat(), question_set, kept, made)
                for (code, grain, scope, starts_on, question_set), kept, made in counts
            ),
        )
        self._database.execute("COMMIT")
