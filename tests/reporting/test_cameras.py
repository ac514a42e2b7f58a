"""The page of body-worn video against a plain recomputation, and what it says of few cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random

import pytest
from sqlalchemy import delete, insert

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.body_worn_video import FirstContact, Standing
from dash_forms.domain.disclosure import Rules
from dash_forms.domain.periods import Period
from dash_forms.domain.report_counts import (
    ANY_SET,
    FORCE,
    Dimension,
    Entry,
    in_dimension,
    keys_of,
    of_camera,
    of_standing,
)
from dash_forms.reporting.cameras import camera_figures
from dash_forms.reporting.figures import DeclineFilter
from dash_forms.reporting.queries import teams_to_choose
from dash_forms.reporting.shares import SharePlots
from dash_forms.reporting.tabs import Tab
from dash_forms.store.models import ReportCount
from dash_forms.store.work import Store
from tests.reporting.histories import SETS, History, invented, put_down
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient
from tests.support.force import Force

pytestmark = pytest.mark.rows_by_hand

SignIn = Callable[[str], StrictClient]
PERIOD = Period(date(2024, 11, 12), date(2025, 5, 3))
QUERY = "from=2024-11-12&to=2025-05-03"


@pytest.fixture
def history(store: Store, force: Force) -> History:
    made = invented(Random(11), list(force.teams.values()), 900)
    put_down(store, force, made)
    return made


def v1(history: History, period: Period) -> tuple[int, int]:
    found = Counter(
        each.standing
        for each in history.attendances
        if each.attended_on and each.attended_on in period
    )
    return found[Standing.RECORDING], found[Standing.RECORDING] + found[Standing.NOT_RECORDING]


@pytest.mark.parametrize("whose", [None, "north"])
def test_everything_on_the_page_is_what_a_plain_recomputation_finds(
    store: Store, force: Force, history: History, whose: str | None
) -> None:
    with store.work(writes=False) as work:
        work.now = datetime(2025, 5, 4, 9, tzinfo=UTC)
        teams = teams_to_choose(work)
        team = next((each for each in teams if each.id == force.teams.get(whose or "")), None)
        found = camera_figures(work, DeclineFilter(PERIOD, team), teams)
    own = history.narrowed(team.id if team else None, None)
    assert (found.share.rate.numerator, found.share.rate.denominator) == v1(own, PERIOD)
    for month in found.share.months:
        days = Period(month.month.first, min(month.month.last, PERIOD.end))
        assert (month.number, month.of) == v1(own, days)
    for each in found.share.teams:
        assert (each.number, each.of) == v1(history.narrowed(each.team.id, None), PERIOD)
    said = Counter(each.said for each in own.cameras if each.attended_on in PERIOD)
    assert {each.code: each.number for each in found.why_not} == {
        of_camera(each): said[each]
        for each in FirstContact
        if each.is_issued and not each.is_recording
    }
    assert found.not_issued == said[FirstContact.NOT_ISSUED]
    countable = [
        each for each in own.facts if each.counted_on in PERIOD and each.outcome.is_countable
    ]
    for part in found.crossed.breakdown.parts:
        there = [each.outcome for each in countable if each.camera == part.value]
        assert part.rate.denominator == len(there)
        assert part.rate.numerator == there.count(Outcome.DECLINED)
    months = list(found.share.history)
    assert months == sorted(months)
    assert max(months).last <= PERIOD.end
    assert found.share.history == {
        month: v1(own, Period(month.first, month.last)) for month in found.share.history
    }
    plots = SharePlots.of(found.share, DeclineFilter(PERIOD, team))
    assert plots.trend
    assert plots.trend.reported is None
    assert plots.funnel
    assert len(plots.funnel.points) == 2


def test_the_page_says_association_and_draws_no_line_of_the_reported_rate_by_month(
    as_: SignIn, history: History
) -> None:
    page = as_("analyst1").page(f"{Tab.CAMERAS.path}?from=2024-01-01&to=2026-02-28")
    text = page.text()
    assert "This is an association, not a cause" in text
    assert "percentage points (95% interval" in text
    assert "attended incidents have no record of a camera" in text
    assert "V1" in text
    assert page.links("/reports/records") == []


def test_each_number_leads_to_as_many_records(inspector: StrictClient, history: History) -> None:
    page = inspector.page(f"{Tab.CAMERAS.path}?{QUERY}")
    links = {each for each in page.links("/reports/records") if "from=2024-11-12" in each}
    names = {each.split("of=")[1].split("&")[0] for each in links}
    assert {"V1.numerator", "V2.denominator", "V3.denominator", "camera.officer.forgot"} <= names
    assert {"camera.recording.declined", "camera.officer.not_issued"} <= names
    for each in links:
        text = inspector.page(each).text()
        assert "counted" in text
        assert "you can open" not in text


def test_it_is_not_kept_by_question_set(inspector: StrictClient, history: History) -> None:
    text = inspector.page(f"{Tab.CAMERAS.path}?{QUERY}&set={SETS[0]}").text()
    assert "Not kept by question set" in text
    assert "By team" not in text


def test_without_any_case_it_says_so_and_draws_nothing(
    inspector: StrictClient, ledger: Ledger
) -> None:
    page = inspector.page(Tab.CAMERAS.path)
    text = page.text()
    assert "too few incidents" in text
    assert "No whole month has enough incidents" in text
    assert list(page.all("figure")) == []


def test_few_cases_are_not_compared(store: Store, force: Force) -> None:
    put_down(store, force, invented(Random(2), list(force.teams.values()), 60))
    with store.work(writes=False) as work:
        work.now = datetime(2025, 5, 4, 9, tzinfo=UTC)
        found = camera_figures(work, DeclineFilter(PERIOD), teams_to_choose(work))
    assert found.crossed.difference == ""
    assert found.share.own is None
    assert SharePlots.of(found.share, DeclineFilter(PERIOD)).rows is None


def _keep(store: Store, force: Force, numbers: dict[str, int]) -> None:
    """Kept counts of one day, of the north team and so of the force."""
    day = date(2025, 2, 3)
    with store.work(writes=True) as work:
        work.connection.execute(delete(ReportCount))
        for scope in (FORCE, force.teams["north"]):
            for code, number in numbers.items():
                for key in keys_of(Entry(day, ANY_SET, code), scope):
                    row = {**key._asdict(), "number": number}
                    work.connection.execute(insert(ReportCount).values(row))


@pytest.mark.parametrize(
    "code",
    [
        of_standing(Standing.RECORDING),
        of_standing(Standing.NO_RECORD),
        of_camera(FirstContact.FORGOT),
        in_dimension(Dimension.CAMERA, Standing.RECORDING, declined=True),
    ],
)
def test_whoever_may_open_no_record_sees_nothing_small(
    store: Store, force: Force, as_: SignIn, code: str
) -> None:
    """The page of one and that of two are the same to the letter, and differ for an inspector."""
    usual = {
        of_standing(Standing.RECORDING): 60,
        of_standing(Standing.NOT_RECORDING): 40,
        of_standing(Standing.NO_RECORD): 30,
        of_camera(FirstContact.RECORDING): 60,
        of_camera(FirstContact.FORGOT): 40,
        in_dimension(Dimension.CAMERA, Standing.RECORDING, declined=True): 20,
        in_dimension(Dimension.CAMERA, Standing.RECORDING, declined=False): 60,
    }
    seen: dict[str, list[str]] = {"analyst1": [], "inspector1": []}
    for number in (1, 2):
        _keep(store, force, {**usual, code: number})
        for username, pages in seen.items():
            for team in ("", f"&team={force.teams['north']}"):
                address = f"{Tab.CAMERAS.path}?{QUERY}{team}"
                pages.append(as_(username).page(address).text())
    for username, pages in seen.items():
        assert (pages[:2] == pages[2:]) is (username == "analyst1")


def test_the_force_s_own_rate_is_of_every_team_those_withheld_as_well(
    store: Store, force: Force
) -> None:
    """A team of 48 of 50 is withheld, for the rest is small; the force's rate still holds it."""
    day = date(2025, 2, 3)
    numbers = {"north": (48, 2), "south": (20, 30)}
    with store.work(writes=True) as work:
        for name, (recorded, other) in numbers.items():
            pair = ((Standing.RECORDING, recorded), (Standing.NOT_RECORDING, other))
            for standing, number in pair:
                for scope in (FORCE, force.teams[name]):
                    for key in keys_of(Entry(day, ANY_SET, of_standing(standing)), scope):
                        row = {**key._asdict(), "number": number}
                        if scope == FORCE:
                            row["number"] = sum(
                                each[0 if standing is Standing.RECORDING else 1]
                                for each in numbers.values()
                            )
                            work.connection.execute(delete(ReportCount).filter_by(**key._asdict()))
                        work.connection.execute(insert(ReportCount).values(row))
    with store.work(writes=False) as work:
        work.now = datetime(2025, 5, 4, 9, tzinfo=UTC)
        teams = teams_to_choose(work)
        shown = camera_figures(work, DeclineFilter(PERIOD), teams, Rules().on_screen)
    assert None in {each.number for each in shown.share.teams}
    assert shown.share.own is not None
    assert shown.share.own.rate == pytest.approx(70 / 100)


@pytest.mark.parametrize(("number", "has_rate"), [(28, False), (32, False), (33, True)])
def test_whether_an_analyst_gets_a_rate_tells_no_more_than_the_rounded_count(
    store: Store, force: Force, number: int, has_rate: bool
) -> None:
    _keep(store, force, {of_standing(Standing.RECORDING): number})
    with store.work(writes=False) as work:
        work.now = datetime(2025, 5, 4, 9, tzinfo=UTC)
        shown = camera_figures(
            work, DeclineFilter(PERIOD), teams_to_choose(work), Rules().on_screen
        )
    assert (shown.share.rate.rate is not None) is has_rate
