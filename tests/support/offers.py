"""Shortcuts to an offer that is owed: a decline, and the sergeant's agreement with it."""

from __future__ import annotations

import re
from typing import Any

from tests.support import cases
from tests.support.client import StrictClient
from tests.support.force import DUTIES, new_assessment, new_incident

CLOSING: dict[str, Any] = cases.CLOSING | DUTIES | {"mode": "in_person", "seen_alone": "yes"}


def post(client: StrictClient, path: str, **data: str) -> Any:
    """Send what no page offers."""
    [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/reoffers").text)
    return client.post(path, data=data | {"csrf_token": token})


def decline(officer: StrictClient, path: str) -> None:
    """Record on an assessment that the victim declined, and send it."""
    officer.submit(f"{path}/decline", primary="fear_of_abuser", basis="said")
    officer.submit(f"{path}/finish", **CLOSING)


def owed_offer(officer: StrictClient, sergeant: StrictClient, **of_incident: Any) -> str:
    """A victim declined and a sergeant agreed; gives the path of the offer that is owed now."""
    path = new_assessment(officer, started=False, victim_phone="07700 900000", **of_incident)
    decline(officer, path)
    cases.approve(sergeant, path)
    record = officer.get(f"{path}/record").text
    [incident, *_] = re.findall(r'href="(/incidents/[0-9a-f-]{36})"', record)
    return officer.page(incident).link("Offer again")


def two_declined(officer: StrictClient, sergeant: StrictClient, *, grade: str = "medium") -> None:
    """Both victims of one incident declined, and a sergeant agreed with each."""
    incident = new_incident(officer)
    officer.submit(f"{incident}/victims/new", victim_name="Birch Invented")
    for each in sorted(
        {link.split("/")[2] for link in officer.page(incident).links("/assessments/")}
    ):
        path = f"/assessments/{each}"
        officer.submit(f"{path}/decline", primary="fear_of_abuser", basis="said")
        officer.submit(f"{path}/finish", **CLOSING | {"grade": grade})
        cases.approve(sergeant, path)
