"""Imports: flags as a plain recomputation has them, twice the same, and killed half-way."""

from __future__ import annotations

import io
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Event
from typing import Any

import pytest
from sqlalchemy import func, select

from dash_forms.calls import importing
from dash_forms.calls.importing import KIND, cancel_import, import_of, put_by
from dash_forms.domain.callers import Why
from dash_forms.domain.errors import InvalidError, StateError
from dash_forms.domain.logs import Log
from dash_forms.domain.repeat_calls import Rule
from dash_forms.store.job_runner import Runner
from dash_forms.store.models import (
    Call,
    Caller,
    CallerFlag,
    CallerMatch,
    CallImport,
    CallImportPart,
    CallImportProblem,
)
from dash_forms.store.work import Store
from tests.calls.conftest import Import
from tests.support.calls import Row, import_all, written
from tests.support.force import Force

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
NAMES = ("Wren Ashdown", "Rowan Birkett", "Linden Carrow")


def _calls(*hours: float, phone: str = "07700 900001", name: str = "", first: int = 1) -> list[Row]:
    return [
        {
            "reference": f"C-{first + at}",
            "called_at": (START + timedelta(hours=hour)).isoformat(),
            "phone": phone,
            "name": name,
        }
        for at, hour in enumerate(hours)
    ]


def _flags(store: Store) -> set[tuple[str, Rule]]:
    query = select(Call.reference, CallerFlag.rule).join(Call, Call.id == CallerFlag.call_id)
    with store.work(writes=False) as work:
        return {(row[0], row[1]) for row in work.connection.execute(query)}


def _count(store: Store, model: type) -> int:
    with store.work(writes=False) as work:
        return work.connection.scalar(select(func.count()).select_from(model)) or 0


def test_the_fourth_call_in_a_week_raises_the_flag(store: Store, taken: Import) -> None:
    taken(_calls(0, 50, 100, 168))
    assert _flags(store) == {("C-4", Rule.WEEK)}


def test_a_contact_counts_once_however_often_it_is_logged(store: Store, taken: Import) -> None:
    rows = _calls(0, 1, 2, 3)
    rows[3]["duplicate_of"] = "C-3"
    taken(rows)
    assert _flags(store) == set()
    taken(_calls(4, first=5))
    assert _flags(store) == {("C-5", Rule.WEEK)}


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 0, 1, 4, 3)])
def test_a_duplicate_of_a_duplicate_is_the_same_contact(
    store: Store, taken: Import, at_once: bool, order: tuple[int, ...]
) -> None:
    rows = _calls(0, 1, 2, 3, 4)
    rows[1]["duplicate_of"], rows[2]["duplicate_of"] = "C-1", "C-2"
    parts = [[rows[at] for at in order]] if at_once else [[rows[at]] for at in order]
    for part in parts:
        taken(part)
    assert _flags(store) == set()  # three contacts
    taken(_calls(5, first=9))
    assert _flags(store) == {("C-9", Rule.WEEK)}


def test_a_call_that_is_imported_late_moves_the_flag(store: Store, taken: Import) -> None:
    taken(_calls(0, 2, 3, 4))
    taken(_calls(1, first=9))
    assert _flags(store) == {("C-3", Rule.WEEK)}


def test_two_phones_of_one_person_are_one_caller_by_their_birthday(
    store: Store, taken: Import
) -> None:
    rows = _calls(0, 1) + _calls(2, 3, phone="07700 900002", first=3)
    taken([{**row, "name": "Wren Ashdown", "born_on": "1990-01-31"} for row in rows])
    assert _count(store, Caller) == 1
    assert _flags(store) == {("C-4", Rule.WEEK)}


def test_one_phone_of_two_people_is_two_callers_and_a_question(store: Store, taken: Import) -> None:
    taken(_calls(0, 1, name=NAMES[0]) + _calls(2, 3, name=NAMES[1], first=3))
    assert _flags(store) == set()
    with store.work(writes=False) as work:
        [match] = work.session.scalars(select(CallerMatch)).all()
    assert (match.why, match.verdict) == (Why.PHONE, None)


