"""Inserting very many rows: prepared column by column, a hundred to a statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table

if TYPE_CHECKING:
    from dash_forms.store.models import Base

Row = dict[str, Any]

_AT_ONCE = 100
_MARKS = {"qmark": "?", "pyformat": "%s"}


def insert_many(connection: Connection, model: type[Base], rows: list[Row]) -> None:
    """Insert rows that all have the same keys.

    SQLAlchemy's executemany prepares each value of each row on its own, and SQLite sets up the
    CHECK constraints afresh for each statement; together that took most of the seeding's time.
    """
    if not rows:
        return
    names = tuple(rows[0])
    columns = zip(*map(itemgetter(*names), rows), strict=True)
    processors = _processors(connection, model.__table__, names)
    ready = list(zip(*map(_processed, processors, columns), strict=True))
    mark = _MARKS[connection.dialect.paramstyle]
    group = f"({', '.join([mark] * len(names))})"
    into = f"INSERT INTO {model.__tablename__} ({', '.join(names)}) VALUES "  # noqa: S608 - our own names
    for start in range(0, len(ready), _AT_ONCE):
        batch = ready[start : start + _AT_ONCE]
        values = tuple(chain.from_iterable(batch))
        connection.exec_driver_sql(into + ", ".join([group] * len(batch)), values)


def _processors(
    connection: Connection, table: object, names: Iterable[str]
) -> list[Callable[[Any], Any] | None]:
    """What each column's type does to a value on its way to the driver."""
    if not isinstance(table, Table):
        raise TypeError("only tables can be filled")
    dialect = connection.dialect
    return [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]


def _processed(process: Callable[[Any], Any] | None, values: tuple[Any, ...]) -> Iterable[Any]:
    if process is None:
        return values
    last, done = None, process(None)
    # Ids and times come in runs, of which only the first has to be processed.
    return [done if value is last else (done := process(last := value)) for value in values]
