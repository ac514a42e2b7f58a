"""What the tests of calls share: imports of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from uuid import UUID

import pytest

from dash_forms.store.work import Store
from tests.support import calls
from tests.support.calls import Row
from tests.support.force import Force

Import = Callable[[Iterable[Row]], UUID]


@pytest.fixture
def put(store: Store, force: Force) -> Import:
    """Keep rows for an import; nothing is taken in yet."""
    return partial(calls.put, store, force)


@pytest.fixture
def taken(store: Store, force: Force) -> Import:
    """Import rows to the end."""
    return partial(calls.take_in, store, force)
