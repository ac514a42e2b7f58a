"""Fixtures that every test may use: a migrated database, the application, people and clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from dash_forms.config import Settings
from dash_forms.store.facts import differences, rules_of
from dash_forms.store.models import Base
from dash_forms.store.work import Store
from tests.support import postgres
from tests.support.client import StrictClient, application
from tests.support.force import CHEAP, Force, make_force

# How long an example takes says how busy the machine is, and nothing of what is tested.
hypothesis_settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgresql"), default="sqlite", help="what to test on"
    )
    parser.addoption("--long", action="store_true", help="soak for 2,000 sessions, not 200")
    parser.addoption("--seed", type=int, default=4, help="which sessions the soak makes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what asks for the database: nothing else can come out otherwise there."""
    if config.getoption("--database") == "postgresql":
        config.hook.pytest_deselected(items=[item for item in items if not _asks_for_it(item)])
        items[:] = [item for item in items if _asks_for_it(item)]


def _asks_for_it(item: pytest.Item) -> bool:
    return "database_url" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """An empty database of the kind asked for; it lives as long as the run."""
    if request.config.getoption("--database") == "postgresql":
        with postgres.server() as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'test.sqlite3'}"


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings as a force would have them, with a cheap password hash."""
    return Settings(
        instance=tmp_path_factory.mktemp("instance"),
        database_url=database_url,
        cookie_secure=False,
        log_level="ERROR",
        argon2_memory_kib=CHEAP[0],
        argon2_rounds=CHEAP[1],
    )


@pytest.fixture(scope="session")
def _application(settings: Settings) -> Flask:
    return application(settings)


@pytest.fixture
def app(_application: Flask) -> Iterator[Flask]:
    """The application on an empty, migrated database."""
    yield _application
    _empty(_application.extensions["dash_store"])


def _empty(store: Store) -> None:
    # PostgreSQL's TRUNCATE makes a file anew for each table: far slower with so little in them.
    names = [table.name for table in reversed(Base.metadata.sorted_tables)]
    deletes = [f'DELETE FROM "{name}"' for name in names]  # noqa: S608 - our own names
    if store.engine.dialect.name == "postgresql":
        deletes = ["; ".join(deletes)]  # one trip to the server; SQLite takes one at a time
    with store.writing_engine.begin() as connection:
        for each in deletes:
            connection.exec_driver_sql(each)


@pytest.fixture
def store(app: Flask, request: pytest.FixtureRequest) -> Iterator[Store]:
    """The application's store. Whatever a test does, facts and counts follow from the records."""
    found: Store = app.extensions["dash_store"]
    yield found
    if request.node.get_closest_marker("rows_by_hand") is None:
        with found.work(writes=False) as work:
            assert list(differences(work.connection, rules_of(work), lambda _: None)) == []


@pytest.fixture
def force(store: Store) -> Force:
    """Two teams with somebody in each role."""
    return make_force(store)


@pytest.fixture
def anyone(app: Flask, force: Force) -> StrictClient:
    """A browser where nobody is signed in."""
    client: StrictClient = app.test_client()  # type: ignore[assignment]
    return client


@pytest.fixture
def as_(app: Flask, force: Force) -> Callable[[str], StrictClient]:
    """Sign somebody in, each in a browser of their own."""

    def sign_in(username: str) -> StrictClient:
        client: StrictClient = app.test_client()  # type: ignore[assignment]
        return client.sign_in(username)

    return sign_in


@pytest.fixture
def officer(as_: Callable[[str], StrictClient]) -> StrictClient:
    """officer1, of the north team."""
    return as_("officer1")


@pytest.fixture
def sergeant(as_: Callable[[str], StrictClient]) -> StrictClient:
    """sergeant1, of the north team."""
    return as_("sergeant1")


@pytest.fixture
def specialist(as_: Callable[[str], StrictClient]) -> StrictClient:
    """specialist1, who works for the whole force."""
    return as_("specialist1")


@pytest.fixture(scope="session")
def project() -> Path:
    """The checkout's top folder."""
    return Path(__file__).resolve().parent.parent
