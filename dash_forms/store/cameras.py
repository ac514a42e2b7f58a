"""The ledger of officers' cameras: adding to it, and reading what counts and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from dash_forms.domain.audit_events import Name
from dash_forms.domain.body_worn_video import (
    REMIND_AFTER,
    REMIND_FOR,
    CameraAnswer,
    FirstContact,
    Standing,
)
from dash_forms.domain.ids import uuid7
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import PERMISSIONS, Permission, Scope
from dash_forms.store.access import reachable_incidents
from dash_forms.store.models import Account, AttendanceFactRow, CameraRecord, Incident, Team

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, CompoundSelect, Select

    from dash_forms.store.work import Store, Work

_recorder = aliased(Account)
_ENTRIES = (
    select(
        CameraRecord.id,
        CameraRecord.officer_id,
        Account.display_name.label("officer"),
        CameraRecord.said,
        CameraRecord.reference_sealed,
        CameraRecord.words_sealed,
        CameraRecord.recorded_by_id,
        _recorder.display_name.label("recorded_by"),
        CameraRecord.recorded_at,
    )
    .join(Account, Account.id == CameraRecord.officer_id)
    .join(_recorder, _recorder.id == CameraRecord.recorded_by_id)
    .where(CameraRecord.incident_id == bindparam("incident_id"))
    .order_by(CameraRecord.said.is_not(None), CameraRecord.recorded_at, CameraRecord.id)
)
# Of an officer at an incident, what counts comes first: that somebody named them never outweighs
# what they have said, even if that was said without a signal before and arrived after.
_LATEST = (CameraRecord.said.is_(None), CameraRecord.recorded_at.desc(), CameraRecord.id.desc())


@dataclass(frozen=True, slots=True)
class CameraEntry:
    """One entry of the ledger, in the clear."""

    officer_id: UUID
    officer: str
    said: FirstContact | None
    reference: str
    words: str
    recorded_by_id: UUID
    recorded_by: str
    recorded_at: datetime

    @property
    def is_by_another(self) -> bool:
        """Whether somebody recorded it in the officer's place."""
        return self.recorded_by_id != self.officer_id


@dataclass(frozen=True, slots=True)
class Camera:
    """An officer who attended, or was named: what counts, and the entries before it."""

    officer_id: UUID
    officer: str
    latest: CameraEntry | None
    earlier: tuple[CameraEntry, ...] = ()

    @property
    def said(self) -> FirstContact | None:
        """What counts; None while nobody has said it."""
        return self.latest.said if self.latest else None


@dataclass(frozen=True, slots=True)
class MissingCamera:
    """An attended incident whose officer has not said yet what their camera did."""

    incident_id: UUID
    urn: str
    attended_at: datetime
    team: str
    officer_id: UUID
    officer: str
    can_answer: bool
    """Whether the incident is still one that this officer can open."""
    is_denied: bool
    """Whether everybody who was asked has said that they did not attend, and so nobody did."""


def cameras_of(work: Work, incident: Incident) -> list[Camera]:
    """Who attended, as far as is known: whoever recorded the incident, then colleagues by name."""
    entries: dict[UUID, list[CameraEntry]] = {}
    rows = work.connection.execute(_ENTRIES, {"incident_id": incident.id})
    for row in rows:
        entries.setdefault(row.officer_id, []).append(_entry(work, row))
    author = incident.created_by_id
    name = work.connection.scalar(select(Account.display_name).where(Account.id == author)) or ""
    first = Camera(author, name, None) if author not in entries else None
    found = [
        Camera(one, each[-1].officer, each[-1], tuple(each[:-1][::-1]))
        for one, each in entries.items()
    ]
    found.sort(key=lambda each: (each.officer_id != author, each.officer, each.officer_id))
    return [first, *found] if first else found


def own_camera(work: Work, incident_id: UUID) -> FirstContact | None:
    """What this person's camera did in an incident, if that is recorded."""
    return work.connection.scalar(
        select(CameraRecord.said)
        .where(CameraRecord.incident_id == incident_id, CameraRecord.officer_id == work.by.id)
        .order_by(*_LATEST)
        .limit(1)
    )


