"""Page objects: what a person can do on each page, in the words of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from tests.support.browsers import Browser, numbers_in, words
from tests.support.client import PASSWORD
from tests.support.force import DUTIES, new_urn

_ASSESSMENT = re.compile(r"/assessments/([0-9a-f-]{36})")
_KEPT = """(async () => {
  const worker = (await navigator.serviceWorker.getRegistration())?.active;
  return worker && await caches.match("/tablet/steps/finish/not_offered") ? "yes" : "no";
})()"""
RATIONALE = "Invented: threats are getting worse and there is a weapon in the house."


def sign_in(browser: Browser, username: str, *, scripts: bool = True) -> None:
    browser.goto("/sign-in")
    browser.type("#username", username)
    browser.type("#password", PASSWORD)
    browser.tap(words("Sign in"))
    browser.wait_for(words("Sign out"))
    if scripts and browser.device.scripts and browser.count('a[href="/tablet"]'):
        browser.wait_for("html[data-tablet=ready]")  # it has its key


def wait_kept(browser: Browser) -> None:
    """Until this tablet can start without a signal: the pages are here, and what answers with them.

    The service worker of a browser that is busy can be there later than the pages.
    """
    browser.wait_until(
        lambda: browser.evaluate(_KEPT) == "yes", "the pages that the tablet keeps, and the worker"
    )


def choose(browser: Browser, name: str, value: str) -> None:
    """Tap the words beside a radio button or a box."""
    browser.tap(f'input[name="{name}"][value="{value}"] + label')


def record_incident(browser: Browser) -> str:
    """From the list to the new incident's page; gives its number."""
    urn = new_urn()
    browser.goto("/incidents")
    browser.tap(words("New incident"))
    browser.wait_for("#urn")
    browser.type("#urn", urn)
    browser.type("#victim_name", "Ashdown Invented")
    browser.tap(words("Save and go on"))
    browser.wait_for("h1", urn)
    return urn


def open_start(browser: Browser) -> UUID:
    """From the incident's page to the start of its assessment; gives the assessment's id."""
    browser.tap(words("Start the assessment"))
    browser.wait_for("h1", "Start the assessment")
    browser.wait_for("input[name=mode] + label")
    return assessment_shown(browser)


def start(browser: Browser) -> None:
    """Say how it is offered, and go on to the first card."""
    choose(browser, "mode", "in_person")
    choose(browser, "seen_alone", "yes")
    browser.tap(words("Start asking"))
    browser.wait_for("h1", "Assessment")
    browser.wait_for("#q1")


def assessment_shown(browser: Browser) -> UUID:
    found = _ASSESSMENT.search(browser.url)
    assert found, browser.url
    return UUID(found[1])


@dataclass(frozen=True)
class Cards:
    """The assessment page: one card at a time, each tap saved."""

    browser: Browser
    total: int = 27

    def answer(self, item: int, value: str) -> None:
        self.browser.tap(f"#q{item}-{value}")
        self.wait_saved(item)

    def source(self, item: int, source: str) -> None:
        self.browser.tap(f"#q{item}-from-{source}")
        self.wait_saved(item)

    def note(self, item: int, text: str, follow_up: str = "note") -> None:
        self.browser.type(f"#q{item}-{follow_up}", text)
        self.wait_saved(item)

    def detail(self, item: int, follow_up: str, value: str) -> None:
        self.browser.tap(f"#q{item}-{follow_up}-{value}")
        self.wait_saved(item)

    def shows_follow_up(self, item: int, follow_up: str) -> bool:
        return self.browser.is_shown(f'label[for="q{item}-{follow_up}"]')

    def wait_saved(self, item: int) -> None:
        mark = f"#q{item} .app-saved"
        self.browser.wait_until(
            lambda: self.browser.text(mark).startswith("Saved"),
            lambda: f"topic {item} to be saved; its mark says {self.browser.text(mark)!r}",
        )

    def wait_shown(self, item: int) -> None:
        self.browser.wait_for(f"#q{item}", f"{item} of {self.total}")

    def next(self) -> None:
        self.browser.tap("[data-next]")

    def go_to(self, item: int) -> None:
        self.browser.tap(f'[data-chip="{item}"]')
        self.wait_shown(item)

    def end_section(self, section: str) -> None:
        """Nothing to do: every tap is on the server already."""

    def gate(self, item: int, button: str, then: int) -> None:
        """Close or undo the gate on a card; the page comes back at topic `then`."""
        other = {"close": "undo", "undo": "close"}[button]
        self.browser.tap(f"#q{item} button[name={button}]")
        self.browser.wait_until(
            lambda: self.browser.count(f"#q{item} button[name={other}]") == 1, f"{other!r} instead"
        )
        self.wait_shown(then)

    def answered(self) -> int:
        return int(self.browser.text("[data-answered]"))

    def decline(self, item: int) -> None:
        self.wait_shown(item)
        self.browser.tap(words("Victim declines"))
        self.browser.wait_for("h1", "Victim declines")

    def finish(self) -> None:
        self.browser.tap("[data-finish]")
        self.browser.wait_for("h1", "Finish and grade")


