"""Forms of the assessment room, and the reading of answers from a plain form or from JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from dash_forms.assessment.add_ons import Skip
from dash_forms.assessment.closing import Closing
from dash_forms.assessment.commands import Offer
from dash_forms.domain.add_ons import SkipReason
from dash_forms.domain.answers import AnswerValue, Frequency, Source
from dash_forms.domain.duties import (
    ContactNever,
    ContactTime,
    ContactWay,
    Duties,
    NextOffer,
    OnVideo,
    Support,
    System,
)
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.grading import Grade, Stated
from dash_forms.domain.incidents import Mode
from dash_forms.domain.instruments import Item
from dash_forms.domain.sync import AnswerContent, AnswerOperation
from dash_forms.store.authorisers import Colleague
from dash_forms.store.duties import Authority
from dash_forms.web.forms import Checks, Form, LongText, Moment, Radios, id_or_none, options

_FREQUENCIES = tuple(each.value for each in Frequency)


class StartForm(Form):
    """How it is offered, which a supervisor needs to judge the answers by."""

    mode = Radios("How are you asking?", Mode, missing="Say how you are asking")
    seen_alone = Radios(
        "Are you speaking to the victim alone?", Stated, missing="Say whether you are alone"
    )

    def command(self) -> Offer:
        return Offer(self.mode.member, self.seen_alone.member)


class SkipForm(Form):
    """Why an add-on set is not asked."""

    reason = Radios("Why are these not asked?", SkipReason, missing="Choose the reason")
    words = LongText("In a few words", limit=500)

    def command(self) -> Skip:
        return Skip(self.reason.member, self.words.data or "")


class ClosingForm(Form):
    """What is asked however the attempt ended. Completeness is the command's to judge."""

    observed = LongText("What you saw and know")
    children = Radios("Are there children or dependants in the household?", Stated)
    mode = Radios("How was it offered?", Mode)
    seen_alone = Radios("Was the victim spoken to alone?", Stated)
    grade = Radios("Your risk grade", Grade)
    rationale = LongText("Why this grade")
    rev = IntegerField(widget=HiddenInput(), validators=[InputRequired("Reload the page")])
    on_video = Radios("Does body-worn video show the offer and the refusal?", OnVideo)
    systems = Checks("Which systems were searched?", System)
    searched_at = Moment("When were they searched?")
    contact_ways = Checks("How can the victim be reached safely?", ContactWay)
    contact_times = Checks("When is contact safe?", ContactTime)
    contact_never = Checks("When is contact not safe?", ContactNever)
    contact_words = LongText("More about contact", limit=500)
    support = Checks("What help was offered?", Support)
    next_offer = Radios("When should it be offered again?", NextOffer)
    authoriser = SelectField("Who else stands with this grade?", validate_choice=False)
    authorised_because = LongText("Why the grade is lower than what the count means")

    def offer_authorisers(self, colleagues: Iterable[Colleague]) -> None:
        """Fill the list of people who can be named."""
        listed = [(str(each.id), each.name) for each in colleagues]
        self.authoriser.choices = options([("", "Nobody yet"), *listed])

    def command(self) -> Closing:
        return Closing(
            mode=self.mode.member,
            seen_alone=self.seen_alone.member,
            children=self.children.member,
            observed=self.observed.data or "",
            grade=self.grade.member,
            rationale=self.rationale.data or "",
            rev=self.rev.data or 0,
            duties=Duties(
                systems=self.systems.members,
                searched_at=self.searched_at.utc,
                on_video=self.on_video.member,
                contact_ways=self.contact_ways.members,
                contact_times=self.contact_times.members,
                contact_never=self.contact_never.members,
                contact_words=self.contact_words.data or "",
                support=self.support.members,
                next_offer=self.next_offer.member,
            ),
            authority=Authority(
                id_or_none(self.authoriser.data), self.authorised_because.data or ""
            ),
        )


