"""What the tests of the reports share: a ledger in which to write pairs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dash_forms.store.work import Store
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient
from tests.support.force import Force


@pytest.fixture
def ledger(store: Store, force: Force) -> Ledger:
    """The pairs of an empty force of two teams, North and South."""
    return Ledger(store, force)


@pytest.fixture
def inspector(as_: Callable[[str], StrictClient]) -> StrictClient:
    return as_("inspector1")
