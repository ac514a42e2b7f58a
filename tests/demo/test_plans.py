"""The invented plans: one closed, one running with an overdue action, and who has none."""

from __future__ import annotations

from datetime import timedelta

from dash_forms.cli import _make_demo_plans
from dash_forms.demo.calls import log
from dash_forms.demo.plans import SCRIPTS
from dash_forms.domain.plans import Outcome, Stage
from dash_forms.plans import queries
from dash_forms.store.models import Plan
from dash_forms.store.work import Store
from tests.support.calls import import_all
from tests.support.force import Force


def test_there_is_a_plan_in_each_state(store: Store, force: Force) -> None:
    with store.work(writes=False) as work:
        lines = list(log(work.now))
    import_all(store, force, lines)
    _make_demo_plans(store)
    with store.work(writes=False, actor=force.actors["inspector1"]) as work:
        found = queries.plan_lists(work)
        closed, running = work.session.query(Plan).order_by(Plan.opened_at).all()
    assert found.others is not None
    [listed] = found.others
    assert (listed.id, listed.overdue_actions) == (running.id, 1)
    assert closed.outcome is Outcome.FEWER
    assert any(each.is_overdue for each in found.missing)
    with store.work(writes=False, actor=force.actors["sergeant1"]) as work:
        page = queries.plan_page(work, closed.id)
    assert page.is_assessed
    assert not page.late_by
    assert [each.stage for each in page.stages if each.current] == list(Stage)


def test_each_script_keeps_the_order_of_its_days() -> None:
    for script in SCRIPTS:
        assert script.opened < timedelta(days=7)  # in time
        assert script.steps[0] == min(script.steps, key=lambda step: step.day)
        assert script.steps[0].stage is Stage.SCANNING
        for deed in script.deeds:
            assert deed.day <= deed.due
            assert deed.ended is None or deed.day <= deed.ended
