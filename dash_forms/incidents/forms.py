"""Forms of the incidents room: the door first, the rest later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from wtforms import HiddenField, IntegerField, SelectField
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import HiddenInput

from dash_forms.domain.corrections import ChildDetails, PairDetails
from dash_forms.domain.grading import Stated
from dash_forms.domain.incidents import LocationType, Relationship, ResponseGrade, Times
from dash_forms.incidents.commands import (
    IncidentDetails,
    NewChild,
    NewIncident,
    NewPair,
)
from dash_forms.incidents.correcting import AboutChild
from dash_forms.incidents.people import PersonDetails
from dash_forms.web.forms import (
    Day,
    Dropdown,
    Form,
    IncidentNumber,
    LongText,
    MadeHere,
    Moment,
    Phone,
    Radios,
    Text,
    options,
)

Teams = Iterable[tuple[UUID, str]]


class TeamField(SelectField):
    """A team from the force's list."""

    def __init__(self, label: str = "Local policing team", **kwargs: Any) -> None:
        super().__init__(label, validate_choice=True, **kwargs)

    def offer(self, teams: Teams) -> None:
        self.choices = options((str(team_id), name) for team_id, name in teams)


WHO = "Enter a name or a date of birth, whichever is known"


class _Who(Form):
    """Who is there; nothing here is mandatory."""

    victim_name = Text("Victim’s name")
    born_on = Day("Victim’s date of birth")
    victim_phone = Phone("Victim’s phone", limit=40)
    perpetrator_name = Text("Alleged perpetrator’s name")
    perpetrator_born_on = Day("Alleged perpetrator’s date of birth")
    relationship = Dropdown("The victim’s relationship to them", Relationship)


class PairForm(_Who):
    """A victim, the alleged perpetrator and the relationship, with the ids made for them."""

    pair_id = MadeHere()
    assessment_id = MadeHere()
    question_set = HiddenField()

    def pair(self) -> NewPair:
        return NewPair(
            pair_id=UUID(self.pair_id.data),
            assessment_id=UUID(self.assessment_id.data),
            question_set=self.question_set.data or "",
            victim=PersonDetails(
                name=self.victim_name.data or "",
                born_on=self.born_on.data,
                phone=self.victim_phone.data or "",
            ),
            perpetrator=PersonDetails(
                name=self.perpetrator_name.data or "", born_on=self.perpetrator_born_on.data
            ),
            relationship=self.relationship.member or Relationship.NOT_KNOWN,
        )


class CorrectionForm(_Who):
    """What is known now of the victim, the alleged perpetrator and their relationship.

    A page that may not show the phone says so, and then an empty phone is the recorded one:
    whether it is hidden may change while the page is open.
    """

    rev = IntegerField(widget=HiddenInput(), validators=[InputRequired("Reload the page")])
    keeps_phone = HiddenField()

    def hide_phone(self) -> None:
        """Show no number, and keep the recorded one unless another is typed."""
        self.victim_phone.data, self.keeps_phone.data = "", "yes"

    @property
    def is_phone_hidden(self) -> bool:
        """Whether the page that this was filled in on did not show the number."""
        return self.keeps_phone.data == "yes"

    def details(self, recorded_phone: str) -> PairDetails:
        """What was typed, once it is found to be sound."""
        hidden = recorded_phone if self.is_phone_hidden else ""
        return PairDetails(
            victim_name=self.victim_name.data or "",
            born_on=self.born_on.data,
            victim_phone=self.victim_phone.data or hidden,
            perpetrator_name=self.perpetrator_name.data or "",
            perpetrator_born_on=self.perpetrator_born_on.data,
            relationship=self.relationship.member or Relationship.NOT_KNOWN,
        )


class FurtherPairForm(PairForm):
    """Another victim, who has to be somebody: an empty form must not add a case."""

    either: ClassVar = {"victim_name born_on": WHO}

    def validate_victim_name(self, field: Text) -> None:
        if not field.data and not self.born_on.data:
            raise StopValidation(WHO)


