"""The reports as a screen reader takes them: the accessibility tree of each part, in order.

Kept as it was read and found right; where a page changes, delete its file and run this again to
write it anew, then read it before it is committed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from dash_forms.reporting.tabs import Tab
from tests.browser import pages
from tests.reporting.histories import invented, put_down
from tests.support.browsers import Browser, Device, Engine, PlaywrightBrowser
from tests.support.server import served

pytestmark = pytest.mark.browser

KEPT = Path(__file__).parent / "reading_order"
YEAR = "?from=2025-01-01&to=2025-12-31"
_ADDRESS = re.compile(r"^\s*- /url: .*\n", re.MULTILINE)


@pytest.fixture(scope="module")
def reader(
    engine_named: Callable[[str], Engine], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PlaywrightBrowser]:
    """An inspector's window on a force with the same year every time."""
    folder = tmp_path_factory.mktemp("read")
    with served(f"sqlite:///{folder / 'read.sqlite3'}", folder) as server:
        made = invented(Random(11), list(server.force.teams.values()), 300)
        put_down(server.store, server.force, made)
        browser: Browser = engine_named("chromium").open(server.url, Device())
        assert isinstance(browser, PlaywrightBrowser)
        pages.sign_in(browser, "inspector1")
        yield browser
        browser.close()


@pytest.mark.parametrize("tab", list(Tab))
def test_each_part_is_read_in_an_order_that_makes_sense(
    tab: Tab, reader: PlaywrightBrowser
) -> None:
    reader.goto(tab.path + YEAR)
    tree = _ADDRESS.sub("", reader.page.locator("main").aria_snapshot()) + "\n"
    kept = KEPT / f"{tab}.yml"
    if not kept.exists():
        kept.write_text(tree, encoding="utf-8")
        pytest.fail(f"{kept.name} was not there; read what has been written")
    assert tree == kept.read_text(encoding="utf-8")
