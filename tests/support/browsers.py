"""Three real browsers behind one small interface, so that each journey is written once.

Chromium and Firefox ESR are driven by Playwright (Firefox over WebDriver BiDi, so it is the
browser that people have and not a patched one), WebKitGTK by its own WebDriver on a virtual screen,
in windows that keep what they store on the disk (`webkit_window.py`).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser as PlaywrightProcess
from playwright.sync_api import BrowserContext, BrowserType, Locator, Page, Playwright, Route
from playwright.sync_api import Error as PlaywrightError
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Remote
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service
from urllib3.exceptions import HTTPError as UnansweredError

import dash_forms

PATIENCE = 30.0
SOURCES = Path(dash_forms.__file__).parent / "static" / "js"
TABLET = (820, 1180)
_WEBKIT_WINDOW = Path(__file__).with_name("webkit_window.py")
_WRITTEN_TO = ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
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
    room: int | None = None
    """How many bytes a site may store; what the browser itself decides if None."""


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
    def type_day(self, where: str, day: date) -> None:
        """Fill in a box for a day, as its browser takes it."""

    @abstractmethod
    def pick(self, where: str, option: str) -> None:
        """Choose what is listed with exactly these words."""

    @abstractmethod
    def attach(self, where: str, path: Path) -> None:
        """Choose a file."""

    @abstractmethod
    def texts(self, where: str) -> list[str]:
        """The text of every match, shown or hidden, with spaces evened out."""

    @abstractmethod
    def count(self, where: str) -> int: ...

    @abstractmethod
    def is_shown(self, where: str) -> bool:
        """Whether the first match is there and visible."""

    @abstractmethod
    def is_inert(self, where: str) -> bool:
        """Whether the page takes no tap there yet."""

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
    def new_tab(self) -> Browser:
        """Another page with the same cookies and the same store."""

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
        """Until something shown there contains `text`, and can be used."""

        def is_there() -> bool:
            if not self.is_shown(where) or text not in self.text(where):
                return False
            return not (self.device.scripts and self.is_inert(where))

        self.wait_until(
            is_there,
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
        there = self.text("main")[:300]
        raise AssertionError(f"waited in vain at {self.url} for {described}; there is {there!r}")


class Engine(ABC):
    """A kind of browser; it opens windows."""

    @abstractmethod
    def open(self, base_url: str, device: Device) -> Browser: ...

    @abstractmethod
    def open_profile(self, folder: Path, base_url: str) -> Browser:
        """A browser of its own that keeps what it stores in a folder."""

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

    def serve_sources(self) -> None:
        """Give each of our modules by itself, as it was written, under /source/."""

        def answer(route: Route) -> None:
            source = SOURCES / route.request.url.rpartition("/")[2]
            route.fulfill(body=source.read_text("utf-8"), content_type="text/javascript")

        self.context.route("**/source/*.mjs", answer)

    def new_tab(self) -> PlaywrightBrowser:
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
        box = self._at(where).first
        box.wait_for()
        if self.device.scripts:  # a person cannot type into what takes no tap yet
            self.wait_until(lambda: not self.is_inert(where), f"{where!r} to take what is typed")
        box.fill(text)

    def type_day(self, where: str, day: date) -> None:
        self.type(where, day.isoformat())

    def pick(self, where: str, option: str) -> None:
        self._at(where).first.select_option(label=option)

    def attach(self, where: str, path: Path) -> None:
        self._at(where).first.set_input_files(path)

    def texts(self, where: str) -> list[str]:
        return [" ".join(text.split()) for text in self._at(where).all_text_contents()]

    def count(self, where: str) -> int:
        return self._at(where).count()

    def is_shown(self, where: str) -> bool:
        return self._at(where).first.is_visible()

    def is_inert(self, where: str) -> bool:
        return bool(self._at(where).first.evaluate(_IS_INERT))

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
        self._settled(where).click(force=True, no_wait_after=True)

    def type(self, where: str, text: str) -> None:
        box = self._settled(where)
        box.click(force=True)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)
        self.wait_until(lambda: box.input_value() == text, f"{where!r} to hold {text!r}")

    def _settled(self, where: str) -> Locator:
        """A click goes to where a thing stands, and it moves until the styles are there."""
        thing = self._at(where).first
        thing.wait_for()
        self.wait_until(
            lambda: bool(self.page.evaluate("document.readyState === 'complete'")),
            "the page to be whole",
        )
        return thing


class Chromium(Engine):
    """The distribution's Chromium."""

    def __init__(self, playwright: Playwright) -> None:
        self._program = _program("chromium", "chromium-browser", "google-chrome")
        self._type: BrowserType = playwright.chromium
        self._process = self._type.launch(
            executable_path=self._program, args=list(_CHROMIUM_ARGUMENTS)
        )

    def open_profile(self, folder: Path, base_url: str) -> PlaywrightBrowser:
        width, height = TABLET
        context = self._type.launch_persistent_context(
            folder,
            executable_path=self._program,
            args=list(_CHROMIUM_ARGUMENTS),
            viewport={"width": width, "height": height},
            has_touch=True,
        )
        return PlaywrightBrowser(base_url, Device(), context)

    def open(self, base_url: str, device: Device) -> PlaywrightBrowser:
        browser = PlaywrightBrowser.in_(self._process, base_url, device)
        if device.room:
            limit = {"origin": base_url, "quotaSize": device.room}
            session = browser.context.new_cdp_session(browser.page)
            session.send("Storage.overrideQuotaForOrigin", limit)
        return browser

    def close(self) -> None:
        self._process.close()


