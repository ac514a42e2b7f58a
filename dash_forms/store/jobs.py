"""Jobs in the database: asking for one, holding it for a while, and keeping each slice of it.

A slice is kept in one transaction: its piece, how far the job is, and where it goes on. Only the
worker whose claim still stands can keep one; what another has taken over, or somebody cancelled, is
dropped. So no slice counts twice, whatever is killed and whenever.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, or_, select, update

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import NotFoundError, NotPermittedError, StateError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.jobs import (
    GAVE_UP,
    KEPT_AFTER_FAILURE,
    MOST_AT_ONCE,
    MOST_TRIES,
    UNFINISHED,
    Job,
    JobEvent,
    JobState,
    Slice,
    after,
)
from dash_forms.store.models import JobPiece, JobRow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import ColumnElement, Row

    from dash_forms.store.work import Store, Work

_COLUMNS = (
    JobRow.id,
    JobRow.kind,
    JobRow.asked_by_id,
    JobRow.asked_at,
    JobRow.arguments,
    JobRow.state,
    JobRow.done_count,
    JobRow.total_count,
    JobRow.position,
    JobRow.taken_up_at,
    JobRow.taken_up_count,
    JobRow.ended_at,
    JobRow.failure,
)
MOST_LISTED = 50


class LostClaimError(Exception):
    """The job is no longer this worker's: it was cancelled, or taken over after the lease."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that a worker holds, and the number that proves it."""

    id: UUID
    job: Job


def _keeps_nothing_else(_work: Work, _job: Job, _slice: Slice) -> None:
    """What most kinds write besides their piece."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job.

    `next_slice` works out the next slice and only reads, so that nobody's save waits for it.
    `write` is called where the slice is kept, in the same transaction, for what else it changes.
    `forget` removes what a job still holds that nobody works on any more; without it there is none.
    """

    name: str
    next_slice: Callable[[Work, Job], Slice]
    write: Callable[[Work, Job, Slice], None] = _keeps_nothing_else
    forget: Callable[[Work, Job], None] | None = None


def ask_for(work: Work, kind: str, arguments: Mapping[str, Any], total_count: int) -> UUID:
    """Put a job in the queue; StateError if the person has too many there already."""
    mine = and_(JobRow.asked_by_id == work.by.id, JobRow.state.in_(UNFINISHED))
    found = work.connection.scalar(select(func.count()).select_from(JobRow).where(mine)) or 0
    if found >= MOST_AT_ONCE:
        raise StateError(
            f"You have {found} that are not finished yet. Wait for one of them, or cancel it."
        )
    job_id = uuid7()
    work.connection.execute(
        insert(JobRow).values(
            id=job_id,
            kind=kind,
            asked_by_id=work.by.id,
            asked_at=work.now,
            arguments=json.dumps(arguments),
            state=JobState.WAITING,
            done_count=0,
            total_count=total_count,
            position="null",
            piece_count=0,
            tries=0,
            taken_up_count=0,
            failure="",
        )
    )
    work.audit(Name.JOB_ASKED_FOR, "job", job_id, what=kind, total=total_count)
    return job_id


def set_total(work: Work, job_id: UUID, total_count: int) -> None:
    """Say how much there is to do, where it was not known yet when the job was asked for."""
    work.connection.execute(
        update(JobRow).where(JobRow.id == job_id).values(total_count=total_count)
    )


def job(work: Work, kind: str, job_id: UUID, *, held: bool = False) -> Job:
    """A job of a kind, or NotFoundError; `held` keeps it from others until the commit."""
    query = select(*_COLUMNS).where(JobRow.id == job_id, JobRow.kind == kind)
    row = work.connection.execute(query.with_for_update() if held else query).first()
    if row is None:
        raise NotFoundError("There is nothing with this id.")
    return _as_job(row)


def jobs_of(work: Work, kind: str, account_id: UUID) -> list[Job]:
    """Somebody's jobs of a kind, the newest first."""
    query = (
        select(*_COLUMNS)
        .where(JobRow.asked_by_id == account_id, JobRow.kind == kind)
        .order_by(JobRow.asked_at.desc(), JobRow.id.desc())
        .limit(MOST_LISTED)
    )
    return [_as_job(row) for row in work.connection.execute(query)]


