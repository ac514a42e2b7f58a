"""Who may not open records sees nothing small and nothing exact, on any part of the report."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations_with_replacement, pairwise, product
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.baselines import Baseline, Origin, Rate
from dash_forms.domain.declines import Basis
from dash_forms.domain.definitions import METRICS, metric
from dash_forms.domain.disclosure import Rules
from dash_forms.domain.facts import AttemptFact, Fact
from dash_forms.domain.grading import Grade
from dash_forms.domain.ids import uuid7
from dash_forms.domain.metrics import OutcomeCounts
from dash_forms.domain.periods import Month, Period, london_date
from dash_forms.domain.report_counts import Between, Dimension
from dash_forms.domain.statistics import LAST_DAY, still_declined_of
from dash_forms.reporting.disclosed import (
    ShownGrades,
    ShownOutcomes,
    baseline_for_reader,
    disclosed,
)
from dash_forms.reporting.figures import (
    DeclineFigures,
    DeclineFilter,
    GradeTable,
    Measured,
    ReasonFigures,
    Slice,
    TeamChoice,
    TeamFigures,
)
from dash_forms.reporting.funnel import FunnelPlot, own_rate
from dash_forms.reporting.overview import Overview
from dash_forms.reporting.places import PlacesPlot
from dash_forms.reporting.queries import decline_figures, teams_to_choose
from dash_forms.reporting.reasons import Pareto
from dash_forms.reporting.survival import SurvivalPlot
from dash_forms.reporting.tabs import Tab
from dash_forms.store.work import Store
from dash_forms.web.fixed_periods import PeriodChoice
from tests.reporting.histories import History, invented, put_down
from tests.support.client import StrictClient
from tests.support.force import Force

RULES = Rules()
PERIOD = Period(date(2026, 1, 1), date(2026, 3, 31))
SPRING = "from=2026-01-01&to=2026-03-31"
TABS = [tab.path for tab in Tab]
rules_of_forces = st.builds(
    Rules,
    smallest=st.integers(1, 9),
    rounding=st.integers(1, 10),
    fewest_for_a_rate=st.integers(1, 40),
).map(lambda rules: rules.on_screen)
sizes = st.integers(0, 60)
outcome_counts = st.fixed_dictionaries(dict.fromkeys(Outcome, sizes)).map(
    lambda numbers: OutcomeCounts.of(numbers.items())
)


def figures(counts: OutcomeCounts, **parts: Any) -> DeclineFigures:
    """A report of counts alone, with each measure that they settle and no other."""
    measures = {
        each.code: Measured(each, each.top.of(kept), each.bottom.of(kept), PERIOD)
        for kept in [{f"outcome.{outcome}": counts[outcome] for outcome in Outcome}]
        for each in METRICS
    }
    given_parts: dict[str, Any] = {"filter": DeclineFilter(PERIOD), "measures": measures} | parts
    return DeclineFigures(counts=counts, before=PERIOD, **given_parts)


@given(outcome_counts, rules_of_forces)
def test_of_outcomes_nothing_small_is_told_and_every_sum_is_of_what_is(
    counts: OutcomeCounts, rules: Rules
) -> None:
    shown = ShownOutcomes.of(counts, rules)
    for outcome in Outcome:
        number = shown[outcome]
        assert (number is None) == rules.is_small(counts[outcome])
        assert number is None or number == rules.rounded(counts[outcome])
    for outcomes, number in shown.sums.items():
        parts = [shown[each] for each in outcomes]
        if number is None:
            assert None in parts
            assert not any(parts)
        else:
            assert number == sum(rules.in_totals if each is None else each for each in parts)
    if shown.has_rate:
        assert counts.countable >= rules.fewest_for_a_rate
    if shown.all is not None and shown.allow_a_verdict and rules.rounding == 1:
        assert counts.allow_a_verdict


KINDS = (Outcome.COMPLETED, Outcome.PARTIAL, Outcome.DECLINED, Outcome.UNABLE)


@pytest.mark.parametrize("kinds", [KINDS, (*KINDS[1:], Outcome.PENDING)])
def test_no_small_outcome_can_be_told_from_everything_that_is_shown(
    kinds: tuple[Outcome, ...],
) -> None:
    """Every table of four outcomes up to 14: those that look the same differ in what is small.

    Known to whoever looks are all sums that any measure shows, the rules, and the other outcomes.
    """
    alike: dict[Any, list[tuple[int, ...]]] = defaultdict(list)
    for numbers in product(range(15), repeat=4):
        counts = OutcomeCounts.of(zip(kinds, numbers, strict=True))
        shown = ShownOutcomes.of(counts, RULES)
        seen = (tuple(shown.sums.values()), shown.has_rate, shown.allow_a_verdict)
        alike[seen].append(numbers)
    for same in alike.values():
        for at in range(4):
            values = {numbers[at] for numbers in same}
            if min(values) and max(values) < RULES.smallest:
                assert len(values) > 1, same


@given(outcome_counts, rules_of_forces)
def test_every_part_tells_the_same_of_the_same_number(counts: OutcomeCounts, rules: Rules) -> None:
    team = TeamChoice(uuid7(), "Only")
    shown = disclosed(figures(counts, teams=(TeamFigures(team, counts),), everywhere=counts), rules)
    d1, rate = shown.measures["D1"], shown.rate
    assert (d1.numerator, d1.denominator) == (rate.numerator, rate.denominator)
    assert (d1.rate is None) == (rate.rate is None)
    assert shown.counts[Outcome.DECLINED] == rate.numerator
    assert shown.measures["D3"].numerator == rate.numerator
    assert shown.measures["B3"].denominator == rate.numerator
    assert shown.measures["O4"].denominator == shown.counts.all
    assert shown.measures["B1"].denominator == shown.counts[Outcome.COMPLETED]
    assert (shown.teams[0].rate, own_rate(shown.counts, PERIOD)) == (
        rate,
        own_rate(shown.everywhere or counts, PERIOD),
    )
    own = own_rate(shown.counts, PERIOD)
    assert own is None or own.rate == rate.rate


@given(st.lists(outcome_counts, min_size=2, max_size=5), rules_of_forces, st.integers(0, 4))
def test_a_team_that_is_chosen_is_told_of_as_its_row_is(
    each: list[OutcomeCounts], rules: Rules, at: int
) -> None:
    teams = tuple(TeamFigures(TeamChoice(uuid7(), f"T{n}"), one) for n, one in enumerate(each))
    chosen = teams[at % len(teams)]
    narrowed = DeclineFilter(PERIOD, team=chosen.team)
    shown = disclosed(figures(each[at % len(teams)], teams=teams, filter=narrowed), rules)
    row = next(one for one in shown.teams if one.team == chosen.team)
    assert (row.rate.numerator, row.rate.denominator) == (
        shown.rate.numerator,
        shown.rate.denominator,
    )
    if row.rate.numerator is None and not rules.is_small(each[at % len(teams)][Outcome.DECLINED]):
        assert {shown.counts.all, shown.measures["D3"].numerator} == {None}
    withheld = [
        true.counts[Outcome.DECLINED] or 0
        for true, one in zip(teams, shown.teams, strict=True)
        if one.rate.numerator is None
    ]
    some = [number for number in withheld if number]
    told = [one for one in shown.teams if one.rate.numerator]
    if any(map(rules.is_small, some)) and told:
        assert len(some) > 1
        assert sum(some) >= rules.smallest


@given(st.lists(st.tuples(sizes, sizes), min_size=1, max_size=6), rules_of_forces)
def test_reasons_are_in_the_order_of_what_is_told(
    numbers: list[tuple[int, int]], rules: Rules
) -> None:
    codes = ["none_given", *(f"code{at}" for at in range(len(numbers) - 1))]
    rows = tuple(
        ReasonFigures(code, code.title(), said, inferred, said)
        for code, (said, inferred) in zip(codes, numbers, strict=True)
    )
    declined = sum(map(sum, numbers))
    counts = OutcomeCounts.of([(Outcome.DECLINED, declined), (Outcome.COMPLETED, 100)])
    before = sum(said for said, _ in numbers)
    report = figures(counts, reasons=rows, explained=declined, explained_before=before)
    kept = {"reason.none_given.said": numbers[0][0], "reason.none_given.inferred": numbers[0][1]}
    b5 = Measured(metric("B5"), metric("B5").top.of(kept), declined, PERIOD)
    shown = disclosed(replace(report, measures={"B5": b5}), rules)
    totals = [each.total for each in shown.reasons]
    told = sorted((total for total in totals if total), reverse=True)
    withheld = [None] * totals.count(None)
    assert totals == [*told, *withheld, *[0] * (len(totals) - len(told) - len(withheld))]
    true = {each.code: each for each in rows}
    for each in shown.reasons:
        for number, exactly in (
            (each.said, true[each.code].said),
            (each.inferred, true[each.code].inferred),
            (each.total, true[each.code].total),
            (each.before, true[each.code].before),
        ):
            assert number is None or not rules.is_small(exactly)
            assert number is None or number == rules.rounded(exactly)
        if each.code == "none_given":
            assert each.total == shown.measures["B5"].numerator
    pareto = Pareto.of(shown.reasons, shown.explained, shown.explained_before)
    for row in pareto.rows:
        if row.figures.total is None:
            assert (row.said, row.inferred, row.share, row.running) == (0, 0, "", "")


events = st.dictionaries(st.integers(0, LAST_DAY), st.integers(1, 6), max_size=20)


@given(events, st.integers(0, 120), rules_of_forces)
def test_the_curve_gives_no_few_assessments_away(
    ended: dict[int, int], others: int, rules: Rules
) -> None:
    """Between two of its steps, before the first and after the last there are none or enough."""
    count = sum(ended.values()) + others
    counts = OutcomeCounts.of([(Outcome.DECLINED, count), (Outcome.COMPLETED, 50)])
    d5 = Measured(metric("D5"), sum(ended.values()), count, Period(PERIOD.start, PERIOD.start))
    report = replace(figures(counts), survival=still_declined_of(count, ended))
    shown = disclosed(replace(report, measures={"D5": d5}), rules)
    days = [each.day for each in shown.survival]
    assert set(days) <= {7, 14, 21, 28}
    if not days:
        return
    so_far = [0, *(sum(n for day, n in ended.items() if day <= end) for end in days), count]
    assert not any(rules.is_small(after - before) for before, after in pairwise(so_far))
    last, of = shown.survival[-1], shown.measures["D5"]
    assert last.day == LAST_DAY
    assert of.rate == pytest.approx(1 - last.share)
    assert sum(each.ended for each in shown.survival) == of.numerator
    assert all(each.at_risk % rules.rounding == 0 for each in shown.survival)
    assert SurvivalPlot.of(shown.survival)


@given(st.lists(st.tuples(sizes, sizes), min_size=2, max_size=2), rules_of_forces)
def test_a_breakdown_tells_nothing_small_and_of_everybody_what_the_headline_does(
    numbers: list[tuple[int, int]], rules: Rules
) -> None:
    pairs = [(min(two), max(two)) for two in numbers]
    slices = tuple(Slice(name, *pair) for name, pair in zip(("yes", "no"), pairs, strict=True))
    declined, of = (sum(each) for each in zip(*pairs, strict=True))
    counts = OutcomeCounts.of([(Outcome.DECLINED, declined), (Outcome.COMPLETED, of - declined)])
    shown = disclosed(figures(counts, places={Dimension.CHILDREN: slices}), rules)
    for each, (number, whole) in zip(shown.places[Dimension.CHILDREN], pairs, strict=True):
        assert each.declined is None or not rules.is_small(number)
        if each.declined is not None and each.countable is not None:
            assert not rules.is_small(whole - number)
        assert each.countable is None or not rules.is_small(whole)
        if whole == of:
            assert each.declined == shown.rate.numerator
    plot = PlacesPlot.of(shown)
    for part in plot.breakdowns[0].parts:
        if part.rate.is_withheld:
            assert part.mark is None


@given(
    st.lists(st.lists(st.integers(0, 15), min_size=3, max_size=3), min_size=3, max_size=3),
    rules_of_forces,
)
def test_grades_that_are_withheld_give_no_kappa(cells: list[list[int]], rules: Rules) -> None:
    table = GradeTable(Between.OFFICER_SUPERVISOR, tuple(map(tuple, cells)))
    moved = table.total - table.agreed
    r2 = Measured(metric("R2"), moved, table.total, PERIOD)
    report = figures(
        OutcomeCounts(), grade_tables=(table,), measures={"R2": r2}, regraded={"up": moved}
    )
    shown = disclosed(report, rules)
    [grades] = shown.grade_tables
    assert isinstance(grades, ShownGrades)
    told = [number for row in grades.counts for number in row]
    for number, true in zip(told, (each for row in cells for each in row), strict=True):
        assert number is None or (number == rules.rounded(true) and not rules.is_small(true))
    if None in told:
        assert "kappa " not in grades.words
    assert grades.total == shown.measures["R2"].denominator
    assert (grades.agreed is None) == (shown.measures["R2"].numerator is None)
    assert shown.regraded["up"] == shown.measures["R2"].numerator


def test_a_new_part_of_the_report_is_left_out_until_somebody_says_how_it_is_told() -> None:
    """Whoever adds a field adds it to `disclosed` and here."""
    assert {each.name for each in fields(DeclineFigures)} == {
        "filter", "counts", "measures", "before", "teams", "months", "everywhere", "history",
        "reasons", "explained", "explained_before", "places", "survival", "grade_tables",
        "regraded", "earlier", "control",
    }  # fmt: skip


def test_too_few_for_the_force_have_no_rate_no_interval_and_no_verdict() -> None:
    counts = OutcomeCounts.of([(Outcome.DECLINED, 20), (Outcome.COMPLETED, 30)])
    shown = disclosed(figures(counts), Rules(fewest_for_a_rate=60))
    rate = shown.rate
    assert (rate.counts, rate.rate, rate.interval, rate.p_value) == ("20 of 50", None, None, None)
    assert rate.verdict_words == "Too few for a rate."
    assert not rate.stands_out
    earlier = replace(shown, earlier=shown)
    overview = Overview.of(earlier)
    assert not overview.needed
    assert all(row.mark is None for row in overview.strip.rows)
    assert not any(change.direction.is_change for change in overview.balance)
    team = TeamFigures(TeamChoice(uuid7(), "T"), shown.counts)
    assert FunnelPlot.of([team]) is None


def test_own_rates_are_rounded_and_one_of_few_declines_is_no_choice(force: Force) -> None:
    def own(declined: int, cases: int) -> Baseline:
        rate = Rate(declined / cases, cases, declined)
        return Baseline("own", rate, Origin.OWN, "recorded here", "2025", PERIOD)

    analyst, inspector = (force.actors[name] for name in ("analyst1", "inspector1"))
    assert baseline_for_reader(analyst, own(3, 100), RULES) is None
    shown = baseline_for_reader(analyst, own(33, 101), RULES)
    assert shown is not None
    assert shown.cases == "35 of 100 cases"
    assert baseline_for_reader(inspector, own(3, 100), RULES) == own(3, 100)


REASONS = {
    "declined": "distrust",
    "unable": "left",
    "not_offered": "forgotten",
    "exempt": "not_domestic",
}
CAME_ROUND, LATER = date(2026, 1, 25), date(2026, 2, 3)
MORE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "partial": ("/reports", "partial", {}),
    "unable": ("/reports", "unable", {"was_unable": True}),
    "not offered": ("/reports", "not_offered", {"was_not_offered": True}),
    "exempt": ("/reports", "exempt", {}),
    "pending": ("/reports", "pending", {}),
    "fast": ("/reports", "completed", {"seconds": 60, "is_blanket_no": True}),
    "no reason": (
        "/reports/reasons",
        "declined",
        {"reason": "none_given", "reason_basis": Basis.INFERRED},
    ),
    "at night": ("/reports/when-and-where", "completed", {"hour": 3, "has_children": True}),
    "came round": ("/reports/after-a-decline", "declined", {"converted_on": LATER}),
    "graded up": ("/reports/review", "completed", {"grade": Grade.HIGH, "marac_decided": True}),
}
"""What there is one of, and then two: the page on which who may open records sees it."""


def fact(team: UUID, outcome: str, **known: Any) -> Fact:
    """One pair of January, in which nothing is but what is said."""
    pair_id = uuid7()
    usual: dict[str, Any] = {
        "counted_on": date(2026, 1, 15),
        "hour": 12,
        "reason": REASONS.get(outcome),
        "reason_basis": Basis.SAID if outcome in REASONS else None,
        "seconds": 900 if outcome == Outcome.COMPLETED else None,
    }
    return Fact(
        pair_id=pair_id,
        team_id=team,
        victim_key=pair_id.bytes,
        reported_at=datetime(2026, 1, 15, tzinfo=UTC),
        question_set="dash-27.1",
        attempt=1,
        outcome=Outcome(outcome),
        **(usual | known),
    )


def graded(of: Fact) -> AttemptFact:
    after = Grade.HIGH if of.grade is Grade.HIGH else Grade.MEDIUM
    return AttemptFact(
        assessment_id=uuid7(),
        pair_id=of.pair_id,
        team_id=of.team_id,
        question_set=of.question_set,
        review_due_on=date(2026, 1, 17),
        review_in_time=True,
        decided_on=date(2026, 1, 17),
        officer_grade=Grade.MEDIUM,
        supervisor_grade=after,
        graded_again_on=date(2026, 1, 18),
        specialist_grade=after,
        reoffer_due_on=date(2026, 1, 17),
        reoffer_in_time=after is Grade.MEDIUM,
    )


def one_more(north: UUID, name: str) -> History:
    _, outcome, known = MORE[name]
    one = fact(north, outcome, **known)
    return History([one], [graded(one)] if name == "graded up" else [])


def a_force(north: UUID, south: UUID) -> History:
    """One of each thing that there can be more of, beside many plain pairs.

    Their numbers are such that one more leaves every total at the same multiple of five.
    """
    plain = [fact(team, "completed") for team in (north, south) for _ in range(31)]
    plain += [fact(south, "declined") for _ in range(21)]
    plain += [fact(north, "declined") for _ in range(14)]
    plain += [fact(north, "declined", converted_on=CAME_ROUND) for _ in range(8)]
    before = [
        fact(north, outcome, counted_on=date(2025, 11, 5))
        for outcome in ["completed"] * 31 + ["declined"] * 21
    ]
    found = [one_more(north, name) for name in MORE]
    return History(
        [*plain, *before, *(each for one in found for each in one.facts)],
        [*map(graded, plain), *(each for one in found for each in one.attempts)],
    )


def everything_told(client: StrictClient) -> dict[str, str]:
    """Every part of the report and the document, without what is random in each answer."""
    told = {}
    for path in [*TABS, "/reports/declines.json"]:
        for query in (SPRING, f"{SPRING}&team=North"):
            response = client.get(f"{path}?{query}")
            assert response.status_code == 200
            html = response.get_data(as_text=True)
            told[f"{path}?{query}"] = re.sub(r'name="csrf_token" value="[^"]*"', "", html)
    return told


@pytest.mark.rows_by_hand
@pytest.mark.parametrize("name", MORE)
def test_an_analyst_cannot_tell_one_from_two_on_any_part_and_an_inspector_can(
    store: Store, force: Force, as_: Callable[[str], StrictClient], name: str
) -> None:
    """Text, tables, drawings, links and the document are the same to the letter."""
    north, south = force.teams["north"], force.teams["south"]
    put_down(store, force, a_force(north, south))
    analyst, inspector = as_("analyst1"), as_("inspector1")
    seen, page = everything_told(analyst), f"{MORE[name][0]}?{SPRING}"
    exact = inspector.page(page).text()
    put_down(store, force, one_more(north, name))
    assert inspector.page(page).text() != exact
    after = everything_told(analyst)
    for path, html in seen.items():
        assert after[path] == html, path


@pytest.mark.rows_by_hand
def test_no_count_on_any_part_is_small_or_exact_for_an_analyst(
    store: Store, force: Force, as_: Callable[[str], StrictClient]
) -> None:
    put_down(store, force, invented(Random(5), list(force.teams.values()), 400))
    of = re.compile(r"([\d,]+|withheld) of ([\d,]+|withheld)\b")
    for path in TABS:
        for query in ("from=2024-02-01&to=2026-01-31", "from=2025-01-01&to=2025-03-31"):
            address, numbers = f"{path}?{query}", []
            html = as_("analyst1").get(address).get_data(as_text=True)
            assert "/reports/records" not in html
            assert "Counts are rounded" in html
            for pair in of.findall(html):
                numbers += [int(each.replace(",", "")) for each in pair if each != "withheld"]
            numbers = [each for each in numbers if each != 3]  # "two of 3 points" is a rule
            assert all(each % 5 == 0 for each in numbers), (address, numbers)
            assert "Counts are rounded" not in as_("inspector1").page(address).text()


def windows_of(month: Month) -> list[str]:
    """Every stretch of days of a month, as it stands in an address."""
    days = [month.first + timedelta(days=day) for day in range(month.last.day)]
    return [f"from={one}&to={other}" for one, other in combinations_with_replacement(days, 2)]


def told_at(client: StrictClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    html = response.get_data(as_text=True)
    html = re.sub(r"<p [^>]*><strong>The link is of .*?</p>", "", html)
    return re.sub(r'name="csrf_token" value="[^"]*"', "", html)


def day_by_day(north: UUID, south: UUID, month: Month) -> History:
    """Other numbers on each day of a month, many of them small."""
    return History(
        [
            fact(team, outcome, counted_on=month.first + timedelta(days=day))
            for day in range(month.last.day)
            for team, outcome, number in (
                (north, "declined", day % 4),
                (north, "completed", 1 + day % 3),
                (south, "declined", day % 3),
                (south, "completed", 2 + day % 5),
            )
            for _ in range(number)
        ],
        [],
    )


FEBRUARY = Month(2026, 2)


@pytest.mark.rows_by_hand
def test_every_window_of_days_of_a_month_tells_an_analyst_the_same(
    store: Store, force: Force, as_: Callable[[str], StrictClient]
) -> None:
    """What differs by days cannot be set against each other: 406 windows are one figure."""
    put_down(store, force, day_by_day(force.teams["north"], force.teams["south"], FEBRUARY))
    analyst, windows = as_("analyst1"), windows_of(FEBRUARY)
    assert len(windows) == 406
    told = {told_at(analyst, f"/reports/declines.json?{each}") for each in windows}
    assert len(told) == 1
    [document] = told
    assert '"from": "2026-02-01", "to": "2026-02-28"' in document
    exact = {
        as_("inspector1").get(f"/reports/declines.json?{each}").get_json()["numerator"]
        for each in windows
    }
    assert len(exact) > 50


@pytest.mark.rows_by_hand
@pytest.mark.parametrize("path", TABS)
def test_days_tell_an_analyst_no_more_than_their_months_on_any_part(
    store: Store, force: Force, as_: Callable[[str], StrictClient], path: str
) -> None:
    """To the letter, but for what is random in each answer, and the days that a link was of."""
    put_down(store, force, day_by_day(force.teams["north"], force.teams["south"], FEBRUARY))
    analyst, windows = as_("analyst1"), windows_of(FEBRUARY)
    windows = [*windows[::45], "period=2026-02-01..2026-02-28"]
    told = {told_at(analyst, f"{path}?{each}&team=North") for each in windows}
    assert len(told) == 1
    [html] = told
    assert "You read figures of fixed periods" in html
    assert '<option value="2026-02-01..2026-02-28" selected>February 2026</option>' in html
    assert 'name="from"' not in html
    exact = told_at(as_("inspector1"), f"{path}?from=2026-02-03&to=2026-02-09")
    assert "You read figures of fixed periods" not in exact
    assert 'value="2026-02-03"' in exact


@pytest.mark.rows_by_hand
def test_an_export_by_month_holds_whole_months_whatever_days_it_is_asked_for(
    force: Force, as_: Callable[[str], StrictClient]
) -> None:
    analyst = as_("analyst1")
    for each in windows_of(FEBRUARY)[::45]:
        assert "MonthsFebruary 2026" in analyst.page(f"/reports/exports/long?{each}").text()
    long = analyst.page("/reports/exports/long?from=2025-01-15&to=2026-02-03").text()
    assert "(14 months)" in long


@pytest.mark.rows_by_hand
def test_what_an_analyst_keeps_is_of_a_fixed_period(
    store: Store, force: Force, as_: Callable[[str], StrictClient]
) -> None:
    put_down(store, force, day_by_day(force.teams["north"], force.teams["south"], FEBRUARY))
    analyst, kept = as_("analyst1"), []
    token = analyst.page("/reports").form("/reports/exports").fields["csrf_token"][0]
    for query in windows_of(FEBRUARY)[::90]:
        made = analyst.post(f"/reports/exports?{query}", data={"csrf_token": token})
        document = analyst.get(f"{made.headers['Location']}.json").get_json()
        kept.append((document["filter"], document["tables"]))
    assert all(each == kept[0] for each in kept)
    assert (kept[0][0]["from"], kept[0][0]["to"]) == ("2026-02-01", "2026-02-28")


@pytest.mark.rows_by_hand
@pytest.mark.parametrize("path", TABS)
def test_of_the_month_that_runs_an_analyst_is_told_nothing_until_it_is_over(
    store: Store, force: Force, as_: Callable[[str], StrictClient], path: str
) -> None:
    """Nor of an earlier one what only becomes known of it day by day, as who was assessed later."""
    with store.work(writes=False) as work:
        today = london_date(work.now)
    running = Month.of(today)
    last = running.back(1)
    usual = PeriodChoice(today, since=last).usual
    north, south = force.teams["north"], force.teams["south"]
    put_down(store, force, day_by_day(north, south, last))
    analyst = as_("analyst1")
    queries = [
        "",
        f"from={today}",
        f"from={running.first}&to={today}",
        f"from={last.last}&to={last.last}",
    ]
    before = [told_at(analyst, f"{path}?{each}") for each in queries]
    assert before[1] == before[2] == before[3]
    assert f'value="{usual.key}" selected' in before[0]
    assert f'value="{last.first}..{last.last}" selected' in before[1]
    assert not any(running.first.isoformat() in each for each in before)
    put_down(store, force, History([fact(north, "declined", counted_on=today)] * 1, []))
    assert [told_at(analyst, f"{path}?{each}") for each in queries] == before


@pytest.mark.rows_by_hand
def test_the_document_has_rounded_counts_and_says_so(
    store: Store, force: Force, as_: Callable[[str], StrictClient]
) -> None:
    put_down(store, force, a_force(force.teams["north"], force.teams["south"]))
    exact = as_("inspector1").get(f"/reports/declines.json?{SPRING}").get_json()
    shown = as_("analyst1").get(f"/reports/declines.json?{SPRING}").get_json()
    assert (exact["numerator"], exact["denominator"]) == (45, 111)
    assert "disclosure_control" not in exact
    assert (shown["numerator"], shown["denominator"]) == (45, 115)
    assert shown["rate"] == 45 / 115
    assert shown["disclosure_control"] == RULES.words_on_screen


@pytest.mark.rows_by_hand
def test_a_count_that_is_withheld_is_so_in_words_and_has_no_rate(
    store: Store, force: Force, as_: Callable[[str], StrictClient]
) -> None:
    pairs = [fact(force.teams["north"], each) for each in ["declined"] * 3 + ["completed"] * 35]
    put_down(store, force, History(pairs, []))
    analyst = as_("analyst1")
    text = analyst.page(f"/reports?{SPRING}").text()
    assert "withheld of 40 declined; no rate of a count that is withheld" in text
    assert RULES.words_on_screen in text
    assert "Lower than" not in text
    assert "p-value" not in text
    for path in ("/reports/teams", "/reports/trend", "/reports/when-and-where"):
        html = analyst.get(f"{path}?{SPRING}").get_data(as_text=True)
        assert "withheld of 40" in html
        assert "app-chart__row" not in html
        assert "app-chart__plot" not in html
    document = analyst.get(f"/reports/declines.json?{SPRING}").get_json()
    assert (document["numerator"], document["rate"], document["verdict"]) == (
        None,
        None,
        "withheld",
    )


@pytest.mark.rows_by_hand
def test_what_is_shown_agrees_with_the_figures_that_the_page_was_made_of(
    store: Store, force: Force
) -> None:
    """Every team, month and part of a random history, each against its true count."""
    put_down(store, force, invented(Random(11), list(force.teams.values()), 300))
    with store.work(writes=False) as work:
        wanted = DeclineFilter(Period(date(2024, 2, 1), date(2025, 12, 31)))
        true = decline_figures(work, wanted, teams_to_choose(work))
    shown = disclosed(true, RULES)
    pairs = [
        (one.counts, other.counts) for one, other in zip(true.months, shown.months, strict=True)
    ]
    teams = zip(true.teams, shown.teams, strict=True)
    for one, other in [*pairs, *((team.counts, row.counts) for team, row in teams)]:
        for outcome in Outcome:
            number, exactly = other[outcome], one[outcome]
            assert number is None or number == RULES.rounded(exactly or 0)
    history = {month: each.declined_of for month, each in shown.history.items()}
    for each in shown.months:
        if each.month in history and each.rate.rate is not None:
            assert history[each.month] == (each.rate.numerator, each.rate.denominator)
    assert shown.earlier is not None
    assert shown.earlier.control == RULES
    assert None in {each.rate.numerator for each in shown.months}


def test_only_what_leaves_by_itself_is_made_of_figures_that_nobody_went_over(
    project: Path,
) -> None:
    """Pages get theirs from `figures_for_reader`; exports and officers have rules of their own."""
    taking = {
        path.name
        for path in (project / "dash_forms").rglob("*.py")
        if re.search(r"\bdecline_(figures|counts|history)\b", path.read_text())
    }
    assert taking == {"queries.py", "disclosed.py", "exports.py", "officers.py"}
