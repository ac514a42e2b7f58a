"""The pages of imports: a file in, its progress, what was refused, and who may."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from dash_forms.app import runner_of
from dash_forms.calls import importing
from dash_forms.calls.importing import put_by
from dash_forms.domain.answering import Result
from dash_forms.domain.jobs import JobState
from dash_forms.domain.logs import Log
from dash_forms.store.models import (
    AnsweringCount,
    Call,
    CallImport,
    CallImportPart,
    JobRow,
)
from dash_forms.store.work import Store
from tests.calls.conftest import Import
from tests.support.calls import calls_of, written
from tests.support.client import StrictClient, page_of
from tests.support.force import Force
from tests.support.log import names

SignIn = Callable[[str], StrictClient]
PATH = "/calls/imports"


@pytest.fixture
def control(as_: SignIn) -> StrictClient:
    return as_("control1")


def _send(
    client: StrictClient, content: bytes, log: str = "calls", name: str = "night.csv"
) -> TestResponse:
    filled = client.page(PATH).form().filled(log=log)
    return client.post(
        PATH,
        data={**filled, "file": (BytesIO(content), name)},
        content_type="multipart/form-data",
    )


def _text(client: StrictClient, address: str) -> str:
    return " ".join(page_of(client.get(address)).text().split())


def test_a_file_is_taken_in_and_its_page_says_what_became_of_it(
    app: Flask, store: Store, control: StrictClient
) -> None:
    rows = calls_of("Wren Ashdown", [3, 2, 1])
    rows[2]["phone"] = "ask her"
    sent = _send(control, b"\xef\xbb\xbf" + written(rows).encode())
    assert sent.status_code == 303
    waiting = control.get(sent.location)
    assert waiting.headers["Refresh"] == "3"
    assert "0 of 3 rows" in waiting.text
    assert "Refresh" not in control.get(f"{sent.location}?still=1").headers
    runner_of(app).run_waiting()
    done = control.get(sent.location)
    assert "Refresh" not in done.headers
    text = " ".join(page_of(done).text().split())
    assert "New calls2Known already, left as they are0Refused1" in text
    assert "This is not a phone number" in text
    assert "ask her" not in text
    assert "night.csv Finished" in _text(control, PATH)
    refused = control.get(f"{sent.location}/refused.csv")
    assert list(csv.reader(StringIO(refused.text))) == [
        ["line", "reference", "column", "reason"],
        ["4", rows[2]["reference"], "phone", "This is not a phone number"],
    ]


def test_calls_to_101_are_counted_once_by_hour_and_result(
    app: Flask, store: Store, control: StrictClient
) -> None:
    log = (
        "reference,offered_at,result,wait_s\r\n"
        "Q-1,2026-07-01T11:59:59Z,answered,30\r\n"
        "Q-2,2026-07-01 12:10,answered,90\r\n"
        "Q-2,2026-07-01 12:10,answered,90\r\n"
        "Q-3,2026-07-01 12:20,abandoned_in_queue,200\r\n"
        "Q-4,2026-07-01 12:30,lost,200\r\n"
    )
    for _ in range(2):
        assert _send(control, log.encode(), "answering").status_code == 303
        runner_of(app).run_waiting()
    with store.work(writes=False) as work:
        found = work.session.scalars(select(AnsweringCount)).all()
    assert {(str(row.on_day), row.hour, row.result, row.number, row.waited) for row in found} == {
        ("2026-07-01", 12, Result.ANSWERED, 2, 120),
        ("2026-07-01", 12, Result.ABANDONED_IN_QUEUE, 1, 200),
    }


@pytest.mark.parametrize(
    ("content", "log", "words"),
    [
        (b"", "calls", "The file is empty"),
        (b"reference,called_at\r\nC-1,2026-01-31 21:45\r\n", "", "Choose what is in the file"),
        (b"reference,colour\r\n", "calls", "no column “colour”"),
        (b"reference,called_at\r\n\xff\xfe", "calls", "not in UTF-8"),
        (b"reference,called_at\r\nC-1,2026-01-31 21:45\r\n", "answering", "no column “called_at”"),
    ],
)
def test_what_is_no_log_is_refused_beside_the_file(
    store: Store, control: StrictClient, content: bytes, log: str, words: str
) -> None:
    answer = _send(control, content, log)
    assert answer.status_code == 422
    assert words in answer.text
    with store.work(writes=False) as work:
        assert work.connection.scalar(select(func.count()).select_from(CallImport)) == 0


def test_a_name_that_cannot_be_kept_is_refused(control: StrictClient) -> None:
    answer = _send(control, written(calls_of("Wren Ashdown", [1])).encode(), name="a\u202eb.csv")
    assert answer.status_code == 422
    assert "invisible character" in answer.text


def test_no_file_at_all_is_said_beside_the_field(control: StrictClient) -> None:
    assert "Choose the file" in control.submit(PATH, log="calls", expect=422).text


def test_a_file_larger_than_any_form_is_read_and_one_from_a_stranger_is_not(
    app: Flask, anyone: StrictClient, control: StrictClient
) -> None:
    rows = calls_of("Wren Ashdown", [at / 100 for at in range(9_000)])
    content = written(rows).encode()
    assert len(content) > app.config["MAX_CONTENT_LENGTH"]
    assert _send(control, content).status_code == 303
    stranger = anyone.post(
        PATH, data={"file": (BytesIO(content), "x.csv")}, content_type="multipart/form-data"
    )
    assert stranger.status_code == 413


def test_an_import_is_cancelled_by_whoever_began_it(
    store: Store, control: StrictClient, put: Import
) -> None:
    path = f"{PATH}/{put(calls_of('Wren Ashdown', [3, 2, 1]))}"
    control.submit(path, action="/cancel")
    assert "Cancelled. The 0 rows taken in until then stay" in _text(control, path)
    with store.work(writes=False) as work:
        for model in (Call, CallImportPart):
            assert work.connection.scalar(select(func.count()).select_from(model)) == 0


@pytest.fixture
def failed(
    app: Flask, store: Store, force: Force, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Somebody's import of three rows that failed so many days ago; gives its path."""

    def fail(*, days: int = 0, by: str = "sergeant1") -> str:
        lines = StringIO(written(calls_of("Wren Ashdown", [3, 2, 1])), newline="")
        with store.work(writes=True, actor=force.actors[by]) as work:
            import_id = put_by(work, Log.CALLS, "night.csv", lines)
        monkeypatch.setattr(importing, "_read", lambda *_: 1 / 0)
        runner_of(app).run_waiting()
        monkeypatch.undo()
        with store.work(writes=True) as work:
            at = work.now - timedelta(days=days)
            work.connection.execute(update(JobRow).values(asked_at=at, ended_at=at))
        return f"{PATH}/{import_id}"

    return fail


