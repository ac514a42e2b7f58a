"""What a specialist decides, as it is posted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from wtforms import SelectField

from dash_forms.domain.grading import Grade
from dash_forms.domain.marac import Answer, Door, MaracDecision
from dash_forms.domain.referrals import Channel, TaskKind, TaskState
from dash_forms.specialist.commands import Referral, SecondAssessment, TaskEnding
from dash_forms.web.forms import (
    Dropdown,
    Form,
    LongText,
    MadeHere,
    Moment,
    Radios,
    choices,
    options,
)

_ENDINGS = {TaskState.DONE: "Done", TaskState.NOT_NEEDED: "Not needed"}


class SecondForm(Form):
    """The second grade and the decision on MARAC, in one."""

    grade = Radios("Your grade", Grade, missing="Choose a grade")
    rationale = LongText("Why this grade")
    refer = Radios("Refer to MARAC?", Answer, missing="Choose yes or no")
    door = Radios("Through which door?", Door)
    reason = LongText("Why, or why not")

    def command(self) -> SecondAssessment:
        refer = self.refer.member is Answer.YES
        return SecondAssessment(
            self.grade.member,
            self.rationale.data or "",
            MaracDecision(refer, self.door.member, self.reason.data or ""),
        )


class ReferralForm(Form):
    """A task to be added to a case."""

    task_id = MadeHere()
    kind = Dropdown("What is to be done", TaskKind, missing="Choose what is to be done")
    asked = LongText("What exactly", limit=500)
    owner = SelectField("Who does it")
    due_at = Moment("By when")

    def __init__(self, owners: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owner.choices = options((str(owner_id), name) for owner_id, name in owners)
        by_hand = choices(kind for kind in TaskKind if not kind.is_automatic)
        self.kind.choices = [*options([("", "Choose")]), *by_hand]

    def command(self) -> Referral:
        return Referral(
            UUID(self.task_id.data),
            self.kind.member,
            UUID(self.owner.data),
            self.due_at.utc,
            self.asked.data or "",
        )


class TaskForm(Form):
    """How a task ended."""

    state = Radios("How did it end?", TaskState, missing="Choose how it ended")
    words = LongText("What was done, or why it is not needed")
    channel = Radios("How was the school told?", Channel)
    told_at = Moment("When was the school told?")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.state.choices = options((state.value, text) for state, text in _ENDINGS.items())

    def validate(self, extra_validators: object = None) -> bool:
        """A task cannot be ended by leaving it open."""
        sound = bool(super().validate(extra_validators))
        if sound and self.state.member not in _ENDINGS:
            self.state.errors = [*self.state.errors, "Choose how it ended"]
            return False
        return sound

    def command(self) -> TaskEnding:
        return TaskEnding(
            self.state.member, self.words.data or "", self.channel.member, self.told_at.utc
        )
