"""The header's links: what each role has, and what stands behind another page."""

from __future__ import annotations

import pytest

from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Actor, Role
from dash_forms.web.navigation import navigation_for


def links(role: Role, path: str = "/") -> list[tuple[object, object]]:
    """The address of each link, and whether it is the one where the person is."""
    actor = Actor(uuid7(), "Somebody", role, None)
    return [(each["href"], each["current"]) for each in navigation_for(actor, path)]


@pytest.mark.parametrize("role", [Role.SERGEANT, Role.INSPECTOR])
@pytest.mark.parametrize(
    ("path", "front"), [("/callers/matches", "/plans"), ("/inspection/print", "/reports")]
)
def test_whoever_has_many_links_finds_two_of_the_pages_behind_others(
    role: Role, path: str, front: str
) -> None:
    found = dict(links(role, path))
    assert not {"/callers", "/inspection"} & set(found)
    assert [href for href, is_here in found.items() if is_here] == [front]


def test_whoever_has_few_has_them_all() -> None:
    assert ("/callers", True) in links(Role.CONTROL_ROOM, "/callers")
    assert ("/plans", False) in links(Role.CONTROL_ROOM, "/callers")
    assert ("/inspection", True) in links(Role.ANALYST, "/inspection")
