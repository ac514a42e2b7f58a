"""Forms of the cameras room: what a camera did, and who else attended."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from wtforms import HiddenField, SelectField

from dash_forms.domain.body_worn_video import (
    QUESTION,
    REFERENCE_LENGTH,
    WORDS_LENGTH,
    CameraAnswer,
    FirstContact,
)
from dash_forms.web.forms import Form, LongText, Radios, Text, id_or_none, options


class CameraForm(Form):
    """What one officer's camera did; one tap is all that is needed."""

    said = Radios(
        QUESTION,
        FirstContact,
        missing="Say what the camera did",
    )
    reference = Text("Footage reference", limit=REFERENCE_LENGTH)
    words = LongText("In a few words", limit=WORDS_LENGTH)
    tap = HiddenField()
    """Filled where one tap is all there is, without a place for a reference."""

    def command(self) -> CameraAnswer:
        return CameraAnswer(
            FirstContact(self.said.data), self.reference.data or "", self.words.data or ""
        )


class ColleagueForm(Form):
    """Who else attended."""

    colleague = SelectField("Colleague who attended", validate_choice=False)

    def __init__(self, colleagues: Iterable[tuple[UUID, str]]) -> None:
        super().__init__()
        listed = [(str(account_id), name) for account_id, name in colleagues]
        self.colleague.choices = options([("", "Choose"), *listed])

    def command(self) -> UUID | None:
        return id_or_none(self.colleague.data)
