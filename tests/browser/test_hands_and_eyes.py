"""Targets that a thumb hits, and a focus that an eye finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser import pages
from tests.support.browsers import Browser, Engine, PlaywrightBrowser, words
from tests.support.force import new_assessment
from tests.support.server import Served

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]
LEAST = 48
SIZES = ((320, 640), (820, 1180), (1400, 900))

# What is shown of a selector, and is smaller than a thumb: [name, width, height].
_SMALL = """[...document.querySelectorAll('%s')].map((e) => [e, e.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < %d || box.height < %d))
  .map(([e, box]) => [e.id || e.textContent, box.width, box.height])"""

# Words of the bottom bar that are broken in two.
_BROKEN = """[...document.querySelectorAll('.app-bar__row > *')].flatMap(({ firstChild: text }) => (
  [...text.data.matchAll(/\\S+/g)].filter(({ 0: word, index }) => {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    return range.getClientRects().length > 1;
  }).map(([word]) => word)))"""


def small(browser: Browser, where: str) -> list[object]:
    found: list[object] = browser.evaluate(_SMALL % (where, LEAST, LEAST))
    return found


def test_answers_are_large_enough_to_tap(engine: Engine, windows: Open, served_app: Served) -> None:
    browser = windows(engine)
    pages.sign_in(browser, "officer1")
    browser.goto(new_assessment(served_app.client("officer1")))
    browser.wait_for("#q1")
    assert browser.count(".app-answers input") == 27 * 6
    for size in SIZES:
        browser.resize(*size)
        assert small(browser, ".app-answers input") == []
        assert small(browser, ".app-source__item") == []
        assert small(browser, ".app-bar .govuk-button") == []
        assert browser.evaluate(_BROKEN) == []


def test_what_says_that_it_is_saved_is_never_behind_what_covers_the_page(
    engine: Engine, windows: Open, served_app: Served
) -> None:
    browser = windows(engine)
    pages.sign_in(browser, "officer1")
    browser.goto(new_assessment(served_app.client("officer1")))
    cards = pages.Cards(browser)
    cards.wait_shown(1)
    cards.answer(1, "no")
    cards.wait_shown(2)
    cards.go_to(1)
    sides = (
        "['#q1 .app-saved', '[data-cover]'].map((each) => document.querySelector(each)"
        ".getBoundingClientRect().toJSON())"
    )
    for size in SIZES:
        browser.resize(*size)
        mark, cover = (browser.evaluate(f"{sides}[{each}]") for each in (0, 1))
        assert 0 < mark["right"] < cover["left"], size


@pytest.mark.parametrize("who", ["sergeant1", "inspector1"])
def test_every_place_of_the_header_is_on_one_line_of_an_upright_tablet(
    engine: Engine, windows: Open, who: str
) -> None:
    browser = windows(engine)
    pages.sign_in(browser, who)
    browser.goto("/alleged-perpetrators")
    browser.evaluate(
        "document.querySelectorAll('.app-nav__count').forEach((e) => { e.textContent = '12'; })"
    )
    tops = "[...document.querySelectorAll('.app-nav li')].map((e) => e.getBoundingClientRect().top)"
    for size in SIZES[1:]:
        browser.resize(*size)
        assert len(set(browser.evaluate(tops))) == 1, size


def test_no_answer_is_chosen_before_it_is_given(
    engine: Engine, windows: Open, served_app: Served
) -> None:
    browser = windows(engine)
    pages.sign_in(browser, "officer1")
    path = new_assessment(served_app.client("officer1"))
    browser.goto(path)
    browser.wait_for("#q1")
    assert browser.count(".app-answers :checked") == 0
    browser.goto(f"{path}/decline")
    browser.wait_for("input[name=primary]")
    assert browser.count("main :checked") == 0
    browser.goto(f"{path}/finish")
    browser.wait_for("input[name=grade]")
    assert browser.count("input[name=grade]:checked") == 0


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_refused_form_opens_at_what_is_to_be_put_right(
    engine: Engine, windows: Open, scripts: bool
) -> None:
    browser = windows(engine, scripts=scripts)
    pages.sign_in(browser, "officer1", scripts=scripts)
    browser.goto("/find")
    browser.type("#surname", "Marlow")
    browser.tap(words("Find the person"))
    browser.wait_for(".govuk-error-summary:focus", "Enter the given name, too")
    assert browser.texts("title") == ["Error: Find – Dash forms"]


# What has the focus, with its label and a margin: a ring is drawn around it.
_FOCUSED = """(() => {
  const e = document.activeElement;
  if (e === document.body || e === null) return null;
  const label = e.labels?.[0] ?? e;
  e.scrollIntoView({ block: 'center' });
  const boxes = [e, label].map((each) => each.getBoundingClientRect());
  const left = Math.max(0, Math.min(...boxes.map((box) => box.left)) - 8);
  const top = Math.max(0, Math.min(...boxes.map((box) => box.top)) - 8);
  return {
    name: e.outerHTML.slice(0, 120),
    x: left, y: top,
    width: Math.max(...boxes.map((box) => box.right)) + 8 - left,
    height: Math.max(...boxes.map((box) => box.bottom)) + 8 - top,
  };
})()"""


@pytest.mark.parametrize(
    "way",
    [
        ("/sign-in", "body"),
        ("{assessment}", "body"),
        ("{assessment}", "#q1"),
        ("{assessment}/decline", "main"),
    ],
    ids=["sign-in", "overview", "card", "decline"],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_is_always_visible(
    chromium: Engine, windows: Open, served_app: Served, way: tuple[str, str], scheme: str
) -> None:
    """Everything that Tab reaches looks different while it has the focus."""
    browser = windows(chromium)
    assert isinstance(browser, PlaywrightBrowser)
    path, start = way
    browser.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    if path != "/sign-in":
        pages.sign_in(browser, "officer1")
    browser.goto(path.format(assessment=new_assessment(served_app.client("officer1"))))
    browser.evaluate(f"document.querySelector('{start}').focus()")
    reached, unseen = 0, []
    for _ in range(12):
        browser.press("Tab")
        focused = browser.evaluate(_FOCUSED)
        if focused is None:
            break
        name = focused.pop("name")
        with_focus = browser.page.screenshot(clip=focused, animations="disabled")
        browser.evaluate("(window.focused = document.activeElement).blur()")
        without = browser.page.screenshot(clip=focused, animations="disabled")
        browser.evaluate("window.focused.focus()")
        reached += 1
        if with_focus == without:
            unseen.append(name)
    assert reached >= 3
    assert unseen == []
