"""The specialist's browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.cases import approve, submitted
from tests.support.client import StrictClient


@pytest.fixture
def specialist(as_: Callable[[str], StrictClient]) -> StrictClient:
    """specialist1, who works for the whole force."""
    return as_("specialist1")


@pytest.fixture
def high(officer: StrictClient, sergeant: StrictClient) -> str:
    """An assessment that was approved as high risk; its path."""
    return approve(sergeant, submitted(officer, grade="high"))
