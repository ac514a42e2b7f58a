"""A record that closes is due for a review of its retention, and is never deleted by that."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dash_forms.domain.assessment import State
from dash_forms.domain.periods import london_date, years_after
from dash_forms.domain.review import Clocks
from dash_forms.store.models import Assessment
from dash_forms.store.work import Store
from tests.support.cases import approve, declined, id_of, submitted
from tests.support.client import StrictClient
from tests.web.test_waited_posts import NOW


def stored(store: Store, path: str) -> Assessment:
    with store.work(writes=False) as work:
        return work.session.get_one(Assessment, id_of(path))


def test_closing_sets_the_day_and_the_record_says_so(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = submitted(officer)
    assert stored(store, path).retention_review_on is None
    assert "Retention" not in officer.page(f"{path}/record").text()
    approve(sergeant, path)
    kept = stored(store, path)
    assert kept.state is State.CLOSED
    assert kept.retention_review_on
    due = kept.retention_review_on
    assert due - years_after(london_date(NOW), 10) in {timedelta(0), timedelta(1)}
    told = f"To be reviewed on {due.day} {due:%B %Y}. Nothing is deleted by itself"
    assert told in officer.page(f"{path}/record").text()


def test_what_still_owes_something_has_no_such_day_yet(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    path = approve(sergeant, declined(officer))
    kept = stored(store, path)
    assert (kept.state, kept.retention_review_on) == (State.APPROVED, None)


@pytest.mark.parametrize(
    ("years", "on", "expected"),
    [
        (10, date(2026, 3, 31), date(2036, 3, 31)),
        (6, date(2024, 2, 29), date(2030, 2, 28)),
        (4, date(2024, 2, 29), date(2028, 2, 29)),
        (1, date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_the_day_is_so_many_years_after_the_one_in_london(
    years: int, on: date, expected: date
) -> None:
    late = NOW.replace(year=on.year, month=1, day=1).replace(month=on.month, day=on.day, hour=12)
    assert Clocks(retention_years=years).retention_review(late) == expected
