"""What can be done for a victim after the assessment: one table of kinds of task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from dash_forms.domain.errors import StateError


class TaskKind(StrEnum):
    """What somebody is to do (domain guide §2, the list of actions)."""

    IDVA = "idva"
    SAFETY_PLAN = "safety_plan"
    PROTECTION_NOTICE = "protection_notice"
    CLARES_LAW_ASK = "clares_law_ask"
    CLARES_LAW_KNOW = "clares_law_know"
    CIVIL_ORDER_ADVICE = "civil_order_advice"
    BAIL_CONDITIONS = "bail_conditions"
    CHILD_REFERRAL = "child_referral"
    ADULT_SAFEGUARDING = "adult_safeguarding"
    ADDRESS_MARKER = "address_marker"
    WELFARE_VISIT = "welfare_visit"
    INTERPRETER = "interpreter"
    SAFEGUARDING = "safeguarding"
    ARREST = "arrest"
    MARAC_REFERRAL = "marac_referral"
    IDENTIFY_CHILDREN = "identify_children"
    ENCOMPASS = "encompass"
    OTHER = "other"

    @property
    def label(self) -> str:
        return KINDS[self].label

    @property
    def is_automatic(self) -> bool:
        """Made by the application, for children who are known of; nobody adds it by hand."""
        return self in {TaskKind.ENCOMPASS, TaskKind.IDENTIFY_CHILDREN}

    @property
    def tells_school(self) -> bool:
        """It is about one child, and done once the school has been told in some way."""
        return self is TaskKind.ENCOMPASS

    @property
    def identifies_children(self) -> bool:
        """It is done once the children who are known of are linked."""
        return self is TaskKind.IDENTIFY_CHILDREN


@dataclass(frozen=True, slots=True)
class Kind:
    """What a task is called, and in how long it should be done (ours unless said otherwise)."""

    label: str
    within: timedelta


_DAY = timedelta(days=1)

# To add a kind, add a member above and its row here; the database has a CHECK on the members.
KINDS: dict[TaskKind, Kind] = {
    TaskKind.IDVA: Kind("Refer to an IDVA", _DAY),
    TaskKind.SAFETY_PLAN: Kind("Safety plan with the victim", _DAY),
    TaskKind.PROTECTION_NOTICE: Kind(
        "Protection notice or order (DVPN, DVPO; DAPN, DAPO where in force)", 2 * _DAY
    ),
    # 28 days, in law (domain guide §2).
    TaskKind.CLARES_LAW_ASK: Kind("Clare’s Law: right to ask", 28 * _DAY),
    TaskKind.CLARES_LAW_KNOW: Kind("Clare’s Law: right to know", 28 * _DAY),
    TaskKind.CIVIL_ORDER_ADVICE: Kind("Advice on a non-molestation or occupation order", 3 * _DAY),
    TaskKind.BAIL_CONDITIONS: Kind("Bail conditions", _DAY),
    TaskKind.CHILD_REFERRAL: Kind("Refer to children’s services", _DAY),
    TaskKind.ADULT_SAFEGUARDING: Kind("Refer to adult safeguarding", _DAY),
    TaskKind.ADDRESS_MARKER: Kind("Address marker or TecSOS alarm", _DAY),
    TaskKind.WELFARE_VISIT: Kind("Visit again to see how the victim is", 7 * _DAY),
    TaskKind.INTERPRETER: Kind("Interpreter for the next contact", 2 * _DAY),
    TaskKind.SAFEGUARDING: Kind("Refer a child or an adult at risk", _DAY),
    TaskKind.ARREST: Kind("Arrest or other positive action", _DAY),
    TaskKind.MARAC_REFERRAL: Kind("Send the MARAC referral", 2 * _DAY),
    # Both of these are due before the next school day, whatever stands here.
    TaskKind.IDENTIFY_CHILDREN: Kind("Find out who the children are, and link them", 0 * _DAY),
    TaskKind.ENCOMPASS: Kind("Tell the school (Operation Encompass)", 0 * _DAY),
    TaskKind.OTHER: Kind("Something else", 7 * _DAY),
}


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    NOT_NEEDED = "not_needed"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()

    @property
    def is_open(self) -> bool:
        """Somebody has still to do it."""
        return self is TaskState.OPEN

    @property
    def is_done(self) -> bool:
        """It was done, and not found needless."""
        return self is TaskState.DONE


class Channel(StrEnum):
    """How a school was told."""

    PHONE = "phone"
    EMAIL = "email"
    PORTAL = "portal"

    @property
    def label(self) -> str:
        return {"phone": "Phone", "email": "E-mail", "portal": "Portal"}[self.value]


def require_open(state: TaskState) -> None:
    """StateError for a task that somebody has ended."""
    if state is not TaskState.OPEN:
        raise StateError(f"This task is “{state.label.lower()}” already.")
