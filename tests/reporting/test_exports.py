"""Figures leave under disclosure control, marked, and the same for ever under their id."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from random import Random
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.definitions import METRICS
from dash_forms.domain.disclosure import WITHHELD, Rules
from dash_forms.domain.permissions import Role
from dash_forms.reporting.exports import as_csv, as_xlsx
from dash_forms.store.models import ReportExport
from dash_forms.store.work import Store
from tests.reporting.histories import invented, put_down
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient
from tests.support.force import PEOPLE, Force
from tests.support.log import last

pytestmark = pytest.mark.rows_by_hand

SPRING = "?from=2026-03-01&to=2026-05-31"
DAY = date(2026, 4, 15)
MAY_LOOK = {Role.SERGEANT, Role.INSPECTOR, Role.SPECIALIST, Role.ANALYST}


FORMULAS: dict[str, Any] = {
    "id": "1",
    "marking": "M",
    "made_at": "",
    "filter": dict.fromkeys(("from", "to", "team", "question_set", "baseline"), ""),
    "counting_rules": [],
    "disclosure_control": "",
    "definitions": [],
    "tables": [
        {
            "name": "Declined, by team",
            "rows": [{"row": each, "number": 5, "of": 10, "rate": 0.5}],
        }
        for each in ("=1+1", "@SUM(A1)", "-2", "+3", "North")
    ],
}


def export(client: StrictClient, query: str = SPRING) -> str:
    """Keep the figures that the page of the report shows; gives their address."""
    return client.submit(f"/reports{query}", action="/reports/exports").location


def document(client: StrictClient, address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get(f"{address}.json").text)
    return found


def rows(found: dict[str, Any], table: str) -> dict[str, tuple[Any, Any, Any]]:
    [wanted] = [each for each in found["tables"] if each["name"] == table]
    return {row["row"]: (row["number"], row["of"], row["rate"]) for row in wanted["rows"]}


@pytest.fixture
def spring(ledger: Ledger) -> Ledger:
    """40 of 103 declined in the north; 3 of 12 in the south."""
    ledger.record_rate(40, 103, DAY)
    ledger.record(2, Outcome.UNABLE, DAY)
    ledger.record(9, Outcome.COMPLETED, DAY, team="south")
    ledger.record(3, Outcome.DECLINED, DAY, team="south")
    return ledger


@pytest.mark.parametrize(("username", "role"), [(name, role) for name, role, _ in PEOPLE])
def test_only_those_who_may_see_reports_export_them(
    as_: Callable[[str], StrictClient], spring: Ledger, username: str, role: Role
) -> None:
    address = export(as_("inspector1"))
    expected = 200 if role in MAY_LOOK else 403
    for ending in ("", ".csv", ".xlsx", ".json"):
        assert as_(username).get(address + ending).status_code == expected


def test_small_counts_are_withheld_and_the_others_rounded(
    as_: Callable[[str], StrictClient], spring: Ledger
) -> None:
    found = document(as_("analyst1"), export(as_("analyst1")))
    assert rows(found, "Measures")["D1 Decline rate"] == (45, 115, 0.39)
    outcomes = rows(found, "Outcomes")
    assert outcomes["Unable"] == (WITHHELD, None, None)
    assert outcomes["Completed"] == (70, None, None)
    # Of all: what is told, and for the two that are withheld the middle of what they can be.
    assert rows(found, "Measures")["O4 Data completeness"] == (120, 120, 1)
    assert outcomes["Declined"] == (45, None, None)
    months = rows(found, "Declined, by month (whole months, the last up to the end of the period)")
    assert months["2026-04"] == (45, 115, 0.39)
    teams = rows(found, "Declined, by team")
    assert teams["South"] == (WITHHELD, 15, None)
    assert teams["North"] == (WITHHELD, WITHHELD, None)  # else all less North would tell South


def test_a_number_is_the_same_in_an_export_as_on_the_page(
    as_: Callable[[str], StrictClient], ledger: Ledger
) -> None:
    """43 of 106 are told as 45 and, with the 63 others as 65, of 110; 106 alone would be 105."""
    ledger.record_rate(43, 106, DAY)
    analyst = as_("analyst1")
    assert "45 of 110" in analyst.page(f"/reports?{SPRING}").text()
    for maker in (analyst, as_("inspector1")):
        found = document(analyst, export(maker))
        assert rows(found, "Measures")["D1 Decline rate"] == (45, 110, 0.41)
        assert rows(found, "Declined, by team")["North"] == (45, 110, 0.41)
        [d1] = [each for each in found["tables"][0]["rows"] if each["row"].startswith("D1")]
        assert (d1["lower"], d1["upper"]) == (0.32, 0.5)  # Wilson's, of 45 of 110


@pytest.mark.parametrize("pairs", [120, 300])
@pytest.mark.parametrize("team", ["", "North"])
def test_what_incidents_are_counted_for_is_told_as_on_its_own_page(
    store: Store, force: Force, as_: Callable[[str], StrictClient], team: str, pairs: int
) -> None:
    """A number of one team is withheld for the sake of another's, which all less it would tell."""
    put_down(store, force, invented(Random(11), list(force.teams.values()), pairs))
    analyst = as_("analyst1")
    query = f"?period=2025-01-01..2025-03-31&team={team}"
    found = document(analyst, export(analyst, query))
    measures = rows(found, "Measures")
    for path, codes in (("body-worn-video", "V1 V2 V3"), ("response", "T1 T2 T3")):
        page = analyst.page(f"/reports/{path}{query}")
        lines = [[page.text(cell) for cell in row] for row in page.all("tr")]
        told = {
            cells[0].split()[0].strip(":"): cells[1]
            for cells in lines
            if len(cells) > 1 and cells[0]
        }
        for code in codes.split():
            [(number, of, _)] = [each for name, each in measures.items() if name.startswith(code)]
            expected = WITHHELD if of == WITHHELD else f"{number} of {of}"
            assert told[code] == expected, code


