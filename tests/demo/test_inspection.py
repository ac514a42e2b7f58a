"""What is told of the invented force's inspection is such as is entered, and always the same."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from dash_forms.cli import _enter_demo_inspection
from dash_forms.demo.inspection import OWNERS, Measure, Step, story
from dash_forms.domain.definitions import METRICS
from dash_forms.domain.disclosure import Rules
from dash_forms.domain.ids import uuid7
from dash_forms.domain.inspection import AREAS, ItemState, NewGrade, NewItem
from dash_forms.inspection import queries
from dash_forms.store.models import InspectionEntry
from dash_forms.store.work import Store
from tests.support.force import Force

NOW = datetime(2026, 2, 11, 14, 30, tzinfo=UTC)


def test_the_story_is_the_same_for_the_same_time_and_over_before_it() -> None:
    owners = {name: uuid7() for name in OWNERS}
    told = list(story(NOW, owners))
    assert told == list(story(NOW, owners))
    assert [at for at, _ in told] == sorted(at for at, _ in told)
    assert all(at < NOW for at, _ in told)
    kinds = [type(each) for _, each in told]
    assert 4 <= kinds.count(NewItem) <= 6
    assert {NewGrade, NewItem, Step, Measure} == set(kinds)
    named = {each.code for _, each in told if isinstance(each, Measure)}
    assert named <= {each.code for each in METRICS}


def test_all_of_it_is_entered_by_the_commands_of_the_room(store: Store, force: Force) -> None:
    _enter_demo_inspection(store)
    with store.work(writes=True) as work:
        work.actor = force.actors["inspector1"]
        pages = queries.areas(work, Rules())
        ids = work.session.scalars(select(InspectionEntry.id)).all()
        told = list(story(work.now, {}))
    assert [bool(page.grade) for page in pages] == [each.is_graded for each in AREAS]
    states = {item.item.state for page in pages for item in page.items}
    assert states == set(ItemState) - {ItemState.WITHDRAWN}
    assert sum(page.overdue_count for page in pages) == 2
    assert len(ids) == sum(not isinstance(each, NewGrade) for _, each in told)
