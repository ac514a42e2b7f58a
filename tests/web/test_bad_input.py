"""Whatever is sent, the answer is never a fault, says what is wrong, and keeps what was typed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from random import Random
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, literal, select, union_all
from werkzeug.test import TestResponse

from dash_forms.domain.ids import uuid7
from dash_forms.store.models import Base, Caller
from dash_forms.store.work import Store
from tests.reporting.feed import make_token
from tests.support.calls import calls_of, one_phone_two_names, put
from tests.support.cases import approve, submitted
from tests.support.client import PASSWORD, StrictClient, page_of
from tests.support.exports import asked
from tests.support.finding import ask
from tests.support.force import (
    PEOPLE,
    Force,
    new_assessment,
    new_incident,
    new_urn,
    operation,
    sync,
)
from tests.support.hostile import BODIES, Field, Generator, RawRequest, harvest, nameless
from tests.support.inspections import AREA, NOTE, added_item, entered_grade
from tests.support.investigations import cases_of, closed_case, draw
from tests.support.offenders import LIST, accused, justified, person_of, with_bail
from tests.support.offers import owed_offer
from tests.support.plans import flagged, opened, with_action
from tests.support.rates import added_baseline
from tests.support.tablet import handed_over_case

REQUESTS_EACH = 650
USERNAMES = ["nobody", *(username for username, _, _ in PEOPLE if username != "officer3")]
SignIn = Callable[[str], StrictClient]

# What a refused request may still write: the log of the refusal, and the sign-in throttle.
_BOOKKEEPING = {"audit_events", "sign_in_failures", "sign_in_sessions"}
# The last page keeps what was typed, even where it is refused: the way to what is owed leads away.
_KEEPS_A_DRAFT = re.compile(r"/assessments/[^/]+/finish")


@pytest.fixture
def faulty_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as it runs for real: a fault becomes a 500, not an exception."""
    monkeypatch.setattr(app, "testing", False)
    return app


class Browser:
    """A plain browser of somebody's, which signs in again whenever it has been signed out."""

    def __init__(self, app: Flask, username: str) -> None:
        self.app = app
        self.username = username
        self.cookie = self.csrf_token = ""
        self.renew()

    def renew(self) -> None:
        client = FlaskClient(self.app, self.app.response_class, use_cookies=True)
        token = _token_in(client.get("/sign-in"))
        if self.username != "nobody":
            filled = {"username": self.username, "password": PASSWORD, "csrf_token": token}
            sent = client.post("/sign-in", data=filled)
            assert sent.status_code == 303, sent.text
            token = _token_in(client.get(sent.location, follow_redirects=True))
        cookie = client.get_cookie("dash")
        assert cookie is not None
        self.cookie, self.csrf_token = f"dash={cookie.value}", token


def _token_in(response: TestResponse) -> str:
    return response.text.partition('name="csrf_token" value="')[2].partition('"')[0]


def _another_token(admin: StrictClient) -> str:
    """The id of one that may be revoked, while the other is read with."""
    make_token(admin, name="Another")
    return admin.page("/feed/tokens").link("Revoke the token for Another").split("/")[3]


FINDERS = ("officer1", "sergeant1", "inspector1", "specialist1", "control1")


def _searched(client: StrictClient) -> str:
    """The id of a search of somebody's own."""
    return ask(client, reference="SM-20260131-0001").location.rpartition("/")[2]


def _somebody(store: Store) -> str:
    with store.work(writes=False) as work:
        return str(work.session.scalars(select(Caller.id).limit(1)).one())


