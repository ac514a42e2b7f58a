"""What the camera did, said with one tap before leaving: online, plain, and without signal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from dash_forms.domain.body_worn_video import WHY, FirstContact
from dash_forms.store.models import Assessment, AttendanceFactRow, CameraRecord, Incident, Pair
from tests.browser import pages
from tests.browser.test_no_signal import finish, wait_submitted
from tests.browser.test_whole_scene_without_signal import answer_all, asking
from tests.support.browsers import Browser, Engine, words
from tests.support.force import answer_all as answer_all_online
from tests.support.force import new_assessment, new_incident, skip_offered
from tests.support.server import Line, Served

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]


def ledger(served: Served, assessment: UUID) -> list[CameraRecord]:
    """The entries of the incident that an assessment is of."""
    with served.store.work(writes=False) as work:
        return list(
            work.session.scalars(
                select(CameraRecord)
                .join(Pair, Pair.incident_id == CameraRecord.incident_id)
                .join(Assessment, Assessment.pair_id == Pair.id)
                .where(Assessment.id == assessment)
                .order_by(CameraRecord.recorded_at, CameraRecord.id)
            )
        )


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_the_last_page_takes_one_tap_and_the_incident_shows_it(
    chromium: Engine, windows: Open, served_app: Served, scripts: bool
) -> None:
    officer = served_app.client("officer1")
    path = new_assessment(officer)
    answer_all_online(officer, path)
    skip_offered(officer, path)
    assessment = UUID(path.rsplit("/", 1)[1])
    browser = windows(chromium, scripts=scripts)
    pages.sign_in(browser, "officer1", scripts=scripts)
    browser.goto(f"{path}/finish")
    browser.wait_for("#before-you-leave", "Before you leave: body-worn video")
    assert not browser.is_shown("#camera_words")
    pages.choose(browser, "camera", "other_reason")
    browser.wait_until(lambda: browser.is_shown("#camera_words"), "the words to be asked for")
    pages.choose(browser, "camera", "recording")
    pages.submit(browser)
    assert [each.said for each in ledger(served_app, assessment)] == [FirstContact.RECORDING]
    browser.tap(".govuk-back-link")
    browser.wait_for("#cameras", "Body-worn video")
    browser.wait_for("main", "Recording at first contact")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_what_is_missing_is_recorded_from_the_list_with_one_tap(
    chromium: Engine, windows: Open, served_app: Served, scripts: bool
) -> None:
    incident = new_incident(served_app.client("officer3"))
    with served_app.store.work(writes=True) as work:
        row = work.session.get_one(Incident, UUID(incident.rsplit("/", 1)[1]))
        row.arrived_at = datetime.now(UTC) - timedelta(hours=2)
        row.reported_at = row.arrived_at - timedelta(minutes=9)
        urn = row.urn
    browser = windows(chromium, scripts=scripts)
    pages.sign_in(browser, "officer3", scripts=scripts)
    browser.goto("/incidents")
    browser.wait_for("main", "Body-worn video not recorded yet")
    browser.tap(f'//button[@aria-label="Yes, recording: {urn}"]')
    missing = f'//button[@aria-label="Yes, recording: {urn}"]'
    browser.wait_until(lambda: browser.count(missing) == 0, "the reminder to go")
    with served_app.store.work(writes=False) as work:
        found = work.session.get_one(AttendanceFactRow, row.id)
        assert found.standing.value == "recording"


def test_without_signal_the_answer_travels_with_the_last_page_and_arrives_once(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    urn = asking(browser, line)
    answer_all(browser)
    browser.tap("[data-finish]")
    browser.wait_for("#before-you-leave", "Before you leave: body-worn video")
    before = datetime.now(UTC)
    pages.choose(browser, "camera", "other_reason")
    for name, value in {"children": "no", "grade": "medium"}.items():
        pages.choose(browser, name, value)
    browser.type("#rationale", pages.RATIONALE)
    browser.tap(words("Submit"))
    browser.wait_for("[data-missing]", WHY)
    pages.choose(browser, "camera", "recording")
    finish(browser)

    line.mend()
    assessment = wait_submitted(browser, served_app, urn)
    [entry] = ledger(served_app, assessment)
    assert entry.said is FirstContact.RECORDING
    assert entry.officer_id == entry.recorded_by_id
    assert entry.recorded_at >= before - timedelta(minutes=1)
    for _ in range(2):  # whatever the tablet sends again has no second effect
        browser.goto("/tablet")
        browser.wait_for("[data-status]", "The server answers")
    assert len(ledger(served_app, assessment)) == 1
