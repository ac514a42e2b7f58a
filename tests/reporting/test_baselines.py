"""Baselines and rebases as an inspector makes them, and as everybody else meets them."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.baselines import REPORTED_DECLINE_RATE
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.periods import Month
from dash_forms.reporting.baselines import (
    baselines,
    chosen_baseline,
    rebases,
    recording_began,
)
from dash_forms.store.models import AuditEvent, ChartRebase, ReportBaseline
from dash_forms.store.work import Store
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient, page_of
from tests.support.rates import BASELINE, REASON, added_baseline

pytestmark = pytest.mark.rows_by_hand

LIST, NEW = "/reports/baselines", "/reports/baselines/new"
REBASE = "/reports/baselines/rebase"
SPRING = "from=2026-03-01&to=2026-05-31"
DAY = date(2026, 4, 15)


def words(client: StrictClient, path: str) -> str:
    return " ".join(client.page(path).text().split())


def refused(client: StrictClient, path: str, **values: Any) -> dict[str, str]:
    """Send a form that is refused; gives the sentences by field."""
    response = client.submit(path, expect=422, **values)
    named = re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a>', response.text)
    return dict(named)


def count(store: Store, kind: type[Any]) -> int:
    with store.work(writes=False) as work:
        return work.session.scalar(select(func.count()).select_from(kind)) or 0


def test_the_one_that_ships_is_there_and_those_who_may_not_add_get_no_form(
    sergeant: StrictClient,
) -> None:
    text = words(sergeant, LIST)
    assert "The reported 38% Comes with the software HMICFRS PEEL 2023–25, " in text
    assert "Comparison: treated as a fixed reference" in text
    assert "Add a baseline" not in text
    assert "Nobody has begun limits anew" in text
    assert sergeant.get(NEW).status_code == 403
    assert sergeant.get(REBASE).status_code == 403


@pytest.mark.parametrize(
    ("values", "title", "facts"),
    [
        ({}, "Your force’s 34.2% for 2025", "2025 · 342 of 1,000 cases"),
        (
            {"how": "percent_of", "percent": "34.25 %", "percent_cases": "1 234"},
            "Your force’s 34.25% for 2025",
            "2025 · 1,234 cases",
        ),
        (
            {"how": "percent", "bare_percent": "41", "origin": "reported"},
            "The reported 41%",
            "Invented annual report, table 4 · 2025 · number of cases not published",
        ),
    ],
)
def test_an_inspector_adds_a_baseline_in_the_form_in_which_it_is_known(
    inspector: StrictClient, values: dict[str, Any], title: str, facts: str
) -> None:
    added_baseline(inspector, **values)
    text = words(inspector, LIST)
    assert title in text
    assert facts in text
    assert "Added by Inspector inspector1," in text
    assert REASON in text


def test_it_is_chosen_in_the_filter_and_a_known_n_widens_the_comparison(
    inspector: StrictClient, sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record_rate(330, 1000, DAY)
    few = added_baseline(inspector, declined="57", cases="150")
    assert "Lower than the reported 38%." in words(sergeant, f"/reports?{SPRING}")
    query = f"{SPRING}&baseline={few}"
    text = words(sergeant, f"/reports?{query}")
    assert "Not distinguishable from your force’s 38.0% for 2025." in text
    assert "Two-sample, its own n of 150 counted in." in text
    assert "Difference from your force’s 38.0% for 2025: −5.0 percentage points" in text
    assert "38.0% own: Invented annual report, table 4 (2025), 57 of 150 cases" in text
    assert "the reported" not in text.split("How this is worked out")[0].split("By month")[0]
    html = sergeant.get(f"/reports?{query}").text
    assert f'<option value="{few}" selected>' in html
    assert f"&amp;baseline={few}" in html
    document = sergeant.get(f"/reports/declines.json?{query}").get_json()
    assert document["verdict"] == "not_distinguishable"
    assert document["comparison"] == "two-sample, its own n of 150 counted in"
    assert document["baseline_key"] == few
    assert document["difference_lower"] < 0 < document["difference_upper"]


def test_a_period_that_overlaps_with_the_baseline_says_so(
    inspector: StrictClient, ledger: Ledger
) -> None:
    ledger.record_rate(33, 100, date(2025, 12, 1))
    own = added_baseline(inspector)
    said = "Some cases count on both sides"
    address = f"/reports?baseline={own}&from="
    assert said in words(inspector, f"{address}2025-12-01&to=2026-02-01")
    assert said not in words(inspector, f"{address}2026-01-01&to=2026-02-01")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"origin": None}, {"origin": "Choose whose rate it is"}),
        ({"how": None}, {"how": "Choose what you know of it"}),
        ({"declined": ""}, {"declined": "Enter a whole number, such as 1234"}),
        ({"declined": "many"}, {"declined": "Enter a whole number, such as 1234"}),
        ({"cases": "300"}, {"declined": "No more can have declined than the 300 cases"}),
        ({"how": "percent"}, {"bare_percent": "Enter a percentage, such as 34.2"}),
        (
            {"how": "percent_of", "percent": "100", "percent_cases": "x"},
            {
                "percent": "Enter a percentage above 0 and below 100: nothing can be compared"
                " with none or all",
                "percent_cases": "Enter a whole number, such as 1234",
            },
        ),
        ({"source": " "}, {"source": "Enter the source, so that others can look it up"}),
        ({"from": ["", "", ""]}, {"from": "Enter the first day"}),
        ({"to": ["31", "2", "2025"]}, {"to": "Last day: enter a real date, such as 31 1 1990"}),
        (
            {"to": ["1", "12", "2024"]},
            {
                "to": "Last day: the period ends on 1 December 2024, before it starts on"
                " 1 January 2025.",
            },
        ),
        (
            {"to": ["1", "12", "2150"]},
            {"to": "Last day: this period is not over yet, so its rate is not final"},
        ),
    ],
)
def test_what_cannot_be_a_baseline_is_refused_beside_its_field_and_stays_as_typed(
    inspector: StrictClient, store: Store, values: dict[str, Any], named: dict[str, str]
) -> None:
    filled = BASELINE | values
    assert refused(inspector, NEW, **filled) == named
    kept = page_of(inspector.submit(NEW, expect=422, **filled)).form().fields
    typed = {name: value for name, value in filled.items() if value is not None}
    assert {name: kept[name] for name in typed} == {
        name: value if isinstance(value, list) else [value.strip()] for name, value in typed.items()
    }
    assert count(store, ReportBaseline) == 0


def test_all_that_is_wrong_is_told_at_once(inspector: StrictClient) -> None:
    assert set(refused(inspector, NEW)) == {"origin", "how", "source", "from", "to", "reason"}


def test_the_same_form_sent_twice_adds_one_and_other_words_are_not_lost_in_silence(
    inspector: StrictClient, store: Store
) -> None:
    form = inspector.page(NEW).form()
    for _ in range(2):
        assert inspector.post(NEW, data=form.filled(**BASELINE)).status_code == 303
    other = inspector.post(NEW, data=form.filled(**(BASELINE | {"declined": "343"})))
    assert other.status_code == 422
    assert "This form was sent before" in other.text
    assert count(store, ReportBaseline) == 1


def test_a_withdrawn_one_stays_to_be_seen_and_is_chosen_no_longer(
    inspector: StrictClient, sergeant: StrictClient
) -> None:
    wrong, right = added_baseline(inspector), added_baseline(inspector, declined="340")
    path = f"{LIST}/{wrong}/withdraw"
    assert set(refused(inspector, path, reason="Wrong")) == {"reason"}
    why = "Counted every second incident twice."
    inspector.submit(path, reason=why)
    html = sergeant.get(LIST).text
    assert "<s " in html
    text = words(sergeant, LIST)
    assert "Your force’s 34.2% for 2025 Withdrawn" in text
    assert "Withdrawn by Inspector inspector1, " in text
    assert why in text
    response = sergeant.get(f"/reports?baseline={wrong}")
    assert response.status_code == 400
    assert "This baseline was withdrawn: on " in response.text
    assert "because: Counted every second incident twice. Choose another" in response.text
    assert f'value="{right}"' in response.text
    assert f'<option value="{wrong}"' not in response.text
    problem = sergeant.get(f"/reports/declines.json?baseline={wrong}").get_json(force=True)
    assert [each["parameter"] for each in problem["errors"]] == ["baseline"]
    assert inspector.get(path).status_code == 302
    token = inspector.page(NEW).form().fields["csrf_token"]
    again = inspector.post(path, data={"csrf_token": token, "reason": REASON})
    assert again.status_code == 409


@pytest.mark.parametrize("key", ["nonsense", str(UUID(int=9)), "hmicfrs-2023", "%00"])
def test_no_such_baseline_is_refused_in_words(sergeant: StrictClient, key: str) -> None:
    response = sergeant.get(f"/reports?baseline={key}")
    assert response.status_code == 400
    assert "Choose a baseline from the list" in response.text
    assert sergeant.get(f"/reports/declines.json?baseline={key}").status_code == 400


def test_there_is_nothing_to_withdraw_of_the_one_that_ships(inspector: StrictClient) -> None:
    assert inspector.get(f"{LIST}/{uuid7()}/withdraw").status_code == 404
    assert inspector.get(f"{LIST}/hmicfrs-2024/withdraw").status_code == 404


def test_a_chart_is_rebased_by_a_signature_with_a_reason_that_stands_beside_it(
    inspector: StrictClient, sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record_rate(4, 10, date(2025, 1, 15))
    why = "The form on the tablets replaced paper everywhere."
    inspector.submit(REBASE, chart="force", first_month="2025-06", reason=why)
    said = re.compile(
        r"Limits from June 2025 on, by Inspector inspector1 on \d+ \w+ \d{4},"
        r" because: The form on the tablets replaced paper everywhere\."
    )
    assert said.search(words(sergeant, "/reports/trend"))
    assert not said.search(words(sergeant, "/reports/trend?team=North"))
    assert "The whole force: from June 2025 on" in words(sergeant, LIST)
    inspector.submit(REBASE, chart="force", first_month="2025-03", reason=REASON)
    text = words(sergeant, LIST)
    assert "from June 2025 on Followed by a later one" in text
    assert "from March 2025 on Signed by" in text


def test_the_last_signature_of_each_chart_is_what_its_limits_count_from(
    inspector: StrictClient, ledger: Ledger, store: Store
) -> None:
    ledger.record(1, Outcome.DECLINED, date(2025, 1, 15))
    ledger.record(1, Outcome.UNABLE, date(2024, 6, 15))
    north = ledger.force.teams["north"]
    with store.work(writes=False) as work:
        assert rebases(work) == ()
        assert recording_began(work) == recording_began(work, north) == Month(2025, 1)
        assert recording_began(work, ledger.force.teams["south"]) is None
    for chart, month in (("force", "2025-04"), (str(north), "2025-05"), ("force", "2025-08")):
        inspector.submit(REBASE, chart=chart, first_month=month, reason=REASON)
    with store.work(writes=False) as work:
        assert rebases(work)[-1].first_month == Month(2025, 8)
        assert rebases(work, north)[-1].first_month == Month(2025, 5)
        assert [each.first_month.number for each in rebases(work)] == [4, 8]
        assert rebases(work, ledger.force.teams["south"]) == ()
        assert rebases(work, UUID(int=9)) == ()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({}, {"chart", "first_month", "reason"}),
        ({"chart": "force", "first_month": "2025-06", "reason": "Too short"}, {"reason"}),
        ({"chart": "force", "first_month": "2025-01", "reason": REASON}, {"first_month"}),
        ({"chart": "force", "first_month": "2199-01", "reason": REASON}, {"first_month"}),
        ({"chart": "nowhere", "first_month": "2025-06", "reason": REASON}, {"chart"}),
        ({"chart": "{south}", "first_month": "2025-06", "reason": REASON}, {"first_month"}),
    ],
)
def test_a_rebase_that_cannot_be_is_refused_beside_its_field(
    inspector: StrictClient,
    ledger: Ledger,
    store: Store,
    values: dict[str, str],
    named: set[str],
) -> None:
    ledger.record(1, Outcome.DECLINED, date(2025, 1, 15))
    filled = {name: each.format_map(_teams(ledger)) for name, each in values.items()}
    assert set(refused(inspector, REBASE, **filled)) == named
    assert count(store, ChartRebase) == 0


def _teams(ledger: Ledger) -> dict[str, str]:
    return {name: str(team_id) for name, team_id in ledger.force.teams.items()}


def test_the_same_rebase_sent_twice_is_signed_once(
    inspector: StrictClient, ledger: Ledger, store: Store
) -> None:
    ledger.record(1, Outcome.DECLINED, date(2025, 1, 15))
    form = inspector.page(REBASE).form()
    values = {"chart": "force", "first_month": "2025-06", "reason": REASON}
    for _ in range(2):
        assert inspector.post(REBASE, data=form.filled(**values)).status_code == 303
    other = inspector.post(REBASE, data=form.filled(**(values | {"first_month": "2025-07"})))
    assert (other.status_code, count(store, ChartRebase)) == (422, 1)


def test_each_act_is_audited_with_codes_and_numbers_and_no_words(
    inspector: StrictClient, ledger: Ledger, store: Store
) -> None:
    ledger.record(1, Outcome.DECLINED, date(2025, 1, 15))
    own = added_baseline(inspector)
    inspector.submit(f"{LIST}/{own}/withdraw", reason=REASON)
    inspector.submit(REBASE, chart="force", first_month="2025-06", reason=REASON)
    names = ("baseline.added", "baseline.withdrawn", "chart.rebased")
    with store.work(writes=False) as work:
        events = work.session.scalars(
            select(AuditEvent).where(AuditEvent.name.in_(names)).order_by(AuditEvent.seq)
        ).all()
    assert [each.name for each in events] == list(names)
    assert {each.category.value for each in events} == {"alteration"}
    assert [each.subject_id for each in events][:2] == [own, own]
    assert json.loads(events[0].detail) == {
        "origin": "own",
        "rate": 0.342,
        "declined": 342,
        "cases": 1000,
        "start": "2025-01-01",
        "end": "2025-12-31",
    }
    assert json.loads(events[2].detail) == {"team": None, "first_month": "2025-06"}
    assert not any("tablets" in each.detail for each in events)


def test_a_source_is_stored_in_the_clear_and_a_reason_sealed(
    inspector: StrictClient, store: Store
) -> None:
    added_baseline(inspector)
    with store.work(writes=False) as work:
        kept = work.session.scalars(select(ReportBaseline)).one()
    assert kept.source == BASELINE["source"]
    assert REASON.encode() not in kept.reason_sealed


def test_what_other_code_reads(inspector: StrictClient, store: Store) -> None:
    own = added_baseline(inspector)
    with store.work(writes=False) as work:
        assert [each.key for each in baselines(work)] == ["hmicfrs-2024", own]
        assert chosen_baseline(work, "") is REPORTED_DECLINE_RATE
        assert chosen_baseline(work, "hmicfrs-2024") is REPORTED_DECLINE_RATE
        assert chosen_baseline(work, own).rate == 0.342
        with pytest.raises(InvalidError):
            chosen_baseline(work, "other")
