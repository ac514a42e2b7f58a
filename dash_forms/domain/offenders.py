"""Recurring alleged perpetrators: what recurs, what is outstanding, and who may open which of them.

Counts and days only, and nothing that adds up to a score: police predictions from DASH answers are
little better than chance (domain guide §1.5), and a person is alleged here, not convicted. A
justification is asked for because consultations of records are logged with one (domain guide §5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from dash_forms.domain.declines import ALREADY_ASSESSED, NOT_DOMESTIC
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.periods import days_in_words, words_for
from dash_forms.domain.referrals import TaskKind
from dash_forms.domain.review import require_words
from dash_forms.domain.text import so_many

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

RECURS_FROM = 2
"""Alleged in so many incidents, or against so many victims."""
MONTHS = (3, 6, 12, 24, 36)
USUAL_MONTHS = 12
JUSTIFIED_FOR = timedelta(hours=1)
"""For so long a justification lets the same person look; then it is asked for again."""
FINISHED_WITHIN = timedelta(hours=12)
"""A form that was opened under a justification may be sent so long after it was given."""
SOON_DAYS = 7
_MOST_GAPS = 10
_LATEST_YEARS = 10
_EARLIEST_YEARS = 10
DESK_KINDS = (
    TaskKind.ARREST,
    TaskKind.BAIL_CONDITIONS,
    TaskKind.PROTECTION_NOTICE,
    TaskKind.CIVIL_ORDER_ADVICE,
)
"""Tasks that are about the alleged perpetrator; they are shown, and never kept twice."""
NOT_COUNTED = (NOT_DOMESTIC, ALREADY_ASSESSED)
"""Exempt because nothing of the kind happened, or because it is counted under another number."""


class Purpose(StrEnum):
    """What somebody opens it for."""

    PROTECTION = "protection"
    INVESTIGATION = "investigation"
    SUPERVISION = "supervision"
    PARTNERS = "partners"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _PURPOSES[self]


_PURPOSES = {
    Purpose.PROTECTION: "To protect a victim or a child",
    Purpose.INVESTIGATION: "An investigation, an arrest or an order",
    Purpose.SUPERVISION: "Supervising what the team has open",
    Purpose.PARTNERS: "Preparing MARAC or another meeting with partners",
    Purpose.OTHER: "Something else",
}


class Order(StrEnum):
    """In which order people are listed: by one plain fact, never by a mix of them."""

    RECENT = "recent"
    INCIDENTS = "incidents"
    VICTIMS = "victims"
    OUTSTANDING = "outstanding"

    @property
    def label(self) -> str:
        return _ORDERS[self]


_ORDERS = {
    Order.RECENT: "Most recent incident",
    Order.INCIDENTS: "Most incidents",
    Order.VICTIMS: "Most victims",
    Order.OUTSTANDING: "Action ending first",
}


class ActionKind(StrEnum):
    """What can be outstanding against somebody (domain guide §2, the list of actions)."""

    WANTED = "wanted"
    INTERVIEW = "interview"
    POLICE_BAIL = "police_bail"
    COURT_BAIL = "court_bail"
    PROTECTION_NOTICE = "protection_notice"
    PROTECTION_ORDER = "protection_order"
    NON_MOLESTATION = "non_molestation"
    OCCUPATION = "occupation"
    RESTRAINING = "restraining"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _KINDS[self].label

    @property
    def needs_end(self) -> bool:
        """It always has a day on which it ends, and that day is what people miss."""
        return _KINDS[self].needs_end

    @property
    def is_to_do(self) -> bool:
        """Something to be done by a day, and not something that holds until one."""
        return _KINDS[self].is_to_do


@dataclass(frozen=True, slots=True)
class _Kind:
    label: str
    needs_end: bool = False
    is_to_do: bool = False


# To add a kind, add a member above and its row here; the database has a CHECK on the members.
_KINDS = {
    ActionKind.WANTED: _Kind("Wanted: arrest outstanding", is_to_do=True),
    ActionKind.INTERVIEW: _Kind("Voluntary interview", needs_end=True, is_to_do=True),
    ActionKind.POLICE_BAIL: _Kind("Police bail", needs_end=True),
    ActionKind.COURT_BAIL: _Kind("Court bail", needs_end=True),
    ActionKind.PROTECTION_NOTICE: _Kind("Protection notice (DVPN or DAPN)", needs_end=True),
    ActionKind.PROTECTION_ORDER: _Kind("Protection order (DVPO or DAPO)"),
    ActionKind.NON_MOLESTATION: _Kind("Non-molestation order"),
    ActionKind.OCCUPATION: _Kind("Occupation order"),
    ActionKind.RESTRAINING: _Kind("Restraining order"),
    ActionKind.OTHER: _Kind("Something else", is_to_do=True),
}


class ActionState(StrEnum):
    """Where an action stands."""

    OPEN = "open"
    DONE = "done"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """Kept from when this and an error were one choice; it is offered no more."""
    DISCHARGED = "discharged"
    IN_ERROR = "in_error"

    @property
    def label(self) -> str:
        return _STATES[self]

    @property
    def is_open(self) -> bool:
        """Nobody has said yet how it ended."""
        return self is ActionState.OPEN


_STATES = {
    ActionState.OPEN: "Outstanding",
    ActionState.DONE: "Finished: done or decided",
    ActionState.EXPIRED: "Ran out, nothing follows",
    ActionState.DISCHARGED: "Withdrawn or discharged",
    ActionState.IN_ERROR: "Entered in error",
    ActionState.WITHDRAWN: "Withdrawn, discharged or entered in error",
}
ENDINGS = (
    ActionState.DONE,
    ActionState.EXPIRED,
    ActionState.DISCHARGED,
    ActionState.IN_ERROR,
)
"""How an action can be ended now."""


class EntryKind(StrEnum):
    """What an entry in the history of an action says."""

    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"

    @property
    def label(self) -> str:
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Outstanding:
    """How far an action has run, in words; never how bad it is."""

    kind: ActionKind
    ends_on: date | None
    today: date

    @property
    def days_left(self) -> int | None:
        """How many days are left; fewer than none once its day has passed."""
        return (self.ends_on - self.today).days if self.ends_on else None

    @property
    def is_past(self) -> bool:
        """Its day is over and nobody has said how it ended."""
        return self.days_left is not None and self.days_left < 0

    @property
    def is_soon(self) -> bool:
        """Its day is one of the next seven, or today."""
        return self.days_left is not None and 0 <= self.days_left <= SOON_DAYS

    @property
    def words(self) -> str:
        """When it ends, or by when it is to be done."""
        left = self.days_left
        if left is None or self.ends_on is None:
            return "No day is set" if self.kind.is_to_do else "No end date"
        if left < 0:
            ago = days_in_words(-left)
            if self.kind.is_to_do:
                return f"Overdue by {ago}"
            return f"Ended {ago} ago, no decision recorded"
        verb = "Due" if self.kind.is_to_do else "Ends"
        if left <= SOON_DAYS:
            return f"{verb} today" if left == 0 else f"{verb} in {days_in_words(left)}"
        return f"{'By' if self.kind.is_to_do else 'Until'} {words_for(self.ends_on)}"

    @property
    def in_short(self) -> str:
        """The kind and its day, as an officer at a door needs it."""
        if self.ends_on is None:
            return self.kind.label
        if self.is_past:
            said = "was due" if self.kind.is_to_do else "ended"
            return f"{self.kind.label} {said} {words_for(self.ends_on)} (ask what came of it)"
        joined = "by" if self.kind.is_to_do else "until"
        return f"{self.kind.label} {joined} {words_for(self.ends_on)}"


def check_action(
    kind: ActionKind, starts_on: date | None, ends_on: date | None, words: str, today: date
) -> list[InvalidError]:
    """Everything that is wrong with an action as it is entered."""
    found = []
    if starts_on is None:
        found.append(InvalidError("Enter the day from which it holds", field="starts_on"))
    elif abs((starts_on - today).days) > _EARLIEST_YEARS * 366:
        found.append(InvalidError("Check the year", field="starts_on"))
    if refusal := check_end(kind, starts_on, ends_on, today):
        found.append(refusal)
    if kind is ActionKind.OTHER and len(words) < 10:
        found.append(
            InvalidError(
                "Conditions: say what is outstanding, in at least 10 characters", field="conditions"
            )
        )
    return found


def check_end(
    kind: ActionKind, starts_on: date | None, ends_on: date | None, today: date
) -> InvalidError | None:
    """What is wrong with the day on which an action ends, if anything is."""
    if ends_on is None:
        if not kind.needs_end:
            return None
        return InvalidError(f"{kind.label}: enter the day on which it ends", field="ends_on")
    if starts_on and ends_on < starts_on:
        return InvalidError("This is before it begins", field="ends_on")
    if (ends_on - today).days > _LATEST_YEARS * 366:
        return InvalidError("Check the year", field="ends_on")
    return None


def check_ending(state: ActionState, ends_on: date | None, words: str, today: date) -> None:
    """InvalidError for an ending without a reason, or for running out before the day is over."""
    if state is ActionState.EXPIRED and (ends_on is None or ends_on >= today):
        until = f"It holds all of {words_for(ends_on)}" if ends_on else "It has no end date"
        raise InvalidError(f"{until}: it cannot have run out", field="state")
    require_words(words, "Say what came of it, or why, in at least 10 characters")


@dataclass(frozen=True, slots=True)
class Allegation:
    """One victim's record in which somebody is the alleged perpetrator.

    `victim` is the blind index, or None where the victim has no date of birth.
    """

    incident_id: UUID
    at: datetime
    victim: bytes | None


@dataclass(frozen=True, slots=True)
class Frequency:
    """How many incidents and victims there are; of those without a birthday, how many records."""

    incidents: int = 0
    victims: int = 0
    unlinked: int = 0
    """Records of victims without a date of birth: each may be one of the others, or not."""

    @property
    def recurs(self) -> bool:
        """Whether it is several incidents, or several victims.

        In one incident two victims without a birthday are two people; over several it recurs as
        it is.
        """
        return self.incidents >= RECURS_FROM or self.victims + self.unlinked >= RECURS_FROM

    @property
    def words(self) -> str:
        """Both numbers, in words."""
        said = so_many(self.incidents, "incident")
        if self.victims:
            said += f", {so_many(self.victims, 'victim')}"
        if self.unlinked:
            more = "and " if self.victims else ""
            said += f", {more}{so_many(self.unlinked, 'victim record')} without a date of birth"
        return said


def frequency(allegations: Iterable[Allegation], since: datetime | None = None) -> Frequency:
    """Count incidents and victims of some allegations, from a moment on if one is given."""
    counted = [each for each in allegations if since is None or each.at >= since]
    return Frequency(
        incidents=len({each.incident_id for each in counted}),
        victims=len({each.victim for each in counted if each.victim is not None}),
        unlinked=sum(each.victim is None for each in counted),
    )


def gaps(days: Iterable[date]) -> list[int]:
    """How many days lie between incidents that follow each other, the latest gap first."""
    ordered = sorted(set(days), reverse=True)
    return [(later - earlier).days for later, earlier in pairwise(ordered)]


def gaps_in_words(found: list[int]) -> str:
    """How far apart incidents are, going back from the latest; the first ten."""
    if not found:
        return "–"
    first, *earlier = (days_in_words(each) for each in found[:_MOST_GAPS])
    told = "; ".join([f"{first} before the latest", *(f"{each} before that" for each in earlier)])
    more = len(found) - _MOST_GAPS
    return f"{told}; and {more} more" if more > 0 else told


def may_look(*, for_the_list: bool, for_this: bool, is_own: bool) -> bool:
    """Whether what somebody has justified is enough to open one person.

    A justification for the list is enough for whoever stands in a record within one's own reach;
    anybody else needs one of their own (domain guide §5).
    """
    return for_this or (for_the_list and is_own)


def require_purpose(words: str) -> None:
    """A justification says something that somebody else can check."""
    require_words(words, "Say why, in at least 10 characters: others read it")
