"""The browsers' own drivers: one that does not come up is started once more, and no oftener."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.common.exceptions import WebDriverException

from tests.support.browsers import Device, Engine, WebKit

pytestmark = pytest.mark.browser


@pytest.fixture
def failing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine_named: Callable[[str], Engine]
) -> Callable[[int], None]:
    """Let WebKit's driver end at once so many times before it starts."""
    engine_named("webkit")  # or skip the test
    real = shutil.which("WebKitWebDriver")

    def fail(times: int) -> None:
        turns = " ".join(str(tmp_path / f"turn{n}") for n in range(times))
        stand_in = tmp_path / "WebKitWebDriver"
        stand_in.write_text(
            f'#!/bin/sh\nfor turn in {turns}; do mkdir "$turn" && exit 1; done\nexec {real} "$@"\n'
        )
        stand_in.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return fail


def test_a_driver_that_does_not_come_up_is_started_once_more(
    failing: Callable[[int], None],
) -> None:
    failing(1)
    engine = WebKit()
    window = engine.open("data:text/html,<p>Here it is", Device())
    window.goto("")
    assert window.text("p") == "Here it is"
    window.close()
    engine.close()


def test_a_driver_that_does_not_come_up_twice_is_a_failure(failing: Callable[[int], None]) -> None:
    failing(2)
    engine = WebKit()
    with pytest.raises(WebDriverException, match="unexpectedly exited"):
        engine.open("data:text/html,", Device())
    engine.close()
