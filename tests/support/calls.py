"""Call logs for the tests: rows as people write them, and their import to the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from dash_forms.calls.importing import KIND, put_by
from dash_forms.domain.logs import Log
from dash_forms.store.job_runner import Runner
from dash_forms.store.models import CallerMatch
from dash_forms.store.work import Store
from tests.support.force import Force

Row = dict[str, str]
COLUMNS = (
    "reference",
    "called_at",
    "phone",
    "name",
    "born_on",
    "address",
    "duplicate_of",
    "channel",
)


def written(rows: Iterable[Row]) -> str:
    """The rows as a file."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def calls_of(name: str, hours_ago: Iterable[float], phone: str = "07700 900001") -> list[Row]:
    """Rows of one caller, so many hours before now."""
    now = datetime.now(UTC)
    return [
        {
            "reference": f"{name[:3]}-{phone[-1]}-{at}",
            "called_at": (now - timedelta(hours=ago)).isoformat(),
            "phone": phone,
            "name": name,
            "born_on": "1990-01-31",
        }
        for at, ago in enumerate(hours_ago)
    ]


def put(store: Store, force: Force, rows: Iterable[Row]) -> UUID:
    """Keep rows for an import; nothing is taken in yet."""
    with store.work(writes=True, actor=force.actors["control1"]) as work:
        return put_by(work, Log.CALLS, "log.csv", io.StringIO(written(rows), newline=""))


def import_all(store: Store, force: Force, lines: Iterable[str]) -> UUID:
    """Import the lines of a file to the end."""
    with store.work(writes=True, actor=force.actors["control1"]) as work:
        import_id = put_by(work, Log.CALLS, "log.csv", lines)
    return _to_the_end(store, import_id)


def take_in(store: Store, force: Force, rows: Iterable[Row]) -> UUID:
    """Import rows to the end."""
    return _to_the_end(store, put(store, force, rows))


def _to_the_end(store: Store, import_id: UUID) -> UUID:
    Runner(store, (KIND,)).run_waiting()
    return import_id


def one_phone_two_names(store: Store, force: Force) -> UUID:
    """Two calls under each of two names from one phone; the id of the match to decide on."""
    before = matches(store)
    rows = calls_of("Wren Ashdown", [4, 3]) + calls_of("Rowan Birkett", [2, 1])
    take_in(store, force, [{**row, "born_on": ""} for row in rows])
    [found] = matches(store) - before
    return found


def matches(store: Store) -> set[UUID]:
    """Every match that there is, whatever other tests have left."""
    with store.work(writes=False) as work:
        return set(work.session.scalars(select(CallerMatch.id)))
