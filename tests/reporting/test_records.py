"""The records behind every number: as many as it says, and none that a person could not open."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select, update

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.definitions import EPOCH, METRICS
from dash_forms.domain.periods import Period
from dash_forms.domain.permissions import Actor, Role
from dash_forms.domain.report_counts import (
    Rules,
    attendance_counts,
    entries_of,
    entries_of_attempt,
)
from dash_forms.reporting.figures import DeclineFilter
from dash_forms.reporting.queries import decline_figures, teams_to_choose
from dash_forms.reporting.records import NUMBERS, CountedRecord, Number, counted_page
from dash_forms.reporting.tabs import Tab
from dash_forms.store.models import AuditEvent, Incident
from dash_forms.store.work import Store, Work
from tests.reporting.histories import DAYS, FIRST, SETS, History, invented, put_down
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient
from tests.support.force import Force

pytestmark = pytest.mark.rows_by_hand

LIST = "/reports/records"
ALL_DAYS = Period(FIRST, FIRST + timedelta(days=DAYS + 60))


@pytest.fixture
def history(store: Store, force: Force) -> History:
    made = invented(Random(7), list(force.teams.values()), 350)
    put_down(store, force, made)
    return made


def listed(work: Work, wanted: DeclineFilter, number: Number) -> list[CountedRecord]:
    """Every page, one after another."""
    first = counted_page(work, wanted, number)
    pages = [counted_page(work, wanted, number, page) for page in range(2, first.page_count + 1)]
    assert all(len(page.records) == 25 for page in [first, *pages][:-1])
    return [record for page in [first, *pages] for record in page.records]


@pytest.mark.parametrize("seed", range(4))
def test_every_number_has_as_many_records_as_it_says(
    store: Store, force: Force, history: History, seed: int
) -> None:
    """By team and question set, in periods of any length, on any day of looking."""
    chance = Random(seed)
    with store.work(writes=False, actor=force.actors["inspector1"]) as work:
        teams = teams_to_choose(work)
        start = FIRST + timedelta(days=chance.randrange(DAYS // 2))
        wanted = DeclineFilter(
            Period(start, start + timedelta(days=chance.choice([40, 200, 700]))),
            [None, teams[0], None, teams[1]][seed],
            [None, None, SETS[0], SETS[1]][seed],
        )
        today = start + timedelta(days=chance.choice([60, 300, 900]))
        work.now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
        figures = decline_figures(work, wanted, ()).measures
        for number in NUMBERS.values():
            page = counted_page(work, wanted, number)
            assert page.reached == page.counted, number.name
            assert len(page.records) == min(25, page.counted)
            if number.metric:
                shown = figures[number.metric.code]
                part = number.name.split(".")[1]
                assert page.counted == getattr(shown, part), number.name
            if number.name in {"D1.denominator", "R1.denominator", "D6.denominator"}:
                records = listed(work, wanted, number)
                assert len(set(records)) == len(records) == page.counted
                assert [r.on for r in records] == sorted((r.on for r in records), reverse=True)


def test_every_measure_has_some_to_test_with(store: Store, force: Force, history: History) -> None:
    with store.work(writes=False, actor=force.actors["inspector1"]) as work:
        work.now = datetime(2027, 1, 1, tzinfo=UTC)
        found = decline_figures(work, DeclineFilter(ALL_DAYS), ()).measures
    assert all(found[metric.code].numerator for metric in METRICS)
    assert EPOCH.weekday() == 0


def test_every_kept_count_has_its_records(history: History) -> None:
    """Whatever is counted can be asked for, but for the steps, which D6 and D7 ask for."""
    rules = Rules()
    entries = [entry for fact in history.facts for entry in entries_of(fact, rules)]
    entries += [entry for fact in history.attempts for entry in entries_of_attempt(fact)]
    codes = {entry.code for entry in entries}
    codes |= {key.code for key in attendance_counts(history.attendances, history.cameras)}
    asked_for = {code for number in NUMBERS.values() for code in number.part.codes}
    assert codes - asked_for <= {"completed.both"}


def _reached(history: History, actor: Actor) -> Iterator[str]:
    for fact in history.facts:
        if fact.outcome is Outcome.DECLINED and fact.team_id == actor.team_id:
            yield str(fact.pair_id)


def test_a_sergeant_is_shown_the_own_teams_only(
    store: Store, force: Force, history: History
) -> None:
    sergeant = force.actors["sergeant1"]
    assert sergeant.role is Role.SERGEANT
    number = NUMBERS["D1.numerator"]
    with store.work(writes=False, actor=sergeant) as work:
        records = listed(work, DeclineFilter(ALL_DAYS), number)
        page = counted_page(work, DeclineFilter(ALL_DAYS), number)
    assert Counter(each.urn for each in records) == Counter(_reached(history, sergeant))
    assert page.reached == len(records) < page.counted


def test_one_that_the_person_began_elsewhere_is_shown_as_well(
    store: Store, force: Force, history: History
) -> None:
    sergeant = force.actors["sergeant1"]
    foreign = next(
        each
        for each in history.facts
        if each.outcome is Outcome.DECLINED and each.team_id != sergeant.team_id
    )
    with store.work(writes=True) as work:
        work.session.execute(
            update(Incident)
            .where(Incident.urn == str(foreign.pair_id))
            .values(created_by_id=sergeant.id)
        )
    with store.work(writes=False, actor=sergeant) as work:
        records = listed(work, DeclineFilter(ALL_DAYS), NUMBERS["D1.numerator"])
    assert str(foreign.pair_id) in {each.urn for each in records}


def test_a_person_without_a_team_is_shown_what_they_began_and_no_more(
    store: Store, force: Force, history: History
) -> None:
    nobody = replace(force.actors["sergeant1"], team_id=None)
    with store.work(writes=False, actor=nobody) as work:
        assert listed(work, DeclineFilter(ALL_DAYS), NUMBERS["O4.denominator"]) == []


DAY = date(2026, 4, 15)
SPRING = "from=2026-03-01&to=2026-05-31"


def test_the_list_says_what_it_is_and_leads_to_each_record(
    inspector: StrictClient, sergeant: StrictClient, ledger: Ledger
) -> None:
    ledger.record(28, Outcome.DECLINED, DAY)
    ledger.record(2, Outcome.DECLINED, DAY, team="south")
    seen = inspector.page(f"{LIST}?of=D1.numerator&{SPRING}")
    text = seen.text()
    assert "Pairs declined: numerator of D1 Decline rate. All teams, 1 March 2026" in text
    assert "30 counted." in text
    assert len(seen.links("/incidents/")) == 25
    assert f"{LIST}?of=D1.numerator&{SPRING}&page=2" in seen.links(LIST)
    second = inspector.page(f"{LIST}?of=D1.numerator&{SPRING}&page=99")
    assert len(second.links("/incidents/")) == 5
    assert "30 counted, of which you can open 28" in (
        sergeant.page(f"{LIST}?of=D1.numerator&{SPRING}").text()
    )
    empty = inspector.page(f"{LIST}?of=outcome.unable&{SPRING}&team=North")
    assert "Unable. North, 1 March 2026 to 31 May 2026. 0 counted." in empty.text()


@pytest.mark.parametrize("of", ["", "D1", "D1.top", "D99.numerator", "outcome.%00", "step.victims"])
def test_what_is_no_number_of_the_reports_is_not_found(inspector: StrictClient, of: str) -> None:
    assert inspector.get(f"{LIST}?of={of}").status_code == 404


def test_a_wrong_filter_is_told_where_it_can_be_put_right(inspector: StrictClient) -> None:
    seen = inspector.page(f"{LIST}?of=D1.numerator&from=banana", status=400)
    assert seen.errors == ["Enter a real date, such as 31/01/2026"]


def test_numbers_lead_to_their_records_for_those_who_may_open_any(
    as_: Callable[[str], StrictClient], ledger: Ledger
) -> None:
    ledger.record(12, Outcome.DECLINED, DAY)
    for tab in set(Tab) - {Tab.REVIEW, Tab.CAMERAS}:
        address = f"{tab.path}?{SPRING}"
        assert as_("analyst1").page(address).links(LIST) == []
        found = as_("sergeant1").page(address).links(LIST)
        assert found
        for each in found:
            assert as_("sergeant1").get(each).status_code == 200
    assert as_("analyst1").get(f"{LIST}?of=D1.numerator").status_code == 403


def test_each_look_is_audited_with_what_was_asked_for(
    inspector: StrictClient, ledger: Ledger
) -> None:
    ledger.record(3, Outcome.DECLINED, DAY)
    inspector.get(f"{LIST}?of=D1.numerator&{SPRING}&team=North")
    with ledger.store.work(writes=False) as work:
        [event] = work.session.scalars(
            select(AuditEvent).where(AuditEvent.name == "report.records_listed")
        )
    assert (event.category.value, event.subject_id) == ("consultation", "D1.numerator")
    assert json.loads(event.detail) == {
        "start": "2026-03-01",
        "end": "2026-05-31",
        "team": str(ledger.force.teams["north"]),
        "question_set": None,
        "page": 1,
        "found": 3,
    }