@pytest.mark.slow
@pytest.mark.parametrize("username", USERNAMES)
def test_no_generated_request_is_answered_with_a_fault(
    username: str, faulty_app: Flask, as_: SignIn, force: Force, store: Store
) -> None:
    officer = as_("officer1")
    mine = new_assessment(officer)
    foreign = new_assessment(as_("officer2"))
    desk = _at_the_desk(as_)
    offer = owed_offer(officer, as_("sergeant1"))
    match = one_phone_two_names(store, force)
    plan, action = _plan(as_, store, force)
    accused_person, bail = _accused(as_, store)
    sample, case = _drawn(as_, store, force)
    case_path = f"/reviews/investigations/cases/{case}"
    forms = _harvested(
        as_,
        mine,
        desk,
        offer,
        f"/callers/matches/{match}",
        plans=(*_pages_of(plan, action), LIST, *(f"{bail}/{page}" for page in ("change", "end"))),
        cases=(f"{case_path}/check", f"{case_path}/skip"),
    )
    ids = _identifiers(officer, mine, foreign, offer, force)
    made = as_("inspector1").submit("/reports", action="/reports/exports").location
    ids["export_id"] = [made.rpartition("/")[2]] * 6 + [str(uuid7())]
    ids["baseline_id"] = [added_baseline(as_("inspector1"))] * 6 + [str(uuid7())]
    ids["job_id"] = [asked(as_("inspector1")).rpartition("/")[2]] * 6 + [str(uuid7())]
    ids |= _inspected(as_("inspector1"))
    bearer = make_token(as_("admin1"))
    ids["search_id"] = [_searched(as_(username)) if username in FINDERS else str(uuid7())]
    ids["match_id"] = [str(match)] * 3 + [str(uuid7())]
    imported = put(store, force, calls_of("Linden Carrow", [2, 1], "07700 900005"))
    ids["log"] = ["calls", "answering"]
    ids["import_id"] = [str(imported)] * 3 + [str(uuid7())]
    ids["plan_id"] = [plan.rpartition("/")[2]] * 6 + [str(uuid7())]
    ids["action_id"] = [action.rpartition("/")[2]] * 6 + [str(uuid7())]
    ids["person_id"] = [accused_person.rpartition("/")[2]] * 6 + [str(uuid7())]
    ids["person_action_id"] = [bail.rpartition("/")[2]] * 6 + [str(uuid7())]
    ids["sample_id"] = [sample] * 3 + [str(uuid7())]
    ids["sampled_id"] = [case] * 6 + [str(uuid7())]
    ids["caller_id"] = [_somebody(store)] * 3 + [str(uuid7())]
    ids["token_id"] = [_another_token(as_("admin1"))] * 3 + [str(uuid7())]
    for name, path in zip(("assessment_id", "task_id"), desk, strict=True):
        ids.setdefault(name, [str(uuid7())]).extend([path.rpartition("/")[2]] * 4)
    draw = Random(username)
    generator = Generator(
        username,
        faulty_app.url_map,
        forms=forms,
        ids=ids,
        bearer=bearer,
        operation=lambda: operation(
            draw.choice(ids["assessment_id"]),
            draw.randint(1, 27),
            draw.choice(("yes", "no", "often", None)),
            part=draw.choice(("", "", *ids["part"])),
        ),
    )
    browser = Browser(faulty_app, username)
    statuses: Counter[int] = Counter()
    for number in range(REQUESTS_EACH):
        request = generator.request(browser.cookie, browser.csrf_token)
        before = _stored(store)
        response = request.send(faulty_app)
        told = f"request {number} of {username}: {response.status}\n{request}"
        assert response.status_code < 500, told
        _check(response, told)
        if response.status_code >= 400 and not _KEEPS_A_DRAFT.fullmatch(request.path):
            assert _stored(store) == before, f"a refused request stored something; {told}"
        if username != "nobody" and _signed_out(response):
            browser.renew()
        statuses[response.status_code] += 1
    assert statuses.keys() > {200, 400, 404, 405}, statuses


def _plan(as_: SignIn, store: Store, force: Force) -> tuple[str, str]:
    """A plan of the north team's and something to be done under it; their paths."""
    person = flagged(store, force, name="Fern Dunmore", phone="07700 900006")
    plan = opened(as_("sergeant1"), force, person)
    return plan, with_action(as_("sergeant1"), store, force, plan)


def _accused(as_: SignIn, store: Store) -> tuple[str, str]:
    """An alleged perpetrator of the north team's, and bail of theirs; their paths."""
    person = person_of(store, accused(as_("officer1")))
    return person, with_bail(justified(as_("sergeant1")), store, person)


def _pages_of(plan: str, action: str) -> tuple[str, ...]:
    """Every page of a plan that has a form."""
    pages = ("stages/analysis", "actions/new", "review", "give", "close")
    return ("/plans/figures", action, *(f"{plan}/{page}" for page in pages))