def keep_camera(
    work: Work,
    incident_id: UUID,
    officer_id: UUID,
    answer: CameraAnswer | None,
) -> None:
    """Add to the ledger what an officer's camera did; the same again adds nothing.

    Without an answer it names somebody who attended.
    """
    latest = work.session.scalar(
        select(CameraRecord)
        .where(CameraRecord.incident_id == incident_id, CameraRecord.officer_id == officer_id)
        .order_by(*_LATEST)
        .limit(1)
    )
    if latest is not None:
        opened = work.vault.open_text
        before = (
            CameraAnswer(
                latest.said,
                opened(latest.id, "reference", latest.reference_sealed),
                opened(latest.id, "words", latest.words_sealed),
            )
            if latest.said
            else None
        )
        if answer is None or answer == before:
            return  # named once more, or sent twice
    said = answer.said if answer else None
    reference, words = (answer.reference, answer.words) if answer else ("", "")
    record_id = uuid7()
    work.session.add(
        CameraRecord(
            id=record_id,
            incident_id=incident_id,
            officer_id=officer_id,
            said=said,
            reference_sealed=work.vault.seal_text(record_id, "reference", reference),
            reference_index=work.vault.footage_index(reference),
            words_sealed=work.vault.seal_text(record_id, "words", words),
            recorded_by_id=work.by.id,
            recorded_at=work.now,
        )
    )
    work.session.flush()
    name = Name.CAMERA_RECORDED if said else Name.CAMERA_ASKED_FOR
    work.audit(
        name,
        "incident",
        incident_id,
        officer=str(officer_id),
        **({"said": said.value} if said else {}),
        **({"in_place_of": str(officer_id)} if said and officer_id != work.by.id else {}),
    )


def missing_of_officer(work: Work, *, limit: int) -> tuple[list[MissingCamera], int]:
    """This person's attended incidents without a record, the latest first, and how many.

    One that has gone to another team since is not asked of whom it was named to: they cannot open
    it any more.
    """
    own = _without_record(work.now, officer_id=work.by.id).where(reachable_incidents(work))
    return _missing(work, own, limit)


def missing_of_team(
    work: Work, team_id: UUID | None, *, limit: int
) -> tuple[list[MissingCamera], int]:
    """The same of everybody in a team's incidents; of the whole force without a team.

    Where everybody has said that they did not attend, somebody did all the same: it stays here.
    """
    return _missing(work, _of_team(work.now, team_id), limit)


def supervised_team(work: Work) -> UUID | None:
    """The team whose records a supervisor asks after; None for the whole force."""
    scope = PERMISSIONS[work.by.role].get(Permission.SUPERVISE_CAMERAS)
    return None if scope is Scope.FORCE else work.by.team_id


def missing_by_officer(work: Work, team_id: UUID | None) -> list[tuple[str, int]]:
    """How many records are missing of each officer, the most first; whoever denied, too."""
    each = _of_team(work.now, team_id).subquery()
    rows = work.connection.execute(
        select(each.c.display_name, func.count())
        .group_by(each.c.officer_id, each.c.display_name)
        .order_by(func.count().desc(), each.c.display_name)
    )
    return [(name, number) for name, number in rows]


def _missing(
    work: Work, query: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]], limit: int
) -> tuple[list[MissingCamera], int]:
    each = query.subquery()
    found = work.connection.scalar(select(func.count()).select_from(each)) or 0
    rows = work.connection.execute(
        select(each)
        .order_by(each.c.attended_at.desc(), each.c.incident_id, each.c.officer_id)
        .limit(limit)
    )
    return [MissingCamera(*row) for row in rows], found


def _of_team(now: datetime, team_id: UUID | None) -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(
        _without_record(now, team_id=team_id), _denied_by_everybody(now, team_id=team_id)
    )


def _without_record(
    now: datetime, *, officer_id: UUID | None = None, team_id: UUID | None = None
) -> Select[*tuple[Any, ...]]:
    """Each officer who attended and has no answer yet, by attended incident."""
    asked = _asked(now, officer_id, team_id).subquery()
    has_said = exists().where(
        CameraRecord.incident_id == asked.c.incident_id,
        CameraRecord.officer_id == asked.c.officer_id,
        CameraRecord.said.is_not(None),
    )
    return (
        _listed(is_denied=False)
        .select_from(asked)
        .join(AttendanceFactRow, AttendanceFactRow.incident_id == asked.c.incident_id)
        .join(Incident, Incident.id == asked.c.incident_id)
        .join(Team, Team.id == AttendanceFactRow.team_id)
        .join(Account, Account.id == asked.c.officer_id)
        .where(~has_said)
    )


def _listed(*, is_denied: bool) -> Select[*tuple[Any, ...]]:
    """What a list says of an incident and an officer; the query names the tables."""
    return select(
        Incident.id.label("incident_id"),
        Incident.urn,
        AttendanceFactRow.attended_at,
        Team.name.label("team"),
        Account.id.label("officer_id"),
        Account.display_name,
        or_(Account.id == Incident.created_by_id, Account.team_id == Incident.team_id).label(
            "can_answer"
        ),
        literal(is_denied, Boolean).label("is_denied"),
    )