def operations_from_form(
    assessment_id: UUID, items: Iterable[Item], posted: MultiDict[str, str], part: str = ""
) -> list[AnswerOperation]:
    """The answers of one section as a browser without JavaScript sends them.

    A card whose answer is empty says nothing; the server decides what has changed.
    """
    form_id = _uuid(posted, "form_id").int & ~0xFFF
    operations = []
    for item in items:
        name = f"q{item.number}"
        said = posted.get(f"{name}-value", "")
        note = posted.get(f"{name}-note", "")
        if not said and not note.strip():
            continue
        raw = {
            # One id per form and card, so that a form sent twice has one effect.
            "op_id": str(UUID(int=form_id + item.number)),
            "assessment_id": str(assessment_id),
            "part": part,
            "item": item.number,
            "value": said or None,
            "source": posted.get(f"{name}-source", ""),
            "note": note,
            "details": {
                follow_up.id: posted.getlist(f"{name}-{follow_up.id}")
                for follow_up in item.follow_ups
            },
            "base_rev": posted.get(f"{name}-rev", "0"),
        }
        try:
            operations.append(operation_from_json(raw))
        except InvalidError as error:
            at = {"base_rev": "rev"}.get(error.field or "", error.field)
            raise InvalidError(error.sentence, field=f"{name}-{at}") from None
    return operations


def base_revs_from_form(numbers: Iterable[int], posted: MultiDict[str, str]) -> dict[int, int]:
    """The revision of each answer that the sender of the plain form was looking at."""
    return {number: _whole(posted, f"q{number}-rev", 0, 2**31 - 1) for number in numbers}


def operation_from_json(raw: Any) -> AnswerOperation:
    """One operation as a device describes it, or InvalidError naming the member that is wrong."""
    if not isinstance(raw, Mapping):
        raise InvalidError("An operation is a JSON object", field="operations")
    if raw.get("kind", "answer") != "answer":
        raise InvalidError("This server knows operations of kind “answer”", field="kind")
    value, scale = _value(raw)
    return AnswerOperation(
        op_id=_uuid(raw, "op_id"),
        assessment_id=_uuid(raw, "assessment_id"),
        item=_whole(raw, "item", 1, 1_000),
        content=AnswerContent(
            value=value,
            source=_member(raw, "source", Source),
            note=_string(raw.get("note", ""), "note"),
            details=_details(raw.get("details", {})) | scale,
        ),
        base_rev=_whole(raw, "base_rev", 0, 2**31 - 1),
        asked_at=_moment(raw.get("asked_at")),
        device_seq=_whole(raw, "device_seq", 0, 2**31 - 1) if "device_seq" in raw else 0,
        part=_string(raw.get("part", ""), "part"),
    )


def _value(raw: Mapping[str, Any]) -> tuple[AnswerValue | None, dict[str, tuple[str, ...]]]:
    """The value, and how often where the answer was given on a scale (`domain.answers`)."""
    said = raw.get("value")
    if said is None:
        return None, {}
    if said in _FREQUENCIES:
        often = Frequency(said)
        return often.recorded_as, often.details
    return _member(raw, "value", AnswerValue), {}


def _uuid(raw: Mapping[str, Any], name: str) -> UUID:
    value = raw.get(name)
    if isinstance(value, str) and len(value) == 36:
        try:
            return UUID(value)
        except ValueError:
            pass
    raise InvalidError("This is not an identifier (a UUID)", field=name)


def _whole(raw: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = raw.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidError(f"This is not a whole number from {least} to {most}", field=name)
    return value


def _member(raw: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    value = raw.get(name)
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(member.value for member in kind)
        raise InvalidError(f"Choose one of: {allowed}", field=name) from None


def _string(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise InvalidError("This is not text", field=name)
    return value


def _details(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise InvalidError("Details are a JSON object of lists of text", field="details")
    details = {}
    for key, members in value.items():
        if not isinstance(members, list) or len(members) > 50:
            raise InvalidError("Details are a JSON object of lists of text", field="details")
        details[str(key)] = tuple(_string(member, "details") for member in members if member)
    return details


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str) and len(value) <= 40:
        try:
            at = datetime.fromisoformat(value)
            if at.tzinfo is not None and 2000 <= at.year < 2100:
                return at.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise InvalidError("This is not a time with a zone (ISO 8601)", field="asked_at")
