"""Forms of the search: a reference, a person by exact details, and why."""

from __future__ import annotations

from typing import Self

from wtforms import HiddenField
from wtforms.validators import StopValidation

from dash_forms.domain.finding import WORDS_LENGTH, Purpose, SearchKind, Sought, Why
from dash_forms.domain.log_layout import REFERENCE_LENGTH
from dash_forms.web.forms import Day, Form, LongText, Phone, Radios, Text


class ReferenceForm(Form):
    """The number of an incident or of a call."""

    kind = HiddenField(default=SearchKind.REFERENCE.value)
    reference = Text("Reference", limit=REFERENCE_LENGTH)

    def validate_reference(self, field: Text) -> None:
        if not field.data:
            raise StopValidation("Enter a reference")

    def why(self) -> Why:
        return Why()

    def command(self) -> Sought:
        return Sought(reference=self.reference.data or "")


class _WithWhy(Form):
    """Why something is looked at."""

    purpose = Radios("Why do you need this?", Purpose)
    words = LongText("In a few words", limit=WORDS_LENGTH)

    def why(self) -> Why:
        return Why(self.purpose.member, self.words.data or "")


class PersonForm(_WithWhy):
    """Somebody, by exact details."""

    kind = HiddenField(default=SearchKind.PERSON.value)
    given_name = Text("Given name")
    surname = Text("Surname")
    born_on = Day("Date of birth")
    phone = Phone("Phone number", limit=40)

    def command(self) -> Sought:
        return Sought(
            given_name=self.given_name.data or "",
            surname=self.surname.data or "",
            born_on=self.born_on.data,
            phone=self.phone.data or "",
        )


class OpeningForm(_WithWhy):
    """Why a record of another team is opened."""

    @classmethod
    def with_why(cls, said: Why | None) -> Self:
        """A form that has what was said already of the same person, to be sent or changed."""
        form = cls(formdata=None)
        if said and said.purpose:
            form.purpose.data, form.words.data = said.purpose.value, said.words
        return form
