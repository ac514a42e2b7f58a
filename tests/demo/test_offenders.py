"""The invented force has something outstanding that can be seen."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from dash_forms.cli import _record_demo_actions
from dash_forms.demo.force import PASSWORD
from dash_forms.demo.offenders import SCRIPTS
from dash_forms.demo.seed import seed
from dash_forms.domain.offenders import Order, Outstanding
from dash_forms.offenders import queries
from dash_forms.store.accounts import actor_named
from dash_forms.store.models import OffenderAction
from dash_forms.store.work import Store
from tests.support.force import CHEAP


def test_some_alleged_perpetrators_recur_and_their_bail_ends(store: Store) -> None:
    with store.work(writes=False) as work:
        now = work.now
    seed(
        store,
        pairs=900,
        now=now - timedelta(hours=1),
        password=PASSWORD,
        cost=CHEAP,
        progress=lambda *_: None,
    )
    _record_demo_actions(store)
    with store.work(writes=False) as work:
        work.actor = actor_named(work, "sergeant1")
        actions = list(work.session.scalars(select(OffenderAction)))
        found = queries.offender_list(work, queries.Wanted(12, None, Order.VICTIMS, 1))
    assert len(actions) == sum(map(len, SCRIPTS))
    assert found.listed[0].frequency.victims > 1
    assert any(each.is_also_victim for each in found.listed)
    days = [Outstanding(each.kind, each.ends_on, now.date()) for each in actions]
    assert any(each.is_soon for each in days)
    assert any(each.is_past for each in days)
    assert any(not each.state.is_open for each in actions)
