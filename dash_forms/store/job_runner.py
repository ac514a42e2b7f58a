"""Doing the jobs that wait: takes one up, keeps slice after slice, and stops where told to."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from dash_forms.domain.errors import DomainError
from dash_forms.domain.jobs import FAULT, LEASE
from dash_forms.store import jobs
from dash_forms.store.jobs import Claim, Kind, LostClaimError
from dash_forms.store.retention import remove_old_reasons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash_forms.store.work import Store

_LOG = structlog.get_logger()
PAUSE = 2.0
"""Seconds between two looks for something to do."""
TIDY_EVERY = 60 * 60.0
"""Seconds between two looks for what nobody will try again."""


@dataclass(frozen=True, slots=True)
class Runner:
    """A worker: any number of them may run, in one process or in many."""

    store: Store
    kinds: Sequence[Kind]
    lease: timedelta = LEASE
    reason_months: int = 24
    """So long it is kept what was sought, and why somebody looked."""

    def run_until(self, stopped: Event, pause: float = PAUSE) -> None:
        """Do whatever comes, until told to stop; a database that is away is asked again later."""
        tidied_at = -TIDY_EVERY
        while not stopped.is_set():
            try:
                if time.monotonic() - tidied_at >= TIDY_EVERY:
                    self.tidy()
                    tidied_at = time.monotonic()
                is_done = self.run_one(stopped)
            except Exception as error:  # noqa: BLE001 - else nothing would be done any more
                _LOG.error("job_worker_stopped", error=type(error).__name__)
                is_done = False
            if not is_done:
                stopped.wait(pause)

    def run_waiting(self) -> int:
        """Do all that waits by now; gives the number of jobs that were taken up."""
        self.tidy()
        count = 0
        while self.run_one():
            count += 1
        return count

    def run_one(self, stopped: Event | None = None) -> bool:
        """Do the job that has waited longest, to its end; False if there was none."""
        names = tuple(each.name for each in self.kinds)
        with self.store.work(writes=False) as work:
            if not jobs.is_any_to_do(work, names):
                return False
        with self.store.work(writes=True) as work:
            claim = jobs.take_up(work, names, self.lease)
        if claim is None:
            return True  # another was faster, or it was given up: there may be more
        try:
            self._run(claim, stopped)
        except LostClaimError:
            _LOG.info("job_lost", job=str(claim.job.id))
        return True

    def tidy(self) -> None:
        """Remove what is left of jobs that failed long ago, where their kind asks for it.

        And what was sought and why, once it has been kept for its time.
        """
        remove_old_reasons(self.store, self.reason_months)
        for kind in self.kinds:
            if kind.forget is None:
                continue
            with self.store.work(writes=False) as work:
                stale = jobs.stale(work, kind.name)
            for job_id in stale:
                with self.store.work(writes=True) as work:
                    jobs.forget(work, kind, job_id)

    def _run(self, claim: Claim, stopped: Event | None) -> None:
        kind = next(each for each in self.kinds if each.name == claim.job.kind)
        job = claim.job
        is_over = False
        while not is_over:
            if stopped is not None and stopped.is_set():
                with self.store.work(writes=True) as work:
                    jobs.let_go(work, claim)
                return
            try:
                with self.store.work(writes=False) as work:
                    new = kind.next_slice(work, job)
                with self.store.work(writes=True) as work:
                    job = jobs.keep(work, claim, kind, new, self.lease)
            except (LostClaimError, OperationalError, InterfaceError):
                raise  # the database is away or busy: whoever takes it up later goes on
            except Exception as error:  # noqa: BLE001 - whatever it was, whoever asked is told
                self._fail(claim, error)
                return
            is_over = new.is_last

    def _fail(self, claim: Claim, error: Exception) -> None:
        """Where it went wrong goes into the log, without what an error's message could carry."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        _LOG.error(
            "job_failed",
            job=str(claim.job.id),
            kind=claim.job.kind,
            error=type(error).__name__,
            at=f"{Path(frame.filename).name}:{frame.lineno}",
        )
        words = error.sentence if isinstance(error, DomainError) else FAULT
        with self.store.work(writes=True) as work:
            jobs.fail(work, claim, words)
