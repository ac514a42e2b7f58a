"""What is posted about an offer: whom it goes to, and why offers end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wtforms import SelectField
from wtforms.validators import StopValidation

from dash_forms.domain.reoffers import EndReason
from dash_forms.reoffers.commands import EndOfOffers
from dash_forms.web.forms import Form, LongText, Radios, options

_NOBODY = "nobody"


class GiveForm(Form):
    """To which officer of the team an offer goes."""

    officer = SelectField("Give it to", validate_choice=False)

    def __init__(self, officers: list[tuple[UUID, str]], owner_id: UUID | None) -> None:
        super().__init__(data={"officer": str(owner_id) if owner_id else _NOBODY})
        listed = [(str(officer_id), name) for officer_id, name in officers]
        self.officer.choices = options([(_NOBODY, "Nobody in particular"), *listed])

    def validate_officer(self, field: Any) -> None:
        if field.data not in {choice.value for choice in field.choices}:
            field.data = None
            raise StopValidation("Choose an officer of this team")

    def command(self) -> UUID | None:
        return None if self.officer.data == _NOBODY else UUID(self.officer.data)


class OfferForm(Form):
    """How contact was made safe, where it has to be said before an offer."""

    made_safe = LongText("How was contact made safe?", limit=500)


class EndForm(Form):
    """Why no further offer is to be made."""

    reason = Radios("Why offers end", EndReason, missing="Choose why no further offer is made")
    words = LongText("What is known")

    def command(self) -> EndOfOffers:
        return EndOfOffers(self.reason.member, self.words.data or "")
