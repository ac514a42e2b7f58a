"""Repeat callers and their plans, made as people make them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.periods import london_date
from dash_forms.domain.plans import Stage
from dash_forms.store.models import Call, PlanAction
from dash_forms.store.work import Store
from tests.support.calls import calls_of, take_in
from tests.support.client import StrictClient
from tests.support.force import Force

WORDS = "Calls at night about noise from the flat above."


def flagged(
    store: Store,
    force: Force,
    hours_ago: Iterable[float] = (30, 20, 10, 5),
    name: str = "Wren Ashdown",
    phone: str = "07700 900001",
) -> UUID:
    """Whoever made these calls; as they stand, the fourth raised a flag."""
    rows = calls_of(name, sorted(hours_ago, reverse=True), phone)
    take_in(store, force, rows)
    with store.work(writes=False) as work:
        query = select(Call.counted_as_id).where(Call.reference == rows[0]["reference"])
        person = work.session.scalars(query).one()
    assert person is not None
    return person


def parts(day: date) -> list[str]:
    """A day as the three boxes have it."""
    return [str(day.day), str(day.month), str(day.year)]


def in_days(store: Store, days: int) -> list[str]:
    """The same, so many days from now."""
    with store.work(writes=False) as work:
        return parts(london_date(work.now) + timedelta(days=days))


def opened(leader: StrictClient, force: Force, person: UUID, owner: str = "officer1") -> str:
    """A plan for somebody, opened by a sergeant or an inspector; its path."""
    sent = leader.submit(
        f"/plans/for/{person}?team={force.teams['north']}",
        owner=str(force.actors[owner].id),
        scanning=WORDS,
    )
    return str(sent.location).partition("?")[0]


def with_action(
    leader: StrictClient, store: Store, force: Force, plan: str, doer: str = "officer1"
) -> str:
    """Something to be done within a week under a plan; its path."""
    leader.submit(
        f"{plan}/actions/new",
        what="Visit with the housing officer",
        doer=str(force.actors[doer].id),
        due_on=in_days(store, 7),
    )
    with store.work(writes=False) as work:
        query = select(PlanAction.id).where(PlanAction.plan_id == UUID(plan.rpartition("/")[2]))
        action = work.session.scalars(query.order_by(PlanAction.id.desc())).first()
    return f"{plan}/actions/{action}"


def write(client: StrictClient, plan: str, stage: Stage, words: str = WORDS) -> None:
    """Write in a stage."""
    client.submit(f"{plan}/stages/{stage.value}", words=words)
