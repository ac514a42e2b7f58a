"""Why somebody opens the list or one alleged perpetrator: asked once an hour, and always logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from dash_forms.domain.errors import NotPermittedError
from dash_forms.domain.offenders import FINISHED_WITHIN, JUSTIFIED_FOR, may_look
from dash_forms.store.access import reachable_incidents
from dash_forms.store.models import Account, Incident, OffenderReason, Pair
from dash_forms.store.offenders import is_counted

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dash_forms.domain.offenders import Purpose
    from dash_forms.store.offenders import Alleged
    from dash_forms.store.work import Work

MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Given:
    """A justification as it was given."""

    purpose: Purpose
    words: str
    by: str
    at: datetime


def running(work: Work, of: Alleged | None = None) -> UUID | None:
    """The justification under which the person may look now, or None where one is asked for."""
    in_time = OffenderReason.ends_at > work.now
    return _of_list(work, in_time) if of is None else _of_person(work, of, in_time)


def require_begun(work: Work, of: Alleged) -> UUID:
    """As `running`, for a form that was opened under one and is sent later."""
    found = _of_person(work, of, OffenderReason.given_at > work.now - FINISHED_WITHIN)
    if found is None:
        raise NotPermittedError("Open the alleged perpetrator first, and say why.")
    return found


def is_own(work: Work, of: Alleged) -> bool:
    """Whether one of the incidents is within the person's own reach."""
    query = (
        select(Pair.id)
        .join(Incident, Incident.id == Pair.incident_id)
        .where(of.has(Pair.perpetrator_id), is_counted(), reachable_incidents(work))
        .limit(1)
    )
    return work.connection.scalar(query) is not None


def ends_at(given_at: datetime) -> datetime:
    """Until when a justification lets somebody look."""
    return given_at + JUSTIFIED_FOR


def given_for(work: Work, of: Alleged | None = None) -> list[Given]:
    """Why this person was opened before, or the list, by anybody, the last first."""
    wanted = OffenderReason.person_id.is_(None) if of is None else of.is_opened
    rows = work.session.execute(
        select(OffenderReason, Account.display_name)
        .join(Account, Account.id == OffenderReason.account_id)
        .where(wanted)
        .order_by(OffenderReason.given_at.desc(), OffenderReason.id.desc())
        .limit(MOST_LISTED)
    )
    return [
        Given(row.purpose, work.vault.open(row.id, "words", row.words_sealed), name, row.given_at)
        for row, name in rows
    ]


def _of_person(work: Work, of: Alleged, in_time: object) -> UUID | None:
    for_this = _latest(work, of.is_opened, in_time)
    for_the_list = None if for_this else _of_list(work, in_time)
    allowed = may_look(
        for_the_list=for_the_list is not None,
        for_this=for_this is not None,
        is_own=for_the_list is not None and is_own(work, of),
    )
    return (for_this or for_the_list) if allowed else None


def _of_list(work: Work, in_time: object) -> UUID | None:
    return _latest(work, OffenderReason.person_id.is_(None), in_time)


def _latest(work: Work, *conditions: object) -> UUID | None:
    query = select(OffenderReason.id).where(OffenderReason.account_id == work.by.id, *conditions)  # type: ignore[arg-type]
    return work.connection.scalar(query.order_by(OffenderReason.given_at.desc()).limit(1))
