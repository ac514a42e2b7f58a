"""Reading the feed as another program does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from werkzeug.test import TestResponse

from tests.support.client import StrictClient

FEED = "/feed/v1"
Read = Callable[..., TestResponse]


def make_token(
    admin: StrictClient, team: str = "force", name: str = "Invented BI", lifetime: str = "90"
) -> str:
    """Make one on its page; gives the token that the next page shows."""
    response = admin.submit("/feed/tokens/new", expect=200, name=name, team=team, lifetime=lifetime)
    [shown] = re.findall(r"data-token>(dash_[\w-]{43})<", response.text)
    return str(shown)


def is_problem(response: TestResponse) -> dict[str, Any]:
    assert response.mimetype == "application/problem+json"
    found: dict[str, Any] = json.loads(response.text)
    assert found["status"] == response.status_code
    assert found["detail"]
    return found
