"""The database engine: durable SQLite or PostgreSQL, with read-only and writing transactions."""

from __future__ import annotations

from sqlite3 import Connection as SqliteConnection
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    PoolProxiedConnection,
    create_engine,
    event,
    make_url,
)

if TYPE_CHECKING:
    from psycopg import Connection as PostgresqlConnection

_WRITES = "dash_writes"


def make_engine(url: str) -> Engine:
    """An engine whose transactions are read-only; those of `writing(engine)` are not."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url, "PRAGMA query_only=ON", begin="BEGIN")
    engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    event.listen(engine, "connect", _connect_postgresql)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def writing(engine: Engine) -> Engine:
    """An engine for the same database, whose transactions may write."""
    if engine.dialect.name == "sqlite":
        # IMMEDIATE takes the write lock at once: a later upgrade could fail with "locked".
        return _sqlite_engine(engine.url, "PRAGMA query_only=OFF", begin="BEGIN IMMEDIATE")
    return engine.execution_options(**{_WRITES: True})


def _sqlite_engine(url: str | URL, mode: str, *, begin: str) -> Engine:
    """An engine with connections of its own: the mode sticks to a connection, and to change it
    makes SQLite prepare every statement anew, which would be most of the cost of a request."""
    engine = create_engine(
        url,
        connect_args={"timeout": 20},
        pool_size=20,
        max_overflow=20,
        pool_use_lifo=True,  # the connection used last has its pages and statements at hand
        pool_reset_on_return=None,  # a unit of work ends its own transaction
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours: the driver would begin too late
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # An acknowledged answer survives a power cut only with FULL: NORMAL loses the last commits.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=20000")
        cursor.execute(mode)
        cursor.close()

    def begin_transaction(connection: PoolProxiedConnection) -> None:
        connection.cursor().execute(begin)

    # As an event it would make SQLAlchemy look for listeners before and after every statement.
    engine.dialect.do_begin = begin_transaction  # type: ignore[method-assign,assignment]
    return engine


def _connect_postgresql(connection: PostgresqlConnection[Any], _record: object) -> None:
    """Sums of a few thousand counts: to start helpers takes longer than to do without them."""
    connection.autocommit = True
    connection.execute("SET max_parallel_workers_per_gather = 0")
    connection.autocommit = False


def _begin_postgresql(connection: Connection) -> None:
    if not connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
