"""Add-on sets by touch, in real browsers: offered at once, one asked, one skipped, then sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dash_forms.domain.add_ons import SkipReason
from dash_forms.domain.answers import AnswerValue
from dash_forms.store.add_ons import taken_up
from tests.browser import pages
from tests.support.browsers import Browser, Engine, words
from tests.support.force import new_assessment, operation, sync
from tests.support.server import Served

pytestmark = pytest.mark.browser


TOP = "document.querySelector('%s').getBoundingClientRect().top"


def wait_in_sight(browser: Browser) -> None:
    """Until the list of what is offered begins well above the bottom bar."""
    browser.wait_until(
        lambda: 0 <= browser.evaluate(TOP % "#add-ons") < browser.evaluate(TOP % ".app-bar") - 100,
        "the list to be seen",
    )


def test_the_last_topic_leads_to_what_is_offered(
    engine: Engine, windows: Callable[..., Browser], served_app: Served
) -> None:
    browser = windows(engine, size=(820, 560))
    pages.sign_in(browser, "officer1")
    assessment = new_assessment(served_app.client("officer1"))
    sync(served_app.client("officer1"), [operation(assessment[-36:], 4, "yes")])
    browser.goto(f"{assessment}#q27")
    cards = pages.Cards(browser)
    cards.wait_shown(27)
    browser.evaluate("scrollTo(0, 0)")
    assert browser.evaluate(TOP % "#add-ons") > browser.evaluate(TOP % ".app-bar")
    browser.tap("#q27-no")
    wait_in_sight(browser)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_one_set_is_asked_and_one_skipped(
    engine: Engine, windows: Callable[..., Browser], served_app: Served, scripts: bool
) -> None:
    browser = windows(engine, scripts=scripts)
    pages.sign_in(browser, "officer1")
    pages.record_incident(browser)
    assessment = pages.open_start(browser)
    pages.start(browser)
    cards = pages.cards(browser)

    # A yes says at once what it calls for, and the conversation goes on in its order.
    cards.go_to(4)
    assert not browser.is_shown("#q4 .app-offered")
    cards.answer(4, "yes")
    browser.wait_for("#q4 .app-offered", "because of topic 4")
    cards.go_to(8)
    cards.answer(8, "yes")
    browser.wait_for("#q8 .app-offered", "because of topic 8")
    cards.end_section("now")
    cards.go_to(27)

    # The list after the last card has both, though the page was drawn before either was tapped.
    honour, stalking = pages.add_on(browser, "honour"), pages.add_on(browser, "Stalking")
    assert not browser.is_shown('//section[@id="add-ons"]//li[contains(., "animal")]')
    browser.tap(f"{stalking}//button")
    browser.wait_for("h1", "Stalking and harassment")
    asked = pages.cards(browser, 11)
    asked.wait_shown(1)
    asked.answer(1, "yes")
    asked.end_section("pursuit")
    if scripts:
        asked.go_to(11)
        browser.tap(words("Done"))
        browser.wait_for("h1", "Assessment")
        wait_in_sight(browser)
    else:
        browser.tap(words("Back to the topics"))
        browser.wait_for("h1", "Assessment")
    browser.wait_for("#add-ons", "1 of 11 answered")

    browser.tap(f"{honour}//a")
    browser.wait_for("h1", "Skip these questions")
    browser.tap(words("Skip them"))
    browser.wait_for(".govuk-error-summary", "Choose the reason")
    pages.choose(browser, "reason", "victim_does_not_want")
    browser.tap(words("Skip them"))
    browser.wait_for("h1", "Assessment")
    browser.wait_for("#add-ons", "Skipped – The victim does not want to")

    with served_app.store.work(writes=False) as work:
        found = {each.part: each for each in taken_up(work, assessment)}
    assert found["stalking-11"].answers[1].content.value is AnswerValue.YES
    assert found["honour-10"].skipped is SkipReason.VICTIM_DOES_NOT_WANT
    assert set(served_app.answers(assessment)) == {4, 8}

    left = [n for n in range(1, 28) if n not in {4, 8}]
    sync(served_app.client("officer1"), [operation(str(assessment), n, "no") for n in left])
    browser.goto(f"/assessments/{assessment}/finish")
    pages.submit(browser)
