"""Every revision goes up, down and up again with data in it, and the newest is what models say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    Table,
    Uuid,
    column,
    create_engine,
    func,
    insert,
    inspect,
    make_url,
    select,
    table,
    text,
    update,
)

from dash_forms.domain.ids import uuid7
from dash_forms.store.crypto import load_vault
from dash_forms.store.engine import make_engine, writing
from dash_forms.store.facts import is_to_be_rebuilt
from dash_forms.store.migrate import (
    compared_on,
    config,
    downgrade,
    newest_revision,
    revision_of,
    upgrade,
)
from dash_forms.store.models import Base
from dash_forms.store.types import UtcDateTime
from dash_forms.store.work import Store
from tests.support.force import make_force

# For each revision after the first: fill a database at the revision before, and check it after
# the revision was run and after it was undone.
Fill = Callable[[Connection], None]


def _two_linked_events(connection: Connection) -> None:
    events = Table("audit_events", MetaData(), autoload_with=connection)
    first, second, third = ("0" * 64, "a" * 64, "b" * 64)
    common = {
        **dict.fromkeys(("actor_role", "subject_kind", "subject_id", "justification"), ""),
        **dict.fromkeys(("detail", "request_id"), ""),
        "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "name": "account.signed_in",
        "category": "security",
    }
    connection.execute(
        events.insert(),
        [
            {**common, "seq": 1, "previous_hash": first, "hash": second},
            {**common, "seq": 2, "previous_hash": second, "hash": third},
        ],
    )


def _still_linked(connection: Connection) -> None:
    found = connection.execute(
        text("SELECT seq, previous_hash, hash FROM audit_events ORDER BY seq")
    )
    assert [tuple(row) for row in found] == [(1, "0" * 64, "a" * 64), (2, "a" * 64, "b" * 64)]


def _one_sent_and_one_exempt(connection: Connection) -> None:
    """A submitted assessment and one that waits for its exemption to be endorsed."""
    tables = MetaData()
    tables.reflect(connection)
    ids = {name: uuid7() for name in ("team", "account", "incident", "sent", "exempt")}
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def add(table: str, **values: Any) -> None:
        kinds = tables.tables[table].columns
        connection.execute(
            tables.tables[table].insert(),
            {
                name: str(value)
                if isinstance(value, UUID) and _is_postgresql(connection)
                else value.hex
                if isinstance(value, UUID)
                else value
                for name, value in values.items()
                if name in kinds
            },
        )

    add("teams", id=ids["team"], name="Harbour")
    add(
        "accounts",
        id=ids["account"],
        username="who",
        display_name="Who",
        role="officer",
        team_id=ids["team"],
        password_hash="-",
        is_demo=False,
        created_at=at,
    )
    add(
        "incidents",
        id=ids["incident"],
        urn="SM-20260102-0001",
        reported_at=at,
        team_id=ids["team"],
        created_by_id=ids["account"],
        created_at=at,
        rev=1,
    )
    for name, state in (("sent", "submitted"), ("exempt", "exempt_pending")):
        person, pair = uuid7(), uuid7()
        add("people", id=person, name_sealed=b"-", created_at=at)
        add(
            "pairs",
            id=pair,
            incident_id=ids["incident"],
            victim_id=person,
            relationship="married",
            created_at=at,
        )
        sent = state == "submitted"
        add(
            "assessments",
            id=ids[name],
            pair_id=pair,
            attempt=1,
            instrument_id="dash-27",
            instrument_version=1,
            instrument_digest="0" * 64,
            state=state,
            children_stated="no" if sent else None,
            grade="high" if sent else None,
            rationale_sealed=b"-" if sent else None,
            author_id=ids["account"],
            created_at=at,
            attempted_at=at if sent else None,
            submitted_at=at if sent else None,
            rev=1,
        )
        add(
            "pair_facts",
            pair_id=pair,
            team_id=ids["team"],
            counted_on=at.date(),
            outcome="completed" if sent else "exempt",
            reason=None if sent else "deceased",
            reason_basis=None if sent else "said",
        )


def _versions_are_counted(connection: Connection) -> None:
    found = connection.execute(
        text("SELECT state, version, review_due_at IS NULL FROM assessments ORDER BY state")
    )
    assert [tuple(row) for row in found] == [("exempt_pending", 0, True), ("submitted", 1, False)]
    facts = connection.execute(text("SELECT outcome FROM pair_facts ORDER BY outcome"))
    assert list(facts.scalars()) == ["completed", "pending"]


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _somebody(connection: Connection) -> None:
    someone = {"id": _SOMEBODY, "name_sealed": b"sealed", "created_at": datetime.now(UTC)}
    connection.execute(insert(_PEOPLE), [someone])


def _still_there(connection: Connection) -> None:
    wanted = select(text("*")).select_from(_PEOPLE).where(_PEOPLE.c.id == _SOMEBODY)
    row = connection.execute(wanted).mappings().one()
    assert bytes(row["name_sealed"]) == b"sealed"
    assert row.get("identity_index") is None


def _somebody_has_a_phone(connection: Connection) -> None:
    people = Table("people", MetaData(), autoload_with=connection)
    connection.execute(people.update().values(phone_sealed=b"sealed"))


def _is_not_found_by_it_yet(connection: Connection) -> None:
    """A migration has no keys; whatever is searched for stays with the people who search."""
    people = Table("people", MetaData(), autoload_with=connection)
    rows = connection.execute(people.select()).mappings().all()
    assert {bytes(row["phone_sealed"]) for row in rows} == {b"sealed"}
    assert {row.get("phone_index") for row in rows} == {None}
    for name in ("searches", "openings"):
        if inspect(connection).has_table(name):
            assert connection.scalar(text(f"SELECT count(*) FROM {name}")) == 0  # noqa: S608


def _nothing(_connection: Connection) -> None:
    """The revision only adds, and touches no row."""


def _new_tables_are_empty(connection: Connection) -> None:
    if inspect(connection).has_table("duties"):
        assert connection.scalar(text("SELECT count(*) FROM duties")) == 0
    assert connection.scalar(text("SELECT count(*) FROM assessments")) == 2


def _somebody_declined(connection: Connection) -> None:
    pair = connection.scalar(text("SELECT pair_id FROM pair_facts WHERE outcome = 'pending'"))
    connection.execute(
        text(
            "UPDATE pair_facts SET outcome = 'declined', reason = 'bad_time',"
            " reason_basis = 'said' WHERE pair_id = :pair"
        ),
        {"pair": pair},
    )


def _may_be_converted(connection: Connection) -> None:
    """After the revision the column is there and empty; after it was undone it is gone."""
    facts = Table("pair_facts", MetaData(), autoload_with=connection)
    [row] = connection.execute(facts.select().where(facts.c.outcome == "declined")).mappings()
    assert row.get("converted_on") is None


def _a_linked_child(connection: Connection) -> None:
    """A child whose school was never asked for; teams, people and an incident come with it."""
    tables = MetaData()
    tables.reflect(connection)
    children, incidents = tables.tables["incident_children"], tables.tables["incidents"]
    link = {
        "id": _stored_id(connection, _SOMEBODY),
        "incident_id": connection.scalar(select(incidents.c.id).limit(1)),
        "person_id": _stored_id(connection, _SOMEBODY),
        "lives_there": "yes",
        "was_present": "not_known",
        "created_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    }
    connection.execute(children.insert(), [link])


def _child_still_linked(connection: Connection) -> None:
    [row] = connection.execute(text("SELECT * FROM incident_children")).mappings()
    assert (row["lives_there"], row["was_present"]) == ("yes", "not_known")
    assert row.get("school_sealed") is None


def _stored_id(connection: Connection, value: UUID) -> str:
    return str(value) if _is_postgresql(connection) else value.hex


def _an_answer(connection: Connection) -> None:
    """One of the main set, as it was kept before there were others."""
    tables = MetaData()
    tables.reflect(connection)
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    [sent, *_] = connection.execute(text("SELECT id FROM assessments ORDER BY state DESC")).all()
    [who, *_] = connection.execute(text("SELECT id FROM accounts")).all()
    op_id = uuid7()
    entry: dict[str, Any] = {
        "assessment_id": sent.id,
        "item": 8,
        "value": "yes",
        "source": "victim",
        "op_id": op_id if _is_postgresql(connection) else op_id.hex,
        "rev": 1,
    }
    connection.execute(tables.tables["answers"].insert(), entry | {"in_conflict": False})
    logged = {"author_id": who.id, "received_at": at, "device_seq": 1, "base_rev": 0}
    connection.execute(
        tables.tables["answer_log"].insert(), entry | logged | {"receipt": "applied", "cause": ""}
    )


def _the_answer_is_of_the_main_set(connection: Connection) -> None:
    """And a second one, of an add-on set, is gone each time the revision is undone."""
    for name in ("answers", "answer_log"):
        found = connection.execute(text(f"SELECT part, item, value FROM {name}"))  # noqa: S608
        assert [tuple(row) for row in found] == [("", 8, "yes")]
    columns = "assessment_id, part, item, value, source, op_id, rev, in_conflict"
    connection.execute(
        text(
            f"INSERT INTO answers ({columns}) SELECT assessment_id, 'stalking-11', item, value,"  # noqa: S608
            " source, op_id, rev, in_conflict FROM answers"
        )
    )
    connection.commit()


def _nobody_made_contact_safe(connection: Connection) -> None:
    """After the revision the column is there and empty; after it was undone it is gone."""
    found = connection.execute(text("SELECT * FROM assessments")).mappings().all()
    assert found
    assert all(row.get("made_safe_sealed") is None for row in found)


def _one_is_closed(connection: Connection) -> None:
    zone = "+00:00" if _is_postgresql(connection) else ".000000"
    connection.execute(
        text(
            "UPDATE assessments SET state = 'closed', submitted_at = :at WHERE state = 'submitted'"
        ),
        {"at": f"2024-02-29 12:00:00{zone}"},
    )


def _only_what_is_closed_is_reviewed(connection: Connection) -> None:
    """Nobody said anything of an offer from before; undone, all three columns are gone."""
    found = connection.execute(text("SELECT * FROM assessments")).mappings().all()
    assert len(found) == 2
    assert all(row.get(name) is None for row in found for name in ("interpreter", "purpose"))
    days = {row["state"]: str(row.get("retention_review_on")) for row in found}
    day = "2034-02-28" if "retention_review_on" in found[0] else "None"
    assert days == {"closed": day, "exempt_pending": "None"}


def _nobody_knows_the_device(connection: Connection) -> None:
    """Of an answer from before; after the revision was undone the column is gone."""
    [row] = connection.execute(text("SELECT * FROM answer_log")).mappings()
    assert (row["item"], row["value"]) == (8, "yes")
    assert row.get("device_id") is None


def _nothing_was_handed_over(connection: Connection) -> None:
    if inspect(connection).has_table("handed_over"):
        assert connection.scalar(text("SELECT count(*) FROM handed_over")) == 0


def _a_version_that_was_sent(connection: Connection) -> None:
    """Of the assessment that was submitted, with a reason that stands beside it."""
    tables = MetaData()
    tables.reflect(connection)
    [sent] = connection.execute(
        text("SELECT id, author_id, submitted_at, version FROM assessments WHERE version = 1")
    ).all()
    connection.execute(
        text("UPDATE assessments SET mode = 'in_person' WHERE version = 1"),
    )
    connection.execute(
        tables.tables["assessment_reasons"].insert(),
        {
            "assessment_id": sent.id,
            "code": "bad_time",
            "ending": "declined",
            "basis": "said",
            "is_primary": True,
        },
    )
    connection.execute(
        tables.tables["submissions"].insert(),
        {
            "id": _stored_id(connection, uuid7()),
            "assessment_id": sent.id,
            "version": 1,
            "submitted_by_id": sent.author_id,
            "submitted_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            "outcome": "partial",
            "answer_ops": "{}",
            "closing_sealed": b"-",
        },
    )


def _the_version_knows_what_it_was_sent_with(connection: Connection) -> None:
    """And the facts are as they were: what is new in them waits for `reports rebuild`."""
    [row] = connection.execute(text("SELECT * FROM submissions")).mappings()
    if "mode" in row:
        assert (row["mode"], row["reason"], row["reason_basis"]) == (
            "in_person",
            "bad_time",
            "said",
        )
        assert row["team_id"] is not None
        assert row["attempted_at"] is not None
    facts = connection.execute(text("SELECT * FROM pair_facts ORDER BY outcome")).mappings().all()
    assert [each["outcome"] for each in facts] == ["completed", "declined"]
    assert all(each.get("victim_key") is None for each in facts)


def _baselines_are_kept(connection: Connection) -> None:
    """Of each kind one, of the force and of a team; all gone each time the revision is undone."""
    if not inspect(connection).has_table("report_baselines"):
        return
    tables = MetaData()
    tables.reflect(connection)
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    [who, *_] = connection.scalars(text("SELECT id FROM accounts"))
    [team, *_] = connection.scalars(text("SELECT id FROM teams"))
    first, second, third = (_stored_id(connection, uuid7()) for _ in range(3))
    common = {
        "source": "Invented",
        "starts_on": date(2025, 1, 1),
        "ends_on": date(2025, 12, 31),
        "reason_sealed": b"-",
        "added_by_id": who,
        "added_at": at,
    }
    assert connection.scalar(text("SELECT count(*) FROM report_baselines")) == 0
    connection.execute(
        tables.tables["report_baselines"].insert(),
        [
            {**common, "id": first, "origin": "own", "rate": 0.4, "declined": 40, "cases": 100},
            {**common, "id": second, "origin": "own", "rate": 0.4, "declined": None, "cases": 99},
            {**common, "id": third, "origin": "reported", "rate": 0.38}
            | {"declined": None, "cases": None},
        ],
    )
    connection.execute(
        tables.tables["baseline_withdrawals"].insert(),
        {"baseline_id": second, "reason_sealed": b"-"}
        | {"withdrawn_by_id": who, "withdrawn_at": at},
    )
    signed = {"first_month": date(2025, 6, 1), "reason_sealed": b"-"}
    signed |= {"signed_by_id": who, "signed_at": at}
    connection.execute(
        tables.tables["chart_rebases"].insert(),
        [{**signed, "id": first, "team_id": None}, {**signed, "id": second, "team_id": team}],
    )
    connection.commit()


def _one_refers_a_child(connection: Connection) -> None:
    """A task of a kind that is older than the revision."""
    tables = MetaData()
    tables.reflect(connection)
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    [who, *_] = connection.scalars(text("SELECT id FROM accounts"))
    [incident, *_] = connection.scalars(text("SELECT id FROM incidents"))
    connection.execute(
        tables.tables["tasks"].insert(),
        {"id": _stored_id(connection, uuid7()), "incident_id": incident, "kind": "child_referral"}
        | {"state": "open", "due_at": at, "created_by_id": who, "created_at": at},
    )


def _refers_a_child_still(connection: Connection) -> None:
    """Going up it can be given a new kind, of which going down makes "something else"."""
    [kind] = connection.scalars(text("SELECT kind FROM tasks"))
    if kind == "child_referral":
        connection.execute(text("UPDATE tasks SET kind = 'identify_children'"))
        connection.commit()
    else:
        assert kind == "other"


def _nobody_has_asked_for_marac(connection: Connection) -> None:
    if inspect(connection).has_table("marac_requests"):
        assert connection.scalar(text("SELECT count(*) FROM marac_requests")) == 0


def _nothing_has_been_exported(connection: Connection) -> None:
    if inspect(connection).has_table("report_exports"):
        assert connection.scalar(text("SELECT count(*) FROM report_exports")) == 0


def _counted_by_month(connection: Connection) -> None:
    for month, number in (("2024-12-01", 2), ("2025-01-01", 3), ("2025-11-01", 4)):
        connection.execute(
            text(
                "INSERT INTO report_counts (code, grain, scope, starts_on, question_set, number)"
                " VALUES ('outcome.declined', 'month', :scope, :month, 'dash-27.1', :number)"
            ),
            {"scope": UUID(int=0).hex, "month": month, "number": number},
        )


def _counted_by_year_as_well(connection: Connection) -> None:
    found = connection.execute(
        text("SELECT grain, starts_on, number FROM report_counts ORDER BY starts_on, grain")
    )
    counts = [(grain, str(day), number) for grain, day, number in found]
    assert [each for each in counts if each[0] == "month"] == [
        ("month", "2024-12-01", 2),
        ("month", "2025-01-01", 3),
        ("month", "2025-11-01", 4),
    ]
    by_year = [each for each in counts if each[0] == "year"]
    assert by_year in ([], [("year", "2024-01-01", 2), ("year", "2025-01-01", 7)])
    allowed = inspect(connection).get_check_constraints("report_counts")
    assert ("year" in allowed[0]["sqltext"]) is bool(by_year)


def _no_program_reads(connection: Connection) -> None:
    if inspect(connection).has_table("feed_tokens"):
        assert connection.scalar(text("SELECT count(*) FROM feed_tokens")) == 0


def _the_control_room_may_sign_in(connection: Connection) -> None:
    has_calls = inspect(connection).has_table("calls")
    for name in ("accounts", "grade_ledger"):
        allowed = inspect(connection).get_check_constraints(name)
        roles = next(each["sqltext"] for each in allowed if "'sergeant'" in each["sqltext"])
        assert ("control_room" in roles) is has_calls


_ENDED_AT = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


def _a_task_of_the_closed_one_ended(connection: Connection) -> None:
    """The task is of the whole incident, and later than the submission."""
    tasks = table("tasks", column("state"), column("ended_at", UtcDateTime), column("ended_by_id"))
    [who, *_] = connection.scalars(text("SELECT id FROM accounts"))
    connection.execute(update(tasks).values(state="done", ended_at=_ENDED_AT, ended_by_id=who))


def _it_was_closed_when_the_task_ended(connection: Connection) -> None:
    """And what is not closed has no such time. Samples are kept, and gone with the revision."""
    found = inspect(connection)
    assert found.has_table("investigation_samples") is any(
        each["name"] == "closed_at" for each in found.get_columns("assessments")
    )
    if found.has_table("investigation_samples"):
        known = table("assessments", column("state"), column("closed_at", UtcDateTime))
        times = {row.state: row.closed_at for row in connection.execute(select(known))}
        assert times == {"closed": _ENDED_AT, "exempt_pending": None}
        assert connection.scalar(text("SELECT count(*) FROM investigation_samples")) == 0


def _nothing_is_done_in_the_background(connection: Connection) -> None:
    if inspect(connection).has_table("jobs"):
        for name in ("jobs", "job_pieces"):
            assert connection.scalar(text(f"SELECT count(*) FROM {name}")) == 0  # noqa: S608


def _a_count_of_pairs(connection: Connection) -> None:
    """Facts come from the revisions before; this is a count of them, beside those of cameras."""
    counts = Table("report_counts", MetaData(), autoload_with=connection)
    row = {
        "code": "outcome.declined",
        "grain": "day",
        "scope": _stored_id(connection, UUID(int=0)),
        "starts_on": date(2026, 1, 2),
        "question_set": "camera.1",
        "number": 3,
    }
    connection.execute(counts.insert(), [row])


def _only_counts_of_cameras_go(connection: Connection) -> None:
    """With the revision every pair is to be worked out anew; without it the others' counts stay."""
    of_pairs = "SELECT number FROM report_counts WHERE question_set = 'camera.1'"
    assert connection.scalar(text(of_pairs)) == 3
    if not inspect(connection).has_table("camera_records"):
        of_cameras = "SELECT count(*) FROM report_counts WHERE code = 'attended.recording'"
        assert connection.scalar(text(of_cameras)) == 0
        return
    assert connection.scalar(text("SELECT count(*) FROM camera_records")) == 0
    of_none = "SELECT count(*) FROM pair_facts WHERE camera IS NULL"
    assert connection.scalar(text(of_none)) > 0
    connection.execute(
        text(
            "INSERT INTO report_counts (code, grain, scope, starts_on, question_set, number)"
            " VALUES ('attended.recording', 'day', :force, '2026-01-02', '', 1)"
            " ON CONFLICT DO NOTHING"
        ),
        {"force": _stored_id(connection, UUID(int=0))},
    )
    connection.commit()


