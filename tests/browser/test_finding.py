"""An officer at a door finds what there is: by a number typed in a hurry, and by who it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser import pages
from tests.support.browsers import Browser, Engine, words
from tests.support.finding import BORN
from tests.support.force import new_incident, new_urn
from tests.support.plans import parts
from tests.support.server import Served

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]
_ADDRESS = re.compile(r"/find/[0-9a-f-]{36}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_an_officer_finds_a_number_and_opens_another_team_s_incident_with_a_reason(
    engine: Engine, windows: Open, served_app: Served, scripts: bool
) -> None:
    urn = new_urn()
    new_incident(served_app.client("officer1"), urn=urn, victim_name="Wren Ashdown")
    browser = windows(engine, scripts=scripts)
    pages.sign_in(browser, "officer2", scripts=scripts)
    browser.tap('nav a[href="/find"]')
    browser.wait_for("#reference")
    browser.type("#reference", urn.replace("-", "").lower())
    browser.press("Enter")
    browser.wait_for("h1", "1 found")
    results = browser.path
    assert _ADDRESS.fullmatch(results)
    browser.wait_for("main", "An incident of another team (North) matches")
    browser.tap(words(urn))
    browser.wait_for("h1", "Another team’s incident")
    browser.tap(words("Open it"))
    browser.wait_for(".govuk-error-summary", "Choose why you need this")
    pages.choose(browser, "purpose", "attending")
    browser.tap(words("Open it"))
    browser.wait_for("main", "Victim: Wren Ashdown")
    browser.tap(".govuk-back-link")
    browser.wait_for("h1", "1 found")
    assert browser.path == results


def test_an_officer_finds_a_person_and_no_detail_is_in_the_address(
    engine: Engine, windows: Open, served_app: Served
) -> None:
    urn, phone = new_urn(), "07700 900077"
    new_incident(
        served_app.client("officer1"),
        urn=urn,
        victim_name="Juniper Marlow",
        born_on=parts(BORN),
        victim_phone=phone,
    )
    browser = windows(engine)
    pages.sign_in(browser, "officer3")
    browser.goto("/find")
    browser.type("#given_name", "juniper")
    browser.type("#surname", "MARLOW")
    pages.choose(browser, "purpose", "contact")
    browser.tap(words("Find the person"))
    browser.wait_for(".govuk-error-summary", "Enter the date of birth")
    assert browser.path == "/find"
    for where, part in zip(
        ("#born_on", "#born_on-month", "#born_on-year"), parts(BORN), strict=True
    ):
        browser.type(where, part)
    browser.tap(words("Find the person"))
    browser.wait_for("h1", "found")
    assert _ADDRESS.fullmatch(browser.path)
    browser.wait_for("main", "As the victim")
    browser.tap(words(urn))
    browser.wait_for("h1", urn)
    browser.goto("/find")
    browser.type("#phone", phone)
    pages.choose(browser, "purpose", "contact")
    browser.tap(words("Find the person"))
    browser.wait_for("h1", "found")
    browser.wait_for("main", urn)
