"""Cases that were sent, reviewed and approved, through the pages that people use for it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from tests.support.client import StrictClient
from tests.support.force import DUTIES, answer_all, new_assessment, skip_offered

CLOSING: dict[str, Any] = {
    "children": "no",
    "grade": "medium",
    "rationale": "Seen by the officers who attended.",
}
# As many of the 24 as mean high.
FOURTEEN = {f"q{number}": "yes" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17)}
DECLINE: dict[str, Any] = {"primary": "fear_of_abuser", "basis": "said"}


def id_of(path: str) -> UUID:
    return UUID(path.rsplit("/", 1)[1])


def submitted(officer: StrictClient, *, grade: str = "medium", **answers: str) -> str:
    """A completed assessment, sent; gives its path."""
    path = new_assessment(officer)
    answer_all(officer, path, **answers)
    skip_offered(officer, path)
    officer.submit(f"{path}/finish", **(CLOSING | {"grade": grade}))
    return path


def declined(officer: StrictClient, *, grade: str = "medium", **of_incident: Any) -> str:
    path = new_assessment(officer, started=False, **of_incident)
    officer.submit(f"{path}/decline", **DECLINE)
    closing = CLOSING | DUTIES | {"grade": grade, "mode": "in_person", "seen_alone": "yes"}
    officer.submit(f"{path}/finish", **closing)
    return path


def review_of(path: str) -> str:
    return f"/reviews/{id_of(path)}"


def read_all(sergeant: StrictClient, path: str) -> int:
    """Open the review and read every part; gives the number of parts."""
    review = review_of(path)
    sergeant.submit("/reviews", action=f"{review}/open")
    for parts in range(20):
        response = sergeant.get(review)
        if response.location:
            assert response.location == f"{review}/decide"
            return parts
        [action] = re.findall(r'action="([^"]+/sections/[^"]+)"', response.text)
        sergeant.submit(review, action=action)
    raise AssertionError("there is no end to the parts")


def decide(sergeant: StrictClient, path: str, decision: str, **values: Any) -> Any:
    return sergeant.submit(f"{review_of(path)}/decide", decision=decision, **values)


def approve(sergeant: StrictClient, path: str) -> str:
    """Read it all and agree; gives the path back."""
    read_all(sergeant, path)
    decide(sergeant, path, "agreed")
    return path
