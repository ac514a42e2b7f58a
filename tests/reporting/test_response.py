"""The page of waits against a plain recomputation, and what it says of few cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import delete, insert

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.disclosure import Rules
from dash_forms.domain.periods import Period
from dash_forms.domain.report_counts import (
    ANY_SET,
    FORCE,
    Dimension,
    Entry,
    delay_band,
    in_dimension,
    keys_of,
    of_wait,
)
from dash_forms.domain.response import BANDS, WAITS, CallGrade, wait_band
from dash_forms.domain.statistics import Sample, mantel_haenszel
from dash_forms.reporting.figures import DeclineFilter, Slice, Wanted
from dash_forms.reporting.figures import Part as ReportPart
from dash_forms.reporting.queries import decline_figures, teams_to_choose
from dash_forms.reporting.response import DeclinesByWait, WaitFigures, wait_figures
from dash_forms.reporting.tabs import Tab
from dash_forms.store.models import ReportCount
from dash_forms.store.work import Store
from tests.reporting.histories import SETS, History, invented, put_down, reported
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient
from tests.support.force import Force

pytestmark = pytest.mark.rows_by_hand

SignIn = Callable[[str], StrictClient]
PERIOD = Period(date(2024, 11, 12), date(2025, 5, 3))
TODAY = date(2025, 5, 20)
QUERY = "from=2024-11-12&to=2025-03-31"
SECOND = CallGrade.GRADE_2
FEW = "Too few for a median"


@pytest.fixture
def history(store: Store, force: Force) -> History:
    made = invented(Random(11), list(force.teams.values()), 1500)
    put_down(store, force, made)
    return made


def _figures(
    store: Store, force: Force, whose: str | None = None, control: Rules | None = None
) -> tuple[WaitFigures, DeclinesByWait]:
    with store.work(writes=False) as work:
        work.now = datetime(2025, 5, 20, 9, tzinfo=UTC)
        teams = teams_to_choose(work)
        team = next((each for each in teams if each.id == force.teams.get(whose or "")), None)
        wanted = DeclineFilter(PERIOD, team)
        found = wait_figures(work, wanted, teams, control)
        places = decline_figures(work, wanted, teams, Wanted.only(ReportPart.BESIDE_WAITS)).places
    assert found
    return found, DeclinesByWait.of(places[Dimension.RESPONSE], wanted.baseline)


@pytest.mark.parametrize("whose", [None, "north"])
def test_everything_on_the_page_is_what_a_plain_recomputation_finds(
    store: Store, force: Force, history: History, whose: str | None
) -> None:
    found, beside = _figures(store, force, whose)
    own = history.narrowed(force.teams[whose] if whose else None, None)
    incidents = reported(own, PERIOD, TODAY)
    for row in found.grades:
        waits = [each.delay_minutes for each in incidents if each.response_grade is row.grade]
        known = [each for each in waits if each is not None]
        assert row.counts == {
            band: [wait_band(each) for each in waits].count(band) for band in WAITS
        }
        assert (row.within.numerator, row.within.denominator) == (
            sum(each <= 240 for each in known),
            len(known),
        )
        assert row.over.numerator == sum(each > 10_080 for each in known)
    visits = [each for each in incidents if each.response_grade is not CallGrade.TELEPHONE]
    assert found.visits == len(visits)
    assert found.unknown == sum(each.delay_minutes is None for each in visits)
    assert (found.share.number, found.share.of) == _t1(own, PERIOD)
    for month in found.share.months:
        days = Period(month.month.first, min(month.month.last, PERIOD.end))
        assert (month.number, month.of) == _t1(own, days)
    for team in found.share.teams:
        assert (team.number, team.of) == _t1(history.narrowed(team.team.id, None), PERIOD)
    second = [each.delay_minutes for each in incidents if each.response_grade is SECOND]
    assert found.second.unknown == second.count(None)
    for team_id, unknown in found.unknown_by_team.items():
        reports = reported(history.narrowed(team_id, None), PERIOD, TODAY)
        assert unknown == sum(
            each.response_grade is SECOND and each.delay_minutes is None for each in reports
        )
    countable = [
        each for each in own.facts if each.counted_on in PERIOD and each.outcome.is_countable
    ]
    strata = []
    for grade in beside.grades:
        there = [each for each in countable if each.response_grade is grade.grade]
        for part in grade.parts:
            band = part.value.split(".")[1]
            declined = [
                each.outcome is Outcome.DECLINED
                for each in there
                if delay_band(each.delay_minutes) == band
            ]
            assert (part.rate.numerator, part.rate.denominator) == (sum(declined), len(declined))
        waited = [each for each in there if each.delay_minutes is not None]
        strata.append(
            tuple(
                Sample(
                    sum(each.outcome is Outcome.DECLINED for each in side),
                    len(side),
                )
                for side in (
                    [each for each in waited if (each.delay_minutes or 0) > 240],
                    [each for each in waited if (each.delay_minutes or 0) <= 240],
                )
            )
        )
    enters = [
        (long, soon) for long, soon in strata if min(long.denominator, soon.denominator) >= 10
    ]
    assert len(beside.compared) == len(enters)
    if whose:  # a team has too few of every grade
        assert not enters
        assert beside.ratio is None
    else:
        assert beside.ratio is not None
        assert beside.ratio == mantel_haenszel(enters)
        assert f"{beside.ratio.value:.2f} times" in beside.words


def _t1(history: History, period: Period) -> tuple[int, int]:
    known = [
        each.delay_minutes
        for each in reported(history, period, TODAY)
        if each.response_grade is SECOND and each.delay_minutes is not None
    ]
    return sum(each <= 240 for each in known), len(known)


def test_the_page_says_what_it_does_not_know(as_: SignIn, history: History) -> None:
    page = as_("analyst1").page(f"{Tab.RESPONSE.path}?from=2024-04-01&to=2025-03-31")
    text = page.text()
    assert "Association, not cause" in text
    assert "These are domestic-abuse incidents only" in text
    assert "have no time of arrival" in text
    assert "22 hours to attend on average" in text
    assert "hellorayo.co.uk" in text
    assert "not for comparing" in text
    assert "the odds that a victim declined" in text
    assert page.links("/reports/records") == []


def test_each_number_leads_to_as_many_records(inspector: StrictClient, history: History) -> None:
    page = inspector.page(f"{Tab.RESPONSE.path}?{QUERY}")
    links = {each for each in page.links("/reports/records") if "from=2024-11-12" in each}
    names = {each.split("of=")[1].split("&")[0] for each in links}
    assert {"T1.numerator", "T2.denominator", "T3.denominator"} <= names
    assert {"response.grade_2.known", "response.grade_2.in_time"} <= names
    assert {"response.telephone.not_known", "response.grade_1.over_7_d"} <= names
    assert "response.appointment.not_known" in names
    assert "response.appointment.in_time" not in names
    assert {"response.grade_2.within_1_h.declined", "response.not_graded.not_known.countable"} <= (
        names
    )
    for each in links:
        text = inspector.page(each).text()
        assert "counted" in text
        assert "you can open" not in text


def test_waits_are_not_kept_by_question_set_and_declines_are(
    inspector: StrictClient, history: History
) -> None:
    text = inspector.page(f"{Tab.RESPONSE.path}?{QUERY}&set={SETS[0]}").text()
    assert "not kept by question set" in text
    assert "Grade 2 by team" not in text
    assert "Within grades, taken together" in text


def test_without_any_case_it_says_so_and_draws_nothing(
    inspector: StrictClient, ledger: Ledger
) -> None:
    page = inspector.page(Tab.RESPONSE.path)
    text = page.text()
    assert "too few incidents" in text
    assert "No whole month has enough incidents" in text
    assert "Nobody was counted in this period" in text
    assert list(page.all("figure")) == []


def test_what_was_reported_lately_is_not_measured_yet(
    inspector: StrictClient, ledger: Ledger
) -> None:
    with ledger.store.work(writes=False) as work:
        today = work.now.date().isoformat()
    text = inspector.page(f"{Tab.RESPONSE.path}?from={today}&to={today}").text()
    assert "old enough yet" in text
    for part in ("Median", "Association, not cause", "Nobody was counted"):
        assert part not in text


def test_declines_beside_waits_end_with_the_waits(
    inspector: StrictClient, ledger: Ledger, as_: SignIn
) -> None:
    """What is counted seven days ago is on no part of the page, nor behind its numbers."""
    with ledger.store.work(writes=False) as work:
        today = work.now.date()
    ledger.record(12, Outcome.DECLINED, today - timedelta(days=8))
    ledger.record(40, Outcome.DECLINED, today - timedelta(days=7))
    query = f"from={today - timedelta(days=30)}&to={today}"
    page = inspector.page(f"{Tab.RESPONSE.path}?{query}")
    end = today - timedelta(days=8)
    assert f"This page goes to {end.day} {end:%B %Y}" in page.text()
    [number] = [each for each in page.links("/reports/records") if ".countable" in each]
    assert "12 counted" in inspector.page(number).text()
    assert "52 counted" in inspector.page(f"/reports/records?of=D1.denominator&{query}").text()


def test_only_whoever_reads_exact_counts_is_told_that_they_are(
    inspector: StrictClient, as_: SignIn, history: History
) -> None:
    address = f"{Tab.RESPONSE.path}?{QUERY}"
    assert "are exact" in inspector.page(address).text()
    assert "exact, and" not in as_("analyst1").page(address).text()


def _keep(
    store: Store, force: Force, numbers: dict[str, int], south: dict[str, int] | None = None
) -> None:
    """Kept counts of one day, of the north team, of the south, and of both for the force."""
    day = date(2025, 2, 3)
    scopes = {
        FORCE: Counter(numbers) + Counter(south or {}),
        force.teams["north"]: numbers,
        force.teams["south"]: south or {},
    }
    with store.work(writes=True) as work:
        work.connection.execute(delete(ReportCount))
        for scope, counts in scopes.items():
            for code, number in counts.items():
                for key in keys_of(Entry(day, ANY_SET, code), scope):
                    row = {**key._asdict(), "number": number}
                    work.connection.execute(insert(ReportCount).values(row))


USUAL = {
    **{of_wait(SECOND, each.code): 40 for each in BANDS},
    of_wait(SECOND, "not_known"): 30,
    of_wait(CallGrade.GRADE_1, "within_15_min"): 60,
    in_dimension(Dimension.RESPONSE, "grade_2.within_1_h", declined=True): 20,
    in_dimension(Dimension.RESPONSE, "grade_2.within_1_h", declined=False): 60,
    in_dimension(Dimension.RESPONSE, "grade_2.over_24_h", declined=True): 30,
    in_dimension(Dimension.RESPONSE, "grade_2.over_24_h", declined=False): 70,
}


@pytest.mark.parametrize(
    "code",
    [
        of_wait(SECOND, "within_15_min"),
        of_wait(SECOND, "over_7_d"),
        of_wait(SECOND, "not_known"),
        of_wait(CallGrade.GRADE_1, "within_15_min"),
        of_wait(CallGrade.GRADE_3, "within_1_h"),
        in_dimension(Dimension.RESPONSE, "grade_2.within_1_h", declined=True),
        in_dimension(Dimension.RESPONSE, "grade_3.within_1_h", declined=False),
    ],
)
def test_whoever_may_open_no_record_sees_nothing_small(
    store: Store, force: Force, as_: SignIn, code: str
) -> None:
    """The page of one and that of two are the same to the letter, and differ for an inspector."""
    seen: dict[str, list[str]] = {"analyst1": [], "inspector1": []}
    for number in (1, 2):
        _keep(store, force, {**USUAL, code: number})
        for username, pages in seen.items():
            for team in ("", f"&team={force.teams['north']}"):
                address = f"{Tab.RESPONSE.path}?{QUERY}{team}"
                pages.append(as_(username).page(address).text())
    for username, pages in seen.items():
        assert (pages[:2] == pages[2:]) is (username == "analyst1")


SOON, LATER = of_wait(SECOND, "within_15_min"), of_wait(SECOND, "within_12_h")


def test_the_bands_of_a_team_tell_no_share_that_is_withheld_for_another(
    store: Store, force: Force
) -> None:
    """All teams together are the same; only what is small in the south differs, by 3."""
    seen = []
    for small in (1, 4):
        north = USUAL | {SOON: 45 - small, LATER: 39 + small}
        _keep(store, force, north, {SOON: small, LATER: 40 - small})
        found, _ = _figures(store, force, "north", Rules().on_screen)
        assert (found.share.number, found.share.of) == (None, 325)
        seen.append(found)
        told = found.second.counts
        assert {band for band, number in told.items() if number is None} == {
            "within_15_min",
            "within_1_h",
            "within_4_h",
            "within_12_h",
        }
        exact, _ = _figures(store, force, "north")
        assert exact.second.counts["within_12_h"] == 39 + small
    assert seen[0] == seen[1]


def test_no_band_of_a_team_is_told_whose_cases_are_withheld_for_another(
    store: Store, force: Force
) -> None:
    _keep(store, force, USUAL, {SOON: 2})
    found, _ = _figures(store, force, "north", Rules().on_screen)
    assert (found.share.number, found.share.of) == (None, None)
    told = found.second.counts
    assert {band for band, number in told.items() if number is not None} == {"not_known"}
    assert found.second.median == "Withheld"
    assert found.second.over.numerator is None


def test_what_an_analyst_is_told_is_made_of_rounded_counts(store: Store, force: Force) -> None:
    _keep(store, force, {**USUAL, of_wait(SECOND, "within_15_min"): 43})
    found, _ = _figures(store, force, control=Rules().on_screen)
    second = found.second
    assert second.counts["within_15_min"] == 45
    assert (second.within.numerator, second.within.denominator) == (125, 325)
    assert second.median == "Between 4 hours and 12 hours"


def test_half_at_either_end_is_said_and_not_called_withheld(store: Store, force: Force) -> None:
    first, last = of_wait(SECOND, BANDS[0].code), of_wait(SECOND, BANDS[-1].code)
    _keep(store, force, {first: 20, last: 20})
    found, _ = _figures(store, force)
    assert found.second.median == "Half up to 15 minutes, half more than 7 days"
    _keep(store, force, {first: 20, last: 20, of_wait(SECOND, "within_4_h"): 1})
    found, _ = _figures(store, force, control=Rules().on_screen)
    assert found.second.median == "Not told: counts are withheld"


@pytest.mark.parametrize("grade", [SECOND, CallGrade.GRADE_1])
@pytest.mark.parametrize(
    ("known", "words"),
    [
        (0, ("No cases", "No cases")),
        (8, (FEW, FEW)),
        (9, (FEW, FEW)),
        (12, ("Between 1 hour and 4 hours", FEW)),
        (32, ("Between 1 hour and 4 hours", FEW)),  # looks as 28 does
        (33, ("Between 1 hour and 4 hours", "Between 1 hour and 4 hours")),
    ],
)
def test_a_median_is_said_of_enough_cases_and_not_of_what_looks_like_enough(
    store: Store, force: Force, grade: CallGrade, known: int, words: tuple[str, str]
) -> None:
    _keep(store, force, {of_wait(grade, "within_4_h"): known})
    for control, said in zip((None, Rules().on_screen), words, strict=True):
        found, _ = _figures(store, force, control=control)
        [row] = [each for each in found.grades if each.grade is grade]
        assert row.median == said


def test_a_median_is_said_where_the_share_of_it_is_withheld(store: Store, force: Force) -> None:
    within, after = of_wait(SECOND, "within_4_h"), of_wait(SECOND, "within_12_h")
    _keep(store, force, {within: 2, after: 30, of_wait(SECOND, "within_24_h"): 60})
    found, _ = _figures(store, force, control=Rules().on_screen)
    assert found.second.within.is_withheld
    assert found.second.median == "Between 12 hours and 24 hours"


def test_a_grade_of_which_a_count_is_withheld_is_left_out_of_the_comparison(
    store: Store, force: Force
) -> None:
    def slices(declined: int | None) -> list[Slice]:
        return [
            Slice("grade_2.within_1_h", 20, 60),
            Slice("grade_2.within_4_h", 0, 0),
            Slice("grade_2.within_24_h", 0, 0),
            Slice("grade_2.over_24_h", 30, 70),
            Slice("grade_3.within_1_h", 20, 60),
            Slice("grade_3.within_4_h", 0, 0),
            Slice("grade_3.within_24_h", declined, 9),
            Slice("grade_3.over_24_h", 30, 70),
            *(
                Slice(f"{grade}.{band}", 0, 0)
                for grade in CallGrade
                if grade not in {CallGrade.GRADE_2, CallGrade.GRADE_3}
                for band in ("within_1_h", "within_4_h", "within_24_h", "over_24_h")
            ),
        ]

    baseline = DeclineFilter(PERIOD).baseline
    assert DeclinesByWait.of(slices(1), baseline).compared == (
        CallGrade.GRADE_2,
        CallGrade.GRADE_3,
    )
    assert DeclinesByWait.of(slices(None), baseline).compared == (CallGrade.GRADE_2,)


def test_few_cases_are_not_compared(store: Store, force: Force) -> None:
    put_down(store, force, invented(Random(2), list(force.teams.values()), 60))
    found, beside = _figures(store, force)
    assert beside.ratio is None
    assert "Too few for a comparison" in beside.words
    assert found.share.own is None
    assert {each.median for each in found.grades} <= {"Too few for a median", "No cases"}


def test_a_grade_with_fewer_than_ten_on_a_side_is_left_out_and_named() -> None:
    def slices(soon: int) -> list[Slice]:
        given = {
            "grade_2.within_1_h": (20, 60),
            "grade_2.over_24_h": (30, 70),
            "grade_3.within_4_h": (1, soon),
            "grade_3.over_24_h": (12, 40),
        }
        bands = ("within_1_h", "within_4_h", "within_24_h", "over_24_h")
        names = [f"{grade}.{band}" for grade in CallGrade for band in bands]
        return [Slice(each, *given.get(each, (0, 0))) for each in names]

    baseline = DeclineFilter(PERIOD).baseline
    few, enough = (DeclinesByWait.of(slices(each), baseline) for each in (9, 10))
    assert few.compared == (SECOND,)
    assert few.ratio == mantel_haenszel([(Sample(30, 70), Sample(20, 60))])
    assert "Left out: grade 3 with 40 after more than 4 hours and 9 within." in few.counts_words
    assert "grade 2 with 70 after more than 4 hours and 60 within." in few.counts_words
    assert enough.compared == (SECOND, CallGrade.GRADE_3)
    assert "Left out" not in enough.counts_words
    assert "no difference shown (odds ratio" in few.answer


def test_the_page_says_what_those_without_an_arrival_can_change(
    store: Store, force: Force, as_: SignIn
) -> None:
    _keep(
        store,
        force,
        {
            of_wait(SECOND, "within_4_h"): 71,
            of_wait(SECOND, "within_12_h"): 51,
            of_wait(SECOND, "not_known"): 8,
            of_wait(CallGrade.GRADE_1, "not_known"): 3,
            of_wait(CallGrade.TELEPHONE, "not_known"): 13,
            of_wait(CallGrade.APPOINTMENT, "within_3_d"): 12,
        },
    )
    text = as_("inspector1").page(f"{Tab.RESPONSE.path}?{QUERY}").text()
    assert "T1 lies between 54.6% and 60.8% and T2 between 0.0% and 6.2%" in text
    assert "54.6% to 60.8%, whatever the 8 not known turn out to be" in text
    assert "Of grade 2: 8." in text
    assert "0.0% to 100.0%" not in text  # nobody is expected at a call for the telephone
    assert "Not known: 8" in text
    assert "An appointment is for a time agreed" in text
    assert "Mantel and W. Haenszel" in text
    assert "neither part of the rate" not in text
    rounded = as_("analyst1").page(f"{Tab.RESPONSE.path}?{QUERY}").text()
    assert "whatever the 10 not known turn out to be" in rounded
    assert "these ends can be a little off" in rounded
    assert "a little off" not in text
    _keep(store, force, {of_wait(SECOND, "within_4_h"): 71, of_wait(SECOND, "not_known"): 4})
    hidden = as_("analyst1").page(f"{Tab.RESPONSE.path}?{QUERY}").text()
    assert "whatever the" not in hidden.lower()
    assert "could move T1 and T2 is not said" in hidden


def test_months_too_small_for_a_rate_are_not_called_without_cases(
    store: Store, force: Force, inspector: StrictClient
) -> None:
    _keep(store, force, {of_wait(SECOND, "within_4_h"): 9})
    text = inspector.page(f"{Tab.RESPONSE.path}?{QUERY}").text()
    assert text.count("No whole month has enough") == 1
    assert "no whole month with cases" not in text


def test_a_record_behind_a_wait_says_how_long_it_was(
    inspector: StrictClient, history: History
) -> None:
    text = inspector.page(f"/reports/records?of=response.grade_2.within_1_h&{QUERY}").text()
    assert "Grade 2 – priority, " in text
    assert " minute" in text
    text = inspector.page(f"/reports/records?of=T3.denominator&{QUERY}").text()
    assert "no time of arrival" in text
    text = inspector.page(
        f"/reports/records?of=response.grade_2.over_24_h.countable&{QUERY}"
    ).text()
    assert "Grade 2 – priority, " in text
    assert "day" in text


def test_what_the_teams_table_withholds_is_not_told_by_choosing_the_team(
    store: Store, force: Force
) -> None:
    """Of two teams one has few without an arrival: the other's number would tell it."""
    _keep(store, force, {of_wait(SECOND, "within_4_h"): 71, of_wait(SECOND, "not_known"): 20})
    with store.work(writes=True) as work:
        for scope, number in ((force.teams["south"], 2), (FORCE, 22)):
            for key in keys_of(
                Entry(date(2025, 2, 3), ANY_SET, of_wait(SECOND, "not_known")), scope
            ):
                table = ReportCount.__table__
                where = [table.c[name] == value for name, value in key._asdict().items()]
                work.connection.execute(delete(ReportCount).where(*where))
                row = {**key._asdict(), "number": number}
                work.connection.execute(insert(ReportCount).values(row))
    found, _ = _figures(store, force, control=Rules().on_screen)
    assert {found.unknown_by_team[force.teams[each]] for each in ("north", "south")} == {None}
    assert found.second.unknown == 20
    own, _ = _figures(store, force, "north", control=Rules().on_screen)
    assert own.second.unknown is None
    assert own.second.within_bounds == ""
    exact, _ = _figures(store, force, "north")
    assert exact.second.unknown == 20
