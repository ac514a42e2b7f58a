"""A sign-in that has ended is asked for again in place; everything that was entered stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dash_forms.domain.answers import AnswerValue
from tests.browser import pages
from tests.support.browsers import Browser, Engine, words
from tests.support.client import PASSWORD
from tests.support.force import new_assessment
from tests.support.server import Line, Served

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]
STATUS = "[data-status]"
DIALOG = "dialog.app-dialog"


def sign_in_again(browser: Browser, username: str = "", password: str = PASSWORD) -> None:
    """The page knows whose it is, so that only the password is asked; anybody else says who."""
    browser.wait_for(f"{DIALOG} #username")
    assert browser.evaluate(f"document.querySelector('{DIALOG} #username').value") == "officer1"
    assert browser.evaluate("document.activeElement.id") == "password"
    if username:
        browser.type(f"{DIALOG} #username", username)
    browser.type(f"{DIALOG} #password", password)
    browser.tap(f"{DIALOG} button[type=submit]")


def about_a_child(browser: Browser) -> str:
    """The form of a child, filled in; gives its address."""
    pages.sign_in(browser, "officer1")
    pages.record_incident(browser)
    path = browser.path.partition("?")[0]
    browser.goto(f"{path}/children/new")
    browser.type("#child_name", "Linnet Invented")
    browser.type("#school", "Invented Primary")
    return path


def test_a_form_waits_while_its_person_signs_in_again(
    engine: Engine, windows: Open, served_app: Served
) -> None:
    browser = windows(engine)
    path = about_a_child(browser)
    browser.clear_cookies()
    browser.tap(words("Save"))
    sign_in_again(browser, "officer3", "not the password")
    browser.wait_for(f"{DIALOG} .govuk-error-summary", "is not right")
    assert browser.evaluate(f"document.querySelector('{DIALOG} #username').value") == "officer3"
    browser.type(f"{DIALOG} #username", "officer1")
    browser.type(f"{DIALOG} #password", PASSWORD)
    browser.tap(f"{DIALOG} button[type=submit]")
    browser.wait_for("main", "Linnet Invented")
    assert browser.path.partition("?")[0].partition("#")[0] == path


def test_nothing_is_sent_under_the_name_of_somebody_else(
    engine: Engine, windows: Open, served_app: Served
) -> None:
    browser = windows(engine)
    path = about_a_child(browser)
    browser.clear_cookies()
    browser.tap(words("Save"))
    sign_in_again(browser, "officer3")
    browser.wait_for("[data-unsent]", "Somebody else has signed in")
    browser.tap(words("Save"))
    browser.wait_for("[data-unsent]", "Somebody else has signed in")
    entered = "document.querySelector('#child_name').value"
    assert browser.evaluate(entered) == "Linnet Invented"
    assert "Linnet" not in served_app.client("officer1").page(path).text()


def test_without_an_answer_a_form_stays_and_says_so(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    about_a_child(browser)
    line.cut()
    browser.tap(words("Save"))
    browser.wait_for("[data-unsent]", "No answer from the server")
    line.mend()
    browser.tap(words("Save"))
    browser.wait_for("main", "Linnet Invented")


def test_taps_are_sent_once_somebody_has_signed_in_again_over_the_card(
    engine: Engine, windows: Open, served_app: Served
) -> None:
    browser = windows(engine)
    pages.sign_in(browser, "officer1")
    browser.goto(new_assessment(served_app.client("officer1")))
    pages.Cards(browser).wait_shown(1)
    browser.wait_for("html.app-scripted")
    assessment = pages.assessment_shown(browser)
    browser.clear_cookies()
    browser.tap("#q1-no")
    browser.wait_for(STATUS, "1 not sent yet")
    browser.tap(f"{STATUS} a")
    sign_in_again(browser)
    browser.wait_for(STATUS, "Saved on the server")
    assert pages.assessment_shown(browser) == assessment
    assert served_app.answers(assessment)[1].content.value is AnswerValue.NO
