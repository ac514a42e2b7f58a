"""What the database promises: durable commits, and reading that cannot write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from dash_forms.domain.ids import uuid7
from dash_forms.store.engine import make_engine, writing
from dash_forms.store.work import Store

ADD_TEAM = text("INSERT INTO teams (id, name) VALUES (:id, :name)")


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path / 'own.sqlite3'}")
    yield engine
    engine.dispose()


def add_team(engine: Engine, store: Store) -> object:
    """Try to write; gives the driver's connection that was used."""
    with engine.begin() as connection:
        used = connection.connection.dbapi_connection
        key = uuid7().hex if engine.dialect.name == "sqlite" else str(uuid7())
        connection.execute(ADD_TEAM, {"id": key, "name": key})
    return used


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 20_000)],
)
@pytest.mark.parametrize("may_write", [True, False], ids=["writing", "reading"])
def test_every_sqlite_connection_is_durable_and_checks_its_references(
    sqlite: Engine, pragma: str, value: object, may_write: bool
) -> None:
    engine = writing(sqlite) if may_write else sqlite
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_reading_transaction_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        add_team(store.engine, store)


def test_a_reading_transaction_cannot_write_on_a_connection_that_wrote_before(
    store: Store,
) -> None:
    store.engine.dispose()  # so that both use the one pooled connection, where they share a pool
    wrote = add_team(store.writing_engine, store)
    with store.engine.connect() as connection:
        is_shared = connection.connection.dbapi_connection is wrote
    assert is_shared == (store.engine.dialect.name == "postgresql")
    for _ in range(2):
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            add_team(store.engine, store)
        add_team(store.writing_engine, store)


def test_a_writing_transaction_sees_the_database_refuse_a_reference_to_nothing(
    store: Store,
) -> None:
    statement = text(
        "INSERT INTO sign_in_sessions (token_hash, account_id, created_at, expires_at)"
        " VALUES ('x', :nobody, '2026-01-01', '2026-01-02')"
    )
    with pytest.raises(IntegrityError), store.writing_engine.begin() as connection:
        connection.execute(statement, {"nobody": str(uuid7())})


def test_reading_does_not_wait_for_a_writer(store: Store) -> None:
    with store.writing_engine.begin() as writer:
        key = uuid7().hex if store.engine.dialect.name == "sqlite" else str(uuid7())
        writer.execute(ADD_TEAM, {"id": key, "name": "unseen"})
        with store.engine.connect() as reader:
            assert reader.scalar(text("SELECT count(*) FROM teams")) == 0
