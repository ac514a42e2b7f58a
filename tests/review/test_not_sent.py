"""A supervisor hears of what nobody offered, and of what should have been sent by now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from dash_forms.domain.assessment import State
from dash_forms.domain.review import Clocks
from dash_forms.store.models import Assessment
from dash_forms.store.work import Store
from tests.support.cases import CLOSING, id_of, submitted
from tests.support.client import StrictClient
from tests.support.force import DUTIES, new_assessment

NOT_SENT = "Not sent yet"
AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def long_ago(store: Store, path: str, hours: int = 13) -> None:
    """Let the record be so old."""
    with store.work(writes=True) as work:
        work.session.execute(
            update(Assessment)
            .where(Assessment.id == id_of(path))
            .values(created_at=work.now - timedelta(hours=hours))
        )


@pytest.mark.parametrize("started", [False, True])
def test_what_was_never_started_or_never_sent_is_shown_once_its_time_has_passed(
    started: bool,
    officer: StrictClient,
    sergeant: StrictClient,
    as_: Callable[[str], StrictClient],
    store: Store,
) -> None:
    path = new_assessment(officer, started=started)
    assert NOT_SENT not in sergeant.page("/reviews").text()
    assert "to be sent by" in officer.page("/incidents").text()
    long_ago(store, path, 11)
    assert NOT_SENT not in sergeant.page("/reviews").text()
    long_ago(store, path, 13)
    queue = sergeant.page("/reviews").text()
    assert NOT_SENT in queue
    assert "Overdue" in queue
    assert "Overdue" in officer.page("/incidents").text()
    assert NOT_SENT in as_("inspector1").page("/reviews").text()


def test_a_supervisor_hears_at_once_of_what_was_not_offered(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    path = new_assessment(officer, started=False)
    officer.submit(f"{path}/not-offered", primary="forgotten")
    queue = sergeant.page("/reviews").text()
    assert NOT_SENT in queue
    assert "Not offered" in queue
    officer.submit(f"{path}/finish", **(CLOSING | DUTIES))
    assert NOT_SENT not in sergeant.page("/reviews").text()


def test_what_was_sent_is_no_longer_asked_after(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    long_ago(store, submitted(officer))
    assert NOT_SENT not in sergeant.page("/reviews").text()


def test_another_team_s_is_not_shown(
    as_: Callable[[str], StrictClient], sergeant: StrictClient, store: Store
) -> None:
    long_ago(store, new_assessment(as_("officer2")))
    assert NOT_SENT not in sergeant.page("/reviews").text()


@pytest.mark.parametrize("state", State)
def test_the_clock_runs_until_it_is_sent_and_an_offer_has_its_own(state: State) -> None:
    clocks = Clocks(sending=timedelta(hours=3))
    runs = state.is_open and state is not State.RETURNED
    first = clocks.sending_due(state, 1, AT)
    second = clocks.sending_due(state, 2, AT)
    assert first == (AT + timedelta(hours=3) if runs else None)
    assert second == (first if state is not State.REQUIRED else None)
