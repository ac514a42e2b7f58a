"""Who may do what: the whole authorisation policy as one table. What is not here is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


class Role(StrEnum):
    """What a person is here to do."""

    OFFICER = "officer"
    SERGEANT = "sergeant"
    INSPECTOR = "inspector"
    SPECIALIST = "specialist"
    CONTROL_ROOM = "control_room"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.OFFICER: "Response officer",
    Role.SERGEANT: "Sergeant",
    Role.INSPECTOR: "Inspector",
    Role.SPECIALIST: "Public-protection specialist",
    Role.CONTROL_ROOM: "Control-room coordinator",
    Role.ANALYST: "Performance analyst",
    Role.ADMINISTRATOR: "Administrator",
    Role.AUDITOR: "Auditor",
}


class Permission(StrEnum):
    """An act that an endpoint can stand for."""

    SIGN_OUT = "sign_out"
    FIND = "find"
    VIEW_INCIDENTS = "view_incidents"
    RECORD_INCIDENTS = "record_incidents"
    CORRECT_PEOPLE = "correct_people"
    LINK_CHILDREN = "link_children"
    RECORD_CAMERAS = "record_cameras"
    SUPERVISE_CAMERAS = "supervise_cameras"
    VIEW_ASSESSMENTS = "view_assessments"
    RECORD_ASSESSMENTS = "record_assessments"
    DECIDE_CONFLICTS = "decide_conflicts"
    REVIEW_ASSESSMENTS = "review_assessments"
    VIEW_REOFFERS = "view_reoffers"
    MANAGE_REOFFERS = "manage_reoffers"
    WORK_DESK = "work_desk"
    VIEW_CALLERS = "view_callers"
    IMPORT_CALLS = "import_calls"
    DECIDE_MATCHES = "decide_matches"
    VIEW_PLANS = "view_plans"
    MANAGE_PLANS = "manage_plans"
    VIEW_OFFENDERS = "view_offenders"
    MANAGE_OFFENDER_ACTIONS = "manage_offender_actions"
    VIEW_ANSWERING = "view_answering"
    CHECK_INVESTIGATIONS = "check_investigations"
    DRAW_SAMPLES = "draw_samples"
    VIEW_REPORTS = "view_reports"
    VIEW_COUNTED_RECORDS = "view_counted_records"
    VIEW_OWN_FIGURES = "view_own_figures"
    VIEW_OFFICER_FIGURES = "view_officer_figures"
    MANAGE_BASELINES = "manage_baselines"
    REBASE_CHARTS = "rebase_charts"
    VIEW_INSPECTION = "view_inspection"
    MANAGE_INSPECTION = "manage_inspection"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_FEED_TOKENS = "manage_feed_tokens"
    VIEW_AUDIT = "view_audit"


class Scope(StrEnum):
    """Whose records a permission reaches."""

    TEAM = "team"
    FORCE = "force"


_P, _S = Permission, Scope

PERMISSIONS: dict[Role, dict[Permission, Scope]] = {
    Role.OFFICER: {
        _P.SIGN_OUT: _S.FORCE,
        _P.FIND: _S.FORCE,
        _P.VIEW_INCIDENTS: _S.TEAM,
        _P.RECORD_INCIDENTS: _S.TEAM,
        _P.CORRECT_PEOPLE: _S.TEAM,
        _P.LINK_CHILDREN: _S.TEAM,
        _P.RECORD_CAMERAS: _S.TEAM,
        _P.VIEW_ASSESSMENTS: _S.TEAM,
        _P.RECORD_ASSESSMENTS: _S.TEAM,
        _P.DECIDE_CONFLICTS: _S.TEAM,
        _P.VIEW_REOFFERS: _S.TEAM,
        _P.VIEW_PLANS: _S.TEAM,
        _P.VIEW_OWN_FIGURES: _S.TEAM,
    },
    Role.SERGEANT: {
        _P.SIGN_OUT: _S.FORCE,
        _P.FIND: _S.FORCE,
        _P.VIEW_INCIDENTS: _S.TEAM,
        _P.CORRECT_PEOPLE: _S.TEAM,
        _P.LINK_CHILDREN: _S.TEAM,
        _P.RECORD_CAMERAS: _S.TEAM,
        _P.SUPERVISE_CAMERAS: _S.TEAM,
        _P.VIEW_ASSESSMENTS: _S.TEAM,
        _P.DECIDE_CONFLICTS: _S.TEAM,
        _P.REVIEW_ASSESSMENTS: _S.TEAM,
        _P.VIEW_REOFFERS: _S.TEAM,
        _P.MANAGE_REOFFERS: _S.TEAM,
        _P.VIEW_CALLERS: _S.FORCE,
        _P.VIEW_PLANS: _S.FORCE,
        _P.MANAGE_PLANS: _S.TEAM,
        _P.VIEW_OFFENDERS: _S.FORCE,
        _P.MANAGE_OFFENDER_ACTIONS: _S.FORCE,
        _P.VIEW_ANSWERING: _S.FORCE,
        _P.CHECK_INVESTIGATIONS: _S.TEAM,
        _P.VIEW_REPORTS: _S.FORCE,
        _P.VIEW_COUNTED_RECORDS: _S.TEAM,
        _P.VIEW_OFFICER_FIGURES: _S.TEAM,
        _P.VIEW_INSPECTION: _S.FORCE,
    },
    Role.INSPECTOR: {
        _P.SIGN_OUT: _S.FORCE,
        _P.FIND: _S.FORCE,
        _P.VIEW_INCIDENTS: _S.FORCE,
        _P.RECORD_CAMERAS: _S.FORCE,
        _P.SUPERVISE_CAMERAS: _S.FORCE,
        _P.VIEW_ASSESSMENTS: _S.FORCE,
        _P.DECIDE_CONFLICTS: _S.FORCE,
        _P.REVIEW_ASSESSMENTS: _S.FORCE,
        _P.VIEW_REOFFERS: _S.FORCE,
        _P.MANAGE_REOFFERS: _S.FORCE,
        _P.VIEW_CALLERS: _S.FORCE,
        _P.VIEW_PLANS: _S.FORCE,
        _P.MANAGE_PLANS: _S.FORCE,
        _P.VIEW_OFFENDERS: _S.FORCE,
        _P.MANAGE_OFFENDER_ACTIONS: _S.FORCE,
        _P.VIEW_ANSWERING: _S.FORCE,
        _P.CHECK_INVESTIGATIONS: _S.FORCE,
        _P.DRAW_SAMPLES: _S.FORCE,
        _P.VIEW_REPORTS: _S.FORCE,
        _P.VIEW_COUNTED_RECORDS: _S.FORCE,
        _P.MANAGE_BASELINES: _S.FORCE,
        _P.REBASE_CHARTS: _S.FORCE,
        _P.VIEW_INSPECTION: _S.FORCE,
        _P.MANAGE_INSPECTION: _S.FORCE,
    },
    Role.SPECIALIST: {
        _P.SIGN_OUT: _S.FORCE,
        _P.FIND: _S.FORCE,
        _P.VIEW_INCIDENTS: _S.FORCE,
        _P.LINK_CHILDREN: _S.FORCE,
        _P.VIEW_ASSESSMENTS: _S.FORCE,
        _P.WORK_DESK: _S.FORCE,
        _P.VIEW_CALLERS: _S.FORCE,
        _P.VIEW_PLANS: _S.FORCE,
        _P.VIEW_OFFENDERS: _S.FORCE,
        _P.MANAGE_OFFENDER_ACTIONS: _S.FORCE,
        _P.VIEW_ANSWERING: _S.FORCE,
        _P.VIEW_REPORTS: _S.FORCE,
        _P.VIEW_COUNTED_RECORDS: _S.FORCE,
        _P.VIEW_INSPECTION: _S.FORCE,
    },
    Role.CONTROL_ROOM: {
        _P.SIGN_OUT: _S.FORCE,
        _P.FIND: _S.FORCE,
        _P.VIEW_CALLERS: _S.FORCE,
        _P.IMPORT_CALLS: _S.FORCE,
        _P.DECIDE_MATCHES: _S.FORCE,
        _P.VIEW_PLANS: _S.FORCE,
        _P.VIEW_ANSWERING: _S.FORCE,
    },
    Role.ANALYST: {
        _P.SIGN_OUT: _S.FORCE,
        _P.VIEW_ANSWERING: _S.FORCE,
        _P.VIEW_REPORTS: _S.FORCE,
        _P.VIEW_INSPECTION: _S.FORCE,
    },
    Role.ADMINISTRATOR: {
        _P.SIGN_OUT: _S.FORCE,
        _P.MANAGE_ACCOUNTS: _S.FORCE,
        _P.MANAGE_FEED_TOKENS: _S.FORCE,
    },
    Role.AUDITOR: {
        _P.SIGN_OUT: _S.FORCE,
        _P.VIEW_INSPECTION: _S.FORCE,
        _P.VIEW_AUDIT: _S.FORCE,
    },
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person, as far as rules need to know them."""

    id: UUID
    display_name: str
    role: Role
    team_id: UUID | None
    username: str = ""
    """Only of whoever is signed in: their own pages ask for the password alone once that ends."""

    def may(self, permission: Permission) -> bool:
        """Whether the role includes the act at all."""
        return permission in PERMISSIONS[self.role]

    def reaches(
        self, permission: Permission, *, team_id: UUID, author_id: UUID | None = None
    ) -> bool:
        """Whether the act extends to a record of this team, or one that the person began."""
        scope = PERMISSIONS[self.role].get(permission)
        if scope is Scope.FORCE:
            return True
        return scope is Scope.TEAM and (team_id == self.team_id or author_id == self.id)
