"""What inspectors asked for, and closed cases drawn at random, in real browsers."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.investigations import Terms
from dash_forms.domain.periods import FixedPeriod, Length, london_date
from dash_forms.investigations.checking import problems
from dash_forms.investigations.commands import Wanted, draw_samples
from dash_forms.store.models import InvestigationSample
from tests.browser import pages
from tests.reporting.ledger import Ledger
from tests.support.browsers import Browser, Engine, numbers_in, words
from tests.support.inspections import AREA
from tests.support.investigations import (
    CHECKLIST,
    answers,
    cases_of,
    closed_case,
    last_month,
    noon_of,
)
from tests.support.server import Served

pytestmark = pytest.mark.browser

Desk = Callable[..., Browser]
BOARD = "/reviews/investigations"
EARLIER = 9


def day(browser: Browser, field: str, *parts: str) -> None:
    """Fill in the three boxes of a day."""
    for suffix, part in zip(("", "-month", "-year"), parts, strict=True):
        browser.type(f"#{field}{suffix}", part)


def test_a_grade_and_what_was_asked_for_are_entered_and_the_evidence_lives(
    engine: Engine, desk: Desk, served_app: Served
) -> None:
    browser = desk("inspector1", scripts=True)
    source = f"Invented report, read in {type(engine).__name__}"
    browser.goto(AREA)
    browser.tap(words("Enter a grade"))
    browser.wait_for("h1", "Enter a grade")
    pages.choose(browser, "grade", "requires_improvement")
    day(browser, "published_on", "24", "9", "2024")
    browser.type("#source", source)
    browser.tap(words("Sign and enter"))
    browser.wait_for(".app-notice", "The grade is in the list.")
    browser.wait_for(".app-baselines", source)

    browser.tap(words("Add an area for improvement"))
    browser.wait_for("h1", "Add an area for improvement")
    browser.type("#words", f"Every victim is to be offered an assessment. {source}")
    browser.pick("#owner", "Sergeant sergeant1 (sergeant)")
    day(browser, "due_on", "1", "2", "2031")
    browser.type("#note", "Ten teams are to be briefed first.")
    browser.tap(words("Sign and add"))
    browser.wait_for(".app-notice", "The area for improvement is added.")

    item = f'//article[contains(., "{source}")]'
    assert "Owner: Sergeant sergeant1" in browser.text(item)
    assert "1 February 2031" in browser.text(item)
    browser.tap(f'{item}//a[starts-with(., "Name a measure")]')
    browser.wait_for("h1", "Name a measure as evidence")
    browser.pick("#code", "D1 Decline rate")
    browser.type("#note", "Fewer declines would show it here.")
    browser.tap(words("Sign and name it"))
    browser.wait_for(".app-notice", "The measure is evidence from now on")
    then, now = counts(browser, item)
    assert then == now

    with served_app.store.work(writes=False) as work:
        quarter = FixedPeriod.latest(Length.QUARTER, london_date(work.now))
    Ledger(served_app.store, served_app.force).record(10, Outcome.DECLINED, quarter.end)
    browser.tap(words("Print view of this area"))
    browser.wait_for("h1", "Inspection: ")
    assert "OFFICIAL-SENSITIVE · printed" in browser.text(".app-review__facts")
    assert "Requires improvement" in browser.text(".app-inspection__last")
    assert source in browser.text(".app-baselines")
    browser.tap(".govuk-back-link")
    browser.wait_for(item, "Owner")
    assert counts(browser, item) == (then, (now[0] + 10, now[1] + 10))


def counts(browser: Browser, item: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Numerator and denominator as they were when the measure was named, and now."""
    found = browser.texts(f'{item}//td//span[@class="app-counts__number"]')
    then, now = (tuple(numbers_in(each)) for each in found)
    return then, now


def checked_before(served: Served) -> None:
    """Nine cases of an earlier month that were checked already, made once for all browsers."""
    month = last_month().back(EARLIER)
    with served.store.work(writes=False) as work:
        drawn = select(InvestigationSample.id).where(InvestigationSample.month_on == month.first)
        if work.session.scalars(drawn).first():
            return
    officer, inspector = served.client("officer1"), served.client("inspector1")
    for _ in range(9):
        closed_case(officer, inspector, served.store, at=noon_of(month))
    with served.store.work(writes=True, actor=served.force.actors["inspector1"]) as work:
        [sample] = draw_samples(work, Wanted(month), Terms(9, CHECKLIST))
    for each in cases_of(served.store, sample):
        served.client("sergeant1").submit(f"{BOARD}/cases/{each.id}/check", **answers())


def test_a_sample_is_drawn_checked_and_counted(
    engine: Engine, desk: Desk, served_app: Served
) -> None:
    checked_before(served_app)
    back = {"Chromium": 4, "Firefox": 5, "WebKit": 6}[type(engine).__name__]
    month = last_month().back(back)
    officer, reviewer = served_app.client("officer1"), served_app.client("inspector1")
    closed_case(officer, reviewer, served_app.store, at=noon_of(month))
    inspector, sergeant = desk("inspector1", scripts=True), desk("sergeant1", scripts=True)

    inspector.goto(f"{BOARD}/draw")
    inspector.pick("#month", month.label)
    inspector.pick("#team", "North")
    inspector.tap(words("Draw the cases"))
    inspector.wait_for(".app-notice", "The cases are drawn")

    sergeant.goto(BOARD)
    waiting = f'//section[@aria-labelledby="waiting"]//li[contains(., "closed {month.label}")]'
    sergeant.tap(f"{waiting}//a")
    sergeant.wait_for("h1", "Check SM-")
    for question in CHECKLIST.questions:
        pages.choose(sergeant, f"answer_{question.id}", "yes")
    pages.choose(sergeant, "answer_children_seen", "no")
    sergeant.type("#note_children_seen", "Nothing in the record.")
    sergeant.tap(words("Save the answers"))
    sergeant.wait_for(".app-notice", "The answers are saved.")

    # How it was drawn stands beside it, and anybody can draw it again.
    sergeant.tap(words("case 1 of the draw"))
    sergeant.wait_for("h1", f"How it was drawn: North, {month.label}")
    sample = UUID(sergeant.url.rpartition("/")[2])
    with served_app.store.work(writes=False) as work:
        seed = work.session.get_one(InvestigationSample, sample).seed
        assert seed in sergeant.texts("code")
        assert problems(work, sample) == []

    sergeant.goto("/reports/investigations")
    sergeant.wait_for("h1", "Standard of investigations")
    [row] = [each for each in sergeant.texts("tbody tr") if "children of the household" in each]
    assert "%)" in row, row
    yes, of = numbers_in(row.partition("?")[2])[:2]
    assert of >= 10
    assert yes < of