class Firefox(Engine):
    """Firefox as it is installed. Scripts and room are settings of its whole process."""

    def __init__(self, playwright: Playwright) -> None:
        self._program = _program("firefox-esr", "firefox")
        self._type: BrowserType = playwright.firefox
        self._processes: dict[tuple[bool, int | None], PlaywrightProcess] = {}

    def _process(self, device: Device) -> PlaywrightProcess:
        kind = device.scripts, device.room
        if kind not in self._processes:
            settings: dict[str, bool | float | str] = {"javascript.enabled": device.scripts}
            if device.room:
                settings["dom.quotaManager.temporaryStorage.fixedLimit"] = device.room // 1024
            self._processes[kind] = self._type.launch(
                channel="moz-firefox",
                executable_path=self._program,
                firefox_user_prefs=settings,
            )
        return self._processes[kind]

    def open_profile(self, folder: Path, base_url: str) -> PlaywrightBrowser:
        width, height = TABLET
        context = self._type.launch_persistent_context(
            folder,
            channel="moz-firefox",
            executable_path=self._program,
            viewport={"width": width, "height": height},
        )
        return FirefoxBrowser(base_url, Device(), context)

    def open(self, base_url: str, device: Device) -> PlaywrightBrowser:
        kind = FirefoxBrowser if device.scripts else ScriptlessFirefox
        return kind.in_(self._process(device), base_url, device)

    def close(self) -> None:
        for process in self._processes.values():
            process.close()


_IS_INERT = "(element) => element.closest('[inert]') !== null"

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


class WebKitProcess:
    """A driver with its browser, and the window that it looks at."""

    def __init__(self, options: Options, service: Service) -> None:
        self._service = service
        service.start()
        config = ClientConfig(
            remote_server_addr=service.service_url,
            timeout=int(PATIENCE) + 15,
            init_args_for_pool_manager={"init_args_for_pool_manager": {"retries": False}},
        )
        try:
            self._driver = Remote(
                command_executor=RemoteConnection(client_config=config), options=options
            )
            # The browser is on this machine: a file to attach need not be sent to it first.
            self._driver.file_detector = UselessFileDetector()
            self._looked_at = self._driver.current_window_handle
        except BaseException:
            self._end()
            raise

    @property
    def first_window(self) -> str:
        return str(self._driver.window_handles[0])

    def open_window(self) -> str:
        self._driver.switch_to.new_window("tab")
        self._looked_at = self._driver.current_window_handle
        return self._looked_at

    def at(self, window: str) -> Remote:
        """The driver, looking at this window."""
        if window != self._looked_at:
            self._driver.switch_to.window(window)
            self._looked_at = window
        return self._driver

    def close(self) -> None:
        try:
            self._driver.quit()
        finally:
            self._end()

    def _end(self) -> None:
        """The driver may be past asking, and its browser with it."""
        os.killpg(self._service.process.pid, signal.SIGKILL)
        self._service.process.wait()
        self._service.stop()


