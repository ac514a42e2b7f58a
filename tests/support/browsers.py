"""Three real browsers behind one small interface, so that each journey is written once.

Chromium and Firefox ESR are driven by Playwright (Firefox over WebDriver BiDi, so it is the
browser that people have and not a patched one), WebKitGTK by its own WebDriver on a virtual screen.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser as PlaywrightProcess
from playwright.sync_api import BrowserContext, BrowserType, Locator, Page, Playwright
from playwright.sync_api import Error as PlaywrightError
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Remote
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

PATIENCE = 30.0
TABLET = (820, 1180)
_CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class BrowserMissingError(RuntimeError):
    """The browser is not installed on this machine."""


@dataclass(frozen=True)
class Device:
    """What the browser runs on and how it is set."""

    size: tuple[int, int] = TABLET
    scripts: bool = True


def words(text: str) -> str:
    """The link or button that says exactly this. (An address, as `where` below takes it.)"""
    return f'//*[self::a or self::button][normalize-space()="{text}"]'


class Browser(ABC):
    """One window with cookies of its own. `where` is a CSS selector, or an XPath from `//`."""

    def __init__(self, base_url: str, device: Device) -> None:
        self.base_url = base_url
        self.device = device

    @abstractmethod
    def _open(self, url: str) -> None: ...

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def tap(self, where: str) -> None: ...

    @abstractmethod
    def type(self, where: str, text: str) -> None:
        """Replace what the box holds."""

    @abstractmethod
    def texts(self, where: str) -> list[str]:
        """The text of every match, shown or hidden, with spaces evened out."""

    @abstractmethod
    def count(self, where: str) -> int: ...

    @abstractmethod
    def is_shown(self, where: str) -> bool:
        """Whether the first match is there and visible."""

    @abstractmethod
    def is_checked(self, where: str) -> bool: ...

    @abstractmethod
    def press(self, key: str) -> None: ...

    @abstractmethod
    def evaluate(self, expression: str) -> Any: ...

    @abstractmethod
    def resize(self, width: int, height: int) -> None: ...

    @abstractmethod
    def screenshot(self, path: Path) -> None: ...

    @abstractmethod
    def clear_cookies(self) -> None: ...

    @abstractmethod
    def close(self) -> None: ...

    def goto(self, path: str) -> None:
        self._open(self.base_url + path)

    @property
    def path(self) -> str:
        return self.url.removeprefix(self.base_url)

    def text(self, where: str) -> str:
        """The text of the first match; empty if there is none."""
        return next(iter(self.texts(where)), "")

    def wait_for(self, where: str, text: str = "") -> None:
        """Until something shown there contains `text`."""
        self.wait_until(
            lambda: self.is_shown(where) and text in self.text(where),
            lambda: f"{where!r} with {text!r}; it says {self.text(where)[:200]!r}",
        )

    def wait_until(
        self, is_so: Callable[[], bool], wanted: Callable[[], str] | str, *, patience: float = 0
    ) -> None:
        """Look again and again; a page that is just changing under the look is no answer."""
        until = time.monotonic() + (patience or PATIENCE)
        while time.monotonic() < until:
            with suppress(PlaywrightError, WebDriverException):
                if is_so():
                    return
            time.sleep(0.03)
        described = wanted if isinstance(wanted, str) else wanted()
        raise AssertionError(f"waited in vain at {self.url} for {described}")


class Engine(ABC):
    """A kind of browser; it opens windows."""

    @abstractmethod
    def open(self, base_url: str, device: Device) -> Browser: ...

    @abstractmethod
    def close(self) -> None: ...


class PlaywrightBrowser(Browser):
    """A window that Playwright drives."""

    def __init__(self, base_url: str, device: Device, context: BrowserContext) -> None:
        super().__init__(base_url, device)
        self.context = context
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page: Page = self.context.new_page()

    @classmethod
    def in_(cls, process: PlaywrightProcess, base_url: str, device: Device) -> Self:
        width, height = device.size
        context = process.new_context(
            viewport={"width": width, "height": height},
            has_touch=True,
            java_script_enabled=device.scripts,
        )
        return cls(base_url, device, context)

    def new_tab(self) -> PlaywrightBrowser:
        """Another page with the same cookies."""
        return type(self)(self.base_url, self.device, self.context)

    def _at(self, where: str) -> Locator:
        return self.page.locator(f"xpath={where}" if where.startswith("//") else where)

    def _open(self, url: str) -> None:
        self.page.goto(url)

    @property
    def url(self) -> str:
        return self.page.url

    def tap(self, where: str) -> None:
        self._at(where).first.tap()

    def type(self, where: str, text: str) -> None:
        self._at(where).first.fill(text)

    def texts(self, where: str) -> list[str]:
        return [" ".join(text.split()) for text in self._at(where).all_text_contents()]

    def count(self, where: str) -> int:
        return self._at(where).count()

    def is_shown(self, where: str) -> bool:
        return self._at(where).first.is_visible()

    def is_checked(self, where: str) -> bool:
        return self._at(where).first.is_checked()

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def evaluate(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def screenshot(self, path: Path) -> None:
        self.page.screenshot(path=path, full_page=True)

    def clear_cookies(self) -> None:
        self.context.clear_cookies()

    def close(self) -> None:
        self.context.close()


class FirefoxBrowser(PlaywrightBrowser):
    """WebDriver BiDi gives Firefox on a desktop no touch screen, so a tap is a click."""

    def tap(self, where: str) -> None:
        self._at(where).first.click()


class ScriptlessFirefox(PlaywrightBrowser):
    """Playwright waits for animation frames, which Firefox without scripts never gives it."""

    def tap(self, where: str) -> None:
        self._at(where).first.click(force=True, no_wait_after=True)

    def type(self, where: str, text: str) -> None:
        self._at(where).first.click(force=True)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)


class Chromium(Engine):
    """The distribution's Chromium."""

    def __init__(self, playwright: Playwright) -> None:
        program = _program("chromium", "chromium-browser", "google-chrome")
        self._process = playwright.chromium.launch(
            executable_path=program, args=list(_CHROMIUM_ARGUMENTS)
        )

    def open(self, base_url: str, device: Device) -> PlaywrightBrowser:
        return PlaywrightBrowser.in_(self._process, base_url, device)

    def close(self) -> None:
        self._process.close()


