"""One fault after another: whatever fails, each acknowledged answer is on the server once."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.audit_events import Name
from dash_forms.domain.sync import Receipt
from dash_forms.store.add_ons import taken_up
from dash_forms.store.models import AuditEvent
from tests.browser import pages
from tests.browser.test_no_signal import (
    PASSPHRASE,
    home_without_signal,
    kept_records,
    new_incident,
    set_passphrase,
    stored,
    unlock,
)
from tests.support.browsers import Browser, Engine, words
from tests.support.force import new_assessment, new_urn
from tests.support.force import new_incident as recorded_incident
from tests.support.server import Change, Line, Served, another_server, changed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]
YES, NO = AnswerValue.YES, AnswerValue.NO
STATUS = "[data-status]"
CANNOT_TELL = "Cannot tell what waits on this tablet"
A_DAY = timedelta(days=1)

CLOCK = """(() => {
  const Right = Date;
  globalThis.Date = class extends Right {
    constructor(...given) { super(...(given.length ? given : [Right.now() + AHEAD])); }
    static now() { return Right.now() + AHEAD; }
  };
  localStorage.setItem("dash-touched", Date.now()); // or the page would cover itself
})()"""
ROOM = 8 * 1024 * 1024
FILL = """(async () => {
  const opened = indexedDB.open("dash-forms");
  await new Promise((done) => { opened.onsuccess = opened.onerror = done; });
  if (opened.error) return `${opened.error.name} 0`; // WebKit: too full to be opened
  let [kept, why] = [0, ""];
  const until = performance.now() + 10000; // a store that is full may not answer at all
  for (const store of ["facts", "passphrases"]) { // each may have a little left of its own
    for (let size = 65536; size >= 64 && performance.now() < until;) {
      const owner = `ballast ${performance.timeOrigin + performance.now()}`;
      const writing = opened.result.transaction(store, "readwrite");
      const bytes = crypto.getRandomValues(new Uint8Array(size));
      try {
        writing.objectStore(store).put({ owner, bytes }, ...store === "facts" ? [owner] : []);
      } catch { // Firefox: after one that had no room, the next may only delete
        continue;
      }
      const isKept = await new Promise((done) => {
        writing.oncomplete = () => done(true);
        writing.onabort = () => { why = writing.error.name; done(false); };
        setTimeout(() => done(false), 3000);
      });
      if (isKept) kept += 1;
      else size /= 2;
    }
  }
  opened.result.close();
  return `${why} ${kept}`;
})()"""

TWICE = "[1, 2].forEach(() => document.querySelector('WHICH').click())"

# As WebKit says it, "Connection to Indexed Database server lost".
LOST = """const lost = () => { throw new DOMException("lost", "UnknownError"); };
globalThis.mended = [IDBObjectStore, IDBIndex].map(({ prototype }) => {
  const { getAll } = prototype;
  prototype.getAll = lost;
  return () => { prototype.getAll = getAll; };
});
"""

# In some private windows there is none at all.
NONE = """const { open } = IDBFactory.prototype;
IDBFactory.prototype.open = () => { throw new DOMException("none", "SecurityError"); };
globalThis.mended = [() => { IDBFactory.prototype.open = open; }];
"""

UNREADABLE = """(() => {
  const { getAll } = IDBIndex.prototype;
  IDBIndex.prototype.getAll = () => { throw new DOMException("lost", "UnknownError"); };
  globalThis.mended = () => { IDBIndex.prototype.getAll = getAll; };
})()"""

# As Safari has it after a rest: each connection is dead, a new one is not.
WAY_LOST = """(() => {
  const { open } = IDBFactory.prototype;
  const { transaction } = IDBDatabase.prototype;
  const alive = new WeakSet();
  IDBFactory.prototype.open = function (...given) {
    const request = open.apply(this, given);
    request.addEventListener("success", () => alive.add(request.result));
    return request;
  };
  IDBDatabase.prototype.transaction = function (...given) {
    if (!alive.has(this)) throw new DOMException("lost", "InvalidStateError");
    return transaction.apply(this, given);
  };
})()"""


def on_the_first_card(browser: Browser, path: str, username: str = "officer1") -> UUID:
    """Signed in, with the page's script running: a line cut before that would take it along."""
    pages.sign_in(browser, username)
    browser.goto(path)
    browser.wait_for("html.app-scripted")
    pages.Cards(browser).go_to(1)
    return pages.assessment_shown(browser)


