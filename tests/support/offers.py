"""Shortcuts to an offer that is owed: a decline, and the sergeant's agreement with it."""

from __future__ import annotations

import re
from typing import Any

from tests.support.client import StrictClient
from tests.support.force import new_assessment

CLOSING: dict[str, Any] = {
    "children": "no",
    "grade": "medium",
    "rationale": "Seen by the officers who attended.",
    "mode": "in_person",
    "seen_alone": "yes",
}


def decline(officer: StrictClient, path: str) -> None:
    """Record on an assessment that the victim declined, and send it."""
    officer.submit(f"{path}/decline", primary="fear_of_abuser", basis="said")
    officer.submit(f"{path}/finish", **CLOSING)


def approve(sergeant: StrictClient, path: str) -> None:
    """Read an assessment that was sent, and agree."""
    review = path.replace("assessments", "reviews")
    sergeant.submit("/reviews", action=f"{review}/open")
    while not (response := sergeant.get(review)).location:
        [action] = re.findall(r'action="([^"]+/sections/[^"]+)"', response.text)
        sergeant.submit(review, action=action)
    sergeant.submit(f"{review}/decide", decision="agreed")


def owed_offer(officer: StrictClient, sergeant: StrictClient) -> str:
    """A victim declined and a sergeant agreed; gives the path of the offer that is owed now."""
    path = new_assessment(officer, started=False, victim_phone="01632 960000")
    decline(officer, path)
    approve(sergeant, path)
    record = officer.get(f"{path}/record").text
    [incident, *_] = re.findall(r'href="(/incidents/[0-9a-f-]{36})"', record)
    return officer.page(incident).link("Offer again")