def cancel(work: Work, kind: str, job_id: UUID, *, of_others_in: Collection[JobState] = ()) -> Job:
    """Stop a job of one's own, or anybody's in these states. What it has made so far is removed."""
    found = job(work, kind, job_id, held=True)
    if found.state not in of_others_in:
        _require_own(work, found, "cancel it")
    _end(work, found)
    return found


def remove(work: Work, kind: str, job_id: UUID) -> None:
    """Take a job of one's own that is over out of the database, with all that it has made."""
    found = job(work, kind, job_id, held=True)
    _require_own(work, found, "remove it")
    if not found.state.is_over:
        raise StateError(f"It cannot be removed, because it is {found.state.value}. Cancel it.")
    work.connection.execute(delete(JobPiece).where(JobPiece.job_id == job_id))
    work.connection.execute(delete(JobRow).where(JobRow.id == job_id))


def stale(work: Work, kind: str) -> list[UUID]:
    """Jobs of a kind that failed so long ago that nobody tries them again."""
    failed = (JobRow.kind == kind, JobRow.state == JobState.FAILED)
    old = JobRow.ended_at < work.now - KEPT_AFTER_FAILURE
    return list(work.connection.scalars(select(JobRow.id).where(*failed, old)))


def forget(work: Work, kind: Kind, job_id: UUID) -> None:
    """Cancel a stale job, and remove what it still holds; nothing if somebody was faster."""
    found = job(work, kind.name, job_id, held=True)
    if kind.forget is None or found.kept_until is None or found.kept_until >= work.now:
        return
    _end(work, found)
    kind.forget(work, found)


def _end(work: Work, found: Job) -> None:
    _move(work, found, JobEvent.CANCEL, **_RELEASED, ended_at=work.now, piece_count=0)
    work.connection.execute(delete(JobPiece).where(JobPiece.job_id == found.id))
    work.audit(Name.JOB_CANCELLED, "job", found.id, what=found.kind, done=found.done_count)


def try_again(work: Work, kind: str, job_id: UUID) -> None:
    """Let a job of one's own that failed go on from its last kept slice."""
    found = job(work, kind, job_id, held=True)
    _require_own(work, found, "try again")
    _move(
        work,
        found,
        JobEvent.TRY_AGAIN,
        tries=0,
        failure="",
        ended_at=None,
        taken_up_at=work.now,
        taken_up_count=found.done_count,
    )
    work.audit(Name.JOB_TRIED_AGAIN, "job", job_id, what=found.kind, done=found.done_count)


class JobGoneError(RuntimeError):
    """What a job made was removed by its owner while somebody read it."""


def pieces(store: Store, job_id: UUID) -> Iterator[bytes]:
    """Every piece in order, each read in a short transaction of its own: few are held at a time.

    JobGoneError where the job is removed meanwhile: what was sent so far must not look whole.
    """
    number = 0
    while True:
        with store.work(writes=False) as work:
            content = work.connection.scalar(
                select(JobPiece.content).where(JobPiece.job_id == job_id, JobPiece.number == number)
            )
            if content is None and work.session.get(JobRow, job_id) is None:
                raise JobGoneError(f"job {job_id} was removed while its result was read")
        if content is None:
            return
        yield content
        number += 1


def is_any_to_do(work: Work, kinds: tuple[str, ...]) -> bool:
    """Whether a worker would find something; asked without the lock that taking it up needs."""
    return work.connection.scalar(select(JobRow.id).where(_to_do(work, kinds)).limit(1)) is not None


