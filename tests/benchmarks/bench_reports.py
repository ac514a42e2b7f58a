"""What the reports cost at 140 thousand and at 14 million pairs, beside a plain GROUP BY.

Run with `python -m tests.benchmarks.bench_reports`; the full run takes about half an hour and 20 GB
in the folder for temporary files, `--pairs 20000` three minutes. Both sizes are ten years of the
same number of teams, so that only the numbers in the counts grow, not how many counts a period has
at the most. Of 14 million pairs SQLite holds the counts alone, PostgreSQL the facts too. It prints
and never fails: times on a shared machine are for people to read.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import click
import duckdb
from sqlalchemy import Connection, Engine, event, text

from dash_forms.app import create_app
from dash_forms.config import Settings
from dash_forms.domain import report_counts as kept
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.body_worn_video import Standing
from dash_forms.domain.declines import REASONS, Basis, Ending
from dash_forms.domain.grading import Grade
from dash_forms.domain.periods import Month, Period, london_date, rolling_three_months
from dash_forms.domain.permissions import Role
from dash_forms.domain.report_counts import Between, Dimension
from dash_forms.domain.response import CallGrade
from dash_forms.domain.statistics import LAST_DAY
from dash_forms.reporting.tabs import Tab
from dash_forms.store.accounts import create_account
from dash_forms.store.engine import make_engine
from dash_forms.store.migrate import upgrade
from dash_forms.store.models import Team
from dash_forms.store.report_counts import sums, sums_by_month, sums_by_scope
from tests.benchmarks.ten_years import Say, Size, checked, load, make
from tests.support import postgres
from tests.support.client import PASSWORD, StrictClient
from tests.support.force import CHEAP
from tests.support.workers import RunningServer, running_server

WARM_UP, REQUESTS = 6, 30
TIMES = 15
CHECKED = 200_000
"""Up to so many pairs the counts are held against those that the domain makes, one by one."""
POSTGRESQL = (
    *("-c", "shared_buffers=2GB"),
    *("-c", "work_mem=64MB"),
    *("-c", "max_wal_size=8GB"),
    *("-c", "synchronous_commit=off"),
)

_OUTCOMES = [kept.of_outcome(each) for each in Outcome]


@dataclass(frozen=True)
class Cost:
    """What a page takes: CPU milliseconds of the workers and of the database's own processes,
    the statements, and the milliseconds of these run again by themselves."""

    cpu: float
    database_cpu: float
    statements: int
    sql: float


@dataclass(frozen=True)
class Asked:
    """A part of the report over a period."""

    tab: Tab
    name: str
    period: Period

    @property
    def path(self) -> str:
        return f"{self.tab.path}?from={self.period.start}&to={self.period.end}"


@dataclass(frozen=True)
class Plain:
    """The main figures of a part as one GROUP BY over the facts, and as sums of kept counts."""

    tab: Tab
    query: str
    key: Callable[[Sequence[Any]], object]
    summed: Callable[[Connection, Period, Size], Counter[Any]]


def _codes(*codes: str) -> Callable[[Connection, Period, Size], Counter[Any]]:
    def summed(connection: Connection, period: Period, _size: Size) -> Counter[Any]:
        return sums(connection, codes, period)

    return summed


def _by_month(connection: Connection, period: Period, _size: Size) -> Counter[Any]:
    found = sums_by_month(connection, _OUTCOMES, period)
    return Counter({(m, code): n for m, each in found.items() for code, n in each.items()})


def _by_team(connection: Connection, period: Period, size: Size) -> Counter[Any]:
    found = sums_by_scope(connection, _OUTCOMES, period, size.team_ids)
    return Counter({(team, code): n for team, each in found.items() for code, n in each.items()})


_IN_PERIOD = "counted_on BETWEEN '{start}' AND '{end}'"
PLAIN = (
    Plain(
        Tab.OVERVIEW,
        f"SELECT outcome, count(*) FROM pair_facts WHERE {_IN_PERIOD} GROUP BY outcome",
        lambda row: kept.of_outcome(Outcome(row[0])),
        _codes(*_OUTCOMES),
    ),
    Plain(
        Tab.TREND,
        "SELECT date_trunc('month', counted_on) AS month, outcome, count(*) FROM pair_facts"
        f" WHERE {_IN_PERIOD} GROUP BY month, outcome",
        lambda row: (Month(row[0].year, row[0].month), kept.of_outcome(Outcome(row[1]))),
        _by_month,
    ),
    Plain(
        Tab.TEAMS,
        f"SELECT team_id, outcome, count(*) FROM pair_facts WHERE {_IN_PERIOD}"
        " GROUP BY team_id, outcome",
        lambda row: (UUID(str(row[0])), kept.of_outcome(Outcome(row[1]))),
        _by_team,
    ),
    Plain(
        Tab.REASONS,
        f"SELECT reason, reason_basis, count(*) FROM pair_facts WHERE {_IN_PERIOD}"
        " AND outcome = 'declined' GROUP BY reason, reason_basis",
        lambda row: kept.of_reason(row[0], row[1]),
        _codes(
            *(
                kept.of_reason(each.code, basis)
                for each in REASONS
                if each.ending is Ending.DECLINED
                for basis in Basis
            )
        ),
    ),
    Plain(
        Tab.PLACES,
        f"SELECT hour, count(*) FROM pair_facts WHERE {_IN_PERIOD}"
        " AND outcome IN ('completed', 'partial', 'declined') GROUP BY hour",
        lambda row: kept.in_dimension(Dimension.HOUR, f"{row[0]:02}", declined=False),
        _codes(
            *(
                kept.in_dimension(Dimension.HOUR, each, declined=False)
                for each in kept.VALUES[Dimension.HOUR]
            )
        ),
    ),
    Plain(
        Tab.AFTER,
        f"SELECT converted_on - counted_on AS lag, count(*) FROM pair_facts WHERE {_IN_PERIOD}"
        f" AND outcome = 'declined' AND converted_on - counted_on <= {LAST_DAY} GROUP BY lag",
        lambda row: kept.converted(int(row[0])),
        _codes(*(kept.converted(day) for day in range(LAST_DAY + 1))),
    ),
    Plain(
        Tab.REVIEW,
        "SELECT officer_grade, supervisor_grade, count(*) FROM attempt_facts"
        " WHERE decided_on BETWEEN '{start}' AND '{end}' GROUP BY officer_grade, supervisor_grade",
        lambda row: kept.grades(Between.OFFICER_SUPERVISOR, Grade(row[0]), Grade(row[1])),
        _codes(
            *(kept.grades(Between.OFFICER_SUPERVISOR, a, b) for a in Grade for b in Grade),
        ),
    ),
    Plain(
        Tab.CAMERAS,
        "SELECT standing, count(*) FROM attendance_facts"
        " WHERE attended_on BETWEEN '{start}' AND '{end}' GROUP BY standing",
        lambda row: kept.of_standing(Standing(row[0])),
        _codes(*(kept.of_standing(each) for each in Standing if each.is_attended)),
    ),
    Plain(
        Tab.RESPONSE,
        "SELECT response_grade, count(*) FROM attendance_facts"
        " WHERE reported_on BETWEEN '{start}' AND '{end}' AND delay_minutes > 10080"
        " GROUP BY response_grade",
        lambda row: kept.of_wait(CallGrade(row[0]), "over_7_d"),
        _codes(*(kept.of_wait(each, "over_7_d") for each in CallGrade)),
    ),
)


@dataclass(frozen=True)
class Beside:
    """The same figures three ways, in milliseconds."""

    counts: dict[str, float]
    postgresql: float
    duckdb: float


@dataclass
class Results:
    """What was measured of a size: pages by database, and figures beside a plain GROUP BY."""

    pages: dict[tuple[str, Asked], Cost]
    beside: dict[Asked, Beside]


class Bench:
    """One size, in one database after another."""

    def __init__(self, size: Size, folder: Path, say: Say, requests: int) -> None:
        self.size, self.folder, self.say, self.requests = size, folder, say, requests
        # In the middle of a month the most days have to be added up one by one.
        middle = Month.of(size.today).back(1).first.replace(day=15)
        periods = {
            "3 months": rolling_three_months(size.today),
            "3 to mid-month": rolling_three_months(middle),
            "10 years": size.period,
        }
        self.asked = [Asked(tab, name, period) for name, period in periods.items() for tab in Tab]
        self.results = Results({}, {})
        self.summed: dict[str, dict[Asked, tuple[float, Counter[Any]]]] = {}

    def run(self) -> Results:
        made = make(self.folder / "made.duckdb", self.size, self.say)
        self._measure("SQLite", f"sqlite:///{self.folder / 'bench.sqlite3'}", made)
        with postgres.server(*POSTGRESQL) as url:
            self._measure("PostgreSQL", url, made)
            self._beside(make_engine(url), made)
        made.close()
        return self.results

    def _measure(self, kind: str, url: str, made: duckdb.DuckDBPyConnection) -> None:
        settings = Settings(
            instance=self.folder,
            database_url=url,
            cookie_secure=False,
            argon2_memory_kib=CHEAP[0],
            argon2_rounds=CHEAP[1],
            lock_after_minutes=600,
            log_level="ERROR",
        )
        app = create_app(settings)
        store = app.extensions["dash_store"]
        upgrade(store.writing_engine)
        with store.work(writes=True) as work:
            work.session.add_all(
                Team(id=each, name=f"Team {at:02}") for at, each in enumerate(self.size.team_ids, 1)
            )
            create_account(
                work,
                username="inspector1",
                display_name="Inspector 1",
                role=Role.INSPECTOR,
                team_id=None,
                password=PASSWORD,
                cost=CHEAP,
            )
        for engine in (store.engine, store.writing_engine):
            engine.dispose()
        # No page reads a fact (tests/reporting/test_speed.py), and SQLite takes them slowly.
        few = self.size.pairs <= CHECKED
        load(made, store.writing_engine, self.say, facts=few or kind == "PostgreSQL")
        if few:
            with store.engine.connect() as connection:
                self.say(f"{kind}: {checked(connection):,} counts, as the domain makes them")
        app.test_client_class = StrictClient
        client = StrictClient(app, use_cookies=True).sign_in("inspector1")
        cookie = client.get_cookie("dash")
        assert cookie is not None
        headers = {"Cookie": f"dash={cookie.value}"}
        plain = client.__class__.__mro__[1](app, use_cookies=True)
        plain.set_cookie("dash", cookie.value)
        with running_server(url, self.folder, workers=1) as server:
            for asked in self.asked:
                cpu, database_cpu = self._cpu(server, asked, headers, store.engine)
                with recording(store.engine) as statements:
                    assert plain.get(asked.path).status_code == 200
                sql = replayed(store.engine, statements)
                cost = Cost(cpu, database_cpu, len(statements), sql)
                self.results.pages[kind, asked] = cost
                self.say(f"{kind}: {asked.tab.path}, {asked.name}: {cpu:.1f} ms")
        self.summed[kind] = {}
        with store.engine.connect() as connection:
            for asked, each in self._plainly():
                with recording(store.engine) as statements:
                    found = each.summed(connection, asked.period, self.size)
                self.summed[kind][asked] = replayed(store.engine, statements), found
        store.engine.dispose()
        store.writing_engine.dispose()

    def _plainly(self) -> Iterator[tuple[Asked, Plain]]:
        by_tab = {each.tab: each for each in PLAIN}
        yield from ((asked, by_tab[asked.tab]) for asked in self.asked)

    def _cpu(
        self, server: RunningServer, asked: Asked, headers: dict[str, str], engine: Engine
    ) -> tuple[float, float]:
        """CPU milliseconds of the workers and of the database's processes, per request."""
        connection = server.connect()
        for _ in range(WARM_UP):
            fetch(connection, asked.path, headers)
        before, database = server.cpu_seconds(), database_seconds(engine)
        for _ in range(self.requests):
            fetch(connection, asked.path, headers)
        took = server.cpu_seconds() - before, database_seconds(engine) - database
        connection.close()
        return took[0] * 1000 / self.requests, took[1] * 1000 / self.requests

    def _beside(self, engine: Engine, made: duckdb.DuckDBPyConnection) -> None:
        """The same figures as a plain GROUP BY; what they come to has to be the same."""
        for asked, each in self._plainly():
            query = each.query.format(start=asked.period.start, end=asked.period.end)
            raw = engine.raw_connection()
            cursor = raw.cursor()
            cursor.execute("SET max_parallel_workers_per_gather = 2")  # ours does without
            cursor.execute(query)
            rows = cursor.fetchall()

            def in_postgresql(cursor: Any = cursor, query: str = query) -> None:
                cursor.execute(query)
                cursor.fetchall()

            def in_duckdb(query: str = query) -> None:
                made.execute(query).fetchall()

            also = made.execute(query).fetchall()
            for found in (rows, also):
                plainly = Counter(
                    {each.key(row): int(row[-1]) for row in found if row[0] is not None}
                )
                for kind, summed in self.summed.items():
                    told = Counter({key: n for key, n in summed[asked][1].items() if n})
                    if told != plainly:
                        raise AssertionError(f"{kind}, {asked}: {told} and {plainly}")
            self.results.beside[asked] = Beside(
                {kind: summed[asked][0] for kind, summed in self.summed.items()},
                timed(in_postgresql, 3),
                timed(in_duckdb, TIMES),
            )
            raw.close()
            self.say(f"GROUP BY: {asked.tab.path}, {asked.name}")


