"""Forms of the assessment room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, SelectField
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import HiddenInput

from dash_forms.assessment.add_ons import Skip
from dash_forms.assessment.closing import Closing
from dash_forms.assessment.commands import Offer
from dash_forms.assessment.conflicts import Choice
from dash_forms.domain.add_ons import SkipReason
from dash_forms.domain.body_worn_video import (
    QUESTION,
    REFERENCE_LENGTH,
    WORDS_LENGTH,
    CameraAnswer,
    FirstContact,
)
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
from dash_forms.domain.incidents import Interpreter, Mode, Purpose
from dash_forms.domain.text import NAME_LENGTH
from dash_forms.store.authorisers import Colleague
from dash_forms.store.duties import Authority
from dash_forms.web.forms import (
    Checks,
    Form,
    LongText,
    Moment,
    Radios,
    Text,
    choices,
    id_or_none,
    options,
)


def _hidden_number() -> IntegerField:
    return IntegerField(widget=HiddenInput(), validators=[InputRequired("Reload the page")])


class OfferForm(Form):
    """What is said of an offer in the rare case; the usual one takes no tap.

    The page states that the purpose is explained, and says so in `purpose_stated`: a tablet with
    an older page did not state it.
    """

    interpreter = Radios("Interpreter", Interpreter)
    purpose_stated = HiddenField()
    purpose_unsaid = BooleanField("I could not explain why I was asking")

    @property
    def purpose(self) -> Purpose | None:
        if self.purpose_unsaid.data:
            return Purpose.NOT_EXPLAINED
        return Purpose.EXPLAINED if self.purpose_stated.data else None


class StartForm(OfferForm):
    """How it is offered, which a supervisor needs to judge the answers by."""

    mode = Radios("How are you asking?", Mode, missing="Say how you are asking")
    seen_alone = Radios(
        "Are you speaking to the victim alone?", Stated, missing="Say whether you are alone"
    )

    def command(self) -> Offer:
        return Offer(
            self.mode.member, self.seen_alone.member, self.interpreter.member, self.purpose
        )


class SkipForm(Form):
    """Why an add-on set is not asked."""

    reason = Radios("Why are these not asked?", SkipReason, missing="Choose the reason")
    words = LongText("In a few words", limit=500)

    def command(self) -> Skip:
        return Skip(self.reason.member, self.words.data or "")


class ChoiceForm(Form):
    """Which of the answers stands; all of it comes from the page."""

    part = HiddenField()
    item = _hidden_number()
    op_id = HiddenField()
    rev = _hidden_number()

    def command(self) -> Choice:
        """InvalidError if the page has not made it."""
        op_id = id_or_none(self.op_id.data)
        if op_id is None or self.item.data is None or self.rev.data is None:
            raise InvalidError("Choose again")
        return Choice(self.part.data or "", self.item.data, op_id, self.rev.data)


class ClosingForm(OfferForm):
    """What is asked however the attempt ended. Completeness is the command's to judge."""

    observed = LongText("What you saw and know")
    children = Radios("Are there children or dependants in the household?", Stated)
    mode = Radios("How was it offered?", Mode)
    seen_alone = Radios("Was the victim spoken to alone?", Stated)
    grade = Radios("Your risk grade", Grade)
    rationale = LongText("Why this grade")
    rev = _hidden_number()
    on_video = Radios("Does body-worn video show the offer and the refusal?", OnVideo)
    systems = Checks("Which systems were searched?", System)
    searched_at = Moment("When were they searched?")
    contact_ways = Checks("How can the victim be reached safely?", ContactWay)
    contact_times = Checks("When is contact safe?", ContactTime)
    contact_never = Checks("When is contact not safe?", ContactNever)
    contact_words = LongText("More about contact", limit=500)
    support = Checks("What help was offered?", Support)
    next_offer = Radios("When should it be offered again?", NextOffer)
    marac = LongText("Should a specialist decide on MARAC?", limit=1000)
    authoriser = SelectField("Who else stands with this grade?", validate_choice=False)
    authorised_because = LongText("Why the grade is lower than what the count means")

    camera = Radios(QUESTION, FirstContact)
    camera_reference = Text("Footage reference", limit=REFERENCE_LENGTH)
    camera_words = LongText("In a few words", limit=WORDS_LENGTH)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Whoever fills this in was there.
        self.camera.choices = choices(each for each in FirstContact if each.is_there)

    def validate_camera_words(self, _field: LongText) -> None:
        answer = self._camera()
        if refused := answer and answer.refusal("camera_words"):
            raise StopValidation(refused.sentence)

    def _camera(self) -> CameraAnswer | None:
        if self.camera.member is None:
            return None
        return CameraAnswer(
            self.camera.member, self.camera_reference.data or "", self.camera_words.data or ""
        )

    def offer_authorisers(self, colleagues: Iterable[Colleague]) -> None:
        """Fill the list of people who can be named."""
        listed = [(str(each.id), each.name) for each in colleagues]
        self.authoriser.choices = options([("", "Nobody yet"), *listed])

    def command(self) -> Closing:
        named = (self.authoriser.data or "").strip()
        authoriser = id_or_none(named)
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
            authority=Authority(authoriser, self.authorised_because.data or ""),
            username="" if authoriser else named.lower()[:NAME_LENGTH],
            interpreter=self.interpreter.member,
            purpose=self.purpose,
            marac=self.marac.data if self.marac.raw_data else None,
            # Without its words it is refused beside them, and keeps no draft from being saved.
            camera=None if self.camera_words.errors else self._camera(),
        )