class Firefox(Engine):
    """Firefox as it is installed. Scripts are a setting of its whole process."""

    def __init__(self, playwright: Playwright) -> None:
        self._program = _program("firefox-esr", "firefox")
        self._type: BrowserType = playwright.firefox
        self._processes: dict[bool, PlaywrightProcess] = {}

    def _process(self, scripts: bool) -> PlaywrightProcess:
        if scripts not in self._processes:
            self._processes[scripts] = self._type.launch(
                channel="moz-firefox",
                executable_path=self._program,
                firefox_user_prefs={"javascript.enabled": scripts},
            )
        return self._processes[scripts]

    def open(self, base_url: str, device: Device) -> PlaywrightBrowser:
        kind = FirefoxBrowser if device.scripts else ScriptlessFirefox
        return kind.in_(self._process(device.scripts), base_url, device)

    def close(self) -> None:
        for process in self._processes.values():
            process.close()


# Gives what `where` finds. A large button whose input is transparent is there for a person.
_FIND = """
const find = (where) => {
  if (!where.startsWith("//")) return [...document.querySelectorAll(where)];
  const kind = XPathResult.ORDERED_NODE_SNAPSHOT_TYPE;
  const found = document.evaluate(where, document, null, kind, null);
  return Array.from({ length: found.snapshotLength }, (_, at) => found.snapshotItem(at));
};
const isShown = (element) => element?.checkVisibility({ visibilityProperty: true }) ?? false;
const found = find(arguments[0]);
"""


