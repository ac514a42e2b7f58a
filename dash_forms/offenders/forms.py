"""What is chosen of the list, why somebody looks, and what is outstanding, as it is posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from dash_forms.domain.offenders import (
    ENDINGS,
    MONTHS,
    USUAL_MONTHS,
    ActionKind,
    ActionState,
    Order,
    Purpose,
)
from dash_forms.domain.periods import months_in_words
from dash_forms.offenders.commands import ActionChange, ActionEnding, Justification, NewAction
from dash_forms.offenders.queries import Wanted
from dash_forms.web.forms import (
    Day,
    Dropdown,
    Form,
    LongText,
    MadeHere,
    Radios,
    choices,
    id_or_none,
    options,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.datastructures import MultiDict

_DESK = ""
_WORDS = 1_000


class FilterForm(Form):
    """Whom to list, read from the address."""

    months = SelectField("Period")
    team = SelectField("Team")
    order = SelectField("Order")

    def __init__(self, given: MultiDict[str, str], teams: Iterable[tuple[UUID, str]]) -> None:
        super().__init__(formdata=given)
        first = {"months": str(USUAL_MONTHS), "team": "", "order": Order.RECENT.value}
        for field in (self.months, self.team, self.order):  # an address need name none of them
            field.data = field.data if field.raw_data else first[field.name]
        self.months.choices = options(
            (str(each), f"Last {months_in_words(each)}") for each in MONTHS
        )
        named = ((str(team_id), name) for team_id, name in teams)
        self.team.choices = options([("", "Every team"), *named])
        self.order.choices = choices(Order)

    def wanted(self, page: int) -> Wanted:
        return Wanted(
            int(self.months.data), id_or_none(self.team.data), Order(self.order.data), page
        )


class ReasonForm(Form):
    """Why somebody looks."""

    purpose = Radios("What is it for?", Purpose, missing="Choose what it is for")
    words = LongText(
        "Why, in a few words", limit=500, validators=[InputRequired("Say why you look")]
    )

    def command(self) -> Justification:
        return Justification(self.purpose.member, self.words.data or "")


class ActionForm(Form):
    """Something outstanding, to be added."""

    action_id = MadeHere()
    kind = Dropdown("What is outstanding?", ActionKind, missing="Choose what is outstanding")
    starts_on = Day("From", validators=[InputRequired("Enter the day from which it holds")])
    ends_on = Day("Until, or to be done by")
    conditions = LongText("Conditions", limit=_WORDS)
    team = SelectField("Who sees to it")

    def __init__(self, teams: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        named = ((str(team_id), name) for team_id, name in teams)
        self.team.choices = options([(_DESK, "Public-protection desk"), *named])

    def command(self) -> NewAction:
        return NewAction(
            UUID(self.action_id.data),
            self.kind.member,
            self.conditions.data or "",
            self.starts_on.data,
            self.ends_on.data,
            id_or_none(self.team.data),
        )


class _OfRevision(Form):
    """A form about an action as it was when the page was opened."""

    rev = IntegerField(widget=HiddenInput(), validators=[InputRequired("Reload the page")])


class ChangeForm(_OfRevision):
    """Another end or other conditions."""

    ends_on = Day("Until, or to be done by")
    conditions = LongText("Conditions", limit=_WORDS)
    why = LongText("Why it changes", limit=500)

    def command(self) -> ActionChange:
        return ActionChange(
            self.rev.data or 0, self.conditions.data or "", self.ends_on.data, self.why.data or ""
        )


class EndForm(_OfRevision):
    """How an action ended."""

    state = Radios("How did it end?", ActionState, missing="Choose how it ended")
    words = LongText(
        "What came of it, or why",
        limit=500,
        validators=[InputRequired("Say what came of it, or why, in at least 10 characters")],
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.state.choices = choices(ENDINGS)

    def validate(self, extra_validators: object = None) -> bool:
        """An action cannot be ended by leaving it open."""
        sound = bool(super().validate(extra_validators))
        if sound and self.state.member not in ENDINGS:
            self.state.errors = [*self.state.errors, "Choose how it ended"]
            return False
        return sound

    def command(self) -> ActionEnding:
        return ActionEnding(self.rev.data or 0, self.state.member, self.words.data or "")
