"""Calls in real browsers: a log comes in, a doubtful match is decided, and a plan follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dash_forms.app import runner_of
from dash_forms.calls.answering import add_offered
from dash_forms.domain.answering import OfferedCall, Result
from dash_forms.domain.ids import uuid7
from tests.browser import pages
from tests.support.browsers import Browser, numbers_in, words
from tests.support.calls import Row, calls_of, written
from tests.support.plans import in_days
from tests.support.server import Served

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("nothing_else_waits")]

Desk = Callable[..., Browser]


def new_name(first: str) -> str:
    """A name that no other browser's test has put into the log."""
    return f"{first} Invented-{str(uuid7())[-6:]}"


def log_of(near: str, one: str, other: str) -> list[Row]:
    """A night's log: somebody one call away, two names on one phone, and a row that is no use.

    The phones are the browser's own, too: their last digits are those of the moment.
    """
    phone, shared = (f"07700 {900100 + (hash(each) % 800)}" for each in (near, one))
    pair = [*calls_of(one, [20, 18], shared), *calls_of(other, [9, 7], shared)]
    rows = [
        *calls_of(near, [6, 4, 2], phone),
        *({**row, "born_on": ""} for row in pair),
        {**calls_of(near, [1], "ask her")[0]},
    ]
    return [{**row, "reference": str(uuid7())} for row in rows]


def with_a_plan(sergeant: Browser) -> tuple[int, int]:
    """How many repeat callers there are, and how many of them have a plan (C1 and C2)."""
    sergeant.goto("/plans/figures")
    sergeant.wait_for("h1", "Plans for repeat callers")
    planned, flagged = numbers_in(sergeant.text('//tr[contains(., "C2")]/td'))
    return flagged, planned


def test_a_log_comes_in_and_a_flag_gets_its_plan(
    desk: Desk, served_app: Served, tmp_path: Path
) -> None:
    control, sergeant = desk("control1", scripts=True), desk("sergeant1", scripts=True)
    flagged, planned = with_a_plan(sergeant)
    near, one, other = new_name("Wren"), new_name("Ashdown"), new_name("Birkett")
    log = tmp_path / "night.csv"
    rows = log_of(near, one, other)
    log.write_text(written(rows), encoding="utf-8")

    # The file goes in; its page says how far it is, and which row was refused, and why.
    control.goto("/calls/imports")
    pages.choose(control, "log", "calls")
    control.attach("#file", log)
    control.tap(words("Import it"))
    control.wait_for("[role=status]", "0 of 8 rows")
    runner_of(served_app.app).run_waiting()
    control.wait_for("[role=status]", "Finished")
    refused = f"9{rows[-1]['reference']}phoneThis is not a phone number"
    assert control.texts("tbody tr") == [refused]

    # Somebody is one call away. Two names on one phone are doubtful until somebody decides.
    control.goto("/callers")
    control.wait_for("section", near)
    control.tap(f'//section[@aria-labelledby="near"]//a[normalize-space()="{near}"]')
    control.wait_for("h1", near)
    control.wait_for("main", "One call from more than 3 in 7 days")
    control.tap(".govuk-back-link")
    control.tap('//a[contains(., "may be one person")]')
    control.wait_for("h1", "Who is who?")
    control.tap(f'//a[contains(., "{one}")]')
    control.wait_for("h1", "Two callers")
    pages.choose(control, "verdict", "same")
    control.type("#reason", "She gave both names on the telephone.")
    control.tap(words("Record it"))
    control.wait_for(".app-notice", "They count as one person from now on")
    control.tap(".govuk-back-link")
    together = f'//section[@aria-labelledby="over"]//li[contains(., "{one}")]'
    control.wait_for(together, other)  # whichever name it has, the other is beside it

    plan_for(sergeant, served_app, control.text(f"{together}//a"))
    assert with_a_plan(sergeant) == (flagged + 1, planned + 1)


def plan_for(sergeant: Browser, served: Served, name: str) -> None:
    """A plan from beginning to end: the four stages, an action, a review, and its outcome."""
    sergeant.goto("/plans")
    sergeant.tap(f'//a[@aria-label="Open a plan for {name}"]')
    sergeant.wait_for("h1", "Open a plan")
    sergeant.pick("#owner", "Sergeant sergeant1, sergeant")
    sergeant.type("#scanning", "Calls at night about noise from the flat above.")
    sergeant.tap(words("Open the plan"))
    sergeant.wait_for(".app-notice", "The plan is open")
    for stage in ("analysis", "response", "assessment"):
        sergeant.tap(f'a[href$="/stages/{stage}"]')
        sergeant.wait_for("#words")
        sergeant.type("#words", f"Invented: the {stage} of it.")
        sergeant.tap(words("Save"))
        sergeant.wait_for(".app-notice", "Written.")

    sergeant.tap(words("Add an action"))
    sergeant.wait_for("h1", "Add an action")
    sergeant.type("#what", "Visit with the housing officer")
    sergeant.pick("#doer", "Sergeant sergeant1, sergeant")
    for box, part in zip(
        ("#due_on", "#due_on-month", "#due_on-year"), in_days(served.store, 7), strict=True
    ):
        sergeant.type(box, part)
    sergeant.tap(words("Add it"))
    sergeant.wait_for(".app-notice", "The action is on the plan.")
    sergeant.wait_for("#end ~ p", "Once every action is ended: 1 is open.")
    sergeant.tap(words("End it"))
    sergeant.wait_for("h1", "Action")
    pages.choose(sergeant, "state", "done")
    sergeant.type("#words", "Both of us were there.")
    sergeant.tap(words("Save"))
    sergeant.wait_for(".app-notice", "Kept with the action.")

    sergeant.tap(words("Review it"))
    sergeant.wait_for("h1", "Review")
    sergeant.type("#found", "No call since the visit.")
    sergeant.tap(words("Save review"))
    sergeant.wait_for(".app-notice", "The review is kept.")
    sergeant.tap(words("Close the plan"))
    sergeant.wait_for("h1", "Close the plan")
    pages.choose(sergeant, "outcome", "stopped")
    sergeant.tap(words("Close the plan"))
    sergeant.wait_for(".app-notice", "The plan is closed.")
    sergeant.wait_for("main", "No call since the visit.")


def test_who_gave_up_is_read_of_a_period_with_the_menu_and_without(
    desk: Desk, served_app: Served
) -> None:
    results = {Result.ANSWERED: 160, Result.ABANDONED_IN_QUEUE: 40, Result.ABANDONED_IN_MENU: 50}
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)
    with served_app.store.work(writes=True) as work:  # once, whichever browser comes first
        add_offered(
            work,
            [
                OfferedCall(f"march-{result}-{each}", noon + timedelta(seconds=each), result, 30)
                for result, count in results.items()
                for each in range(count)
            ],
        )
    control = desk("control1", scripts=True)
    control.tap(words("101 calls"))
    control.wait_for("h1", "Calls to 101")
    control.type_day("#from", date(2026, 3, 1))
    control.type_day("#to", date(2026, 3, 31))
    control.tap(words("Show"))
    control.wait_for("#gave-up", "March 2026")
    without, with_menu = control.texts(".app-panel p")[:2]
    assert "20.0%" in without
    assert "40 of 200" in without
    assert "36.0%" in with_menu
    assert "90 of 250" in with_menu
