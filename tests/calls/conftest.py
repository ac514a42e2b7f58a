"""What the tests of calls share: a log to write rows in, and imports of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from uuid import UUID

import pytest

from dash_forms.calls.importing import import_part, put_by
from dash_forms.store.work import Store
from tests.support.force import Force

Row = dict[str, str]
Import = Callable[[Iterable[Row]], UUID]
COLUMNS = ("reference", "called_at", "phone", "name", "born_on", "address", "duplicate_of")


def written(rows: Iterable[Row]) -> str:
    """The rows as a file."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


@pytest.fixture
def put(store: Store, force: Force) -> Import:
    """Keep rows for an import; nothing is taken in yet."""

    def put_them_by(rows: Iterable[Row]) -> UUID:
        with store.work(writes=True, actor=force.actors["control1"]) as work:
            return put_by(work, "log.csv", io.StringIO(written(rows), newline=""))

    return put_them_by


@pytest.fixture
def taken(store: Store, force: Force, put: Import) -> Import:
    """Import rows to the end."""

    def take(rows: Iterable[Row]) -> UUID:
        import_id = put(rows)
        more = True
        while more:
            with store.work(writes=True, actor=force.actors["control1"]) as work:
                more = import_part(work, import_id)
        return import_id

    return take