def _somebody_who_calls(connection: Connection) -> None:
    connection.execute(
        insert(_CALLERS),
        {"id": _SOMEBODY, "counted_as_id": _SOMEBODY, "created_at": datetime.now(UTC)},
    )


def _calls_on_and_has_no_plan(connection: Connection) -> None:
    """What plans are made for outlives them."""
    assert connection.scalar(select(_CALLERS.c.counted_as_id)) == _SOMEBODY
    if inspect(connection).has_table("plans"):
        assert connection.scalar(text("SELECT count(*) FROM plans")) == 0


def _nobody_was_corrected(connection: Connection) -> None:
    """What was recorded before a correction goes in and comes out."""
    tables = MetaData()
    tables.reflect(connection)
    kept = tables.tables.get("corrections")
    if kept is None:
        return
    assert connection.execute(select(kept)).all() == []
    [pair, *_] = connection.scalars(text("SELECT id FROM pairs"))
    [who, *_] = connection.scalars(text("SELECT id FROM accounts"))
    row = {"id": _stored_id(connection, uuid7()), "pair_id": pair, "corrected_by_id": who}
    row |= {"corrected_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "was_sealed": b"x"}
    connection.execute(kept.insert(), [row])
    connection.execute(kept.delete())


def _what_inspectors_asked_is_kept(connection: Connection) -> None:
    """A grade and its withdrawal, and an item with its kinds of entries, go in and come out."""
    tables = MetaData()
    tables.reflect(connection)
    if "inspection_items" not in tables.tables:
        return
    [who, *_] = connection.scalars(text("SELECT id FROM accounts"))
    at, on = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), date(2026, 1, 2)
    grade, item, *entries = (_stored_id(connection, uuid7()) for _ in range(5))
    signed = {"entered_by_id": who, "entered_at": at}
    rows: dict[str, list[dict[str, Any]]] = {
        "inspection_grades": [
            {"id": grade, "area": "protecting", "grade": "good", "assessment": "-"}
            | {"published_on": on, "source": "-", **signed}
        ],
        "inspection_grade_withdrawals": [
            {"grade_id": grade, "reason_sealed": b"-", "withdrawn_by_id": who, "withdrawn_at": at}
        ],
        "inspection_items": [{"id": item, "area": "protecting", "assessment": "-"}],
    }
    of_item = {"item_id": item, "note_sealed": b"-", **signed}
    first, second, third = entries
    measured = {"measure": "D1", "numerator": 1, "denominator": 2, "starts_on": on, "ends_on": on}
    measured["was_complete"] = True
    lines: list[dict[str, Any]] = [
        {"id": first, "number": 1, "event": "add", "words_sealed": b"-"}
        | {"owner_id": who, "due_on": on},
        {"id": second, "number": 2, "event": "name_measure", **measured},
        {"id": third, "number": 3, "event": "take_out", "evidence_id": second},
    ]
    for name, values in rows.items():
        connection.execute(tables.tables[name].insert(), values)
    for line in lines:
        connection.execute(tables.tables["inspection_entries"].insert(), of_item | line)
    assert connection.scalar(text("SELECT count(*) FROM inspection_entries")) == 3
    connection.rollback()


