"""Justifying a look at alleged perpetrators; adding, changing and ending what is outstanding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import (
    InvalidError,
    NotFoundError,
    StaleError,
    StateError,
    require_none,
)
from dash_forms.domain.ids import uuid7
from dash_forms.domain.offenders import (
    ActionKind,
    ActionState,
    EntryKind,
    Purpose,
    check_action,
    check_ending,
    require_purpose,
)
from dash_forms.domain.periods import london_date
from dash_forms.domain.review import require_words
from dash_forms.offenders import reasons
from dash_forms.store.models import (
    OffenderAction,
    OffenderActionEntry,
    OffenderReason,
    Person,
    Team,
)
from dash_forms.store.offenders import alleged

if TYPE_CHECKING:
    from datetime import date

    from dash_forms.store.offenders import Alleged
    from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Justification:
    """Why somebody looks."""

    purpose: Purpose
    words: str


@dataclass(frozen=True, slots=True)
class NewAction:
    """Something outstanding. `team_id` is None where the public-protection desk sees to it."""

    action_id: UUID
    kind: ActionKind
    conditions: str
    starts_on: date | None
    ends_on: date | None
    team_id: UUID | None


@dataclass(frozen=True, slots=True)
class ActionChange:
    """Another end or other conditions. `rev` is the revision that the person was looking at."""

    rev: int
    conditions: str
    ends_on: date | None
    why: str


@dataclass(frozen=True, slots=True)
class ActionEnding:
    """How an action ended. `rev` is the revision that the person was looking at."""

    rev: int
    state: ActionState
    words: str


def justify(work: Work, person_id: UUID | None, given: Justification) -> None:
    """Keep why somebody opens one alleged perpetrator, or the list where there is no person."""
    of = None if person_id is None else alleged(work, person_id)
    require_purpose(given.words)
    reason_id = uuid7()
    work.session.add(
        OffenderReason(
            id=reason_id,
            account_id=work.by.id,
            person_id=person_id,
            recorded_for=of.index if of else None,
            recorded_as=of.written if of else None,
            purpose=given.purpose,
            words_sealed=work.vault.seal(reason_id, "words", given.words),
            given_at=work.now,
            ends_at=reasons.ends_at(work.now),
        )
    )
    work.audit(
        Name.OFFENDERS_JUSTIFIED,
        "person" if person_id else "offenders",
        person_id or "",
        purpose=given.purpose.value,
        reason=str(reason_id),
    )


def add_action(work: Work, person_id: UUID, new: NewAction) -> None:
    """Put something outstanding down; the same form sent twice adds it once."""
    of = alleged(work, person_id)
    reason = reasons.require_begun(work, of)
    if known := work.session.get(OffenderAction, new.action_id):
        if known.person_id != person_id:
            raise StateError("This form belongs to somebody else. Reload the page.")
        return
    refused = check_action(
        new.kind, new.starts_on, new.ends_on, new.conditions, london_date(work.now)
    )
    if new.team_id and work.session.get(Team, new.team_id) is None:
        refused.append(InvalidError("Choose from the list", field="team"))
    require_none(refused)
    action = OffenderAction(
        id=new.action_id,
        person_id=person_id,
        recorded_for=of.index,
        recorded_as=of.written,
        kind=new.kind,
        state=ActionState.OPEN,
        conditions_sealed=work.vault.seal_text(new.action_id, "conditions", new.conditions),
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        team_id=new.team_id,
        rev=1,
    )
    work.session.add(action)
    work.flush()
    _note(work, action, EntryKind.ADDED)
    work.audit(
        Name.OFFENDER_ACTION_ADDED,
        "person",
        person_id,
        action=str(new.action_id),
        what=new.kind.value,
        ends=new.ends_on.isoformat() if new.ends_on else "",
        team=str(new.team_id or ""),
        reason=str(reason),
    )


def change_action(work: Work, person_id: UUID, action_id: UUID, change: ActionChange) -> None:
    """Give an action another end or other conditions; what it was before stays to be read."""
    of, action, reason = _held(work, person_id, action_id, change.rev)
    before = work.vault.open_text(action.id, "conditions", action.conditions_sealed)
    kept_with = work.session.get_one(Person, action.person_id).identity_index
    is_settled = kept_with == of.index and not of.is_doubtful(action)
    if is_settled and (before, action.ends_on) == (change.conditions, change.ends_on):
        raise InvalidError("Change the day or the conditions; nothing here is different")
    today = london_date(work.now)
    refused = check_action(action.kind, action.starts_on, change.ends_on, change.conditions, today)
    require_none(each for each in refused if each.field != "starts_on")
    require_words(change.why, "Say why, in at least 10 characters", field="why")
    action.person_id = person_id  # somebody has looked whose it is
    action.recorded_for, action.recorded_as = of.index, of.written
    ended, action.ends_on = action.ends_on, change.ends_on
    action.conditions_sealed = work.vault.seal_text(action.id, "conditions", change.conditions)
    action.rev += 1
    _note(work, action, EntryKind.CHANGED, change.why)
    work.audit(
        Name.OFFENDER_ACTION_CHANGED,
        "person",
        person_id,
        action=str(action_id),
        before=ended.isoformat() if ended else "",
        after=change.ends_on.isoformat() if change.ends_on else "",
        conditions=before != change.conditions,
        reason=str(reason),
    )


def end_action(work: Work, person_id: UUID, action_id: UUID, ending: ActionEnding) -> None:
    """Say how an action ended, and what came of it or why."""
    _, action, reason = _held(work, person_id, action_id, ending.rev)
    check_ending(ending.state, action.ends_on, ending.words, london_date(work.now))
    action.state, action.ended_at = ending.state, work.now
    action.rev += 1
    _note(work, action, EntryKind.ENDED, ending.words)
    work.audit(
        Name.OFFENDER_ACTION_ENDED,
        "person",
        person_id,
        action=str(action_id),
        state=ending.state.value,
        reason=str(reason),
    )


def _held(
    work: Work, person_id: UUID, action_id: UUID, rev: int
) -> tuple[Alleged, OffenderAction, UUID]:
    """An outstanding action of this person, held to the end, and the justification that counts."""
    of = alleged(work, person_id)
    reason = reasons.require_begun(work, of)
    query = select(OffenderAction).where(OffenderAction.id == action_id, of.is_against)
    held = query.with_for_update().execution_options(populate_existing=True)
    action = work.session.scalar(held)
    if action is None:
        raise NotFoundError("There is no such action of this person.")
    if not action.state.is_open:
        raise StateError(f"This action has ended already: “{action.state.label.lower()}”.")
    if action.rev != rev:
        raise StaleError(
            "Somebody else has changed this since you opened it. What you wrote is kept here:"
            " look at what it is now, and send it again.",
            now=action.rev,
        )
    return of, action, reason


def _note(work: Work, action: OffenderAction, kind: EntryKind, words: str = "") -> None:
    """Put down what an action is from now on; the conditions are sealed anew for the entry."""
    entry_id = uuid7()
    conditions = work.vault.open_text(action.id, "conditions", action.conditions_sealed)
    work.session.add(
        OffenderActionEntry(
            id=entry_id,
            action_id=action.id,
            kind=kind,
            state=action.state,
            ends_on=action.ends_on,
            conditions_sealed=work.vault.seal_text(entry_id, "conditions", conditions),
            words_sealed=work.vault.seal_text(entry_id, "words", words),
            by_id=work.by.id,
            at=work.now,
        )
    )
