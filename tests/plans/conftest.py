"""What the tests of plans share: a repeat caller, and a plan of the north team's."""

from __future__ import annotations

from uuid import UUID

import pytest

from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.force import Force
from tests.support.plans import flagged, opened


@pytest.fixture
def person(store: Store, force: Force) -> UUID:
    """Somebody whose fourth call in a day was five hours ago."""
    return flagged(store, force)


@pytest.fixture
def plan(sergeant: StrictClient, force: Force, person: UUID) -> str:
    """The plan for them, which officer1 owns; its path."""
    return opened(sergeant, force, person)
