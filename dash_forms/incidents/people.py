"""Writing down somebody in an incident: sealed, and findable again by a keyed index alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.identity import UNNAMED
from dash_forms.domain.ids import uuid7
from dash_forms.domain.incidents import age_on
from dash_forms.store.models import Person
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """A person as far as known; every part may be empty."""

    name: str = ""
    born_on: date | None = None
    phone: str = ""
    address: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.name or self.born_on or self.phone or self.address)


def add_person(work: Work, details: PersonDetails, on: date) -> Person:
    """Write down somebody; `on` is when the incident was reported, and refuses a later birthday."""
    person_id = uuid7()
    person = Person(id=person_id, created_at=work.now, **_written(work, person_id, details, on))
    work.session.add(person)
    work.session.flush()
    return person


def add_perpetrator(work: Work, details: PersonDetails, on: date) -> Person:
    """As `add_person`; what is refused names the field of the alleged perpetrator."""
    try:
        return add_person(work, details, on)
    except InvalidError as error:
        raise _of_perpetrator(error) from None


def correct_person(work: Work, person: Person, details: PersonDetails, on: date) -> None:
    """Write down what is known now in place of what was, and how they are found again."""
    for name, value in _written(work, person.id, details, on).items():
        setattr(person, name, value)


def correct_perpetrator(work: Work, person: Person, details: PersonDetails, on: date) -> None:
    """As `correct_person`; what is refused names the field of the alleged perpetrator."""
    try:
        correct_person(work, person, details, on)
    except InvalidError as error:
        raise _of_perpetrator(error) from None


def _of_perpetrator(error: InvalidError) -> InvalidError:
    return InvalidError(error.sentence, field=f"perpetrator_{error.field}")


def _written(work: Work, person_id: UUID, details: PersonDetails, on: date) -> dict[str, Any]:
    born_on = details.born_on
    if born_on:
        age_on(born_on, on)  # refuses an impossible date of birth
    seal = work.vault.seal_text
    return {
        "name_sealed": work.vault.seal(person_id, "name", details.name or UNNAMED),
        "born_on_sealed": seal(person_id, "born_on", born_on.isoformat() if born_on else ""),
        "phone_sealed": seal(person_id, "phone", details.phone),
        "address_sealed": seal(person_id, "address", details.address),
        "identity_index": work.vault.identity_index(details.name, born_on),
        "phone_index": work.vault.phone_index(details.phone),
    }
