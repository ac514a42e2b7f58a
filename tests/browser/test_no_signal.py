"""No signal: what was tapped stays on the tablet, through a restart, and arrives once."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.assessment import State
from dash_forms.store.models import Assessment, Incident, Pair, PairFact, TabletKey
from tests.browser import pages
from tests.support.browsers import Browser, Engine, PlaywrightBrowser, words
from tests.support.force import DUTIES, new_assessment, new_urn
from tests.support.server import Line, Served

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]
STATUS = "[data-status]"
PASSPHRASE = "copper ladder violet spoon"


def set_passphrase(browser: Browser) -> None:
    browser.goto("/tablet")
    browser.wait_for(STATUS, "The server answers")
    browser.type("#new-passphrase", PASSPHRASE)
    browser.type("#again-passphrase", PASSPHRASE)
    browser.tap(words("Set the passphrase"))
    browser.wait_for("[data-passphrase-set]", "Set.")


def begun(browser: Browser, served: Served) -> UUID:
    """An assessment on its first card, with a passphrase for a restart."""
    path = new_assessment(served.client("officer1"))
    pages.sign_in(browser, "officer1")
    set_passphrase(browser)
    pages.wait_kept(browser)
    browser.goto(path)
    pages.Cards(browser).wait_shown(1)
    return pages.assessment_shown(browser)


def unlock(browser: Browser, passphrase: str = PASSPHRASE) -> None:
    browser.wait_for("#passphrase")
    browser.type("#passphrase", passphrase)
    browser.tap(words("Open"))


def home_without_signal(browser: Browser, line: Line) -> None:
    """Signed in and ready, then the line is cut, and the page of this tablet is opened."""
    pages.sign_in(browser, "officer1")
    set_passphrase(browser)
    pages.wait_kept(browser)
    line.cut()
    browser.goto("/incidents")
    unlock(browser)
    browser.wait_for("[data-none]", "Nothing of yours is kept here")


def new_incident(browser: Browser, urn: str) -> None:
    browser.tap(words("New incident"))
    browser.wait_for("h1", "New incident")
    browser.type("#urn", urn)
    browser.type("#victim_name", "Ashdown Invented")
    entered = "document.querySelector('#urn').value"
    browser.wait_until(lambda: browser.evaluate(entered) == urn, "the number to be entered")
    browser.tap(words("Save and go on"))
    browser.wait_until(
        lambda: browser.text("h1") == "Start the assessment",
        lambda: f"the start; it says {browser.texts('h1, .govuk-error-message')}",
    )


def finish(browser: Browser, **said: str | list[str]) -> None:
    """Say what the last page asks, and submit."""
    browser.wait_for("h1", "Finish and grade")
    for name, value in {"children": "no", "grade": "medium", **said}.items():
        for each in value if isinstance(value, list) else [value]:
            pages.choose(browser, name, each)
    browser.type("#rationale", pages.RATIONALE)
    browser.wait_for(".app-owed__none", "Nothing. It can be submitted.")
    browser.tap(words("Submit"))
    browser.wait_for("[data-waits] .govuk-body-l", "Waiting to send.")


def stored(served: Served, urn: str) -> Assessment | None:
    """The assessment of the incident with this number, if the server has it."""
    with served.store.work(writes=False) as work:
        return work.session.scalar(
            select(Assessment)
            .join(Pair, Pair.id == Assessment.pair_id)
            .join(Incident, Incident.id == Pair.incident_id)
            .where(Incident.urn == urn)
        )


def wait_submitted(browser: Browser, served: Served, urn: str) -> UUID:
    def is_submitted() -> bool:
        found = stored(served, urn)
        return found is not None and found.state is State.SUBMITTED

    browser.wait_until(is_submitted, f"{urn} to be submitted")
    found = stored(served, urn)
    assert found is not None
    return found.id


def values(served: Served, assessment: UUID) -> list[AnswerValue | None]:
    stored = served.answers(assessment)
    return [stored[item].content.value for item in sorted(stored)]


def items(served: Served, assessment: UUID) -> list[int]:
    """The topic of every answer that ever arrived, in their order."""
    return [entry.item for entry in served.log(assessment)]


class Profile:
    """A browser with its profile on the disk, which can be killed and started again."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder

    def start(self, url: str) -> Browser:
        return self._engine.open_profile(self._folder, url)

    def kill(self) -> None:
        """As a battery that falls out: no goodbye to the pages."""
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.5)
        for each in self._folder.glob("Singleton*"):
            each.unlink()

    def _processes(self) -> Iterator[int]:
        """Those that were started with this folder, as a word or in their environment."""
        for each in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                started = (each / "cmdline").read_bytes() + (each / "environ").read_bytes()
                if str(self._folder).encode() in started:
                    yield int(each.name)


