"""The one place that commits: all of a unit of work or none of it, and its events with it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import NotPermittedError
from dash_forms.domain.ids import uuid7
from dash_forms.store import work as work_module
from dash_forms.store.models import AuditEvent, Team
from dash_forms.store.work import Store, Work
from tests.support.force import Force


def events(store: Store) -> list[str]:
    with store.work(writes=False) as work:
        return list(work.session.scalars(select(AuditEvent.name).order_by(AuditEvent.seq)))


def team_count(store: Store) -> int:
    with store.work(writes=False) as work:
        return work.session.scalar(select(func.count()).select_from(Team)) or 0


def disk_full(*_arguments: object) -> None:
    raise OSError("disk full")


def a_team() -> Team:
    return Team(id=uuid7(), name=f"Team {uuid7()}")


def test_a_block_that_ends_well_commits_its_rows_and_its_events(store: Store) -> None:
    with store.work(writes=True) as work:
        work.session.add(a_team())
        work.audit(Name.DEMO_SEEDED)
    assert team_count(store) == 1
    assert events(store) == ["demo.seeded"]


def test_a_block_that_raises_commits_neither_rows_nor_events(store: Store) -> None:
    def fail_midway() -> None:
        with store.work(writes=True) as work:
            work.session.add(a_team())
            work.session.flush()
            work.audit(Name.DEMO_SEEDED)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert team_count(store) == 0
    assert events(store) == []


def test_without_its_audit_event_no_change_is_committed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change() -> None:
        with store.work(writes=True) as work:
            work.session.add(a_team())
            work.audit(Name.DEMO_SEEDED)

    monkeypatch.setattr(work_module, "append", disk_full)
    with pytest.raises(OSError, match="disk full"):
        change()
    assert team_count(store) == 0


def test_a_view_commits_its_event_before_anything_is_sent(store: Store) -> None:
    with store.work(writes=False) as work:
        work.audit(Name.INCIDENT_VIEWED, "incident", "x")
    assert events(store) == ["incident.viewed"]


def test_a_view_whose_event_cannot_be_written_fails(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_module, "append", disk_full)
    with pytest.raises(OSError, match="disk full"), store.work(writes=False) as work:
        work.audit(Name.INCIDENT_VIEWED)


def test_a_view_that_raises_leaves_no_event_of_having_seen(store: Store) -> None:
    def fail_after_looking() -> None:
        with store.work(writes=False) as work:
            work.audit(Name.INCIDENT_VIEWED)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_looking()
    assert events(store) == []


def test_a_reading_unit_of_work_refuses_to_flush(store: Store) -> None:
    with store.work(writes=False) as work:
        work.session.add(a_team())
        with pytest.raises(RuntimeError, match="read-only"):
            work.session.flush()
        work.session.expunge_all()


def test_a_reading_unit_of_work_cannot_write_behind_the_models_back(store: Store) -> None:
    with pytest.raises(DBAPIError), store.work(writes=False) as work:
        work.session.execute(Team.__table__.insert().values(id=uuid7(), name="x"))  # type: ignore[attr-defined]


def test_a_savepoint_that_fails_takes_its_rows_and_its_events_away_and_no_others(
    store: Store,
) -> None:
    def fail_in_savepoint(work: Work) -> None:
        with work.savepoint():
            work.session.add(a_team())
            work.audit(Name.INCIDENT_CREATED)
            raise ZeroDivisionError

    with store.work(writes=True) as work:
        work.session.add(a_team())
        work.audit(Name.DEMO_SEEDED)
        with pytest.raises(ZeroDivisionError):
            fail_in_savepoint(work)
        with work.savepoint():
            work.session.add(a_team())
            work.audit(Name.INCIDENT_CHANGED)
    assert team_count(store) == 2
    assert events(store) == ["demo.seeded", "incident.changed"]


def test_an_act_needs_somebody_who_does_it(store: Store, force: Force) -> None:
    with store.work(writes=False) as work, pytest.raises(NotPermittedError):
        _ = work.by
    with store.work(writes=False, actor=force.actors["officer1"]) as work:
        assert work.by.display_name.endswith("officer1")


def test_all_events_of_one_unit_of_work_share_its_request_and_its_time(store: Store) -> None:
    with store.work(writes=True, request_id="r-1") as work:
        work.audit(Name.INCIDENT_CREATED)
        work.audit(Name.PAIR_LINKED)
        now = work.now
    with store.work(writes=False) as work:
        rows = work.session.execute(select(AuditEvent.request_id, AuditEvent.at)).all()
    assert [tuple(row) for row in rows] == [("r-1", now)] * 2


def test_a_savepoint_takes_back_what_was_written_on_the_connection_alone(store: Store) -> None:
    """The connection is older than the savepoint here, which begins only with its first use."""

    def fail_in_savepoint(work: Work) -> None:
        with work.savepoint():
            work.connection.execute(insert(Team), {"id": uuid7(), "name": "Gone"})
            raise ZeroDivisionError

    with store.work(writes=True) as work:
        work.connection.execute(select(Team.id))
        with pytest.raises(ZeroDivisionError):
            fail_in_savepoint(work)
    with store.work(writes=False) as work:
        assert list(work.session.scalars(select(Team.name))) == []


def test_what_is_done_for_an_author_is_theirs_and_its_events_name_who_asked(
    store: Store, force: Force
) -> None:
    sergeant, officer = force.actors["sergeant1"], force.actors["officer1"]
    with store.work(writes=True, actor=sergeant) as work:
        work.audit(Name.REVIEWS_LISTED)
        with work.as_(officer):
            assert work.by == officer
            work.audit(Name.ANSWERS_SAVED, "assessment", "x", items=[1])
        with pytest.raises(ZeroDivisionError), work.as_(officer):
            raise ZeroDivisionError
        assert work.by == sergeant
        with work.as_(sergeant):
            work.audit(Name.REVIEW_OPENED)
    with store.work(writes=False) as work:
        found = work.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(3))
        told = [(each.name, each.actor_id, each.detail) for each in found][::-1]
    assert told == [
        ("review.listed", sergeant.id, "{}"),
        ("assessment.answers_saved", sergeant.id, f'{{"for":"{officer.id}","items":[1]}}'),
        ("review.opened", sergeant.id, "{}"),
    ]
