"""The export of every team by month: asked for, made in the background, taken along, cancelled."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from dash_forms.app import runner_of
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.definitions import METRICS, Window
from dash_forms.domain.disclosure import Rules
from dash_forms.domain.ids import uuid7
from dash_forms.domain.jobs import FAULT, JobState
from dash_forms.domain.permissions import Role
from dash_forms.reporting import long_exports
from dash_forms.reporting.by_month import LINES, PROTECTION
from dash_forms.store import jobs
from dash_forms.store.crypto import load_vault
from dash_forms.store.migrate import upgrade
from dash_forms.store.models import JobPiece, JobRow, Team
from dash_forms.store.work import Store
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient
from tests.support.exports import Killed, asked, done_up_to
from tests.support.force import PEOPLE, make_force
from tests.support.log import last, names

pytestmark = pytest.mark.rows_by_hand

SPRING = "?from=2026-04-10&to=2026-06-30"
OF_MONTHS = [each for each in LINES if each.window is not Window.YEAR]
"""The rows of a month that ends no year from April."""
MAY_LOOK = {Role.SERGEANT, Role.INSPECTOR, Role.SPECIALIST, Role.ANALYST}
ENDINGS = (".csv", ".xlsx", ".json")
FILES = ("", *ENDINGS)


@pytest.fixture
def spring(ledger: Ledger) -> Ledger:
    """Some in each of three months, of which one has a small count in the south."""
    for month in (4, 5, 6):
        ledger.record_rate(40, 103, date(2026, month, 15))
        ledger.record(20, Outcome.COMPLETED, date(2026, month, 16), team="south")
    ledger.record(3, Outcome.DECLINED, date(2026, 5, 15), team="south")
    return ledger


@pytest.fixture
def analyst(as_: Callable[[str], StrictClient]) -> StrictClient:
    return as_("analyst1")


def made(app: Flask, client: StrictClient, query: str = SPRING) -> str:
    """The same, once it is made."""
    path = asked(client, query)
    assert runner_of(app).run_waiting() == 1
    return path


def id_of(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])


def rows_of(text: str) -> list[list[str]]:
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    return [row for row in lines if not row[0].startswith("#")]


def test_it_says_what_it_would_hold_before_it_is_asked_for(
    analyst: StrictClient, spring: Ledger
) -> None:
    page = analyst.page(f"/reports/exports/long{SPRING}").text()
    assert "April 2026 to June 2026 (3 months)" in page
    assert "2, and the whole force" in page
    about = -(-3 * 3 * len(LINES) // 100) * 100
    assert f"About {about:,}" in page
    assert Rules().words in page


def test_from_the_report_to_the_files(app: Flask, analyst: StrictClient, spring: Ledger) -> None:
    path = asked(analyst, SPRING)
    response = analyst.get(path)
    assert response.headers["Refresh"] == "5"
    assert "0 of 3 months" in analyst.page(path).text()
    assert "Waiting its turn" in analyst.page(path).text()
    for ending in ENDINGS:
        assert analyst.get(path + ending).status_code == 409
    assert runner_of(app).run_waiting() == 1
    response = analyst.get(path)
    assert "Refresh" not in response.headers
    assert "Finished." in response.text
    assert [analyst.get(path + ending).status_code for ending in ENDINGS] == [200, 200, 200]


def test_one_that_is_over_is_removed_by_whoever_asked_for_it(
    app: Flask, analyst: StrictClient, as_: Callable[[str], StrictClient], spring: Ledger
) -> None:
    path = asked(analyst, SPRING)
    token = analyst.page("/reports").form("/reports/exports").filled()
    assert analyst.post(f"{path}/remove", data=token).status_code == 409  # it may be cancelled
    assert "Remove this export" not in analyst.page(path).text()
    runner_of(app).run_waiting()
    other = as_("inspector1")
    assert "Remove this export" not in other.page(path).text()
    token = other.page("/reports").form("/reports/exports").filled()
    assert other.post(f"{path}/remove", data=token).status_code == 403
    removed = analyst.submit(path, action=f"{path}/remove").location
    assert "The export is removed." in analyst.page(removed).text()
    assert analyst.get(path).status_code == 404


def test_whoever_wants_the_page_still_keeps_it_still(analyst: StrictClient, spring: Ledger) -> None:
    path = asked(analyst, SPRING)
    still = analyst.page(path).link("Keep the page still")
    assert "Refresh" not in analyst.get(still).headers
    assert analyst.page(still).link("let the page follow it") == path


def test_each_row_says_what_it_is_of(app: Flask, analyst: StrictClient, spring: Ledger) -> None:
    text = analyst.get(made(app, analyst) + ".csv").data.decode()
    rows = rows_of(text)
    assert rows[0] == ["table", "row", "team", "month", "number", "of", "rate"]
    found = {tuple(row[1:4]): row[4:] for row in rows[1:] if row[0] == "Measures"}
    assert found["D1 Decline rate", "Whole force", "2026-04"] == ["40", "125", "0.32"]
    assert found["D1 Decline rate", "North", "2026-06"] == ["40", "105", "0.38"]
    for team in ("South", "North"):  # the force less the north would be the south
        number, _, rate = found["D1 Decline rate", team, "2026-05"]
        assert (number, rate) == ("withheld", "")
    assert {row[3] for row in rows[1:]} == {"2026-04", "2026-05", "2026-06"}
    assert len(rows) - 1 == 3 * 3 * len(OF_MONTHS)


def test_what_stands_with_the_figures(app: Flask, analyst: StrictClient, spring: Ledger) -> None:
    path = made(app, analyst, f"{SPRING}&team=North")
    found = json.loads(analyst.get(f"{path}.json").text)
    assert found["marking"] == "OFFICIAL-SENSITIVE"
    assert found["id"] == str(id_of(path))
    assert (found["filter"]["from"], found["filter"]["to"]) == ("2026-04-01", "2026-06-30")
    assert found["filter"]["team"] is None  # every team is in it
    assert [each["code"] for each in found["definitions"]] == [each.code for each in METRICS]
    assert found["disclosure_control"] == f"{Rules().words} {PROTECTION}"
    text = analyst.get(f"{path}.csv").data.decode()
    for line in (found["id"], found["marking"], "2026-04-01 to 2026-06-30", PROTECTION):
        assert line in text


def test_the_three_files_hold_the_same_figures(
    app: Flask, analyst: StrictClient, spring: Ledger
) -> None:
    path = made(app, analyst)
    as_json = json.loads(analyst.get(f"{path}.json").text)
    rows = [["" if each is None else str(each) for each in row] for row in as_json["rows"]]
    assert rows_of(analyst.get(f"{path}.csv").data.decode()) == [as_json["columns"], *rows]
    with ZipFile(io.BytesIO(analyst.get(f"{path}.xlsx").data)) as book:
        about, figures = (book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2))
    assert PROTECTION in unescape(about)
    cells = re.findall(r"<c [^>]*>(?:<is><t[^>]*>(.*?)</t></is>|<v>(.*?)</v>)</c>", figures)
    expected = [
        each if isinstance(each, str) else f"{each:g}"
        for row in (as_json["columns"], *as_json["rows"])
        for each in row
        if each is not None
    ]
    assert [unescape("".join(each)) for each in cells] == expected


def test_an_id_gives_the_same_bytes_whatever_is_recorded_since(
    app: Flask, analyst: StrictClient, as_: Callable[[str], StrictClient], spring: Ledger
) -> None:
    path = made(app, analyst)
    before = [analyst.get(path + ending).data for ending in ENDINGS]
    spring.record(50, Outcome.DECLINED, date(2026, 5, 15))
    again = as_("inspector1")
    assert [again.get(path + ending).data for ending in ENDINGS] == before
    assert analyst.get(made(app, analyst) + ".csv").data != before[0]


def test_what_was_killed_half_way_is_the_same_to_the_byte(
    app: Flask, analyst: StrictClient, spring: Ledger
) -> None:
    path = asked(analyst, SPRING)
    done_up_to(spring.store, 2, Killed())
    assert "2 of 3 months" in analyst.page(path).text()
    with spring.store.work(writes=True) as work:
        over = work.now - timedelta(seconds=1)
        work.connection.execute(update(JobRow).values(claimed_until=over))
    assert runner_of(app).run_waiting() == 1
    clean = made(app, analyst)
    mine, other = (
        analyst.get(f"{each}.csv").data.replace(str(id_of(each)).encode(), b"")
        for each in (path, clean)
    )
    times = re.compile(rb", made [0-9T:+-]+")
    assert times.sub(b"", mine) == times.sub(b"", other)


@pytest.mark.parametrize(("username", "role"), [(name, role) for name, role, _ in PEOPLE])
def test_only_those_who_may_see_reports_see_and_take_it(
    app: Flask,
    as_: Callable[[str], StrictClient],
    spring: Ledger,
    username: str,
    role: Role,
) -> None:
    path = made(app, as_("analyst1"))
    client = as_(username)
    expected = 200 if role in MAY_LOOK else 403
    for address in (*(path + ending for ending in FILES), "/reports/exports"):
        assert client.get(address).status_code == expected


def test_only_whoever_asked_for_it_can_cancel_it(
    analyst: StrictClient, inspector: StrictClient, spring: Ledger
) -> None:
    path = asked(analyst, SPRING)
    page = inspector.page(path)
    assert "Only the person who asked for it can cancel it" in page.text()
    token = inspector.page("/reports").form("/reports/exports").fields["csrf_token"][0]
    for act in ("cancel", "again"):
        refused = inspector.post(f"{path}/{act}", data={"csrf_token": token})
        assert refused.status_code == 403
    assert str(id_of(path)) not in inspector.get("/reports/exports").text
    assert analyst.page("/reports/exports").links(path) == [path]


def test_what_is_cancelled_leaves_nothing(
    app: Flask, analyst: StrictClient, spring: Ledger
) -> None:
    path = asked(analyst, SPRING)
    analyst.submit(path, action=f"{path}/cancel")
    page = analyst.page(path)
    assert "Cancelled. What had been made of it was removed." in page.text()
    assert runner_of(app).run_waiting() == 0
    assert analyst.get(f"{path}.csv").status_code == 409
    anew = analyst.page(page.link("Make it anew"))
    assert "April 2026 to June 2026" in anew.text()
    token = analyst.page("/reports").form("/reports/exports").fields["csrf_token"][0]
    refused = analyst.post(f"{path}/cancel", data={"csrf_token": token})
    assert refused.status_code == 409
    assert "cancelled already" in unescape(refused.text)


def test_what_failed_says_so_and_goes_on_when_asked_to(
    app: Flask, analyst: StrictClient, spring: Ledger
) -> None:
    path = asked(analyst, SPRING)
    done_up_to(spring.store, 1, ZeroDivisionError("a secret"))
    page = analyst.page(path).text()
    assert FAULT in page
    assert "1 of 3 months had been made and are kept" in page
    assert "secret" not in page
    analyst.submit(path, action=f"{path}/again")
    assert runner_of(app).run_waiting() == 1
    assert len(rows_of(analyst.get(f"{path}.csv").data.decode())) == 3 * 3 * len(OF_MONTHS) + 1


def test_where_no_worker_runs_the_page_says_so_after_a_while(
    analyst: StrictClient, spring: Ledger
) -> None:
    path = asked(analyst, SPRING)
    assert "dash-forms work" not in analyst.page(path).text()
    with spring.store.work(writes=True) as work:
        earlier = work.now - timedelta(minutes=2)
        work.connection.execute(update(JobRow).values(asked_at=earlier))
    assert "dash-forms work" in analyst.page(path).text()


def test_without_a_month_that_is_over_there_is_nothing_to_ask_for(
    inspector: StrictClient, analyst: StrictClient, spring: Ledger
) -> None:
    with spring.store.work(writes=False) as work:
        today = work.now.date()
    query = f"?from={today}&to={today}"
    for reader in (inspector, analyst):
        assert "No month to export" in reader.page(f"/reports/exports/long{query}").text()
    token = inspector.page("/reports").form("/reports/exports").fields["csrf_token"][0]
    refused = inspector.post(f"/reports/exports/long{query}", data={"csrf_token": token})
    assert refused.status_code == 400
    assert "No whole month of these days is over yet" in refused.text


@pytest.mark.parametrize("query", ["?from=x", "?team=nobody", "?to=2026-01-01&from=2026-02-01"])
def test_a_filter_that_no_page_offers_leads_back(
    analyst: StrictClient, spring: Ledger, query: str
) -> None:
    assert analyst.get(f"/reports/exports/long{query}").location == "/reports"
    token = analyst.page("/reports").form("/reports/exports").fields["csrf_token"][0]
    sent = analyst.post(f"/reports/exports/long{query}", data={"csrf_token": token})
    assert sent.location == "/reports"


def test_an_id_that_nobody_was_given_is_not_found(analyst: StrictClient, spring: Ledger) -> None:
    for ending in FILES:
        assert analyst.get(f"/reports/exports/long/{uuid7()}{ending}").status_code == 404


def test_the_queue_of_one_person_has_an_end(analyst: StrictClient, spring: Ledger) -> None:
    for _ in range(3):
        asked(analyst, SPRING)
    token = analyst.page("/reports").form("/reports/exports").fields["csrf_token"][0]
    refused = analyst.post(f"/reports/exports/long{SPRING}", data={"csrf_token": token})
    assert refused.status_code == 409
    assert "3 that are not finished yet" in refused.text


def test_what_leaves_is_in_the_audit_log(app: Flask, analyst: StrictClient, spring: Ledger) -> None:
    path = made(app, analyst)
    detail = last(spring.store, "report.exported")[1]
    assert (detail["start"], detail["months"]) == ("2026-04-01", 3)
    event, _ = last(spring.store, "job.finished")
    assert event.subject_id == str(id_of(path))
    before = names(spring.store).count("report.viewed")
    for ending in ENDINGS:
        analyst.get(path + ending)
    assert names(spring.store).count("report.viewed") == before + 3
    analyst.get(path)  # how far it is tells no figure, and is asked every few seconds
    assert names(spring.store).count("report.viewed") == before + 3


def test_a_team_s_name_is_no_formula(app: Flask, analyst: StrictClient, spring: Ledger) -> None:
    with spring.store.work(writes=True) as work:
        work.session.add(Team(id=uuid7(), name="=1+1"))
    path = made(app, analyst)
    teams = {row[2] for row in rows_of(analyst.get(f"{path}.csv").data.decode())[1:]}
    assert teams == {"Whole force", "North", "South", "'=1+1"}
    with ZipFile(io.BytesIO(analyst.get(f"{path}.xlsx").data)) as book:
        figures = book.read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in figures
    assert "=1+1" in figures


def test_a_workbook_begins_another_sheet_where_one_is_full(
    app: Flask, analyst: StrictClient, spring: Ledger
) -> None:
    path = made(app, analyst)
    with spring.store.work(writes=False) as work:
        job = long_exports.export(work, id_of(path))
    content = b"".join(long_exports.as_xlsx(spring.store, job, most_rows=500))
    with ZipFile(io.BytesIO(content)) as book:
        sheets = [
            book.read(name).decode()
            for name in sorted(book.namelist(), key=lambda name: (len(name), name))
            if name.startswith("xl/worksheets/sheet")
        ][1:]
    counts = [sheet.count("<row ") for sheet in sheets]
    total = 3 * 3 * len(OF_MONTHS)
    assert counts == [500] * (total // 499) + [total % 499 + 1]
    assert all("<t>table</t>" in sheet for sheet in sheets)


def test_a_download_that_breaks_off_leaves_no_file_behind(
    app: Flask,
    analyst: StrictClient,
    spring: Ledger,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = made(app, analyst)
    response = analyst.get(f"{path}.xlsx", buffered=False)
    assert next(iter(response.response))
    response.close()
    assert list(tmp_path.iterdir()) == []


ROWS = 700_000
_CHILD = """
import sys
from pathlib import Path
from uuid import UUID
from dash_forms.reporting import long_exports
from dash_forms.store.crypto import load_vault
from dash_forms.store.work import Store

