"""A sergeant says why, finds an alleged perpetrator, adds bail and ends it; an officer reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from dash_forms.domain.ids import uuid7
from dash_forms.domain.offenders import ActionState
from dash_forms.domain.periods import london_date
from dash_forms.store.models import OffenderAction, OffenderReason
from tests.browser import pages
from tests.support import offenders
from tests.support.browsers import Browser, Engine, words
from tests.support.server import Served

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]


def _say_why(browser: Browser) -> None:
    browser.wait_for("h1", "Why do you look?")
    pages.choose(browser, "purpose", "supervision")
    browser.type("#words", offenders.WHY)
    browser.tap(words("Open"))


def _enter_day(browser: Browser, served: Served, name: str, days: int) -> None:
    with served.store.work(writes=False) as work:
        day = london_date(work.now) + timedelta(days=days)
    for part, value in (("", day.day), ("-month", day.month), ("-year", day.year)):
        browser.type(f"#{name}{part}", str(value))


def test_bail_is_added_read_at_the_door_and_ended(
    engine: Engine, windows: Open, served_app: Served
) -> None:
    _bail_from_beginning_to_end(windows(engine), served_app, scripts=True)


def test_the_same_without_scripts(chromium: Engine, windows: Open, served_app: Served) -> None:
    _bail_from_beginning_to_end(windows(chromium, scripts=False), served_app, scripts=False)


def _bail_from_beginning_to_end(browser: Browser, served: Served, *, scripts: bool) -> None:
    officer = served.client("officer1")
    name = f"Corin Invented {uuid7().hex[-6:]}"
    incident = offenders.accused(officer, name=name)
    offenders.accused(officer, "Bracken Invented", name, born_on=["5", "6", "1991"])
    with served.store.work(writes=True) as work:  # as if what the sergeant said before were over
        work.session.execute(delete(OffenderReason))
    pages.sign_in(browser, "sergeant1", scripts=scripts)
    browser.goto(offenders.LIST)
    _say_why(browser)
    browser.wait_for("h1", "Alleged perpetrators")
    browser.tap(words(name))
    browser.wait_for("main", "Alleged, not convicted")
    browser.tap(words("Add an action"))
    browser.wait_for("h1", "Add an outstanding action")
    browser.evaluate("document.querySelector('#kind').value = 'police_bail'")
    _enter_day(browser, served, "starts_on", -1)
    _enter_day(browser, served, "ends_on", 3)
    browser.type("#conditions", offenders.CONDITIONS)
    browser.tap(words("Add it"))
    browser.wait_for("main", "Ends in 3 days")
    assert offenders.CONDITIONS in officer.page(incident).text()
    browser.tap(words("End it"))
    browser.wait_for("h1", "End an outstanding action")
    pages.choose(browser, "state", "done")
    browser.type("#words", "Charged with two offences.")
    browser.tap(words("Save"))
    browser.wait_for("main", "No bail, order or arrest is recorded as outstanding")
    assert offenders.CONDITIONS not in officer.page(incident).text()
    with served.store.work(writes=False) as work:
        query = select(OffenderAction.state).order_by(OffenderAction.id.desc())
        assert work.session.scalars(query).first() is ActionState.DONE
