"""Readers under disclosure control get fixed periods alone, and what those give away is little."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations_with_replacement
from random import Random

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.disclosure import Rules
from dash_forms.domain.metrics import OutcomeCounts
from dash_forms.domain.periods import FixedPeriod, Length, Month, Period, london_date, months_in
from dash_forms.reporting.disclosed import ShownOutcomes
from dash_forms.reporting.forms import DeclineFilterForm
from dash_forms.reporting.tabs import Tab
from dash_forms.store.work import Store
from dash_forms.web.fixed_periods import PeriodChoice
from tests.reporting.histories import invented, put_down
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient
from tests.support.force import Force

SignIn = Callable[[str], StrictClient]
DOCUMENT = "/reports/declines.json"
PLANS = "/plans/figures"
INVESTIGATIONS = "/reports/investigations"
NO_PERIOD = {
    "/reports/definitions",
    "/reports/baselines",
    "/reports/exports",
    "/inspection",
    "/inspection/print",
    "/reports/exports/long",  # of whole months and years from April, whatever it is asked for
    "/reports/101-calls",  # of calls and not of people: exact, and of any days
}
"""Pages for readers under control whose address names no days, or that are exact."""


def _paths(app: Flask, analyst: StrictClient) -> Iterator[str]:
    """Every page and document of figures that an analyst may open, from the app's own routes."""
    for rule in app.url_map.iter_rules():
        is_of_figures = rule.rule.startswith(("/reports", "/plans/figures", "/inspection"))
        if is_of_figures and not rule.arguments and "GET" in (rule.methods or ()):
            response = analyst.get(rule.rule)
            assert response.status_code in {200, 302, 403, 404}, rule.rule
            if response.status_code == 200 and rule.rule not in NO_PERIOD:
                yield rule.rule


def _queries(random: Random, today: date) -> Iterator[str]:
    """Days as addresses name them: any, whole months, one end alone, and days to come."""
    for _ in range(6):
        one, other = sorted(today - timedelta(days=random.randrange(-40, 1000)) for _ in range(2))
        yield f"from={one}&to={other}"
        yield f"from={Month.of(one).first}&to={Month.of(other).last}"
    yield f"from={today - timedelta(days=random.randrange(400))}"
    yield f"to={today - timedelta(days=random.randrange(400))}"
    yield f"from={today}&to={today + timedelta(days=90)}"
    yield ""


def _said(path: str, text: str) -> FixedPeriod:
    """The period that an answer says it is of; AssertionError where it says another or none."""
    if path == DOCUMENT:
        document = json.loads(text)
        return FixedPeriod.of_key(f"{document['from']}..{document['to']}")
    assert not re.search(r'name="(from|to)"', text)
    [key] = re.findall(r'<option value="([\d.-]+)" selected', text)
    kept = re.findall(r"exports\?from=([\d-]+)&amp;to=([\d-]+)", text)
    kept += [tuple(each.split("..")) for each in re.findall(r"exports\?period=([\d.-]+)", text)]
    assert {"..".join(each) for each in kept} <= {key}
    return FixedPeriod.of_key(key)


@pytest.mark.rows_by_hand
def test_whatever_days_an_address_names_an_analyst_is_told_of_a_fixed_period(
    app: Flask, store: Store, force: Force, as_: SignIn
) -> None:
    """On every page and document that there is, and that there will be."""
    put_down(store, force, invented(Random(3), list(force.teams.values()), 200))
    with store.work(writes=False) as work:
        today = london_date(work.now)
    analyst = as_("analyst1")
    paths = list(_paths(app, analyst))
    assert {*paths} >= {each.path for each in Tab} | {DOCUMENT, PLANS, INVESTIGATIONS}
    for path in paths:
        for query in _queries(Random(path), today):
            response = analyst.get(f"{path}?{query}")
            assert response.status_code == 200, (path, query)
            said = _said(path, response.text)
            assert said.end < today, (path, query)
            if path != INVESTIGATIONS and query:  # which takes months alone
                days = dict(each.split("=") for each in query.split("&"))
                last = date.fromisoformat(days.get("to", str(today)))
                assert said in (
                    FixedPeriod.holding(last, said.length),
                    FixedPeriod.latest(said.length, today),
                )
            elif not query:
                assert said == FixedPeriod.latest(Length.QUARTER, today)


