"""Four hands on one case at once, against the real server with two worker processes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Barrier
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from dash_forms.config import Settings
from dash_forms.domain.assessment import Event, State, after
from dash_forms.domain.audit_events import FIRST_HASH
from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Permission
from dash_forms.domain.sync import Receipt
from dash_forms.store.access import assessment_for
from dash_forms.store.answers import StoredAnswer, stored_answers
from dash_forms.store.models import AnswerLogEntry, AuditEvent
from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.force import Force, new_assessment, operation
from tests.support.page import HtmlForm, Page
from tests.support.workers import RunningServer, running_server

ROUNDS = 30
HANDS = 4

T = TypeVar("T")


@pytest.fixture(scope="module")
def server(_application: Flask, settings: Settings) -> Iterator[RunningServer]:
    with running_server(settings.url, settings.instance) as running:
        yield running


@dataclass(frozen=True)
class Device:
    """A tablet that somebody is signed in on, talking to the real server."""

    server: RunningServer
    cookie: str
    csrf_token: str

    def post(self, path: str, body: str, kind: str) -> tuple[int, str]:
        """Send a request on a connection of its own; gives the status and the body."""
        connection = self.server.connect()
        headers = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf_token, "Content-Type": kind}
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def send(self, *operations: dict[str, object]) -> list[dict[str, Any]]:
        """Send operations; gives their receipts."""
        status, answer = self.post(
            "/sync", json.dumps({"operations": operations}), "application/json"
        )
        assert status == 200, answer
        receipts: list[dict[str, Any]] = json.loads(answer)["receipts"]
        return receipts

    def save(self, form: HtmlForm, **values: str) -> int:
        """Send a section as a browser without JavaScript does; gives the status."""
        body = urlencode(form.filled(**values), doseq=True)
        return self.post(form.action, body, "application/x-www-form-urlencoded")[0]


@pytest.fixture
def device(server: RunningServer) -> Callable[[StrictClient], Device]:
    """The real server's view of a browser signed in with the test client: the same cookie."""

    def carry_over(client: StrictClient) -> Device:
        token = client.csrf_token()
        cookie = client.get_cookie("dash")
        assert cookie is not None
        return Device(server, f"dash={cookie.value}", token)

    return carry_over


