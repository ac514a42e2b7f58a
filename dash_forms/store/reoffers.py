"""What is owed of offers to a pair: the one that is due, its being made, and a stop to contact."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select

from dash_forms.domain.assessment import Event, State, after
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import StateError
from dash_forms.domain.permissions import PERMISSIONS, Permission, Scope
from dash_forms.domain.reoffers import EndReason
from dash_forms.domain.review import FollowUpKind, standing
from dash_forms.store.models import Account, Assessment, FollowUp, Incident, Pair
from dash_forms.store.owed import close_if_nothing_owed
from dash_forms.store.work import Work

# What falls with an attempt that was made in error is owed no longer.
IS_OWED = (
    (FollowUp.kind == FollowUpKind.REOFFER)
    & (FollowUp.state == State.REOFFER_DUE)
    & (Assessment.state != State.VOID)
)


@dataclass(frozen=True, slots=True)
class OwedOffer:
    """An offer that is to be made."""

    id: UUID
    due_at: datetime
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class ContactStop:
    """Why the victim is not to be contacted, who said so, and when."""

    words: str
    by: str
    at: datetime


def in_reach(work: Work) -> list[ColumnElement[bool]]:
    """The offers that a person sees: the own team's, or whatever is overdue in the whole force."""
    if _sees_every_team(work):
        return [FollowUp.due_at < work.now]
    return [Incident.team_id == work.by.team_id]


def _sees_every_team(work: Work) -> bool:
    return PERMISSIONS[work.by.role].get(Permission.VIEW_REOFFERS) is Scope.FORCE


# Put together once, because it stands in the header of nearly every page.
_COUNT_OWED = (
    select(func.count())
    .select_from(FollowUp)
    .join(Assessment, Assessment.id == FollowUp.assessment_id)
    .join(Pair, Pair.id == Assessment.pair_id)
    .join(Incident, Incident.id == Pair.incident_id)
    .where(IS_OWED)
)
_COUNT_OVERDUE = _COUNT_OWED.where(FollowUp.due_at < bindparam("now", type_=FollowUp.due_at.type))
_COUNT_OF_TEAM = _COUNT_OWED.where(Incident.team_id == bindparam("team_id"))


def count_owed(work: Work) -> int:
    """How many offers wait for this person and their team; the same that `in_reach` lists."""
    if _sees_every_team(work):
        return work.connection.scalar(_COUNT_OVERDUE, {"now": work.now}) or 0
    return work.connection.scalar(_COUNT_OF_TEAM, {"team_id": work.by.team_id}) or 0


def owed_offers(work: Work, pair_ids: Collection[UUID]) -> dict[UUID, OwedOffer]:
    """The offer that each pair is owed, where one is."""
    rows = work.session.execute(
        select(Assessment.pair_id, FollowUp)
        .join(FollowUp, FollowUp.assessment_id == Assessment.id)
        .where(Assessment.pair_id.in_(pair_ids), IS_OWED)
    )
    return {
        pair_id: OwedOffer(
            owed.id,
            owed.due_at,
            standing(owed.state, owed.due_at, work.now) is State.REOFFER_OVERDUE,
        )
        for pair_id, owed in rows
    }


def contact_stops(work: Work, pair_ids: Collection[UUID]) -> dict[UUID, ContactStop]:
    """Why nobody is to contact the victim of a pair, where that was decided."""
    codes = [each for each in EndReason if each.stops_contact]
    rows = work.session.execute(
        select(Assessment.pair_id, FollowUp, Account.display_name)
        .join(FollowUp, FollowUp.assessment_id == Assessment.id)
        .join(Account, Account.id == FollowUp.ended_by_id)
        .where(
            Assessment.pair_id.in_(pair_ids),
            FollowUp.state == State.REOFFER_CLOSED,
            FollowUp.code.in_(codes),
        )
        .order_by(FollowUp.ended_at)
    )
    return {
        pair_id: ContactStop(
            work.vault.open_text(ended.id, "words", ended.words_sealed), name, ended.ended_at
        )
        for pair_id, ended, name in rows
        if ended.ended_at
    }


def owes_no_further_offer(work: Work, pair_id: UUID) -> bool:
    """Whether an offer is still owed from before, or a supervisor has ended them."""
    found = work.session.scalar(
        select(FollowUp.id)
        .join(Assessment, Assessment.id == FollowUp.assessment_id)
        .where(
            Assessment.pair_id == pair_id,
            IS_OWED | (FollowUp.state == State.REOFFER_CLOSED),
        )
        .limit(1)
    )
    return found is not None


def note_offer_made(work: Work, assessment: Assessment) -> None:
    """The offer that was owed is made, now that a later attempt begins or the victim answers it.

    To be called before the attempt's state changes. Opening the page alone is no offer, and one
    that was not made after all stays owed with its clock running.
    """
    if assessment.attempt == 1:
        return
    found = work.session.execute(
        select(FollowUp, Assessment)
        .join(Assessment, Assessment.id == FollowUp.assessment_id)
        .where(Assessment.pair_id == assessment.pair_id, IS_OWED)
        .with_for_update(of=FollowUp)
        .execution_options(populate_existing=True)
    ).first()
    if found is not None:
        owed, earlier = found
        end_follow_up(work, owed, earlier, Event.OFFER_AGAIN)
        work.audit(Name.REOFFER_MADE, "assessment", assessment.id, attempt=assessment.attempt)
    elif owes_no_further_offer(work, assessment.pair_id):
        raise StateError("The offers to this victim have been ended, so no other can be made.")


def end_follow_up(work: Work, owed: FollowUp, assessment: Assessment, event: Event) -> None:
    """End what was owed after an attempt, which is closed once nothing else is."""
    owed.state = after(standing(owed.state, owed.due_at, work.now), event)
    owed.ended_at, owed.ended_by_id = work.now, work.by.id
    close_if_nothing_owed(work, assessment)


def owe_again(work: Work, voided: Assessment) -> None:
    """With the attempt that it made turning out to be an error, an offer is owed once more.

    Its due time stays, so it may well be overdue. A later attempt stands for it, though, and what
    a supervisor has ended stays ended.
    """
    work.session.flush()
    if owes_no_further_offer(work, voided.pair_id):
        return
    numbered = work.session.execute(
        select(Assessment.id, Assessment.attempt)
        .where(
            Assessment.pair_id == voided.pair_id,
            Assessment.id != voided.id,
            Assessment.state != State.VOID,
        )
        .order_by(Assessment.attempt.desc())
    ).first()
    if numbered is None or numbered.attempt > voided.attempt:
        return
    made = work.session.scalar(
        select(FollowUp)
        .where(FollowUp.assessment_id == numbered.id, FollowUp.state == State.REOFFERED)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if made is not None:
        made.state = after(made.state, Event.TAKE_OFFER_BACK)
        made.ended_at = made.ended_by_id = None
        work.audit(Name.REOFFER_TAKEN_BACK, "follow_up", made.id)
