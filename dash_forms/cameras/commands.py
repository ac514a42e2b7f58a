"""Recording what an officer's camera did at first contact, and naming colleagues who attended."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from dash_forms.domain.body_worn_video import CameraAnswer
from dash_forms.domain.errors import InvalidError, NotFoundError, require_none
from dash_forms.domain.permissions import PERMISSIONS, Permission
from dash_forms.store.access import incident_for
from dash_forms.store.cameras import cameras_of, keep_camera, own_camera
from dash_forms.store.models import Account

if TYPE_CHECKING:
    from dash_forms.store.work import Work


def record_camera(
    work: Work,
    incident_id: UUID,
    officer_id: UUID,
    answer: CameraAnswer,
    *,
    is_tap: bool = False,
) -> None:
    """Record an officer's camera; for somebody else only a supervisor does, and it says so.

    A single tap, on a page that may have stood open for long, takes no reference away.
    """
    incident = incident_for(work, incident_id, _needed(work, officer_id))
    if officer_id != work.by.id:
        known = {each.officer_id for each in cameras_of(work, incident)}
        if officer_id not in known:
            raise NotFoundError("This officer is not among those who attended.")
    require_none(filter(None, [answer.refusal("words")]))
    if is_tap and not answer.adds_to(own_camera(work, incident.id)):
        return
    keep_camera(work, incident_id, officer_id, answer)


def name_colleague(work: Work, incident_id: UUID, officer_id: UUID | None) -> None:
    """Say that a colleague of the incident's team attended, who is then asked what theirs did."""
    incident = incident_for(work, incident_id, Permission.RECORD_CAMERAS)
    colleague = work.session.get(Account, officer_id) if officer_id else None
    if (
        colleague is None
        or colleague.closed_at is not None
        or colleague.team_id != incident.team_id
        or Permission.RECORD_CAMERAS not in PERMISSIONS[colleague.role]
    ):
        raise InvalidError("Choose a colleague from the list", field="colleague")
    if colleague.id != incident.created_by_id:  # who is asked as it is
        keep_camera(work, incident_id, colleague.id, None)


def _needed(work: Work, officer_id: UUID) -> Permission:
    is_own = officer_id == work.by.id
    return Permission.RECORD_CAMERAS if is_own else Permission.SUPERVISE_CAMERAS