def _pairs_are_worked_out(connection: Connection) -> None:
    """By the release before, so that only what a revision adds is not known of them."""
    facts = Table("pair_facts", MetaData(), autoload_with=connection)
    connection.execute(update(facts).values(camera="no_record", victim_key=b"somebody"))


def _how_long_it_took_is_to_be_worked_out(connection: Connection) -> None:
    """Incidents that nobody attended, and counts of waits, come and go with the revision."""
    found = inspect(connection)
    attended = Table("attendance_facts", MetaData(), autoload_with=connection)
    of_waits = "SELECT count(*) FROM report_counts WHERE code LIKE 'response.%'"
    [held] = connection.execute(select(func.count()).select_from(attended)).one()
    if not any(each["name"] == "delay_minutes" for each in found.get_columns("attendance_facts")):
        assert (held, connection.scalar(text(of_waits))) == (0, 0)
        return
    assert is_to_be_rebuilt(connection)
    if held == 0:
        incidents = Table("incidents", MetaData(), autoload_with=connection)
        incident = connection.execute(select(incidents.c.id, incidents.c.team_id)).first()
        assert incident
        row = {
            "incident_id": incident.id,
            "team_id": incident.team_id,
            "standing": "not_attended",
            "reported_on": date(2026, 1, 2),
            "response_grade": "not_graded",
        }
        connection.execute(attended.insert(), [row])
        connection.execute(
            text(
                "INSERT INTO report_counts (code, grain, scope, starts_on, question_set, number)"
                " VALUES ('response.not_graded.not_known', 'day', :force, '2026-01-02', '', 1)"
            ),
            {"force": _stored_id(connection, UUID(int=0))},
        )
        connection.commit()


