"""The feed: who may read it, what it gives, and that nothing small gets out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.audit_events import Name
from dash_forms.domain.definitions import METRICS, Window
from dash_forms.domain.disclosure import Rules
from dash_forms.domain.periods import FixedPeriod, Length, Month, london_date
from dash_forms.store.models import AuditEvent, FeedToken, SignInFailure
from dash_forms.store.work import Store
from tests.reporting.feed import FEED, Read, is_problem, make_token
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient
from tests.support.force import Force
from tests.support.log import last

pytestmark = pytest.mark.rows_by_hand

LAST = Month.of(london_date(datetime.now(UTC))).back(4)
DAY = LAST.first
ONE_MONTH = f"from={LAST.key}&to={LAST.key}"


def rows(response: TestResponse) -> dict[tuple[str, str | None, str], tuple[Any, Any, Any]]:
    """(number, of, rate) by month, team and measure."""
    assert response.status_code == 200, response.text
    assert response.json is not None
    return {
        (each["month"], each["team"], each["measure"]): (each["number"], each["of"], each["rate"])
        for each in response.json["figures"]
    }


@pytest.fixture
def month(ledger: Ledger) -> Ledger:
    """40 of 103 declined in the north; 3 of 12 in the south."""
    ledger.record_rate(40, 103, DAY)
    ledger.record(9, Outcome.COMPLETED, DAY, team="south")
    ledger.record(3, Outcome.DECLINED, DAY, team="south")
    return ledger


def test_small_counts_are_withheld_with_what_would_tell_them(read: Read, month: Ledger) -> None:
    found = rows(read(f"/figures?{ONE_MONTH}&measure=D1"))
    assert found == {
        (LAST.key, None, "D1"): (45, 115, 0.39),
        (LAST.key, "North", "D1"): (None, 105, None),
        (LAST.key, "South", "D1"): (None, 10, None),
    }


def test_a_token_of_a_team_reads_that_team_alone_and_no_more_of_it(
    read: Read, admin: StrictClient, month: Ledger, force: Force
) -> None:
    """North alone would tell, less the force's, what is withheld of South: to no token."""
    north, south = (str(force.teams[each]) for each in ("north", "south"))
    token = make_token(admin, north)
    found = rows(read(f"/figures?{ONE_MONTH}", token))
    assert {team for _, team, _ in found} == {"North"}
    assert found[LAST.key, "North", "D1"] == (None, 105, None)
    assert rows(read(f"/figures?{ONE_MONTH}&team={north}", token)) == found
    assert read("/teams", token).json == {"teams": [{"id": north, "name": "North"}]}
    assert read(f"/figures?team={south}", token).status_code == 403
    assert read(f"/figures?team={'0' * 8}-0000-7000-8000-000000000000", token).status_code == 403
    event, _ = last(month.store, Name.ACCESS_REFUSED)
    assert event.subject_kind == "feed_token"


def test_every_measure_is_there_for_the_force_and_each_team(read: Read, month: Ledger) -> None:
    found = rows(read(f"/figures?{ONE_MONTH}&limit=500"))
    ids = month.force.teams  # the order is theirs, so that a cursor holds when a name changes
    assert list(found) == [
        (LAST.key, team, metric.code)
        for team in (None, *sorted(("North", "South"), key=lambda name: ids[name.lower()]))
        for metric in METRICS
        if metric.window is not Window.YEAR or LAST.number == 3
    ]
    assert found[LAST.key, "South", "B1"][1] is not None
    year = FixedPeriod.holding(DAY, Length.YEAR).before
    month.record_rate(45, 115, year.end)
    key = Month.of(year.end).key
    found = rows(read(f"/figures?from={key}&to={key}&limit=500"))
    assert found[key, None, "D6"][2] == 0.39


def test_a_month_that_is_not_over_is_refused_and_not_guessed(read: Read, month: Ledger) -> None:
    current = Month.of(london_date(datetime.now(UTC)))
    problem = is_problem(read(f"/figures?to={current.key}"))
    assert (problem["status"], problem["field"]) == (422, "to")
    latest = rows(read(f"/figures?from={current.back(1).key}&limit=500"))
    is_old = (london_date(datetime.now(UTC)) - current.back(1).last).days >= 28
    assert ((current.back(1).key, None, "D4") in latest) is is_old


def pages(read: Read, path: str) -> Iterator[TestResponse]:
    following: str | None = path
    while following:
        response = read(following.removeprefix(FEED))
        assert response.json is not None
        following = response.json["next"]
        wanted = f'<{following}>; rel="next"' if following else None
        assert response.headers.get("Link") == wanted
        yield response


