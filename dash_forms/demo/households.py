"""Who is involved: invented victims, alleged perpetrators and children, some met again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from dash_forms.demo import people
from dash_forms.demo.chance import Chance, Deck, Weighted
from dash_forms.demo.people import Person
from dash_forms.domain.incidents import LocationType, Relationship, age_on

if TYPE_CHECKING:
    from dash_forms.demo.force import Team

_R = Relationship
_RELATIONSHIPS = {
    _R.PARTNER: 0.2,
    _R.FORMER_PARTNER: 0.24,
    _R.MARRIED: 0.13,
    _R.FORMERLY_MARRIED: 0.07,
    _R.SHARED_CHILD: 0.06,
    _R.ENGAGED: 0.02,
    _R.FORMERLY_ENGAGED: 0.01,
    _R.CIVIL_PARTNER: 0.005,
    _R.FORMER_CIVIL_PARTNER: 0.005,
    _R.PARENT: 0.09,
    _R.SON_OR_DAUGHTER: 0.07,
    _R.SIBLING: 0.06,
    _R.OTHER_RELATIVE: 0.02,
    _R.NOT_KNOWN: 0.02,
}
_INVERSE = {_R.PARENT: _R.SON_OR_DAUGHTER, _R.SON_OR_DAUGHTER: _R.PARENT}
_FAMILY = {_R.PARENT, _R.SON_OR_DAUGHTER, _R.SIBLING, _R.OTHER_RELATIVE, _R.NOT_KNOWN}
_LOCATIONS = {
    LocationType.HOME_SHARED: 0.4,
    LocationType.HOME_VICTIM: 0.28,
    LocationType.HOME_SUSPECT: 0.06,
    LocationType.OTHER_DWELLING: 0.05,
    LocationType.PUBLIC_PLACE: 0.09,
    LocationType.LICENSED_PREMISES: 0.02,
    LocationType.WORKPLACE: 0.02,
    LocationType.ONLINE: 0.07,
    LocationType.OTHER: 0.01,
}
_MET_AGAIN = 0.27
_SOMEBODY_ELSE = 0.18  # of those met again, who are with another partner by now
_NAMED_BEFORE = 0.07  # of new households of couples, who have somebody in common with another
_AGES_APART = 8
_MET_OFTEN = 4
_ADULT = 18
_CHILDREN = Weighted({0: 0.52, 1: 0.22, 2: 0.18, 3: 0.08})


@dataclass(slots=True)
class Household:
    """People who come to notice together, and how bad things are between them (0 to 1)."""

    victim: Person
    perpetrator: Person | None
    relationship: Relationship
    children: tuple[Person, ...]
    address: str
    severity: float
    met_before: bool = False
    busy_until: datetime | None = None
    is_over: bool = False

    def is_free(self, at: datetime) -> bool:
        """Whether something new can happen between these people."""
        return not self.is_over and (self.busy_until is None or self.busy_until <= at)

    @property
    def reversed(self) -> Household:
        """The same people the other way round: a counter-allegation."""
        if self.perpetrator is None:
            raise ValueError("nobody known is on the other side")
        inverse = _INVERSE.get(self.relationship, self.relationship)
        return Household(
            self.perpetrator, self.victim, inverse, self.children, self.address, self.severity / 2
        )


@dataclass(slots=True)
class Neighbourhood:
    """Every household that each team has met, once for each incident: trouble comes back."""

    chance: Chance
    met: dict[str, list[Household]] = field(default_factory=dict)
    relationships: Deck[Relationship] = field(default_factory=lambda: Deck(_RELATIONSHIPS))
    locations: Deck[LocationType] = field(default_factory=lambda: Deck(_LOCATIONS))

    def household(self, team: Team, at: datetime, on: date) -> Household:
        """The next household that this team is called to."""
        met = self.met.setdefault(team.name, [])
        found = self.chance.choice(met) if met and self.chance.happens(_MET_AGAIN) else None
        if found is None or not found.is_free(at):
            found = self.invent(team, at, on)
        else:
            self._meet_again(found, at, on, len(met))
        met.append(found)
        return found

    def returning(self, team: Team, at: datetime, on: date) -> Household:
        """A household that this team has met about four times, if there is one to go to."""
        met = self.met.setdefault(team.name, [])
        times = Counter(id(each) for each in met)
        known = [
            each
            for each in met
            if each.is_free(at) and each.perpetrator and _age(each.victim, on) >= _ADULT
        ]
        found = min(known, key=lambda each: abs(times[id(each)] - _MET_OFTEN), default=None)
        if found is None:
            return self.household(team, at, on)
        found.met_before = True
        met.append(found)
        return found

    def _meet_again(self, found: Household, at: datetime, on: date, turn: int) -> None:
        """Trouble comes back, and for some with somebody else.

        That is left to a chance of its own, so that it changes nothing about the others.
        """
        found.met_before = True
        found.severity = min(1.0, found.severity + 0.04)
        aside = Chance(found.victim.id.int + turn)
        age = _age(found.victim, on)
        if age < _ADULT or found.relationship in _FAMILY or not aside.happens(_SOMEBODY_ELSE):
            return
        found.relationship = aside.choice((_R.PARTNER, _R.FORMER_PARTNER, _R.ENGAGED))
        found.perpetrator = _perpetrator(aside, at, on, found.relationship, age)

    def invent(self, team: Team, at: datetime, on: date) -> Household:
        """A household that nobody has met."""
        chance = self.chance
        relationship = self.relationships.deal(chance)
        age = _victim_age(chance, relationship)
        home = people.address(chance, team.name)
        born_on = people.birthday(chance, age, on) if age < 18 or chance.happens(0.96) else None
        victim = _person(chance, at, people.name(chance), born_on, home)
        perpetrator = _perpetrator(chance, at, on, relationship, age)
        return Household(
            victim,
            self._known_already(team, victim, relationship, on) or perpetrator,
            relationship,
            self._children(at, on, victim, oldest=min(16, age - 18)) if 18 <= age < 60 else (),
            home,
            severity=chance.betavariate(2, 2.6),
        )

    def _known_already(
        self, team: Team, victim: Person, relationship: Relationship, on: date
    ) -> Person | None:
        """For a few, somebody whom another victim of the team has named before.

        That is left to a chance of its own, so that it changes nothing about the others.
        """
        aside, age = Chance(victim.id.int), _age(victim, on)
        if relationship in _FAMILY or age < _ADULT or not aside.happens(_NAMED_BEFORE):
            return None
        known = [
            each.perpetrator
            for each in self.met.get(team.name, [])
            if each.perpetrator
            and each.perpetrator.born_on
            and each.relationship not in _FAMILY
            and abs(_age(each.perpetrator, on) - age) <= _AGES_APART
        ]
        return aside.choice(known) if known else None

    def _children(
        self, at: datetime, on: date, parent: Person, *, oldest: int
    ) -> tuple[Person, ...]:
        chance = self.chance
        return tuple(
            Person(
                chance.id_at(at),
                people.child_name(chance, parent.name),
                people.birthday(chance, chance.randint(0, oldest), on),
                "",
                "",
            )
            for _ in range(_CHILDREN.pick(chance))
        )


def _perpetrator(
    chance: Chance, at: datetime, on: date, relationship: Relationship, victim_age: int
) -> Person | None:
    if chance.happens(0.04):
        return None
    apart = {_R.PARENT: -27, _R.SON_OR_DAUGHTER: 27}.get(relationship, chance.randint(-5, 8))
    age = max(16, victim_age + apart)
    born_on = people.birthday(chance, age, on) if chance.happens(0.8) else None
    return _person(chance, at, people.name(chance), born_on, "")


def _person(chance: Chance, at: datetime, name: str, born_on: date | None, home: str) -> Person:
    phone = people.phone(chance) if chance.happens(0.7) else ""
    return Person(chance.id_at(at), name, born_on, phone, home)


def _age(person: Person, on: date) -> int:
    """The age on a day, or 0 while the date of birth is not known."""
    return age_on(person.born_on, on) if person.born_on else 0


def _victim_age(chance: Chance, relationship: Relationship) -> int:
    if relationship is _R.PARENT:
        return chance.randint(40, 84)
    if relationship is _R.SON_OR_DAUGHTER and chance.happens(0.18):
        return chance.randint(11, 15)
    if relationship in _FAMILY:
        return chance.randint(17, 45)
    return min(80, 16 + int(chance.gammavariate(2.6, 7.5)))
