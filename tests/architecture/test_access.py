"""Every endpoint declares who may use it; both lists are golden, so that a change is noticed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from dash_forms.domain.permissions import PERMISSIONS, Permission, Role
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
    known = {PUBLIC, *Permission}
    assert set(_routes(app).values()) <= known


@pytest.mark.parametrize(("username", "role"), [(name, role) for name, role, _ in PEOPLE])
def test_a_role_reaches_exactly_what_the_table_gives_it(
    app: Flask, as_: Callable[[str], StrictClient], username: str, role: Role
) -> None:
    client = as_(username)
    for route, access in _routes(app).items():
        method, rule = route.split(" ", 1)
        if method != "GET" or access == PUBLIC:
            continue
        status = client.get(_filled(rule)).status_code
        if Permission(access) in PERMISSIONS[role]:
            assert status in {200, 302, 404}, (route, status)
        else:
            assert status == 403, (route, status)


def test_a_stranger_is_sent_to_sign_in(app: Flask, anyone: StrictClient) -> None:
    for route, access in _routes(app).items():
        method, rule = route.split(" ", 1)
        if method == "GET" and access != PUBLIC:
            response = anyone.get(_filled(rule))
            assert response.status_code in {302, 401}, route


def _filled(rule: str) -> str:
    path = rule
    for name in (
        "incident_id",
        "child_id",
        "assessment_id",
        "account_id",
        "offer_id",
        "task_id",
        "device_id",
        "case_id",
        "baseline_id",
    ):
        path = path.replace(f"<uuid:{name}>", NOBODYS)
    path = path.replace("<int:version>", "1")
    return re.sub(r"<any\('?([\w-]+)[^>]+>", r"\1", path)
