"""The report of waits in real browsers: found by its tab, and each number leads to its records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.browser import pages
from tests.support.browsers import Browser, Engine, words
from tests.support.force import new_incident
from tests.support.server import Served

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_wait_is_found_among_those_of_its_grade_with_its_record(
    engine: Engine, windows: Open, served_app: Served, scripts: bool
) -> None:
    officer = served_app.client("officer1")
    reported = datetime.now(UTC) - timedelta(days=20)
    day = reported.date().isoformat()
    incident = new_incident(officer)
    officer.submit(
        f"{incident}/details",
        reported_at=[day, "10:00"],
        arrived_at=[day, "16:00"],
        response_grade="grade_2",
    )
    told = officer.page(incident).text()
    browser = windows(engine, scripts=scripts)
    pages.sign_in(browser, "inspector1", scripts=scripts)
    browser.goto(f"/reports?from={day}&to={day}")
    browser.tap(words("Response"))
    browser.wait_for("h1", "How long victims wait for the police")
    browser.wait_for("#declines + p", "Association, not cause")
    link = "a[href*='of=response.grade_2.within_12_h&']"
    assert browser.count(link) == 1
    browser.tap(link)
    browser.wait_for("h1", "Records counted")
    browser.wait_for("main", "Grade 2 – priority: 4 to 12 hours")
    assert any(urn in told for urn in browser.texts(".app-list__link"))
