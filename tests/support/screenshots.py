"""Takes the README's pictures from a running demo: `python -m tests.support.screenshots URL`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from dash_forms.demo.force import PASSWORD

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
PORTRAIT, LANDSCAPE = (820, 1180), (1180, 820)


def main(url: str) -> None:
    """Write every picture that the README shows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        _card(browser, url, "card-light", PORTRAIT, "light")
        _card(browser, url, "card-dark", LANDSCAPE, "dark")
        page = _signed_in(browser, url, "sergeant1", PORTRAIT, "light")
        page.goto(f"{url}/reports")
        page.screenshot(path=FOLDER / "report-light.png")


def _card(browser: Browser, url: str, name: str, size: tuple[int, int], scheme: str) -> None:
    page = _signed_in(browser, url, "officer1", size, scheme)
    page.locator(".app-list__item", has_text="topics done").first.get_by_role(
        "link", name="Continue"
    ).click()
    page.wait_for_selector(".app-scripted")
    page.locator("[data-chip='8']").click()
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / f"{name}.png")


def _signed_in(
    browser: Browser, url: str, username: str, size: tuple[int, int], scheme: str
) -> Page:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        has_touch=True,
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    return page


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