@pytest.mark.rows_by_hand
@pytest.mark.parametrize(
    "query",
    ["period=banana", "period=2025-04-02..2025-05-01", "period=2190-04-01..2190-04-30",
     "period=1980-04-01..1980-04-30", "period=9999-10-01..9999-12-31", "period=%00",
     "from=2026-02-31", "from=2026-03-02&to=2026-03-01", "from=2000-01-01&to=2026-01-01"],
)  # fmt: skip
def test_a_period_that_there_is_not_is_said_beside_the_list(
    force: Force, as_: SignIn, query: str
) -> None:
    analyst = as_("analyst1")
    for path in ("/reports", "/reports/trend"):
        response = analyst.get(f"{path}?{query}")
        assert response.status_code == 400
        assert 'aria-describedby="period-error"' in response.text
        assert 'href="#period"' in response.text
    if query.startswith("period=2025"):  # what was chosen stays
        assert f'<option value="{query[7:]}" selected>' in response.text
    problem = analyst.get(f"{DOCUMENT}?{query}")
    assert problem.status_code == 400
    [error] = problem.get_json()["errors"]
    assert error["parameter"] in query
    if "2190" not in query:  # whoever may read any days may read those
        inspector = as_("inspector1").get(f"/reports?{query}")
        assert inspector.status_code == 400
        assert 'id="from-error"' in inspector.text or 'id="to-error"' in inspector.text


@pytest.mark.rows_by_hand
def test_a_link_to_a_fixed_period_shows_others_its_days(force: Force, as_: SignIn) -> None:
    html = as_("inspector1").get("/reports?period=2025-04-01..2025-06-30").text
    assert 'value="2025-04-01"' in html
    assert 'value="2025-06-30"' in html
    assert 'name="period"' not in html


@pytest.mark.rows_by_hand
def test_a_link_to_other_days_says_that_it_is(force: Force, as_: SignIn) -> None:
    analyst = as_("analyst1")
    text = analyst.page("/reports?from=2026-01-01&to=2026-03-10").text()
    assert "The link is of 1 January 2026 to 10 March 2026." in text
    assert "You read January to March 2026, the nearest such period that is over." in text
    for query in ("", "?from=2026-01-01&to=2026-03-31", "?period=2026-01-01..2026-03-31"):
        assert "The link is of" not in analyst.page(f"/reports{query}").text()


@pytest.mark.rows_by_hand
def test_what_is_not_old_enough_is_left_out_of_page_and_export(
    ledger: Ledger, as_: SignIn, store: Store
) -> None:
    """D4 and D5 of the latest month wait for its last day to be 28 days past."""
    with store.work(writes=False) as work:
        latest = FixedPeriod.latest(Length.MONTH, london_date(work.now))
        is_early = (london_date(work.now) - latest.end).days <= 28
    ledger.record_rate(40, 100, latest.start)
    analyst = as_("analyst1")
    after = analyst.page(f"/reports/after-a-decline?period={latest.key}").text()
    assert ("Still declined after 28 days – Too early" in after) == is_early
    kept = analyst.submit(f"/reports?period={latest.key}", action="/reports/exports").location
    document = json.loads(analyst.get(f"{kept}.json").text)
    codes = {row["row"].split()[0] for row in document["tables"][0]["rows"]}
    assert ("D4" not in codes) == is_early
    assert any(each.startswith("D4 is left out") for each in document["counting_rules"]) == is_early


# What an analyst can work out


RULES = Rules().on_screen
TODAY = date(2026, 4, 10)
MONTHS = months_in(Period(date(2024, 4, 1), date(2026, 3, 31)))
SEEDS = range(20)
TEAMS = (0.7, 1.5, 2.5, 4.0, 6.0, 9.0)
"""So many declines a month on average, in teams from small to large."""
Bounds = list[tuple[int, int]]


