"""What is written into a plan, as it is posted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired

from dash_forms.domain.periods import Period, PeriodError
from dash_forms.domain.plans import Outcome, Stage
from dash_forms.domain.referrals import TaskState
from dash_forms.plans.commands import (
    ActionEnding,
    Closing,
    Giving,
    NewAction,
    NewEntry,
    NewPlan,
    NewReview,
)
from dash_forms.plans.people import Candidate
from dash_forms.web.fixed_periods import LATEST, PeriodChoice, PeriodFields
from dash_forms.web.forms import Day, Form, LongText, MadeHere, Radios, id_or_none, options

_ENDINGS = {TaskState.DONE: "Done", TaskState.NOT_NEEDED: "Not needed"}
_SOMEBODY = InputRequired("Choose a person")
_SOME_DAY = InputRequired("Enter a day, such as 31 1 2027")
_LONGEST_YEARS = 10


def _people(candidates: Iterable[Candidate]) -> list[Any]:
    return options([("", "Choose"), *((str(each.id), each.words) for each in candidates)])


class TeamForm(Form):
    """Which team it is, asked for before its people are listed."""

    team = SelectField("Neighbourhood team")

    def __init__(self, teams: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        named = ((str(team_id), name) for team_id, name in teams)
        self.team.choices = options([("", "Choose"), *named])


class _WithOwner(Form):
    """Somebody of a team that was chosen already."""

    team = HiddenField("Neighbourhood team")
    owner = SelectField("Owner", validators=[_SOMEBODY])

    def __init__(self, team_id: UUID | None, owners: Iterable[Candidate], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.team.data = str(team_id or "")
        self.owner.choices = _people(owners)


class OpeningForm(_WithOwner):
    """A plan to be opened."""

    plan_id = MadeHere()
    scanning = LongText("Scanning", validators=[InputRequired("Say what the problem is")])
    review_on = Day("First review", validators=[_SOME_DAY])

    def command(self) -> NewPlan:
        return NewPlan(
            UUID(self.plan_id.data),
            id_or_none(self.team.data),
            id_or_none(self.owner.data),
            self.review_on.data,
            self.scanning.data or "",
        )


class GivingForm(_WithOwner):
    """Who has a plan from now on."""

    def command(self) -> Giving:
        return Giving(id_or_none(self.team.data), id_or_none(self.owner.data))


class StageForm(Form):
    """What is written in a stage."""

    entry_id = MadeHere()
    words = LongText("Text of this stage")

    def command(self, stage: Stage) -> NewEntry:
        return NewEntry(UUID(self.entry_id.data), stage, self.words.data or "")


class ActionForm(Form):
    """Something to be done."""

    action_id = MadeHere()
    what = LongText(
        "What is to be done", limit=500, validators=[InputRequired("Say what is to be done")]
    )
    doer = SelectField("Who does it", validators=[_SOMEBODY])
    due_on = Day("By when", validators=[_SOME_DAY])

    def __init__(self, doers: Iterable[Candidate], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.doer.choices = _people(doers)

    def command(self) -> NewAction:
        return NewAction(
            UUID(self.action_id.data),
            self.what.data or "",
            id_or_none(self.doer.data),
            self.due_on.data,
        )


class ActionEndForm(Form):
    """How an action ended."""

    state = Radios("How did it end?", TaskState, missing="Choose how it ended")
    words = LongText(
        "What came of it, or why it is not needed",
        limit=500,
        validators=[InputRequired("Say what came of it, or why it is not needed")],
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.state.choices = options((state.value, text) for state, text in _ENDINGS.items())

    def validate(self, extra_validators: object = None) -> bool:
        """An action cannot be ended by leaving it open."""
        sound = bool(super().validate(extra_validators))
        if sound and self.state.member not in _ENDINGS:
            self.state.errors = [*self.state.errors, "Choose how it ended"]
            return False
        return sound

    def command(self) -> ActionEnding:
        return ActionEnding(self.state.member, self.words.data or "")


class ReviewForm(Form):
    """What was found at a review."""

    review_id = MadeHere()
    found = LongText("What was found", validators=[InputRequired("Say what was found")])
    next_on = Day("Next review", validators=[_SOME_DAY])

    def command(self) -> NewReview:
        return NewReview(UUID(self.review_id.data), self.found.data or "", self.next_on.data)


class ClosingForm(Form):
    """What came of a plan."""

    outcome = Radios("What came of it?", Outcome, missing="Choose what came of it")
    words = LongText("What became of it", limit=500)

    def command(self) -> Closing:
        return Closing(self.outcome.member, self.words.data or "")


class PeriodForm(PeriodFields):
    """The days of the figures, read from the address: the last twelve months if none are given.

    With a `choice` of fixed periods they become one of those, and if none are given, its usual one.
    """

    from_ = Day("From", name="from", id="from")
    to = Day("To")

    def __init__(
        self, given: MultiDict[str, str], today: date, choice: PeriodChoice | None = None
    ) -> None:
        super().__init__(given, choice)
        self.today = today

    def asked(self) -> Period | None:
        """What was asked for, or None with the reason beside the field."""
        if not self.validate():
            return None
        try:
            return self.asked_period()
        except PeriodError as error:
            self.refuse(error)
            return None

    def asked_days(self) -> Period:
        """Those from and to; without a first day, twelve months; without a last, up to today."""
        for field in (self.from_, self.to):
            if field.data and field.data > LATEST:
                raise PeriodError("Enter a day before 2200", field=field.short_name)
        end = self.to.data or max(self.today, self.from_.data or self.today)
        period = Period(self.from_.data or Period.year_to(end).start, end)
        if end.year - period.start.year > _LONGEST_YEARS:
            raise PeriodError(f"Choose a period of at most {_LONGEST_YEARS} years", field="from_")
        return period