def test_bad_rows_are_reported_with_line_and_reason_and_the_good_ones_kept(
    store: Store, taken: Import
) -> None:
    rows = _calls(0, 1, 2)
    rows[1]["called_at"] = "soon"
    rows[2]["phone"] = "ask me"
    import_id = taken(rows)
    assert _count(store, Call) == 1
    with store.work(writes=False) as work:
        problems = work.session.scalars(select(CallImportProblem)).all()
        ended = import_of(work, import_id)
    assert {(each.line, each.column) for each in problems} == {(3, "called_at"), (4, "phone")}
    assert all("soon" not in each.reason for each in problems)
    assert (ended.new_count, ended.known_count, ended.refused_count) == (1, 0, 2)


def test_all_that_is_wrong_with_a_row_is_told_with_the_number_of_its_call(
    store: Store, taken: Import
) -> None:
    rows = _calls(0, 1, 2)
    rows[0] |= {"called_at": "soon", "phone": "ask me", "born_on": "31/01/1990"}
    rows[1] |= {"reference": "=1+1", "channel": "post"}
    taken(rows)
    with store.work(writes=False) as work:
        first, second = work.session.scalars(
            select(CallImportProblem).order_by(CallImportProblem.line)
        ).all()
    assert (first.reference, first.column) == ("C-1", "called_at, phone, born_on")
    assert first.reason == (
        "called_at: Write the time as 2026-01-31T21:45:00+00:00 or 2026-01-31 21:45;"
        " phone: This is not a phone number; born_on: Write the date of birth as 1990-01-31"
    )
    assert (second.reference, second.column) == ("", "reference, channel")
    assert "=1+1" not in second.reason


def test_of_a_row_with_too_many_cells_no_number_is_told(store: Store, force: Force) -> None:
    # A comma that should be within quotation marks moves whatever follows it.
    import_all(
        store,
        force,
        ["address,reference,called_at\r\n", "1 Row, Town,C-1,2026-01-31 21:45\r\n"],
    )
    with store.work(writes=False) as work:
        [problem] = work.session.scalars(select(CallImportProblem)).all()
    assert (problem.reference, problem.column) == ("", "")


def test_a_second_import_of_the_same_file_changes_nothing(store: Store, taken: Import) -> None:
    rows = _calls(0, 1, 2, 3, 4, 5)
    taken(rows)
    before = _flags(store), _count(store, Caller)
    second = taken(rows)
    assert (_flags(store), _count(store, Caller)) == before
    with store.work(writes=False) as work:
        assert import_of(work, second).known_count == 6


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "ROWS_IN_A_PART", 7)


def _many(number: int) -> list[Row]:
    """Calls of few people, so that many are flagged; some share phones, some give no name."""
    chance = Random(5)
    rows = []
    for at in range(number):
        who = chance.randrange(12)
        moment = START + timedelta(minutes=chance.randrange(60 * 24 * 60))
        rows.append(
            {
                "reference": f"M-{at:06}",
                "called_at": moment.isoformat(),
                "phone": "" if who == 11 else f"07700 9000{who // 2:02}",
                "name": "" if chance.random() < 0.3 else f"{NAMES[who % 3]} {'abcd'[who // 3]}",
                "address": f"{who} Invented Row",
                "duplicate_of": f"M-{at - 1:06}" if at and chance.random() < 0.05 else "",
            }
        )
    return rows


def test_flags_are_those_of_a_plain_recomputation(store: Store, taken: Import) -> None:
    taken(_many(900))
    with store.work(writes=False) as work:
        rows = work.connection.execute(
            select(Call.counted_as_id, Call.called_at, Call.contact, Call.reference)
        ).all()
    contacts: dict[object, dict[str, tuple[datetime, str]]] = defaultdict(dict)
    for caller, called_at, contact, reference in rows:
        if caller is not None:
            found = contacts[caller].get(contact, (called_at, reference))
            contacts[caller][contact] = min(found, (called_at, reference))
    expected = set()
    for each in contacts.values():
        calls = sorted(each.values())
        for rule, hours, most in ((Rule.WEEK, 168, 3), (Rule.MONTH, 720, 5)):
            raised: datetime | None = None
            for at, (moment, reference) in enumerate(calls):
                since = moment - timedelta(hours=hours)
                if sum(since <= when for when, _ in calls[: at + 1]) <= most:
                    raised = None
                elif raised is None or raised < since:
                    raised = moment
                    expected.add((reference, rule))
    assert expected
    assert _flags(store) == expected


