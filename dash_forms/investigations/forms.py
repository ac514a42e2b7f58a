"""What is chosen for a draw, and what a supervisor answers, as it is posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import StopValidation

from dash_forms.domain.investigations import (
    Answer,
    Finding,
    SkipReason,
    answer_field,
    note_field,
)
from dash_forms.domain.periods import Period, PeriodError
from dash_forms.investigations.commands import Check, Skip, Wanted
from dash_forms.investigations.results import Asked
from dash_forms.web.fixed_periods import period_of_key
from dash_forms.web.forms import Form, LongText, MadeHere, Radios, id_or_none, options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dash_forms.domain.checklists import Checklist
    from dash_forms.domain.periods import FixedPeriod, Month
    from dash_forms.web.fixed_periods import PeriodChoice


class _OfTeamAndMonth(Form):
    """A month and a team, each from a list; the first choice of a team is every one."""

    month = SelectField("Month")
    team = SelectField("Team")

    def __init__(
        self,
        *args: Any,
        months: Iterable[Month],
        teams: Iterable[tuple[UUID, str]],
        first_month: str,
        first_team: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.months = {each.key: each for each in months}
        for field in (self.month, self.team):  # an address need name neither
            field.data = field.data if field.raw_data else ""
        known = [(key, each.label) for key, each in self.months.items()]
        self.month.choices = options([("", first_month), *known])
        every = [("", first_team), *((str(team_id), name) for team_id, name in teams)]
        self.team.choices = options(every)


class DrawForm(_OfTeamAndMonth):
    """Which month and team are drawn; nothing else of a draw is anybody's choice."""

    def validate(self, extra_validators: object = None) -> bool:
        """A draw is always of one month."""
        if super().validate(extra_validators) and self.month.data:
            return True
        self.month.errors = self.month.errors or ["Choose a month"]
        return False

    def command(self) -> Wanted:
        return Wanted(self.months[self.month.data], id_or_none(self.team.data))


class ResultsForm(_OfTeamAndMonth):
    """Which samples the results are of, from an address; with a `choice`, of a fixed period."""

    period = StringField("Period")

    def __init__(self, *args: Any, choice: PeriodChoice | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice = choice
        if choice:
            self.month.id = self.period.id  # beside which its errors are shown

    def asked(self) -> Asked | None:
        """None where the address names what there is not, with the reason beside the field."""
        if not self.validate():
            return None
        month, team_id = self.months.get(self.month.data or ""), id_or_none(self.team.data)
        try:
            period = self._period(month)
        except PeriodError as error:
            self.refuse(error)
            return None
        return Asked(None if period else month, team_id, period)

    def _period(self, month: Month | None) -> FixedPeriod | None:
        if key := (self.period.data or "").strip():
            return self.choice.chosen(key) if self.choice else period_of_key(key)
        if self.choice is None:
            return None
        return self.choice.nearest(Period(month.first, month.last)) if month else self.choice.usual


class SkipForm(Form):
    """Why a case is passed over."""

    reason = Radios("Why is it not checked?", SkipReason, missing="Choose why it is not checked")
    words = LongText("In your own words", limit=500)

    def command(self) -> Skip:
        return Skip(self.reason.member, self.words.data or "")


class _Version(HiddenField):
    """How often the case had been checked as the form was made."""

    def pre_validate(self, _form: Any) -> None:
        text = self.data or ""
        if not text.isdecimal() or len(text) > 6:
            raise StopValidation("Reload the page and send it again")


class CheckForm(Form):
    """The answers to a checklist; `check_form` adds the fields of its questions."""

    check_id = MadeHere()
    version = _Version()
    reason = LongText("Why are the answers corrected?", limit=500)

    def command(self, checklist: Checklist) -> Check:
        answers = {
            question.id: Answer(
                self[answer_field(question.id)].member, self[note_field(question.id)].data or ""
            )
            for question in checklist.questions
        }
        return Check(
            UUID(self.check_id.data), int(self.version.data or 0), answers, self.reason.data or ""
        )


def check_form(checklist: Checklist, **kwargs: Any) -> CheckForm:
    """A form with an answer and a note for each question."""
    fields: dict[str, Any] = {}
    for question in checklist.questions:
        fields[answer_field(question.id)] = Radios(question.text, Finding)
        fields[note_field(question.id)] = LongText("Note", limit=500)
    made: CheckForm = type("CheckForm", (CheckForm,), fields)(**kwargs)
    return made
