"""What is owed of offers to a pair: the one that is due, its being made, and a stop to contact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select, union
from sqlalchemy.orm import aliased

from dash_forms.domain.assessment import Event, State, after
from dash_forms.domain.audit_events import Name
from dash_forms.domain.declines import Ending
from dash_forms.domain.errors import StateError
from dash_forms.domain.history import Stopped
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import PERMISSIONS, Permission, Scope
from dash_forms.domain.reoffers import EndReason
from dash_forms.domain.review import FollowUpKind, standing
from dash_forms.store.duties import last_contact
from dash_forms.store.endings import recorded_ending
from dash_forms.store.models import (
    Account,
    Assessment,
    Correction,
    FollowUp,
    Incident,
    Pair,
    Person,
)
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


# Put together once, because they stand on every page of an attempt.
_STOPS = (
    select(
        Assessment.pair_id,
        FollowUp.id,
        FollowUp.words_sealed,
        Account.display_name,
        FollowUp.ended_at,
    )
    .join(FollowUp, FollowUp.assessment_id == Assessment.id)
    .join(Account, Account.id == FollowUp.ended_by_id)
    .where(
        # By the code, which nothing but an end has: by the state SQLite would read every end.
        FollowUp.kind == FollowUpKind.REOFFER,
        FollowUp.code.in_([each.value for each in EndReason if each.stops_contact]),
    )
    .order_by(FollowUp.ended_at)
)
_STOPS_HERE = _STOPS.where(Assessment.pair_id.in_(bindparam("pairs", expanding=True)))
_here, _victim_here, _victim = aliased(Pair), aliased(Person), aliased(Person)
_was_here, _was = aliased(Correction), aliased(Correction)
_ELSEWHERE = (
    _STOPS.order_by(None)
    .add_columns(
        _here.id.label("here_id"),
        Incident.id.label("incident_id"),
        Incident.urn,
        Incident.reported_at,
        Incident.team_id,
        Incident.created_by_id,
    )
    .join(Pair, Pair.id == Assessment.pair_id)
    .join(Incident, Incident.id == Pair.incident_id)
)
_OF_THESE = (_here.id.in_(bindparam("pairs", expanding=True)), _here.id != Pair.id)
# By who the victim is there and here, now or before a correction: a letter put right must not put
# an end to a decision. One join for each, because an OR would read every victim.
_STOPS_ELSEWHERE = union(
    _ELSEWHERE.join(_victim, _victim.id == Pair.victim_id)
    .join(_victim_here, _victim_here.identity_index == _victim.identity_index)
    .join(_here, _here.victim_id == _victim_here.id)
    .where(*_OF_THESE),
    _ELSEWHERE.join(_victim, _victim.id == Pair.victim_id)
    .join(_was_here, _was_here.former_index == _victim.identity_index)
    .join(_here, _here.id == _was_here.pair_id)
    .where(*_OF_THESE),
    _ELSEWHERE.join(_was, _was.pair_id == Pair.id)
    .join(_victim_here, _victim_here.identity_index == _was.former_index)
    .join(_here, _here.victim_id == _victim_here.id)
    .where(*_OF_THESE),
    _ELSEWHERE.join(_was, _was.pair_id == Pair.id)
    .join(_was_here, _was_here.former_index == _was.former_index)
    .join(_here, _here.id == _was_here.pair_id)
    .where(*_OF_THESE),
).order_by("ended_at")


def contact_stops(work: Work, pair_ids: Collection[UUID]) -> dict[UUID, ContactStop]:
    """Why nobody is to contact the victim of a pair, where that was decided."""
    return {
        row.pair_id: ContactStop(
            work.vault.open_text(row.id, "words", row.words_sealed), row.display_name, row.ended_at
        )
        for row in work.connection.execute(_STOPS_HERE, {"pairs": list(pair_ids)})
    }


def contact_stop(work: Work, pair_id: UUID) -> ContactStop | None:
    """Why nobody is to contact the victim of this pair, if that was decided."""
    return contact_stops(work, [pair_id]).get(pair_id)


def stops_elsewhere(
    work: Work, pair_ids: Collection[UUID]
) -> defaultdict[UUID, tuple[Stopped, ...]]:
    """The stops that other incidents hold for the victim of each pair, the oldest first.

    Only where the same person was the victim: what was decided for the other party is no part.
    Who was corrected since is still the same person.
    """
    found: defaultdict[UUID, tuple[Stopped, ...]] = defaultdict(tuple)
    for row in work.connection.execute(_STOPS_ELSEWHERE, {"pairs": list(pair_ids)}):
        opens = work.by.reaches(
            Permission.VIEW_INCIDENTS, team_id=row.team_id, author_id=row.created_by_id
        )
        found[row.here_id] += (
            Stopped(
                row.incident_id,
                row.urn,
                london_date(row.reported_at),
                opens,
                words=work.vault.open_text(row.id, "words", row.words_sealed),
                by=row.display_name,
                at=row.ended_at,
            ),
        )
    return found


def stopped_since(work: Work, assessment: Assessment) -> bool:
    """Whether contact was stopped after what this attempt says of it, or in another incident."""
    if contact_stop(work, assessment.pair_id):
        return True
    sent_at = assessment.submitted_at
    stops = stops_elsewhere(work, [assessment.pair_id])[assessment.pair_id]
    return sent_at is not None and any(each.at > sent_at for each in stops)


def require_contact(work: Work, pair_id: UUID) -> None:
    """StateError, with the reason, if nobody is to contact the victim."""
    if stop := contact_stop(work, pair_id):
        raise StateError(f"Do not contact this victim: {stop.words}")


_NOT_MADE = {State.REOFFER_DUE, State.REOFFER_CLOSED}


def made_offers(work: Work, pair_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The offer of each pair that was made last, where none is due and offers have not ended.

    Through it a supervisor stops contact at once, whatever the attempt that it made has come to.
    """
    # Every follow-up of these pairs, and no condition on its state: a database without statistics
    # would begin with all that were ever made.
    rows = work.session.execute(
        select(Assessment.pair_id, FollowUp.id, FollowUp.state)
        .join(FollowUp, FollowUp.assessment_id == Assessment.id)
        .where(Assessment.pair_id.in_(pair_ids), Assessment.state != State.VOID)
        .order_by(Assessment.attempt)
    ).all()
    not_made = {row.pair_id for row in rows if row.state in _NOT_MADE}
    return {
        row.pair_id: row.id
        for row in rows
        if row.state is State.REOFFERED and row.pair_id not in not_made
    }