def test_an_export_that_was_kept_without_intervals_is_still_shown(
    inspector: StrictClient, spring: Ledger
) -> None:
    address = export(inspector)
    with spring.store.work(writes=True) as work:
        kept = work.session.scalars(select(ReportExport)).one()
        old = json.loads(kept.document)
        for table in old["tables"]:
            for row in table["rows"]:
                del row["lower"], row["upper"]
        kept.document = json.dumps(old)
    assert "38%" in inspector.page(address).text() or "39%" in inspector.page(address).text()
    for ending in (".csv", ".xlsx", ".json"):
        assert inspector.get(address + ending).status_code == 200


def test_what_stands_with_the_figures(inspector: StrictClient, spring: Ledger) -> None:
    address = export(inspector, f"{SPRING}&team=North")
    found = document(inspector, address)
    assert found["marking"] == "OFFICIAL-SENSITIVE"
    assert address.endswith(found["id"])
    assert (found["filter"]["from"], found["filter"]["team"]) == ("2026-03-01", "North")
    assert [each["code"] for each in found["definitions"]] == [each.code for each in METRICS]
    assert found["disclosure_control"] == Rules().words_on_screen
    text = inspector.get(f"{address}.csv").text
    for line in (
        found["id"],
        found["marking"],
        "2026-03-01 to 2026-05-31",
        Rules().words_on_screen,
    ):
        assert line in text
    page = inspector.page(address).text()
    assert Rules().words_on_screen in page
    assert "Declined, by team" in page


def test_csv_and_json_hold_the_same_figures(inspector: StrictClient, spring: Ledger) -> None:
    address = export(inspector)
    found = document(inspector, address)
    text = inspector.get(f"{address}.csv").data.decode("utf-8-sig")
    lines = [row for row in csv.reader(io.StringIO(text)) if not row[0].startswith("#")]
    assert lines[0] == ["table", "row", "number", "of", "rate", "lower", "upper"]
    as_json = [
        [table["name"], *("" if each is None else str(each) for each in row.values())]
        for table in found["tables"]
        for row in table["rows"]
    ]
    assert lines[1:] == as_json