def at_once(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """Run each job in a thread of its own, all let go together; gives what they return."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T:
        barrier.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def stored(store: Store, path: str) -> dict[int, StoredAnswer]:
    with store.work(writes=False) as work:
        return stored_answers(work, _id(path))


def logged(store: Store, path: str) -> dict[str, AnswerLogEntry]:
    """The log of an assessment, by op_id."""
    with store.work(writes=False) as work:
        entries = work.session.scalars(
            select(AnswerLogEntry).where(AnswerLogEntry.assessment_id == _id(path))
        )
        return {str(entry.op_id): entry for entry in entries}


def _id(path: str) -> UUID:
    return UUID(path.rsplit("/", 1)[1])


def test_none_of_120_answers_saved_four_at_a_time_is_lost(
    officer: StrictClient,
    as_: Callable[[str], StrictClient],
    device: Callable[[StrictClient], Device],
    store: Store,
) -> None:
    path = new_assessment(officer)
    hands = [device(officer), device(officer), *[device(as_("officer3"))] * 2]
    expected: dict[int, tuple[str, str, int]] = {}
    acknowledged = set()
    for number in range(ROUNDS):
        operations = []
        for hand in range(HANDS):
            turn, item = divmod(number * HANDS + hand, 27)
            value = ("yes", "no", "dont_know", "declined", "not_asked")[turn]
            note = f"Invented note {number}.{hand}"
            operations.append(operation(str(_id(path)), item + 1, value, note=note, base_rev=turn))
            expected[item + 1] = (value, note, turn + 1)
        sent = at_once([partial(d.send, o) for d, o in zip(hands, operations, strict=True)])
        assert [each["receipt"] for [each] in sent] == ["applied"] * HANDS
        acknowledged |= {each["op_id"] for [each] in sent}
        current = {
            item: (str(answer.content.value), answer.content.note, answer.rev)
            for item, answer in stored(store, path).items()
        }
        assert current == expected, f"round {number}"
    entries = logged(store, path)
    assert entries.keys() == acknowledged
    assert len(entries) == ROUNDS * HANDS
    assert {entry.receipt for entry in entries.values()} == {Receipt.APPLIED}
    _check_chain(store)


def _check_chain(store: Store) -> None:
    """The audit log took every event of the race, in one line without a gap."""
    with store.work(writes=False) as work:
        rows = work.session.execute(
            select(AuditEvent.seq, AuditEvent.previous_hash, AuditEvent.hash).order_by(
                AuditEvent.seq
            )
        ).all()
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert [row.previous_hash for row in rows] == [FIRST_HASH, *(row.hash for row in rows[:-1])]


def test_two_values_for_one_item_are_both_kept_and_shown(
    officer: StrictClient,
    as_: Callable[[str], StrictClient],
    device: Callable[[StrictClient], Device],
    store: Store,
) -> None:
    one, other = device(officer), device(as_("officer3"))
    for items in (range(1, 16), range(1, ROUNDS - 15 + 1)):
        path = new_assessment(officer)
        for item in items:
            yes, no = (operation(str(_id(path)), item, value) for value in ("yes", "no"))
            sent = at_once([partial(one.send, yes), partial(other.send, no)])
            assert sorted(each["receipt"] for [each] in sent) == ["applied", "conflict"]
        entries = logged(store, path).values()
        assert Counter(entry.item for entry in entries) == dict.fromkeys(items, 2)
        assert all(answer.in_conflict for answer in stored(store, path).values())
        page = officer.page(path)
        for item in items:
            assert _versions(page, item) == [("No", "officer3"), ("Yes", "officer1")], item


def _versions(page: Page, item: int) -> list[tuple[str, str]]:
    """The values that a card offers to decide between, each with who saved it."""
    card = next(each for each in page.all("div") if each.get("id") == f"q{item}")
    found = []
    for version in card.iter("div"):
        if version.get("class") == "app-conflict__version":
            value, *_, who = (page.text(p) for p in version.iter("p"))
            found.append((value, who.partition("Response officer ")[2].partition(",")[0]))
    return sorted(found)


def test_one_operation_sent_four_times_has_one_effect(
    officer: StrictClient, device: Callable[[StrictClient], Device], store: Store
) -> None:
    path = new_assessment(officer)
    tablet = device(officer)
    for number in range(ROUNDS):
        turn, item = divmod(number, 27)
        tap = operation(str(_id(path)), item + 1, ("yes", "no")[turn], base_rev=turn)
        sent = at_once([partial(tablet.send, tap)] * HANDS)
        assert Counter(each["receipt"] for [each] in sent) == {"applied": 1, "duplicate": 3}
        assert {each["rev"] for [each] in sent} == {turn + 1}
        assert stored(store, path)[item + 1].rev == turn + 1
    assert len(logged(store, path)) == ROUNDS


def test_one_operation_id_used_for_two_cases_at_once_serves_one(
    officer: StrictClient, device: Callable[[StrictClient], Device], store: Store
) -> None:
    paths = [new_assessment(officer), new_assessment(officer)]
    tablet = device(officer)
    for item in range(1, 11):
        op_id = str(uuid7())
        taps = [operation(str(_id(path)), item, "yes", op_id=op_id) for path in paths]
        sent = at_once([partial(tablet.send, tap) for tap in taps])
        assert sorted(each["receipt"] for [each] in sent) == ["applied", "rejected"]
    assert sum(len(logged(store, path)) for path in paths) == 10


def test_two_cases_sent_in_opposite_orders_do_not_block_each_other(
    officer: StrictClient, device: Callable[[StrictClient], Device], store: Store
) -> None:
    paths = [new_assessment(officer), new_assessment(officer)]
    tablet = device(officer)
    for number in range(10):
        forth, back = (
            [operation(str(_id(path)), item, "yes") for item in range(n, 28, 2) for path in order]
            for n, order in ((1, paths), (2, paths[::-1]))
        )
        if number:
            forth = [each | {"op_id": str(uuid7()), "base_rev": number} for each in forth]
            back = [each | {"op_id": str(uuid7()), "base_rev": number} for each in back]
        sent = at_once([partial(tablet.send, *forth), partial(tablet.send, *back)])
        assert [[each["receipt"] for each in receipts] for receipts in sent] == [
            ["applied"] * len(forth),
            ["applied"] * len(back),
        ]
    assert {answer.rev for path in paths for answer in stored(store, path).values()} == {10}


def test_sections_saved_from_four_open_pages_lose_nothing(
    officer: StrictClient, device: Callable[[StrictClient], Device], store: Store
) -> None:
    tablet = device(officer)
    for number in range(3):
        path = new_assessment(officer)
        for section, items in (("now", (1, 3, 5, 7)), ("history", (13, 15, 17, 19))):
            pages = [officer.page(path).form(f"/sections/{section}") for _ in items]
            statuses = at_once(
                [
                    partial(tablet.save, form, **{f"q{n}-value": "yes", f"q{n}-note": f"Note {n}"})
                    for form, n in zip(pages, items, strict=True)
                ]
            )
            assert statuses == [303] * HANDS
            saved = stored(store, path)
            assert {item: saved[item].content.note for item in items} == {
                item: f"Note {item}" for item in items
            }, f"round {number}"
        assert not any(answer.in_conflict for answer in saved.values())


def test_one_section_sent_four_times_has_one_effect(
    officer: StrictClient, device: Callable[[StrictClient], Device], store: Store
) -> None:
    path = new_assessment(officer)
    tablet = device(officer)
    form = officer.page(path).form("/sections/abuser")
    values = {f"q{item}-value": "no" for item in range(23, 28)}
    assert at_once([partial(tablet.save, form, **values)] * HANDS) == [303] * HANDS
    saved = stored(store, path)
    assert saved.keys() == set(range(23, 28))
    assert {(answer.rev, answer.in_conflict) for answer in saved.values()} == {(1, False)}
    assert len(logged(store, path)) == 5


def test_a_case_submitted_meanwhile_takes_no_more_answers(
    officer: StrictClient, store: Store, force: Force
) -> None:
    """Whoever waited for the case sees it as it is now, not as it was before the wait."""
    if store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one writer in at a time, so nobody reads before waiting")
    assessment_id = _id(new_assessment(officer))
    actor = force.actors["officer1"]
    needed = Permission.RECORD_ASSESSMENTS
    with store.work(writes=True, actor=actor) as late:
        seen, _ = assessment_for(late, assessment_id, needed)
        assert seen.state is State.DRAFT
        with store.work(writes=True, actor=actor) as first:
            changed, _ = assessment_for(first, assessment_id, needed, lock=True)
            changed.state = after(changed.state, Event.DECLINE)
        held, _ = assessment_for(late, assessment_id, needed, lock=True)
        assert held.state is State.DECLINING
