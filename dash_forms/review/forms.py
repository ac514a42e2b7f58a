"""What a reviewer decides, as it is posted."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from dash_forms.domain.grading import Grade
from dash_forms.domain.review import Decision
from dash_forms.review.commands import Ruling
from dash_forms.store.authorisers import Colleague
from dash_forms.web.forms import Form, LongText, Radios, id_or_none, options

_OF_SUBMISSIONS = (Decision.AGREED, Decision.RETURNED, Decision.REGRADED)
_OF_EXEMPTIONS = (Decision.ENDORSED, Decision.REJECTED)
_ASKED = {
    Decision.AGREED: "Agree with the officer’s grade",
    Decision.RETURNED: "Return it to the officer",
    Decision.REGRADED: "Change the grade",
    Decision.ENDORSED: "Endorse it: no assessment is due",
    Decision.REJECTED: "Reject it: an assessment is due",
}


class _DecisionForm(Form):
    decision = Radios("Your decision", Decision, missing="Choose a decision")
    words = LongText("Your words")
    offered: tuple[Decision, ...] = ()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.decision.choices = options((each.value, _ASKED[each]) for each in self.offered)

    def validate(self, extra_validators: object = None) -> bool:
        """Only what belongs to this kind of decision can be chosen."""
        sound = bool(super().validate(extra_validators))
        if sound and self.decision.member not in self.offered:
            self.decision.errors = [*self.decision.errors, "Choose a decision"]
            return False
        return sound


class RulingForm(_DecisionForm):
    """Agree, return or regrade."""

    grade = Radios("The new grade", Grade)
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired("Reload the page")])
    authoriser = SelectField("Who stands with a grade below the count?", validate_choice=False)
    marac = LongText("Should a specialist decide on MARAC?", limit=1000)
    offered = _OF_SUBMISSIONS

    def offer_authorisers(self, colleagues: Iterable[Colleague]) -> None:
        """Fill the list of colleagues who can be asked."""
        listed = [(str(each.id), each.name) for each in colleagues]
        self.authoriser.choices = options([("", "Nobody yet"), *listed])

    def command(self) -> Ruling:
        return Ruling(
            self.decision.member,
            self.words.data or "",
            self.grade.member,
            self.version.data or 0,
            id_or_none(self.authoriser.data),
            self.marac.data or "",
        )


class ExemptionForm(_DecisionForm):
    """Endorse or reject."""

    offered = _OF_EXEMPTIONS


class Answer(StrEnum):
    """What a colleague says who was asked to stand with a lower grade."""

    AGREED = "agreed"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {"agreed": "I stand with it", "refused": "I do not"}[self.value]


class AuthorisationForm(Form):
    """Stand with a colleague's lower grade, or not."""

    answer = Radios("Your answer", Answer, missing="Choose an answer")
    words = LongText("Why")


class VoidForm(Form):
    """Why a record was made in error."""

    words = LongText("Why this record was made in error")
