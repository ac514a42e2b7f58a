"""One server and one process of each browser for each process of pytest; tests open windows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Playwright, sync_playwright
from sqlalchemy import create_engine, make_url, text, update

from dash_forms.domain.jobs import UNFINISHED, JobState
from dash_forms.store.models import JobRow
from tests.browser import pages
from tests.support.browsers import (
    Browser,
    BrowserMissingError,
    Chromium,
    Device,
    Engine,
    Firefox,
    WebKit,
)
from tests.support.server import Line, Served, served

ENGINES: dict[str, Callable[[Playwright], Engine]] = {
    "chromium": Chromium,
    "firefox": Firefox,
    "webkit": lambda _: WebKit(),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process gets all that a file does in one browser, which is done in the same windows.

    And one gets all that is done in WebKitGTK: when any of three could have it, on two cores, its
    store failed to answer for minutes. That and the soak, which nothing can share either, come
    first: last, they would keep the others waiting.
    """
    items.sort(key=lambda item: (item.path.stem != "test_soak", _engine(item) != "webkit"))
    for item in items:
        if item.get_closest_marker("browser"):
            engine = _engine(item)
            group = engine if engine == "webkit" else f"{item.path.stem} {engine}"
            item.add_marker(pytest.mark.xdist_group(group))
            item.add_marker(pytest.mark.flaky(reruns=2 if _can_hang(item, engine) else 1))


def _engine(item: pytest.Item) -> str:
    """Which of the three a test is run in; empty where it names none."""
    return str(item.callspec.params.get("engine", "")) if hasattr(item, "callspec") else ""


def _can_hang(item: pytest.Item, engine: str) -> bool:
    """Whether a fault of a browser, not of ours, is known to stop this test at times.

    WebKitGTK's driver can hang as it starts, Firefox's store when it is full, and Chromium's
    first navigation when its profile was open as it was killed (once in about 60 runs). Any other
    is tried again once, for two of some twenty thousand did not answer, and the summary names it.
    """
    killed = "profile" in getattr(item, "fixturenames", ())
    return engine == "webkit" or "full" in item.name or killed


@pytest.fixture(scope="session")
def served_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real server with the invented force, on a database of its own."""
    folder = tmp_path_factory.mktemp("served")
    url = f"sqlite:///{folder / 'served.sqlite3'}"
    if make_url(database_url).get_backend_name() == "postgresql":
        url = _another_database(database_url)
    with served(url, folder) as server:
        yield server


def _another_database(url: str) -> str:
    """Beside the one that the other tests empty."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE served"))
    engine.dispose()
    return make_url(url).set(database="served").render_as_string(hide_password=False)


@pytest.fixture
def nothing_else_waits(served_app: Served) -> None:
    """Else a worker would begin with what another file has left in the queue."""
    with served_app.store.work(writes=True) as work:
        work.connection.execute(
            update(JobRow)
            .where(JobRow.state.in_(UNFINISHED))
            .values(state=JobState.CANCELLED, claim=None, claimed_until=None, ended_at=work.now)
        )


@pytest.fixture
def line(served_app: Served) -> Iterator[Line]:
    """What lies between a window and the server, and can be cut."""
    relay = Line(served_app.port)
    yield relay
    relay.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def engine_named(playwright: Playwright) -> Iterator[Callable[[str], Engine]]:
    """Each browser is started when a test first asks for it."""
    running: dict[str, Engine] = {}

    def engine(name: str) -> Engine:
        if name not in running:
            try:
                running[name] = ENGINES[name](playwright)
            except BrowserMissingError as error:
                if "CI" in os.environ:
                    raise
                pytest.skip(f"{name}: {error}")
        return running[name]

    yield engine
    for each in running.values():
        each.close()


@pytest.fixture(scope="module", params=list(ENGINES))
def engine(request: pytest.FixtureRequest, engine_named: Callable[[str], Engine]) -> Engine:
    """Each of the three browsers in turn."""
    return engine_named(request.param)


@pytest.fixture
def windows(served_app: Served) -> Iterator[Callable[..., Browser]]:
    """Open windows, each with cookies of its own; they close when the test ends."""
    opened: list[Browser] = []

    def open_window(engine: Engine, *, line: Line | None = None, **device: object) -> Browser:
        url = line.url if line else served_app.url
        opened.append(engine.open(url, Device(**device)))  # type: ignore[arg-type]
        return opened[-1]

    yield open_window
    for each in opened:
        each.close()


@pytest.fixture(scope="module")
def desk(engine: Engine, served_app: Served) -> Iterator[Callable[[str, bool], Browser]]:
    """Somebody's window, signed in, which goes from journey to journey."""
    taken: dict[tuple[str, bool], Browser] = {}

    def desk_of(username: str, scripts: bool) -> Browser:
        if (username, scripts) not in taken:
            browser = taken[username, scripts] = engine.open(
                served_app.url, Device(scripts=scripts)
            )
            pages.sign_in(browser, username)
        return taken[username, scripts]

    yield desk_of
    for each in taken.values():
        each.close()


@pytest.fixture
def chromium(engine_named: Callable[[str], Engine]) -> Engine:
    return engine_named("chromium")
