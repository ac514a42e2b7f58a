"""What is done with an offer that is owed: take it over, give it away, make it, or end it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.assessment import Event, Outcome, State, after
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import InvalidError, NotPermittedError, StaleError, StateError
from dash_forms.domain.permissions import Permission, Role
from dash_forms.domain.reoffers import EndReason, require_ground, require_made_safe
from dash_forms.domain.review import standing
from dash_forms.reoffers.finding import Found, found_offer
from dash_forms.store.attempts import AttemptView, attempts_of, new_attempt
from dash_forms.store.models import Account, Assessment, FollowUp
from dash_forms.store.reoffers import (
    IS_OWED,
    end_follow_up,
    looks_unsafe,
    made_offers,
    require_contact,
)
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class EndOfOffers:
    """Why no offer is to be made any more, in a code and in words."""

    reason: EndReason
    words: str


def take_over(work: Work, offer_id: UUID) -> None:
    """Make an offer one's own; whoever had it sees who has it now."""
    found = _held(work, offer_id, Permission.RECORD_ASSESSMENTS)
    _require_owed(work, found)
    _give(work, found.owed, work.by.id)


def give_to(work: Work, offer_id: UUID, account_id: UUID | None) -> None:
    """Give an offer to an officer of the team that has the incident, or take it from everybody."""
    found = _held(work, offer_id, Permission.MANAGE_REOFFERS)
    _require_owed(work, found)
    if account_id is not None:
        account = work.session.get(Account, account_id)
        if (
            account is None
            or account.closed_at is not None
            or account.role is not Role.OFFICER
            or account.team_id != found.incident.team_id
        ):
            raise InvalidError("Choose an officer of this team", field="officer")
    _give(work, found.owed, account_id)


def _give(work: Work, owed: FollowUp, account_id: UUID | None) -> None:
    if owed.owner_id != account_id:
        owed.owner_id = account_id
        work.audit(
            Name.REOFFER_ASSIGNED, "follow_up", owed.id, owner=str(account_id) if account_id else ""
        )


def offer_again(work: Work, offer_id: UUID, made_safe: str = "") -> UUID:
    """Open the next attempt, and give its id; the offer stays owed until it has been made.

    Doing so again, or after a colleague has, gives the attempt that is open already: two officers
    at once make one. Where no safe way was known, it takes words on how contact was `made_safe`.
    """
    found = found_offer(work, offer_id, Permission.RECORD_ASSESSMENTS)
    _held_attempts(work, found)
    found = _held(work, offer_id, Permission.RECORD_ASSESSMENTS)
    require_contact(work, found.assessment.pair_id)
    latest = _attempts(work, found)[-1]
    is_under_way = latest.state.is_open or latest.state is State.EXEMPT_PENDING
    if latest.number > found.assessment.attempt and (
        is_under_way or found.owed.state is State.REOFFERED
    ):
        if found.owed.state is State.REOFFER_DUE:
            attempt = work.session.get_one(Assessment, latest.id)
            _keep_made_safe(work, found, attempt, made_safe)
        return latest.id
    _require_owed(work, found)
    number = 1 + max(_numbers(work, found))
    attempt = new_attempt(work, found.assessment.pair_id, number)
    _keep_made_safe(work, found, attempt, made_safe)
    if found.owed.owner_id is None:
        _give(work, found.owed, work.by.id)
    work.audit(Name.REOFFER_OPENED, "assessment", attempt.id, attempt=number)
    return attempt.id


def _keep_made_safe(work: Work, found: Found, attempt: Assessment, words: str) -> None:
    """Keep how contact was made safe, once for each attempt and only where it has to be said."""
    if attempt.made_safe_sealed or not looks_unsafe(work, found.assessment):
        return
    require_made_safe(words)
    attempt.made_safe_sealed = work.vault.seal(attempt.id, "made_safe", words)
    work.audit(Name.REOFFER_MADE_SAFE, "assessment", attempt.id)


