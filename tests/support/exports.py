"""Exports of every team by month, asked for by the pages and brought into each state."""

from __future__ import annotations

from contextlib import suppress

from dash_forms.domain.jobs import Job, Slice
from dash_forms.reporting import long_exports
from dash_forms.store.job_runner import Runner
from dash_forms.store.jobs import Kind
from dash_forms.store.work import Store, Work
from tests.support.client import StrictClient


class Killed(BaseException):
    """The worker is gone: nothing catches it."""


def asked(client: StrictClient, query: str = "") -> str:
    """Ask for an export as the pages lead to it; gives the address of its page."""
    plan = client.page(f"/reports{query}").link("Export every team, month by month")
    return client.submit(plan, action="/reports/exports/long").location


def done_up_to(store: Store, number: int, error: BaseException) -> None:
    """Work until that month of an export is to be made, where something happens instead."""

    def stops(work: Work, job: Job) -> Slice:
        if (job.position or 0) == number:
            raise error
        return long_exports.KIND.next_slice(work, job)

    with suppress(Killed):
        Runner(store, [Kind(long_exports.NAME, stops)]).run_one()
