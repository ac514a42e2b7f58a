"""A1: who gave up, with and without the menu, by month, hour and weekday, against the target."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.calls.answering import add_offered
from dash_forms.domain.answering import Answering, OfferedCall, Result, read_offered
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.metrics import Verdict
from dash_forms.domain.periods import LONDON, Month, Period
from dash_forms.reporting.answering import AnsweringFigures, answering_figures, target_of
from dash_forms.store.work import Store
from tests.support.client import StrictClient

SignIn = Callable[[str], StrictClient]
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)
ROW = {"reference": "Q-1", "offered_at": "2026-03-29T02:30", "result": "answered"}


def _calls(number: int, result: Result, *, at: datetime, wait: int = 0) -> list[OfferedCall]:
    return [
        OfferedCall(f"{result}-{at:%d%H}-{each}", at + timedelta(seconds=each), result, wait)
        for each in range(number)
    ]


def _figures(
    store: Store, calls: list[OfferedCall], period: Period = MARCH, percent: int = 5
) -> AnsweringFigures:
    with store.work(writes=True) as work:
        add_offered(work, calls)
    with store.work(writes=False) as work:
        work.now = NOW
        return answering_figures(work, period, target_of(percent))


def test_the_figures_of_a_period_are_kept_and_leave_under_disclosure_control(
    store: Store, as_: SignIn
) -> None:
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)
    _figures(
        store,
        [
            *_calls(160, Result.ANSWERED, at=noon, wait=30),
            *_calls(41, Result.ABANDONED_IN_QUEUE, at=noon, wait=200),
            *_calls(3, Result.ABANDONED_IN_MENU, at=noon),
        ],
    )
    analyst, page = as_("analyst1"), "/reports/101-calls?from=2026-03-01&to=2026-03-31"
    address = analyst.submit(page, action="/reports/101-calls/exports").location
    kept = analyst.page(address)
    assert kept.link("Calls to 101").startswith("/reports/101-calls?from=2026-03-01")
    response = analyst.get(f"{address}.json")
    assert 'filename="101-calls-' in response.headers["Content-Disposition"]
    document = response.json
    assert document is not None
    assert document["marking"] == "OFFICIAL-SENSITIVE"
    assert [each["code"] for each in document["definitions"]] == ["A1", "A1Q"]
    told = {t["name"]: {r["row"]: r for r in t["rows"]} for t in document["tables"]}
    queue = told["Measures"]["A1Q Gave up, without the menu"]
    assert (queue["number"], queue["of"]) == (40, 200)
    assert told["What became of the calls"]["Gave up in the menu"]["number"] == "withheld"
    assert "Team:" not in analyst.get(f"{address}.csv").text
    assert analyst.get(f"{address}.xlsx").status_code == 200
    control = as_("control1")
    assert "Keep these figures" not in control.page(page).text()
    token = control.page("/calls/imports").form().filled()
    assert control.post("/reports/101-calls/exports", data=token).status_code == 403


def test_a1_is_given_with_and_without_the_menu(store: Store) -> None:
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
    found = _figures(
        store,
        [
            *_calls(160, Result.ANSWERED, at=noon, wait=30),
            *_calls(40, Result.ABANDONED_IN_QUEUE, at=noon, wait=200),
            *_calls(50, Result.ABANDONED_IN_MENU, at=noon),
            *_calls(9, Result.ANSWERED, at=datetime(2026, 2, 28, 23, 59, 30, tzinfo=UTC)),
            *_calls(1, Result.ANSWERED, at=datetime(2026, 4, 1, 12, tzinfo=UTC)),
        ],
    )
    assert (found.with_menu.numerator, found.with_menu.denominator) == (90, 250)
    assert (found.without_menu.numerator, found.without_menu.denominator) == (40, 200)
    assert found.without_menu.verdict is Verdict.HIGHER
    assert found.calls.wait_of(Result.ANSWERED) == 30
    assert found.calls.wait_of(Result.ABANDONED_IN_QUEUE) == 200
    assert found.calls.wait_of(Result.ABANDONED_IN_MENU) is None
    assert [row.label for row in found.by_hour.rows if row.calls.offered] == ["12:00"]
    assert [row.label for row in found.by_weekday.rows if row.calls.offered] == ["Wednesday"]
    assert found.known == Period(date(2026, 2, 28), date(2026, 4, 1))
    # Of February and April a day or two alone is known.
    assert found.history == {Month(2026, 3): (40, 200)}


def test_a_call_belongs_to_its_day_and_hour_in_london(store: Store) -> None:
    late = datetime(2026, 3, 31, 23, 10, tzinfo=UTC)  # ten past midnight, on the first of April
    assert late.astimezone(LONDON).day == 1
    assert _figures(store, _calls(12, Result.ANSWERED, at=late)).calls.offered == 0


def test_few_calls_have_no_rate_and_no_verdict(store: Store) -> None:
    found = _figures(
        store, _calls(9, Result.ABANDONED_IN_QUEUE, at=datetime(2026, 3, 4, 12, tzinfo=UTC))
    )
    assert found.without_menu.rate is None
    assert found.without_menu.verdict is Verdict.TOO_FEW


@given(
    st.lists(
        st.tuples(st.sampled_from([*Result]), st.integers(0, 60 * 24 * 80), st.integers(0, 900)),
        max_size=40,
    )
)
def test_sums_of_answering_keep_every_call(calls: list[tuple[Result, int, int]]) -> None:
    parts = []
    for result, _, wait in calls:
        each = Answering()
        each.results[result] += 1
        each.waited[result] += wait
        parts.append(each)
    total = sum(parts, Answering())
    assert total.offered == len(calls)
    assert total.abandoned == sum(result is not Result.ANSWERED for result, _, _ in calls)
    assert total.queued - total.abandoned_in_queue == total.results[Result.ANSWERED]
    assert sum(total.waited.values()) == sum(wait for _, _, wait in calls)


@pytest.mark.parametrize(
    ("column", "written", "words"),
    [
        ("result", "lost", "Use one of: answered"),
        ("wait_s", "-1", "whole seconds"),
        ("wait_s", "86401", "at most a day"),
        ("wait_s", "1.5", "whole seconds"),
        ("wait_s", "٣", "whole seconds"),
        ("offered_at", "2026-03-29 01:30", "no such time"),
        ("reference", "", "needs its number"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_column(
    column: str, written: str, words: str
) -> None:
    with pytest.raises(InvalidError, match=words) as refused:
        read_offered({**ROW, column: written}, NOW)
    assert refused.value.field == column


def test_the_page_says_both_rates_the_target_and_what_is_not_known(
    store: Store, as_: SignIn
) -> None:
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)
    _figures(
        store,
        [
            *_calls(160, Result.ANSWERED, at=noon, wait=30),
            *_calls(40, Result.ABANDONED_IN_QUEUE, at=noon, wait=200),
            *_calls(50, Result.ABANDONED_IN_MENU, at=noon),
        ],
    )
    address = "/reports/101-calls?from=2026-03-01&to=2026-03-31"
    for username in ("control1", "sergeant1", "inspector1", "analyst1"):
        text = " ".join(as_(username).page(address).text().split())
        assert "20.0% 15.0% to 26.1% (40 of 200 calls). Higher than the target." in text
        assert "36.0% 30.3% to 42.1% (90 of 250 calls). Higher than the target." in text
        assert "The force’s target is 5%." in text
        assert "Calls are known from 4 March 2026 to 4 March 2026" in text
    assert as_("officer1").get(address).status_code == 403


def test_a_page_without_calls_and_one_with_days_that_are_none_say_so(as_: SignIn) -> None:
    control = as_("control1")
    assert "No call to 101 has been imported yet" in control.page("/reports/101-calls").text()
    page = control.page("/reports/101-calls?from=yesterday", status=400)
    assert "Enter a real date" in page.text()