_SOMEBODY = uuid7()
_CALLERS = table(
    "callers", column("id", Uuid), column("counted_as_id", Uuid), column("created_at", UtcDateTime)
)
_PEOPLE = table(
    "people", column("id", Uuid), column("name_sealed"), column("created_at", UtcDateTime)
)


def _bail_is_kept_with_its_history(connection: Connection) -> None:
    """A justification, an action and its entry go in and come out; incidents are still there."""
    assert connection.scalar(text("SELECT count(*) FROM incidents"))
    tables = MetaData()
    tables.reflect(connection)
    if "offender_actions" not in tables.tables:
        return
    who, person = (
        connection.scalars(text(f"SELECT id FROM {name}")).first()  # noqa: S608
        for name in ("accounts", "people")
    )
    at, on = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), date(2026, 1, 2)
    reason, action, entry = (_stored_id(connection, uuid7()) for _ in range(3))
    rows: dict[str, dict[str, Any]] = {
        "offender_reasons": {"id": reason, "account_id": who, "person_id": person}
        | {
            "purpose": "partners",
            "words_sealed": b"-",
            "given_at": at,
            "ends_at": at.replace(hour=4),
        },
        "offender_actions": {"id": action, "person_id": person, "kind": "police_bail", "rev": 1}
        | {"state": "open", "starts_on": on, "ends_on": on},
        "offender_action_entries": {"id": entry, "action_id": action, "kind": "added"}
        | {"state": "open", "by_id": who, "at": at},
    }
    for name, values in rows.items():
        connection.execute(tables.tables[name].insert(), values)
        assert connection.scalar(text(f"SELECT count(*) FROM {name}")) == 1  # noqa: S608
    connection.rollback()


