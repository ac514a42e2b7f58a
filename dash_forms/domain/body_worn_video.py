"""Body-worn video at first contact: what an officer's camera did, and how an incident stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.text import letter_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from dash_forms.domain.incidents import ResponseGrade

QUESTION = "Was your camera recording when you first met the victim?"
REFERENCE_LENGTH = 80
WORDS_LENGTH = 300
LETTERS_AT_LEAST = 5
WHY = "Say in a few words why it was not recording"

REMIND_AFTER = timedelta(hours=1)
"""How long after attendance an officer is left alone before the missing record is asked for."""
REMIND_FOR = timedelta(days=14)
"""How long it is asked for; later, nobody remembers."""


class FirstContact(StrEnum):
    """What an officer's camera did when they first met the victim, and why, if it did nothing.

    One answer, so that whether it was issued, whether it recorded and the reason never disagree.
    """

    RECORDING = "recording"
    FORGOT = "forgot"
    VICTIM_ASKED = "victim_asked"
    FAULTY = "faulty"
    OTHER_REASON = "other_reason"
    NOT_ISSUED = "not_issued"
    NOT_THERE = "not_there"

    @property
    def label(self) -> str:
        """The answer as it is chosen."""
        return _LABELS[self]

    @property
    def reason(self) -> str:
        """Why it was not recording, in words; empty where it was, or where nobody was there."""
        return _REASONS.get(self, "")

    @property
    def is_there(self) -> bool:
        """Whether the officer attended at all."""
        return self is not FirstContact.NOT_THERE

    @property
    def is_recording(self) -> bool:
        return self is FirstContact.RECORDING

    @property
    def is_issued(self) -> bool:
        """Whether the officer had a camera."""
        return self.is_there and self is not FirstContact.NOT_ISSUED

    @property
    def asks_words(self) -> bool:
        """The code alone says too little for a supervisor."""
        return self is FirstContact.OTHER_REASON


_LABELS = {
    FirstContact.RECORDING: "Yes, recording",
    FirstContact.FORGOT: "No: forgotten",
    FirstContact.VICTIM_ASKED: "No: the victim asked for it to be off",
    FirstContact.FAULTY: "No: faulty or out of power",
    FirstContact.OTHER_REASON: "No: another reason",
    FirstContact.NOT_ISSUED: "No camera was issued",
    FirstContact.NOT_THERE: "Did not attend",
}
_REASONS = {
    FirstContact.FORGOT: "Forgotten",
    FirstContact.VICTIM_ASKED: "The victim asked for it to be off",
    FirstContact.FAULTY: "Faulty or out of power",
    FirstContact.OTHER_REASON: "Another reason",
    FirstContact.NOT_ISSUED: "No camera was issued",
}


class Standing(StrEnum):
    """How an incident stands: by the cameras of all the officers who attended."""

    RECORDING = "recording"
    NOT_RECORDING = "not_recording"
    NOT_ISSUED = "not_issued"
    NO_RECORD = "no_record"
    NOT_ATTENDED = "not_attended"

    @property
    def label(self) -> str:
        return _STANDING_LABELS[self]

    @property
    def is_attended(self) -> bool:
        """Whether an officer went there, which is what body-worn video is asked of."""
        return self is not Standing.NOT_ATTENDED


_STANDING_LABELS = {
    Standing.RECORDING: "Recording at first contact",
    Standing.NOT_RECORDING: "Camera issued, not recording",
    Standing.NOT_ISSUED: "No camera issued",
    Standing.NO_RECORD: "Nothing recorded of a camera",
    Standing.NOT_ATTENDED: "Nobody attended",
}


@dataclass(frozen=True, slots=True)
class CameraAnswer:
    """What a camera did, where the footage is, and what else there is to say."""

    said: FirstContact
    reference: str = ""
    words: str = ""

    def adds_to(self, known: FirstContact | None) -> bool:
        """Whether it says more than is known: the last page asks without having the reference."""
        return self.said is not known or bool(self.reference or self.words)

    def refusal(self, field: str) -> InvalidError | None:
        """Why it cannot be kept, naming the field, if the code says nothing without words."""
        if self.said.asks_words and letter_count(self.words) < LETTERS_AT_LEAST:
            return InvalidError(WHY, field=field)
        return None


@dataclass(frozen=True, slots=True)
class Attendance:
    """An incident, when it was attended, if it was, and what each officer's camera did there."""

    incident_id: UUID
    team_id: UUID
    reported_at: datetime
    response_grade: ResponseGrade | None
    arrived_at: datetime | None
    attended_at: datetime | None
    cameras: Mapping[UUID, FirstContact]
    """As last recorded."""

    @property
    def standing(self) -> Standing:
        """How it stands: one camera that was recording is enough."""
        if self.attended_at is None:
            return Standing.NOT_ATTENDED
        return standing_of(self.cameras.values())


def standing_of(cameras: Iterable[FirstContact]) -> Standing:
    """How an attended incident stands with these answers (domain guide §6, V1)."""
    there = [each for each in cameras if each.is_there]
    if any(each.is_recording for each in there):
        return Standing.RECORDING
    if any(each.is_issued for each in there):
        return Standing.NOT_RECORDING
    return Standing.NOT_ISSUED if there else Standing.NO_RECORD


def attended_at(arrived_at: datetime | None, in_person: Iterable[datetime]) -> datetime | None:
    """When an incident was attended: the entered arrival, else the first attempt in person."""
    return arrived_at or min(in_person, default=None)