class PlainCards(Cards):
    """The same page without scripts: a form for each section, with a button that saves it."""

    def wait_saved(self, item: int) -> None:
        """Saved with its section."""

    def wait_shown(self, item: int) -> None:
        self.browser.wait_for(f"#q{item}")

    def next(self) -> None:
        """All cards are on the page."""

    def go_to(self, item: int) -> None:
        self.wait_shown(item)

    def end_section(self, section: str) -> None:
        self.browser.tap(f"#{section} .app-section__save button")
        self.browser.wait_for(f"#{section} .app-section__save .app-saved", "Saved")


def cards(browser: Browser, total: int = 27) -> Cards:
    return (Cards if browser.device.scripts else PlainCards)(browser, total)


def add_on(browser: Browser, title: str) -> str:
    """Where the list of add-on sets has this one."""
    browser.wait_for("#add-ons", title)
    return f'//section[@id="add-ons"]//li[contains(., "{title}")]'


def record_decline(browser: Browser, reason: str, *, also: str = "") -> None:
    """Fill in the decline page and go on."""
    choose(browser, "primary", reason)
    choose(browser, "basis", "said")
    if also:
        if not browser.is_shown(f'input[name=inferred][value="{also}"] + label'):
            browser.tap("//summary[contains(., 'Other reasons')]")
        choose(browser, "inferred", also)
    browser.tap(words("Record and go on"))


def do_duties(browser: Browser) -> None:
    """What a decline leaves to be done, each with one tap."""
    for name, value in DUTIES.items():
        if browser.count(f"input[name={name}]"):
            choose(browser, name, value if isinstance(value, str) else value[0])


def submit(browser: Browser, *, grade: str = "high") -> None:
    """Answer what is asked on the last page, and submit."""
    browser.wait_for("h1", "Finish and grade")
    browser.type("#observed", "Invented: a broken door.")
    choose(browser, "children", "no")
    if browser.count("input[name=mode][type=radio]"):
        choose(browser, "mode", "in_person")
        choose(browser, "seen_alone", "yes")
    if browser.count("input[name=systems]"):
        do_duties(browser)
    choose(browser, "grade", grade)
    browser.type("#rationale", RATIONALE)
    if browser.device.scripts:
        browser.wait_for(".app-owed", "Nothing. It can be submitted.")
    browser.tap(words("Submit"))
    browser.wait_for("h1", "Assessment record")
    browser.wait_for("main", "Submitted")


def declined_of_counted(browser: Browser) -> tuple[int, int]:
    """Numerator and denominator of the decline rate, as the sergeant reads them."""
    browser.goto("/reports")
    browser.wait_for("h1", "Decline rate")
    found = re.search(r"([\d,]+ of [\d,]+) ?declined", browser.text(".app-headline"))
    if not found:
        return 0, 0
    declined, counted = numbers_in(found[1])
    return declined, counted
