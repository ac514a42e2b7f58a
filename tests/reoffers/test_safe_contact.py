"""What was said of safe contact stands wherever somebody would call, write or visit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cases import approve
from tests.support.client import StrictClient
from tests.support.force import new_assessment
from tests.support.offers import CLOSING, owed_offer

PHONE = "07700 900000"
NO_SAFE_WAY = "No safe way to contact this victim is known"
NO_WAY: dict[str, Any] = {"contact_ways": ["none"], "contact_times": None, "contact_never": None}
ALONE = "Met her at her sister’s, he is in custody until Friday."
NOT_NOW: dict[str, Any] = {"next_offer": "unsafe"}


@pytest.fixture
def begun(officer: StrictClient) -> str:
    """The path of a first attempt that ends with a decline."""
    path = new_assessment(officer, started=False, victim_phone=PHONE)
    officer.submit(f"{path}/decline", primary="fear_of_abuser", basis="said")
    return path


def incident_of(client: StrictClient, path: str) -> str:
    return client.page(path).links("/incidents/0")[0]


@pytest.mark.parametrize("said", [NO_WAY, NOT_NOW])
def test_where_no_safe_way_is_known_the_incident_hides_the_number_and_says_so(
    officer: StrictClient, sergeant: StrictClient, begun: str, said: dict[str, Any]
) -> None:
    incident = incident_of(officer, begun)
    assert PHONE in officer.page(incident).text()
    assert NO_SAFE_WAY not in officer.page(incident).text()
    officer.submit(f"{begun}/finish", **(CLOSING | said))
    sent = officer.page(incident).text()
    approve(sergeant, begun)
    for shown in (sent, officer.page(incident).text()):
        assert NO_SAFE_WAY in shown
        assert PHONE not in shown


def test_an_attempt_that_was_not_offered_makes_contact_no_safer_but_may_find_it_unsafe(
    officer: StrictClient, sergeant: StrictClient
) -> None:
    owed = owed_offer(officer, sergeant)
    incident = officer.page(owed).link("Open the incident")
    for said, made_safe in ((NO_WAY, {}), ({}, {"made_safe": ALONE})):
        path = str(officer.submit(owed, action="/offer", **made_safe).location)
        officer.submit(f"{path}/not-offered", primary="urgent_duty")
        officer.submit(f"{path}/finish", **(CLOSING | said))
        approve(sergeant, path)
        for page in (incident, owed):
            assert PHONE not in officer.page(page).text()
        assert "No safe way known" in officer.page("/reoffers").text()