def _harvested(
    as_: SignIn,
    assessment: str,
    desk: tuple[str, str],
    offer: str,
    match: str,
    *,
    plans: tuple[str, ...],
    cases: tuple[str, ...],
) -> dict[str, dict[str, Field]]:
    """Every form of every page that a role sees, by the address it is sent to."""
    officer = as_("officer1")
    incident = _incident_of(officer, assessment)
    record, task = desk
    item, grade = added_item(as_("inspector1")), entered_grade(as_("inspector1"))
    officer.submit(assessment, action="/sets/stalking-11/begin")
    searched = ask(as_("officer2"), reference="SM-20200101-9999").location.rpartition("/")[2]
    pages = {
        "officer1": (
            "/incidents",
            "/find",
            "/incidents/new",
            incident,
            *(f"{incident}/{page}" for page in ("details", "victims/new", "children/new")),
            assessment,
            *(f"{assessment}/{page}" for page in ("finish", "decline", "unable", "not-offered")),
            "/reoffers",
            offer,
            *(f"{assessment}/sets/{page}" for page in ("stalking-11", "honour-10/skip")),
        ),
        "sergeant1": (
            "/reports",
            offer,
            f"{offer}/end",
            "/handed-over",
            f"/handed-over/{handed_over_case(officer)}",
            *plans,
            *cases,
        ),
        "officer2": (f"/find{incident}?search={searched}",),
        "specialist1": ("/desk", record, f"{record}/assess", f"{record}/tasks/new", task),
        "control1": ("/callers", match, "/calls/imports"),
        "admin1": ("/accounts", "/accounts/new"),
        "inspector1": (
            "/reports/baselines/new",
            "/reports/baselines/rebase",
            "/reports/exports/long",
            f"{AREA}/grades/new",
            f"{AREA}/items/new",
            grade,
            *(f"{item}/{page}" for page in ("change", "move", "measures/new", "notes/new")),
            "/reviews/investigations/draw",
        ),
        "auditor1": ("/audit",),
    }
    forms: dict[str, dict[str, Field]] = {}
    for username, paths in pages.items():
        client = as_(username)
        for path in paths:
            for action, fields in harvest(client.page(path)):
                forms.setdefault(nameless(action or path), {}).update(fields)
    return forms


def _inspected(inspector: StrictClient) -> dict[str, list[str]]:
    """A grade, an area for improvement and evidence of it."""
    item, grade = added_item(inspector), entered_grade(inspector)
    inspector.submit(f"{item}/notes/new", dated_on=["1", "2", "2026"], note=NOTE)
    [evidence] = inspector.page(AREA).links("/take-out")
    return {
        "area_code": ["protecting"] * 3 + ["responding", "no-such-area"],
        "item_id": [item.rpartition("/")[2]] * 6 + [str(uuid7())],
        "grade_id": [grade.split("/")[3]] * 6 + [str(uuid7())],
        "entry_id": [evidence.split("/")[5]] * 6 + [str(uuid7())],
    }


def _drawn(as_: SignIn, store: Store, force: Force) -> tuple[str, str]:
    """The ids of a sample, and of a case in it that the sergeant can check."""
    for _ in range(3):
        closed_case(as_("officer1"), as_("inspector1"), store)
    [sample] = draw(store, force)
    return str(sample), str(cases_of(store, sample)[0].id)


def _at_the_desk(as_: SignIn) -> tuple[str, str]:
    """A record that waits for a specialist, and a task of it; their paths."""
    high = approve(as_("sergeant1"), submitted(as_("officer1"), grade="high"))
    record, task = high.replace("assessments", "desk/records"), str(uuid7())
    as_("specialist1").submit(f"{record}/tasks/new", kind="idva", task_id=task)
    return record, f"/desk/tasks/{task}"


def _incident_of(client: StrictClient, assessment: str) -> str:
    links = (link.get("href", "") for link in client.page(assessment).all("a"))
    return next(href for href in links if re.fullmatch(r"/incidents/[0-9a-f-]{36}", href))


