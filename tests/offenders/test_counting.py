"""What the database counts is what a plain recomputation counts, in a few statements."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from dash_forms.domain.assessment import State
from dash_forms.domain.declines import Basis, Ending
from dash_forms.domain.ids import uuid7
from dash_forms.domain.incidents import Relationship
from dash_forms.domain.instruments import current
from dash_forms.domain.offenders import ActionKind, ActionState, Allegation, Order, frequency
from dash_forms.domain.periods import LONDON, london_date, months_before
from dash_forms.offenders import queries
from dash_forms.store.models import (
    Assessment,
    AssessmentReason,
    Incident,
    OffenderAction,
    Pair,
    Person,
)
from dash_forms.store.offenders import in_force
from dash_forms.store.work import Store, Work
from tests.support.force import Force, new_urn
from tests.support.statements import selects

LEFT_OUT = ("not_domestic", "already_assessed")


def _person(work: Work, number: int, *, is_linked: bool) -> UUID:
    person_id = uuid7()
    work.session.add(
        Person(
            id=person_id,
            name_sealed=work.vault.seal(person_id, "name", f"Person{number} Invented"),
            identity_index=b"%032d" % number if is_linked else None,
            created_at=work.now,
        )
    )
    return person_id


def _pairs(work: Work, force: Force, rng: Random, count: int) -> None:
    """Incidents of the last three years, with one or two victims each."""
    incident: Incident | None = None
    for _ in range(count):
        if incident is None or rng.random() < 0.8:
            incident = Incident(
                id=uuid7(),
                urn=new_urn(),
                reported_at=work.now - timedelta(days=rng.randrange(900), minutes=1),
                team_id=force.teams[rng.choice(("north", "south"))],
                created_by_id=force.actors["officer1"].id,
                created_at=work.now,
                rev=1,
            )
            work.session.add(incident)
        victim = _person(work, 100 + rng.randrange(6), is_linked=rng.random() < 0.8)
        alleged = _person(work, rng.randrange(8), is_linked=rng.random() < 0.85)
        work.flush()
        pair_id = uuid7()
        work.session.add(
            Pair(
                id=pair_id,
                incident_id=incident.id,
                victim_id=victim,
                perpetrator_id=alleged if rng.random() < 0.95 else None,
                relationship=Relationship.PARTNER,
                created_at=work.now,
            )
        )
        work.flush()
        _assessment(work, force, rng, pair_id)


def _assessment(work: Work, force: Force, rng: Random, pair_id: UUID) -> None:
    """One attempt: due, made in error, or exempt for a reason; its facts follow by themselves."""
    reason = rng.choice((*LEFT_OUT, "deceased", None, None, None))
    is_void = rng.random() < 0.1
    assessment_id = uuid7()
    instrument = current(work.main_set)
    work.session.add(
        Assessment(
            id=assessment_id,
            pair_id=pair_id,
            attempt=1,
            instrument_id=instrument.id,
            instrument_version=instrument.version,
            instrument_digest="-",
            author_id=force.actors["officer1"].id,
            state=State.VOID if is_void else State.EXEMPT if reason else State.REQUIRED,
            void_reason_sealed=b"-" if is_void else None,
            created_at=work.now,
        )
    )
    work.flush()
    if reason:
        work.session.add(
            AssessmentReason(
                assessment_id=assessment_id,
                code=reason,
                ending=Ending.EXEMPT,
                basis=Basis.INFERRED,
                is_primary=True,
            )
        )
        work.flush()


def _plainly(work: Work, months: int, team_id: UUID | None) -> dict[bytes, tuple[int, int, int]]:
    """The same, by reading every record."""
    since = datetime.combine(months_before(london_date(work.now), months), time(), LONDON)
    of: defaultdict[bytes, list[Allegation]] = defaultdict(list)
    teams: defaultdict[bytes, set[UUID]] = defaultdict(set)
    people = {each.id: each for each in work.session.scalars(select(Person))}
    reasons = {
        each.assessment_id: each.code for each in work.session.scalars(select(AssessmentReason))
    }
    for pair, incident, attempt in work.session.execute(
        select(Pair, Incident, Assessment)
        .join(Incident, Incident.id == Pair.incident_id)
        .join(Assessment, Assessment.pair_id == Pair.id)
    ):
        index = people[pair.perpetrator_id].identity_index if pair.perpetrator_id else None
        if index is None or attempt.state is State.VOID or incident.reported_at < since:
            continue
        if reasons.get(attempt.id) in LEFT_OUT:
            continue
        of[index].append(
            Allegation(incident.id, incident.reported_at, people[pair.victim_id].identity_index)
        )
        teams[index].add(incident.team_id)
    counts = {index: frequency(each) for index, each in of.items()}
    return {
        index: (each.incidents, each.victims, each.unlinked)
        for index, each in counts.items()
        if each.recurs and (team_id is None or team_id in teams[index])
    }


@pytest.mark.parametrize("seed", range(6))
def test_the_list_counts_what_a_plain_recomputation_counts(
    store: Store, force: Force, seed: int
) -> None:
    rng = Random(seed)
    with store.work(writes=True) as work:
        _pairs(work, force, rng, 60)
    with store.work(writes=False, actor=force.actors["inspector1"]) as work:
        for months in (3, 12, 36):
            for team_id in (None, force.teams["north"]):
                expected = _plainly(work, months, team_id)
                for order in Order:
                    wanted = queries.Wanted(months, team_id, order, 1)
                    found = queries.offender_list(work, wanted)
                    assert found.found == len(expected)
                    shown = [
                        (each.frequency.incidents, each.frequency.victims, each.frequency.unlinked)
                        for each in found.listed
                    ]
                    assert sorted(shown) == sorted(expected.values())


def test_a_page_asks_the_same_number_of_statements_however_much_there_is(
    store: Store, force: Force
) -> None:
    def statements() -> int:
        with store.work(writes=False, actor=force.actors["inspector1"]) as work:
            with selects(store) as seen:
                queries.offender_list(work, queries.Wanted(36, None, Order.RECENT, 1))
            return len(seen)

    with store.work(writes=True) as work:
        _pairs(work, force, Random(1), 40)
    few = statements()
    with store.work(writes=True) as work:
        _pairs(work, force, Random(2), 80)
    assert statements() == few


def test_an_incident_reads_what_is_against_its_people_and_nothing_else(
    store: Store, force: Force
) -> None:
    with store.work(writes=True) as work:
        people = [_person(work, number % 4, is_linked=number < 12) for number in range(16)]
        work.flush()
        for number, person_id in enumerate(people):
            work.session.add(
                OffenderAction(
                    id=uuid7(),
                    person_id=person_id,
                    recorded_for=b"%032d" % ((number + 1) % 4) if number % 3 else None,
                    kind=ActionKind.POLICE_BAIL,
                    state=ActionState.DONE if number % 5 == 0 else ActionState.OPEN,
                    starts_on=london_date(work.now),
                    ends_on=london_date(work.now) + timedelta(days=number) if number % 4 else None,
                    ended_at=work.now if number % 5 == 0 else None,
                )
            )
    with store.work(writes=False, actor=force.actors["officer1"]) as work:
        with selects(store) as seen:
            found = in_force(work, people)
        rows = list(work.session.scalars(select(Person)))
        index = {each.id: each.identity_index for each in rows}
        actions = list(work.session.scalars(select(OffenderAction)))
    for person_id in people:
        whose = {person_id} | {
            each for each in people if index[each] and index[each] == index[person_id]
        }
        ends = [
            each.ends_on
            for each in actions
            if each.state is ActionState.OPEN
            and (
                each.person_id in whose
                or (each.recorded_for and each.recorded_for == index[person_id])
            )
        ]
        expected = sorted(ends, key=lambda each: each or date.max)
        assert [each.outstanding.ends_on for each in found[person_id]] == expected
    assert len(seen) == 1
    if store.engine.dialect.name != "sqlite":
        return  # the plan is read in SQLite's words
    with store.engine.connect() as connection:
        for statement, given in seen:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
            reading = [each.detail for each in plan if "offender_actions" in each.detail]
            assert len(reading) == 3
            for each in reading:
                assert "ix_offender_actions_person_id" in each or "recorded_for" in each, each
