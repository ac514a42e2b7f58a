"""Bringing a database to the newest revision, and knowing which that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.schema import SchemaItem

from dash_forms.store.models.base import ONLY_ON


def _scripts() -> Path:
    package = Path(__file__).resolve().parent.parent
    installed = package / "migrations"  # a wheel carries them inside the package
    return installed if installed.is_dir() else package.parent / "migrations"


def config() -> Config:
    """Alembic's configuration for this project's revisions."""
    settings = Config()
    settings.set_main_option("script_location", str(_scripts()).replace("%", "%%"))
    return settings


@cache
def newest_revision() -> str | None:
    """The revision that this version of the application needs."""
    return ScriptDirectory.from_config(config()).get_current_head()


def revision_of(engine: Engine) -> str | None:
    """The revision a database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(writing_engine: Engine, revision: str = "head") -> None:
    """Run the revisions that are missing, in one transaction."""
    _run(writing_engine, lambda settings: command.upgrade(settings, revision))


def downgrade(writing_engine: Engine, revision: str) -> None:
    """Undo revisions down to the one named; for tests and emergencies."""
    _run(writing_engine, lambda settings: command.downgrade(settings, revision))


def compared_on(dialect: str) -> Callable[..., bool]:
    """What Alembic compares with the models: no index that they have on another database only."""

    def is_compared(
        item: SchemaItem, _name: str, _kind: str, _reflected: bool, _to: object
    ) -> bool:
        return bool(item.info.get(ONLY_ON, dialect) == dialect)

    return is_compared


def _run(writing_engine: Engine, act: Callable[[Config], None]) -> None:
    settings = config()
    with (
        writing_engine.connect() as connection,
        _unchecked_references(connection),
        connection.begin(),
    ):
        settings.attributes["connection"] = connection
        act(settings)
        _check_references(connection)


@contextmanager
def _unchecked_references(connection: Connection) -> Iterator[None]:
    """Let SQLite copy a table that others refer to (its documented way to change one).

    The setting cannot change within a transaction, so it is made on the driver's connection.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
        driver.close()


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and (
        broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    ):
        raise RuntimeError(f"a revision left a row of {broken[0]} without the one it refers to")
