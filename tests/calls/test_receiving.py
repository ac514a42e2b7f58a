"""What another program sends: the same rows as in a file, each answered for by its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from dash_forms.store.models import AnsweringCount, AuditEvent, Call, CallerFlag
from dash_forms.store.work import Store
from tests.support.calls import calls_of
from tests.support.client import StrictClient

SignIn = Callable[[str], StrictClient]
Send = Callable[..., TestResponse]
FIGURES = "/feed/v1/figures"


def _token(admin: StrictClient, team: str) -> str:
    made = admin.submit(
        "/feed/tokens/new", expect=200, name=f"Invented {team}", team=team, lifetime="30"
    )
    return str(re.findall(r"data-token>(dash_[\w-]{43})<", made.text)[0])


@pytest.fixture
def send(as_: SignIn, anyone: StrictClient) -> Send:
    token = _token(as_("admin1"), "calls")

    def send_it(rows: Any, log: str = "calls", *, body: Any = None, with_: str = token) -> Any:
        data = json.dumps({"rows": rows}) if body is None else body
        return anyone.post(
            f"/calls/v1/{log}",
            data=data,
            content_type="application/json",
            headers={"Authorization": f"Bearer {with_}"},
        )

    return send_it


def test_rows_are_taken_in_once_and_a_wrong_one_holds_up_none(store: Store, send: Send) -> None:
    rows: list[Any] = calls_of("Wren Ashdown", [4, 3, 2, 1])
    rows[1:1] = [{**rows[0], "reference": "X-1", "phone": "ask"}, "no row", {"colour": "red"}]
    first = send(rows)
    assert first.status_code == 200
    assert first.json == {
        "new": 4,
        "known": 0,
        "refused": [
            {"row": 1, "field": "phone", "reason": "This is not a phone number"},
            {"row": 2, "field": "", "reason": "A row is an object with a member for each column"},
            {
                "row": 3,
                "field": "colour",
                "reason": "There is no such column; there are: reference, called_at, channel,"
                " phone, name, born_on, address, duplicate_of, incident",
            },
        ],
    }
    again = send(rows)
    assert again.json is not None
    assert (again.json["new"], again.json["known"]) == (0, 4)
    with store.work(writes=False) as work:
        assert work.connection.scalar(select(func.count()).select_from(CallerFlag)) == 1
        logged = work.session.scalars(
            select(AuditEvent).where(AuditEvent.name == "calls.sent").order_by(AuditEvent.seq)
        )
        details = [json.loads(each.detail or "{}") for each in logged]
    assert [each["new"] for each in details] == [4, 0]


def test_every_fault_of_a_row_is_told(send: Send) -> None:
    [right] = calls_of("Wren Ashdown", [1])
    told: Any = send([right, {**right, "phone": "ask", "channel": "post"}]).json
    assert [(each["row"], each["field"]) for each in told["refused"]] == [
        (1, "channel"),
        (1, "phone"),
    ]
    assert (told["new"], told["known"]) == (1, 0)


def test_calls_to_101_are_sent_likewise(store: Store, send: Send) -> None:
    row = {"reference": "Q-1", "offered_at": "2026-07-01 12:10", "result": "answered", "wait_s": 9}
    assert send([row, {**row, "reference": "Q-2", "wait_s": None}], "answering").json == {
        "new": 2,
        "known": 0,
        "refused": [],
    }
    with store.work(writes=False) as work:
        [count] = work.session.scalars(select(AnsweringCount)).all()
    assert (count.number, count.waited) == (2, 9)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("{", 400, ""),
        ("[" * 100_000, 400, "not JSON"),
        ("[]", 422, "list of `rows`"),
        ('{"rows": {}}', 422, "list of `rows`"),
        (json.dumps({"rows": [{}] * 1_001}), 422, "at most 1,000"),
    ],
)
def test_a_body_that_holds_no_rows_is_a_problem(
    send: Send, body: str, status: int, words: str
) -> None:
    answer = send(None, body=body)
    assert answer.status_code in {status, 422}
    assert answer.mimetype == "application/problem+json"
    assert words in answer.text


@pytest.mark.parametrize("value", [True, 1.5, [], {}, 10**20, "\ud800", "a\u0000b"])
def test_whatever_a_cell_says_it_is_read_or_refused(send: Send, value: Any) -> None:
    row = {**calls_of("Wren Ashdown", [1])[0], "name": value}
    answer = send([row])
    assert answer.status_code == 200
    assert answer.json is not None
    assert [each["field"] for each in answer.json["refused"]] == ["name"]


def test_a_column_that_no_text_can_hold_is_refused_too(send: Send) -> None:
    answer = send([{"\ud800": "x"}])
    assert answer.status_code == 200
    assert answer.json is not None
    assert len(answer.json["refused"]) == 1


def test_a_token_does_what_it_is_for_and_nothing_else(
    as_: SignIn, anyone: StrictClient, store: Store, send: Send
) -> None:
    reads = _token(as_("admin1"), "force")
    assert send(calls_of("Wren Ashdown", [1]), with_=reads).status_code == 401
    sends = _token(as_("admin1"), "calls")
    bearer = {"Authorization": f"Bearer {sends}"}
    assert anyone.get(FIGURES, headers=bearer).status_code == 401
    assert send(calls_of("Wren Ashdown", [1]), with_="").status_code == 401
    assert as_("control1").post("/calls/v1/calls", data="{}").status_code == 401
    with store.work(writes=False) as work:
        assert work.connection.scalar(select(func.count()).select_from(Call)) == 0
    assert "Nothing: it sends call logs" in as_("admin1").page("/feed/tokens").text()
