"""Facts of any number of invented pairs over ten years, and their counts, made within minutes.

DuckDB draws the facts from hashes, so that a number of pairs always gives the same ones. The counts
are a GROUP BY of `store.counted` over them; `checked` holds them against `domain.report_counts`,
which is what `dash-forms reports rebuild` counts with. Only facts and counts are made: no page that
the benchmark asks for reads a record.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import md5
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from uuid import UUID

import duckdb
from sqlalchemy import ColumnElement, Connection, Date, Engine, Select, Table, select, text
from sqlalchemy.dialects import postgresql

from dash_forms.domain import report_counts as kept
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.body_worn_video import Standing
from dash_forms.domain.declines import Basis, Ending, reasons_for
from dash_forms.domain.definitions import EPOCH
from dash_forms.domain.facts import (
    AttemptFact,
    AttendanceFact,
    CameraFact,
    Fact,
    with_repeats,
)
from dash_forms.domain.grading import Grade
from dash_forms.domain.incidents import Mode
from dash_forms.domain.periods import Period, months_before
from dash_forms.domain.response import CallGrade
from dash_forms.store.counted import _CODES, counted
from dash_forms.store.facts import (
    _ATTENDANCE_COLUMNS,
    _CAMERA_COLUMNS,
    _KNOWN,
    _KNOWN_ATTEMPTS,
)
from dash_forms.store.models import (
    AttemptFactRow,
    AttendanceFactRow,
    Base,
    CameraFactRow,
    PairFact,
    ReportCount,
)

YEARS = 10
SETS = ("dash-27.1", "dash-27.2")
TABLES = (PairFact, AttemptFactRow, AttendanceFactRow, CameraFactRow, ReportCount)
_OF_NO_SET = {AttendanceFactRow, CameraFactRow}
_CHUNK = 100_000
_ORDER = {
    "pair_facts": "pair_id",
    "attempt_facts": "pair_id",
    "attendance_facts": "incident_id",
    "camera_facts": "incident_id",
}
Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How many pairs, over how many teams; the days are the ten years up to `today`."""

    pairs: int
    teams: int
    today: date

    @property
    def period(self) -> Period:
        """All of it."""
        return Period(months_before(self.today, YEARS * 12) + timedelta(days=1), self.today)

    @property
    def team_ids(self) -> list[UUID]:
        """The teams, the same ones each time."""
        return [UUID(bytes=md5(b"team %d" % at).digest()) for at in range(self.teams)]  # noqa: S324


def make(path: Path, size: Size, say: Say) -> duckdb.DuckDBPyConnection:
    """A DuckDB file with the tables of facts, and `report_counts`."""
    made = duckdb.connect(str(path))
    made.execute("SET memory_limit = '8GB'")
    made.execute("SET preserve_insertion_order = true")
    made.execute(f"SET temp_directory = '{path}.tmp'")
    _prepare(made, size)
    years = _years(size.period)
    for at, (first, last) in enumerate(years, start=1):
        made.execute(_FACTS.format(**_drawing(size)), [size.pairs, *_numbers(size, first, last)])
        say(f"facts of year {at} of {len(years)}")
    made.execute(_REPEATS)
    made.execute(_ATTEMPTS)
    say("attempts")
    made.execute(_ATTENDANCES)
    made.execute(_CAMERAS)
    say("attendances")
    for at, (first, last) in enumerate(years, start=1):
        for query in _day_counts():
            before, after = (timedelta(days=60 * (at == edge)) for edge in (1, YEARS))
            made.execute(query, {"first": first - before, "last": last + after})
        say(f"counts of year {at} of {len(years)}")
    for scope in ("team_id", f"'{kept.FORCE.hex}'"):
        for query in _STEPS:
            made.execute(query.replace("{scope}", scope))
    say("counts of victims")
    made.execute(_SUMMED.format(force=kept.FORCE.hex))
    say("counts by month, year and force")
    return made