def _bail_was_ended(connection: Connection) -> None:
    """An action and its entry, ended when withdrawal and error were one choice."""
    tables = MetaData()
    tables.reflect(connection)
    who, person = (
        connection.scalars(text(f"SELECT id FROM {name}")).first()  # noqa: S608
        for name in ("accounts", "people")
    )
    at, on = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), date(2026, 1, 2)
    action, entry = (_stored_id(connection, uuid7()) for _ in range(2))
    connection.execute(
        tables.tables["offender_actions"].insert(),
        {"id": action, "person_id": person, "kind": "police_bail", "rev": 2}
        | {"state": "withdrawn", "starts_on": on, "ends_on": on, "ended_at": at},
    )
    connection.execute(
        tables.tables["offender_action_entries"].insert(),
        {"id": entry, "action_id": action, "kind": "ended", "words_sealed": b"-"}
        | {"state": "withdrawn", "by_id": who, "at": at},
    )


def _how_it_ended_is_kept(connection: Connection) -> None:
    """Going up it is as it was and may be told apart; going down it is the one choice again."""
    for name in ("offender_actions", "offender_action_entries"):
        [state] = connection.scalars(text(f"SELECT state FROM {name}"))  # noqa: S608
        assert state == "withdrawn"
        if "in_error" in _checks(connection, name):
            connection.execute(text(f"UPDATE {name} SET state = 'in_error'"))  # noqa: S608
    connection.commit()


