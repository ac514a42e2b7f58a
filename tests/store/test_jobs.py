"""Jobs lose no slice and double none: killed, doubled, cancelled or failed, on either database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Event, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from dash_forms.domain.errors import InvalidError, NotFoundError, NotPermittedError, StateError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.jobs import FAULT, GAVE_UP, LEASE, MOST_AT_ONCE, MOST_TRIES, Job, Slice
from dash_forms.store import jobs
from dash_forms.store.job_runner import Runner
from dash_forms.store.jobs import Kind, LostClaimError
from dash_forms.store.models import AuditEvent, JobPiece, JobRow, Team
from dash_forms.store.work import Store, Work
from tests.support.force import Force

LONG = 12


class Killed(BaseException):
    """The worker is gone: nothing catches it."""


def squares(_work: Work, job: Job) -> Slice:
    """One piece for each number up to the total; what it says depends on the place alone."""
    at = job.position or 0
    return Slice(b"%d squared is %d" % (at, at * at), at + 1, at + 1, at + 1 == job.total_count)


SQUARES = Kind("squares", squares)
CLEAN = [b"%d squared is %d" % (at, at * at) for at in range(LONG)]


def runner(store: Store, kind: Kind = SQUARES, lease: timedelta = LEASE) -> Runner:
    return Runner(store, (kind,), lease)


def stopping_at(number: int, act: Callable[[], None]) -> Kind:
    """The same kind, of which something happens before one slice, each time it comes to it."""

    def next_slice(work: Work, job: Job) -> Slice:
        if (job.position or 0) == number:
            act()
        return squares(work, job)

    return Kind("squares", next_slice)


def raising(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


class Desk:
    """Asks for jobs as an analyst, and says how they stand."""

    def __init__(self, store: Store, force: Force) -> None:
        self.store = store
        self.by = force.actors["analyst1"]
        self.other = force.actors["inspector1"]

    def ask(self, total: int = LONG) -> UUID:
        with self.store.work(writes=True, actor=self.by) as work:
            return jobs.ask_for(work, "squares", {"n": 1}, total)

    def job(self, job_id: UUID) -> Job:
        with self.store.work(writes=False) as work:
            return jobs.job(work, "squares", job_id)

    def cancel(self, job_id: UUID) -> None:
        with self.store.work(writes=True, actor=self.by) as work:
            jobs.cancel(work, "squares", job_id)

    def try_again(self, job_id: UUID) -> None:
        with self.store.work(writes=True, actor=self.by) as work:
            jobs.try_again(work, "squares", job_id)

    def pieces(self, job_id: UUID) -> list[bytes]:
        return list(jobs.pieces(self.store, job_id))

    def let_the_lease_end(self) -> None:
        with self.store.work(writes=True) as work:
            over = work.now - timedelta(seconds=1)
            held = JobRow.claimed_until.is_not(None)
            work.connection.execute(update(JobRow).where(held).values(claimed_until=over))

    def events(self) -> list[str]:
        with self.store.work(writes=False) as work:
            query = select(AuditEvent.name).where(AuditEvent.subject_kind == "job")
            return list(work.session.scalars(query.order_by(AuditEvent.seq)))


@pytest.fixture
def desk(store: Store, force: Force) -> Desk:
    return Desk(store, force)


def test_what_is_removed_while_it_is_read_does_not_look_whole(store: Store, desk: Desk) -> None:
    job_id = desk.ask()
    runner(store).run_waiting()
    reading = jobs.pieces(store, job_id)
    next(reading)
    with store.work(writes=True, actor=desk.by) as work:
        jobs.remove(work, "squares", job_id)
    with pytest.raises(jobs.JobGoneError):
        list(reading)


def test_a_job_is_done_slice_by_slice(store: Store, desk: Desk) -> None:
    job_id = desk.ask()
    assert desk.job(job_id).state.value == "waiting"
    assert runner(store).run_waiting() == 1
    found = desk.job(job_id)
    assert (found.state.value, found.done_count) == ("finished", LONG)
    assert found.ended_at is not None
    assert desk.pieces(job_id) == CLEAN
    assert desk.events() == ["job.asked_for", "job.finished"]
    assert runner(store).run_waiting() == 0


@pytest.mark.parametrize("number", [0, 1, 5, LONG - 1])
def test_what_was_killed_goes_on_from_the_last_kept_slice(
    store: Store, desk: Desk, number: int
) -> None:
    job_id = desk.ask()
    with pytest.raises(Killed):
        runner(store, stopping_at(number, raising(Killed()))).run_one()
    assert desk.job(job_id).done_count == number
    assert not runner(store).run_one(), "it is held until the lease ends"
    desk.let_the_lease_end()
    asked: list[int] = []

    def noted(work: Work, job: Job) -> Slice:
        asked.append(job.position or 0)
        return squares(work, job)

    assert runner(store, Kind("squares", noted)).run_one()
    assert asked == list(range(number, LONG))
    assert desk.pieces(job_id) == CLEAN


def test_a_kill_between_a_slice_s_rows_and_its_commit_keeps_neither(
    store: Store, desk: Desk
) -> None:
    """What a kind writes besides its piece stands or falls with how far the job is."""
    job_id = desk.ask()

    def write(work: Work, job: Job, new: Slice) -> None:
        work.connection.execute(
            Team.__table__.insert().values(id=uuid7(), name=f"Team {new.done_count}")  # type: ignore[attr-defined]
        )
        if new.done_count == 4 and not is_second:
            raise Killed

    is_second = False
    kind = Kind("squares", squares, write)
    with pytest.raises(Killed):
        runner(store, kind).run_one()
    assert desk.job(job_id).done_count == 3
    assert len(desk.pieces(job_id)) == 3
    desk.let_the_lease_end()
    is_second = True
    runner(store, kind).run_one()
    with store.work(writes=False) as work:
        made = work.connection.scalar(
            select(func.count()).select_from(Team).where(Team.name.like("Team %"))
        )
    assert made == LONG
    assert desk.pieces(job_id) == CLEAN


def test_a_worker_that_wakes_up_after_its_lease_keeps_nothing_more(
    store: Store, desk: Desk
) -> None:
    job_id = desk.ask()
    with store.work(writes=True) as work:
        slow = jobs.take_up(work, ("squares",), LEASE)
    assert slow is not None
    desk.let_the_lease_end()
    runner(store).run_one()
    with pytest.raises(LostClaimError), store.work(writes=True) as work:
        jobs.keep(work, slow, SQUARES, Slice(b"late", 1, 1, is_last=False), LEASE)
    with pytest.raises(LostClaimError), store.work(writes=True) as work:
        jobs.fail(work, slow, "late")
    assert desk.pieces(job_id) == CLEAN


def test_no_two_workers_do_the_same_slice(store: Store, desk: Desk) -> None:
    job_ids = [desk.ask() for _ in range(MOST_AT_ONCE)]
    start, done = Barrier(4), []
    failures: list[BaseException] = []

    def counted(work: Work, job: Job) -> Slice:
        new = squares(work, job)
        done.append((job.id, new.position))
        return new

    def work_on() -> None:
        start.wait()
        try:
            runner(store, Kind("squares", counted)).run_waiting()
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [Thread(target=work_on) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    assert len(done) == len(set(done)) == MOST_AT_ONCE * LONG
    for job_id in job_ids:
        assert desk.pieces(job_id) == CLEAN
        assert desk.job(job_id).state.value == "finished"


def test_what_is_cancelled_while_it_runs_stops_and_leaves_nothing(store: Store, desk: Desk) -> None:
    job_id = desk.ask()
    assert runner(store, stopping_at(5, lambda: desk.cancel(job_id))).run_one()
    found = desk.job(job_id)
    assert (found.state.value, found.done_count) == ("cancelled", 5)
    assert desk.pieces(job_id) == []
    assert desk.events() == ["job.asked_for", "job.cancelled"]
    assert runner(store).run_waiting() == 0


def test_what_waits_can_be_cancelled_and_what_is_finished_cannot(store: Store, desk: Desk) -> None:
    waiting = desk.ask()
    desk.cancel(waiting)
    assert runner(store).run_waiting() == 0
    finished = desk.ask()
    runner(store).run_waiting()
    for job_id in (waiting, finished):
        with pytest.raises(StateError):
            desk.cancel(job_id)
        with pytest.raises(StateError):
            desk.try_again(job_id)
    assert desk.pieces(finished) == CLEAN


def test_only_whoever_asked_for_it_cancels_it(store: Store, desk: Desk) -> None:
    job_id = desk.ask()
    for act in (jobs.cancel, jobs.try_again):
        with pytest.raises(NotPermittedError), store.work(writes=True, actor=desk.other) as work:
            act(work, "squares", job_id)
        with pytest.raises(NotFoundError), store.work(writes=True, actor=desk.by) as work:
            act(work, "of another kind", job_id)
    assert desk.job(job_id).state.value == "waiting"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ZeroDivisionError("a name"), FAULT),
        (InvalidError("Line 7 has no time."), "Line 7 has no time."),
    ],
)
def test_a_fault_is_told_in_plain_words_and_can_be_tried_again(
    store: Store, desk: Desk, error: Exception, words: str
) -> None:
    job_id = desk.ask()
    assert runner(store, stopping_at(5, raising(error))).run_one()
    found = desk.job(job_id)
    assert (found.state.value, found.failure, found.done_count) == ("failed", words, 5)
    assert runner(store).run_waiting() == 0, "nobody tries again by himself"
    desk.try_again(job_id)
    assert runner(store).run_waiting() == 1
    assert desk.pieces(job_id) == CLEAN
    assert desk.job(job_id).failure == ""
    assert desk.events() == ["job.asked_for", "job.failed", "job.tried_again", "job.finished"]


def test_what_kills_every_worker_is_given_up(store: Store, desk: Desk) -> None:
    job_id = desk.ask()
    for _ in range(MOST_TRIES):
        with pytest.raises(Killed):
            runner(store, stopping_at(2, raising(Killed()))).run_one()
        desk.let_the_lease_end()
    # The first of them kept two slices, after which the counting began anew.
    with suppress(Killed):
        runner(store, stopping_at(2, raising(Killed()))).run_one()
    desk.let_the_lease_end()
    runner(store, stopping_at(2, raising(AssertionError("taken up again")))).run_waiting()
    found = desk.job(job_id)
    assert (found.state.value, found.failure) == ("failed", GAVE_UP)


def test_a_worker_that_is_told_to_stop_gives_the_job_back_at_once(store: Store, desk: Desk) -> None:
    job_id = desk.ask()
    stopped = Event()
    runner(store, stopping_at(3, stopped.set)).run_until(stopped)
    found = desk.job(job_id)
    assert (found.state.value, found.done_count) == ("running", 4)
    assert runner(store).run_waiting() == 1
    assert desk.pieces(job_id) == CLEAN


def test_a_database_that_is_away_for_a_while_fails_no_job(store: Store, desk: Desk) -> None:
    job_id = desk.ask()
    stopped = Event()
    faults: Iterator[BaseException] = iter([OperationalError("x", {}, Exception("away"))])

    def act() -> None:
        with suppress(StopIteration):
            fault = next(faults)
            desk_later.start()
            raise fault

    def later() -> None:
        desk.let_the_lease_end()
        while not desk.job(job_id).state.is_over:
            stopped.wait(0.02)
        stopped.set()

    desk_later = Thread(target=later)
    runner(store, stopping_at(4, act)).run_until(stopped, pause=0.02)
    desk_later.join()
    assert desk.job(job_id).state.value == "finished"
    assert desk.pieces(job_id) == CLEAN


def test_nobody_fills_the_queue(desk: Desk) -> None:
    for _ in range(MOST_AT_ONCE):
        last = desk.ask()
    with pytest.raises(StateError, match="not finished yet"):
        desk.ask()
    desk.cancel(last)
    desk.ask()


def test_a_job_is_listed_for_whoever_asked_for_it_the_newest_first(
    store: Store, desk: Desk
) -> None:
    asked = [desk.ask() for _ in range(2)]
    with store.work(writes=False) as work:
        assert [each.id for each in jobs.jobs_of(work, "squares", desk.by.id)] == asked[::-1]
        assert jobs.jobs_of(work, "squares", desk.other.id) == []
        assert jobs.jobs_of(work, "another", desk.by.id) == []


def test_looking_for_work_writes_nothing_where_there_is_none(
    store: Store, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look would otherwise take the one lock of SQLite from whoever saves an answer."""
    real = store.work

    def reading_only(*, writes: bool, **more: Any) -> Any:
        assert not writes
        return real(writes=writes, **more)

    monkeypatch.setattr(store, "work", reading_only)
    assert not runner(store).run_one()


def test_a_cancelled_job_s_pieces_are_gone_from_the_database(store: Store, desk: Desk) -> None:
    job_id = desk.ask()
    runner(store, stopping_at(7, lambda: desk.cancel(job_id))).run_one()
    with store.work(writes=False) as work:
        assert work.connection.scalar(select(func.count()).select_from(JobPiece)) == 0
