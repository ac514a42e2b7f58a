"""The decline report as a supervisor and as a program meet it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import html5lib
import pytest
from sqlalchemy import select

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.declines import Basis
from dash_forms.domain.metrics import decline_rate
from dash_forms.domain.permissions import Role
from dash_forms.reporting.tabs import Tab
from dash_forms.store.models import AuditEvent
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient
from tests.support.force import PEOPLE

pytestmark = pytest.mark.rows_by_hand

PAGE = "/reports"
DOCUMENT = "/reports/declines.json"
SPRING = "?from=2026-03-01&to=2026-05-31"
DAY = date(2026, 4, 15)
MAY_LOOK = {Role.SERGEANT, Role.INSPECTOR, Role.SPECIALIST, Role.ANALYST}


def page(client: StrictClient, query: str = SPRING, part: str = "") -> str:
    response = client.get(PAGE + part + query)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def words(html: str) -> str:
    """Return the text of a page with its white space evened out."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(("username", "role"), [(name, role) for name, role, _ in PEOPLE])
@pytest.mark.parametrize("address", [*(tab.path for tab in Tab), DOCUMENT])
def test_only_those_who_may_see_reports_see_them(
    as_: Callable[[str], StrictClient], username: str, role: Role, address: str
) -> None:
    assert as_(username).get(address).status_code == (200 if role in MAY_LOOK else 403)


def test_nobody_sees_a_report_signed_out(anyone: StrictClient) -> None:
    assert anyone.get(PAGE).status_code == 302
    assert anyone.get(DOCUMENT).status_code == 401


