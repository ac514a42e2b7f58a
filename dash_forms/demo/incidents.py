"""The invented year, incident by incident: who is called where, and what is left on whose list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dash_forms.demo import calendar
from dash_forms.demo.attempts import Attempt, Journal
from dash_forms.demo.chance import Weighted
from dash_forms.demo.households import Neighbourhood
from dash_forms.demo.visits import Scene, Visits
from dash_forms.domain.assessment import State
from dash_forms.domain.audit_events import Name, Occurrence
from dash_forms.domain.grading import Stated
from dash_forms.domain.incidents import ResponseGrade, age_on
from dash_forms.domain.instruments import current
from dash_forms.domain.periods import london_date

if TYPE_CHECKING:
    from uuid import UUID

    from dash_forms.demo.calendar import Year
    from dash_forms.demo.chance import Chance
    from dash_forms.demo.force import Colleague, Force, Team
    from dash_forms.demo.households import Household
    from dash_forms.demo.people import Person
    from dash_forms.domain.incidents import LocationType, Times

INSTRUMENT = "dash-27"
# What the officers who sign in find on their own lists, to take up again.
_LEFT_OPEN = (State.DRAFT, State.DECLINING, State.REQUIRED)
_TONIGHT = timedelta(minutes=235)
_APART = timedelta(minutes=5)
_LONGEST_VISITS = timedelta(minutes=200)
_TWO_VICTIMS = 0.04
_STATED = Weighted({Stated.YES: 0.6, Stated.NO: 0.32, Stated.NOT_KNOWN: 0.08})


@dataclass(frozen=True, slots=True)
class InventedChild:
    """A child linked to an incident."""

    id: UUID
    person: Person
    lives_there: Stated
    was_present: Stated
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InventedPair:
    """A victim in an incident, and the attempt to assess them."""

    id: UUID
    household: Household
    victim_age: int | None
    attempt: Attempt


@dataclass(slots=True)
class InventedIncident:
    """An incident with everybody in it."""

    id: UUID
    urn: str
    team: Team
    author: Colleague
    created_at: datetime
    times: Times
    response: ResponseGrade
    location: LocationType
    household: Household
    pairs: list[InventedPair] = field(default_factory=list)
    children: list[InventedChild] = field(default_factory=list)

    def scene(self, pair: InventedPair) -> Scene:
        """What the visit to one victim starts from."""
        return Scene(pair.attempt, pair.household, self.team, pair.victim_age, self.response)


@dataclass(slots=True)
class Invention:
    """Makes up the year."""

    chance: Chance
    year: Year
    force: Force
    journal: Journal = field(init=False)
    neighbourhood: Neighbourhood = field(init=False)
    visits: Visits = field(init=False)

    def __post_init__(self) -> None:
        self.journal = Journal(self.chance)
        self.neighbourhood = Neighbourhood(self.chance)
        self.visits = Visits(self.chance, self.year)

    def incidents(self, pairs: int) -> Iterator[InventedIncident]:
        """Incidents with this many pairs between them, as they were reported."""
        left_open = self._left_open()[:pairs]
        victims = self._victims(pairs - len(left_open))
        reported = calendar.reports(self.chance, self.year, len(victims))
        tonight = [
            self.year.closes_at - _TONIGHT + number * _APART for number in range(len(left_open))
        ]
        urns = iter(calendar.urns(self.chance, reported + tonight))
        for count, at in zip(victims, reported, strict=True):
            yield self._attended(next(urns), at, count)
        for (author, state), at in zip(left_open, tonight, strict=True):
            yield self._left(next(urns), at, author, state)

    def _left_open(self) -> list[tuple[Colleague, State]]:
        officers = self.force.named("officer1"), self.force.named("officer2")
        return [(officer, state) for state in _LEFT_OPEN for officer in officers]

    def _victims(self, pairs: int) -> list[int]:
        """How many victims each incident has."""
        counts: list[int] = []
        while pairs:
            counts.append(2 if pairs > 1 and self.chance.happens(_TWO_VICTIMS) else 1)
            pairs -= counts[-1]
        return counts

    def _attended(self, urn: str, at: datetime, victims: int) -> InventedIncident:
        author = self.chance.choice(self.force.officers_of(self.force.pick_team(self.chance)))
        incident = self._called(urn, at, author, calendar.RESPONSES.pick(self.chance))
        first = incident.pairs[0]
        done_at = self.visits.make(incident.scene(first))
        if victims > 1:
            household = self._other_side(incident, done_at)
            second = self._link(incident, household, done_at)
            done_at = self.visits.make(incident.scene(second))
        first.household.busy_until = done_at
        return incident

    def _left(self, urn: str, at: datetime, author: Colleague, state: State) -> InventedIncident:
        again = state is not State.DECLINING  # what officers take up again shows some history
        incident = self._called(urn, at, author, ResponseGrade.GRADE_1, again=again)
        incident.household.busy_until = self.year.closes_at
        self.visits.leave(incident.scene(incident.pairs[0]), state)
        return incident

    def _called(
        self,
        urn: str,
        reported_at: datetime,
        author: Colleague,
        grade: ResponseGrade,
        *,
        again: bool = False,
    ) -> InventedIncident:
        chance, team = self.chance, author.team
        if team is None:
            raise ValueError("whoever attends belongs to a team")
        latest = self.year.closes_at - _LONGEST_VISITS
        times, spoken_at = calendar.response(chance, grade, reported_at, latest)
        at = spoken_at + chance.minutes(2, 12)
        called = self.neighbourhood.returning if again else self.neighbourhood.household
        household = called(team, at, london_date(reported_at))
        incident = InventedIncident(
            chance.id_at(at),
            urn,
            team,
            author,
            at,
            times,
            grade,
            self.neighbourhood.locations.deal(chance),
            household,
        )
        self._link(incident, household, at, _about(incident, Name.INCIDENT_CREATED))
        at += chance.minutes(0.5, 2)
        self.journal.note(author, at, _about(incident, Name.INCIDENT_CHANGED, rev=2))
        for child in household.children:
            at += chance.minutes(0.1, 0.3)
            self._link_child(incident, child, at)
        return incident

    def _other_side(self, incident: InventedIncident, at: datetime) -> Household:
        """The second victim: the other party if known, else somebody who was there."""
        household = incident.household
        if household.perpetrator:
            return household.reversed
        reported_on = london_date(incident.times.reported_at)
        return self.neighbourhood.invent(incident.team, at, reported_on)

    def _link(
        self, incident: InventedIncident, household: Household, at: datetime, *before: Occurrence
    ) -> InventedPair:
        pair_id, reported_on = self.chance.id_at(at), london_date(incident.times.reported_at)
        attempt = Attempt(
            self.chance.id_at(at),
            pair_id,
            incident.author,
            at,
            reported_on,
            current(INSTRUMENT),
            self.journal,
        )
        born_on = household.victim.born_on
        age = age_on(born_on, reported_on) if born_on else None
        pair = InventedPair(pair_id, household, age, attempt)
        incident.pairs.append(pair)
        linked = _about(incident, Name.PAIR_LINKED, pair=str(pair_id))
        self.journal.note(incident.author, at, *before, linked)
        return pair

    def _link_child(self, incident: InventedIncident, child: Person, at: datetime) -> None:
        chance = self.chance
        lives_there, was_present = _STATED.pick(chance), _STATED.pick(chance)
        incident.children.append(
            InventedChild(chance.id_at(at), child, lives_there, was_present, at)
        )
        self.journal.note(incident.author, at, _about(incident, Name.CHILD_LINKED))


def _about(incident: InventedIncident, name: Name, **detail: object) -> Occurrence:
    return Occurrence(name, "incident", str(incident.id), detail or None)