def _a_row_was_refused(connection: Connection) -> None:
    """An import with a row that was refused, when one reason was kept of it."""
    tables = MetaData()
    tables.reflect(connection)
    who = connection.scalars(text("SELECT id FROM accounts")).first()
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    job, imported = (_stored_id(connection, uuid7()) for _ in range(2))
    counts = ("done_count", "total_count", "piece_count", "tries", "taken_up_count")
    of_import = ("row_count", "new_count", "known_count", "refused_count")
    rows: dict[str, dict[str, Any]] = {
        "jobs": {"id": job, "kind": "call_import", "asked_by_id": who, "asked_at": at}
        | {"arguments": "{}", "state": "waiting", "position": "null", "failure": ""}
        | dict.fromkeys(counts, 0),
        "call_imports": {"id": imported, "job_id": job, "log": "calls", "file_name": "a.csv"}
        | {"columns": "reference,phone"}
        | dict.fromkeys(of_import, 1)
        | {"new_count": 0, "known_count": 0},
        "call_import_problems": {"import_id": imported, "line": 2, "column": "phone"}
        | {"reason": "This is not a phone number"},
    }
    for name, values in rows.items():
        connection.execute(tables.tables[name].insert(), values)


def _its_reason_is_kept(connection: Connection) -> None:
    """Going up more fits; going down what does not fit is cut."""
    columns = {each["name"] for each in inspect(connection).get_columns("call_import_problems")}
    [reason] = connection.scalars(text("SELECT reason FROM call_import_problems"))
    assert reason.startswith("This is not a phone number")
    if "reference" in columns:
        connection.execute(
            text("UPDATE call_import_problems SET reason = reason || :more"), {"more": "." * 500}
        )
    else:
        assert len(reason) <= 300
    connection.commit()


