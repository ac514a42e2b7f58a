"""Dip samples of closed cases: how they are drawn, who checks them, and what the answers add up to.

The draw can be done again by anybody who has the recorded seed and the recorded frame. Nobody
chooses a case, and nobody gets another one without a reason that stays in the record.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.errors import InvalidError, StateError, require_none
from dash_forms.domain.metrics import FEWEST_FOR_A_RATE
from dash_forms.domain.periods import Month, london_date
from dash_forms.domain.review import require_words
from dash_forms.domain.statistics import Interval, wilson_interval

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from dash_forms.domain.checklists import Checklist

MONTHS_BACK = 12
"""How long ago a month can be that is still drawn from."""
SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Terms:
    """What the force draws by: how many of a team and month, and what is asked of each."""

    size: int
    checklist: Checklist


class Finding(StrEnum):
    """What a supervisor found to one question."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return {"yes": "Yes", "no": "No", "not_applicable": "Not applicable"}[self]

    @property
    def tone(self) -> str:
        """The colour that stands beside the word."""
        return {"yes": "good", "no": "serious", "not_applicable": "quiet"}[self]


class SkipReason(StrEnum):
    """Why a case that was drawn is not checked, and the next in the order takes its place."""

    NOT_DOMESTIC_ABUSE = "not_domestic_abuse"
    TOOK_PART = "took_part"
    NOT_AVAILABLE = "not_available"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _SKIP_LABELS[self]


_SKIP_LABELS = {
    SkipReason.NOT_DOMESTIC_ABUSE: "It is not a domestic-abuse investigation",
    SkipReason.TOOK_PART: "I took part in the investigation, and nobody else can check it",
    SkipReason.NOT_AVAILABLE: "The crime record cannot be opened",
    SkipReason.OTHER: "Another reason",
}


def in_order(seed: str, frame: Iterable[UUID]) -> list[UUID]:
    """The ids in the order of the draw: by HMAC-SHA256, the seed as its key, each id's 16 bytes.

    Whoever does not know the seed cannot tell the order, and every order is as likely.
    """
    key = bytes.fromhex(seed)
    return sorted(frame, key=lambda each: hmac.digest(key, each.bytes, hashlib.sha256))


def drawn(seed: str, frame: Iterable[UUID], size: int, skipped: int = 0) -> list[UUID]:
    """The cases of a sample: the first `size`, and one more for each that was skipped."""
    return in_order(seed, frame)[: size + skipped]


def digest(frame: Iterable[UUID]) -> str:
    """SHA-256 of the ids in the order of the alphabet, one a line: what the frame was, in short."""
    lines = "".join(f"{each}\n" for each in sorted(map(str, frame)))
    return hashlib.sha256(lines.encode()).hexdigest()


def months_to_draw(now: datetime) -> list[Month]:
    """Months that are over, the last one first; in one that is not, more cases may be closed."""
    current = Month.of(london_date(now))
    return [current.back(number) for number in range(1, MONTHS_BACK + 1)]


def require_drawable(month: Month, now: datetime) -> None:
    """InvalidError for a month that is not over yet, or long ago."""
    if month not in months_to_draw(now):
        raise InvalidError("Choose a month that is over, from the list", field="month")


@dataclass(frozen=True, slots=True)
class Sampling:
    """One recorded draw: what it was made from, and what came of it."""

    seed: str
    size: int
    frame_count: int
    frame_digest: str
    frame: frozenset[UUID]
    cases: tuple[UUID, ...]
    """Every one that was ever drawn, in the order of the draw."""
    skipped: int


def differences(found: Sampling) -> list[str]:
    """What of a recorded draw does not follow from its seed and frame; nothing if all does."""
    told = []
    if len(found.frame) != found.frame_count:
        told.append(f"the frame has {len(found.frame)} cases; recorded are {found.frame_count}")
    if digest(found.frame) != found.frame_digest:
        told.append("the frame has another digest than the recorded one")
    if list(found.cases) != drawn(found.seed, found.frame, found.size, found.skipped):
        told.append("other cases follow from the seed and the frame than those recorded")
    return told


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found to a question, and the words to it."""

    finding: Finding | None
    note: str = ""


def require_answered(checklist: Checklist, answers: Mapping[str, Answer]) -> None:
    """InvalidError for everything at once that is not answered, or is a "no" without a note."""
    refused = []
    for number, question in enumerate(checklist.questions, start=1):
        answer = answers.get(question.id, Answer(None))
        if answer.finding is None:
            refused.append(
                InvalidError(
                    f"Answer question {number}: yes, no or not applicable",
                    field=answer_field(question.id),
                )
            )
        elif answer.finding is Finding.NO:
            try:
                require_words(
                    answer.note,
                    f"Say what was missing (question {number})",
                    field=note_field(question.id),
                )
            except InvalidError as error:
                refused.append(error)
    require_none(refused)


def answer_field(question_id: str) -> str:
    """The field of a question's answer."""
    return f"answer_{question_id}"


def note_field(question_id: str) -> str:
    """The field of the words to it."""
    return f"note_{question_id}"


@dataclass(frozen=True, slots=True)
class Checkers:
    """Who can check the cases of a team: its sergeants, and the inspectors of the force."""

    of_force: frozenset[UUID]
    of_team: frozenset[UUID]

    def leave_to(self, who: UUID, took_part: Collection[UUID]) -> bool:
        """Whether somebody can check a case as things stand.

        Nobody who wrote, reviewed or graded an assessment of it does; but where that is everybody
        who could, an inspector does all the same, else it could neither be checked nor passed over.
        """
        if who not in took_part:
            return True
        return who in self.of_force and self.of_force | self.of_team <= set(took_part)

    def require(self, who: UUID, took_part: Collection[UUID]) -> None:
        """StateError for whoever has to leave the case to somebody else."""
        if not self.leave_to(who, took_part):
            raise StateError("You took part in this case, so somebody else has to check it.")


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers to one question over a sample. None is a number that its reader is not told."""

    yes: int | None
    of: int | None
    """Yes and no together."""
    not_applicable: int | None
    has_rate: bool

    @classmethod
    def of_counts(cls, counts: Mapping[Finding, int]) -> Tally:
        """The true counts."""
        yes, no = counts.get(Finding.YES, 0), counts.get(Finding.NO, 0)
        rest = counts.get(Finding.NOT_APPLICABLE, 0)
        return cls(yes, yes + no, rest, has_rate=yes + no >= FEWEST_FOR_A_RATE)

    @property
    def rate(self) -> float | None:
        """The part of yes, where there are enough for one."""
        if not self.has_rate or self.yes is None or not self.of:
            return None
        return min(1.0, self.yes / self.of)

    @property
    def interval(self) -> Interval | None:
        """Wilson's, of the numbers as they are told."""
        if self.rate is None or self.yes is None or not self.of:
            return None
        return wilson_interval(min(self.yes, self.of), self.of)
