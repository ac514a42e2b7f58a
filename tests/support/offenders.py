"""Alleged perpetrators, and what is outstanding against them, made as people make them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from dash_forms.store.models import OffenderAction, Pair
from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.force import new_incident
from tests.support.plans import in_days

LIST = "/alleged-perpetrators"
ASKED = "Why do you look?"
WHY = "Getting ready for the weekly meeting."
CONDITIONS = "Not to go to the street or to make contact in any way."
NAME = "Corin Invented"
BORN_ON = ["3", "4", "1985"]


def accused(
    client: StrictClient, victim: str = "Ashdown Invented", name: str = NAME, **values: Any
) -> str:
    """An incident with an alleged perpetrator whose birthday is known; its path."""
    filled: dict[str, Any] = {
        "victim_name": victim,
        "born_on": ["1", "2", "1990"],
        "perpetrator_name": name,
        "perpetrator_born_on": BORN_ON,
    }
    return new_incident(client, **(filled | values))


def person_of(store: Store, incident: str) -> str:
    """The page of the alleged perpetrator of an incident."""
    with store.work(writes=False) as work:
        query = select(Pair.perpetrator_id).where(
            Pair.incident_id == UUID(incident.rpartition("/")[2])
        )
        return f"{LIST}/{work.session.scalars(query.order_by(Pair.id)).first()}"


def justified(client: StrictClient, path: str = LIST) -> StrictClient:
    """Say why, for the list or for one person, unless what was said before still holds."""
    if client.page(path).heading != ASKED:
        return client
    client.submit(path, purpose="supervision", words=WHY)
    return client


def with_bail(
    client: StrictClient, store: Store, person: str, *, days: int = 3, **values: Any
) -> str:
    """Police bail that ends in so many days; its path."""
    filled: dict[str, Any] = {
        "kind": "police_bail",
        "starts_on": in_days(store, min(days, 0) - 1),
        "ends_on": in_days(store, days),
        "conditions": CONDITIONS,
    }
    client.submit(f"{person}/actions/new", **(filled | values))
    with store.work(writes=False) as work:
        query = select(OffenderAction.id).order_by(OffenderAction.id.desc())
        return f"{person}/actions/{work.session.scalars(query).first()}"
