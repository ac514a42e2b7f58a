"""How incidents were attended, and what each officer's camera did there, for many at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, select

from dash_forms.domain.assessment import State
from dash_forms.domain.body_worn_video import Attendance, FirstContact, attended_at
from dash_forms.domain.incidents import Mode
from dash_forms.store.models import Assessment, CameraRecord, Incident, Pair, Submission

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

_THESE: BindParameter[Any] = bindparam("incidents", expanding=True)
# One row for each attempt that stands: an incident with none but exempt ones, or ones made in
# error, is none that is measured.
_ATTEMPTS = (
    select(
        Incident.id,
        Incident.team_id,
        Incident.reported_at,
        Incident.response_grade,
        Incident.arrived_at,
        Assessment.mode,
        Assessment.attempted_at,
        Submission.id.label("submission_id"),
        Submission.mode.label("sent_mode"),
        Submission.attempted_at.label("sent_attempted_at"),
    )
    .join(Pair, Pair.incident_id == Incident.id)
    .join(Assessment, Assessment.pair_id == Pair.id)
    .outerjoin(
        Submission,
        and_(Submission.assessment_id == Assessment.id, Submission.version == Assessment.version),
    )
    .where(Incident.id.in_(_THESE), Assessment.state.not_in([State.VOID, State.EXEMPT]))
    .order_by(Incident.id)
)
_CAMERAS = (
    select(CameraRecord.incident_id, CameraRecord.officer_id, CameraRecord.said)
    .where(CameraRecord.incident_id.in_(_THESE), CameraRecord.said.is_not(None))
    .order_by(CameraRecord.recorded_at, CameraRecord.id)
)


def attendances_of(connection: Connection, incident_ids: Collection[UUID]) -> list[Attendance]:
    """Those of these incidents that are measured, attended or not, in the order of their ids."""
    these = {"incidents": list(incident_ids)}
    rows: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in connection.execute(_ATTEMPTS, these):
        rows[row.id].append(row)
    cameras: defaultdict[UUID, dict[UUID, FirstContact]] = defaultdict(dict)
    for camera in connection.execute(_CAMERAS, these):
        if camera.said:
            cameras[camera.incident_id][camera.officer_id] = camera.said  # the latest comes last
    found = []
    for incident_id, attempts in sorted(rows.items()):
        incident = attempts[0]
        found.append(
            Attendance(
                incident_id,
                incident.team_id,
                incident.reported_at,
                incident.response_grade,
                incident.arrived_at,
                attended_at(incident.arrived_at, _in_person(attempts)),
                cameras[incident_id],
            )
        )
    return found


def _in_person(attempts: Collection[Any]) -> list[datetime]:
    """When victims were approached face to face: what was sent last says so, once it was sent."""
    found = []
    for row in attempts:
        is_sent = row.submission_id is not None
        mode, at = (
            (row.sent_mode, row.sent_attempted_at) if is_sent else (row.mode, row.attempted_at)
        )
        if mode is Mode.IN_PERSON and at is not None:
            found.append(at)
    return found
