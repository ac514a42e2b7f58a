"""Every endpoint declares who may use it; both lists are golden, so that a change is noticed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from dash_forms.domain.assessment import TRANSITIONS, By, Event
from dash_forms.domain.permissions import PERMISSIONS, Permission, Role
from dash_forms.web.bearer import TOKEN
from dash_forms.web.guard import PUBLIC
from tests.support.client import StrictClient
from tests.support.force import PEOPLE

GOLDEN = Path(__file__).with_name("access.json")
NOBODYS = "00000000-0000-7000-8000-000000000000"


def _routes(app: Flask) -> dict[str, str]:
    return {
        f"{method} {rule.rule}": getattr(app.view_functions[rule.endpoint], "access", "closed")
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def test_the_list_of_addresses_and_their_permissions_is_the_golden_one(app: Flask) -> None:
    """To change it on purpose, write the new list into access.json. Think of bookmarks."""
    assert dict(sorted(_routes(app).items())) == json.loads(GOLDEN.read_text())


def test_no_endpoint_is_left_without_a_permission(app: Flask) -> None:
    known = {PUBLIC, TOKEN, *Permission}
    assert set(_routes(app).values()) <= known


@pytest.mark.parametrize(("username", "role"), [(name, role) for name, role, _ in PEOPLE])
def test_a_role_reaches_exactly_what_the_table_gives_it(
    app: Flask, as_: Callable[[str], StrictClient], username: str, role: Role
) -> None:
    client = as_(username)
    for route, access in _routes(app).items():
        method, rule = route.split(" ", 1)
        if method != "GET" or access in {PUBLIC, TOKEN}:
            continue
        status = client.get(_filled(rule)).status_code
        if Permission(access) in PERMISSIONS[role]:
            assert status in {200, 302, 404}, (route, status)
        else:
            assert status == 403, (route, status)


_A = "/assessments/<uuid:assessment_id>"
_R = "/reviews/<uuid:assessment_id>"
_OTHER_ENDINGS = f"{_A}/<any('unable', 'not-offered', 'exempt'):ending>"
# Where each event of the table is posted. Offering and starting are one form, what was answered
# settles `stop` and `complete` at the submission, and approving plans what is owed afterwards.
POSTED = {
    Event.OFFER: f"{_A}/start",
    Event.START: f"{_A}/start",
    Event.DECLINE: f"{_A}/decline",
    Event.STOP: f"{_A}/finish",
    Event.CANNOT: _OTHER_ENDINGS,
    Event.COMPLETE: f"{_A}/finish",
    Event.NOT_OFFER: _OTHER_ENDINGS,
    Event.EXEMPT: _OTHER_ENDINGS,
    Event.ENDORSE: f"{_R}/exemption",
    Event.REJECT: f"{_R}/exemption",
    Event.RESUME: f"{_A}/resume",
    Event.SUBMIT: f"{_A}/finish",
    Event.OPEN_REVIEW: f"{_R}/open",
    Event.AGREE: f"{_R}/decide",
    Event.RETURN: f"{_R}/decide",
    Event.REGRADE: f"{_R}/decide",
    Event.PLAN_REOFFER: f"{_R}/decide",
    Event.OFFER_AGAIN: "/reoffers/<uuid:offer_id>/offer",
    Event.END_REOFFERS: "/reoffers/<uuid:offer_id>/end",
    Event.STOP_CONTACT: "/reoffers/<uuid:offer_id>/end",
    Event.TAKE_OFFER_BACK: f"{_R}/void",
    Event.SEND_TO_SPECIALIST: f"{_R}/decide",
    Event.GRADE_AGAIN: "/desk/records/<uuid:assessment_id>/assess",
    Event.VOID: f"{_R}/void",
}
WHO = {
    By.OFFICER: {Role.OFFICER},
    By.SUPERVISOR: {Role.SERGEANT, Role.INSPECTOR},
    By.SPECIALIST: {Role.SPECIALIST},
}


def test_whoever_the_table_names_may_do_it_and_nobody_else(app: Flask) -> None:
    access = _routes(app)
    for arrow in TRANSITIONS:
        if arrow.by is By.CLOCK:
            assert arrow.event not in POSTED
            continue
        permission = Permission(access[f"POST {POSTED[arrow.event]}"])
        may = {role for role in Role if permission in PERMISSIONS[role]}
        assert may == WHO[arrow.by], arrow


def test_no_template_compares_a_state_with_a_word(project: Path) -> None:
    """A button asks `state.allows("offer")`, or a set that follows from the table."""
    literal = re.compile(r"state(\.value)?\s*(==|!=|(not )?in\b)\s*[\"'(\[]")
    compared = [
        f"{path.name}: {found[0]}"
        for path in (project / "dash_forms").rglob("templates/**/*")
        if path.is_file()
        for found in literal.finditer(path.read_text("utf-8"))
    ]
    assert not compared


def test_a_stranger_is_sent_to_sign_in(app: Flask, anyone: StrictClient) -> None:
    for route, access in _routes(app).items():
        method, rule = route.split(" ", 1)
        if method == "GET" and access != PUBLIC:
            response = anyone.get(_filled(rule))
            assert response.status_code in {302, 401}, route
            assert access != TOKEN or response.status_code == 401, route


def _filled(rule: str) -> str:
    path = rule
    for name in (
        "incident_id",
        "child_id",
        "pair_id",
        "officer_id",
        "assessment_id",
        "account_id",
        "offer_id",
        "task_id",
        "device_id",
        "case_id",
        "baseline_id",
        "export_id",
        "job_id",
        "token_id",
        "caller_id",
        "match_id",
        "import_id",
        "plan_id",
        "action_id",
        "grade_id",
        "item_id",
        "entry_id",
        "sample_id",
        "sampled_id",
        "person_id",
        "person_action_id",
        "search_id",
    ):
        path = path.replace(f"<uuid:{name}>", NOBODYS)
    path = path.replace("<int:version>", "1")
    return re.sub(r"<any\('?([\w-]+)[^>]+>", r"\1", path)