class IncidentForm(PairForm):
    """What is needed at the door: the incident's number and who is there."""

    incident_id = MadeHere()
    urn = IncidentNumber("Incident number (URN)", limit=40)
    reported_at = Moment("Reported to police", missing="Enter when it was reported")
    team = TeamField()

    def __init__(self, teams: Teams, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.team.offer(teams)

    def command(self) -> NewIncident:
        reported_at = self.reported_at.utc
        assert reported_at is not None  # noqa: S101 - the field saw to it
        return NewIncident(
            incident_id=UUID(self.incident_id.data),
            urn=self.urn.data or "",
            times=Times(reported_at),
            team_id=UUID(self.team.data),
            pair=self.pair(),
        )


class NumberToCorrect(IncidentNumber):
    """An incident's number on a page that may not ask for it: then it stays as it is."""

    def pre_validate(self, form: Any) -> None:
        if self.raw_data:
            super().pre_validate(form)


class DetailsForm(Form):
    """What can wait."""

    rev = IntegerField(widget=HiddenInput(), validators=[InputRequired("Reload the page")])
    reported_at = Moment("Reported to police", missing="Enter when it was reported")
    dispatched_at = Moment("Officers sent")
    arrived_at = Moment("First officer arrived")
    location_type = Dropdown("Where it happened", LocationType)
    response_grade = Dropdown("Response grade", ResponseGrade)
    address = LongText("Address", limit=500)
    team = TeamField()
    urn = NumberToCorrect("Incident number (URN)", limit=40)

    def __init__(self, teams: Teams, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.team.offer(teams)

    def command(self) -> IncidentDetails:
        reported_at = self.reported_at.utc
        assert reported_at is not None  # noqa: S101 - the field saw to it
        return IncidentDetails(
            rev=self.rev.data or 0,
            times=Times(reported_at, self.dispatched_at.utc, self.arrived_at.utc),
            team_id=UUID(self.team.data),
            location_type=self.location_type.member,
            response_grade=self.response_grade.member,
            address=self.address.data or "",
            urn=self.urn.data or None,
        )


class _Child(Form):
    """What is asked of a child besides who it is."""

    school = Text("School or nursery")
    lives_there = Radios("Lives there?", Stated)
    was_present = Radios("Was there when it happened?", Stated)

    def about(self) -> dict[str, Any]:
        return {
            "school": self.school.data or "",
            "lives_there": self.lives_there.member or Stated.NOT_KNOWN,
            "was_present": self.was_present.member or Stated.NOT_KNOWN,
        }


class AboutChildForm(_Child):
    """What can be corrected of a linked child; a tablet by itself does not ask who it is."""

    rev = IntegerField(widget=HiddenInput(), validators=[InputRequired("Reload the page")])
    child_name = Text("Child’s or dependant’s name")
    born_on = Day("Date of birth")

    def validate_child_name(self, field: Text) -> None:
        if self._says_who and not field.data and not self.born_on.data:
            raise StopValidation(WHO)

    @property
    def _says_who(self) -> bool:
        return bool(self.child_name.raw_data)

    def command(self) -> AboutChild:
        known = ChildDetails(self.child_name.data or "", self.born_on.data)
        who = known if self._says_who else None
        return AboutChild(rev=self.rev.data or 0, who=who, **self.about())


class ChildForm(_Child):
    """A child or dependant."""

    child_id = MadeHere()
    child_name = Text("Child’s or dependant’s name")
    born_on = Day("Date of birth")

    either: ClassVar = {"child_name born_on": WHO}

    def validate_child_name(self, field: Text) -> None:
        if not field.data and not self.born_on.data:
            raise StopValidation(WHO)

    def command(self) -> NewChild:
        return NewChild(
            child_id=UUID(self.child_id.data),
            details=PersonDetails(name=self.child_name.data or "", born_on=self.born_on.data),
            **self.about(),
        )