def _any_windows() -> list[Period]:
    return [
        Period(first.first, last.last) for first, last in combinations_with_replacement(MONTHS, 2)
    ]


def _obtainable() -> set[Period]:
    """The periods that an analyst gets for any whole months, by the form that reads addresses."""
    found: set[Period] = set()
    with Flask("attack").test_request_context():
        for each in _any_windows():
            given = MultiDict({"from": each.start.isoformat(), "to": each.end.isoformat()})
            form = DeclineFilterForm(
                given, teams=(), sets=(), today=TODAY, choice=PeriodChoice(TODAY)
            )
            wanted = form.filter()
            assert wanted is not None
            found.add(wanted.period)
    return found


def _shown(count: int) -> int | None:
    """What is told of the numerator of D1."""
    outcomes = OutcomeCounts.of([(Outcome.DECLINED, count), (Outcome.COMPLETED, 60)])
    return ShownOutcomes.of(outcomes, RULES)[Outcome.DECLINED]


_CAN_BE: dict[int | None, list[int]] = {}
for _count in range(600):
    _CAN_BE.setdefault(_shown(_count), []).append(_count)


def _worked_out(counts: list[int], periods: Iterable[Period]) -> Bounds:
    """Between what each month must lie, given everything that is told of these periods.

    What is told of a period bounds the difference of two running totals. The shortest ways between
    them are all that follows from such bounds, so that nobody could work out more of the numbers.
    """
    size = len(counts) + 1
    far = 10**6
    most = [[0 if i == j else far for j in range(size)] for i in range(size)]
    for i in range(size - 1):
        most[i + 1][i] = 0  # a running total never falls
    for each in periods:
        i, j = MONTHS.index(Month.of(each.start)), MONTHS.index(Month.of(each.end)) + 1
        can_be = _CAN_BE[_shown(sum(counts[i:j]))]
        most[i][j] = min(most[i][j], can_be[-1])
        most[j][i] = min(most[j][i], -can_be[0])
    for k in range(size):
        over = most[k]
        for row in most:
            if (first := row[k]) < far:
                row[:] = [min(a, first + b) for a, b in zip(row, over, strict=True)]
    return [(-most[i + 1][i], most[i][i + 1]) for i in range(size - 1)]


def _poisson(random: Random, mean: float) -> int:
    """How many events, a thousandth of the month at a time."""
    return sum(random.random() < mean / 1000 for _ in range(1000))


def _known(seed: int, periods: Iterable[Period]) -> tuple[int, int]:
    """How many of the withheld months of a history can be told exactly, and how many there are."""
    random, known, withheld, periods = Random(seed), 0, 0, list(periods)
    for mean in TEAMS:
        counts = [_poisson(random, mean) for _ in MONTHS]
        for count, (low, high) in zip(counts, _worked_out(counts, periods), strict=True):
            assert low <= count <= high
            if _shown(count) is None:
                withheld += 1
                known += low == high
    return known, withheld


def _share(found: list[tuple[int, int]]) -> float:
    return sum(known for known, _ in found) / sum(withheld for _, withheld in found)


def test_fixed_periods_tell_few_withheld_months_and_any_windows_nearly_all(
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    """Twenty histories of six teams over two years: what stands in README was measured here."""
    obtainable = _obtainable()
    assert len(obtainable) == 24 + 8 + 2
    fixed = [_known(seed, obtainable) for seed in SEEDS]
    free = [_known(seed, _any_windows()) for seed in SEEDS]
    words = (
        f"Of {sum(each for _, each in fixed)} months that are withheld, fixed periods tell"
        f" {_share(fixed):.2%} (at most {max(_share([each]) for each in fixed):.2%} of a history),"
        f" any windows {_share(free):.2%} (at least {min(_share([each]) for each in free):.2%})."
    )
    record_testsuite_property("shares", words)
    assert _share(fixed) < 0.05, words
    assert max(_share([each]) for each in fixed) < 0.1, words
    assert min(_share([each]) for each in free) > 0.5, words