def end_offers(work: Work, offer_id: UUID, ending: EndOfOffers) -> None:
    """End the offers to a victim with a reason. What is unsafe stops all contact.

    That is so at once, even while the attempt that the offer made is under way: what was answered
    stays, and can still be sent.
    """
    found = found_offer(work, offer_id, Permission.MANAGE_REOFFERS)
    # Before the offer, as whoever starts or approves an attempt does.
    held = _held_attempts(work, found)
    found = _held(work, offer_id, Permission.MANAGE_REOFFERS)
    event = _require_endable(work, found, ending.reason)
    attempts = _attempts(work, found)
    if work.by.id in {each.author_id for each in attempts}:
        raise NotPermittedError("You made an offer yourself, so somebody else has to end them.")
    opened = attempts[-1].id if attempts[-1].state is State.REQUIRED else None
    if opened and opened not in held:
        raise StaleError("Somebody is just making this offer. Look at it again.")
    unmade = held[opened] if opened else None
    declined = sum(each.outcome is Outcome.DECLINED for each in attempts)
    require_ground(ending.reason, ending.words, declined=declined, limit=work.clocks.reoffer_limit)
    found.owed.code = ending.reason.value
    found.owed.words_sealed = work.vault.seal(found.owed.id, "words", ending.words)
    end_follow_up(work, found.owed, found.assessment, event)
    if unmade:
        unmade.state = after(unmade.state, Event.VOID)
        unmade.void_reason_sealed = work.vault.seal(
            unmade.id, "void_reason", f"Never offered: {ending.reason.label.lower()}."
        )
        work.audit(Name.ASSESSMENT_VOIDED, "assessment", unmade.id)
    work.audit(Name.REOFFER_CLOSED, "follow_up", found.owed.id, reason=ending.reason.value)


def escalate(work: Work) -> int:
    """Note each offer whose time has passed, once; returns how many are new.

    Inspectors see an overdue offer without it: this is the entry in the audit log that it was.
    """
    overdue = work.session.scalars(
        select(FollowUp)
        .join(Assessment, Assessment.id == FollowUp.assessment_id)
        .where(IS_OWED, FollowUp.due_at < work.now, FollowUp.escalated_at.is_(None))
        .order_by(FollowUp.due_at, FollowUp.id)
        .with_for_update(of=FollowUp)
    ).all()
    for owed in overdue:
        _note_overdue(work, owed)
    return len(overdue)


def _note_overdue(work: Work, owed: FollowUp) -> None:
    is_overdue = standing(owed.state, owed.due_at, work.now) is State.REOFFER_OVERDUE
    if is_overdue and owed.escalated_at is None:
        owed.escalated_at = work.now
        work.audit(Name.REOFFER_ESCALATED, "follow_up", owed.id)


def _held(work: Work, offer_id: UUID, permission: Permission) -> Found:
    """The offer, held to the end of the transaction; that it was late is noted before it ends."""
    found = found_offer(work, offer_id, permission, lock=True)
    _note_overdue(work, found.owed)
    return found


def _require_endable(work: Work, found: Found, reason: EndReason) -> Event:
    """The event by which the offers end now; what was made can only be stopped as unsafe."""
    pair_id = found.assessment.pair_id
    if reason.stops_contact and made_offers(work, [pair_id]).get(pair_id) == found.owed.id:
        return Event.STOP_CONTACT
    _require_owed(work, found)
    return Event.END_REOFFERS


def _require_owed(work: Work, found: Found) -> None:
    require_contact(work, found.assessment.pair_id)
    if found.owed.state is State.REOFFERED:
        raise StateError("This offer has been made already.")
    if found.owed.state is not State.REOFFER_DUE or found.assessment.state is State.VOID:
        raise StateError("The offers to this victim have been ended.")


def _attempts(work: Work, found: Found) -> list[AttemptView]:
    return attempts_of(work, [found.assessment.pair_id])[found.assessment.pair_id]


def _numbers(work: Work, found: Found) -> list[int]:
    """Every number that is taken, by attempts made in error too."""
    return list(
        work.session.scalars(
            select(Assessment.attempt).where(Assessment.pair_id == found.assessment.pair_id)
        )
    )


def _held_attempts(work: Work, found: Found) -> dict[UUID, Assessment]:
    """Every attempt with the victim by its id, held: nothing begins or is approved meanwhile.

    The latest first, as whoever starts one holds it before the one that owed the offer.
    """
    rows = work.session.scalars(
        select(Assessment)
        .where(Assessment.pair_id == found.assessment.pair_id)
        .order_by(Assessment.attempt.desc())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {each.id: each for each in rows}