def begun(browser: Browser, served: Served) -> UUID:
    return on_the_first_card(browser, new_assessment(served.client("officer1")))


def arrived(served: Served, assessment: UUID) -> list[tuple[int, AnswerValue | None]]:
    """Topic and value of every answer that ever arrived, in the order of the server."""
    return [(entry.item, entry.value) for entry in served.log(assessment)]


def mark(browser: Browser, item: int) -> str:
    return browser.text(f"#q{item} .app-saved")


FAULTS: dict[str, Callable[[Line], None]] = {
    "dead": Line.cut,
    "500": lambda line: line.answer("500 Internal Server Error"),
    "a hotel's sign-in": lambda line: line.answer("200 OK", "<h1>Welcome to the hotel</h1>"),
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_no_answer_of_the_server_is_taken_for_one(
    engine: Engine, windows: Open, served_app: Served, line: Line, fault: str
) -> None:
    browser = windows(engine, line=line)
    assessment = begun(browser, served_app)
    FAULTS[fault](line)
    assert browser.evaluate("navigator.onLine") is True
    browser.tap("#q1-no")
    browser.wait_for(STATUS, "Saved on this tablet since")
    assert mark(browser, 1) == "Saved on this tablet"
    assert arrived(served_app, assessment) == []
    line.mend()
    browser.wait_for(STATUS, "Saved on the server")
    assert arrived(served_app, assessment) == [(1, NO)]


def test_a_slow_server_is_not_said_to_have_it_before_it_answers(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    assessment = begun(browser, served_app)
    line.slow_down(2.0)
    browser.tap("#q1-no")
    browser.wait_until(lambda: arrived(served_app, assessment) != [], "the answer to arrive")
    assert browser.text(STATUS) == mark(browser, 1) == "Saving…"
    pages.Cards(browser).wait_shown(2)
    browser.tap("#q2-yes")
    browser.wait_for(STATUS, "Saved on the server")
    browser.wait_until(lambda: mark(browser, 2).startswith("Saved "), "the second to be saved")
    assert arrived(served_app, assessment) == [(1, NO), (2, YES)]


def test_a_double_tap_is_one_answer(engine: Engine, windows: Open, served_app: Served) -> None:
    browser = windows(engine)
    assessment = begun(browser, served_app)
    browser.evaluate("[1, 2, 3].forEach(() => document.querySelector('#q1-no').click())")
    browser.tap("#q1-dont_know")
    pages.Cards(browser).wait_shown(2)
    browser.wait_for(STATUS, "Saved on the server")
    assert arrived(served_app, assessment) == [(1, NO), (1, AnswerValue.DONT_KNOW)]
    assert all(entry.receipt is Receipt.APPLIED for entry in served_app.log(assessment))


def test_a_double_tap_without_signal_sends_a_form_once(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """Nor is the button that opens an ending again, which posts too."""
    browser = windows(engine, line=line)
    home_without_signal(browser, line)
    urn = new_urn()
    new_incident(browser, urn)
    pages.choose(browser, "mode", "in_person")
    pages.choose(browser, "seen_alone", "yes")
    browser.evaluate(TWICE.replace("WHICH", "form[novalidate] button[type=submit]"))
    pages.Cards(browser).wait_shown(1)
    assert kept_records(browser, "operations") == 2
    browser.tap(words("Cannot be done now"))
    browser.wait_for("h1", "Cannot be done now")
    pages.choose(browser, "primary", "interpreter")
    browser.evaluate(TWICE.replace("WHICH", "form[novalidate] button[type=submit]"))
    browser.wait_for("h1", "Finish and grade")
    assert kept_records(browser, "operations") == 3
    browser.tap(words("Back to the topics"))
    browser.wait_for("[data-ended]", "It has ended")
    browser.evaluate(TWICE.replace("WHICH", "[data-ended] button"))
    browser.wait_until(lambda: not browser.is_shown("[data-ended]"), "the topics to be open again")
    assert kept_records(browser, "operations") == 4
    line.mend()
    browser.wait_until(lambda: stored(served_app, urn) is not None, "the case on the server")


ANIMALS = "animal-block"
SET = f'[data-add-on="{ANIMALS}"]'

# The thumb that tapped comes down again as soon as something else lies under it.
AGAIN = """(async () => {
  document.querySelector('WHICH').click();
  const answer = () => document.querySelector('.app-card:not([hidden]) label[for="q1-yes"]');
  const isReady = () => answer() && !answer().closest(".app-page").inert;
  const isThere = () => !location.pathname.endsWith("BEFORE") && isReady();
  const until = performance.now() + 5000;
  while (!isThere()) {
    if (performance.now() > until) return "it never came";
    await new Promise((done) => setTimeout(done, 5));
  }
  const { x, y, width, height } = answer().getBoundingClientRect();
  document.elementFromPoint(x + width / 2, y + height / 2)?.click();
  return "tapped";
})()"""


def rounds(served: Served, assessment: UUID) -> dict[str, int]:
    """The rounds of add-on sets, each with how many of its topics have an answer."""
    with served.store.work(writes=False) as work:
        return {each.part: each.tally.with_value for each in taken_up(work, assessment)}


def times_begun(served: Served, assessment: UUID) -> int:
    with served.store.work(writes=False) as work:
        begun_sets = select(func.count()).where(
            AuditEvent.name == Name.ADD_ON_BEGUN.value, AuditEvent.subject_id == str(assessment)
        )
        return work.session.scalar(begun_sets) or 0


def tap_on_animals(browser: Browser, name: str) -> None:
    """Twice, and while the answer before it is still on its way."""
    browser.evaluate(TWICE.replace("WHICH", f"{SET} button[name={name}]"))


def test_a_double_tap_begins_an_add_on_set_once(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    assessment = begun(browser, served_app)
    cards = pages.Cards(browser)
    cards.go_to(22)
    cards.answer(22, "yes")
    cards.go_to(27)
    line.slow_down(0.5)
    browser.tap("#q27-no")
    tap_on_animals(browser, "begin")
    asked = pages.Cards(browser, 3)
    browser.wait_for("h1", "Each animal")
    browser.wait_for("html.app-scripted")
    asked.go_to(2)
    asked.answer(2, "yes")
    browser.tap(words("Back to the topics"))
    browser.wait_for("h1", "Assessment")
    browser.wait_for("html.app-scripted")
    cards.go_to(27)
    browser.wait_for("#add-ons", "1 of 3 answered")
    tap_on_animals(browser, "another")
    browser.wait_for("h1", "number 2")
    line.mend()
    assert arrived(served_app, assessment) == [(22, YES), (27, NO), (2, YES)]
    assert rounds(served_app, assessment) == {ANIMALS: 1, f"{ANIMALS}:2": 0}
    assert times_begun(served_app, assessment) == 2


def test_a_double_tap_without_signal_begins_an_add_on_set_once_and_answers_nothing_in_it(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    home_without_signal(browser, line)
    urn = new_urn()
    new_incident(browser, urn)
    pages.choose(browser, "mode", "in_person")
    pages.choose(browser, "seen_alone", "yes")
    browser.tap(words("Start asking"))
    cards = pages.Cards(browser)
    cards.go_to(22)
    cards.answer(22, "yes")
    cards.go_to(27)
    browser.tap("#q27-no")
    tap_on_animals(browser, "begin")
    browser.wait_for("h1", "Each animal")
    pages.Cards(browser, 3).wait_shown(1)
    assert kept_records(browser, "operations") == 5  # two forms, two answers, a set
    asked = pages.Cards(browser, 3)
    asked.go_to(2)
    asked.answer(2, "yes")
    for _ in range(2):  # a round without any answer is gone on with
        browser.tap(words("Back to the topics"))
        browser.wait_for("#add-ons", "1 of 3 done")
        another = AGAIN.replace("WHICH", f"{SET} button[name=another]")
        assert browser.evaluate(another.replace("BEFORE", cards_path(browser))) == "tapped"
        browser.wait_for("h1", "number 2")
        assert kept_records(browser, "operations") == 7
    line.mend()
    browser.wait_for(STATUS, "Saved on the server")
    found = stored(served_app, urn)
    assert found is not None
    assert rounds(served_app, found.id) == {ANIMALS: 1, f"{ANIMALS}:2": 0}
    assert times_begun(served_app, found.id) == 2
    assert {(22, YES), (27, NO), (2, YES)} == set(arrived(served_app, found.id))


def cards_path(browser: Browser) -> str:
    return str(pages.assessment_shown(browser))


def test_two_tabs_on_one_case_keep_both_answers(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """The second tab looks at what was there before the first one answered."""
    browser = windows(engine, line=line)
    assessment = begun(browser, served_app)
    tab = browser.new_tab()
    tab.goto(f"/assessments/{assessment}")
    tab.wait_for("html.app-scripted")
    line.cut()
    browser.tap("#q1-no")
    browser.wait_for(STATUS, "1 not sent yet")
    tab.tap("#q1-dont_know")
    tab.wait_for(STATUS, "2 not sent yet")
    pages.Cards(tab).wait_shown(2)
    tab.tap("#q2-no")
    tab.wait_for(STATUS, "3 not sent yet")
    line.mend()
    tab.wait_until(lambda: "Two answers" in tab.text(".app-conflict"), "both to be shown")
    browser.wait_for(STATUS, "Saved on the server")
    assert Counter(arrived(served_app, assessment)) == Counter(
        [(1, NO), (1, AnswerValue.DONT_KNOW), (2, NO)]
    )
    assert served_app.answers(assessment)[1].in_conflict


def test_two_tablets_on_one_case_a_person_decides_and_both_answers_stay(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    first, second = windows(engine, line=line), windows(engine)
    path = new_assessment(served_app.client("officer1"))
    assessment = on_the_first_card(first, path)
    on_the_first_card(second, path, "officer3")
    line.cut()
    first.tap("#q1-no")
    first.wait_for(STATUS, "1 not sent yet")
    second.tap("#q1-yes")
    second.wait_for(STATUS, "Saved on the server")
    line.mend()
    first.wait_until(lambda: "Two answers" in first.text(".app-conflict"), "both to be shown")
    pages.Cards(first).go_to(1)
    said = first.text(".app-conflict")
    assert "Response officer officer1" in said
    assert "Response officer officer3" in said
    assert served_app.answers(assessment)[1].in_conflict
    first.tap("#q1-yes")
    first.wait_for(STATUS, "Saved on the server")
    decided = served_app.answers(assessment)[1]
    assert (decided.content.value, decided.in_conflict) == (YES, False)
    assert arrived(served_app, assessment) == [(1, YES), (1, NO), (1, YES)]


def test_a_clock_that_is_a_day_ahead_changes_no_order(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    ahead, right = windows(engine, line=line), windows(engine)
    path = new_assessment(served_app.client("officer1"))
    assessment = on_the_first_card(ahead, path)
    ahead.evaluate(CLOCK.replace("AHEAD", str(A_DAY // timedelta(milliseconds=1))))
    line.cut()
    ahead.tap("#q1-no")
    ahead.wait_for(STATUS, "1 not sent yet")
    line.mend()
    ahead.wait_for(STATUS, "Saved on the server")
    on_the_first_card(right, path, "officer3")
    right.tap("#q1-yes")
    right.wait_for(STATUS, "Saved on the server")
    assert served_app.answers(assessment)[1].content.value is YES
    early, late = served_app.log(assessment)
    assert [(each.value, each.rev) for each in (early, late)] == [(NO, 1), (YES, 2)]
    now = datetime.now(UTC)
    for entry, off in ((early, A_DAY), (late, timedelta())):
        assert entry.asked_at is not None
        assert abs(entry.asked_at - now - off) < timedelta(minutes=5)
        assert abs(entry.received_at - now) < timedelta(minutes=5)


def fill(browser: Browser) -> None:
    """Until the browser gives the store no more room, not even for a few bytes.

    Firefox has some again when it has written its log back, so it is asked until it stays full.
    """
    for _ in range(20):
        if browser.evaluate(FILL) == "QuotaExceededError 0":
            return
        time.sleep(0.5)
    raise AssertionError("there is always room again")


def test_a_full_disk_is_told_and_the_answer_is_sent_all_the_same(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line, room=ROOM)
    assessment = begun(browser, served_app)
    fill(browser)
    line.cut()
    browser.tap("#q1-no")
    browser.wait_for(STATUS, "1 not saved yet – trying again. Keep this page open.")
    assert mark(browser, 1) == "Saving…"
    goes_on(browser, line, served_app, assessment)


def goes_on(browser: Browser, line: Line, served: Served, assessment: UUID) -> None:
    """The first answer arrives, and the next one after it."""
    line.mend()
    browser.wait_for(STATUS, "Saved on the server")
    pages.Cards(browser).answer(2, "yes")
    assert arrived(served, assessment) == [(1, NO), (2, YES)]


def test_a_lost_way_to_the_store_is_found_again(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    assessment = begun(browser, served_app)
    browser.evaluate(WAY_LOST)
    line.cut()
    browser.tap("#q1-no")
    browser.wait_for(STATUS, "1 not sent yet")
    goes_on(browser, line, served_app, assessment)


@pytest.mark.parametrize("is_cut", [True, False])
def test_a_store_that_cannot_be_read_is_not_said_to_be_empty(
    engine: Engine, windows: Open, served_app: Served, line: Line, is_cut: bool
) -> None:
    """What is written into it waits, and nobody can tell that until it answers again."""
    browser = windows(engine, line=line)
    assessment = begun(browser, served_app)
    pages.Cards(browser).answer(1, "no")
    browser.wait_for(STATUS, "Saved on the server")
    pages.Cards(browser).go_to(2)
    browser.evaluate(UNREADABLE)
    if is_cut:
        line.cut()
    browser.tap("#q2-yes")
    browser.wait_for(STATUS, CANNOT_TELL)
    assert arrived(served_app, assessment) == [(1, NO)]
    browser.evaluate("mended()")
    line.mend()
    browser.wait_for(STATUS, "Saved on the server")
    assert arrived(served_app, assessment) == [(1, NO), (2, YES)]


def test_the_page_of_a_tablet_that_is_full_works_as_far_as_it_can(
    engine: Engine, windows: Open, line: Line
) -> None:
    browser = windows(engine, line=line, room=ROOM)
    pages.sign_in(browser, "officer1")
    fill(browser)
    browser.goto("/tablet")
    # Firefox can be mute for a while on each thing that is asked of a full store.
    browser.wait_until(lambda: "The server answers" in browser.text(STATUS), STATUS, patience=60)
    browser.wait_until(
        lambda: browser.is_shown("#new-passphrase") or CANNOT_TELL in browser.text("[data-total]"),
        "what its store answers",
    )
    if not browser.is_shown("#new-passphrase"):  # WebKit: it was too full to be opened
        assert not browser.is_shown("[data-none]")
        return
    fill(browser)  # the page before it has made some room by closing
    for name, secret in (("passphrase", PASSPHRASE), ("pin", "284718")):
        browser.type(f"#new-{name}", secret)
        browser.type(f"#again-{name}", secret)
        browser.tap(words(f"Set the {name.replace('pin', 'PIN')}"))
        browser.wait_for(f"[data-{name}-error]", "could not keep it")
        assert browser.evaluate(f"document.querySelector('#again-{name}').value") == secret
        assert browser.text(f"[data-{name}-set]") == ""


def test_the_page_of_a_tablet_whose_store_fails_goes_on_without_it(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """No driver but one runs a script before the page's own, so the page's own begins with it."""

    def failing(script: bytes) -> bytes:
        return LOST.encode() + script

    browser = windows(engine, line=line)
    other = changed(served_app.app, "/static/js/tablet-page", answered=failing)
    with another_server(other) as port:
        line.lead_to(port)
        pages.sign_in(browser, "officer1")
        browser.goto("/tablet")
        browser.wait_for(STATUS, "The server answers")
        browser.wait_for("[data-total]", CANNOT_TELL)
        assert not browser.is_shown("[data-none]")
        assert "UnknownError" in browser.evaluate("String(IDBObjectStore.prototype.getAll)")


@pytest.mark.parametrize("fault", [LOST, NONE], ids=["unreadable", "none"])
def test_the_mark_in_the_navigation_says_that_nobody_can_tell_what_waits(
    engine: Engine, windows: Open, served_app: Served, line: Line, fault: str
) -> None:
    """It was hidden, as if nothing waited; it goes once the store answers again."""
    browser = windows(engine, line=line)
    mark = "[data-held]"
    other = changed(
        served_app.app, "/static/js/ready", answered=lambda script: fault.encode() + script
    )
    with another_server(other) as port:
        line.lead_to(port)
        pages.sign_in(browser, "officer1", scripts=False)
        browser.wait_for(mark, "Cannot tell what waits")
        assert browser.is_shown(mark)
        browser.evaluate("mended.forEach((each) => each())")
        browser.wait_until(lambda: not browser.is_shown(mark), lambda: browser.text(mark))


def test_a_page_that_is_slow_is_waited_for_once_the_server_is_known_to_answer(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """It was given up after eight seconds, again and again, and never came."""
    browser = windows(engine, line=line)
    asked: list[float] = []
    incident = recorded_incident(served_app.client("officer1"))

    def late(page: bytes) -> bytes:
        asked.append(time.monotonic())
        time.sleep(10)
        return page

    with another_server(changed(served_app.app, incident, answered=late)) as port:
        line.lead_to(port)
        pages.sign_in(browser, "officer1")
        pages.wait_kept(browser)
        browser.evaluate(f"void setTimeout(() => location.assign({json.dumps(incident)}))")
        ended = time.monotonic() + 60
        while not browser.count("#children") and time.monotonic() < ended:
            time.sleep(0.5)
        assert browser.count("#children")
        assert len(asked) == 2


def json_with(change: Callable[[dict[str, Any]], None]) -> Change:
    def changing(body: bytes) -> bytes:
        content = json.loads(body)
        change(content)
        return json.dumps(content).encode()

    return changing


def test_a_new_release_in_mid_draft_does_not_take_its_cards_away(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """Not even one that has a newer version of the question set, and keeps the pages of that.

    It has a service worker of its own too, which takes over while the draft is open.
    """
    browser = windows(engine, line=line)
    assessment = begun(browser, served_app)
    set_passphrase(browser)
    browser.goto(f"/assessments/{assessment}")
    cards = pages.Cards(browser)
    cards.answer(1, "no")

    def worker(script: bytes) -> bytes:
        return script + b'\nself.addEventListener("activate", () => caches.open("newer worker"));'

    newer = changed(served_app.app, "/tablet/keys/", answered=json_with(without_dash_27))
    newer = changed(newer, "/service-worker.js", answered=worker)
    with another_server(newer) as port:
        line.lead_to(port)
        browser.goto("/tablet")
        browser.wait_until(
            lambda: kept_names(browser) == "dash-newer,newer worker",
            lambda: f"the new release; there is {kept_names(browser)}",
        )
        line.cut()
        browser.goto(f"/assessments/{assessment}")
        unlock(browser, PASSPHRASE)
        cards.wait_shown(2)
        browser.tap("#q2-yes")
        browser.wait_for(STATUS, "1 not sent yet")
        line.mend()
        browser.wait_for(STATUS, "Saved on the server")
    assert arrived(served_app, assessment) == [(1, NO), (2, YES)]


def without_dash_27(said: dict[str, Any]) -> None:
    """As a release keeps its pages that asks another question set."""
    addresses = [each for each in said["keep"]["addresses"] if "/cards/dash-27" not in each]
    said["keep"] = {"name": "dash-newer", "addresses": addresses}


def without_sync(app: WSGIApplication) -> WSGIApplication:
    """The same server, on which nothing can be delivered yet."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/sync":
            return app(environ, start_response)
        start_response("503 Service Unavailable", [])
        return [b""]

    return answer


def kept_names(browser: Browser) -> str:
    names: str = browser.evaluate("(async () => (await caches.keys()).sort().join())()")
    return names


def test_a_new_release_that_a_colleague_brings_leaves_the_cards_of_my_draft(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """Whose case is on which cards is locked: the tablet keeps the cards for everybody."""
    browser = windows(engine, line=line)
    assessment = begun(browser, served_app)
    set_passphrase(browser)
    browser.goto(f"/assessments/{assessment}")
    pages.Cards(browser).answer(1, "no")
    browser.clear_cookies()
    newer = changed(served_app.app, "/tablet/keys/", answered=json_with(without_dash_27))
    with another_server(newer) as port:
        line.lead_to(port)
        pages.sign_in(browser, "officer3")
        browser.wait_until(lambda: kept_names(browser) == "dash-newer", "the new release")
        line.cut()
        browser.goto(f"/assessments/{assessment}")
        unlock(browser, PASSPHRASE)
        pages.Cards(browser).wait_shown(2)
        browser.tap("#q2-yes")
        browser.wait_for(STATUS, "1 not sent yet")


def test_a_form_that_waits_is_sent_by_the_release_that_comes_meanwhile(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """Entered on the pages of one release, kept through the update, delivered by the next one."""
    browser = windows(engine, line=line)
    home_without_signal(browser, line)
    urn = new_urn()
    new_incident(browser, urn)
    pages.choose(browser, "mode", "in_person")
    pages.choose(browser, "seen_alone", "yes")
    browser.tap(words("Start asking"))
    pages.Cards(browser).answer(1, "no")
    browser.wait_for(STATUS, "3 not sent yet")
    assessment = pages.assessment_shown(browser)

    newer = changed(served_app.app, "/tablet/keys/", answered=json_with(without_dash_27))
    with another_server(without_sync(newer)) as port:
        line.mend()
        line.lead_to(port)
        browser.goto("/tablet")
        browser.wait_until(lambda: kept_names(browser) == "dash-newer", "the new release")
        browser.wait_for("[data-list]", "3 not sent yet")
        line.cut()
        browser.goto(f"/assessments/{assessment}")
        unlock(browser, PASSPHRASE)
        pages.Cards(browser).wait_shown(2)
        browser.tap("#q2-yes")
        browser.wait_for(STATUS, "4 not sent yet")
    assert stored(served_app, urn) is None
    with another_server(newer) as port:
        line.mend()
        line.lead_to(port)
        browser.wait_for(STATUS, "Saved on the server")
    assert stored(served_app, urn) is not None
    assert arrived(served_app, assessment) == [(1, NO), (2, YES)]


def test_pages_and_servers_of_different_releases_keep_every_answer(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """The server: more members, a receipt unheard of, one missing. The page: more members."""
    browser = windows(engine, line=line)
    assessment = begun(browser, served_app)
    answers: list[dict[str, Any]] = []

    def newer_page(sent: dict[str, Any]) -> None:
        sent["colour"] = "blue"
        for each in sent["operations"]:
            each["felt"] = [1]

    def newer_server(body: dict[str, Any]) -> None:
        body |= {"version": 2, "colour": "blue"}
        for each in body["receipts"]:
            each["felt"] = [1]
        answers.append(body)
        if len(answers) == 1:
            body["receipts"] = []
        elif len(answers) == 2:
            body["receipts"][0]["receipt"] = "unheard_of"

    other = changed(
        served_app.app, "/sync", asked=json_with(newer_page), answered=json_with(newer_server)
    )
    with another_server(other) as port:
        line.lead_to(port)
        browser.tap("#q1-no")
        browser.wait_for(STATUS, "1 not sent yet")
        browser.wait_for(STATUS, "Saved on the server")
        assert len(answers) == 3
        pages.Cards(browser).go_to(2)
        pages.Cards(browser).answer(2, "yes")
    assert arrived(served_app, assessment) == [(1, NO), (2, YES)]
