"""A small invented force to test with, and shortcuts to records in a known state."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Actor, Role
from dash_forms.store.accounts import create_account
from dash_forms.store.models import Team
from dash_forms.store.work import Store
from tests.support.client import PASSWORD, StrictClient

CHEAP = (64, 1)
_URNS = count(1)

PEOPLE = (
    ("officer1", Role.OFFICER, "north"),
    ("officer2", Role.OFFICER, "south"),
    ("officer3", Role.OFFICER, "north"),
    ("sergeant1", Role.SERGEANT, "north"),
    ("inspector1", Role.INSPECTOR, None),
    ("specialist1", Role.SPECIALIST, None),
    ("control1", Role.CONTROL_ROOM, None),
    ("analyst1", Role.ANALYST, None),
    ("admin1", Role.ADMINISTRATOR, None),
    ("auditor1", Role.AUDITOR, None),
)


@dataclass(frozen=True)
class Force:
    """Two teams and somebody in each role, by username."""

    teams: dict[str, UUID]
    actors: dict[str, Actor]


# What is owed after a decline, and most of it after an attempt that could not be done.
DUTIES: dict[str, Any] = {
    "on_video": "yes",
    "systems": ["force_records", "pnc"],
    "contact_ways": ["call"],
    "contact_times": ["morning"],
    "contact_never": ["other_home"],
    "support": ["helpline"],
    "next_offer": "week",
}


def make_force(store: Store) -> Force:
    """Create the teams and the accounts."""
    teams: dict[str, UUID] = {}
    actors: dict[str, Actor] = {}
    with store.work(writes=True) as work:
        for name in ("north", "south"):
            teams[name] = uuid7()
            work.session.add(Team(id=teams[name], name=name.capitalize()))
        work.session.flush()
        for username, role, team in PEOPLE:
            account = create_account(
                work,
                username=username,
                display_name=f"{role.label} {username}",
                role=role,
                team_id=teams[team] if team else None,
                password=PASSWORD,
                cost=CHEAP,
            )
            actors[username] = Actor(account.id, account.display_name, role, account.team_id)
    return Force(teams, actors)


def new_urn() -> str:
    """An incident number nobody has used."""
    return f"SM-20260131-{next(_URNS):04d}"


def new_incident(client: StrictClient, **values: object) -> str:
    """Record an incident through its page; gives the incident's path."""
    filled: dict[str, Any] = {"urn": new_urn(), "victim_name": "Ashdown Invented"} | values
    return client.submit("/incidents/new", **filled).location


def new_assessment(client: StrictClient, *, started: bool = True, **values: object) -> str:
    """Record an incident and, unless told otherwise, start; gives the assessment's path."""
    page = client.page(new_incident(client, **values))
    path = page.link("Start the assessment")
    if started:
        client.submit(path, action="/start", mode="in_person", seen_alone="yes")
    return path


def answer_all(client: StrictClient, path: str, value: str = "no", **by_item: str) -> None:
    """Answer every topic at once, as a device would; `q7="yes"` answers one differently."""
    assessment_id = path.rsplit("/", 1)[1]
    operations = [
        operation(assessment_id, item, by_item.get(f"q{item}", value)) for item in range(1, 28)
    ]
    response = sync(client, operations)
    assert {each["receipt"] for each in response} == {"applied"}


def skip_offered(client: StrictClient, path: str) -> None:
    """Skip every add-on set that the last page offers."""
    for link in client.page(f"{path}/finish").links("/skip?"):
        client.submit(link, reason="no_time")


def operation(
    assessment_id: str, item: int, value: str | None, **more: object
) -> dict[str, object]:
    """One operation as a device writes it."""
    return {
        "op_id": str(uuid7()),
        "kind": "answer",
        "assessment_id": assessment_id,
        "item": item,
        "value": value,
        "source": "victim",
        "note": "",
        "details": {},
        "base_rev": 0,
    } | more


def sync(client: StrictClient, operations: list[dict[str, object]]) -> list[dict[str, str]]:
    """Send operations; gives their receipts."""
    response = client.post(
        "/sync", json={"operations": operations}, headers={"X-CSRF-Token": client.csrf_token()}
    )
    assert response.status_code == 200, response.text
    receipts: list[dict[str, str]] = response.json["receipts"]  # type: ignore[index]
    return receipts