class WebKitBrowser(Browser):
    """A window that WebKit's own driver drives."""

    def __init__(self, base_url: str, device: Device, *, program: str, service: Service) -> None:
        super().__init__(base_url, device)
        options = Options()
        options.binary_location = program
        options.add_argument("--automation")
        if not device.scripts:
            options.add_argument("--enable-javascript=false")
        self._service = service
        service.start()
        connection = RemoteConnection(
            client_config=ClientConfig(remote_server_addr=service.service_url)
        )
        self._driver = Remote(command_executor=connection, options=options)
        self.resize(*device.size)

    def _ask(self, where: str, question: str) -> Any:
        return self._driver.execute_script(f"{_FIND} return {question};", where)

    def _first(self, where: str) -> WebElement:
        self.wait_until(lambda: self.is_shown(where), f"{where!r} to be shown")
        element: WebElement = self._ask(where, "found[0]")
        return element

    def _open(self, url: str) -> None:
        self._driver.get(url)

    @property
    def url(self) -> str:
        return str(self._driver.current_url)

    def tap(self, where: str) -> None:
        target = self._first(where)
        # Its driver taps the middle of the element even where the bottom bar covers that.
        self._driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", target)
        # A card that has just slid in takes no tap yet; the other drivers wait for that themselves.
        self.wait_until(
            lambda: (
                not self._driver.execute_script(
                    "return arguments[0].closest('[inert]') !== null", target
                )
            ),
            f"{where!r} to take a tap",
        )
        target.click()

    def type(self, where: str, text: str) -> None:
        box = self._first(where)
        box.clear()
        box.send_keys(text)

    def texts(self, where: str) -> list[str]:
        return [" ".join(t.split()) for t in self._ask(where, "found.map((e) => e.textContent)")]

    def count(self, where: str) -> int:
        return int(self._ask(where, "found.length"))

    def is_shown(self, where: str) -> bool:
        return bool(self._ask(where, "isShown(found[0])"))

    def is_checked(self, where: str) -> bool:
        return bool(self._ask(where, "found[0].checked"))

    def press(self, key: str) -> None:
        self._driver.switch_to.active_element.send_keys(getattr(Keys, key.upper(), key))

    def evaluate(self, expression: str) -> Any:
        return self._driver.execute_script(f"return ({expression})")

    def resize(self, width: int, height: int) -> None:
        self._driver.set_window_size(width, height)

    def screenshot(self, path: Path) -> None:
        self._driver.save_screenshot(str(path))

    def clear_cookies(self) -> None:
        self._driver.delete_all_cookies()

    def close(self) -> None:
        self._driver.quit()
        self._service.stop()


class WebKit(Engine):
    """WebKitGTK's MiniBrowser, on a virtual screen."""

    def __init__(self) -> None:
        self._driver = _program("WebKitWebDriver")
        self._program = str(_newest("/usr/lib/*/webkit2gtk-4.*/MiniBrowser"))
        self._screen = subprocess.Popen(
            [
                _program("Xvfb"),
                *("-displayfd", "1", "-screen", "0", "1600x1300x24", "-nolisten", "tcp"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._screen.stdout is not None
        self._display = f":{self._screen.stdout.readline().strip()}"

    def open(self, base_url: str, device: Device) -> WebKitBrowser:
        environment = {**os.environ, "DISPLAY": self._display, "NO_AT_BRIDGE": "1"}
        service = Service(self._driver, env=environment)
        return WebKitBrowser(base_url, device, program=self._program, service=service)

    def close(self) -> None:
        self._screen.terminate()
        self._screen.communicate()


def _program(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise BrowserMissingError(f"none of these is installed: {', '.join(names)}")


def _newest(pattern: str) -> Path:
    found = sorted(Path("/").glob(pattern.removeprefix("/")))
    if not found:
        raise BrowserMissingError(f"there is no {pattern}")
    return found[-1]


def numbers_in(text: str) -> list[int]:
    """Every whole number in a text, thousands commas read."""
    return [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)]