def test_the_workbook_holds_the_same_figures(inspector: StrictClient, spring: Ledger) -> None:
    address = export(inspector)
    found = document(inspector, address)
    with ZipFile(io.BytesIO(inspector.get(f"{address}.xlsx").data)) as book:
        about, figures = (book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2))
        assert "xl/sharedStrings.xml" not in book.namelist()  # written row by row
    assert Rules().words_on_screen in unescape(about)
    cells = [
        unescape("".join(each))
        for each in re.findall(r"<c [^>]*>(?:<is><t[^>]*>(.*?)</t></is>|<v>(.*?)</v>)</c>", figures)
    ]
    expected = ["table", "row", "number", "of", "rate", "lower", "upper"]
    for table in found["tables"]:
        for row in table["rows"]:
            cells_of = (table["name"], *row.values())
            shown = (each for each in cells_of if each is not None)
            expected += [each if isinstance(each, str) else f"{each:g}" for each in shown]
    assert cells == expected


def test_a_formula_is_a_text_in_the_workbook() -> None:
    with ZipFile(io.BytesIO(as_xlsx(FORMULAS))) as book:
        figures = book.read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in figures
    assert "=1+1" in figures


def test_an_id_gives_the_same_whatever_is_recorded_since(
    inspector: StrictClient, spring: Ledger
) -> None:
    address = export(inspector)
    before = inspector.get(f"{address}.csv").data
    spring.record(50, Outcome.DECLINED, DAY)
    assert inspector.get(f"{address}.csv").data == before
    assert inspector.get(f"{export(inspector)}.csv").data != before


def test_it_is_in_the_audit_log_as_a_disclosure(inspector: StrictClient, spring: Ledger) -> None:
    export(inspector, f"{SPRING}&team=North")
    detail = last(spring.store, "report.exported")[1]
    assert (detail["start"], detail["end"]) == ("2026-03-01", "2026-05-31")


def test_whoever_made_it_removes_it_and_nobody_else(
    inspector: StrictClient, as_: Callable[[str], StrictClient], spring: Ledger, store: Store
) -> None:
    address = export(inspector)
    other = as_("analyst1")
    assert "Remove this export" not in other.page(address).text()
    token = other.page("/reports").form("/reports/exports").filled()
    assert other.post(f"{address}/remove", data=token).status_code == 403
    removed = inspector.submit(address, action=f"{address}/remove").location
    assert "The export is removed." in inspector.page(removed).text()
    assert address not in inspector.page("/reports/exports").links("/reports/exports/")
    for ending in ("", ".csv", ".xlsx", ".json"):
        assert inspector.get(address + ending).status_code == 404
    event, _ = last(store, "report.export_removed")
    assert event.category == "erasure"


def test_no_cell_is_a_formula_in_a_spreadsheet() -> None:
    found = list(csv.reader(io.StringIO(as_csv(FORMULAS))))
    assert [row[1] for row in found[-5:]] == ["'=1+1", "'@SUM(A1)", "'-2", "'+3", "North"]


@pytest.mark.parametrize("address", ["/reports/exports/01a22711-e6f8-7463-9231-3fca9f9c9604"])
def test_an_id_that_nobody_made_is_not_found(inspector: StrictClient, address: str) -> None:
    for ending in ("", ".csv", ".xlsx", ".json"):
        assert inspector.get(address + ending).status_code == 404


def test_an_empty_report_can_be_exported(inspector: StrictClient, ledger: Ledger) -> None:
    found = document(inspector, export(inspector))
    assert rows(found, "Measures")["D1 Decline rate"] == (0, 0, None)


def test_a_force_s_own_rules_are_followed(
    app: Any, inspector: StrictClient, spring: Ledger
) -> None:
    own = replace(Rules(), smallest=2, rounding=1)
    app.config["DISCLOSURE"], before = own, app.config["DISCLOSURE"]
    try:
        found = document(inspector, export(inspector))
    finally:
        app.config["DISCLOSURE"] = before
    assert rows(found, "Outcomes")["Unable"] == (2, None, None)
    assert found["disclosure_control"] == own.on_screen.words_on_screen
