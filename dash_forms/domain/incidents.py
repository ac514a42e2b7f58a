"""Incidents and the people in them: the lists an officer chooses from, and the order of times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from dash_forms.domain.errors import InvalidError

DASH_FROM_AGE = 16
ADULT_FROM_AGE = 18


class _Labelled(StrEnum):
    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class LocationType(_Labelled):
    """Where it happened."""

    HOME_SHARED = "home_shared"
    HOME_VICTIM = "home_victim"
    HOME_SUSPECT = "home_suspect"
    OTHER_DWELLING = "other_dwelling"
    PUBLIC_PLACE = "public_place"
    LICENSED_PREMISES = "licensed_premises"
    WORKPLACE = "workplace"
    ONLINE = "online"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _LOCATION_LABELS.get(self) or super().label


_LOCATION_LABELS = {
    LocationType.HOME_SHARED: "Home they share",
    LocationType.HOME_VICTIM: "Victim’s home",
    LocationType.HOME_SUSPECT: "Alleged perpetrator’s home",
    LocationType.OTHER_DWELLING: "Another home",
    LocationType.ONLINE: "Online or by phone",
}


class ResponseGrade(_Labelled):
    """How urgently the force meant to attend; names differ by force."""

    GRADE_1 = "grade_1"
    GRADE_2 = "grade_2"
    GRADE_3 = "grade_3"
    APPOINTMENT = "appointment"
    TELEPHONE = "telephone"

    @property
    def label(self) -> str:
        return _GRADE_LABELS.get(self) or super().label


_GRADE_LABELS = {
    ResponseGrade.GRADE_1: "Grade 1 – immediate",
    ResponseGrade.GRADE_2: "Grade 2 – priority",
    ResponseGrade.GRADE_3: "Grade 3 – scheduled",
}


class Relationship(_Labelled):
    """The victim's connection to the alleged perpetrator (Domestic Abuse Act 2021, s.2)."""

    MARRIED = "married"
    FORMERLY_MARRIED = "formerly_married"
    CIVIL_PARTNER = "civil_partner"
    FORMER_CIVIL_PARTNER = "former_civil_partner"
    ENGAGED = "engaged"
    FORMERLY_ENGAGED = "formerly_engaged"
    PARTNER = "partner"
    FORMER_PARTNER = "former_partner"
    SHARED_CHILD = "shared_child"
    PARENT = "parent"
    SON_OR_DAUGHTER = "son_or_daughter"
    SIBLING = "sibling"
    OTHER_RELATIVE = "other_relative"
    NOT_KNOWN = "not_known"

    @property
    def label(self) -> str:
        return _RELATIONSHIP_LABELS.get(self) or super().label


_RELATIONSHIP_LABELS = {
    Relationship.ENGAGED: "Engaged or agreed to marry",
    Relationship.FORMERLY_ENGAGED: "Formerly engaged",
    Relationship.SHARED_CHILD: "Parents of the same child",
    Relationship.PARENT: "Victim is the parent",
    Relationship.SON_OR_DAUGHTER: "Victim is the son or daughter",
    Relationship.NOT_KNOWN: "Not known yet",
}


class Mode(_Labelled):
    """How the assessment was offered."""

    IN_PERSON = "in_person"
    TELEPHONE = "telephone"
    VIDEO = "video"


class Interpreter(_Labelled):
    """Whether the offer could be understood; unset is the usual case, where nobody was needed."""

    NOT_NEEDED = "not_needed"
    USED = "used"
    NOT_AVAILABLE = "not_available"

    @property
    def label(self) -> str:
        return "Needed, none available" if self is Interpreter.NOT_AVAILABLE else super().label

    @property
    def is_needed(self) -> bool:
        return self is not Interpreter.NOT_NEEDED


class Purpose(_Labelled):
    """Whether the victim was told why it is asked and who may see it."""

    EXPLAINED = "explained"
    NOT_EXPLAINED = "not_explained"

    def kept(self, before: Purpose | None) -> Purpose:
        """With what was said before: that it was not explained is not taken back in passing."""
        return Purpose.NOT_EXPLAINED if before is Purpose.NOT_EXPLAINED else self


@dataclass(frozen=True, slots=True)
class Times:
    """When an incident was reported, sent to and reached (aware datetimes; later ones optional)."""

    reported_at: datetime
    dispatched_at: datetime | None = None
    arrived_at: datetime | None = None

    def check(self, now: datetime) -> None:
        """Refuse times in the future or out of order, naming the field."""
        named = (
            ("reported_at", self.reported_at),
            ("dispatched_at", self.dispatched_at),
            ("arrived_at", self.arrived_at),
        )
        earlier: datetime | None = None
        for field, at in named:
            if at is None:
                continue
            if at > now + timedelta(minutes=5):
                raise InvalidError("This time is in the future", field=field)
            if earlier is not None and at < earlier:
                raise InvalidError("This is before an earlier step: check the times", field=field)
            earlier = at


def is_for_child_process(victim_age: int | None) -> bool:
    """Under 16 the child process applies and not this assessment (Domestic Abuse Act 2021, s.1)."""
    return victim_age is not None and victim_age < DASH_FROM_AGE


def age_on(born_on: date, day: date) -> int:
    """Whole years of age on a day; a date of birth after it is refused."""
    if born_on > day:
        raise InvalidError("A date of birth cannot be in the future", field="born_on")
    if day.year - born_on.year > 120:
        raise InvalidError("Check the year of birth", field="born_on")
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
