"""What cannot be sent from a tablet: saved as a file or handed over, settled by a supervisor."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, update

from dash_forms.domain.answers import AnswerValue
from dash_forms.store.models import HandedOver, Incident
from tests.browser import pages
from tests.browser.test_no_signal import (
    STATUS,
    Open,
    home_without_signal,
    new_incident,
    stored,
    unlock,
    values,
)
from tests.support.browsers import Browser, Engine, PlaywrightBrowser, words
from tests.support.force import new_urn
from tests.support.server import Line, Served
from tests.support.tablet import load

pytestmark = pytest.mark.browser

WAYS = '//summary[normalize-space()="If it cannot be sent"]'
TOLD = ".app-tablet__cases [role=status]"
# The file that goes to the disk is looked at on its way.
WATCH = """(() => {
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    blob.text().then((text) => { globalThis.savedFile = text; });
    return make.call(URL, blob);
  };
})()"""
LEFT = """(async () => {
  const opened = indexedDB.open("dash-forms");
  await new Promise((resolve) => { opened.onsuccess = resolve; });
  const all = opened.result.transaction("operations").objectStore("operations").count();
  await new Promise((resolve) => { all.onsuccess = resolve; });
  opened.result.close();
  globalThis.left = all.result;
})()"""


def entered(browser: Browser, line: Line, urn: str) -> None:
    """Three operations that no server has: an incident, its start and an answer."""
    home_without_signal(browser, line)
    new_incident(browser, urn)
    pages.choose(browser, "mode", "telephone")
    pages.choose(browser, "seen_alone", "not_known")
    browser.tap(words("Start asking"))
    pages.Cards(browser).answer(1, "yes")
    browser.wait_for(STATUS, "3 not sent yet")


def refused(browser: Browser, served: Served, line: Line) -> str:
    """The same, refused because somebody else used the number; gives the number."""
    urn = new_urn()
    served.client("officer1").submit("/incidents/new", urn=urn, victim_name="Bourne Invented")
    entered(browser, line, urn)
    line.mend()
    browser.goto("/tablet")
    browser.wait_for("[data-list]", "Needs a decision: There is already an incident")
    return urn


def set_free(served: Served, urn: str) -> None:
    """The number turns out to have been mistyped in the other incident."""
    with served.store.work(writes=True) as work:
        work.session.execute(
            update(Incident).where(Incident.urn == urn).values(urn=f"{new_urn()[:-4]}9{urn[-3:]}")
        )


def saved_file(browser: Browser) -> bytes:
    browser.evaluate(WATCH)
    browser.tap(WAYS)
    browser.tap(words("Save as a file"))
    browser.wait_for(TOLD, "forms-2")
    browser.wait_until(
        lambda: browser.evaluate("globalThis.savedFile ?? ''") != "", "the file to be written"
    )
    return str(browser.evaluate("globalThis.savedFile")).encode()


def left(browser: Browser) -> int:
    """How many operations are on this tablet."""
    browser.evaluate("globalThis.left = -1")
    browser.evaluate(LEFT)
    browser.wait_until(lambda: browser.evaluate("globalThis.left") >= 0, "the count")
    return int(browser.evaluate("globalThis.left"))


def test_what_is_refused_is_saved_as_a_file_and_tried_again_by_the_sergeant(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    urn = refused(browser, served_app, line)
    file = saved_file(browser)
    assert urn.encode() not in file
    assert left(browser) == 3
    sergeant = served_app.client("sergeant1")
    assert load(sergeant, file).location == "/handed-over?saved=0&already=0&refused=3"
    with served_app.store.work(writes=False) as work:
        [case_id, *_] = work.session.scalars(
            select(HandedOver.case_id).order_by(HandedOver.received_at.desc())
        )
    case = f"/handed-over/{case_id}"
    assert f"Incident number (URN){urn}" in sergeant.page(case).text()
    set_free(served_app, urn)
    tried = sergeant.submit(case, action=f"{case}/again")
    assert tried.location == f"{case}?saved=3&refused=0"

    browser.goto("/tablet")  # which asks what has come, and sends nothing of it again
    browser.wait_for("[data-list]", "all on the server")
    assert left(browser) == 0
    found = stored(served_app, urn)
    assert found is not None
    assert values(served_app, found.id) == [AnswerValue.YES]
    assert len(served_app.log(found.id)) == 1
    assert found.author_id == served_app.force.actors["officer1"].id


def test_what_is_refused_is_handed_over_and_closed(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    urn = refused(browser, served_app, line)
    browser.tap(WAYS)
    browser.tap(words("Hand over to a supervisor"))
    browser.wait_for(STATUS, "Handed over. Your sergeant decides on it.")
    assert "handed over to a supervisor" in browser.text("[data-list]")
    assert left(browser) == 0

    desk = windows(engine)
    pages.sign_in(desk, "sergeant1")
    desk.goto("/handed-over")
    desk.tap(words(urn))
    desk.wait_for(".govuk-summary-list", urn)
    desk.tap(words("Close without saving"))
    desk.wait_for(".govuk-error-summary", "Say why this is not to be saved")
    desk.type("#words", "The other incident of this number is the right one.")
    desk.tap(words("Close without saving"))
    desk.wait_for(".app-notice", "Closed. It is kept, with the reason.")


def test_a_file_is_saved_without_signal_and_the_tablet_sends_nothing_twice(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(chromium, line=line)
    assert isinstance(browser, PlaywrightBrowser)
    urn = new_urn()
    entered(browser, line, urn)
    browser.goto("/tablet")
    unlock(browser)
    browser.wait_for("[data-list]", "3 not sent yet")
    with browser.page.expect_download() as download:
        file = saved_file(browser)
    assert download.value.suggested_filename.startswith("forms-20")
    assert len(download.value.suggested_filename) == len("forms-2026-01-31-2145.json")
    assert download.value.path().read_bytes() == file
    loaded = load(served_app.client("sergeant1"), file)
    assert loaded.location == "/handed-over?saved=3&already=0&refused=0"

    browser.tap(words("Send now"))
    browser.wait_for(TOLD, "Not sent yet")
    line.mend()
    browser.goto("/tablet")
    browser.wait_for("[data-list]", "all on the server")
    assert left(browser) == 0
    found = stored(served_app, urn)
    assert found is not None
    assert isinstance(found.id, UUID)
    assert len(served_app.log(found.id)) == 1