def _identifiers(
    officer: StrictClient, mine: str, foreign: str, offer: str, force: Force
) -> dict[str, list[str]]:
    """What may stand in an address: a record in reach, one of another team's, one of nobody's."""
    unknown = str(uuid7())
    incident = _incident_of(officer, mine).rpartition("/")[2]
    officer.submit(f"/incidents/{incident}/children/new", child_name="Fern Invented")
    [child] = officer.page(f"/incidents/{incident}").links("/children/0")
    [pair] = officer.page(f"/incidents/{incident}").links("/victims/0")
    handed_over = handed_over_case(officer)
    return {
        "pair_id": [pair.rpartition("/")[2]] * 3 + [unknown],
        "child_id": [child.rpartition("/")[2], unknown],
        "section": ["ending", "now", "children", "nowhere"],
        "assessment_id": [mine.rpartition("/")[2]] * 6 + [foreign.rpartition("/")[2], unknown],
        "incident_id": [incident] * 6 + [unknown, incident.upper()],
        "offer_id": [offer.rpartition("/")[2]] * 6 + [unknown],
        "officer_id": [str(force.actors[each].id) for each in ("officer1", "officer2")] + [unknown],
        "account_id": [str(force.actors["officer3"].id)] * 3 + [unknown, str(UUID(int=0))],
        "section_id": ["now", "children", "history", "abuser", "pursuit", "none-such"],
        "device_id": [str(uuid7())],
        "case_id": [handed_over] * 6 + [unknown],
        "set_id": ["dash-27", "stalking-11", "dash"],
        "version": ["1", "2", "99999999999999999999"],
        "part": ["stalking-11", "honour-10", "child-block", "child-block:2", "dash-27", "x:99"],
        "gate_id": ["no_children", "none-such"],
        "code": ["D1", "R5", "D9"],
        "stage": ["scanning", "assessment", "none-such"],
        "ending": ["unable", "not-offered", "exempt"],
        "how": ["completed", "partial", "declined", "unable", "not_offered", "none-such"],
    }


_ROWS = union_all(
    *(
        select(
            literal(table.name),
            func.count(),
            func.sum(table.c.rev) if "rev" in table.c else literal(0),
        ).select_from(table)
        for table in Base.metadata.sorted_tables
        if table.name not in _BOOKKEEPING
    )
)


def _stored(store: Store) -> set[tuple[Any, ...]]:
    """How many rows each table has, and the sum of their revisions: enough to see a change."""
    with store.work(writes=False) as work:
        return {tuple(row) for row in work.session.execute(_ROWS)}


def _check(response: TestResponse, told: str) -> None:
    """What every answer keeps, whatever it answers."""
    headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff", told
    assert "default-src 'none'" in headers["Content-Security-Policy"], told
    if not response.is_json:  # where it can only be data
        assert b"<script>alert" not in response.data, told
    if response.mimetype == "application/problem+json" and response.data:
        body = json.loads(response.data)
        assert {"type", "title", "status", "detail"} <= body.keys(), told
        assert body["status"] == response.status_code, told
        assert body["detail"], told


def _signed_out(response: TestResponse) -> bool:
    return response.status_code == 401 or "/sign-in" in response.headers.get("Location", "")


OVERRIDE = "Said \u202equietly"


def test_a_hostile_note_comes_back_with_a_sentence_beside_it(officer: StrictClient) -> None:
    path = new_assessment(officer)
    values: dict[str, Any] = {
        "q2-value": "yes",
        "q2-comment": "Kept as well",
        "q3-value": "no",
        "q3-source": "records",
        "q4-note": OVERRIDE,
    }
    page = page_of(officer.submit(path, action="/sections/now", expect=422, **values))
    assert page.errors == ["Remove the invisible character U+202E; it cannot be kept safely"]
    described = next(e for e in page.all("textarea") if e.get("id") == "q4-note")
    assert described.get("aria-describedby") == "q4-note-error"
    kept = page.form("/sections/now").fields
    assert {name: kept[name] for name in values} == {
        name: [value] for name, value in values.items()
    }
    assert page.link("Topic 4") == "#q4"
    again = page.form("/sections/now").filled(**{"q4-note": "Said quietly"})
    assert officer.post(f"{path}/sections/now", data=again).status_code == 303
    assert officer.page(path).form("/sections/now").fields["q2-comment"] == ["Kept as well"]


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("q1-value", "maybe", "q1"),
        ("q1-source", "rumour", "q1"),
        ("q1-rev", "-1", "q1"),
        ("q1-rev", "9" * 5_000, "q1"),
        ("q1-what", "x" * 2_001, "q1-what"),
        ("q1-first_injury", "no such option", None),
        ("q1-note", "x" * 100_000, "q1-note"),
    ],
)
def test_every_part_of_a_card_says_what_is_wrong_with_it(
    name: str, value: str, part: str | None, officer: StrictClient, store: Store
) -> None:
    path = new_assessment(officer)
    before = _stored(store)
    values: dict[str, Any] = {
        "q1-value": "yes",
        "q1-what": "Bruises",
        "q2-note": "Typed too",
        name: value,
    }
    page = page_of(officer.submit(path, action="/sections/now", expect=422, **values))
    assert len(page.errors) == 1
    if part:
        assert any(p.get("id") == f"{part}-error" for p in page.all("p"))
    kept = page.form("/sections/now").fields
    assert kept["q2-note"] == ["Typed too"]
    if name in {"q1-what", "q1-note"}:
        assert kept[name] == [value]
    assert _stored(store) == before


