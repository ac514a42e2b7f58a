"""A line that goes dead, or loses replies: the page says so, and each answer arrives once."""

from __future__ import annotations

from collections.abc import Callable
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


def first_card(browser: Browser, served: Served) -> UUID:
    """An assessment that is begun, on the first card."""
    path = new_assessment(served.client("officer1"))
    pages.sign_in(browser, "officer1")
    browser.goto(path)
    pages.Cards(browser).wait_shown(1)
    browser.wait_for("html.app-scripted")  # a line that is cut before that takes the script along
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
    browser.wait_for(STATUS, "1 not sent yet")
    assert value(served_app, assessment, 1) is None
    assert browser.text("#q1 .app-saved") == "Saved on this tablet"
    cards.wait_shown(2)
    browser.tap("#q2-yes")
    browser.wait_for(STATUS, "2 not sent yet")

    # Leaving goes to a page that the tablet keeps, or waits until everything is on the server.
    browser.tap(words("Victim declines"))
    line.mend()
    browser.wait_for("h1", "Victim declines")
    browser.wait_until(
        lambda: value(served_app, assessment, 2) is AnswerValue.YES, "both answers in the database"
    )
    assert value(served_app, assessment, 1) is AnswerValue.NO
    assert [entry.item for entry in served_app.log(assessment)] == [1, 2]


def test_a_lost_reply_does_not_count_twice(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    assessment = first_card(browser, served_app)

    line.lose_replies()
    browser.tap("#q1-no")
    browser.wait_for(STATUS, "1 not sent yet")
    browser.wait_until(
        lambda: value(served_app, assessment, 1) is AnswerValue.NO, "the answer in the database"
    )
    assert browser.text("#q1 .app-saved") == "Saved on this tablet"
    line.mend()
    browser.wait_for(STATUS, "Saved on the server")
    assert browser.text("#q1 .app-saved") != "Saved on this tablet"
    [entry] = served_app.log(assessment)
    assert (entry.item, entry.rev) == (1, 1)


def test_a_tap_before_the_script_has_come_leads_on_when_it_comes(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    line.hold("GET /static/js/tablet-page")
    browser = windows(chromium, line=line)
    assert isinstance(browser, PlaywrightBrowser)
    pages.sign_in(browser, "officer1")
    path = new_assessment(served_app.client("officer1"))
    browser.page.goto(browser.base_url + path + "#q1", wait_until="commit")
    browser.tap("#q1-no")
    assert browser.count("html.app-scripted") == 0

    line.mend()
    cards = pages.Cards(browser)
    cards.wait_saved(1)
    cards.wait_shown(2)
    assert not browser.is_shown("#q1")
    assert value(served_app, pages.assessment_shown(browser), 1) is AnswerValue.NO


def test_what_an_earlier_page_kept_does_not_replace_what_was_tapped_since(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(chromium, line=line)
    assert isinstance(browser, PlaywrightBrowser)
    first_card(browser, served_app)
    browser.wait_for('[data-tablet="ready"]')
    line.hold("POST /sync")
    browser.tap("#q1-no")
    pages.Cards(browser).wait_shown(2)

    line.hold("POST /sync", "/tablet/keys")
    browser.page.reload(wait_until="commit")
    browser.wait_for("html.app-scripted")
    pages.Cards(browser).go_to(1)
    browser.tap("#q1-yes")
    line.hold("POST /sync")
    browser.wait_for(STATUS, "Saving")
    browser.wait_for('[data-tablet="ready"]')
    browser.page.wait_for_timeout(500)  # what an earlier page kept is taken up after the key came
    assert browser.is_checked("#q1-yes")


def test_what_is_tapped_while_signed_out_is_sent_after_signing_in_in_another_tab(
    engine: Engine, windows: Open, served_app: Served
) -> None:
    browser = windows(engine)
    assessment = first_card(browser, served_app)
    browser.clear_cookies()
    browser.tap("#q1-no")
    browser.wait_for(STATUS, "1 not sent yet · Sign in again to send")

    tab = browser.new_tab()
    pages.sign_in(tab, "officer1")
    browser.wait_for(STATUS, "Saved on the server")
    assert value(served_app, assessment, 1) is AnswerValue.NO
