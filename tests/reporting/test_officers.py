"""One officer’s figures: right, for the officer and the supervisor alone, and no league table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select, update

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.ids import uuid7
from dash_forms.domain.periods import Period, months_before
from dash_forms.reporting.officers import MONTHS, officer_figures
from dash_forms.store.models import Assessment
from dash_forms.store.work import Store
from tests.reporting.histories import DAYS, FIRST, invented, put_down
from tests.support.cases import decide, declined, read_all, submitted
from tests.support.client import StrictClient
from tests.support.force import Force
from tests.support.log import last

OWN = "/own-figures"
SignIn = Callable[[str], StrictClient]


def officer_page(force: Force, username: str) -> str:
    return f"/reports/officers/{force.actors[username].id}"


@pytest.mark.rows_by_hand
@pytest.mark.parametrize("months", MONTHS)
def test_the_counts_are_those_of_the_cases_that_the_officer_opened(
    months: int, store: Store, force: Force
) -> None:
    chance = Random(months)
    history = invented(chance, list(force.teams.values()), 400)
    put_down(store, force, history)
    theirs: set[UUID] = set()
    with store.work(writes=True) as work:
        other = force.actors["officer3"].id
        for row in list(work.session.scalars(select(Assessment))):
            if chance.random() < 0.5:
                theirs.add(row.pair_id)
                change = update(Assessment).where(Assessment.id == row.id)
                work.session.execute(change.values(author_id=other))
    today = FIRST + timedelta(days=DAYS - 30)
    period = Period(months_before(today, months) + timedelta(days=1), today)
    own = [f for f in history.facts if f.pair_id in theirs and f.counted_on in period]
    with store.work(writes=False, actor=force.actors["sergeant1"]) as work:
        work.now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
        found = officer_figures(work, other, months)
    assert found.period == period
    for outcome in Outcome:
        assert found.counts[outcome] == sum(fact.outcome is outcome for fact in own)
    assert found.all_no == sum(fact.is_blanket_no for fact in own)
    assert found.no_reason == sum(
        fact.outcome is Outcome.DECLINED and fact.reason == "none_given" for fact in own
    )
    everybody = [fact for fact in history.facts if fact.counted_on in period]
    assert found.force.counts.all == len(everybody)
    assert (found.against_force is not None) == (found.counts.countable >= 30)


def test_few_cases_have_counts_and_never_a_rate(as_: SignIn, force: Force, store: Store) -> None:
    officer, sergeant = as_("officer1"), as_("sergeant1")
    declined(officer)
    path = submitted(officer)
    read_all(sergeant, path)
    decide(sergeant, path, "returned", words="Say who was there, please.")
    for who, where in ((officer, OWN), (sergeant, officer_page(force, "officer1"))):
        page = who.page(where).text()
        assert "1 of 2" in page
        assert "too few for a rate" in page
        assert "%" not in page.partition("What happened")[2]
        assert (
            "Returned by a supervisorAt least once, of those decided on in these months1 of 1"
            in page
        )
    assert last(store, "report.officer_viewed")[1] == {"months": 12}
    assert "0 of 0" in as_("officer3").page(OWN).text()


@pytest.mark.rows_by_hand
def test_from_thirty_cases_on_the_rate_stands_within_the_limits_of_the_force(
    store: Store, force: Force
) -> None:
    history = invented(Random(3), list(force.teams.values()), 400)
    put_down(store, force, history)
    with store.work(writes=False, actor=force.actors["officer1"]) as work:
        end = FIRST + timedelta(days=DAYS - 1)
        work.now = datetime(end.year, end.month, end.day, 12, tzinfo=UTC)
        found = officer_figures(work, work.by.id, 12).against_force
    assert found is not None
    assert found.rate.percent
    assert not found.stands_out


def test_nobody_else_sees_them(as_: SignIn, force: Force) -> None:
    own, theirs = officer_page(force, "officer1"), officer_page(force, "officer2")
    sergeant = as_("sergeant1")
    assert sergeant.get(own).status_code == 200
    for foreign in (theirs, officer_page(force, "sergeant1"), f"/reports/officers/{uuid7()}"):
        assert sergeant.get(foreign).status_code == 404
    for username in ("officer1", "officer3", "inspector1", "specialist1", "analyst1", "admin1"):
        assert as_(username).get(own).status_code == 403
    for username in ("sergeant1", "inspector1", "analyst1"):
        assert as_(username).get(OWN).status_code == 403


def test_the_supervisor_chooses_a_name_and_no_figure_stands_beside_it(
    as_: SignIn, force: Force
) -> None:
    sergeant = as_("sergeant1")
    declined(as_("officer1"))
    page = sergeant.page(
        sergeant.page("/reports/teams").link("Figures of one officer of your team")
    )
    assert page.links("/reports/officers/") == [
        officer_page(force, "officer1"),
        officer_page(force, "officer3"),
    ]
    listed = page.text().partition("beside each other.")[2]
    assert not any(
        letter.isdigit() for letter in listed.replace("officer1", "").replace("officer3", "")
    )


@pytest.mark.parametrize("months", ["0", "x", "99999999999999999999", "-3", "3"])
def test_any_other_stretch_is_twelve_months(months: str, as_: SignIn) -> None:
    other = "Show 12 months" if months == "3" else "Show 3 months"
    assert other in as_("officer1").page(f"{OWN}?months={months}").text()