def _years(period: Period) -> list[tuple[date, date]]:
    days = [period.start + timedelta(days=at) for at in range((period.end - period.start).days + 1)]
    begins = [day for day in days if (day.month, day.day) == (days[0].month, days[0].day)]
    ends = [*(day - timedelta(days=1) for day in begins[1:]), days[-1]]
    return list(zip(begins, ends, strict=True))


def _numbers(size: Size, first: date, last: date) -> tuple[int, int]:
    """The numbers of the pairs of some days: they are spread evenly, in the order of time."""
    days = (size.period.end - size.period.start).days + 1
    at = (first - size.period.start).days, (last - size.period.start).days + 1
    return -(-at[0] * size.pairs // days), -(-at[1] * size.pairs // days)


def _prepare(made: duckdb.DuckDBPyConnection, size: Size) -> None:
    enums = {
        "outcome": Outcome,
        "basis": Basis,
        "grade": Grade,
        "mode": Mode,
        "grain": kept.Grain,
        "camera": Standing,
        "response": CallGrade,
    }
    for name, kind in enums.items():
        members = ", ".join(f"'{each.value}'" for each in kind)
        made.execute(f"CREATE TYPE {name} AS ENUM ({members})")
    for macro in _MACROS:
        made.execute(macro)
    first, last = size.period.start - timedelta(days=800), size.period.end + timedelta(days=800)
    made.execute("CREATE TABLE calendar (day DATE PRIMARY KEY, year_after DATE)")
    days = [first + timedelta(days=at) for at in range((last - first).days)]
    made.execute(
        "INSERT INTO calendar SELECT unnest(?), unnest(?)",
        [days, [kept._year_after(day) for day in days]],
    )
    made.execute("CREATE TABLE teams (number BIGINT, team_id VARCHAR)")
    made.executemany(
        "INSERT INTO teams VALUES (?, ?)", [(at, each.hex) for at, each in enumerate(size.team_ids)]
    )
    made.execute(_EMPTY_FACTS)
    made.execute(
        "CREATE TABLE day_counts (code VARCHAR, scope VARCHAR, starts_on DATE,"
        " question_set VARCHAR, number BIGINT)"
    )


def _drawing(size: Size) -> dict[str, object]:
    def listed(ending: Ending) -> str:
        return "[" + ", ".join(f"'{each.code}'" for each in reasons_for(ending)) + "]"

    return {
        **{ending.value: listed(ending) for ending in Ending},
        "first": size.period.start.isoformat(),
        "days": (size.period.end - size.period.start).days + 1,
        "teams": size.teams,
        "victims": max(1, size.pairs // 2),
        "new_set": (size.period.start + timedelta(days=365 * 6)).isoformat(),
        "old": SETS[0],
        "new": SETS[1],
    }


_MACROS = (
    # A number from 0 to below 1 that looks like chance, for draw `k` of pair `i`.
    "CREATE MACRO u(i, k) AS (hash(i * 100 + k) >> 11)::DOUBLE / 9007199254740992.0",
    "CREATE MACRO of_list(items, chance) AS items[1 + floor(len(items) * chance * chance)::INT]",
    "CREATE MACRO hours_ending(i, k) AS 8 + floor(12 * (u(i, k) + u(i, k + 1)))::INT",
)
_EMPTY_FACTS = """
CREATE TABLE pair_facts (
    pair_id VARCHAR, team_id VARCHAR, victim_key VARCHAR, reported_at TIMESTAMP,
    question_set VARCHAR, counted_on DATE, hour INT, attempt INT, outcome outcome, reason VARCHAR,
    reason_basis basis, converted_on DATE, mode mode, delay_minutes INT, is_repeat BOOLEAN,
    has_children BOOLEAN, was_unable BOOLEAN, was_not_offered BOOLEAN, is_blanket_no BOOLEAN,
    seconds INT, grade grade, has_red_flag BOOLEAN, marac_decided BOOLEAN, encompass_due_on DATE,
    encompass_in_time BOOLEAN, camera camera, response_grade response)
"""
_FACTS = """
INSERT INTO pair_facts
WITH drawn AS (
    SELECT i, DATE '{first}' + (i * {days} // ?)::INT AS day, hours_ending(i, 1) % 24 AS hour,
        floor({victims} * pow(u(i, 3), 1.3))::BIGINT AS victim,
        CASE WHEN u(i, 4) < 0.52 THEN 'completed' WHEN u(i, 4) < 0.83 THEN 'declined'
            WHEN u(i, 4) < 0.86 THEN 'partial' WHEN u(i, 4) < 0.93 THEN 'unable'
            WHEN u(i, 4) < 0.96 THEN 'not_offered' WHEN u(i, 4) < 0.98 THEN 'exempt'
            ELSE 'pending' END AS outcome,
        CASE WHEN u(i, 5) < 0.9 THEN 5 + floor(13000 * pow(u(i, 6), 6))::INT END AS delay,
        u(i, 7) < 0.45 AS children,
        CASE WHEN u(i, 8) < 0.15 THEN 'high' WHEN u(i, 8) < 0.5 THEN 'medium'
            ELSE 'standard' END AS grade
    FROM range(?, ?) AS numbers(i))
SELECT lpad(lower(to_hex(i)), 12, '0') || '7' || substr(md5(i::VARCHAR), 1, 3) || '8'
        || substr(md5(i::VARCHAR), 4, 15),
    (SELECT team_id FROM teams WHERE number = floor({teams} * (
        CASE WHEN u(i, 9) < 0.9 THEN u(victim, 10) ELSE u(i, 10) END))::BIGINT),
    md5('victim ' || victim), day + to_hours(hour) + to_seconds(floor(3600 * u(i, 11))::INT)
        - to_minutes(coalesce(delay, 0) + 20),
    CASE WHEN day < DATE '{new_set}' THEN '{old}' ELSE '{new}' END, day, hour, 1, outcome,
    CASE outcome WHEN 'declined' THEN of_list({declined}, u(i, 12))
        WHEN 'unable' THEN of_list({unable}, u(i, 12))
        WHEN 'not_offered' THEN of_list({not_offered}, u(i, 12))
        WHEN 'exempt' THEN of_list({exempt}, u(i, 12)) END,
    CASE WHEN outcome IN ('declined', 'unable', 'not_offered', 'exempt')
        THEN CASE WHEN u(i, 13) < 0.6 THEN 'said' ELSE 'inferred' END END,
    CASE WHEN outcome = 'declined' AND u(i, 14) < 0.25
        THEN day + floor(36 * pow(u(i, 15), 2))::INT END,
    CASE WHEN u(i, 16) < 0.85 THEN 'in_person' WHEN u(i, 16) < 0.95 THEN 'telephone'
        WHEN u(i, 16) < 0.97 THEN 'video' END,
    delay, false, children, outcome = 'unable' OR u(i, 17) < 0.05,
    outcome = 'not_offered' OR u(i, 18) < 0.02, outcome = 'completed' AND u(i, 19) < 0.05,
    CASE WHEN outcome = 'completed' AND u(i, 20) < 0.95
        THEN 120 + floor(2400 * u(i, 21))::INT END,
    CASE WHEN outcome <> 'pending' THEN grade END, outcome = 'declined' AND u(i, 22) < 0.1,
    grade = 'high' AND u(i, 23) < 0.8,
    CASE WHEN children AND u(i, 24) < 0.5 THEN day + 1 + floor(3 * u(i, 25))::INT END,
    children AND u(i, 24) < 0.5 AND u(i, 26) < 0.85,
    CASE WHEN u(i, 27) < 0.68 THEN 'recording' WHEN u(i, 27) < 0.86 THEN 'not_recording'
        WHEN u(i, 27) < 0.9 THEN 'not_issued' WHEN u(i, 27) < 0.96 THEN 'no_record'
        ELSE 'not_attended' END,
    CASE WHEN u(i, 28) < 0.28 THEN 'grade_1' WHEN u(i, 28) < 0.7 THEN 'grade_2'
        WHEN u(i, 28) < 0.84 THEN 'grade_3' WHEN u(i, 28) < 0.92 THEN 'appointment'
        WHEN u(i, 28) < 0.97 THEN 'telephone' ELSE 'not_graded' END
FROM drawn
"""
_REPEATS = """
CREATE OR REPLACE TABLE pair_facts AS
WITH days AS (
    SELECT pair_facts.*, timezone('Europe/London', timezone('UTC', reported_at))::DATE AS on_day,
        lag(reported_at) OVER earlier AS before_at, lag(on_day) OVER earlier AS before_on
    FROM pair_facts
    WINDOW earlier AS (PARTITION BY victim_key ORDER BY reported_at, pair_id))
SELECT * EXCLUDE (on_day, before_at, before_on, year_after, day)
    REPLACE (coalesce(before_at < reported_at AND on_day < year_after, false) AS is_repeat)
FROM days LEFT JOIN calendar ON day = before_on
ORDER BY counted_on, pair_id
"""
_ATTEMPTS = """
CREATE TABLE attempt_facts AS
WITH drawn AS (
    SELECT pair_facts.*, ('0x' || substr(pair_id, 1, 12))::BIGINT AS i,
        (['standard', 'medium', 'high'])[1 + floor(3 * u(i, 41))::INT]::grade AS other
    FROM pair_facts WHERE outcome <> 'pending')
SELECT substr(pair_id, 1, 16) || '9' || substr(pair_id, 18) AS assessment_id, pair_id, team_id,
    question_set, counted_on + 1 AS review_due_on, u(i, 42) < 0.9 AS review_in_time,
    CASE WHEN u(i, 43) < 0.95 THEN counted_on + floor(2 * u(i, 44))::INT END AS decided_on,
    grade AS officer_grade,
    CASE WHEN u(i, 43) < 0.95 THEN CASE WHEN u(i, 45) < 0.9 THEN grade ELSE other END END
        AS supervisor_grade,
    CASE WHEN grade = 'high' AND u(i, 46) < 0.6 THEN counted_on + 2 END AS graded_again_on,
    CASE WHEN grade = 'high' AND u(i, 46) < 0.6
        THEN CASE WHEN u(i, 47) < 0.8 THEN grade ELSE other END END AS specialist_grade,
    CASE WHEN outcome = 'declined' AND u(i, 48) < 0.9
        THEN counted_on + 1 + floor(7 * u(i, 49))::INT END AS reoffer_due_on,
    outcome = 'declined' AND u(i, 48) < 0.9 AND u(i, 50) < 0.7 AS reoffer_in_time
FROM drawn
"""
# Each pair is an incident here, with one officer.
_ATTENDANCES = """
CREATE TABLE attendance_facts AS
SELECT pair_id AS incident_id, team_id,
    CASE WHEN camera <> 'not_attended' THEN reported_at END AS attended_at,
    CASE WHEN camera <> 'not_attended' THEN counted_on END AS attended_on, camera AS standing,
    timezone('Europe/London', timezone('UTC', reported_at))::DATE AS reported_on, response_grade,
    delay_minutes
FROM pair_facts
"""
_CAMERAS = """
CREATE TABLE camera_facts AS
SELECT incident_id, incident_id AS officer_id, team_id, attended_on,
    CASE standing::VARCHAR WHEN 'not_recording'
        THEN of_list(['forgot', 'faulty', 'victim_asked', 'other_reason'],
            u(('0x' || substr(incident_id, 1, 12))::BIGINT, 61))
        ELSE standing::VARCHAR END AS said
FROM attendance_facts WHERE standing NOT IN ('no_record', 'not_attended')
"""
_STEPS = (
    """
    INSERT INTO day_counts
    WITH countable AS (
        SELECT {scope} AS scope, counted_on, outcome, year_after, lead(counted_on) OVER (
            PARTITION BY {scope}, victim_key ORDER BY counted_on, reported_at, pair_id) AS later
        FROM pair_facts JOIN calendar ON day = counted_on
        WHERE outcome IN ('completed', 'partial', 'declined')),
    steps AS (
        SELECT scope, counted_on AS on_day, 1 AS by_one, outcome FROM countable
        UNION ALL
        SELECT scope, coalesce(least(later, year_after), year_after), -1, outcome FROM countable)
    SELECT '{victims}', scope, on_day, '', sum(by_one) FROM steps GROUP BY ALL
    UNION ALL
    SELECT '{victims_declined}', scope, on_day, '', sum(by_one) FROM steps
    WHERE outcome = 'declined' GROUP BY ALL
    """.replace("{victims}", kept.STEP_VICTIMS).replace(
        "{victims_declined}", kept.STEP_VICTIMS_DECLINED
    ),
    """
    INSERT INTO day_counts
    WITH changes AS (
        SELECT {scope} AS scope, victim_key, unnest([counted_on, year_after]) AS on_day,
            unnest([1, -1]) AS by_one
        FROM pair_facts JOIN calendar ON day = counted_on WHERE outcome = 'declined'),
    held AS (
        SELECT scope, on_day, by_one, sum(by_one) OVER (PARTITION BY scope, victim_key
            ORDER BY on_day, by_one ROWS UNBOUNDED PRECEDING) AS now
        FROM changes)
    SELECT '{declines}', scope, on_day, '', sum(by_one) FROM held GROUP BY ALL
    UNION ALL
    SELECT '{repeats}', scope, on_day, '', sum(CASE WHEN now >= 2 THEN now ELSE 0 END
        - CASE WHEN now - by_one >= 2 THEN now - by_one ELSE 0 END) FROM held GROUP BY ALL
    """.replace("{declines}", kept.STEP_DECLINES).replace("{repeats}", kept.STEP_REPEAT_DECLINES),
)
# Victims are counted in a team and in the force apart: one may be known to two teams.
_SUMMED = """
CREATE TABLE report_counts AS
WITH scoped AS (
    SELECT * FROM day_counts
    UNION ALL
    SELECT * REPLACE ('{force}' AS scope) FROM day_counts WHERE code NOT LIKE 'step.%'),
days AS (
    SELECT code, 'day'::grain AS grain, scope, starts_on, question_set, sum(number)::INT AS number
    FROM scoped GROUP BY ALL),
months AS (
    SELECT code, 'month'::grain AS grain, scope,
        date_trunc('month', starts_on)::DATE AS starts_on, question_set, sum(number)::INT AS number
    FROM days GROUP BY ALL),
years AS (
    SELECT code, 'year'::grain, scope, date_trunc('year', starts_on)::DATE, question_set,
        sum(number)::INT
    FROM months GROUP BY ALL)
SELECT * FROM (FROM days UNION ALL FROM months UNION ALL FROM years)
"""


def _day_counts() -> Iterator[str]:
    """For each day that facts are counted by, one GROUP BY with a column for every code."""
    rules = kept.Rules()
    codes = [*_CODES, kept.FAST_FORM, kept.BLANKET_AND_FAST]
    found = sorted((str(counted(code, rules).day), code) for code in codes)
    for _, group in groupby(found, key=lambda each: each[0]):
        of_day = [code for _, code in group]
        day = counted(of_day[0], rules).day
        of_set = "''" if day.class_ in _OF_NO_SET else "question_set"
        columns = ", ".join(
            f'count(*) FILTER (WHERE {_sql(counted(code, rules).where)}) AS "{code}"'
            for code in of_day
        )
        yield (
            "INSERT INTO day_counts BY NAME SELECT * FROM (UNPIVOT (SELECT team_id AS scope,"
            f" {day.key} AS starts_on, {of_set} AS question_set, {columns}"
            f" FROM {day.class_.__tablename__} WHERE {day.key} BETWEEN $first AND $last"
            " GROUP BY ALL)"
            " ON COLUMNS(* EXCLUDE (scope, starts_on, question_set)) INTO NAME code VALUE number)"
            " WHERE number > 0"
        )


def _sql(condition: ColumnElement[bool]) -> str:
    """A condition in the words of SQL that DuckDB shares with PostgreSQL."""
    written = condition.compile(
        dialect=postgresql.dialect(),  # type: ignore[no-untyped-call]
        compile_kwargs={"literal_binds": True},
    )
    # Per cent signs are doubled for the driver, which does not see it; a date takes its type there.
    return str(written).replace("%%", "%").replace(f"- '{EPOCH}'", f"- DATE '{EPOCH}'")


def load(made: duckdb.DuckDBPyConnection, engine: Engine, say: Say, *, facts: bool = True) -> None:
    """Put counts and, unless told otherwise, facts into an empty, migrated database.

    The foreign keys of the facts are passed by.
    """
    for model in TABLES if facts else (ReportCount,):
        table = cast("Table", model.__table__)
        length = _length(made, table)
        loading = _into_postgresql if engine.dialect.name == "postgresql" else _into_sqlite
        for done in loading(made, engine, table):
            say(f"{engine.dialect.name}: {table.name}, {done:,} of {length:,}")


def _length(made: duckdb.DuckDBPyConnection, table: Table) -> int:
    row = made.execute(f"SELECT count(*) FROM {table.name}").fetchone()
    return row[0] if row else 0


def _into_postgresql(
    made: duckdb.DuckDBPyConnection, engine: Engine, table: Table
) -> Iterator[int]:
    """COPY in the order of time, as life would write it; keys and indexes are made afterwards."""
    columns = [f"'\\x' || {c.name}" if c.name == "victim_key" else c.name for c in table.columns]
    in_time = {"report_counts": "starts_on", "pair_facts": "counted_on"}
    order = (_ORDER | in_time)[table.name]
    with TemporaryDirectory() as folder, engine.begin() as connection:
        path = Path(folder) / "rows.csv"
        made.execute(
            f"COPY (SELECT {', '.join(columns)} FROM {table.name} ORDER BY {order})"
            f" TO '{path}' (HEADER false)"
        )
        yield 0
        key = connection.scalar(text(_KEY), {"table": table.name})
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '1GB'")
        for index in table.indexes:
            index.drop(connection)
        connection.exec_driver_sql(f"ALTER TABLE {table.name} DROP CONSTRAINT {key}")
        driver = connection.connection.driver_connection
        assert driver is not None
        names = ", ".join(each.name for each in table.columns)
        copying = f"COPY {table.name} ({names}) FROM STDIN (FORMAT csv)"
        with driver.cursor() as cursor, cursor.copy(copying) as copy, path.open("rb") as file:
            while some := file.read(1 << 22):
                copy.write(some)
        of_key = ", ".join(each.name for each in table.primary_key)
        connection.exec_driver_sql(
            f"ALTER TABLE {table.name} ADD CONSTRAINT {key} PRIMARY KEY ({of_key})"
        )
        for index in table.indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM ANALYZE {table.name}")
    yield _length(made, table)


_KEY = """
SELECT conname FROM pg_constraint WHERE conrelid = CAST(:table AS regclass) AND contype = 'p'
"""


_INDEXES = """
SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL
"""


def _into_sqlite(made: duckdb.DuckDBPyConnection, engine: Engine, table: Table) -> Iterator[int]:
    """Rows in the order of their key, for which SQLite need not look for a place.

    Nobody else may have the file open: it leaves its log for the while.
    """
    assert engine.url.database
    connection = sqlite3.connect(engine.url.database, isolation_level=None)
    try:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000"):
            connection.execute(f"PRAGMA {pragma}")
        indexes = connection.execute(_INDEXES, [table.name]).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.execute("BEGIN")
        putting = _counts_into_sqlite if table.name == "report_counts" else _facts_into_sqlite
        yield from putting(made, connection, table)
        connection.execute("COMMIT")
        for _, statement in indexes:
            connection.execute(statement)
    finally:
        connection.close()


def _facts_into_sqlite(
    made: duckdb.DuckDBPyConnection, connection: sqlite3.Connection, table: Table
) -> Iterator[int]:
    columns = [
        f"unhex({c.name})"
        if c.name == "victim_key"
        else f"strftime({c.name}, '%Y-%m-%d %H:%M:%S.%f')"
        if c.name in {"reported_at", "attended_at"}
        else f"{c.name}::VARCHAR"
        if isinstance(c.type, Date)
        else c.name
        for c in table.columns
    ]
    rows = made.execute(
        f"SELECT {', '.join(columns)} FROM {table.name} ORDER BY {_ORDER[table.name]}"
    )
    names = ", ".join(each.name for each in table.columns)
    marks = ", ".join("?" for _ in table.columns)
    done = 0
    while some := rows.fetchmany(_CHUNK):
        connection.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", some)
        done += len(some)
        yield done


def _counts_into_sqlite(
    made: duckdb.DuckDBPyConnection, connection: sqlite3.Connection, table: Table
) -> Iterator[int]:
    """All days of a code and a scope as one list: so many rows are too many for Python."""
    done, said = 0, 0
    rows = made.execute(
        "SELECT code, grain, scope, question_set, count(*), '[' || string_agg('\"' || starts_on"
        " || number || '\"', ',' ORDER BY starts_on) || ']' FROM report_counts GROUP BY ALL"
        " ORDER BY code, grain, scope, question_set"
    )
    while some := rows.fetchmany(200):
        for code, grain, scope, of_set, number, days in some:
            connection.execute(
                f"INSERT INTO {table.name} (code, grain, scope, starts_on, question_set, number)"
                " SELECT ?, ?, ?, substr(value, 1, 10), ?, CAST(substr(value, 11) AS INTEGER)"
                " FROM json_each(?)",
                (code, grain, scope, of_set, days),
            )
            done += number
        if done - said > 1_000_000:
            said = done
            yield done
    yield done


def _all_of(model: type[Base], names: Iterable[str]) -> Select[*tuple[Any, ...]]:
    return select(*(model.__table__.c[name] for name in names))


def checked(connection: Connection) -> int:
    """Hold the counts in a database against those that the domain makes of the facts in it.

    That is what `dash-forms reports rebuild` does once it has worked out the facts. Returns how
    many counts there are.
    """
    facts = [Fact(*row) for row in connection.execute(_KNOWN)]
    attempts = [AttemptFact(*row) for row in connection.execute(_KNOWN_ATTEMPTS)]
    if {*facts} != {*with_repeats(facts)}:
        raise AssertionError("other pairs are marked as repeated than the domain would mark")
    attendances = connection.execute(_all_of(AttendanceFactRow, _ATTENDANCE_COLUMNS))
    cameras = connection.execute(_all_of(CameraFactRow, _CAMERA_COLUMNS))
    counts = kept.counts_of(facts, attempts, kept.Rules())
    counts.update(
        kept.attendance_counts(
            [AttendanceFact(*row) for row in attendances], [CameraFact(*row) for row in cameras]
        )
    )
    made = {key: n for key, n in counts.items() if n}
    found = {
        kept.Key(*row[:-1]): row[-1] for row in connection.execute(select(ReportCount.__table__))
    }
    if {key: n for key, n in found.items() if n} != made:
        raise AssertionError("the counts differ from those that the domain makes of the facts")
    return len(made)