def looks_unsafe(work: Work, assessment: Assessment) -> bool:
    """Whether nobody knows a safe way to offer again after this attempt.

    Its officer knew of none, or contact with the same victim was stopped in another incident.
    """
    pair_id = assessment.pair_id
    said = last_contact(work, [pair_id]).get(pair_id)
    if said and said.says_unsafe:
        return True
    return bool(stops_elsewhere(work, [pair_id])[pair_id])


def made_safe(work: Work, assessment: Assessment) -> str:
    """How contact was made safe before an attempt, if somebody had to say so."""
    return work.vault.open_text(assessment.id, "made_safe", assessment.made_safe_sealed)


def made_safe_in_words(work: Work, assessment: Assessment) -> dict[str, str]:
    """The same by its label; nothing where it was not needed."""
    words = made_safe(work, assessment)
    return {"How contact was made safe": words} if words else {}


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
    that was not made after all stays owed with its clock running. An attempt whose offer was made
    before the offers ended may still come to its own end.
    """
    if assessment.attempt == 1 or _is_made(work, assessment):
        return
    require_contact(work, assessment.pair_id)
    found = work.session.execute(
        select(FollowUp, Assessment)
        .join(Assessment, Assessment.id == FollowUp.assessment_id)
        .where(Assessment.pair_id == assessment.pair_id, IS_OWED)
        .with_for_update(of=FollowUp)
        .execution_options(populate_existing=True)
    ).first()
    if found is not None:
        owed, earlier = found
        if not assessment.made_safe_sealed and looks_unsafe(work, earlier):
            raise StateError(
                "No safe way to reach this victim was known. Say first how contact was made safe,"
                " on the page of the offer."
            )
        end_follow_up(work, owed, earlier, Event.OFFER_AGAIN)
        work.audit(Name.REOFFER_MADE, "assessment", assessment.id, attempt=assessment.attempt)
    elif owes_no_further_offer(work, assessment.pair_id):
        raise StateError("The offers to this victim have been ended, so no other can be made.")


def _is_made(work: Work, assessment: Assessment) -> bool:
    """Whether the attempt has been offered to the victim already."""
    if assessment.state is State.RETURNED:
        return recorded_ending(work, assessment.id) is not Ending.NOT_OFFERED
    return assessment.state not in {State.REQUIRED, State.NOT_OFFERED}


def end_follow_up(work: Work, owed: FollowUp, assessment: Assessment, event: Event) -> None:
    """End what was owed after an attempt, which is closed once nothing else is."""
    owed.state = after(standing(owed.state, owed.due_at, work.now), event)
    owed.ended_at, owed.ended_by_id = work.now, work.by.id
    close_if_nothing_owed(work, assessment)


def hasten_offer(work: Work, assessment: Assessment) -> None:
    """Bring the offer that is owed forward to what the grade given now asks; never put it off."""
    owed = work.session.scalars(
        select(FollowUp)
        .join(Assessment, Assessment.id == FollowUp.assessment_id)
        .where(Assessment.pair_id == assessment.pair_id, IS_OWED)
        .with_for_update(of=FollowUp)
        .execution_options(populate_existing=True)
    ).first()
    if owed is None or assessment.grade is None:
        return
    due_at = work.clocks.reoffer_due(assessment.grade, work.now)
    if due_at < owed.due_at:
        work.audit(Name.REOFFER_HASTENED, "follow_up", owed.id, before=owed.due_at.isoformat())
        owed.due_at = due_at


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
