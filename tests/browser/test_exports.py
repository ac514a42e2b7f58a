"""A long export in real browsers: the page follows it by itself, with scripts or without."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import pytest
from sqlalchemy import update

from dash_forms.app import runner_of
from dash_forms.store.models import JobRow
from tests.browser import pages
from tests.support.browsers import Browser, Engine, PlaywrightBrowser, words
from tests.support.exports import Killed, done_up_to
from tests.support.server import Served

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("nothing_else_waits")]

Open = Callable[..., Browser]
PERIOD = "?from=2026-01-01&to=2026-05-31"


def ask(browser: Browser) -> None:
    browser.goto(f"/reports{PERIOD}")
    browser.tap(words("Export every team, month by month"))
    browser.wait_for("main", "January 2026 to May 2026 (5 months)")
    browser.tap(words("Make this export"))
    browser.wait_for("[role=status]", "0 of 5 months")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_it_is_made_while_the_page_waits(
    engine: Engine, windows: Open, served_app: Served, scripts: bool
) -> None:
    browser = windows(engine, scripts=scripts)
    pages.sign_in(browser, "inspector1", scripts=scripts)
    ask(browser)
    done_up_to(served_app.store, 3, Killed())
    browser.wait_for("[role=status]", "3 of 5 months")
    assert browser.count("progress[value='3'][max='5']") == 1
    with served_app.store.work(writes=True) as work:
        held = update(JobRow).where(JobRow.claim.is_not(None))
        work.connection.execute(held.values(claimed_until=work.now))
    stopped = Event()
    worker = Thread(target=runner_of(served_app.app).run_until, args=(stopped, 0.1))
    worker.start()
    try:
        browser.wait_for("[role=status]", "Finished")
    finally:
        stopped.set()
        worker.join()
    assert browser.count(words("Save as CSV")) == 1
    if isinstance(browser, PlaywrightBrowser):
        with browser.page.expect_download() as download:
            browser.tap(words("Save as CSV"))
        assert b"D1 Decline rate,Whole force,2026-05" in download.value.path().read_bytes()


def test_it_can_be_cancelled_half_way(engine: Engine, windows: Open, served_app: Served) -> None:
    browser = windows(engine)
    pages.sign_in(browser, "inspector1")
    ask(browser)
    done_up_to(served_app.store, 2, Killed())
    browser.tap(words("Keep the page still"))
    browser.wait_for("[role=status]", "2 of 5 months")
    browser.tap(words("Cancel this export"))
    browser.wait_for("[role=status]", "Cancelled")
    browser.tap(words("Your exports"))
    browser.wait_for("h1", "Your exports")
    browser.wait_for("table", "Cancelled")
