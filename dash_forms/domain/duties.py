"""What is owed before an attempt can be sent: some of it always, some only after a decline.

A decline never removes the duty to search, to keep contact safe, to offer help and to offer the
assessment again (domain guide §0.6, §3). Only what applies is asked. The lists are proposals of
this project, not national rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class _Labelled(StrEnum):
    """A code with the words that officers see."""

    label: str

    def __new__(cls, value: str, label: str = "") -> _Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class System(_Labelled):
    """A system that can be searched at the scene or by the control room."""

    FORCE_RECORDS = "force_records", "Our own records"
    PNC = "pnc", "PNC"
    PND = "pnd", "PND"
    MARAC = "marac", "MARAC list"
    FIREARMS = "firearms", "Firearms licences"
    CHILD_RECORDS = "child_records", "Child protection records"
    NONE = "none", "None could be searched"


class OnVideo(_Labelled):
    """Whether body-worn video shows the offer and the refusal."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NO_CAMERA = "no_camera", "No camera was worn"


class ContactWay(_Labelled):
    """A way to reach the victim that the victim says is safe."""

    CALL = "call", "Phone call"
    TEXT = "text", "Text message"
    EMAIL = "email", "E-mail"
    VISIT = "visit", "Visit"
    TRUSTED = "trusted", "Through somebody trusted"
    NONE = "none", "No way is safe now"
    UNKNOWN = "unknown", "Not known"


class ContactTime(_Labelled):
    """When a call or visit is safe."""

    MORNING = "morning", "Mornings"
    AFTERNOON = "afternoon", "Afternoons"
    EVENING = "evening", "Evenings"
    ANY = "any", "Any time"
    ASK = "ask", "Not known"


class ContactNever(_Labelled):
    """When, or how, contact must not be made."""

    OTHER_HOME = "other_home", "When the other person may be home"
    AT_WORK = "at_work", "At work"
    VOICEMAIL = "voicemail", "By voicemail"
    MARKED = "marked", "From a police number or car that shows"
    NO_LIMITS = "no_limits", "No limits are known"
    UNKNOWN = "unknown", "Not known"


class Support(_Labelled):
    """Help that was offered, whether or not it was taken up."""

    ADVOCATE = "advocate", "Independent advocate (IDVA)"
    HELPLINE = "helpline", "Helpline number"
    SAFETY_PLAN = "safety_plan", "Safety plan"
    REFUGE = "refuge", "Refuge or another place to stay"
    MEDICAL = "medical", "Medical help"
    DISCLOSURE = "disclosure", "Clare’s Law"
    NONE = "none", "None could be offered"


class NextOffer(_Labelled):
    """When the officer thinks it should be offered again; what the grade asks may be sooner."""

    DAY = "day", "Within a day"
    DAYS = "days", "Within three days"
    WEEK = "week", "Within a week"
    UNSAFE = "unsafe", "Contact is not safe now"

    @property
    def within(self) -> timedelta | None:
        """How soon that is; None where no time was meant."""
        days = {NextOffer.DAY: 1, NextOffer.DAYS: 3, NextOffer.WEEK: 7}
        return timedelta(days=days[self]) if self in days else None


@dataclass(frozen=True, slots=True)
class Duties:
    """What was done around an attempt that did not end with all its answers."""

    systems: tuple[System, ...] = ()
    searched_at: datetime | None = None
    on_video: OnVideo | None = None
    contact_ways: tuple[ContactWay, ...] = ()
    contact_times: tuple[ContactTime, ...] = ()
    contact_never: tuple[ContactNever, ...] = ()
    contact_words: str = ""
    support: tuple[Support, ...] = ()
    next_offer: NextOffer | None = None

    @property
    def says_unsafe(self) -> bool:
        """The officer knew of no safe way or time to reach the victim again."""
        no_way = {ContactWay.NONE, ContactWay.UNKNOWN}
        return bool(no_way & set(self.contact_ways)) or self.next_offer is NextOffer.UNSAFE

    @property
    def before_contact(self) -> dict[str, str]:
        """What whoever contacts the victim next has to know, by label."""
        known = contact_in_words(self)
        if self.says_unsafe:
            known["Safe to contact"] = "No safe way is known"
        return {label: words for label, words in known.items() if words}

    @property
    def contact_in_short(self) -> str:
        """When contact is not safe and how it is, for a list that anybody near may see."""
        never, ways = contact_in_words(self)["Never contact"], said(self.contact_ways)
        if never and not set(_ALONE["contact_never"]) & set(self.contact_never):
            never = f"Never: {never.lower()}"
        return " · ".join(filter(None, (never, f"Safe: {ways.lower()}" if ways else "")))

    def keeping_contact_of(self, before: Duties) -> Duties:
        """The same, with what was said before about contact: it is asked no more after a stop."""
        return replace(self, **{name: getattr(before, name) for name in _ABOUT_CONTACT})


