"""The lines that say how it stands: true of the case on the screen and of all on the tablet."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select

from dash_forms.store.models import HandedOver, TabletKey
from tests.browser import pages
from tests.browser.test_no_signal import STATUS, begun, kept_records, unlock
from tests.support.browsers import Browser, Engine, words
from tests.support.force import new_assessment
from tests.support.server import Line, Served

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]
HIDDEN = "Invented:\u200b a push"  # a character that nobody sees, which the server refuses
DECISION = "Needs a decision: something of this case was refused"
UNREAD = "the server refused something that this tablet cannot read any more"


def refused(browser: Browser, served: Served) -> UUID:
    """A case with one answer on the server, and one that was refused, once or twice in typing."""
    assessment = begun(browser, served)
    cards = pages.Cards(browser)
    cards.answer(1, "no")
    cards.go_to(2)
    browser.type("#q2-note", HIDDEN)
    cards.go_to(3)
    browser.wait_until(lambda: browser.text(STATUS) == DECISION, lambda: browser.text(STATUS))
    return assessment


def test_what_was_refused_is_not_said_to_be_saved(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    assessment = refused(browser, served_app)
    pages.Cards(browser).answer(3, "no")
    browser.wait_until(lambda: browser.text(STATUS) == DECISION, lambda: browser.text(STATUS))
    browser.goto(f"/assessments/{assessment}")
    browser.wait_until(lambda: browser.text(STATUS) == DECISION, lambda: browser.text(STATUS))

    browser.goto(new_assessment(served_app.client("officer1")))
    pages.Cards(browser).answer(1, "no")
    browser.wait_for(STATUS, "Saved on the server")
    assert "something of 1 other case was refused" in browser.text(STATUS)
    browser.tap(f"{STATUS} a")
    browser.wait_for("[data-total]", "Needs a decision: something of 1 case was refused")


def test_a_draft_that_is_opened_says_that_it_is_on_the_server(
    engine: Engine, windows: Open, served_app: Served
) -> None:
    """The line stood empty until the first tap."""
    browser = windows(engine)
    assessment = begun(browser, served_app)
    pages.Cards(browser).answer(1, "no")
    browser.wait_for(STATUS, "Saved on the server")
    browser.goto(f"/assessments/{assessment}")
    browser.wait_for(STATUS, "Saved on the server")


def test_the_line_tells_this_case_from_the_others(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    first = begun(browser, served_app)
    cards = pages.Cards(browser)
    cards.answer(1, "no")
    browser.wait_for(STATUS, "Saved on the server")
    browser.goto(new_assessment(served_app.client("officer1")))
    cards.wait_shown(1)
    line.cut()
    cards.answer(1, "no")
    browser.wait_for(STATUS, "1 not sent yet")
    assert "of this case" not in browser.text(STATUS)
    browser.goto(f"/assessments/{first}")
    unlock(browser)
    cards.wait_shown(2)
    browser.wait_for(STATUS, "1 not sent yet, none of them of this case")
    cards.answer(2, "no")
    browser.wait_for(STATUS, "2 not sent yet, 1 of them of this case")
    browser.goto("/tablet")
    unlock(browser)
    browser.wait_for("[data-total]", "2 not sent yet")
    assert "Saved on this tablet since" in browser.text("[data-total]")
    assert "on this tablet since" in browser.text("[data-list]")


def test_what_was_refused_and_cannot_be_read_any_more_is_listed_and_handed_over(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    assessment = refused(browser, served_app)
    tab = browser.new_tab()
    tab.goto(f"/assessments/{assessment}")
    tab.wait_for(STATUS, "Needs a decision")
    left = kept_records(browser, "operations")
    with served_app.store.work(writes=True) as work:
        work.session.execute(delete(TabletKey))
    browser.goto("/tablet")
    browser.wait_for("[data-list]", UNREAD)
    browser.tap('//summary[normalize-space()="If it cannot be sent"]')
    browser.tap(words("Send again"))  # the list is drawn anew, and what was open stays open
    browser.wait_for("[data-total]", "Needs a decision: something of 1 case was refused")
    browser.wait_for("[data-list]", UNREAD)
    browser.tap(words("Hand over to a supervisor"))
    browser.wait_for(STATUS, "Handed over. Your sergeant decides on it.")
    browser.wait_for("[data-none]", "Nothing of yours is kept here")
    browser.wait_until(lambda: browser.text("[data-total]") == "", "nothing to decide any more")
    tab.wait_for(STATUS, "Saved on the server")
    assert kept_records(browser, "operations") == 0
    with served_app.store.work(writes=False) as work:
        found = select(func.count()).where(HandedOver.case_id == assessment)
        assert work.session.scalar(found) == left
