"""The form for each kind of ending: one main reason, on whose word, and any others."""

from __future__ import annotations

from typing import Any, ClassVar

from wtforms import RadioField, SelectMultipleField
from wtforms.validators import StopValidation

from dash_forms.domain.declines import (
    NONE_GIVEN,
    WHAT,
    Basis,
    Ending,
    GivenReason,
    RecordedReasons,
    basis_of,
    reasons_for,
)
from dash_forms.web.forms import Form, LongText, Radios, options

LEGENDS = {
    Ending.DECLINED: "Main reason",
    Ending.UNABLE: "Why could it not be done?",
    Ending.NOT_OFFERED: "Why was it not offered?",
    Ending.EXEMPT: "Why is it exempt?",
}


class EndingForm(Form):
    """The main reason of an ending, and the words that go with it."""

    primary = RadioField(validate_choice=False)
    either: ClassVar = {"primary": "Choose the main reason"}
    text = LongText("In a few words", limit=500)

    def __init__(self, ending: Ending, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ending = ending
        self.codes = [(each.code, each.label) for each in reasons_for(ending)]
        self.primary.label.text = LEGENDS[ending]
        self.primary.choices = options(self.codes)

    @property
    def needs_text(self) -> dict[str, object]:
        """For the words: with which reasons they are needed, for a tablet without a signal."""
        codes = [each.code for each in reasons_for(self.ending) if each.asks_text]
        return {"data-needed-with": " ".join(codes), "data-at-least": 1, "data-wanted": WHAT}

    @property
    def words_hint(self) -> str:
        """With which reasons the words are needed."""
        named = ", ".join(f"“{each.label}”" for each in reasons_for(self.ending) if each.asks_text)
        return f"Needed for {named}; otherwise only if it helps"

    def validate_primary(self, field: RadioField) -> None:
        if field.data not in dict(self.codes):
            field.data = None
            raise StopValidation(self.either["primary"])

    def command(self) -> RecordedReasons:
        """The reasons; those of anything but a decline are the officer's own account."""
        primary = GivenReason(self.primary.data or "", Basis.INFERRED, self.text.data or "")
        return RecordedReasons(self.ending, primary)


class DeclineForm(EndingForm):
    """Why the victim declined: what was said and what the officer thinks are kept apart."""

    basis = Radios("Whose words are these?", Basis, missing="Say whose words the reason is")
    said = SelectMultipleField("The victim also said", validate_choice=False)
    inferred = SelectMultipleField("You also think", validate_choice=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Ending.DECLINED, **kwargs)
        further = options(
            (each.code, each.label)
            for each in reasons_for(Ending.DECLINED)
            if not each.proposes and not each.asks_text and each.code != NONE_GIVEN
        )
        self.said.choices = self.inferred.choices = further

    def validate(self, extra_validators: object = None) -> bool:
        """Nobody's words need stating where no reason was given."""
        if not self.basis.data:
            self.basis.data = basis_of(self.primary.data or "", None)
        return bool(super().validate(extra_validators))

    def _others(self) -> tuple[GivenReason, ...]:
        marked = [(code, Basis.SAID) for code in self.said.data or ()]
        marked += [(code, Basis.INFERRED) for code in self.inferred.data or ()]
        # A reason that was said needs no inferring, and the main one is not repeated.
        kept: dict[str, Basis] = {}
        for code, basis in marked:
            if code != self.primary.data:
                kept.setdefault(code, basis)
        return tuple(GivenReason(code, basis) for code, basis in kept.items())

    def command(self) -> RecordedReasons:
        primary = GivenReason(self.primary.data or "", self.basis.member, self.text.data or "")
        return RecordedReasons(Ending.DECLINED, primary, self._others())
