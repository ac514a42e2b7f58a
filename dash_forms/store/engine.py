"""The database engine: durable SQLite or PostgreSQL, with read-only and writing transactions."""

from __future__ import annotations

from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

_WRITES = "dash_writes"


def make_engine(url: str) -> Engine:
    """An engine whose transactions are read-only unless they come from `writing(engine)`."""
    dialect = make_url(url).get_backend_name()
    if dialect == "sqlite":
        engine = create_engine(url, connect_args={"timeout": 20}, pool_size=20, max_overflow=20)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions may write."""
    return engine.execution_options(**{_WRITES: True})


def _prepare_sqlite(connection: SqliteConnection, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours: the driver would begin too late
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # An acknowledged answer survives a power cut only with FULL: NORMAL loses the last commits.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=20000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # query_only sticks to a pooled connection, so every transaction says which kind it is.
    # IMMEDIATE takes the write lock at once: a later upgrade could fail with "locked".
    writes = connection.get_execution_options().get(_WRITES)
    driver = connection.connection.cursor()  # a pragma cannot fail: no need of SQLAlchemy's care
    driver.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    driver.close()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if not connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