def take_up(work: Work, kinds: tuple[str, ...], lease: timedelta) -> Claim | None:
    """Hold the job that has waited longest, if there is one; no two workers get the same."""
    row = work.connection.execute(
        select(*_COLUMNS, JobRow.tries)
        .where(_to_do(work, kinds))
        .order_by(JobRow.asked_at, JobRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    found, claim_id = _as_job(row), uuid7()
    if row.tries >= MOST_TRIES:
        _fail(work, found, GAVE_UP)
        return None
    _move(
        work,
        found,
        JobEvent.TAKE_UP,
        claim=claim_id,
        claimed_until=work.now + lease,
        tries=row.tries + 1,
        taken_up_at=work.now,
        taken_up_count=found.done_count,
    )
    return Claim(claim_id, found)


def keep(work: Work, claim: Claim, kind: Kind, new: Slice, lease: timedelta) -> Job:
    """Keep a slice and go on holding the job; LostClaimError if it is no longer one's own."""
    job_id = claim.job.id
    changes: dict[str, Any] = {
        "done_count": new.done_count,
        "position": json.dumps(new.position),
        "claimed_until": work.now + lease,
        "tries": 0,
    }
    if new.piece is not None:
        changes["piece_count"] = JobRow.piece_count + 1
    if new.is_last:
        changes |= {**_RELEASED, "ended_at": work.now}
    event = JobEvent.FINISH if new.is_last else JobEvent.KEEP_SLICE
    _move_claimed(work, claim, event, **changes)
    row = work.connection.execute(
        select(*_COLUMNS, JobRow.piece_count).where(JobRow.id == job_id)
    ).one()
    if new.piece is not None:
        work.connection.execute(
            insert(JobPiece).values(job_id=job_id, number=row.piece_count - 1, content=new.piece)
        )
    kind.write(work, claim.job, new)
    if new.is_last:
        work.audit(Name.JOB_FINISHED, "job", job_id, what=kind.name, done=new.done_count)
    return _as_job(row)


def let_go(work: Work, claim: Claim) -> None:
    """Give a job back at once, for another to go on with."""
    _move_claimed(work, claim, JobEvent.KEEP_SLICE, claim=None, claimed_until=None, tries=0)


def fail(work: Work, claim: Claim, words: str) -> None:
    """Say that a job one holds cannot go on, and why, in words for whoever asked."""
    _move_claimed(work, claim, JobEvent.FAIL, **_RELEASED, ended_at=work.now, failure=words)
    work.audit(Name.JOB_FAILED, "job", claim.job.id, what=claim.job.kind)


_RELEASED: dict[str, Any] = {"claim": None, "claimed_until": None}


def _fail(work: Work, found: Job, words: str) -> None:
    _move(work, found, JobEvent.FAIL, **_RELEASED, ended_at=work.now, failure=words)
    work.audit(Name.JOB_FAILED, "job", found.id, what=found.kind)


def _to_do(work: Work, kinds: tuple[str, ...]) -> ColumnElement[bool]:
    nobody_s = or_(JobRow.claimed_until.is_(None), JobRow.claimed_until < work.now)
    return and_(JobRow.kind.in_(kinds), JobRow.state.in_(UNFINISHED), nobody_s)


def _require_own(work: Work, found: Job, act: str) -> None:
    if found.asked_by_id != work.by.id:
        raise NotPermittedError(f"Only the person who asked for it can {act}.")


def _move(work: Work, found: Job, event: JobEvent, **changes: Any) -> None:
    """Change the state of a row that this transaction holds."""
    work.connection.execute(
        update(JobRow)
        .where(JobRow.id == found.id)
        .values(state=after(found.state, event), **changes)
    )


def _move_claimed(work: Work, claim: Claim, event: JobEvent, /, **changes: Any) -> None:
    """The same by the worker that holds it, if it still does."""
    done = work.connection.execute(
        update(JobRow)
        .where(
            JobRow.id == claim.job.id,
            JobRow.claim == claim.id,
            JobRow.state == JobState.RUNNING,
        )
        .values(state=after(JobState.RUNNING, event), **changes)
    )
    if done.rowcount != 1:
        raise LostClaimError


def _as_job(row: Row[*tuple[Any, ...]]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        asked_by_id=row.asked_by_id,
        asked_at=row.asked_at,
        arguments=json.loads(row.arguments),
        state=row.state,
        done_count=row.done_count,
        total_count=row.total_count,
        position=json.loads(row.position),
        taken_up_at=row.taken_up_at,
        taken_up_count=row.taken_up_count,
        ended_at=row.ended_at,
        failure=row.failure,
    )
