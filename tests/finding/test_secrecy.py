"""What is sought is in no address, no log and no audit detail, whatever it is."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text

from dash_forms.store.models import Base, Search
from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.finding import ask_person
from tests.support.log import events

LETTERS = st.text(st.characters(categories=["L"]), min_size=6, max_size=30)
SOUGHT = st.fixed_dictionaries(
    {
        "given_name": LETTERS,
        "surname": LETTERS,
        "born_on": st.dates(date(1930, 1, 1), date(2020, 12, 31)),
        "phone": st.integers(900000, 900999).map(lambda number: f"07700 {number}"),
    }
)


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sought=SOUGHT)
def test_no_personal_detail_stays_anywhere_in_clear(
    officer: StrictClient,
    store: Store,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    sought: dict[str, Any],
) -> None:
    caplog.set_level(logging.DEBUG)
    with store.work(writes=True) as work:
        work.session.execute(delete(Search))  # as if each were made in another hour
    answer = ask_person(
        officer, **sought, purpose="other", words=f"Because of {sought['surname']} at the desk"
    )
    assert answer.status_code == 303
    officer.page(answer.location)
    said = capsys.readouterr()
    kept = "".join(
        (
            answer.location,
            answer.text,
            caplog.text,
            said.out,
            said.err,
            *(f"{each.detail} {each.subject_id} {each.justification}" for each in events(store)),
            _whole(store),
        )
    )
    secrets = [str(each) for each in sought.values()]
    assert [each for each in (*secrets, sought["phone"].replace(" ", "")) if each in kept] == []


def _whole(store: Store) -> str:
    """Every row of every table that a search could write, as it stands there."""
    with store.engine.connect() as connection:
        return "".join(
            repr(row)
            for table in Base.metadata.sorted_tables
            if table.name in {"searches", "audit_events"}
            for row in connection.execute(text(f"SELECT * FROM {table.name}"))  # noqa: S608
        )