def test_a_gate_refused_for_a_note_keeps_what_was_typed(officer: StrictClient) -> None:
    path = new_assessment(officer)
    form = officer.page(path).form("/sections/children")
    filled = form.filled(**{"q9-note": OVERRIDE, "close": "1"})
    response = officer.post(f"{path}/gates/no_children", data=filled)
    assert response.status_code == 422
    page = page_of(response)
    assert page.errors == ["Remove the invisible character U+202E; it cannot be kept safely"]
    assert page.form("/sections/children").fields["q9-note"] == [OVERRIDE]


def test_the_largest_form_id_saves_like_any_other(officer: StrictClient) -> None:
    path = new_assessment(officer)
    values: dict[str, Any] = {"form_id": str(UUID(int=2**128 - 1)), "q1-value": "no"}
    officer.submit(path, action="/sections/now", **values)
    assert "1 of 27" in officer.page(path).text()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("victim_name", "x" * 101, "Shorten this by 1 character: it has 101, and 100 are the most"),
        ("victim_name", "\u2066Ash\u2069", "Remove the invisible character U+2066"),
        ("victim_phone", "0" * 41, "Shorten this by 1 character: it has 41, and 40 are the most"),
        ("born_on", ["31", "2", "1990"], "Enter a real date"),
        ("born_on", ["29", "2", "2025"], "Enter a real date"),
        ("born_on", ["1", "1", "0"], "Enter a real date"),
        ("born_on", ["1", "1", "9999"], "A date of birth cannot be in the future"),
        ("reported_at", ["9999-12-31", "23:59"], "This time is in the future"),
        ("reported_at", ["2026-02-31", "10:00"], "Enter a real date and time"),
        ("reported_at", ["2026-01-31", "25:61"], "Enter the time too"),
        ("urn", "SM-1", "Enter the number in the form SM-20260131-0042"),
    ],
)
def test_an_incident_form_comes_back_as_it_was_typed(
    name: str, value: str | list[str], sentence: str, officer: StrictClient, store: Store
) -> None:
    before = _stored(store)
    filled: dict[str, Any] = {
        "urn": new_urn(),
        "victim_name": "Ashdown Invented",
        "perpetrator_name": "Kept too",
        name: value,
    }
    page = page_of(officer.submit("/incidents/new", expect=422, **filled))
    assert len(page.errors) == 1
    assert page.errors[0].startswith(sentence)
    dates = {"born_on": "Victim’s date of birth", "reported_at": "Reported to police"}
    said = page.errors[0]
    assert page.summary == [
        f"{dates[name]}: {said[0].lower()}{said[1:]}" if name in dates else said
    ]
    kept = page.form().fields
    assert kept["perpetrator_name"] == ["Kept too"]
    assert kept[name] == (value if isinstance(value, list) else [value])
    assert _stored(store) == before


@pytest.mark.parametrize("made", ["\n" + "0" * 31, "{" + "0" * 32 + "}", "1_" * 16])
def test_an_odd_identifier_never_becomes_an_odd_address(made: str, officer: StrictClient) -> None:
    filled = officer.page("/incidents/new").form().filled(urn=new_urn(), incident_id=made)
    response = officer.post("/incidents/new", data=filled)
    assert response.status_code in {303, 422}
    if response.status_code == 303:
        assert re.fullmatch(r"/incidents/[0-9a-f-]{36}", response.location)


def test_a_stale_form_overwrites_nothing_and_keeps_what_was_typed(
    officer: StrictClient, as_: SignIn
) -> None:
    path = f"{new_incident(officer)}/details"
    stale = officer.page(path).form()
    as_("officer3").submit(path, address="1 Invented Row")
    response = officer.post(path, data=stale.filled(address="2 Invented Row, typed at length"))
    assert response.status_code == 409
    page = page_of(response)
    assert "Nothing was overwritten" in page.summary[0]
    assert page.form().fields["address"] == ["2 Invented Row, typed at length"]
    assert officer.page(path).form().fields["address"] == ["1 Invented Row"]