@pytest.mark.usefixtures("small_parts")
def test_an_import_killed_half_way_ends_as_a_clean_run(
    store: Store, force: Force, put: Import, taken: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = _many(100)

    def outcome() -> tuple[object, ...]:
        query = (
            select(Call.reference, func.count(Caller.id))
            .outerjoin(Caller, Caller.id == Call.caller_id)
            .group_by(Call.reference)
        )
        with store.work(writes=False) as work:
            calls = sorted(tuple(row) for row in work.connection.execute(query))
        return calls, _flags(store), _count(store, Caller), _count(store, CallerMatch)

    put(rows)
    read = importing._read
    chance = Random(3)

    def killed(*given: Any) -> Any:
        found = read(*given)
        if chance.random() < 0.5:
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(importing, "_read", killed)
    runner, more = Runner(store, (KIND,), lease=timedelta(0)), True
    while more:
        try:
            more = runner.run_one()
        except KeyboardInterrupt:
            continue
    assert _count(store, CallImportPart) == 0
    broken = outcome()
    monkeypatch.setattr(importing, "_read", read)
    with store.writing_engine.begin() as connection:
        for table in ("caller_flags", "caller_matches", "calls", "caller_keys", "callers"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - our own names
    taken(rows)
    assert outcome() == broken


@pytest.mark.usefixtures("small_parts")
def test_what_is_cancelled_keeps_what_it_took_in_and_goes_no_further(
    store: Store, force: Force, put: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = put(_many(30))
    told = Event()
    read = importing._read

    def stopped(*given: Any) -> Any:
        told.set()
        return read(*given)

    monkeypatch.setattr(importing, "_read", stopped)
    runner = Runner(store, (KIND,))
    runner.run_one(told)
    with store.work(writes=True, actor=force.actors["control1"]) as work:
        cancel_import(work, import_id)
    assert (_count(store, Call), _count(store, CallImportPart)) == (7, 0)
    assert not runner.run_one()
    with (
        store.work(writes=True, actor=force.actors["control1"]) as work,
        pytest.raises(StateError),
    ):
        cancel_import(work, import_id)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("reference,called_at\r\n", "no row after"),
        ("reference,colour\r\nC-1,red\r\n", "no column “colour”"),
        ('reference,called_at\r\n"C-1,2026-01-31 21:45\r\n', "quotation mark"),
    ],
)
def test_what_is_no_log_is_refused_and_leaves_nothing(
    store: Store, force: Force, text: str, words: str
) -> None:
    with (
        pytest.raises(InvalidError, match=words) as refused,
        store.work(writes=True, actor=force.actors["control1"]) as work,
    ):
        put_by(work, Log.CALLS, "log.csv", io.StringIO(text, newline=""))
    assert refused.value.field == "file"
    assert _count(store, CallImport) == 0


def test_what_is_kept_of_rows_and_callers_names_nobody(
    store: Store, put: Import, taken: Import
) -> None:
    rows = [{**row, "address": "1 Invented Row"} for row in _calls(0, name=NAMES[0])]
    put(rows)
    taken(rows)
    with store.work(writes=False) as work:
        for table in ("callers", "caller_keys", "calls", "call_import_parts"):
            found = str(work.connection.exec_driver_sql(f"SELECT * FROM {table}").all())  # noqa: S608
            assert found
            for secret in ("Ashdown", "900001", "Invented Row"):
                assert secret not in found


def test_a_log_as_people_write_it_is_read(store: Store, taken: Import) -> None:
    assert written(_calls(0)).startswith("reference,")
    taken([*_calls(0), {"reference": "", "called_at": " "}])
    assert _count(store, Call) == 1
