"""What is known of the cameras at an incident, and whose record is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import NotFoundError, NotPermittedError
from dash_forms.domain.permissions import PERMISSIONS, Permission
from dash_forms.store.access import incident_for
from dash_forms.store.cameras import (
    Camera,
    MissingCamera,
    attendance_of,
    cameras_of,
    missing_by_officer,
    missing_of_team,
    supervised_team,
)
from dash_forms.store.models import Account

if TYPE_CHECKING:
    from dash_forms.store.work import Work

LIST_LENGTH = 100


@dataclass(frozen=True, slots=True)
class CamerasView:
    """The cameras of an incident, and who else can be named."""

    incident_id: UUID
    urn: str
    attended_at: datetime | None
    """As the figures count it; None while nothing says that anybody went there."""
    cameras: list[Camera]
    colleagues: list[tuple[UUID, str]]
    supervises: bool
    """Whether the person may record for others here."""

    def camera(self, officer_id: UUID) -> Camera:
        """That of one officer, or NotFoundError."""
        for each in self.cameras:
            if each.officer_id == officer_id:
                return each
        raise NotFoundError("This officer is not among those who attended.")


@dataclass(frozen=True, slots=True)
class MissingCameras:
    """Records that are missing, the latest first, and how many of each officer."""

    listed: list[MissingCamera]
    found: int
    by_officer: list[tuple[str, int]]


def cameras_page(work: Work, incident_id: UUID) -> CamerasView:
    """The cameras of one incident."""
    incident = incident_for(work, incident_id, Permission.VIEW_INCIDENTS)
    work.audit(Name.INCIDENT_VIEWED, "incident", incident.id)
    cameras = cameras_of(work, incident)
    known = {each.officer_id for each in cameras}
    may = [role for role, rows in PERMISSIONS.items() if Permission.RECORD_CAMERAS in rows]
    colleagues = work.connection.execute(
        select(Account.id, Account.display_name)
        .where(
            Account.team_id == incident.team_id,
            Account.role.in_(may),
            Account.closed_at.is_(None),
            Account.id.not_in(known),
        )
        .order_by(Account.display_name, Account.id)
    )
    return CamerasView(
        incident.id,
        incident.urn,
        attendance_of(work, incident.id),
        cameras,
        [(row.id, row.display_name) for row in colleagues],
        work.by.reaches(Permission.SUPERVISE_CAMERAS, team_id=incident.team_id),
    )


def missing_cameras(work: Work) -> MissingCameras:
    """What a supervisor has to ask after: their team's, or the whole force's."""
    listed, found = missing_of_team(work, supervised_team(work), limit=LIST_LENGTH)
    work.audit(Name.CAMERAS_LISTED, "incident", found=found)
    return MissingCameras(listed, found, missing_by_officer(work, supervised_team(work)))


def officer_page(work: Work, incident_id: UUID, officer_id: UUID) -> CamerasView:
    """The same for who records one officer's: their own, or as a supervisor another's.

    Whoever attended without having been named can say so.
    """
    page = cameras_page(work, incident_id)
    is_own = officer_id == work.by.id
    if not is_own and not page.supervises:
        raise NotPermittedError("Only the officer, or a supervisor, says what their camera did.")
    if is_own and all(each.officer_id != officer_id for each in page.cameras):
        page.cameras.append(Camera(officer_id, work.by.display_name, None))
    return page