def test_files_and_json_are_no_form_fields(officer: StrictClient) -> None:
    token = officer.csrf_token()
    headers = {"X-CSRF-Token": token}
    as_json = officer.post("/incidents/new", json={"victim_name": {"a": 1}}, headers=headers)
    assert as_json.status_code == 422
    upload = {"urn": new_urn(), "victim_name": (BytesIO(b"x"), "name.txt"), "csrf_token": token}
    assert officer.post("/incidents/new", data=upload).status_code == 422


def test_another_teams_records_look_like_none(officer: StrictClient, as_: SignIn) -> None:
    other = as_("officer2")
    assessment = new_assessment(other)
    incident = _incident_of(other, assessment)
    token = {"csrf_token": officer.csrf_token()}
    for path in (incident, f"{incident}/details", assessment, f"{assessment}/finish"):
        assert officer.get(path).status_code == 404, path
    for path in (f"{incident}/victims/new", f"{assessment}/sections/now", f"{assessment}/resume"):
        assert officer.post(path, data=token).status_code == 404, path
    [receipt] = sync(officer, [operation(assessment.rpartition("/")[2], 1, "yes")])
    assert receipt["receipt"] == "rejected"
    assert "no such assessment" in receipt["detail"]


def test_a_device_is_told_which_operation_is_wrong_and_keeps_the_others(
    officer: StrictClient,
) -> None:
    path = new_assessment(officer)
    mine = path.rpartition("/")[2]
    wrong: list[dict[str, object]] = [
        {"item": 28},
        {"item": True},
        {"value": "maybe"},
        {"value": ["yes"]},
        {"source": None},
        {"note": 7},
        {"note": "a\x00b"},
        {"note": "\ud800"},
        {"note": "x" * 2_001},
        {"details": []},
        {"details": {"what": "text"}},
        {"details": {"what": ["\udfff"]}},
        {"details": {"first_injury": ["yes", "no"]}},
        {"base_rev": -1},
        {"base_rev": 10**400},
        {"base_rev": 1.5},
        {"asked_at": "2026-01-31T21:45"},
        {"asked_at": "0001-01-01T00:00:00+23:59"},
        {"device_seq": "x"},
        {"op_id": "\ud800"},
        {"op_id": None},
        {"assessment_id": str(UUID(int=0))},
        {"kind": "delete"},
    ]
    spoilt = [operation(mine, 1, "yes") | each for each in wrong]
    receipts = sync(officer, [operation(mine, 2, "no"), *spoilt, operation(mine, 3, "no")])
    told = dict(zip(map(str, wrong), (each["receipt"] for each in receipts[1:-1]), strict=True))
    assert set(told.values()) == {"rejected"}, told
    assert all(each["detail"] for each in receipts[1:-1])
    assert [receipts[0]["receipt"], receipts[-1]["receipt"]] == ["applied", "applied"]
    assert "2 of 27" in officer.page(path).text()


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_list_of_operations_is_a_problem_document(
    body: bytes, officer: StrictClient, store: Store
) -> None:
    headers = {"X-CSRF-Token": officer.csrf_token()}
    before = _stored(store)
    response = officer.post("/sync", data=body, content_type="application/json", headers=headers)
    if response.status_code == 200:
        assert {each["receipt"] for each in response.get_json()["receipts"]} == {"rejected"}
    else:
        assert response.status_code in {400, 413}
        assert response.mimetype == "application/problem+json"
        assert response.get_json().keys() >= {"type", "title", "status", "detail"}
    assert _stored(store) == before


@pytest.mark.parametrize(
    "target", ["//[", "//evil.example", "/\r\nX: y", "/\t/evil.example", "/\\e"]
)
def test_a_trap_in_the_address_is_not_followed_after_signing_in(
    target: str, anyone: StrictClient
) -> None:
    form = anyone.page("/sign-in").form().filled(username="officer1", password=PASSWORD)
    response = anyone.post("/sign-in", query_string={"next": target}, data=form)
    assert response.location == "/incidents"


def test_bytes_that_are_no_address_are_refused(faulty_app: Flask) -> None:
    response = RawRequest("GET", "/incidents", query="\xff=\xfe").send(faulty_app)
    assert response.status_code == 400


def test_a_field_without_a_name_is_refused(faulty_app: Flask) -> None:
    part = b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"
    request = RawRequest("POST", "/sign-in", "", part, "multipart/form-data; boundary=b")
    assert request.send(faulty_app).status_code == 400
