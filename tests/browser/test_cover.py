"""The cover: hides every page at once, by itself when left alone; it opens for its officer only."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser import axe, pages
from tests.support.browsers import Browser, Device, Engine, PlaywrightBrowser, words
from tests.support.client import PASSWORD
from tests.support.force import new_assessment
from tests.support.server import Line, Served

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]
COVER = "[data-cover]"
SHEET = "#cover"
PIN = "284718"
PASSPHRASE = "copper ladder violet spoon"
# What a person could see, hear or reach of the page beneath.
_SEEN = """[...document.querySelectorAll("body > :not(#cover), body > :not(#cover) *")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true })).length"""
_REACHED = """(() => { const field = document.querySelector("body > :not(#cover) a");
  field.focus(); return document.activeElement === field; })()"""
_HAS_FOCUS = "document.activeElement.id === 'cover-secret'"
_TYPED = "document.querySelector('#urn').value"
_LATER = "(() => { const now = Date.now; Date.now = () => now() + 601 * 60000; })()"


def wait_covered(browser: Browser) -> None:
    """Nothing of the page is to be seen, to be heard or to be reached, and its title is neutral."""
    browser.wait_for(SHEET, "Paused")
    assert browser.evaluate("document.title") == "Forms"
    assert browser.evaluate(_SEEN) == 0
    assert not browser.evaluate(_REACHED)


def wait_open(browser: Browser, heading: str) -> None:
    browser.wait_until(lambda: not browser.is_shown(SHEET), "the cover to open")
    browser.wait_for("h1", heading)
    assert browser.evaluate("document.title") == f"{heading} – Dash forms"


def uncover(browser: Browser, secret: str = PASSWORD) -> None:
    browser.type("#cover-secret", secret)
    browser.tap(words("Go on"))


def typing(browser: Browser) -> None:
    """Signed in, and something typed that is on no server yet."""
    pages.sign_in(browser, "officer1")
    browser.goto("/incidents/new")
    browser.wait_for("#urn")
    browser.type("#urn", "SM-20260131-0001")


def test_one_tap_or_one_key_covers_everything_and_nothing_typed_is_lost(
    engine: Engine, windows: Open
) -> None:
    browser = windows(engine)
    typing(browser)
    for is_by_key in (False, True):
        if is_by_key:
            browser.press("Control+Enter")
        else:
            browser.tap(COVER)
        wait_covered(browser)
        browser.press("Escape")
        browser.press("Escape")
        wait_covered(browser)
        uncover(browser, "something else")
        browser.wait_for("#cover-problem", "The password is not right")
        wait_covered(browser)
        uncover(browser)
        wait_open(browser, "New incident")
        assert browser.evaluate(_TYPED) == "SM-20260131-0001"
        browser.tap("#urn")


def test_it_outlives_a_reload_a_walk_through_the_pages_and_the_way_back(
    engine: Engine, windows: Open
) -> None:
    browser = windows(engine)
    pages.sign_in(browser, "sergeant1")
    browser.goto("/reviews")
    browser.tap(COVER)
    for path in ("/reviews", "/reports", "/no-such-page"):
        browser.goto(path)
        wait_covered(browser)
        if path != "/no-such-page":  # which knows nobody, and leads back to one that does
            browser.wait_until(lambda: browser.evaluate(_HAS_FOCUS), "a place to type")
    browser.evaluate("history.back()")
    where = "location.pathname"
    browser.wait_until(lambda: browser.evaluate(where) == "/reports", "the page before")
    wait_covered(browser)
    uncover(browser)
    wait_open(browser, "Decline rate")
    browser.goto("/reviews")
    wait_open(browser, "Reviews")


def test_it_needs_no_signal_to_cover_and_a_password_needs_one(
    engine: Engine, windows: Open, line: Line
) -> None:
    browser = windows(engine, line=line)
    typing(browser)
    line.cut()
    browser.tap(COVER)
    wait_covered(browser)
    uncover(browser)
    browser.wait_for("#cover-problem", "This needs a signal")
    line.mend()
    uncover(browser)
    wait_open(browser, "New incident")
    assert browser.evaluate(_TYPED) == "SM-20260131-0001"


def test_every_tab_is_covered_and_opened_with_the_first(engine: Engine, windows: Open) -> None:
    browser = windows(engine)
    typing(browser)
    other = browser.new_tab()
    other.goto("/incidents")
    other.tap(COVER)
    wait_covered(browser)
    uncover(browser)
    wait_open(other, "Incidents")
    wait_open(browser, "New incident")


def test_whoever_signs_in_next_opens_their_own_pages_only(engine: Engine, windows: Open) -> None:
    browser = windows(engine)
    typing(browser)
    browser.tap(COVER)
    wait_covered(browser)
    other = browser.new_tab()
    other.goto("/incidents")
    other.tap('#cover button[form="sign-out"]')
    other.wait_for("#username")
    pages.sign_in(other, "officer2")
    wait_open(other, "Incidents")
    wait_covered(browser)
    uncover(browser)
    browser.wait_for("#cover-problem", "Somebody else has signed in")
    wait_covered(browser)


def sign_in_beside(browser: Browser, username: str) -> None:
    """Sign in where the cookies have just been cleared beneath another page.

    That page may be given one of its own between this form and its sending, so that the form
    counts as another's: only a test takes cookies away from a page that is asking something.
    """
    try:
        pages.sign_in(browser, username)
    except AssertionError:
        pages.sign_in(browser, username)


def test_a_page_is_covered_once_somebody_else_signs_in(engine: Engine, windows: Open) -> None:
    browser = windows(engine)
    typing(browser)
    browser.clear_cookies()
    other = browser.new_tab()
    sign_in_beside(other, "officer2")
    wait_covered(browser)
    wait_open(other, "Incidents")


def test_a_page_of_an_earlier_sign_in_covers_those_of_the_later_one(
    engine: Engine, windows: Open
) -> None:
    browser = windows(engine)
    typing(browser)
    browser.clear_cookies()
    later = browser.new_tab()
    sign_in_beside(later, "officer1")
    browser.tap(COVER)
    wait_covered(later)
    browser.goto("/incidents")
    wait_covered(browser)
    uncover(browser)
    wait_open(browser, "Incidents")
    wait_open(later, "Incidents")


def test_a_sign_in_that_is_asked_for_meanwhile_stays_beneath(
    chromium: Engine, windows: Open
) -> None:
    browser = windows(chromium)
    typing(browser)
    browser.clear_cookies()
    browser.evaluate("document.querySelector('main form').requestSubmit()")
    browser.evaluate("document.querySelector('[data-cover]').click()")
    browser.wait_until(lambda: browser.count(".app-dialog #username") == 1, "the sign-in")
    wait_covered(browser)
    assert browser.evaluate("document.activeElement.closest('dialog').id") == "cover"
    browser.type("#cover-secret", "anything")
    browser.tap(words("Go on"))
    browser.wait_for("#cover-problem", "Your sign-in has ended")


def test_a_page_that_is_left_alone_covers_itself_even_after_a_sleep(
    engine: Engine, windows: Open, served_app: Served
) -> None:
    browser = windows(engine)
    path = new_assessment(served_app.client("officer1"))
    pages.sign_in(browser, "officer1")
    browser.goto(path)
    pages.Cards(browser).wait_shown(1)
    browser.type("#q1-note", "Invented: a bruise")
    browser.evaluate(_LATER)
    wait_covered(browser)
    pages.Cards(browser).wait_saved(1)  # what was being sent is sent
    uncover(browser)
    wait_open(browser, "Assessment")
    assert browser.evaluate("document.querySelector('#q1-note').value") == "Invented: a bruise"


def test_a_touch_in_time_keeps_it_open(chromium: Engine, windows: Open) -> None:
    browser = windows(chromium)
    assert isinstance(browser, PlaywrightBrowser)
    browser.page.clock.install()
    typing(browser)
    for _ in range(3):
        browser.page.clock.fast_forward("09:59:00")
        browser.tap("#urn")
    assert not browser.is_shown(SHEET)
    browser.page.clock.fast_forward("10:01:00")
    wait_covered(browser)


def test_a_tap_after_a_sleep_does_nothing_but_cover(chromium: Engine, windows: Open) -> None:
    browser = windows(chromium)
    typing(browser)
    # Nothing but the tap notices the time: the tablet has only just woken.
    browser.evaluate("clearInterval(setInterval(() => {}, 1e9) - 1)")
    where = "document.querySelector('main button[type=submit]')"
    browser.evaluate(f"{where}.scrollIntoView()")
    browser.evaluate(_LATER)
    browser.evaluate(f"{where}.dispatchEvent(new PointerEvent('pointerdown', {{bubbles: true}}))")
    wait_covered(browser)
    assert browser.path == "/incidents/new"


def test_without_scripts_a_neutral_page_opens_beside(engine: Engine, windows: Open) -> None:
    browser = windows(engine, scripts=False)
    pages.sign_in(browser, "officer1", scripts=False)
    assert browser.count(f'{COVER}[href="/cover"][target="_blank"]') == 1
    browser.goto("/cover")
    browser.wait_for("h1", "Paused")


def test_the_sheet_reads_well(chromium: Engine, windows: Open) -> None:
    browser = windows(chromium)
    assert isinstance(browser, PlaywrightBrowser)
    typing(browser)
    browser.tap(COVER)
    wait_covered(browser)
    for scheme in ("light", "dark"):
        browser.page.emulate_media(color_scheme=scheme)
        for size in ((320, 700), (820, 1180), (1180, 820)):
            browser.resize(*size)
            assert axe.violations(browser) == []
    browser.page.emulate_media(media="print")
    assert not browser.is_shown(SHEET)
    assert not browser.is_shown("main")


def set_pin(browser: Browser) -> None:
    browser.goto("/tablet")
    browser.wait_for("[data-choose]")
    browser.type("#new-pin", PIN)
    browser.type("#again-pin", PIN)
    browser.tap(words("Set the PIN"))
    browser.wait_for("[data-pin-set]", "Set.")
    assert not browser.is_shown("#new-pin")


def wait_asked(browser: Browser, name: str) -> None:
    browser.wait_for('label[for="cover-secret"]', name)


def test_a_pin_opens_it_without_signal_too(engine: Engine, windows: Open, line: Line) -> None:
    browser = windows(engine, line=line)
    pages.sign_in(browser, "officer1")
    set_pin(browser)
    browser.goto("/incidents/new")
    browser.wait_for("html[data-tablet=ready]")
    browser.type("#urn", "SM-20260131-0001")
    line.cut()
    browser.tap(COVER)
    wait_asked(browser, "PIN")
    browser.type("#cover-secret", "111112")  # the sixth figure sends it
    browser.wait_for("#cover-problem", "This is not your PIN")
    wait_covered(browser)
    for figure in PIN:  # without a tap: what opens it has the focus
        browser.press(figure)
    wait_open(browser, "New incident")
    assert browser.evaluate(_TYPED) == "SM-20260131-0001"


def test_five_wrong_pins_ask_for_the_password_whatever_is_reloaded(
    engine: Engine, windows: Open
) -> None:
    browser = windows(engine)
    pages.sign_in(browser, "officer1")
    set_pin(browser)
    browser.tap(COVER)
    for tries in range(1, 6):
        wait_asked(browser, "PIN")
        browser.type("#cover-secret", "111112")
        browser.wait_for("#cover-problem", "Five wrong" if tries == 5 else "This is not your PIN")
        if tries == 3:
            browser.goto("/incidents")
            wait_covered(browser)
    wait_asked(browser, "Password")
    browser.goto("/incidents")
    browser.wait_for("html[data-tablet=ready]")
    wait_asked(browser, "Password")
    uncover(browser)
    wait_open(browser, "Incidents")
    browser.tap(COVER)
    wait_asked(browser, "PIN")
    browser.type("#cover-secret", PIN)
    wait_open(browser, "Incidents")


def test_enter_after_six_figures_is_no_second_try(chromium: Engine, windows: Open) -> None:
    browser = windows(chromium)
    pages.sign_in(browser, "officer1")
    set_pin(browser)
    browser.tap(COVER)
    for _ in range(3):
        wait_asked(browser, "PIN")
        browser.type("#cover-secret", "111112")
        browser.press("Enter")
        browser.wait_for("#cover-problem", "This is not your PIN")
        browser.press("Enter")
    browser.type("#cover-secret", PIN)
    wait_open(browser, "This tablet")


def test_a_pin_is_asked_twice_and_is_none_that_anybody_guesses(
    chromium: Engine, windows: Open
) -> None:
    browser = windows(chromium)
    pages.sign_in(browser, "officer1")
    browser.goto("/tablet")
    browser.wait_for("[data-choose]")
    refused = {("123456", "123456"): "not six alike", ("222222", "222222"): "not six alike"}
    refused |= {("28471", "28471"): "six figures", (PIN, "284719"): "not the same"}
    for (first, again), why in refused.items():
        browser.type("#new-pin", first)
        browser.type("#again-pin", again)
        browser.tap(words("Set the PIN"))
        browser.wait_for("[data-pin-error]", why)
    assert browser.text("[data-pin-set]") == ""
    set_pin(browser)
    browser.tap("//summary[contains(., 'change the PIN')]")
    browser.wait_for("#new-pin")
    assert axe.violations(browser) == []


def test_after_a_restart_without_signal_the_passphrase_opens_cover_and_tablet_at_once(
    chromium: Engine, windows: Open, line: Line
) -> None:
    browser = windows(chromium, line=line)
    assert isinstance(browser, PlaywrightBrowser)
    pages.sign_in(browser, "officer1")
    set_pin(browser)
    browser.type("#new-passphrase", PASSPHRASE)
    browser.type("#again-passphrase", PASSPHRASE)
    browser.tap(words("Set the passphrase"))
    browser.wait_for("[data-passphrase-set]", "Set.")
    pages.wait_kept(browser)
    browser.tap(COVER)
    line.cut()
    tab = browser.new_tab()
    browser.page.close()
    tab.goto("/tablet")
    wait_covered(tab)
    wait_asked(tab, "Passphrase")
    uncover(tab, PASSPHRASE)
    wait_open(tab, "This tablet")
    tab.wait_for("[data-none]", "Nothing of yours is kept here")
    assert tab.text("[data-whose]").startswith("Opened for ")


def test_no_pin_can_be_read_or_guessed_from_what_lies_on_the_disk(
    chromium: Engine, windows: Open
) -> None:
    browser = windows(chromium)
    pages.sign_in(browser, "officer1")
    set_pin(browser)
    record = browser.evaluate("""(async () => {
      const opened = indexedDB.open("dash-forms");
      await new Promise((done) => { opened.onsuccess = done; });
      const all = opened.result.transaction("passphrases").objectStore("passphrases").getAll();
      await new Promise((done) => { all.onsuccess = done; });
      return all.result.map((each) => [Object.keys(each).sort(), Object.keys(each.pin).sort()]);
    })()""")
    assert record == [[["owner", "pin"], ["body", "nonce"]]]  # nothing to try a PIN against


def test_the_tablets_own_lock_opens_it_after_a_restart_without_signal(
    chromium: Engine, windows: Open, served_app: Served, line: Line
) -> None:
    browser = chromium.open(line.url.replace("127.0.0.1", "localhost"), Device())
    assert isinstance(browser, PlaywrightBrowser)
    authenticator = browser.context.new_cdp_session(browser.page)
    authenticator.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "hasPrf": True,
    }
    authenticator.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    pages.sign_in(browser, "officer1")
    browser.goto("/tablet")
    browser.tap(words("Use this tablet’s own lock"))
    browser.wait_for("[data-authenticator-set]", "In use.")
    pages.wait_kept(browser)
    line.cut()
    browser.goto("/tablet")
    browser.tap(words("Open with this tablet’s own lock"))
    browser.wait_for("[data-none]", "Nothing of yours is kept here")
    browser.goto("/tablet")
    browser.wait_for("[data-authenticate]")
    browser.tap(COVER)
    wait_asked(browser, "own lock")
    browser.tap(words("Go on"))
    wait_open(browser, "This tablet")
    browser.wait_for("[data-whose]", "Opened for ")
    browser.close()


def test_a_tablet_without_such_a_lock_says_so(engine: Engine, windows: Open) -> None:
    browser = windows(engine)
    pages.sign_in(browser, "officer1")
    browser.goto("/tablet")
    browser.tap(words("Use this tablet’s own lock"))
    browser.wait_for("[data-authenticator-set]", "a passphrase works on all of them")
