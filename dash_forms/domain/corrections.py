"""Correcting who is in an incident: what was recorded is kept beside what is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from dash_forms.domain.incidents import Relationship


@dataclass(frozen=True, slots=True)
class PairDetails:
    """A victim, the alleged perpetrator and their relationship; what is not known is empty."""

    victim_name: str
    born_on: date | None
    victim_phone: str
    perpetrator_name: str
    perpetrator_born_on: date | None
    relationship: Relationship

    def replaced_by(self, other: PairDetails) -> dict[str, str]:
        """What was recorded, by field, where the other differs; a day as `YYYY-MM-DD`."""
        return {
            each.name: str(getattr(self, each.name) or "")
            for each in fields(self)
            if getattr(self, each.name) != getattr(other, each.name)
        }

    @property
    def has_perpetrator(self) -> bool:
        """Whether anything says who the alleged perpetrator is."""
        return bool(self.perpetrator_name or self.perpetrator_born_on)


VICTIM = frozenset({"victim_name", "born_on", "victim_phone"})
PERPETRATOR = frozenset({"perpetrator_name", "perpetrator_born_on"})

LABELS: Mapping[str, str] = {
    "victim_name": "Victim’s name",
    "born_on": "Victim’s date of birth",
    "victim_phone": "Victim’s phone",
    "perpetrator_name": "Alleged perpetrator’s name",
    "perpetrator_born_on": "Alleged perpetrator’s date of birth",
    "relationship": "Relationship",
}