def fetch(connection: HTTPConnection, path: str, headers: dict[str, str]) -> None:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status} {body[:300]!r}")


def timed(act: Callable[[], object], times: int) -> float:
    """The median of so many runs after one that does not count, in milliseconds."""
    act()
    took = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        took.append((time.perf_counter() - started) * 1000)
    return median(took)


@contextmanager
def recording(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The statements that an engine is given, with their parameters."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        statements.append((statement, given))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def replayed(engine: Engine, statements: Sequence[tuple[str, Any]]) -> float:
    """Milliseconds of the reading statements run by the driver alone, all their rows fetched."""
    reading = [each for each in statements if each[0].lstrip().upper().startswith("SELECT")]
    connection = engine.raw_connection()
    cursor = connection.cursor()

    def run() -> None:
        for statement, given in reading:
            cursor.execute(statement, given)
            cursor.fetchall()

    took = timed(run, TIMES)
    cursor.close()
    connection.close()
    return took


def database_seconds(engine: Engine) -> float:
    """CPU time of the database server's processes so far; nought where it is in our own."""
    if engine.dialect.name != "postgresql":
        return 0.0
    with engine.connect() as connection:
        backend = connection.scalar(text("SELECT pg_backend_pid()"))
    postmaster = Path(f"/proc/{backend}/stat").read_text().rsplit(")", 1)[1].split()[1]
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    spent = (Path(f"/proc/{pid}/schedstat").read_text().split()[0] for pid in children)
    return sum(map(int, spent)) / 1e9


def print_pages(sizes: Sequence[Size], found: Sequence[Results]) -> None:
    """A row for each page: what it costs at each size, and how much that grows."""
    numbers = " | ".join(f"{size.pairs:,}" for size in sizes)
    click.echo(f"\nCPU per request in ms (of that in PostgreSQL's processes) at {numbers} pairs\n")
    click.echo(
        "| Page | Period | Database | Statements | CPU | Growth | SQL | Growth |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    for key in found[0].pages:
        kind, asked = key
        first = found[0].pages[key]
        costs = [next(c for k, c in each.pages.items() if same(k, key)) for each in found]
        last = costs[-1]
        cpu = " → ".join(
            f"{each.cpu + each.database_cpu:.1f}"
            + (f" ({each.database_cpu:.1f})" if kind == "PostgreSQL" else "")
            for each in costs
        )
        sql = " → ".join(f"{each.sql:.2f}" for each in costs)
        grown = (last.cpu + last.database_cpu) / (first.cpu + first.database_cpu)
        click.echo(
            f"| `{asked.tab.path}` | {asked.name} | {kind} | {last.statements} | {cpu} |"
            f" {grown:.2f} | {sql} | {last.sql / first.sql:.2f} |"
        )


def same(one: tuple[str, Asked], other: tuple[str, Asked]) -> bool:
    return (one[0], one[1].tab, one[1].name) == (other[0], other[1].tab, other[1].name)


def print_beside(sizes: Sequence[Size], found: Sequence[Results]) -> None:
    """A row for each report: the same figures from counts and from facts."""
    for size, results in zip(sizes, found, strict=True):
        click.echo(f"\nThe same figures at {size.pairs:,} pairs, in ms\n")
        click.echo(
            "| Figures of | Period | Counts, PostgreSQL | Counts, SQLite | GROUP BY, PostgreSQL |"
            " Times | GROUP BY, DuckDB | Times |\n|---|---|---|---|---|---|---|---|"
        )
        for asked, each in results.beside.items():
            mine = each.counts["PostgreSQL"]
            click.echo(
                f"| `{asked.tab.path}` | {asked.name} | {mine:.2f} | {each.counts['SQLite']:.2f} |"
                f" {each.postgresql:.1f} | {each.postgresql / mine:.0f} |"
                f" {each.duckdb:.2f} | {each.duckdb / mine:.1f} |"
            )


def main() -> None:
    """Make each size, measure it, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, nargs="+", default=[140_000, 14_000_000])
    parser.add_argument("--teams", type=int, default=60)
    parser.add_argument("--requests", type=int, default=REQUESTS, help="per page")
    parser.add_argument("--folder", type=Path, help="where the databases are made")
    arguments = parser.parse_args()
    report(arguments.pairs, arguments.teams, arguments.requests, arguments.folder)


def report(pairs: Sequence[int], teams: int, requests: int, folder: Path | None = None) -> None:
    """Measure each number of pairs, and print what was found."""
    today = london_date(datetime.now(UTC))
    sizes = [Size(each, teams, today) for each in pairs]
    found = []
    for size in sizes:
        started = time.monotonic()

        def say(words: str, size: Size = size, started: float = started) -> None:
            click.echo(f"{size.pairs:>12,}  {time.monotonic() - started:6.0f} s  {words}", err=True)

        with tempfile.TemporaryDirectory(prefix="dash-bench-", dir=folder) as place:
            found.append(Bench(size, Path(place), say, requests).run())
    print_pages(sizes, found)
    print_beside(sizes, found)


if __name__ == "__main__":
    main()
