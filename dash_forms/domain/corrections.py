"""Correcting who is in an incident: what was recorded is kept beside what is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from dash_forms.domain.incidents import Relationship


def replaced(recorded: Any, known: Any) -> dict[str, str]:
    """What was recorded, by field, where it is another now; a day as `YYYY-MM-DD`.

    Both are of the same dataclass.
    """
    return {
        each.name: str(getattr(recorded, each.name) or "")
        for each in fields(recorded)
        if getattr(recorded, each.name) != getattr(known, each.name)
    }


@dataclass(frozen=True, slots=True)
class PairDetails:
    """A victim, the alleged perpetrator and their relationship; what is not known is empty."""

    victim_name: str
    born_on: date | None
    victim_phone: str
    perpetrator_name: str
    perpetrator_born_on: date | None
    relationship: Relationship


@dataclass(frozen=True, slots=True)
class ChildDetails:
    """Who a child or dependant is."""

    child_name: str
    child_born_on: date | None


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What is told of an incident itself, in words that stay readable."""

    urn: str
    reported_at: str
    dispatched_at: str
    arrived_at: str
    response_grade: str
    location_type: str
    address: str
    team: str


class Indexes(NamedTuple):
    """By which the two people of a pair are found; None for whoever is not."""

    victim: bytes | None
    perpetrator: bytes | None


def former_index(before: Indexes, after: Indexes) -> bytes | None:
    """By which the victim is to be found still, once they are called by another name.

    Not where the two sides had been entered the wrong way round: then it was the other party, and
    what is decided for one side is no part of the other's.
    """
    if before.victim is None or before.victim == after.victim:
        return None
    other_party = {before.perpetrator, after.perpetrator} - {None}
    is_swap = before.victim in other_party or after.victim in other_party
    return None if is_swap else before.victim


VICTIM = frozenset({"victim_name", "born_on", "victim_phone"})
PERPETRATOR = frozenset({"perpetrator_name", "perpetrator_born_on"})

LABELS: Mapping[str, str] = {
    "victim_name": "Victim’s name",
    "born_on": "Victim’s date of birth",
    "victim_phone": "Victim’s phone",
    "perpetrator_name": "Alleged perpetrator’s name",
    "perpetrator_born_on": "Alleged perpetrator’s date of birth",
    "relationship": "Relationship",
    "urn": "Number",
    "reported_at": "Reported",
    "dispatched_at": "Officers sent",
    "arrived_at": "First arrived",
    "response_grade": "Response grade",
    "location_type": "Where",
    "address": "Address",
    "team": "Team",
    "child_name": "Name",
    "child_born_on": "Date of birth",
}