def _denied_by_everybody(now: datetime, *, team_id: UUID | None) -> Select[*tuple[Any, ...]]:
    """Attended incidents at which everybody who was asked says they were not, by who recorded it.

    They count as without a record, so that somebody has to find out who was there.
    """
    named, answer = aliased(CameraRecord), aliased(CameraRecord)
    has_answered = exists().where(
        answer.incident_id == Incident.id,
        answer.officer_id == named.officer_id,
        answer.said.is_not(None),
    )
    return (
        _listed(is_denied=True)
        .select_from(AttendanceFactRow)
        .join(Incident, Incident.id == AttendanceFactRow.incident_id)
        .join(Team, Team.id == AttendanceFactRow.team_id)
        .join(Account, Account.id == Incident.created_by_id)
        .where(
            *_recent(now, team_id),
            AttendanceFactRow.standing == Standing.NO_RECORD,
            exists().where(
                CameraRecord.incident_id == Incident.id,
                CameraRecord.officer_id == Incident.created_by_id,
                CameraRecord.said.is_not(None),
            ),
            ~exists().where(named.incident_id == Incident.id, ~has_answered),
        )
    )


def _recent(now: datetime, team_id: UUID | None) -> list[ColumnElement[bool]]:
    """Incidents that are not too new or too old to ask of, of a team if there is one."""
    recent = [
        # By day first: that is what the index knows.
        AttendanceFactRow.attended_on >= london_date(now - REMIND_FOR),
        AttendanceFactRow.attended_at.between(now - REMIND_FOR, now - REMIND_AFTER),
    ]
    if team_id:
        recent.append(AttendanceFactRow.team_id == team_id)
    return recent


def _asked(
    now: datetime, officer_id: UUID | None, team_id: UUID | None
) -> CompoundSelect[*tuple[Any, ...]]:
    """Who recorded an incident that is not too new or too old to ask of, and who was named there.

    Two reads of few rows: an OR of the two would look at every account for every incident.
    """
    recent = _recent(now, team_id)
    found = []
    for table, of_incident, officer in (
        (Incident, Incident.id, Incident.created_by_id),
        (CameraRecord, CameraRecord.incident_id, CameraRecord.officer_id),
    ):
        found.append(
            select(AttendanceFactRow.incident_id, officer.label("officer_id"))
            .select_from(AttendanceFactRow)
            .join(table, of_incident == AttendanceFactRow.incident_id)
            .where(*recent, *([officer == officer_id] if officer_id else []))
        )
    return union(*found)


def _entry(work: Work, row: Any) -> CameraEntry:
    opened = work.vault.open_text
    return CameraEntry(
        row.officer_id,
        row.officer,
        row.said,
        opened(row.id, "reference", row.reference_sealed),
        opened(row.id, "words", row.words_sealed),
        row.recorded_by_id,
        row.recorded_by,
        row.recorded_at,
    )


def attendance_of(work: Work, incident_id: UUID) -> datetime | None:
    """When the incident was attended, as the figures count it, if it was."""
    return work.connection.scalar(
        select(AttendanceFactRow.attended_at).where(AttendanceFactRow.incident_id == incident_id)
    )


_BATCH = 500
_NOT_INDEXED = (
    select(CameraRecord.id, CameraRecord.reference_sealed)
    .where(
        CameraRecord.reference_index.is_(None),
        CameraRecord.reference_sealed.is_not(None),
        CameraRecord.id > bindparam("after", type_=CameraRecord.id.type),
    )
    .order_by(CameraRecord.id)
    .limit(_BATCH)
)
_SET_INDEX = (
    update(CameraRecord)
    .where(CameraRecord.id == bindparam("of_record"))
    .values(reference_index=bindparam("index"))
)


def index_footage(store: Store) -> int:
    """Make incidents findable by footage that was recorded before it could be; returns how many.

    It can be interrupted and run again, also while the application serves.
    """
    after, indexed = UUID(int=0), 0
    while True:
        with store.work(writes=True) as work:
            rows = work.connection.execute(_NOT_INDEXED, {"after": after}).all()
            if not rows:
                return indexed
            work.connection.execute(_SET_INDEX, [_indexed(work, *row) for row in rows])
        after, indexed = rows[-1].id, indexed + len(rows)


def _indexed(work: Work, record_id: UUID, sealed: bytes | None) -> dict[str, Any]:
    reference = work.vault.open_text(record_id, "reference", sealed)
    return {"of_record": record_id, "index": work.vault.footage_index(reference)}