def test_pages_give_each_row_once_whatever_comes_between(read: Read, month: Ledger) -> None:
    path = f"/figures?from={LAST.back(2).key}&to={LAST.key}"
    whole = rows(read(f"{path}&limit=500"))
    found: list[Any] = []
    for at, response in enumerate(pages(read, f"{path}&limit=37")):
        found += rows(response)
        if at == 0:  # a pair that comes meanwhile moves nothing
            month.record(20, Outcome.COMPLETED, DAY)
    assert found == list(whole)
    of_a_year = sum(each.window is Window.YEAR for each in METRICS)
    ends_a_year = any(LAST.back(number).number == 3 for number in range(3))
    assert len(found) == 3 * 3 * (len(METRICS) - of_a_year) + 3 * of_a_year * ends_a_year


def test_an_answer_that_did_not_change_is_not_sent_again(read: Read, month: Ledger) -> None:
    for path in (f"/figures?{ONE_MONTH}", "/measures", "/measures/D1", "/baselines", "/teams"):
        first = read(path)
        etag = first.headers["ETag"]
        assert re.fullmatch(r'"[0-9a-f]{64}"', etag)
        again = read(path, If_None_Match=etag)
        assert (again.status_code, again.text, again.headers["ETag"]) == (304, "", etag)
        assert again.headers["Cache-Control"] == "private, no-cache"
        assert again.headers["Vary"] == "Authorization"
    etag = read(f"/figures?{ONE_MONTH}").headers["ETag"]
    month.record(20, Outcome.DECLINED, DAY)
    assert read(f"/figures?{ONE_MONTH}", If_None_Match=etag).status_code == 200


def test_definitions_are_those_of_the_reports(read: Read, ledger: Ledger) -> None:
    found = read("/measures").json
    assert found is not None
    assert [each["code"] for each in found["measures"]] == [each.code for each in METRICS]
    assert read("/measures/D1").json == found["measures"][0]
    assert found["measures"][0]["numerator"] == "Pairs declined"
    assert read("/measures/D9").status_code == 404


def test_baselines_have_no_small_counts_either(
    read: Read, inspector: StrictClient, ledger: Ledger
) -> None:
    said: dict[str, Any] = {
        "origin": "own",
        "how": "counts",
        "source": "Invented",
        "reason": "Invented. " * 4,
    }
    days: dict[str, Any] = {"from": ["1", "1", "2025"], "to": ["31", "12", "2025"]}
    for declined in ("3", "42"):
        inspector.submit("/reports/baselines/new", declined=declined, cases="103", **said, **days)
    found = read("/baselines").json
    assert found is not None
    shipped, small, usual = found["baselines"]
    assert (shipped["key"], shipped["rate"], shipped["cases"]) == ("hmicfrs-2024", 0.38, None)
    assert (small["rate"], small["cases"]) == (None, 105)
    assert (usual["rate"], usual["cases"], usual["withdrawn"]) == (0.38, 105, False)
    assert "reason" not in usual


def test_a_force_s_own_rules_are_followed(app: Flask, read: Read, month: Ledger) -> None:
    before = app.config["DISCLOSURE"]
    app.config["DISCLOSURE"] = Rules(smallest=2, rounding=1, fewest_for_a_rate=10)
    try:
        found = rows(read(f"/figures?{ONE_MONTH}&measure=D1"))
    finally:
        app.config["DISCLOSURE"] = before
    assert found[LAST.key, "South", "D1"] == (3, 12, 0.25)


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Basic \xff", "dash_x"]
)
def test_without_a_token_nothing_is_said(anyone: StrictClient, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given}
    for path in ("figures", "measures", "measures/D1", "baselines", "teams"):
        response = anyone.get(f"{FEED}/{path}", headers=headers)
        is_problem(response)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="dash-forms feed"'
        assert "Set-Cookie" not in response.headers


def test_somebody_who_is_signed_in_has_no_token(inspector: StrictClient, ledger: Ledger) -> None:
    assert inspector.get(f"{FEED}/figures").status_code == 401