def test_a_rate_is_told_with_counts_interval_verdict_and_source(
    sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record_rate(38, 100, DAY)
    text = words(page(sergeant))
    assert "38.0% 38 of 100 declined 95% interval 29.1% to 47.8%" in text
    assert "Not distinguishable from the reported 38%." in text
    assert (
        "38% reported: HMICFRS PEEL 2023–25, Staffordshire Police (2024),"
        " number of cases not published"
    ) in text
    assert "Baseline n unknown; treated as a fixed reference." in text
    assert "p-value against a fixed 38%: 1.000" in text
    assert "All teams, 1 March 2026 to 31 May 2026" in text


def test_scenario_18_eight_cases_show_no_per_cent_no_verdict_and_no_mark(
    sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record_rate(3, 8, DAY)
    html = page(sergeant)
    assert "3 of 8 declined; too few for a rate" in words(html)
    html += page(sergeant, part="/teams") + page(sergeant, part="/trend")
    assert "3 of 8; too few for a rate" in words(html)
    assert "37.5%" not in html
    assert "distinguishable" not in words(html)
    assert 'aria-labelledby="rate-plot' not in html
    assert "app-chart__row" not in html
    assert 'aria-labelledby="trend-' not in html


def test_scenario_19_350_of_1000_is_not_distinguishable_by_the_unrounded_bound(
    sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record_rate(350, 1000, DAY)
    text = words(page(sergeant))
    assert "350 of 1,000 declined" in text
    assert "95% interval 32.1% to 38.0%" in text
    assert "Not distinguishable from the reported 38%." in text


def test_scenario_20_700_of_2000_is_lower_with_the_caveat_beside_it(
    sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record_rate(700, 2000, DAY)
    text = words(page(sergeant))
    assert "700 of 2,000 declined" in text
    assert "95% interval 32.9% to 37.1%" in text
    assert "Lower than the reported 38%." in text
    assert "Baseline n unknown; treated as a fixed reference." in text


def test_no_cases_at_all_is_no_rate_of_nought(sergeant: StrictClient, ledger: Ledger) -> None:
    text = words(page(sergeant))
    assert "Nobody counted yet; too few for a rate." in text
    assert not re.search(r"(?<!\d)0\.0%", text)
    assert "Nobody declined in this period." in words(page(sergeant, part="/reasons"))


def test_low_numbers_get_a_rate_and_no_verdict(sergeant: StrictClient, ledger: Ledger) -> None:
    ledger.record_rate(5, 20, DAY)
    text = words(page(sergeant))
    assert "25.0% 5 of 20 declined" in text
    assert "Low numbers: no verdict." in text
    assert "p-value" not in text


def test_a_verdict_is_withheld_while_too_many_cases_are_pending(
    sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record_rate(5, 50, DAY, pending=3)
    text = words(page(sergeant))
    for tab in Tab:
        other = words(page(sergeant, part=tab.path.removeprefix(PAGE)))
        assert "3 of 53 cases have no outcome yet." in other
    assert "Verdict withheld: too many cases have no outcome yet." in text
    assert "Lower than the reported" not in text
    assert "Stands out: below" not in text
    assert "p-value" not in text
    assert sergeant.get(DOCUMENT + SPRING).get_json()["verdict"] == "lower"


def test_a_team_that_stands_out_is_named_so_in_words(
    sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record_rate(5, 60, DAY)
    ledger.record(30, Outcome.COMPLETED, DAY, team="south")
    ledger.record(20, Outcome.DECLINED, DAY, team="south")
    text = words(page(sergeant, part="/teams"))
    assert text.count("Stands out: below 38%") == 1
    assert text.index("North 8.3%") < text.index("South 40.0%")


def test_a_period_without_declines_after_one_with_some_is_shown(
    sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record(2, Outcome.DECLINED, date(2026, 2, 15))
    ledger.record(20, Outcome.COMPLETED, DAY)
    assert "0.0% 0 of 20 declined" in words(page(sergeant))


def test_reasons_and_outcomes_are_told_apart(sergeant: StrictClient, ledger: Ledger) -> None:
    ledger.record(2, Outcome.DECLINED, DAY, reason="distrust", basis=Basis.SAID)
    ledger.record(3, Outcome.DECLINED, DAY, reason="distrust", basis=Basis.INFERRED)
    ledger.record(4, Outcome.UNABLE, DAY)
    ledger.record(1, Outcome.NOT_OFFERED, DAY)
    text = words(page(sergeant))
    assert "Distrust, or a bad past experience 2 3 5" in words(page(sergeant, part="/reasons"))
    assert "Unable It could not be done then, so it is to be tried again 4 40.0%" in text
    assert "Not offered Nobody asked the victim 1 10.0%" in text
    assert "All cases 10" in text


@pytest.mark.parametrize(
    ("declined", "countable"), [(0, 0), (3, 8), (5, 20), (38, 100), (20, 120), (90, 120)]
)
@pytest.mark.parametrize("team", ["", "North", "South"])
def test_the_document_and_the_page_say_the_same(
    sergeant: StrictClient, ledger: Ledger, declined: int, countable: int, team: str
) -> None:
    ledger.record_rate(declined, countable, DAY)
    ledger.record(7, Outcome.DECLINED, DAY, team="south")
    ledger.record(25, Outcome.PARTIAL, DAY, team="south")
    query = f"{SPRING}&team={team}"
    document = sergeant.get(DOCUMENT + query)
    assert document.content_type == "application/json"
    numbers = json.loads(document.data)
    rate = decline_rate(numbers["numerator"], numbers["denominator"])
    assert numbers == rate.as_json()
    expected = (declined, countable) if team == "North" else (7, 32)
    if not team:
        expected = (declined + 7, countable + 32)
    assert (rate.numerator, rate.denominator) == expected
    text = words(page(sergeant, query))
    if rate.rate is None:
        assert rate.counts in text or rate.sentence() in text
    else:
        assert f"{rate.percent} {rate.counts} declined 95% interval {rate.interval}" in text
        assert rate.verdict_words in text


def test_the_document_has_exactly_the_agreed_keys(sergeant: StrictClient) -> None:
    assert list(sergeant.get(DOCUMENT).get_json()) == [
        "metric",
        "numerator",
        "denominator",
        "rate",
        "lower",
        "upper",
        "baseline",
        "baseline_key",
        "baseline_label",
        "comparison",
        "difference",
        "difference_lower",
        "difference_upper",
        "verdict",
    ]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("?from=banana", ["from"]),
        ("?to=2026-02-30&team=Nowhere", ["to", "team"]),
        ("?from=2026-02-02&to=2026-02-01", ["to"]),
        ("?from=1990-01-01", ["from"]),
        ("?form=2026-01-01", ["form"]),
        ("?team=%00%ff&from=%F0%9F%90%98", ["from", "team"]),
    ],
)
def test_a_program_is_told_which_parameter_is_wrong(
    sergeant: StrictClient, query: str, named: list[str]
) -> None:
    response = sergeant.get(DOCUMENT + query)
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    problem = response.get_json(force=True)
    assert problem["status"] == 400
    assert problem["title"] == "Bad Request"
    assert [error["parameter"] for error in problem["errors"]] == named
    assert all(error["detail"] for error in problem["errors"])
    assert all(name in problem["detail"] for name in named)


def test_a_person_sees_what_was_typed_and_what_is_wrong_with_it(sergeant: StrictClient) -> None:
    response = sergeant.get(PAGE + "?from=%3Cb%3Ebanana&to=2026-02-01&team=Nowhere")
    html = response.get_data(as_text=True)
    assert response.status_code == 400
    assert 'value="&lt;b&gt;banana"' in html
    assert 'value="2026-02-01"' in html
    assert 'id="from-error"' in html
    assert 'href="#team"' in html
    assert "of 0" not in words(html)


def test_the_filter_shows_what_was_counted(sergeant: StrictClient, ledger: Ledger) -> None:
    south = ledger.force.teams["south"]
    html = page(sergeant, "?from=1/3/2026&to=31/5/2026&team=SOUTH")
    assert 'value="2026-03-01"' in html
    assert 'value="2026-05-31"' in html
    assert f'<option value="{south}" selected>South' in html
    assert f"from=2026-03-01&amp;to=2026-05-31&amp;team={south}" in html


def test_every_view_and_export_is_an_audit_event(sergeant: StrictClient, ledger: Ledger) -> None:
    sergeant.get(PAGE + SPRING)
    sergeant.get(DOCUMENT + SPRING + "&team=North")
    sergeant.get(DOCUMENT + "?from=banana")
    with ledger.store.work(writes=False) as work:
        reports = select(AuditEvent).where(AuditEvent.subject_kind == "report")
        events = list(work.session.scalars(reports.order_by(AuditEvent.seq)))
    noted: list[tuple[str, str, dict[str, Any]]] = [
        (event.name, event.category.value, json.loads(event.detail)) for event in events
    ]
    spring = {"start": "2026-03-01", "end": "2026-05-31"}
    unchosen = {"question_set": None, "baseline": "hmicfrs-2024"}
    assert noted == [
        ("report.viewed", "consultation", spring | {"team": None, **unchosen}),
        (
            "report.exported",
            "disclosure",
            spring | {"team": str(ledger.force.teams["north"]), **unchosen},
        ),
    ]


def test_the_parts_carry_the_filter_and_the_address_before_still_leads_there(
    sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record(3, Outcome.DECLINED, DAY)
    south = ledger.force.teams["south"]
    carried = f"?from=2026-03-01&to=2026-05-31&team={south}&set=dash-27.1"
    for tab in Tab:
        seen = sergeant.page(f"{tab.path}{SPRING}&team=South&set=dash-27.1")
        assert seen.heading == tab.heading
        assert {each.path + carried for each in Tab} <= set(seen.links("/reports"))
        assert seen.form(tab.path).fields["team"] == [str(south)]
    moved = sergeant.get(f"/reports/declines{SPRING}&team=%41")
    assert moved.headers["Location"] == f"/reports{SPRING}&team=%41"


@pytest.mark.parametrize("part", [tab.path.removeprefix(PAGE) for tab in Tab])
@pytest.mark.parametrize(("declined", "countable"), [(0, 0), (3, 8), (5, 20), (38, 100)])
def test_every_chart_is_named_and_described(
    sergeant: StrictClient, ledger: Ledger, declined: int, countable: int, part: str
) -> None:
    ledger.record_rate(declined, countable, DAY)
    tree = html5lib.parse(page(sergeant, part=part), namespaceHTMLElements=False)
    nested = {child for svg in tree.iter("svg") for child in svg.iter("svg") if child is not svg}
    for chart in set(tree.iter("svg")) - nested:
        if chart.get("aria-hidden") == "true":
            continue
        assert chart.get("role") == "img"
        named_by = (chart.get("aria-labelledby") or "").split()
        assert [child.tag for child in chart if child.get("id") in named_by] == ["title", "desc"]


def test_a_chart_has_its_numbers_in_a_table(sergeant: StrictClient, ledger: Ledger) -> None:
    ledger.record_rate(38, 100, DAY)
    ledger.record(50, Outcome.COMPLETED, date(2026, 5, 1))
    ledger.record(1, Outcome.COMPLETED, date(2026, 2, 1))
    text = words(page(sergeant, part="/trend"))
    assert "Apr 2026 38 of 100 38.0% 29.1% to 47.8%" in text
    assert "May 2026 0 of 50 0.0% 0.0% to 7.1%" in text
    assert "Mar 2026 0 of 0 No cases" in text
