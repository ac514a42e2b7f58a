"""The offers that are due, and one of them with everything that the next visit needs to know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from dash_forms.domain.assessment import Event, Outcome, State, allows
from dash_forms.domain.audit_events import Name
from dash_forms.domain.declines import reason
from dash_forms.domain.duties import Duties, after_stop, in_words
from dash_forms.domain.grading import Grade, Stated
from dash_forms.domain.history import Stopped
from dash_forms.domain.incidents import Interpreter
from dash_forms.domain.periods import apart
from dash_forms.domain.permissions import Permission, Role
from dash_forms.domain.reoffers import EndReason
from dash_forms.domain.review import standing
from dash_forms.reoffers.finding import found_offer
from dash_forms.store.access import VICTIM_COUNT, VICTIM_NUMBER, which_victim
from dash_forms.store.accounts import display_names
from dash_forms.store.attempts import AttemptView, attempts_of
from dash_forms.store.duties import last_contact, stored_duties
from dash_forms.store.endings import ReasonView, outcome_of, recorded_ending, recorded_reasons
from dash_forms.store.models import (
    Account,
    Assessment,
    AssessmentReason,
    FollowUp,
    Incident,
    Pair,
    Person,
    Team,
)
from dash_forms.store.reoffers import (
    IS_OWED,
    ContactStop,
    contact_stop,
    count_owed,
    in_reach,
    made_offers,
    made_safe,
    stopped_since,
    stops_elsewhere,
)
from dash_forms.store.work import Work

LIST_LENGTH = 100


class _Standing:
    """What follows from who has an offer, and from the attempts so far."""

    __slots__ = ()
    attempts: list[AttemptView]
    owner: str
    is_own: bool

    @property
    def is_a_colleagues(self) -> bool:
        """Somebody else has it."""
        return bool(self.owner) and not self.is_own

    @property
    def is_opened(self) -> bool:
        """Somebody has opened the next attempt and not begun yet."""
        return self.attempts[-1].state is State.REQUIRED


@dataclass(frozen=True, slots=True)
class DueOffer(_Standing):
    """An offer in the list. It names no victim: lists are seen by whoever stands near."""

    id: UUID
    incident_id: UUID
    urn: str
    victim: str
    """Which victim of the incident, where there are several."""
    team: str
    grade: Grade | None
    due_at: datetime
    is_overdue: bool
    distance: str
    """How long until it is due, or since it was."""
    owner: str
    is_own: bool
    attempts: list[AttemptView]
    reasons: list[str]
    """Why the last attempt ended, the main reason first."""
    seen_alone: Stated | None
    has_phone: bool
    contact: Duties
    """What was said last of safe contact with the victim."""
    is_stopped_elsewhere: bool
    """Contact with the same victim was stopped in another incident."""

    @property
    def last(self) -> AttemptView:
        """The attempt that came to an end last."""
        return self.attempts[-2] if self.is_opened else self.attempts[-1]


@dataclass(frozen=True, slots=True)
class DueOffers:
    """What is overdue, then what is due, each soonest first."""

    overdue: list[DueOffer]
    due: list[DueOffer]
    found: int


@dataclass(frozen=True, slots=True)
class OfferView(_Standing):
    """One offer."""

    id: UUID
    incident_id: UUID
    urn: str
    team: str
    grade: Grade | None
    state: State
    due_at: datetime
    distance: str
    owner: str
    owner_id: UUID | None
    is_own: bool
    attempts: list[AttemptView]
    reasons: list[ReasonView]
    seen_alone: Stated | None
    interpreter: Interpreter | None
    says_unsafe: bool
    """Nobody knows a safe way to reach the victim."""
    made_safe: str
    """How contact was made safe for the next attempt, if that was said."""
    duties: dict[str, str]
    """What the last officer learnt about safe contact, and what was offered, in words."""
    phone: str
    stop: ContactStop | None
    stops_elsewhere: tuple[Stopped, ...]
    """Of other incidents of the same victim."""
    is_under_way: bool
    """It was made, and nothing has come of it yet that ended or renewed it."""
    end_reason: EndReason | None
    end_words: str
    ended_by: str
    ended_at: datetime | None
    officers: list[tuple[UUID, str]]
    """To whom a supervisor can give it."""

    @property
    def asks_made_safe(self) -> bool:
        """Nobody makes this offer before saying how contact was made safe."""
        return bool(self.says_unsafe or self.stops_elsewhere) and not self.made_safe

    @property
    def is_owed(self) -> bool:
        return allows(self.state, Event.OFFER_AGAIN)

    @property
    def is_overdue(self) -> bool:
        """It is owed, and its time has passed already."""
        return self.is_owed and not allows(self.state, Event.DUE_PASSES)

    @property
    def declined_count(self) -> int:
        return sum(each.outcome is Outcome.DECLINED for each in self.attempts)


def due_offers(work: Work) -> DueOffers:
    """The offers that the person's team owes, or for an inspector all that are overdue."""
    owner = aliased(Account)
    rows = work.session.execute(
        select(
            FollowUp.id,
            FollowUp.due_at,
            FollowUp.state,
            FollowUp.owner_id,
            FollowUp.assessment_id,
            Assessment.pair_id,
            Assessment.grade,
            Assessment.seen_alone,
            Incident.id.label("incident_id"),
            Incident.urn,
            Team.name.label("team"),
            owner.display_name.label("owner"),
            Person.phone_sealed.is_not(None).label("has_phone"),
            VICTIM_NUMBER,
            VICTIM_COUNT,
        )
        .join(Assessment, Assessment.id == FollowUp.assessment_id)
        .join(Pair, Pair.id == Assessment.pair_id)
        .join(Person, Person.id == Pair.victim_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .join(Team, Team.id == Incident.team_id)
        .outerjoin(owner, owner.id == FollowUp.owner_id)
        .where(IS_OWED, *in_reach(work))
        .order_by(FollowUp.due_at, FollowUp.id)
        .limit(LIST_LENGTH)
    ).all()
    attempts = attempts_of(work, {row.pair_id for row in rows})
    elsewhere = stops_elsewhere(work, {row.pair_id for row in rows})
    contact = last_contact(work, {row.pair_id for row in rows})
    reasons = _reasons_in_words(work, [row.assessment_id for row in rows])
    listed = [
        DueOffer(
            id=row.id,
            incident_id=row.incident_id,
            urn=row.urn,
            victim=which_victim(row.victim_number, row.victim_count),
            team=row.team,
            grade=row.grade,
            due_at=row.due_at,
            is_overdue=standing(row.state, row.due_at, work.now) is State.REOFFER_OVERDUE,
            distance=apart(row.due_at, work.now),
            owner=row.owner or "",
            is_own=row.owner_id == work.by.id,
            attempts=attempts[row.pair_id],
            reasons=reasons[row.assessment_id],
            seen_alone=row.seen_alone,
            has_phone=row.has_phone,
            contact=contact.get(row.pair_id, Duties()),
            is_stopped_elsewhere=bool(elsewhere[row.pair_id]),
        )
        for row in rows
    ]
    found = count_owed(work) if len(listed) == LIST_LENGTH else len(listed)
    work.audit(Name.REOFFERS_LISTED, "follow_up", found=found)
    return DueOffers(
        overdue=[each for each in listed if each.is_overdue],
        due=[each for each in listed if not each.is_overdue],
        found=found,
    )


def offer_page(work: Work, offer_id: UUID) -> OfferView:
    """One offer, with every attempt so far."""
    found = found_offer(work, offer_id, Permission.VIEW_REOFFERS)
    owed, assessment, incident = found.owed, found.assessment, found.incident
    pair_id = assessment.pair_id
    team = work.session.get_one(Team, incident.team_id)
    victim = work.session.scalars(
        select(Person).join(Pair, Pair.victim_id == Person.id).where(Pair.id == pair_id)
    ).one()
    duties = stored_duties(work, assessment.id)
    duties = duties.keeping_contact_of(last_contact(work, [pair_id]).get(pair_id, duties))
    words = in_words(duties, outcome_of(work, assessment, recorded_ending(work, assessment.id)))
    names = display_names(work, {owed.owner_id, owed.ended_by_id})
    work.audit(Name.REOFFER_VIEWED, "follow_up", owed.id)
    return OfferView(
        id=owed.id,
        incident_id=incident.id,
        urn=incident.urn,
        team=team.name,
        grade=assessment.grade,
        state=standing(owed.state, owed.due_at, work.now),
        due_at=owed.due_at,
        distance=apart(owed.due_at, work.now),
        owner=names.get(owed.owner_id, ""),
        owner_id=owed.owner_id,
        is_own=owed.owner_id == work.by.id,
        attempts=attempts_of(work, [pair_id])[pair_id],
        reasons=recorded_reasons(work, assessment.id),
        seen_alone=assessment.seen_alone,
        interpreter=assessment.interpreter,
        says_unsafe=duties.says_unsafe,
        made_safe=_made_safe_after(work, assessment),
        duties=after_stop(words) if stopped_since(work, assessment) else words,
        phone=work.vault.open_text(victim.id, "phone", victim.phone_sealed),
        stop=contact_stop(work, pair_id),
        stops_elsewhere=stops_elsewhere(work, [pair_id])[pair_id],
        is_under_way=made_offers(work, [pair_id]).get(pair_id) == owed.id,
        end_reason=EndReason(owed.code) if owed.code else None,
        end_words=work.vault.open_text(owed.id, "words", owed.words_sealed),
        ended_by=names.get(owed.ended_by_id, ""),
        ended_at=owed.ended_at,
        officers=_officers(work, incident.team_id)
        if work.by.may(Permission.MANAGE_REOFFERS)
        else [],
    )


def _made_safe_after(work: Work, assessment: Assessment) -> str:
    """What the attempt that this offer opened says."""
    following = work.session.scalars(
        select(Assessment)
        .where(
            Assessment.pair_id == assessment.pair_id,
            Assessment.attempt > assessment.attempt,
            Assessment.state != State.VOID,
        )
        .order_by(Assessment.attempt)
    ).first()
    return made_safe(work, following) if following else ""


def _officers(work: Work, team_id: UUID) -> list[tuple[UUID, str]]:
    rows = work.session.execute(
        select(Account.id, Account.display_name)
        .where(
            Account.team_id == team_id, Account.role == Role.OFFICER, Account.closed_at.is_(None)
        )
        .order_by(Account.display_name, Account.id)
    )
    return [(row.id, row.display_name) for row in rows]


def _reasons_in_words(work: Work, assessments: Collection[UUID]) -> dict[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = work.session.execute(
        select(AssessmentReason.assessment_id, AssessmentReason.code)
        .where(AssessmentReason.assessment_id.in_(assessments))
        .order_by(AssessmentReason.is_primary.desc(), AssessmentReason.code)
    )
    for row in rows:
        found[row.assessment_id].append(reason(row.code).label)
    return found
