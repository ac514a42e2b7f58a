"""What the database itself refuses, whoever asks: rows that no rule of the field allows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError, StatementError

from dash_forms.domain.ids import uuid7
from dash_forms.store.models import (
    Account,
    Answer,
    AnswerLogEntry,
    Assessment,
    AssessmentAddOn,
    AssessmentReason,
    AuditEvent,
    Base,
    GradeEntry,
    Incident,
    IncidentChild,
    MaracRecord,
    Pair,
    PairFact,
    SignInSession,
    Task,
    Team,
)
from dash_forms.store.work import Store
from tests.store.conftest import Case
from tests.support.force import Force

pytestmark = pytest.mark.rows_by_hand

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
EARLIER = NOW - timedelta(days=400)


def refused(store: Store, statement: Any) -> bool:
    """Whether the database refuses a statement that differs from a good one in one thing."""
    try:
        with store.writing_engine.begin() as connection:
            connection.execute(statement)
    except DBAPIError:
        return True
    return False


def one(store: Store, query: Any) -> Any:
    with store.engine.connect() as connection:
        return connection.execute(query).first()


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Incident, {"urn": ""}),
        (Incident, {"dispatched_at": EARLIER}),
        (Incident, {"arrived_at": EARLIER}),
        (Incident, {"rev": 0}),
        (Incident, {"team_id": uuid7()}),
        (Incident, {"reported_at": None}),
        (Pair, {"perpetrator_id": Pair.victim_id}),
        (Pair, {"victim_id": uuid7()}),
        (Pair, {"victim_age": -1}),
        (Pair, {"victim_age": 121}),
        (Assessment, {"attempt": 0}),
        (Assessment, {"state": "submitted"}),
        (Assessment, {"submitted_at": NOW}),
        (Assessment, {"author_id": uuid7()}),
        (Account, {"username": "Officer1"}),
        (Account, {"username": "same"}),
        (Account, {"team_id": None}),
        (Team, {"name": "  "}),
        (Team, {"name": "same"}),
        (PairFact, {"outcome": "declined"}),
        (PairFact, {"outcome": "unable"}),
        (PairFact, {"outcome": "not_offered"}),
        (PairFact, {"outcome": "exempt"}),
        (PairFact, {"outcome": "completed", "reason": "distrust", "reason_basis": "said"}),
        (PairFact, {"outcome": "partial", "reason": "distrust"}),
        (PairFact, {"outcome": "partial", "reason_basis": "said"}),
        (AuditEvent, {"seq": 0}),
        (AuditEvent, {"hash": "short"}),
    ],
    ids=lambda each: each.__name__ if isinstance(each, type) else " ".join(each),
)
def test_no_row_can_be_changed_into_a_wrong_one(
    store: Store, case: Case, model: type[Base], values: dict[str, Any]
) -> None:
    assert refused(store, update(model).values(values))


@pytest.mark.parametrize(
    "missing",
    [
        "grade",
        "rationale_sealed",
        "children_stated",
        "attempted_at",
        "submitted_at",
        "review_due_at",
    ],
)
def test_nothing_is_submitted_without_a_grade_and_what_goes_with_it(
    store: Store, case: Case, missing: str
) -> None:
    whole = {
        "state": "submitted",
        "submitted_at": NOW,
        "review_due_at": NOW,
        "version": 1,
        "grade": "high",
        "rationale_sealed": b"sealed",
        "children_stated": "no",
        "attempted_at": NOW,
    }
    assert refused(store, update(Assessment).values(whole | {missing: None}))
    assert not refused(store, update(Assessment).values(whole))


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (Incident, "location_type"), (Incident, "response_grade"), (Pair, "relationship"),
        (Assessment, "state"), (Assessment, "mode"), (Assessment, "grade"), (Account, "role"),
        (PairFact, "outcome"), (AuditEvent, "category"), (Task, "kind"), (Task, "state"),
    ],
)  # fmt: skip
def test_a_value_outside_its_list_is_refused_by_the_database_too(
    store: Store, case: Case, model: type[Base], column: str
) -> None:
    """Written past the model, as another program would."""
    with store.writing_engine.begin() as connection:
        connection.execute(task(case))
    table = model.__tablename__

    def write(connection: Connection) -> None:
        connection.exec_driver_sql(f"UPDATE {table} SET {column} = 'invented'")  # noqa: S608

    with pytest.raises(DBAPIError), store.writing_engine.begin() as connection:
        write(connection)


def task(case: Case, **values: Any) -> Any:
    row = {
        "id": uuid7(),
        "incident_id": case.incident_id,
        "assessment_id": case.assessment_id,
        "kind": "idva",
        "state": "open",
        "due_at": NOW,
        "created_by_id": select(Account.id).where(Account.username == "officer1").scalar_subquery(),
        "created_at": NOW,
    }
    return insert(Task).values(row | values)


_ENDED = {
    "state": "done",
    "ended_at": NOW,
    "ended_by_id": select(Account.id).limit(1).scalar_subquery(),
}
_VICTIM = select(Pair.victim_id).limit(1).scalar_subquery()
_SCHOOL = {"kind": "encompass", "person_id": _VICTIM}
_TOLD = {"channel": "phone", "told_at": NOW}


@pytest.mark.parametrize(
    "values",
    [
        {"ended_at": NOW},
        {"state": "done"},
        _ENDED | {"ended_by_id": None},
        _ENDED | {"state": "not_needed"},
        _ENDED | {"channel": "phone"},
        _SCHOOL | {"person_id": None},
        _SCHOOL | _ENDED,
        _SCHOOL | _TOLD,
    ],
    ids=" ".join,
)
def test_a_task_that_contradicts_itself_is_refused(
    store: Store, case: Case, values: dict[str, Any]
) -> None:
    assert refused(store, task(case, **values))


def test_a_school_is_told_once_for_each_child_and_other_tasks_may_repeat(
    store: Store, case: Case
) -> None:
    assert not refused(store, task(case, **_SCHOOL | _ENDED | _TOLD))
    assert refused(store, task(case, **_SCHOOL))
    assert not refused(store, task(case))
    assert not refused(store, task(case, **_ENDED))


def test_a_marac_decision_has_a_door_if_it_is_a_yes_and_is_taken_once(
    store: Store, case: Case
) -> None:
    row = {
        "id": uuid7(),
        "assessment_id": case.assessment_id,
        "referred": True,
        "door": "repeat",
        "reason_sealed": b"sealed",
        "decided_by_id": select(Account.id).limit(1).scalar_subquery(),
        "decided_at": NOW,
    }
    for wrong in ({"door": None}, {"referred": False}, {"reason_sealed": b""}):
        assert refused(store, insert(MaracRecord).values(row | wrong))
    assert not refused(store, insert(MaracRecord).values(row))
    assert refused(store, insert(MaracRecord).values(row | {"id": uuid7()}))


def reason(case: Case, code: str, **values: Any) -> Any:
    row = {
        "assessment_id": case.assessment_id,
        "code": code,
        "ending": "declined",
        "basis": "said",
        "is_primary": True,
    }
    return insert(AssessmentReason).values(row | values)


def test_an_ending_has_one_primary_reason_and_each_reason_once(store: Store, case: Case) -> None:
    assert not refused(store, reason(case, "distrust"))
    assert refused(store, reason(case, "immigration"))
    assert not refused(store, reason(case, "immigration", is_primary=False))
    assert not refused(store, reason(case, "bad_time", is_primary=False))
    assert refused(store, reason(case, "bad_time", is_primary=False))


def test_a_set_has_one_row_and_a_skip_that_says_too_little_has_words(
    store: Store, case: Case, force: Force
) -> None:
    row = {
        "assessment_id": case.assessment_id,
        "part": "stalking-11",
        "version": 1,
        "digest": "0" * 64,
        "skip_reason": "other",
        "words_sealed": b"sealed",
        "decided_by_id": force.actors["officer1"].id,
        "decided_at": NOW,
    }
    assert refused(store, insert(AssessmentAddOn).values(row | {"words_sealed": None}))
    assert refused(store, insert(AssessmentAddOn).values(row | {"decided_by_id": uuid7()}))
    assert not refused(store, insert(AssessmentAddOn).values(row))
    assert refused(store, insert(AssessmentAddOn).values(row))


def test_an_answer_has_one_row_per_topic_and_a_revision(store: Store, case: Case) -> None:
    row = {
        "assessment_id": case.assessment_id,
        "item": 1,
        "value": "yes",
        "source": "victim",
        "op_id": uuid7(),
        "rev": 1,
        "in_conflict": False,
    }
    assert refused(store, insert(Answer).values(row | {"item": 0}))
    assert refused(store, insert(Answer).values(row | {"rev": 0}))
    assert refused(store, insert(Answer).values(row | {"source": None}))
    assert refused(store, insert(Answer).values(row | {"assessment_id": uuid7()}))
    assert not refused(store, insert(Answer).values(row))
    assert refused(store, insert(Answer).values(row))
    assert not refused(store, insert(Answer).values(row | {"part": "stalking-11"}))
    assert refused(store, insert(Answer).values(row | {"part": "stalking-11"}))


def test_an_operation_is_logged_once(store: Store, case: Case) -> None:
    author = one(store, select(Account.id))[0]
    row = {
        "op_id": uuid7(),
        "assessment_id": case.assessment_id,
        "item": 1,
        "value": "yes",
        "source": "victim",
        "author_id": author,
        "received_at": NOW,
        "device_seq": 0,
        "base_rev": 0,
        "receipt": "applied",
        "rev": 1,
        "cause": "",
    }
    assert refused(store, insert(AnswerLogEntry).values(row | {"base_rev": -1}))
    assert not refused(store, insert(AnswerLogEntry).values(row))
    assert refused(store, insert(AnswerLogEntry).values(row | {"item": 2}))


def test_a_victim_is_linked_to_an_incident_once_and_an_attempt_numbered_once(
    store: Store, case: Case
) -> None:
    for model in (Pair, Assessment):
        row = dict(one(store, select(model.__table__))._mapping)
        assert refused(store, insert(model).values(row | {"id": uuid7()}))


def test_a_child_is_linked_once(store: Store, case: Case) -> None:
    person = one(store, select(Pair.victim_id))[0]
    row = {
        "incident_id": case.incident_id,
        "person_id": person,
        "lives_there": "yes",
        "was_present": "yes",
        "created_at": NOW,
    }
    assert not refused(store, insert(IncidentChild).values(row | {"id": uuid7()}))
    assert refused(store, insert(IncidentChild).values(row | {"id": uuid7()}))


def test_a_grade_in_the_ledger_has_a_rationale(store: Store, case: Case) -> None:
    author = one(store, select(Account.id))[0]
    row = {
        "id": uuid7(),
        "assessment_id": case.assessment_id,
        "grade": "high",
        "rationale_sealed": b"",
        "given_by_id": author,
        "given_as": "officer",
        "given_at": NOW,
    }
    assert refused(store, insert(GradeEntry).values(row))
    assert not refused(store, insert(GradeEntry).values(row | {"rationale_sealed": b"sealed"}))


def test_a_sign_in_ends_after_it_begins(store: Store, case: Case) -> None:
    account = one(store, select(Account.id))[0]
    row = {"token_hash": "x", "account_id": account, "created_at": NOW, "expires_at": NOW}
    assert refused(store, insert(SignInSession).values(row))
    later = row | {"expires_at": NOW + timedelta(seconds=1)}
    assert not refused(store, insert(SignInSession).values(later))


def test_a_time_without_a_zone_never_reaches_the_database(store: Store, case: Case) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="without a zone"):
        refused(store, update(Incident).values(reported_at=naive))
