"""The main job in real browsers: from sign-in to submitted, and from the door to the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from dash_forms.domain.answers import AnswerValue, Source
from dash_forms.domain.assessment import State
from dash_forms.domain.instruments import current
from tests.browser import pages
from tests.support.browsers import Browser, Engine, words
from tests.support.server import Served

pytestmark = pytest.mark.browser

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SET = current("dash-27")
Open = Callable[..., Browser]
Desk = Callable[[str, bool], Browser]

with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["scripts", "plain"]
)


def last_of_section(item: int) -> bool:
    return item == max(each.number for each in SET.items_in(SET.item(item).section))


def answer_from(
    cards: pages.Cards, served: Served, assessment: UUID, first: int, last: int
) -> None:
    """Answer in turn, mostly “no”; the database has each before the next is asked.

    The second card comes by itself, once the eye has seen the tap, and takes none for a moment.
    The others are gone to: else most of the time here would be that wait.
    """
    for item in range(first, last + 1):
        if item > first + 1:
            cards.go_to(item)
        else:
            cards.wait_shown(item)
        cards.answer(item, "dont_know" if item % 5 == 0 else "no")
        if cards.browser.device.scripts:
            assert served.answers(assessment)[item].content.value is not None
        if last_of_section(item) or item == last:
            cards.end_section(SET.item(item).section)
            assert served.answers(assessment)[item].content.value is not None


@with_and_without_scripts
def test_a_full_assessment(
    engine: Engine, windows: Open, served_app: Served, scripts: bool
) -> None:
    browser = windows(engine, scripts=scripts)
    pages.sign_in(browser, "officer1")
    urn = pages.record_incident(browser)
    assessment = pages.open_start(browser)
    pages.start(browser)
    cards = pages.cards(browser)

    # A “yes” shows its follow-ups, and the card stays until it is left.
    assert not cards.shows_follow_up(1, "what")
    cards.answer(1, "yes")
    browser.wait_until(lambda: cards.shows_follow_up(1, "what"), "the follow-ups of topic 1")
    cards.note(1, "Invented: a cut above the eye.", "what")
    cards.detail(1, "first_injury", "no")
    cards.note(1, "Invented note.")
    cards.source(1, "officer_observed")
    cards.next()
    answer_from(cards, served_app, assessment, 2, 9)
    first = served_app.answers(assessment)[1].content
    assert (first.value, first.source) == (AnswerValue.YES, Source.OFFICER_OBSERVED)
    assert first.note == "Invented note."
    assert first.details == {"what": ("Invented: a cut above the eye.",), "first_injury": ("no",)}

    # “No children” answers topics 10 to 12 and never 9; one tap takes it back.
    cards.gate(10, "close", then=13)
    stored = served_app.answers(assessment)
    assert {stored[n].content.value for n in (10, 11, 12)} == {AnswerValue.NOT_APPLICABLE}
    assert stored[9].content.value is AnswerValue.NO
    cards.go_to(10)
    cards.gate(10, "undo", then=10)
    stored = served_app.answers(assessment)
    assert {stored[n].content.value for n in (10, 11, 12)} == {None}
    answer_from(cards, served_app, assessment, 10, 15)

    # Another device goes on at the same place.
    other = windows(engine, scripts=scripts)
    pages.sign_in(other, "officer1")
    other.tap(f'//a[normalize-space()="Continue {urn}"]')
    other.wait_for("h1", "Assessment")
    cards = pages.cards(other)
    cards.wait_shown(16)
    assert cards.answered() == 15
    answer_from(cards, served_app, assessment, 16, 27)
    assert cards.answered() == 27
    cards.finish()

    # No grade, no submission.
    other.tap(words("Submit"))
    other.wait_for(".govuk-error-summary")
    assert served_app.assessment(assessment).state is State.DRAFT
    pages.submit(other)
    assert served_app.assessment(assessment).state is State.SUBMITTED
    assert len(served_app.answers(assessment)) == 27
    other.goto("/incidents")
    other.wait_for(f'//li[contains(., "{urn}")]', "High")


@with_and_without_scripts
def test_a_decline_at_the_door_reaches_the_sergeant(
    desk: Desk, served_app: Served, scripts: bool
) -> None:
    sergeant, officer = desk("sergeant1", scripts), desk("officer1", scripts)
    declined, counted = pages.declined_of_counted(sergeant)

    pages.record_incident(officer)
    assessment = pages.open_start(officer)
    officer.tap(words("Victim declines"))
    officer.wait_for("h1", "Victim declines")
    pages.record_decline(officer, "fear_of_abuser", also="shame_community")
    pages.submit(officer)

    assert served_app.assessment(assessment).state is State.SUBMITTED
    officer.wait_for("main", "Afraid of the abuser (victim said)")
    officer.wait_for("main", "Shame, family, community or honour (officer inferred)")
    assert pages.declined_of_counted(sergeant) == (declined + 1, counted + 1)


@with_and_without_scripts
def test_a_decline_midway_keeps_the_answers(desk: Desk, served_app: Served, scripts: bool) -> None:
    sergeant, officer = desk("sergeant1", scripts), desk("officer1", scripts)
    declined, counted = pages.declined_of_counted(sergeant)

    pages.record_incident(officer)
    assessment = pages.open_start(officer)
    pages.start(officer)
    cards = pages.cards(officer)
    answer_from(cards, served_app, assessment, 1, 4)
    cards.decline(5)
    officer.wait_for("main", "The victim has answered 4 of 27 topics")
    pages.record_decline(officer, "bad_time")
    officer.wait_for("main", "Stopped part-way")
    pages.submit(officer, grade="medium")

    values = [served_app.answers(assessment)[n].content.value for n in SET.numbers]
    assert values == [AnswerValue.NO] * 4 + [AnswerValue.DECLINED] * 23
    assert "4 of 27" in officer.texts("dd")
    # Stopped part-way is no decline, and it is counted.
    assert pages.declined_of_counted(sergeant) == (declined, counted + 1)


@with_and_without_scripts
def test_the_abuser_in_the_room_is_no_decline(
    desk: Desk, served_app: Served, scripts: bool
) -> None:
    sergeant, officer = desk("sergeant1", scripts), desk("officer1", scripts)
    before = pages.declined_of_counted(sergeant)

    pages.record_incident(officer)
    assessment = pages.open_start(officer)
    officer.tap(words("Victim declines"))
    officer.wait_for("h1", "Victim declines")
    pages.record_decline(officer, "abuser_in_room")
    officer.wait_for("main", "Could it simply not be done?")
    assert served_app.assessment(assessment).state is State.REQUIRED
    officer.tap("button[name=as_unable]")
    officer.wait_for("main", "Could not be done, to be finished")
    assert served_app.assessment(assessment).state is State.UNABLE
    pages.submit(officer)
    assert pages.declined_of_counted(sergeant) == before


@pytest.mark.parametrize("engine", ["chromium"], indirect=True)
@pytest.mark.parametrize("scripts", [True], ids=["scripts"])
def test_it_takes_few_taps(desk: Desk, served_app: Served, scripts: bool) -> None:
    """From the incident's page to "submitted", typing aside: 35 for all "no", 20 for a decline.

    The page decides that and no engine; that each engine takes all of them is shown above.
    """
    officer = desk("officer1", scripts)
    taps = counted(officer)
    pages.record_incident(officer)
    taps.clear()
    assessment = pages.open_start(officer)
    pages.start(officer)
    cards = pages.cards(officer)
    for item in SET.numbers:
        if item == 10:
            cards.gate(item, "close", then=13)
        elif item not in {11, 12}:
            cards.wait_shown(item)
            cards.answer(item, "no")
    cards.finish()
    pages.submit(officer)
    assert served_app.assessment(assessment).state is State.SUBMITTED
    assert len(taps) <= 35, taps
    assert f"| {len(taps)} for all “no”" in README

    pages.record_incident(officer)
    taps.clear()
    pages.open_start(officer)
    officer.tap(words("Victim declines"))
    officer.wait_for("h1", "Victim declines")
    pages.record_decline(officer, "fear_of_abuser")
    pages.submit(officer)
    assert len(taps) <= 20, taps
    assert f"; {len(taps)} for a decline" in README


def counted(browser: Browser) -> list[str]:
    """Where the browser is tapped from now on."""
    taps: list[str] = []
    tap = browser.tap

    def tap_and_count(where: str) -> None:
        taps.append(where)
        tap(where)

    browser.tap = tap_and_count  # type: ignore[method-assign]
    return taps