def _the_teams_of_a_day_are_found(connection: Connection) -> None:
    found = {each["name"] for each in inspect(connection).get_indexes("report_counts")}
    is_there = connection.dialect.name == "postgresql"
    assert found == ({"ix_report_counts_by_day"} if is_there else set())


def _checks(connection: Connection, name: str) -> str:
    """The rules of a table's columns, as the database writes them."""
    return " ".join(each["sqltext"] for each in inspect(connection).get_check_constraints(name))


DATA: dict[str, tuple[Fill, Fill]] = {
    "0002": (_two_linked_events, _still_linked),
    "0003": (_one_sent_and_one_exempt, _versions_are_counted),
    "0004": (_somebody, _still_there),
    "0005": (_nothing, _new_tables_are_empty),
    "0006": (_somebody_declined, _may_be_converted),
    "0007": (_a_linked_child, _child_still_linked),
    "0008": (_an_answer, _the_answer_is_of_the_main_set),
    "0009": (_nothing, _new_tables_are_empty),
    "0010": (_nothing, _nobody_made_contact_safe),
    "0011": (_nothing, _nobody_knows_the_device),
    "0012": (_nothing, _nothing_was_handed_over),
    "0013": (_a_version_that_was_sent, _the_version_knows_what_it_was_sent_with),
    "0014": (_nothing, _baselines_are_kept),
    "0015": (_one_is_closed, _only_what_is_closed_is_reviewed),
    "0016": (_one_refers_a_child, _refers_a_child_still),
    "0017": (_nothing, _nobody_has_asked_for_marac),
    "0018": (_nothing, _nothing_has_been_exported),
    "0019": (_counted_by_month, _counted_by_year_as_well),
    "0020": (_nothing, _no_program_reads),
    "0021": (_nothing, _nothing_is_done_in_the_background),
    "0022": (_nothing, _the_control_room_may_sign_in),
    "0023": (_a_count_of_pairs, _only_counts_of_cameras_go),
    "0024": (_somebody_who_calls, _calls_on_and_has_no_plan),
    "0025": (_nothing, _what_inspectors_asked_is_kept),
    "0026": (_a_task_of_the_closed_one_ended, _it_was_closed_when_the_task_ended),
    "0027": (_nothing, _nobody_was_corrected),
    "0028": (_somebody_has_a_phone, _is_not_found_by_it_yet),
    "0029": (_pairs_are_worked_out, _how_long_it_took_is_to_be_worked_out),
    "0030": (_nothing, _bail_is_kept_with_its_history),
    "0031": (_bail_was_ended, _how_it_ended_is_kept),
    "0032": (_a_row_was_refused, _its_reason_is_kept),
    "0033": (_nothing, _the_teams_of_a_day_are_found),
}


