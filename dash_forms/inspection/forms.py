"""What is entered of an inspection, as it is posted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import HiddenInput

from dash_forms.domain import inspection as rules
from dash_forms.domain.baselines import reason_refusals
from dash_forms.domain.definitions import METRICS
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.inspection import (
    ASSESSMENT,
    GradeWord,
    ItemEntry,
    ItemEvent,
    NewGrade,
    NewItem,
    Owner,
    Terms,
)
from dash_forms.web.forms import (
    Day,
    Form,
    LongText,
    MadeHere,
    Radios,
    Text,
    choices,
    id_or_none,
    options,
)

MEASURES = [(each.code, f"{each.code} {each.name}") for each in METRICS]


class _Noted(Form):
    """A form that is signed with words, which are asked for together with all the rest."""

    event: ClassVar[ItemEvent]
    entry_id = MadeHere()

    def validate_note(self, field: LongText) -> None:
        """Refuse words that say nothing."""
        _refuse(reason_refusals(field.data or "", why=self.why))

    @property
    def why(self) -> str:
        """What the words are to say."""
        return self.event.why

    def entry(self, event: ItemEvent, **values: Any) -> ItemEntry:
        """The line of the history that this form makes."""
        return ItemEntry(UUID(self.entry_id.data), event, self["note"].data or "", **values)


class _Task(_Noted):
    """The inspectors' words, an owner and a day."""

    words = LongText("What the inspectors ask for")
    owner = SelectField("Owner")
    owner_role = Text("Or a role")
    due_on = Day("Due date")

    def __init__(self, owners: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owner.choices = options([("", "Nobody by name"), *owners])

    def validate_words(self, field: LongText) -> None:
        """Refuse words that say nothing."""
        _refuse(reason_refusals(field.data or "", why=rules.WHY_WORDS))

    def validate_owner(self, _field: SelectField) -> None:
        """Ask for one of the two."""
        _refuse(each for each in rules.owner_refusals(self._owner) if each.field == "owner")

    def validate_owner_role(self, _field: Text) -> None:
        """Refuse both at once."""
        _refuse(each for each in rules.owner_refusals(self._owner) if each.field == "owner_role")

    def validate_due_on(self, field: Day) -> None:
        """Ask for a day; one that is none has its own sentence."""
        _require_day(field, "Enter the day by which it is to be done")

    @property
    def _owner(self) -> Owner:
        return Owner(id_or_none(self.owner.data), self.owner_role.data or "")

    @property
    def terms(self) -> Terms:
        """What was filled in."""
        return Terms(self.words.data or "", self._owner, _day(self.due_on))


class GradeForm(Form):
    """A grade as it was published."""

    grade_id = MadeHere()
    grade = Radios("Grade", GradeWord, missing="Choose the grade as it was published")
    assessment = Text("Assessment", limit=60, default=ASSESSMENT)
    published_on = Day("Published on")
    source = Text("Source", limit=200)

    def validate_assessment(self, field: Text) -> None:
        """Grades of different assessments cannot be compared, so each names its own."""
        _require_text(field, "Enter the assessment, such as " + ASSESSMENT)

    def validate_source(self, field: Text) -> None:
        """Refuse a source of spaces alone."""
        _require_text(field, "Enter the source, so that others can look it up")

    def validate_published_on(self, field: Day) -> None:
        """Ask for the day."""
        _require_day(field, "Enter the day on which it was published")

    def command(self, area: str) -> NewGrade:
        return NewGrade(
            UUID(self.grade_id.data),
            area,
            self.grade.member,
            self.assessment.data or "",
            _day(self.published_on),
            self.source.data or "",
        )


class WithdrawForm(Form):
    """Why a grade was entered wrongly."""

    reason = LongText("What is wrong with it?", limit=500)

    def validate_reason(self, field: LongText) -> None:
        """Refuse words that say nothing."""
        _refuse(reason_refusals(field.data or "", why=rules.WHY_WITHDRAWN))


class ItemForm(_Task):
    """An area for improvement."""

    event = ItemEvent.ADD
    assessment = Text("Assessment", limit=60, default=ASSESSMENT)
    note = LongText("What comes first?", limit=500)

    def validate_assessment(self, field: Text) -> None:
        """Ask of which assessment it is."""
        _require_text(field, "Enter the assessment, such as " + ASSESSMENT)

    def command(self, area: str) -> NewItem:
        return NewItem(
            UUID(self.entry_id.data),
            area,
            self.assessment.data or "",
            self.terms,
            self.note.data or "",
        )


class ChangeForm(_Task):
    """Other words, another owner, another day."""

    event = ItemEvent.CHANGE
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired("Reload the page")])
    note = LongText("What changed, and why?", limit=500)

    def command(self) -> ItemEntry:
        return self.entry(self.event, terms=self.terms)


class MoveForm(_Noted):
    """What has become of it."""

    move = Radios("What has happened?", ItemEvent, missing="Choose what has happened")
    note = LongText("In words", limit=500)

    def __init__(self, moves: Iterable[ItemEvent], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.move.choices = choices(moves)

    @property
    def why(self) -> str:
        chosen = self.move.data
        return ItemEvent(chosen).why if chosen in rules.MOVES else "what has happened"

    def validate_move(self, field: Radios) -> None:
        """Everything else that can happen has a form of its own."""
        if field.data not in rules.MOVES:
            raise StopValidation("Choose what has happened")

    def command(self) -> ItemEntry:
        return self.entry(self.move.member)


class MeasureForm(_Noted):
    """A measure of this system as evidence."""

    event = ItemEvent.NAME_MEASURE
    code = SelectField("Measure")
    note = LongText("What does it show of this?", limit=500)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.code.choices = options([("", "Choose"), *MEASURES])

    def validate_code(self, field: SelectField) -> None:
        """Ask for one: none is chosen beforehand."""
        if not field.data:
            raise StopValidation("Choose a measure")


class NoteForm(_Noted):
    """Evidence in words."""

    event = ItemEvent.NOTE_EVIDENCE
    dated_on = Day("Day that it is of")
    note = LongText("What is the evidence?")

    def validate_dated_on(self, field: Day) -> None:
        """Ask for the day."""
        _require_day(field, "Enter the day that the evidence is of")

    def command(self) -> ItemEntry:
        return self.entry(self.event, dated_on=_day(self.dated_on))


class TakeOutForm(_Noted):
    """Why something is no evidence of an item."""

    event = ItemEvent.TAKE_OUT
    note = LongText("Why is it no evidence of this?", limit=500)

    def command(self, evidence_id: UUID) -> ItemEntry:
        return self.entry(self.event, evidence_id=evidence_id)


def _refuse(refusals: Iterable[InvalidError]) -> None:
    for refusal in refusals:
        raise StopValidation(refusal.sentence)


def _require_text(field: Text, missing: str) -> None:
    if not field.data:
        raise StopValidation(missing)


def _require_day(field: Day, missing: str) -> None:
    if field.data is None and not field.process_errors:
        raise StopValidation(missing)


def _day(field: Day) -> date:
    assert field.data is not None  # noqa: S101 - `validate` has seen to it
    return field.data