_ABOUT_CONTACT = (
    "contact_ways",
    "contact_times",
    "contact_never",
    "contact_words",
    "next_offer",
)
_AFTER_ANY = ("systems", "contact_ways", "contact_times", "contact_never", "support", "next_offer")
_ASKED = {
    Outcome.DECLINED: ("on_video", *_AFTER_ANY),
    Outcome.PARTIAL: ("on_video", *_AFTER_ANY),
    Outcome.UNABLE: _AFTER_ANY,
    Outcome.NOT_OFFERED: _AFTER_ANY,
}
_SENTENCES = {
    "on_video": "Say whether body-worn video shows the offer and the refusal",
    "systems": "Say which systems were searched, or that none could be",
    "contact_ways": "Say how the victim can be reached safely, or that no safe way is known",
    "contact_times": "Say when contact is safe",
    "contact_never": "Say when contact is not safe, or that no limits or nothing of it is known",
    "support": "Say what help was offered, or that none could be",
    "next_offer": "Say when to offer the assessment again, or that contact is not safe",
}
# What cannot be said of contact where no way of it is safe.
_AGAINST_NO_WAY: dict[str, frozenset[_Labelled]] = {
    "contact_times": frozenset(set(ContactTime) - {ContactTime.ASK}),
    "contact_never": frozenset({ContactNever.NO_LIMITS}),
}
# Choosing one of these says that there is nothing else to choose.
_ALONE: dict[str, tuple[_Labelled, ...]] = {
    "systems": (System.NONE,),
    "contact_ways": (ContactWay.NONE, ContactWay.UNKNOWN),
    "contact_times": (ContactTime.ASK,),
    "contact_never": (ContactNever.NO_LIMITS, ContactNever.UNKNOWN),
    "support": (Support.NONE,),
}


def asked_after(ended: Outcome, *, stopped: bool = False) -> tuple[str, ...]:
    """The duties that apply once an attempt has ended so, by field; none after a full one.

    Where contact has been `stopped`, nobody is asked how or when to contact the victim again.
    """
    names = _ASKED.get(ended, ())
    return tuple(name for name in names if name not in _ABOUT_CONTACT) if stopped else names


def owed_duties(duties: Duties, ended: Outcome, *, stopped: bool = False) -> Iterator[InvalidError]:
    """What of it is still owed, or contradicts itself, in the order of the page."""
    unreachable = ContactWay.NONE in duties.contact_ways
    for name in asked_after(ended, stopped=stopped):
        given = getattr(duties, name)
        if unreachable and name in _AGAINST_NO_WAY:
            if clash := [each for each in given if each in _AGAINST_NO_WAY[name]]:
                yield InvalidError(
                    f"“{ContactWay.NONE.label}” cannot stand beside “{clash[0].label}”. Take one"
                    " of the two back",
                    field=name,
                )
        elif not given:
            yield InvalidError(_SENTENCES[name], field=name)
        elif len(given) > 1 and (alone := [each for each in _ALONE.get(name, ()) if each in given]):
            yield InvalidError(f"“{alone[0].label}” cannot stand beside another choice", field=name)


Member = TypeVar("Member", bound=_Labelled)


def said(members: tuple[Member, ...]) -> str:
    """Several choices in a line."""
    return ", ".join(member.label for member in members)


def contact_in_words(duties: Duties) -> dict[str, str]:
    """What was said of safe contact, by label."""
    ways = (
        "Way not known" if ContactWay.UNKNOWN in duties.contact_ways else said(duties.contact_ways)
    )
    times = (
        "time not known" if ContactTime.ASK in duties.contact_times else said(duties.contact_times)
    )
    return {
        "Safe to contact": "; ".join(filter(None, (ways, times))),
        "Never contact": _WHEN_NOT_UNKNOWN
        if ContactNever.UNKNOWN in duties.contact_never
        else said(duties.contact_never),
        "About contact": duties.contact_words,
    }


_CONTACT_LABELS = ("Safe to contact", "Never contact", "About contact", "Next offer")
_WHEN_NOT_UNKNOWN = "When not to is not known"
_NOT_VALID = "Not valid any more: contact was stopped"


def after_stop(words: dict[str, str], *, with_old: bool = True) -> dict[str, str]:
    """What was said in words, once contact has been stopped: no rule of contact holds any more.

    The old ones stay for a reader of the record, marked as said before; others need none of them.
    """
    if "Safe to contact" not in words:
        return words
    held = {
        label: _NOT_VALID if label == "Safe to contact" else each
        for label, each in words.items()
        if label == "Safe to contact" or label not in _CONTACT_LABELS
    }
    old = {
        f"{label}, as said before the stop": words[label]
        for label in _CONTACT_LABELS
        if words.get(label) and with_old
    }
    return held | old


def said_last(attempts: Iterable[tuple[Outcome, Duties]]) -> Duties | None:
    """What was said last of safe contact, of attempts in their order; None where nobody was asked.

    Without an offer nobody spoke to the victim about it, so that makes contact less safe at most.
    """
    last: Duties | None = None
    for ended, duties in attempts:
        if "contact_ways" not in asked_after(ended):
            continue
        if last is None or ended is not Outcome.NOT_OFFERED or duties.says_unsafe:
            last = duties
    return last


def in_words(duties: Duties, ended: Outcome) -> dict[str, str]:
    """The duties as a reviewer and the next officer read them, by label."""
    if not asked_after(ended):
        return {}
    return {
        **(
            {"Offer and refusal on video": duties.on_video.label if duties.on_video else ""}
            if "on_video" in asked_after(ended)
            else {}
        ),
        "Systems searched": said(duties.systems),
        **contact_in_words(duties),
        "Help offered": said(duties.support),
        "Next offer": duties.next_offer.label if duties.next_offer else "",
    }