class WebKitBrowser(Browser):
    """A window that WebKit's own driver drives."""

    def __init__(self, base_url: str, device: Device, process: WebKitProcess, window: str) -> None:
        super().__init__(base_url, device)
        self._process, self._window = process, window
        self.resize(*device.size)

    @property
    def _driver(self) -> Remote:
        return self._process.at(self._window)

    def new_tab(self) -> WebKitBrowser:
        window = self._process.open_window()
        return WebKitBrowser(self.base_url, self.device, self._process, window)

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
        def is_tapped() -> bool:
            """The page may draw it anew under the finger; the other drivers look again too."""
            target = self._first(where)
            # Its driver taps the middle of the element even where the bottom bar covers that.
            self._driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", target)
            # A card that has just slid in takes no tap yet.
            if self.is_inert(where):
                return False
            target.click()
            return True

        self.wait_until(is_tapped, f"{where!r} to take a tap")

    def type(self, where: str, text: str) -> None:
        box = self._first(where)
        self.wait_until(lambda: not self.is_inert(where), f"{where!r} to take what is typed")
        box.clear()
        box.send_keys(text)

    def type_day(self, where: str, day: date) -> None:
        """Its parts are typed one by one, in the order of the browser's language: America's."""
        self._first(where).send_keys(f"{day:%m-%d-%Y}")

    def pick(self, where: str, option: str) -> None:
        Select(self._first(where)).select_by_visible_text(option)

    def attach(self, where: str, path: Path) -> None:
        self._first(where).send_keys(str(path))

    def texts(self, where: str) -> list[str]:
        return [" ".join(t.split()) for t in self._ask(where, "found.map((e) => e.textContent)")]

    def count(self, where: str) -> int:
        return int(self._ask(where, "found.length"))

    def is_shown(self, where: str) -> bool:
        return bool(self._ask(where, "isShown(found[0])"))

    def is_inert(self, where: str) -> bool:
        return bool(self._ask(where, f"({_IS_INERT})(found[0])"))

    def is_checked(self, where: str) -> bool:
        return bool(self._ask(where, "found[0].checked"))

    def press(self, key: str) -> None:
        pressed = "".join(getattr(Keys, each.upper(), each) for each in key.split("+"))
        self._driver.switch_to.active_element.send_keys(pressed)

    def evaluate(self, expression: str) -> Any:
        return self._driver.execute_script(f"return ({expression})")

    def resize(self, width: int, height: int) -> None:
        self._driver.set_window_size(width, height)

    def screenshot(self, path: Path) -> None:
        self._driver.save_screenshot(str(path))

    def clear_cookies(self) -> None:
        """What is answered meanwhile may set one again."""

        def is_clear() -> bool:
            self._driver.delete_all_cookies()
            time.sleep(0.2)
            return not self._driver.get_cookies()

        self.wait_until(is_clear, "no cookies")

    def close(self) -> None:
        self._process.close()


class WebKit(Engine):
    """WebKitGTK on a virtual screen."""

    def __init__(self) -> None:
        self._driver = _program("WebKitWebDriver")
        self._library = str(_newest("/usr/lib/*/libwebkit2gtk-4.?.so.*"))
        self._homes = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
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
        # Two at once would share the store on the disk, and each wait for the other's lock.
        folder = Path(self._homes.name) / f"{time.monotonic_ns()}"
        return self._open(folder, base_url, device)

    def open_profile(self, folder: Path, base_url: str) -> WebKitBrowser:
        return self._open(folder, base_url, Device())

    def _open(self, folder: Path, base_url: str, device: Device) -> WebKitBrowser:
        try:
            process = self._started(folder, device)
        except (WebDriverException, UnansweredError):
            # Driver and browser meet at a port that was free a moment before. Where anything else
            # has taken it since, or the browser has died, the driver waits for ever. Once may be.
            process = self._started(folder, device)
        return WebKitBrowser(base_url, device, process, process.first_window)

    def _started(self, folder: Path, device: Device) -> WebKitProcess:
        folder.mkdir(exist_ok=True)
        options = Options()
        options.binary_location = sys.executable
        options.add_argument(str(_WEBKIT_WINDOW))
        options.add_argument(self._library)
        options.add_argument(str(folder))
        if not device.scripts:
            options.add_argument("--without-scripts")
        if device.room:
            share = device.room / shutil.disk_usage(folder).total
            options.add_argument(f"--share-of-disk={share}")
        # Its driver would give a page five minutes; and nothing bounds the wait for the driver.
        options.timeouts = {"pageLoad": int(PATIENCE * 1000)}
        environment = {**os.environ, "DISPLAY": self._display, "NO_AT_BRIDGE": "1"}
        environment |= {name: str(folder) for name in _WRITTEN_TO}
        service = Service(self._driver, env=environment, popen_kw={"start_new_session": True})
        return WebKitProcess(options, service)

    def close(self) -> None:
        self._screen.terminate()
        self._screen.communicate()
        self._homes.cleanup()


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
