"""How long an officer waits on a slow tablet, beside the same page as a plain form.

Run with `python -m tests.benchmarks.bench_tablet`. Chromium runs with a quarter of its processor.
It prints and never fails: times on a shared machine are for people to read.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

import click
from playwright.sync_api import sync_playwright

from dash_forms.domain.instruments import instrument
from tests.browser import pages
from tests.browser.test_no_signal import PASSPHRASE, set_passphrase
from tests.browser.test_soak import new_cases
from tests.support.browsers import Chromium, Device, PlaywrightBrowser
from tests.support.client import StrictClient
from tests.support.force import new_assessment, operation
from tests.support.server import Line, Served, served

SLOWER = 4
TAPS = 50
CASES = 100

UNLOCKED = """async (passphrase) => {
  document.querySelector("#passphrase").value = passphrase;
  const started = performance.now();
  document.querySelector("#passphrase").form.requestSubmit();
  const isShown = () => document.querySelector("#q1")?.checkVisibility();
  while (!isShown()) await new Promise(requestAnimationFrame);
  return performance.now() - started;
}"""
TAPPED = """async ([count, words]) => {
  const took = [];
  for (let at = 0; at < count; at += 1) {
    const item = at % 27 + 1;
    const mark = document.querySelector(`#q${item} .app-saved`);
    const isMarked = () => mark.textContent.startsWith(words);
    mark.textContent = "";
    const marked = new Promise((resolve) => {
      const look = () => { if (isMarked()) resolve(performance.now()); };
      new MutationObserver(look).observe(mark, { childList: true });
    });
    const started = performance.now();
    document.querySelector(`#q${item}-${at < 27 ? "not_asked" : "dont_know"}`).click();
    took.push(await marked - started);
  }
  return took;
}"""
FILLED = """async ([owner, cases]) => {
  const { Tablet } = await import("/source/tablet.mjs");
  const tablet = new Tablet({ owner });
  if (!await tablet.connect()) throw new Error("not connected");
  for (const [path, operations] of cases) {
    const kase = { path, state: "draft", incident: "", whose: "", cards: {}, forms: {} };
    if (!await tablet.keep(operations, kase)) throw new Error("not kept");
  }
}"""
LEFT = """(async () => {
  const opened = indexedDB.open("dash-forms");
  await new Promise((done) => { opened.onsuccess = done; });
  const counted = opened.result.transaction("operations").objectStore("operations").count();
  await new Promise((done) => { counted.onsuccess = done; });
  opened.result.close();
  return counted.result;
})()"""


def slowed(browser: PlaywrightBrowser, rate: float = SLOWER) -> None:
    session = browser.context.new_cdp_session(browser.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})


def timed(act: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def both(took: list[float]) -> str:
    return f"{median(took):.0f} ms, 95th centile {quantiles(took, n=20)[-1]:.0f} ms"


class Bench:
    """A tablet behind a line, and one beside it that runs no scripts."""

    def __init__(self, chromium: Chromium, server: Served, line: Line) -> None:
        self.server, self.line = server, line
        self.path = new_assessment(server.client("officer1"))
        self.tablet = chromium.open(line.url, Device())
        pages.sign_in(self.tablet, "officer1")
        set_passphrase(self.tablet)
        self.tablet.goto(self.path)
        pages.wait_kept(self.tablet)
        self.plain = chromium.open(server.url, Device(scripts=False))
        pages.sign_in(self.plain, "officer1", scripts=False)
        for each in (self.tablet, self.plain):
            slowed(each)

    def start(self) -> tuple[str, str]:
        self.tablet.tap("#q1-no")
        self.tablet.wait_for("[data-status]", "Saved on the server")
        self.line.cut()
        shown, opened = [], []
        for _ in range(5):
            self.tablet.goto(self.path)
            self.tablet.page.wait_for_selector("#passphrase", state="visible")
            shown.append(self.tablet.evaluate("performance.now()"))
            opened.append(self.tablet.page.evaluate(UNLOCKED.replace("#q1", "#q2"), PASSPHRASE))
        plain = [timed(lambda: self.plain.goto(self.path)) for _ in range(5)]
        tablet = f"{median(shown):.0f} ms to the lock, {median(opened):.0f} ms from the passphrase"
        return tablet, f"{median(plain):.0f} ms, with signal"

    def taps(self) -> tuple[str, str]:
        took = self.tablet.page.evaluate(TAPPED, [TAPS, "Saved on this tablet"])
        self.plain.goto(self.path)

        def save() -> None:
            self.plain.tap(".app-section__save button")
            self.plain.page.wait_for_load_state("load")

        return both(took), f"{both([timed(save) for _ in range(TAPS)])}, with signal"

    def taps_with_signal(self) -> tuple[str, str]:
        self.line.mend()
        self.tablet.goto(new_assessment(self.server.client("officer1")))
        self.tablet.wait_for("html.app-scripted")
        return both(self.tablet.page.evaluate(TAPPED, [TAPS, "Saved "])), ""

    def replay(self) -> tuple[str, str]:
        client = self.server.client("officer1")
        made = new_cases(client, self.server.force.teams["north"], 2 * CASES)
        of_tablet, of_form = made[:CASES], made[CASES:]
        self.tablet.serve_sources()
        owner = str(self.server.force.actors["officer1"].id)
        cases = [
            (
                f"/assessments/{each}",
                [operation(each, item, "no") for item in range(1, 28)],
            )
            for each in of_tablet
        ]
        slowed(self.tablet, 1)
        self.tablet.goto("/incidents")
        self.tablet.page.evaluate(FILLED, [owner, cases])
        slowed(self.tablet)

        def delivered() -> None:
            self.tablet.goto("/incidents")
            self.tablet.wait_until(lambda: self.tablet.evaluate(LEFT) == 0, "all", patience=600)

        took = timed(delivered)
        posts = [post for each in of_form for post in forms_of(client, each)]
        cookie = client.get_cookie("dash")
        assert cookie is not None
        headers = {
            "Cookie": f"dash={cookie.value}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection = HTTPConnection("127.0.0.1", self.server.port)

        def post_all() -> None:
            for path, body in posts:
                connection.request("POST", path, body, headers)
                response = connection.getresponse()
                response.read()
                assert response.status == 303, (path, response.status)

        form = timed(post_all)
        return (
            f"{took / 1000:.1f} s",
            f"{form / 1000:.1f} s for {len(posts)} bare posts, no browser",
        )


def forms_of(client: StrictClient, assessment: str) -> Iterator[tuple[str, str]]:
    """The plain form of each section with every topic answered: address and body."""
    page = client.page(f"/assessments/{assessment}")
    asked = instrument("dash-27", 1)
    for section in asked.sections:
        form = page.form(f"/sections/{section.id}")
        items = [item.number for item in asked.items if item.section == section.id]
        filled = form.filled(**{f"q{number}-value": "no" for number in items})
        yield form.action, urlencode(filled, doseq=True)


@click.command()
def main() -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        with served(url, Path(folder)) as server:
            line, chromium = Line(server.port), Chromium(playwright)
            bench = Bench(chromium, server, line)
            rows = {
                "Start without signal, to the first open card": bench.start,
                f"A tap, to “Saved on this tablet” ({TAPS} of them)": bench.taps,
                f"A tap, to “Saved” on the server ({TAPS} of them)": bench.taps_with_signal,
                f"{CASES} assessments of 27 answers, once the line is back": bench.replay,
            }
            for what, measure in rows.items():
                tablet, form = measure()
                click.echo(f"| {what} | {tablet} | {form} |")
            chromium.close()
            line.close()


if __name__ == "__main__":
    main()
