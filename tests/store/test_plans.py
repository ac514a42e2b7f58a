"""The pages of a case ask for what is theirs, and read no table from end to end to find it."""

from __future__ import annotations

import pytest

from dash_forms.store.work import Store
from tests.support.cases import decide, declined, read_all, review_of
from tests.support.client import StrictClient
from tests.support.statements import selects

_LARGE = (
    "answers",
    "answer_log",
    "assessments",
    "follow_ups",
    "incidents",
    "pairs",
    "people",
    "tasks",
)


@pytest.mark.parametrize(
    "page", ["{incident}", "{case}/record", "{review}", "{incident}/children/new"]
)
def test_a_page_of_a_case_does_not_begin_with_all_follow_ups(
    page: str, officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    """A database without statistics began with every offer ever made, for each of them again:
    six seconds with 6,000 cases."""
    if store.engine.dialect.name != "sqlite":
        pytest.skip("the plan is read in SQLite's words")
    case = declined(officer)
    read_all(sergeant, case)
    decide(sergeant, case, "agreed")
    [incident] = {
        link.partition("/children")[0]
        for link in officer.page(f"{case}/record").links("/incidents/0")
    }
    path = page.format(incident=incident, case=case, review=review_of(case))
    with selects(store) as statements:
        (sergeant if "review" in path else officer).page(path)
    with store.engine.connect() as connection:
        for statement, given in statements:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
            steps = [row[3] for row in plan]
            assert not [
                step for step in steps if step.startswith("SCAN") and step.split()[1] in _LARGE
            ]
            if any(step.startswith("CORRELATED") for step in steps):
                assert not [step for step in steps if "ix_follow_ups_due" in step], statement
