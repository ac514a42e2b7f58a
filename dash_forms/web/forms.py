"""Forms: text that is clean before any rule sees it, and errors that land beside their field."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, g, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import DateInput, DateTimeInput, HiddenInput, TelInput

from dash_forms.config import Settings
from dash_forms.domain.errors import DomainError, InvalidError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.text import NAME_LENGTH, NOTE_LENGTH, clean
from dash_forms.store.work import Work

LONDON = ZoneInfo("Europe/London")


NOT_LISTED = "Choose one from the list"


class _Words:
    """The house's own sentences in place of those that WTForms brings along."""

    _SENTENCES: ClassVar = {
        "Not a valid choice.": NOT_LISTED,
        "Not a valid integer value.": "Reload the page and send it again",
    }

    def gettext(self, text: str) -> str:
        return self._SENTENCES.get(text, text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return one if number == 1 else many


class Form(FlaskForm):  # type: ignore[misc]
    """Base of every form. CSRF is checked once, before any view."""

    class Meta:
        """Leave CSRF to the application-wide check, and take fields from form bodies only."""

        csrf = False

        def get_translations(self, _form: object) -> _Words:
            return _Words()

        def wrap_formdata(self, _form: object, formdata: Any) -> Any:
            # Flask-WTF would also pass on uploaded files and JSON, which are no text.
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form if request.method == "POST" else None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now: int | None = None
        g.form = self  # a form that waited on a tablet answers with its errors, not with a page
        g.forms = [*g.get("forms", ()), self]

    either: ClassVar[dict[str, str]] = {}
    """What is said where none of some fields is filled, whose names stand with spaces between."""

    @property
    def needed(self) -> dict[str, str]:
        """What is said where a field is empty that must not be, by the names of the fields.

        A tablet without a signal says it too.
        """
        words = {field.name: getattr(field, "missing", "") for field in self}
        words |= {
            field.name: str(each.message)
            for field in self
            for each in field.validators
            if isinstance(each, InputRequired) and not isinstance(field.widget, HiddenInput)
        }
        return {name: each for name, each in words.items() if each} | self.either

    def refuse(self, error: DomainError) -> None:
        """Put a rule's sentence beside the field that it names, or at the top."""
        self.now = error.now or self.now
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(error.sentence)
        else:
            field.errors = [*field.errors, error.sentence]
        if isinstance(error, InvalidError):
            for other in error.also:
                self.refuse(other)

    def attempt(self, work: Work, command: Callable[[], Any]) -> bool:
        """Run a command so that a refusal undoes all of it and shows on this form."""
        try:
            with work.savepoint():
                command()
        except InvalidError as error:
            self.refuse(error)
            return False
        return True


def is_refused() -> bool:
    """Whether the page has a form in which something is to be put right: its title says so."""
    return any(form.errors for form in g.get("forms", ()))


class MadeHere(HiddenField):
    """An identifier made with the form, so that sending it twice has one effect."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default=lambda: str(uuid7()), **kwargs)

    def pre_validate(self, _form: Any) -> None:
        try:
            self.data = str(UUID(self.data))  # it becomes part of an address
        except (ValueError, TypeError, AttributeError):
            raise StopValidation("Reload the page and send it again") from None


class Text(StringField):
    """One line of clean text."""

    def __init__(self, label: str, *, limit: int = NAME_LENGTH, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.limit = limit

    def pre_validate(self, _form: Any) -> None:
        self.data = " ".join(_cleaned(self, self.data or "").splitlines())


class IncidentNumber(Text):
    """An incident's number as the force writes it; typed in either case, with or without spaces."""

    missing = "Enter the incident number"

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        settings: Settings = current_app.extensions["dash_settings"]
        self.data = (self.data or "").upper().replace(" ", "")
        if not self.data:
            raise StopValidation(self.missing)
        if not settings.urn_pattern.fullmatch(self.data):
            raise StopValidation(f"Enter the number in the form {settings.urn_example}")


class Phone(Text):
    """A phone number, as people write them."""

    widget = TelInput()


class LongText(TextAreaField):
    """Several lines of clean text."""

    def __init__(self, label: str, *, limit: int = NOTE_LENGTH, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.limit = limit

    def pre_validate(self, _form: Any) -> None:
        self.data = _cleaned(self, self.data or "")


def _cleaned(field: Any, text: str) -> str:
    try:
        return clean(text, field=field.name, limit=field.limit)
    except InvalidError as error:
        raise StopValidation(error.sentence) from None


class Day(Field):
    """A calendar date as day, month and year boxes, or as one ISO date; `data` is the date."""

    widget = DateInput()
    is_dated = True
    """Whether what is wrong with it is said of a date, so that its name has to stand with it."""
    data: date | None

    def process_formdata(self, valuelist: list[str]) -> None:
        parts = [part.strip() for part in valuelist]
        if not any(parts):
            self.data = None
            return
        written = "-".join(reversed(parts)) if len(parts) == 3 else parts[0]
        self.data = _parsed(written, "%Y-%m-%d")
        if self.data is None:
            raise ValueError("Enter a real date, such as 31 1 1990")

    def _value(self) -> str:
        return self.data.isoformat() if self.data else ""


class Moment(Field):
    """A local date and time in two boxes, or one ISO value; `data` is Europe/London's clock."""

    widget = DateTimeInput()
    is_dated = True
    """Whether what is wrong with it is said of a date, so that its name has to stand with it."""
    data: datetime | None

    def __init__(self, label: str, *, missing: str = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.missing = missing

    def pre_validate(self, _form: Any) -> None:
        if self.missing and self.data is None and not self.process_errors:
            raise StopValidation(self.missing)

    def process_formdata(self, valuelist: list[str]) -> None:
        written = " ".join(part.strip() for part in valuelist).strip().replace("T", " ")
        if not written:
            self.data = None
            return
        self.data = None
        written_day, _, written_time = written.partition(" ")
        if not (day := _parsed(written_day, "%Y-%m-%d", "%d/%m/%Y")):
            raise ValueError("Enter a real date and time, such as 31/01/2026 and 21:45")
        try:
            clock = datetime.strptime(written_time.strip(), "%H:%M").replace(tzinfo=UTC).time()
        except ValueError:
            raise ValueError("Enter the time too, such as 21:45") from None
        at = datetime.combine(day, clock, LONDON)
        if at.astimezone(UTC).astimezone(LONDON).time() != clock:
            raise ValueError("The clocks went forward then, so there was no such time")
        self.data = at

    @property
    def utc(self) -> datetime | None:
        """The moment in UTC."""
        return self.data.astimezone(UTC) if self.data else None

    def _value(self) -> str:
        return self.data.strftime("%Y-%m-%d %H:%M") if self.data else ""


def _parsed(text: str, *patterns: str) -> date | None:
    for pattern in patterns:
        try:
            day = datetime.strptime(text, pattern).replace(tzinfo=UTC).date()
        except (ValueError, OverflowError):
            continue
        return day if day.year >= 1900 else None
    return None


def local(at: datetime | None) -> datetime | None:
    """A stored time on Europe/London's clock."""
    return at.astimezone(LONDON) if at else None


def id_or_none(text: str | None) -> UUID | None:
    """The identifier that was chosen from a list, if one was."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def options(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """(value, label) pairs as choices."""
    return [SelectChoice(value, label) for value, label in pairs]


def choices(members: Iterable[StrEnum]) -> list[Any]:
    """Enumeration members as choices, with their `label`s."""
    return options((member.value, getattr(member, "label", member.value)) for member in members)


class _Chosen:
    """Adds `member`: the enumeration member chosen, or None."""

    kind: type[StrEnum]
    data: Any

    @property
    def member(self) -> Any:
        return self.kind(self.data) if self.data else None


class Radios(_Chosen, RadioField):
    """One of an enumeration; nothing is ever chosen beforehand."""

    def __init__(self, label: str, kind: type[StrEnum], *, missing: str = "", **kw: Any) -> None:
        super().__init__(label, choices=choices(kind), validate_choice=False, **kw)
        self.kind = kind
        self.missing = missing

    def pre_validate(self, _form: Any) -> None:
        _check_choice(self)


class Checks(SelectMultipleField):
    """Any number of an enumeration; nothing is ever chosen beforehand."""

    def __init__(self, label: str, kind: type[StrEnum], **kw: Any) -> None:
        super().__init__(label, choices=choices(kind), validate_choice=False, **kw)
        self.kind = kind

    def pre_validate(self, _form: Any) -> None:
        known = {member.value for member in self.kind}
        if not set(self.data or ()) <= known:
            self.data = [value for value in self.data or () if value in known]
            raise StopValidation("Choose from the list")

    @property
    def members(self) -> tuple[Any, ...]:
        """Those chosen, each once."""
        return tuple(map(self.kind, dict.fromkeys(self.data or ())))


class Dropdown(_Chosen, SelectField):
    """One of an enumeration, from a list that opens with an empty choice."""

    def __init__(self, label: str, kind: type[StrEnum], *, missing: str = "", **kw: Any) -> None:
        listed = [*options([("", "Choose")]), *choices(kind)]
        super().__init__(label, choices=listed, validate_choice=False, **kw)
        self.kind = kind
        self.missing = missing

    def pre_validate(self, _form: Any) -> None:
        _check_choice(self)


def _check_choice(field: Any) -> None:
    if field.data in {None, "", "None"}:
        field.data = None
        if field.missing:
            raise StopValidation(field.missing)
    elif field.data not in {member.value for member in field.kind}:
        field.data = None
        raise StopValidation(field.missing or NOT_LISTED)
