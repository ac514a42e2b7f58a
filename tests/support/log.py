"""Reading the audit log in tests."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from dash_forms.store.models import AuditEvent
from dash_forms.store.work import Store


def events(store: Store) -> list[AuditEvent]:
    """Every event, in the order of the chain."""
    with store.work(writes=False) as work:
        return list(work.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)))


def names(store: Store) -> list[str]:
    """The names of every event, in order."""
    return [event.name for event in events(store)]


def last(store: Store, name: str) -> tuple[AuditEvent, dict[str, Any]]:
    """The latest event of a name, and its detail."""
    event = next(event for event in reversed(events(store)) if event.name == name)
    return event, json.loads(event.detail)