home, job_id, kind = sys.argv[1:]
store = Store(f"sqlite:///{home}/long.sqlite3", load_vault(Path(home) / "keys.json"))
with store.work(writes=False) as work:
    job = long_exports.finished_export(work, UUID(job_id))
size = sum(map(len, getattr(long_exports, kind)(store, job)))
[peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line]
print(size, peak.split()[1])
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[int, UUID]]]:
    """Two finished exports: one of one piece, and one of as many as make 700,000 rows."""
    home = tmp_path_factory.mktemp("large")
    store = Store(f"sqlite:///{home}/long.sqlite3", load_vault(home / "keys.json"))
    upgrade(store.writing_engine)
    analyst = make_force(store).actors["analyst1"]
    about = {
        **dict.fromkeys(("id", "marking", "made_at", "disclosure_control"), ""),
        "filter": dict.fromkeys(("from", "to", "team", "question_set", "baseline"), ""),
        "counting_rules": [],
        "definitions": [],
    }
    row: list[Any] = ["Declined, by hour", "Hour of the attempt, 00:00", "A team", "2026-01"]
    lines = [json.dumps([*row, at % 1000, 1000, 0.5]) for at in range(7_000)]
    found = {}
    for pieces in (1, ROWS // len(lines)):
        with store.work(writes=True, actor=analyst) as work:
            job_id = jobs.ask_for(work, long_exports.NAME, {}, pieces)
            work.connection.execute(
                update(JobRow)
                .where(JobRow.id == job_id)
                .values(state=JobState.FINISHED, done_count=pieces)
            )
            for number in range(pieces):
                content = lines if number else [json.dumps(about), *lines]
                work.connection.execute(
                    insert(JobPiece).values(
                        job_id=job_id,
                        number=number,
                        content=zlib.compress("\n".join(content).encode()),
                    )
                )
        found[pieces] = job_id
    yield home, found
    store.engine.dispose()
    store.writing_engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["as_csv", "as_json", "as_xlsx"])
def test_700_000_rows_take_hardly_more_memory_than_7_000(
    large: tuple[Path, dict[int, UUID]], project: Path, kind: str
) -> None:
    home, exports = large
    sizes, peaks = [], []
    for job_id in exports.values():
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, str(home), str(job_id), kind],
            cwd=project,
            capture_output=True,
            check=True,
            text=True,
        )
        size, peak = map(int, done.stdout.split())
        sizes.append(size)
        peaks.append(peak)
    assert sizes[1] > 50 * sizes[0]
    assert peaks[1] < peaks[0] + 20_000, f"{peaks} kB for {sizes} bytes"


def test_pieces_are_read_one_at_a_time(large: tuple[Path, dict[int, UUID]]) -> None:
    home, exports = large
    store = Store(f"sqlite:///{home}/long.sqlite3", load_vault(home / "keys.json"))
    reading = jobs.pieces(store, exports[ROWS // 7_000])
    next(reading)
    assert store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with store.work(writes=False) as work:
        assert work.connection.scalar(select(JobRow.id).limit(1)) is not None
    del reading
    store.engine.dispose()