@pytest.fixture
def profile(engine: Engine, tmp_path: Path) -> Iterator[Profile]:
    opened = Profile(engine, tmp_path / "profile")
    yield opened
    opened.kill()


def test_a_tablet_that_forgot_who_was_last_opens_with_the_passphrase(
    engine: Engine, windows: Open, line: Line
) -> None:
    """A browser that is killed may not have written yet who signed in and when it was touched."""
    browser = windows(engine, line=line)
    pages.sign_in(browser, "officer1")
    set_passphrase(browser)
    pages.wait_kept(browser)
    line.cut()
    browser.evaluate("localStorage.clear()")
    browser.goto("/tablet")
    unlock(browser)
    browser.wait_for("[data-whose]", "officer1")


def test_scenario_11_signal_lost_and_the_browser_killed(
    profile: Profile, served_app: Served, line: Line
) -> None:
    """The draft is back at topic 14 with all answers; one record is on the server after sync."""
    browser = profile.start(line.url)
    assessment = begun(browser, served_app)
    cards = pages.Cards(browser)
    for item in range(1, 9):
        cards.answer(item, "no")
        cards.go_to(item + 1)
    line.cut()
    for item in range(9, 14):
        cards.answer(item, "yes")
        cards.go_to(item + 1)
    browser.wait_for(STATUS, "Saved on this tablet since")
    assert values(served_app, assessment) == [AnswerValue.NO] * 8
    profile.kill()

    browser = profile.start(line.url)
    browser.goto(f"/assessments/{assessment}")
    unlock(browser)
    cards = pages.Cards(browser)
    cards.wait_shown(14)
    browser.wait_for("[data-answered]", "13")
    assert all(browser.is_checked(f"#q{item}-no") for item in range(1, 9))
    assert all(browser.is_checked(f"#q{item}-yes") for item in range(9, 14))
    cards.answer(14, "no")
    browser.wait_for(STATUS, "6 not sent yet")

    line.mend()
    pages.sign_in(browser, "officer1")  # a browser forgets who is signed in when it is closed
    answered = [AnswerValue.NO] * 8 + [AnswerValue.YES] * 5 + [AnswerValue.NO]
    browser.wait_until(
        lambda: values(served_app, assessment) == answered, "all answers in the database"
    )
    assert items(served_app, assessment) == list(range(1, 15))
    browser.goto("/tablet")
    browser.wait_for("[data-list]", "all on the server")
    assert "14 of the topics done" in browser.text("[data-list]")


