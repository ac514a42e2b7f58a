"""A search reads by keys alone: no statement goes through a table, and few are asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.finding import BORN, ask, ask_person
from tests.support.force import Force, new_incident
from tests.support.plans import flagged, opened, parts
from tests.support.statements import selects

SignIn = Callable[[str], StrictClient]
TABLES = (
    "people",
    "pairs",
    "incident_children",
    "incidents",
    "caller_keys",
    "callers",
    "calls",
    "camera_records",
    "plans",
    "searches",
    "openings",
)
SOUGHT: tuple[dict[str, Any], ...] = (
    {"given_name": "Wren", "surname": "Ashdown", "born_on": BORN, "phone": "07700 900001"},
    {"phone": "07700 900001"},
    {"reference": "Wre-1-0"},
    {"reference": "20260131-9999"},
)


@pytest.fixture
def recorded(store: Store, force: Force, as_: SignIn) -> None:
    """Somebody who is a victim and calls often, and has a plan."""
    opened(as_("sergeant1"), force, flagged(store, force))
    new_incident(
        as_("officer1"),
        victim_name="Wren Ashdown",
        born_on=parts(BORN),
        victim_phone="07700 900001",
    )


@pytest.mark.parametrize("sought", SOUGHT)
@pytest.mark.parametrize("username", ["officer1", "sergeant1", "inspector1", "control1"])
def test_no_statement_of_a_search_goes_through_a_table(
    store: Store, as_: SignIn, recorded: None, username: str, sought: Any
) -> None:
    client = as_(username)
    send = ask if "reference" in sought else ask_person
    path = send(client, **sought).location
    with selects(store) as statements:
        client.page(path)
    lookups = [each for each in statements if _looks_up(each[0])]
    assert 1 <= len(lookups) <= 16, len(lookups)
    for statement, given in lookups:
        assert _scanned(store, statement, given) == [], statement


def _looks_up(statement: str) -> bool:
    """Whether it is of the search, and not one of the counts in the header of every page."""
    return any(f"FROM {table}" in statement.replace('"', "") for table in TABLES) and not (
        statement.startswith("SELECT count(")
    )


def _scanned(store: Store, statement: str, given: Any) -> list[str]:
    """Which of the tables would be read from end to end."""
    is_sqlite = store.engine.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    with store.engine.connect() as connection:
        if not is_sqlite:  # it reads a table of few rows whole unless it is told not to
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        lines = connection.exec_driver_sql(f"{explain} {statement}", given).all()
        connection.rollback()
    words = "SCAN " if is_sqlite else "Seq Scan on "
    plan = [str(line[-1]) for line in lines]
    return [
        line
        for line in plan
        if any(f"{words}{table}" in line.replace('"', "") for table in TABLES)
        and "USING INDEX" not in line
    ]
