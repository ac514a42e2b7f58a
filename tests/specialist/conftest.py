"""Records that come to the specialist."""

from __future__ import annotations

import pytest

from tests.support.cases import approve, submitted
from tests.support.client import StrictClient


@pytest.fixture
def high(officer: StrictClient, sergeant: StrictClient) -> str:
    """An assessment that was approved as high risk; its path."""
    return approve(sergeant, submitted(officer, grade="high"))