def test_a_reload_without_signal_brings_the_draft_back(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    assessment = begun(browser, served_app)
    cards = pages.Cards(browser)
    cards.answer(1, "no")
    cards.go_to(2)
    line.cut()
    cards.answer(2, "yes")
    cards.note(2, "Said with a look at the door")
    browser.wait_for(STATUS, "Saved on this tablet since")
    browser.goto(f"/assessments/{assessment}")
    unlock(browser)
    cards.wait_shown(3)
    cards.go_to(2)
    assert browser.is_checked("#q2-yes")
    assert browser.evaluate("document.querySelector('#q2-note').value").startswith("Said with")
    line.mend()
    browser.wait_for(STATUS, "Saved on the server")
    assert values(served_app, assessment) == [AnswerValue.NO, AnswerValue.YES]
    log = served_app.log(assessment)
    assert len({entry.op_id for entry in log}) == len(log)


def test_five_wrong_passphrases_lock_the_tablet_until_somebody_signs_in(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(chromium, line=line)
    assessment = begun(browser, served_app)
    line.cut()
    pages.Cards(browser).answer(1, "yes")
    browser.wait_for(STATUS, "1 not sent yet")
    browser.goto(f"/assessments/{assessment}")
    for _ in range(4):
        unlock(browser, "copper ladder violet fork")
        browser.wait_for("[data-unlock-error]", "Nothing here opens with this")
    unlock(browser, "copper ladder violet fork")
    browser.wait_for("[data-unlock-error]", "Five wrong tries")
    browser.goto(f"/assessments/{assessment}")
    unlock(browser)
    browser.wait_for("[data-unlock-error]", "Five wrong tries")

    line.mend()
    browser.goto(f"/assessments/{assessment}")
    browser.wait_for(STATUS, "Saved on the server")
    assert values(served_app, assessment) == [AnswerValue.YES]
    browser.tap(words("Sign out"))
    browser.wait_for("#username")
    pages.sign_in(browser, "officer1")
    browser.goto(f"/assessments/{assessment}")
    pages.Cards(browser).wait_shown(2)
    browser.wait_for("html[data-tablet=ready]")
    line.cut()
    browser.goto(f"/assessments/{assessment}")
    unlock(browser)
    pages.Cards(browser).wait_shown(2)


def test_two_officers_on_one_tablet_do_not_see_each_others_drafts(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """Nor does the second one send what the first one tapped."""
    browser = windows(engine, line=line)
    assessment = begun(browser, served_app)
    line.cut()
    pages.Cards(browser).answer(1, "yes")
    browser.wait_for(STATUS, "1 not sent yet")
    line.mend()
    browser.clear_cookies()

    pages.sign_in(browser, "officer3")
    browser.goto("/tablet")
    browser.wait_for("[data-none]", "Nothing of yours is kept here")
    path = new_assessment(served_app.client("officer3"))
    browser.goto(path)
    pages.Cards(browser).answer(1, "no")
    browser.wait_for(STATUS, "Saved on the server")
    assert values(served_app, assessment) == []

    browser.clear_cookies()
    pages.sign_in(browser, "officer1")
    browser.wait_until(
        lambda: values(served_app, assessment) == [AnswerValue.YES], "the answer in the database"
    )


def test_what_a_lost_key_locks_up_is_delivered_in_its_envelope(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    assessment = begun(browser, served_app)
    line.cut()
    pages.Cards(browser).answer(1, "yes")
    browser.wait_for(STATUS, "1 not sent yet")
    with served_app.store.work(writes=True) as work:
        work.session.execute(delete(TabletKey))
    line.mend()
    browser.goto(f"/assessments/{assessment}")
    browser.wait_until(
        lambda: values(served_app, assessment) == [AnswerValue.YES], "the answer in the database"
    )
    assert items(served_app, assessment) == [1]


def test_a_decline_is_entered_from_the_first_page_to_the_last_without_signal(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    home_without_signal(browser, line)
    urn = new_urn()
    new_incident(browser, urn)
    browser.tap(words("Victim declines"))
    browser.wait_for("h1", "Victim declines")
    browser.tap(words("Record and go on"))
    browser.wait_for("[data-missing]", "Choose the main reason")
    pages.choose(browser, "primary", "other_decline")
    pages.choose(browser, "basis", "said")
    browser.tap(words("Record and go on"))
    browser.wait_for("[data-missing]", "Say in a few words what the reason was")
    pages.choose(browser, "primary", "fear_of_abuser")
    pages.choose(browser, "basis", "said")
    browser.tap(words("Record and go on"))
    finish(browser, mode="in_person", seen_alone="yes", **DUTIES)
    assert stored(served_app, urn) is None

    line.mend()
    assessment = wait_submitted(browser, served_app, urn)
    browser.wait_for("[data-arrived] .govuk-body-l", "On the server.")
    assert not browser.is_shown("[data-waits]")
    with served_app.store.work(writes=False) as work:
        found = work.session.get_one(Assessment, assessment)
        assert work.session.get_one(PairFact, found.pair_id).outcome == "declined"


def test_what_cannot_be_done_now_is_entered_and_submitted_without_signal(
    engine: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(engine, line=line)
    home_without_signal(browser, line)
    urn = new_urn()
    new_incident(browser, urn)
    pages.choose(browser, "mode", "in_person")
    pages.choose(browser, "seen_alone", "no")
    browser.tap(words("Start asking"))
    pages.Cards(browser).wait_shown(1)
    browser.tap(words("Cannot be done now"))
    browser.wait_for("h1", "Cannot be done now")
    browser.tap(words("Record and go on"))
    browser.wait_for("[data-missing]", "Choose the main reason")
    pages.choose(browser, "primary", "other_unable")
    browser.tap(words("Record and go on"))
    browser.wait_for("[data-missing]", "Say in a few words what the reason was")
    pages.choose(browser, "primary", "interpreter")
    browser.tap(words("Record and go on"))
    browser.wait_for("h1", "Finish and grade")
    asked = {name: said for name, said in DUTIES.items() if browser.count(f"input[name={name}]")}
    finish(browser, **asked)
    assert stored(served_app, urn) is None

    line.mend()
    assessment = wait_submitted(browser, served_app, urn)
    with served_app.store.work(writes=False) as work:
        found = work.session.get_one(Assessment, assessment)
        assert work.session.get_one(PairFact, found.pair_id).outcome == "unable"
    assert set(values(served_app, assessment)) == {AnswerValue.NOT_ASKED}


def test_every_topic_is_answered_and_submitted_without_signal(
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
    cards.wait_shown(1)
    for item in range(1, 28):
        cards.go_to(item)
        cards.answer(item, "no")
    browser.tap(words("Finish"))
    finish(browser)
    browser.tap(words("What waits on this tablet"))
    browser.wait_for("[data-list]", "30 not sent yet")

    line.mend()
    assessment = wait_submitted(browser, served_app, urn)
    assert values(served_app, assessment) == [AnswerValue.NO] * 27
    assert items(served_app, assessment) == list(range(1, 28))


def test_the_line_is_cut_between_the_cards_and_the_last_page(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    """The cards came from the server; what follows is what the tablet keeps."""
    browser = windows(chromium, line=line)
    assessment = begun(browser, served_app)
    pages.wait_kept(browser)
    line.cut()
    pages.Cards(browser).answer(1, "yes")
    browser.wait_for(STATUS, "1 not sent yet")
    browser.tap(words("Victim declines"))
    browser.wait_for("h1", "Victim declines")
    pages.choose(browser, "primary", "abuser_in_room")
    pages.choose(browser, "basis", "said")
    browser.tap(words("Record and go on"))
    browser.wait_for("main .app-notice", "Could it simply not be done?")
    browser.tap(words("The victim did decline"))
    finish(browser, **DUTIES)
    line.mend()
    browser.wait_until(
        lambda: served_app.assessment(assessment).state is State.SUBMITTED, "the submission"
    )
    with served_app.store.work(writes=False) as work:
        found = work.session.get_one(Assessment, assessment)
        assert work.session.get_one(PairFact, found.pair_id).outcome == "partial"


def test_what_the_server_refuses_waits_for_a_decision_and_is_put_right(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(chromium, line=line)
    taken, urn = new_urn(), new_urn()
    served_app.client("officer1").submit("/incidents/new", urn=taken, victim_name="Bourne Invented")
    home_without_signal(browser, line)
    new_incident(browser, taken)
    pages.choose(browser, "mode", "telephone")
    pages.choose(browser, "seen_alone", "not_known")
    browser.tap(words("Start asking"))
    pages.Cards(browser).answer(1, "yes")

    line.mend()
    browser.wait_for("[data-refused]", "The server has refused something of this case")
    browser.goto("/tablet")
    browser.wait_for("[data-list]", "Needs a decision: There is already an incident")
    browser.tap(words("Put it right"))
    browser.wait_for("[data-missing]", "There is already an incident with this number")
    browser.type("#urn", urn)
    browser.tap(words("Save and go on"))
    browser.wait_until(lambda: stored(served_app, urn) is not None, "the incident on the server")
    found = stored(served_app, urn)
    assert found is not None
    browser.wait_until(
        lambda: values(served_app, found.id) == [AnswerValue.YES], "the answer in the database"
    )
    browser.wait_for(STATUS, "The server answers")


def kept_records(browser: Browser, name: str) -> int:
    """How many records lie in a store of the tablet."""
    script = """(async () => {
          const opened = indexedDB.open("dash-forms");
          await new Promise((done) => { opened.onsuccess = done; });
          const counted = opened.result.transaction("STORE").objectStore("STORE").count();
          await new Promise((done) => { counted.onsuccess = done; });
          opened.result.close();
          return counted.result;
        })()"""
    count: int = browser.evaluate(script.replace("STORE", name))
    return count


def revoke_tablets(served: Served) -> None:
    own = served.force.actors["officer1"].id
    served.client("admin1").submit(f"/accounts/{own}/tablets/revoke")


def test_a_revoked_tablet_drops_what_it_can_read_and_delivers_what_waits(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(chromium, line=line)
    assessment = begun(browser, served_app)
    pages.wait_kept(browser)
    line.cut()
    pages.Cards(browser).answer(1, "yes")
    browser.wait_for(STATUS, "1 not sent yet")
    browser.wait_until(lambda: kept_records(browser, "cases") == 1, "the case on the tablet")
    assert kept_records(browser, "passphrases") == 1
    revoke_tablets(served_app)

    browser.clear_cookies()  # nobody is signed in at the next contact
    line.mend()
    browser.goto("/sign-in")
    browser.wait_until(lambda: kept_records(browser, "passphrases") == 0, "the passphrase dropped")
    assert kept_records(browser, "cases") == 0
    assert kept_records(browser, "operations") == 1
    line.cut()
    browser.goto("/tablet")
    browser.wait_for(STATUS, "No answer from the server")
    assert not browser.is_shown("#passphrase")
    assert values(served_app, assessment) == []

    line.mend()
    pages.sign_in(browser, "officer1", scripts=False)  # a revoked tablet is never ready
    browser.wait_until(
        lambda: values(served_app, assessment) == [AnswerValue.YES], "the answer in the database"
    )
    browser.goto("/tablet")
    browser.wait_for(STATUS, "An administrator has revoked this tablet")
    browser.wait_until(lambda: kept_records(browser, "operations") == 0, "nothing to wait there")
    assert kept_records(browser, "cases") == 0
    assert not browser.is_shown("[data-passphrase]")


MADE_OLD = """(async () => {
  const opened = indexedDB.open("dash-forms");
  await new Promise((done) => { opened.onsuccess = done; });
  const change = opened.result.transaction("operations", "readwrite");
  const entries = change.objectStore("operations");
  const all = entries.getAll();
  all.onsuccess = () => all.result.forEach((each) => {
    entries.put({ ...each, at: Date.now() - HOURS * 3600000 });
  });
  await new Promise((done) => { change.oncomplete = done; });
  opened.result.close();
})()"""


def test_what_is_on_one_tablet_alone_for_too_long_is_warned_of(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = windows(chromium, line=line)
    assert isinstance(browser, PlaywrightBrowser)
    assessment = begun(browser, served_app)
    pages.wait_kept(browser)
    line.cut()
    pages.Cards(browser).answer(1, "yes")
    browser.wait_for(STATUS, "1 not sent yet")
    for hours, is_too_long in ((11, False), (13, True)):
        browser.evaluate(MADE_OLD.replace("HOURS", str(hours)))
        browser.goto("/tablet")
        browser.wait_for("#passphrase")
        assert browser.is_shown("[data-overdue]") is is_too_long
    assert "Only on this tablet for more than 12 hours" in browser.text("[data-overdue]")
    browser.goto(f"/assessments/{assessment}")
    unlock(browser)
    browser.wait_for(STATUS, "1 not sent yet · Only on this tablet for 13 hours")

    browser.page.route("**/sync", lambda route: route.abort())
    line.mend()
    browser.goto("/incidents")
    browser.wait_for("[data-held]", "Not sent for 13 hours")
    browser.page.unroute("**/sync")
    browser.goto("/tablet")
    browser.wait_for("[data-list]", "all on the server")
    browser.wait_until(lambda: not browser.is_shown("[data-overdue]"), "the warning to go")
    assert values(served_app, assessment) == [AnswerValue.YES]


@pytest.mark.parametrize(
    ("promised", "shown"), [("true", "[data-stays]"), ("false", "[data-may-go]")]
)
def test_the_tablet_says_whether_its_browser_promises_to_keep_what_is_stored(
    chromium: Engine, windows: Open, line: Line, promised: str, shown: str
) -> None:
    """A browser decides for itself, so the test decides in its place."""
    browser = windows(chromium, line=line)
    assert isinstance(browser, PlaywrightBrowser)
    browser.page.add_init_script(
        "navigator.storage.persisted = async () => globalThis.asked === 1 && PROMISED;"
        "navigator.storage.persist = async () => { globalThis.asked = 1; };".replace(
            "PROMISED", promised
        )
    )
    pages.sign_in(browser, "officer1")
    browser.goto("/tablet")
    browser.wait_for("[data-may-go]", "has not promised")
    set_passphrase(browser)
    browser.wait_for(shown, "promised")
    assert browser.evaluate("globalThis.asked") == 1


ASKED = """(() => {
  navigator.storage ??= {}; // WebKitGTK has none
  navigator.storage.persist = async () => { globalThis.asked = (globalThis.asked ?? 0) + 1; };
})()"""


def test_a_browser_is_asked_to_keep_what_is_stored_as_soon_as_something_is(
    engine: Engine, windows: Open, served_app: Served
) -> None:
    """Once a page, whatever the officer has set up."""
    browser = windows(engine)
    pages.sign_in(browser, "officer1")
    browser.goto(new_assessment(served_app.client("officer1")))
    cards = pages.Cards(browser)
    cards.wait_shown(1)
    browser.evaluate(ASKED)
    assert browser.evaluate("globalThis.asked ?? 0") == 0
    cards.answer(1, "yes")
    cards.go_to(2)
    cards.answer(2, "yes")
    assert browser.evaluate("globalThis.asked") == 1