def _parts(store: Store) -> int:
    with store.work(writes=False) as work:
        return work.connection.scalar(select(func.count()).select_from(CallImportPart)) or 0


def test_an_import_that_failed_is_cancelled_by_anybody_who_imports(
    store: Store, control: StrictClient, failed: Callable[..., str]
) -> None:
    path = failed()
    assert "Only the person who began it can try again" in _text(control, path)
    assert _parts(store) == 1
    control.submit(path, action="/cancel")
    assert "Cancelled. The 0 rows taken in until then stay" in _text(control, path)
    assert _parts(store) == 0


def test_one_that_waits_is_cancelled_by_whoever_began_it_alone(
    store: Store, force: Force, control: StrictClient
) -> None:
    lines = StringIO(written(calls_of("Wren Ashdown", [3, 2, 1])), newline="")
    with store.work(writes=True, actor=force.actors["sergeant1"]) as work:
        path = f"{PATH}/{put_by(work, Log.CALLS, 'night.csv', lines)}"
    assert "Only the person who began it can cancel it" in _text(control, path)
    data = control.page(PATH).form().filled()
    assert control.post(f"{path}/cancel", data=data).status_code == 403
    assert _parts(store) == 1


@pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
def test_the_rows_of_an_import_that_failed_are_removed_after_a_week(
    app: Flask, store: Store, failed: Callable[..., str], days: int, left: int
) -> None:
    failed(days=days)
    runner_of(app).run_waiting()
    assert _parts(store) == left
    with store.work(writes=False) as work:
        found = work.connection.scalar(select(JobRow.state))
    assert found is (JobState.FAILED if left else JobState.CANCELLED)
    assert ("calls.import_cancelled" in names(store)) is (left == 0)


def test_after_a_further_try_it_waits_its_turn(
    control: StrictClient, failed: Callable[..., str]
) -> None:
    path = failed(days=1, by="control1")
    control.submit(path, action="/again")
    text = _text(control, path)
    assert "Waiting its turn" in text
    assert "Nothing has begun it" not in text


def test_only_the_control_room_imports(as_: SignIn, put: Import) -> None:
    path = f"{PATH}/{put(calls_of('Wren Ashdown', [1]))}"
    for username in ("officer1", "sergeant1", "analyst1", "admin1"):
        for address in (PATH, path, f"{path}/refused.csv"):
            assert as_(username).get(address).status_code == 403