def revisions() -> list[str]:
    """Every revision, the oldest first."""
    scripts = ScriptDirectory.from_config(config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


@pytest.fixture
def new_database(database_url: str, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Make a fresh database of the configured kind; gives its URL."""
    made: list[str] = []
    server = make_url(database_url)

    def on_server(statement: str) -> None:
        admin = create_engine(database_url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(statement)
        admin.dispose()

    def make() -> str:
        name = f"fresh_{uuid7().hex}"
        if server.get_backend_name() == "sqlite":
            return f"sqlite:///{tmp_path / name}.sqlite3"
        on_server(f"CREATE DATABASE {name}")
        made.append(name)
        return server.set(database=name).render_as_string(hide_password=False)

    yield make
    for name in made:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def fresh(new_database: Callable[[], str]) -> Iterator[Engine]:
    """A writing engine on an empty database."""
    engine = writing(make_engine(new_database()))
    yield engine
    engine.dispose()


def rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        return {
            each.name: sorted(map(tuple, connection.execute(select(each))), key=repr)
            for each in Base.metadata.sorted_tables
        }


def fill(engine: Engine, home: Path) -> None:
    """Teams, people in every role, and the events of making them."""
    store = Store(engine.url.render_as_string(hide_password=False), load_vault(home / "keys.json"))
    make_force(store)
    store.engine.dispose()


def test_there_is_one_head_and_revisions_are_numbered_without_a_gap() -> None:
    scripts = ScriptDirectory.from_config(config())
    assert len(scripts.get_heads()) == 1
    assert revisions() == [f"{number:04}" for number in range(1, len(revisions()) + 1)]


def test_a_revision_is_in_the_file_that_is_named_for_it() -> None:
    scripts = ScriptDirectory.from_config(config())
    for script in scripts.walk_revisions():
        assert Path(script.path).name.startswith(f"{script.revision}_")


def test_every_revision_after_the_first_brings_data_to_be_tried_with() -> None:
    assert set(DATA) == set(revisions()[1:])


def test_every_revision_goes_up_down_and_up_again(fresh: Engine) -> None:
    before = "base"
    for revision in revisions():
        load, check = DATA.get(revision, (None, None))
        if load:
            with fresh.begin() as connection:
                load(connection)
        for _ in range(2):
            upgrade(fresh, revision)
            assert revision_of(fresh) == revision
            _checked(fresh, check)
            downgrade(fresh, before)
            assert (revision_of(fresh) or "base") == before
        upgrade(fresh, revision)
        _checked(fresh, check)
        before = revision


def _checked(engine: Engine, check: Fill | None) -> None:
    if check:
        with engine.connect() as connection:
            check(connection)


def test_a_full_database_can_be_taken_down_and_leaves_nothing_behind(
    fresh: Engine, tmp_path: Path
) -> None:
    upgrade(fresh)
    fill(fresh, tmp_path)
    downgrade(fresh, "base")
    assert set(inspect(fresh).get_table_names()) <= {"alembic_version"}
    upgrade(fresh)
    assert not any(rows(fresh).values())


def test_upgrading_what_is_up_to_date_keeps_every_row(fresh: Engine, tmp_path: Path) -> None:
    upgrade(fresh)
    fill(fresh, tmp_path)
    before = rows(fresh)
    assert before["accounts"]
    upgrade(fresh)
    assert rows(fresh) == before


def test_a_revision_that_fails_leaves_the_database_as_it_was(fresh: Engine) -> None:
    with fresh.begin() as connection:
        connection.execute(text("CREATE TABLE teams (id integer)"))  # in the way
    with pytest.raises(Exception, match="teams"):
        upgrade(fresh)
    assert revision_of(fresh) is None
    assert inspect(fresh).get_table_names() == ["teams"]


def test_an_empty_database_is_at_no_revision(fresh: Engine) -> None:
    assert revision_of(fresh) is None
    upgrade(fresh)
    assert revision_of(fresh) == newest_revision() == revisions()[-1]


def test_the_models_find_no_difference_in_the_schema(fresh: Engine) -> None:
    upgrade(fresh)
    with fresh.connect() as connection:
        compared = compared_on(connection.dialect.name)
        opts = {"compare_server_default": True, "include_object": compared}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def test_the_schema_refuses_exactly_what_the_models_say(
    fresh: Engine, new_database: Callable[[], str]
) -> None:
    """Checks, which the comparison above leaves out, and the conditions of indexes."""
    upgrade(fresh)
    from_models = writing(make_engine(new_database()))
    Base.metadata.create_all(from_models)
    for each in Base.metadata.sorted_tables:
        assert _rules(fresh, each.name) == _rules(from_models, each.name), each.name
    from_models.dispose()


def _rules(engine: Engine, name: str) -> dict[str, Any]:
    found = inspect(engine)
    return {
        "checks": {each["name"]: each["sqltext"] for each in found.get_check_constraints(name)},
        "unique": sorted(map(repr, found.get_unique_constraints(name))),
        "indexes": {
            index["name"]: (
                index["column_names"],
                index["unique"],
                {key: str(value) for key, value in index.get("dialect_options", {}).items()},
            )
            for index in found.get_indexes(name)
        },
        "references": sorted(map(repr, found.get_foreign_keys(name))),
        "options": found.get_table_options(name),
    }
