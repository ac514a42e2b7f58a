"""Why an assessment ended without all its answers: the reason codes, one row each.

Source: domain guide §3. To add a reason, add a row; no migration is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.text import letter_count


class Ending(StrEnum):
    """The four ways in which an assessment can end other than by its answers."""

    DECLINED = "declined"
    UNABLE = "unable"
    NOT_OFFERED = "not_offered"
    EXEMPT = "exempt"


class Basis(StrEnum):
    """Whose words a reason is."""

    SAID = "said"
    INFERRED = "inferred"

    @property
    def label(self) -> str:
        return "Victim said" if self is Basis.SAID else "Officer inferred"


@dataclass(frozen=True, slots=True)
class Reason:
    """A coded reason. `asks_text` where words help; `proposes` an unable code where the reason
    describes a situation rather than the victim's choice."""

    code: str
    label: str
    ending: Ending
    asks_text: bool = False
    proposes: str | None = None


WHAT = "Say in a few words what the reason was"
NOT_DOMESTIC = "not_domestic"
ALREADY_ASSESSED = "already_assessed"
UNDER_16 = "under_16"
NONE_GIVEN = "none_given"
HONOUR = "shame_community"
NO_INTERPRETER = ("interpreter", "not_understood")
"""Reasons that show that a victim needs an interpreter."""

_D, _U, _N, _X = Ending.DECLINED, Ending.UNABLE, Ending.NOT_OFFERED, Ending.EXEMPT

REASONS: tuple[Reason, ...] = (
    Reason("fear_of_abuser", "Afraid of the abuser", _D),
    Reason("fear_for_children", "Afraid for, or of losing, the children", _D),
    Reason("not_abuse", "Does not see it as abuse", _D),
    Reason("immediate_help_only", "Wants only immediate help", _D),
    Reason("protects_abuser", "Does not want the abuser in trouble", _D),
    Reason("no_police_action", "Does not support police action", _D),
    Reason("distrust", "Distrust, or a bad past experience", _D),
    Reason("answered_before", "Has answered it all before", _D),
    Reason(HONOUR, "Shame, family, community or honour", _D),
    Reason("immigration", "Worried about immigration status", _D),
    Reason("no_sharing", "Does not want it shared with agencies", _D),
    Reason("says_not_victim", "Says they are not the victim", _D),
    Reason("bad_time", "Bad time: childcare, work or the late hour", _D),
    Reason(NONE_GIVEN, "Gave no reason", _D),
    Reason("other_decline", "Another reason", _D, asks_text=True),
    # A situation, not a choice: each proposes "unable" instead.
    Reason("abuser_in_room", "The abuser or others were in the room", _D, proposes="no_privacy"),
    Reason("too_intoxicated", "Too affected by drink or drugs", _D, proposes="intoxicated"),
    Reason("not_understood", "Could not follow without an interpreter", _D, proposes="interpreter"),
    Reason("no_privacy", "No privacy, or the abuser was present", _U),
    Reason("intoxicated", "Affected by drink or drugs", _U),
    Reason("injured", "Injured or being treated", _U),
    Reason("distressed", "Too distressed to continue", _U),
    Reason("interpreter", "No interpreter, or another communication need", _U),
    Reason("left", "Left, or could not be found", _U),
    Reason("asleep", "Asleep, or not safe to wake", _U),
    Reason("capacity", "Doubt about capacity", _U),
    Reason("called_away", "Officer called away", _U),
    Reason("device", "Device failed", _U),
    Reason("other_unable", "Another reason", _U, asks_text=True),
    Reason("urgent_duty", "Another urgent duty came first", _N),
    Reason("believed_done", "Believed a colleague had offered it", _N),
    Reason("believed_not_needed", "Believed it was not needed", _N),
    Reason("forgotten", "Forgotten", _N),
    Reason("other_not_offered", "Another reason", _N, asks_text=True),
    Reason(NOT_DOMESTIC, "Not domestic abuse, after enquiry", _X, asks_text=True),
    Reason(UNDER_16, "The victim is under 16: child process", _X),
    Reason("deceased", "The victim has died", _X),
    Reason(ALREADY_ASSESSED, "The same incident is already assessed", _X, asks_text=True),
    Reason("other_force", "Another force or agency owns it", _X, asks_text=True),
)

_BY_CODE = {reason.code: reason for reason in REASONS}


def reasons_for(ending: Ending) -> tuple[Reason, ...]:
    """The reasons for one kind of ending, in the order in which they are offered."""
    return tuple(reason for reason in REASONS if reason.ending is ending)


def reason(code: str) -> Reason:
    """The reason with this code; an unknown code is an InvalidError."""
    try:
        return _BY_CODE[code]
    except KeyError:
        raise InvalidError("Choose a reason from the list", field="primary") from None


def basis_of(code: str, stated: Basis | None) -> Basis | None:
    """Whose word a reason is: as stated, or the officer's own where the victim gave none."""
    return stated or (Basis.INFERRED if code == NONE_GIVEN else None)


@dataclass(frozen=True, slots=True)
class GivenReason:
    """A reason as recorded: which, on whose word, and in what words."""

    code: str
    basis: Basis
    text: str = ""


@dataclass(frozen=True, slots=True)
class RecordedReasons:
    """One primary reason and any others, all for the same ending."""

    ending: Ending
    primary: GivenReason
    others: tuple[GivenReason, ...] = ()

    def __post_init__(self) -> None:
        codes = [given.code for given in self.all]
        if len(set(codes)) < len(codes):
            raise InvalidError("Each reason can be chosen once", field="others")
        for given in self.all:
            known = reason(given.code)
            if known.ending is not self.ending:
                raise InvalidError("Choose a reason from the list", field="primary")
        if reason(self.primary.code).asks_text and not letter_count(self.primary.text):
            raise InvalidError(WHAT, field="text")

    @property
    def all(self) -> tuple[GivenReason, ...]:
        """The primary reason first."""
        return (self.primary, *self.others)


# Phrases in free text that describe a situation and not a choice. A proposal only: the officer
# decides, and is never stopped.
_SITUATIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "no_privacy",
        re.compile(
            r"\b(in|inside) the (room|house|flat|car|hall)\b"
            r"|\b(was|were|is|are|still) (present|there|listening)\b"
            r"|\bno privacy\b|\bcould not (talk|speak) alone\b",
            re.IGNORECASE,
        ),
    ),
    ("intoxicated", re.compile(r"\b(drunk|intoxicated|under the influence)\b", re.IGNORECASE)),
    ("interpreter", re.compile(r"\b(interpreter|no english|language barrier)\b", re.IGNORECASE)),
    ("asleep", re.compile(r"\b(asleep|sleeping)\b", re.IGNORECASE)),
)


def proposals() -> list[tuple[str, str, Reason]]:
    """What `proposed_unable` goes by: (decline code or "", pattern of words or "", reason)."""
    coded = [(each.code, "", reason(each.proposes)) for each in REASONS if each.proposes]
    return coded + [("", words.pattern, reason(code)) for code, words in _SITUATIONS]


def proposed_unable(given: GivenReason) -> Reason | None:
    """The unable code that a decline reason really describes, if it does (scenario 7)."""
    known = reason(given.code)
    if known.ending is not Ending.DECLINED:
        return None
    if known.proposes:
        return reason(known.proposes)
    return next((reason(code) for code, words in _SITUATIONS if words.search(given.text)), None)