def test_a_token_that_is_wrong_expired_or_revoked_is_refused_alike(
    read: Read, admin: StrictClient, store: Store
) -> None:
    token = make_token(admin)
    assert read("/teams", token).status_code == 200
    with store.work(writes=True) as work:
        past = work.now - timedelta(seconds=1)
        work.session.execute(
            update(FeedToken)
            .where(FeedToken.name == "Invented BI")
            .values(expires_at=past, created_at=past - timedelta(days=1))
        )
    revoked = make_token(admin, name="Another")
    admin.submit(admin.page("/feed/tokens").link("Revoke the token for Another"))
    said = set()
    for each in (token, revoked, "dash_unknown", "é"):
        response = read("/teams", each.encode().decode("latin-1"))
        assert response.status_code == 401
        assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
        said.add(response.text)
    assert len(said) == 1
    assert last(store, Name.FEED_ACCESS_REFUSED)[0].actor_id is None


def test_wrong_tokens_are_slowed_down_and_the_right_one_is_not(
    app: Flask, read: Read, store: Store, anyone: StrictClient
) -> None:
    most = app.extensions["dash_settings"].sign_in_attempts_per_address
    answers = [read("/teams", f"dash_{number}").status_code for number in range(most + 2)]
    assert answers == [401] * most + [429] * 2
    assert read("/teams", "dash_x").headers["Retry-After"] == "900"
    assert read("/teams").status_code == 200
    anyone.sign_in("officer1")  # people at the same address are not held up
    with store.work(writes=False) as work:
        kept = work.session.scalar(select(func.count()).select_from(SignInFailure))
    assert kept == most


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_feed_is_only_read(app: Flask, read: Read, method: str) -> None:
    response = app.test_client().open(f"{FEED}/figures", method=method)
    is_problem(response)
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) <= {"GET", "HEAD", "OPTIONS"}


def test_an_address_that_is_none_is_a_problem_too(read: Read) -> None:
    assert read("/nothing").status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [("from=x", "from"), ("limit=0", "limit"), ("cursor=x", "cursor"), ("a=1", "a"),
     ("team=00000000-0000-7000-8000-000000000000", "team")],
)  # fmt: skip
def test_what_cannot_be_asked_is_named(read: Read, query: str, field: str) -> None:
    problem = is_problem(read(f"/figures?{query}"))
    assert (problem["status"], problem["field"]) == (422, field)


def test_a_token_is_shown_once_and_kept_as_a_hash(
    admin: StrictClient, store: Store, force: Force
) -> None:
    token = make_token(admin, str(force.teams["south"]))
    with store.work(writes=False) as work:
        [kept] = work.session.scalars(select(FeedToken))
        events = work.session.scalars(select(AuditEvent.detail)).all()
    assert token not in {kept.token_hash, kept.name}
    assert not any(token in each for each in events)
    page = admin.page("/feed/tokens").text()
    assert token not in page
    assert "Never used" in page
    assert "South" in page
    assert last(store, Name.FEED_ACCESS_GIVEN)[0].subject_id == str(kept.id)


def test_the_list_says_when_each_was_last_used(
    read: Read, admin: StrictClient, store: Store
) -> None:
    assert "Never used" in admin.page("/feed/tokens").text()
    read("/teams")
    assert "Last used" in admin.page("/feed/tokens").text()
    event, detail = last(store, Name.FEED_READ)
    assert (event.subject_kind, detail) == ("feed_token", {"read": "teams"})


def test_a_form_that_is_sent_twice_makes_one_token(admin: StrictClient, store: Store) -> None:
    form = admin.page("/feed/tokens/new").form()
    filled = form.filled(name="Twice", team="force", lifetime="30")
    assert admin.post("/feed/tokens/new", data=filled).status_code == 200
    again = admin.post("/feed/tokens/new", data=filled)
    assert again.status_code == 422
    assert "This form was sent before" in again.text
    with store.work(writes=False) as work:
        assert work.session.scalar(select(func.count()).select_from(FeedToken)) == 1


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        ("name", "Say which program it is for"),
        ("team", "Choose which figures it may read"),
        ("lifetime", "Choose how long it may be used"),
    ],
)
def test_what_is_missing_is_asked_for(admin: StrictClient, left_out: str, says: str) -> None:
    values = {"name": "Invented", "team": "force", "lifetime": "30"} | {left_out: ""}
    response = admin.submit("/feed/tokens/new", expect=422, **values)
    assert says in response.text


def test_revoking_again_changes_nothing(admin: StrictClient, store: Store) -> None:
    make_token(admin)
    link = admin.page("/feed/tokens").link("Revoke the token for Invented BI")
    admin.submit(link)
    with store.work(writes=False) as work:
        before = work.session.scalars(select(FeedToken.revoked_at)).one()
    admin.submit(link)
    with store.work(writes=False) as work:
        assert work.session.scalars(select(FeedToken.revoked_at)).one() == before
