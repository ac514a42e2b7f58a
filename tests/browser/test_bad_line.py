"""A line that goes dead, or loses replies: the page says so, and each answer arrives once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from dash_forms.domain.answers import AnswerValue
from tests.browser import pages
from tests.support.browsers import Browser, Engine, PlaywrightBrowser, words
from tests.support.force import new_assessment
from tests.support.server import Line, Served

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]
STATUS = "[data-status]"


@pytest.fixture
def line(served_app: Served) -> Iterator[Line]:
    relay = Line(served_app.port)
    yield relay
    relay.close()


def first_card(browser: Browser, served: Served) -> UUID:
    """An assessment that is begun, on the first card."""
    path = new_assessment(served.client("officer1"))
    pages.sign_in(browser, "officer1")
    browser.goto(path)
    pages.Cards(browser).wait_shown(1)
    return pages.assessment_shown(browser)


def value(served: Served, assessment: UUID, item: int) -> AnswerValue | None:
    stored = served.answers(assessment).get(item)
    return stored.content.value if stored else None


def test_what_a_dead_line_holds_up_is_delivered_once(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    assessment = first_card(browser, served_app)
    cards = pages.Cards(browser)

    line.cut()
    browser.tap("#q1-no")
    browser.wait_for(STATUS, "1 not saved yet")
    assert value(served_app, assessment, 1) is None
    assert not browser.text("#q1 .app-saved").startswith("Saved")
    cards.wait_shown(2)
    browser.tap("#q2-yes")
    browser.wait_for(STATUS, "2 not saved yet")

    # Leaving waits until everything is on the server.
    browser.tap(words("Victim declines"))
    line.mend()
    browser.wait_for("h1", "Victim declines")
    assert value(served_app, assessment, 1) is AnswerValue.NO
    assert value(served_app, assessment, 2) is AnswerValue.YES
    assert [entry.item for entry in served_app.log(assessment)] == [1, 2]


def test_a_lost_reply_does_not_count_twice(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    assessment = first_card(browser, served_app)

    line.lose_replies()
    browser.tap("#q1-no")
    browser.wait_for(STATUS, "1 not saved yet")
    browser.wait_until(
        lambda: value(served_app, assessment, 1) is AnswerValue.NO, "the answer in the database"
    )
    assert not browser.text("#q1 .app-saved").startswith("Saved")
    line.mend()
    browser.wait_for(STATUS, "Saved on the server")
    assert browser.text("#q1 .app-saved").startswith("Saved")
    [entry] = served_app.log(assessment)
    assert (entry.item, entry.rev) == (1, 1)


def test_what_is_tapped_while_signed_out_is_sent_after_signing_in_in_another_tab(
    chromium: Engine, windows: Open, served_app: Served
) -> None:
    browser = windows(chromium)
    assert isinstance(browser, PlaywrightBrowser)
    assessment = first_card(browser, served_app)
    browser.clear_cookies()
    browser.tap("#q1-no")
    browser.wait_for(STATUS, "Signed out: 1 not sent yet")

    tab = browser.new_tab()
    pages.sign_in(tab, "officer1")
    browser.wait_for(STATUS, "Saved on the server")
    assert value(served_app, assessment, 1) is AnswerValue.NO
