"""What whoever steals a tablet reads in its browser's folder: nothing that anybody entered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import pages
from tests.browser.test_no_signal import PASSPHRASE, STATUS, Profile, set_passphrase, unlock
from tests.support.browsers import Browser, Engine, words
from tests.support.client import PASSWORD
from tests.support.disk import found_on_disk, unpacked
from tests.support.force import new_urn
from tests.support.server import Line, Served

pytestmark = pytest.mark.browser

# What anybody would find who wrote it like this; the application does not.
OPENLY = ("Quillwort97InItems", "Quillwort98InStore", "Quillwort99InCache")
WRITE_OPENLY = """(async () => {
  localStorage.setItem("control", "Quillwort97InItems");
  await (await caches.open("control")).put("/control", new Response("Quillwort99InCache"));
  const opened = indexedDB.open("control", 1);
  opened.onupgradeneeded = () => opened.result.createObjectStore("all");
  await new Promise((done) => { opened.onsuccess = done; });
  const writing = opened.result.transaction("all", "readwrite");
  writing.objectStore("all").put("Quillwort98InStore", "one");
  await new Promise((done) => { writing.oncomplete = done; });
  opened.result.close();
  return "written";
})()"""
ALSO_SECRET = (PASSPHRASE, PASSWORD)


class Planted:
    """Words that nobody else writes, each handed out once."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def __call__(self, start: str = "Quillwort") -> str:
        number = len(self.words)
        is_phone = start.startswith("07700")
        self.words.append(f"07700 900{number:03d}" if is_phone else f"{start}{number:02d}Invented")
        return self.words[-1]


def test_packed_files_can_be_read() -> None:
    assert unpacked(b"\x24ab\x02\x00\x10c") == b"abababababc"
    assert unpacked(b"\xf0\x03" + b"x" * 18) == b"x" * 18


@pytest.fixture
def profile(engine: Engine, tmp_path: Path) -> Iterator[Profile]:
    opened = Profile(engine, tmp_path / "profile")
    yield opened
    opened.kill()


def enter_an_incident(browser: Browser, planted: Planted) -> None:
    browser.wait_for("#urn")
    browser.type("#urn", new_urn())
    browser.type("#victim_name", planted())
    browser.type("#victim_phone", planted("07700"))
    browser.type("#perpetrator_name", planted())
    browser.tap(words("Save and go on"))


def with_signal(browser: Browser, planted: Planted, line: Line) -> None:
    """An incident with its address and a child, and notes of which the line holds up the last."""
    browser.goto("/incidents/new")
    enter_an_incident(browser, planted)
    browser.wait_for(words("Start the assessment"))
    incident = browser.path
    browser.goto(f"{incident}/details")
    browser.type("#address", planted())
    browser.tap(words("Save details"))
    browser.wait_for(words("Start the assessment"))
    browser.goto(f"{incident}/children/new")
    browser.type("#child_name", planted())
    browser.type("#school", planted())
    browser.goto(incident)
    pages.open_start(browser)
    pages.start(browser)
    cards = pages.Cards(browser)
    for item in range(1, 13):
        cards.go_to(item)
        if item == 8:
            line.cut()
        cards.answer(item, "yes")
        cards.note(item, planted())
    browser.wait_for(STATUS, "Saved on this tablet")


def without_signal(browser: Browser, planted: Planted) -> None:
    """An incident from its first page to its last, on the pages that the tablet keeps."""
    browser.goto("/tablet")
    unlock(browser)
    browser.wait_for("[data-list]", "not sent yet")
    browser.tap(words("New incident"))
    enter_an_incident(browser, planted)
    browser.wait_for("h1", "Start the assessment")
    browser.tap(words("Victim declines"))
    browser.wait_for("h1", "Victim declines")
    pages.choose(browser, "primary", "fear_of_abuser")
    pages.choose(browser, "basis", "said")
    browser.type("#text", planted())
    browser.tap(words("Record and go on"))
    browser.wait_for("h1", "Finish and grade")
    browser.type("#observed", planted())
    browser.type("#rationale", planted())


def unsent(browser: Browser, planted: Planted) -> None:
    """Typed, and left."""
    browser.goto("/incidents/new")
    browser.wait_for("#urn")
    browser.type("#victim_name", planted())
    browser.type("#perpetrator_name", planted())
    browser.goto("/incidents")
    browser.goto("/incidents?q=nothing")
    browser.goto("/tablet")
    browser.wait_for("[data-list]", "all on the server")


@pytest.mark.timeout(600)
def test_nothing_readable_on_the_disk(
    profile: Profile, served_app: Served, line: Line, tmp_path: Path
) -> None:
    """Searched while the browser still runs, which a thief finds, and once it is closed."""
    planted, folder = Planted(), tmp_path / "profile"
    browser = profile.start(line.url)
    browser.goto("/sign-in")
    # At once: a browser writes such things a few times a minute, and what is tapped is one of them.
    assert browser.evaluate(WRITE_OPENLY) == "written"
    pages.sign_in(browser, "officer1")
    set_passphrase(browser)
    with_signal(browser, planted, line)
    without_signal(browser, planted)
    line.mend()
    unsent(browser, planted)
    while len(planted.words) < 30:
        browser.goto("/incidents/new")
        browser.type("#victim_name", planted())
    browser.goto("/incidents")
    browser.tap(words("Sign out"))
    browser.wait_for("#password")

    def controls() -> set[str]:
        return set(found_on_disk(folder, OPENLY))

    browser.wait_until(
        lambda: controls() == set(OPENLY), lambda: f"the controls; found are {controls()}"
    )
    for when in ("running", "closed"):
        found = found_on_disk(folder, [*planted.words, *ALSO_SECRET])
        assert not found, f"{when}: {found}"
        if when == "running":
            browser.close()
    assert controls() == set(OPENLY)
