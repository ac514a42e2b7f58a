"""The names of audit events: `subject.what_happened`, each with its DPA 2018 s.62 category."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Category(StrEnum):
    """DPA 2018, Part 3, s.62(1), and `security` for what is not a record of a person."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    SECURITY = "security"


class Name(StrEnum):
    """What happened, in the past tense."""

    SIGNED_IN = "account.signed_in"
    SIGN_IN_FAILED = "account.sign_in_failed"
    SIGN_IN_THROTTLED = "account.sign_in_throttled"
    SIGNED_OUT = "account.signed_out"
    COVER_OPENED = "account.cover_opened"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CLOSED = "account.closed"
    ACCOUNT_REOPENED = "account.reopened"
    PASSWORD_SET = "account.password_set"  # noqa: S105 - the name of an event
    SESSIONS_REVOKED = "account.sessions_revoked"
    ACCOUNTS_LISTED = "account.listed"
    ACCOUNT_VIEWED = "account.viewed"
    INCIDENTS_LISTED = "incident.listed"
    SEARCH_MADE = "search.made"
    SEARCH_VIEWED = "search.viewed"
    SEARCH_THROTTLED = "search.throttled"
    INCIDENT_OPENED = "incident.opened_elsewhere"
    REASONS_REMOVED = "reasons.removed"
    INCIDENT_CREATED = "incident.created"
    INCIDENT_CHANGED = "incident.changed"
    INCIDENT_MOVED = "incident.moved"
    INCIDENT_RENUMBERED = "incident.renumbered"
    INCIDENT_VIEWED = "incident.viewed"
    PAIR_LINKED = "incident.pair_linked"
    PAIR_CORRECTED = "incident.pair_corrected"
    CHILD_LINKED = "incident.child_linked"
    CHILD_CHANGED = "incident.child_changed"
    CAMERA_ASKED_FOR = "incident.camera_asked_for"
    CAMERA_RECORDED = "incident.camera_recorded"
    CAMERAS_LISTED = "incident.cameras_listed"
    HISTORY_SEARCHED = "history.searched"
    PEOPLE_INDEXED = "people.indexed"
    ASSESSMENT_STARTED = "assessment.started"
    ASSESSMENT_VIEWED = "assessment.viewed"
    HANDOVER_MADE = "assessment.handover_made"
    ANSWERS_SAVED = "assessment.answers_saved"
    CONFLICTS_VIEWED = "assessment.conflicts_viewed"
    CONFLICT_DECIDED = "assessment.conflict_decided"
    ADD_ON_BEGUN = "assessment.add_on_begun"
    ADD_ON_SKIPPED = "assessment.add_on_skipped"
    ENDING_RECORDED = "assessment.ending_recorded"
    ASSESSMENT_RESUMED = "assessment.resumed"
    CLOSING_SAVED = "assessment.closing_saved"
    ASSESSMENT_SUBMITTED = "assessment.submitted"
    REVIEWS_LISTED = "review.listed"
    REVIEW_OPENED = "review.opened"
    REVIEW_VIEWED = "review.viewed"
    REVIEW_SECTION_READ = "review.section_read"
    REVIEW_DECIDED = "review.decided"
    AUTHORISATION_ASKED = "authorisation.asked"
    AUTHORISATION_ANSWERED = "authorisation.answered"
    ASSESSMENT_VOIDED = "assessment.voided"
    REOFFERS_LISTED = "reoffer.listed"
    REOFFER_VIEWED = "reoffer.viewed"
    REOFFER_ASSIGNED = "reoffer.assigned"
    REOFFER_OPENED = "reoffer.opened"
    REOFFER_MADE_SAFE = "reoffer.made_safe"
    REOFFER_MADE = "reoffer.made"
    REOFFER_ESCALATED = "reoffer.escalated"
    REOFFER_CLOSED = "reoffer.closed"
    DESK_LISTED = "desk.listed"
    DESK_RECORD_VIEWED = "desk.record_viewed"
    GRADED_AGAIN = "desk.graded_again"
    MARAC_DECIDED = "desk.marac_decided"
    MARAC_ASKED_FOR = "marac.asked_for"
    TASK_ADDED = "task.added"
    TASK_VIEWED = "task.viewed"
    TASK_TAKEN = "task.taken"
    TASK_ENDED = "task.ended"
    TABLET_KEY_MADE = "tablet.key_made"
    TABLET_KEY_REVOKED = "tablet.key_revoked"
    HANDED_OVER_LISTED = "unsent.listed"
    HANDED_OVER_VIEWED = "unsent.viewed"
    HANDED_OVER_TAKEN = "unsent.taken"
    HANDED_OVER_TRIED = "unsent.tried_again"
    HANDED_OVER_CORRECTED = "unsent.corrected"
    HANDED_OVER_CLOSED = "unsent.closed"
    TABLET_FILE_LOADED = "tablet.file_loaded"
    TABLET_FILE_REFUSED = "tablet.file_refused"
    REOFFER_TAKEN_BACK = "reoffer.taken_back"
    REOFFER_HASTENED = "reoffer.hastened"
    CALLERS_LISTED = "caller.listed"
    CALLER_VIEWED = "caller.viewed"
    CALLERS_COMBINED = "caller.combined"
    CALLERS_TOLD_APART = "caller.told_apart"
    CALLS_IMPORT_BEGUN = "calls.import_begun"
    CALLS_IMPORT_CANCELLED = "calls.import_cancelled"
    CALLS_IMPORTED = "calls.imported"
    CALLS_IMPORT_VIEWED = "calls.import_viewed"
    CALLS_SENT = "calls.sent"
    PLANS_LISTED = "plan.listed"
    PLAN_VIEWED = "plan.viewed"
    PLAN_OPENED = "plan.opened"
    PLAN_STAGE_WRITTEN = "plan.stage_written"
    PLAN_ACTION_ADDED = "plan.action_added"
    PLAN_ACTION_ENDED = "plan.action_ended"
    PLAN_REVIEWED = "plan.reviewed"
    PLAN_GIVEN = "plan.given"
    PLAN_CLOSED = "plan.closed"
    PLAN_FIGURES_VIEWED = "plan.figures_viewed"
    OFFENDERS_JUSTIFIED = "offender.justified"
    OFFENDERS_LISTED = "offender.listed"
    OFFENDER_ACTIONS_LISTED = "offender.actions_listed"
    OFFENDER_VIEWED = "offender.viewed"
    OFFENDER_ACTION_ADDED = "offender.action_added"
    OFFENDER_ACTION_CHANGED = "offender.action_changed"
    OFFENDER_ACTION_ENDED = "offender.action_ended"
    INVESTIGATIONS_LISTED = "investigation.listed"
    SAMPLE_DRAWN = "investigation.sample_drawn"
    SAMPLE_VIEWED = "investigation.sample_viewed"
    INVESTIGATION_VIEWED = "investigation.viewed"
    INVESTIGATION_CHECKED = "investigation.checked"
    INVESTIGATION_CORRECTED = "investigation.corrected"
    INVESTIGATION_SKIPPED = "investigation.skipped"
    INVESTIGATION_RESULTS_VIEWED = "investigation.results_viewed"
    REPORT_VIEWED = "report.viewed"
    REPORT_EXPORTED = "report.exported"
    REPORT_EXPORT_REMOVED = "report.export_removed"
    COUNTED_RECORDS_LISTED = "report.records_listed"
    OFFICER_FIGURES_VIEWED = "report.officer_viewed"
    REPORTS_REBUILT = "report.all_rebuilt"
    BASELINE_ADDED = "baseline.added"
    BASELINE_WITHDRAWN = "baseline.withdrawn"
    CHART_REBASED = "chart.rebased"
    INSPECTION_VIEWED = "inspection.viewed"
    INSPECTION_PRINTED = "inspection.printed"
    INSPECTION_GRADE_ENTERED = "inspection.grade_entered"
    INSPECTION_GRADE_WITHDRAWN = "inspection.grade_withdrawn"
    INSPECTION_ITEM_ADDED = "inspection.item_added"
    INSPECTION_ITEM_CHANGED = "inspection.item_changed"
    INSPECTION_ITEM_MOVED = "inspection.item_moved"
    INSPECTION_EVIDENCE_ADDED = "inspection.evidence_added"
    INSPECTION_EVIDENCE_TAKEN_OUT = "inspection.evidence_taken_out"
    FEED_ACCESS_LISTED = "feed.access_listed"
    FEED_ACCESS_GIVEN = "feed.access_given"
    FEED_ACCESS_REVOKED = "feed.access_revoked"
    FEED_ACCESS_REFUSED = "feed.access_refused"
    FEED_READ = "feed.read"
    JOB_ASKED_FOR = "job.asked_for"
    JOB_FINISHED = "job.finished"
    JOB_FAILED = "job.failed"
    JOB_CANCELLED = "job.cancelled"
    JOB_TRIED_AGAIN = "job.tried_again"
    AUDIT_VIEWED = "audit.viewed"
    ACCESS_REFUSED = "access.refused"
    DEMO_SEEDED = "demo.seeded"

    @property
    def category(self) -> Category:
        return _CATEGORIES[self]


_N, _C = Name, Category
_CATEGORIES: dict[Name, Category] = {
    _N.SIGNED_IN: _C.SECURITY,
    _N.SIGN_IN_FAILED: _C.SECURITY,
    _N.SIGN_IN_THROTTLED: _C.SECURITY,
    _N.SIGNED_OUT: _C.SECURITY,
    _N.COVER_OPENED: _C.SECURITY,
    _N.ACCOUNT_CREATED: _C.SECURITY,
    _N.ACCOUNT_CLOSED: _C.SECURITY,
    _N.ACCOUNT_REOPENED: _C.SECURITY,
    _N.PASSWORD_SET: _C.SECURITY,
    _N.SESSIONS_REVOKED: _C.SECURITY,
    _N.ACCOUNT_VIEWED: _C.SECURITY,
    _N.ACCOUNTS_LISTED: _C.SECURITY,
    _N.TABLET_KEY_MADE: _C.SECURITY,
    _N.TABLET_KEY_REVOKED: _C.SECURITY,
    _N.HANDED_OVER_LISTED: _C.CONSULTATION,
    _N.HANDED_OVER_VIEWED: _C.CONSULTATION,
    _N.HANDED_OVER_TAKEN: _C.COLLECTION,
    _N.HANDED_OVER_TRIED: _C.COLLECTION,
    _N.HANDED_OVER_CORRECTED: _C.ALTERATION,
    _N.HANDED_OVER_CLOSED: _C.ALTERATION,
    _N.TABLET_FILE_LOADED: _C.COLLECTION,
    _N.TABLET_FILE_REFUSED: _C.SECURITY,
    _N.INCIDENTS_LISTED: _C.CONSULTATION,
    _N.SEARCH_MADE: _C.CONSULTATION,
    _N.SEARCH_VIEWED: _C.CONSULTATION,
    _N.SEARCH_THROTTLED: _C.SECURITY,
    _N.INCIDENT_OPENED: _C.CONSULTATION,
    _N.REASONS_REMOVED: _C.ERASURE,
    _N.INCIDENT_CREATED: _C.COLLECTION,
    _N.INCIDENT_CHANGED: _C.ALTERATION,
    _N.INCIDENT_MOVED: _C.ALTERATION,
    _N.INCIDENT_RENUMBERED: _C.ALTERATION,
    _N.INCIDENT_VIEWED: _C.CONSULTATION,
    _N.PAIR_LINKED: _C.COLLECTION,
    _N.PAIR_CORRECTED: _C.ALTERATION,
    _N.CHILD_LINKED: _C.COLLECTION,
    _N.CHILD_CHANGED: _C.ALTERATION,
    _N.CAMERA_ASKED_FOR: _C.COLLECTION,
    _N.CAMERA_RECORDED: _C.COLLECTION,
    _N.CAMERAS_LISTED: _C.CONSULTATION,
    _N.HISTORY_SEARCHED: _C.CONSULTATION,
    _N.PEOPLE_INDEXED: _C.ALTERATION,
    _N.ASSESSMENT_STARTED: _C.COLLECTION,
    _N.ASSESSMENT_VIEWED: _C.CONSULTATION,
    _N.HANDOVER_MADE: _C.DISCLOSURE,
    _N.ANSWERS_SAVED: _C.COLLECTION,
    _N.CONFLICTS_VIEWED: _C.CONSULTATION,
    _N.CONFLICT_DECIDED: _C.ALTERATION,
    _N.ADD_ON_BEGUN: _C.COLLECTION,
    _N.ADD_ON_SKIPPED: _C.COLLECTION,
    _N.ENDING_RECORDED: _C.COLLECTION,
    _N.ASSESSMENT_RESUMED: _C.ALTERATION,
    _N.CLOSING_SAVED: _C.COLLECTION,
    _N.ASSESSMENT_SUBMITTED: _C.COLLECTION,
    _N.REVIEWS_LISTED: _C.CONSULTATION,
    _N.REVIEW_OPENED: _C.CONSULTATION,
    _N.REVIEW_VIEWED: _C.CONSULTATION,
    _N.REVIEW_SECTION_READ: _C.CONSULTATION,
    _N.REVIEW_DECIDED: _C.ALTERATION,
    _N.AUTHORISATION_ASKED: _C.ALTERATION,
    _N.AUTHORISATION_ANSWERED: _C.ALTERATION,
    _N.ASSESSMENT_VOIDED: _C.ERASURE,
    _N.REOFFERS_LISTED: _C.CONSULTATION,
    _N.REOFFER_VIEWED: _C.CONSULTATION,
    _N.REOFFER_ASSIGNED: _C.ALTERATION,
    _N.REOFFER_OPENED: _C.COLLECTION,
    _N.REOFFER_MADE_SAFE: _C.COLLECTION,
    _N.REOFFER_MADE: _C.COLLECTION,
    _N.REOFFER_ESCALATED: _C.ALTERATION,
    _N.REOFFER_CLOSED: _C.ALTERATION,
    _N.DESK_LISTED: _C.CONSULTATION,
    _N.DESK_RECORD_VIEWED: _C.CONSULTATION,
    _N.GRADED_AGAIN: _C.ALTERATION,
    _N.MARAC_DECIDED: _C.COLLECTION,
    _N.MARAC_ASKED_FOR: _C.COLLECTION,
    _N.TASK_ADDED: _C.COLLECTION,
    _N.TASK_VIEWED: _C.CONSULTATION,
    _N.TASK_TAKEN: _C.ALTERATION,
    _N.TASK_ENDED: _C.ALTERATION,
    _N.REOFFER_TAKEN_BACK: _C.ALTERATION,
    _N.REOFFER_HASTENED: _C.ALTERATION,
    _N.CALLERS_LISTED: _C.CONSULTATION,
    _N.CALLER_VIEWED: _C.CONSULTATION,
    _N.CALLERS_COMBINED: _C.COMBINATION,
    _N.CALLERS_TOLD_APART: _C.ALTERATION,
    _N.CALLS_IMPORT_BEGUN: _C.COLLECTION,
    _N.CALLS_IMPORT_CANCELLED: _C.COLLECTION,
    _N.CALLS_IMPORTED: _C.COLLECTION,
    _N.CALLS_IMPORT_VIEWED: _C.CONSULTATION,
    _N.CALLS_SENT: _C.COLLECTION,
    _N.PLANS_LISTED: _C.CONSULTATION,
    _N.PLAN_VIEWED: _C.CONSULTATION,
    _N.PLAN_OPENED: _C.COLLECTION,
    _N.PLAN_STAGE_WRITTEN: _C.COLLECTION,
    _N.PLAN_ACTION_ADDED: _C.COLLECTION,
    _N.PLAN_ACTION_ENDED: _C.ALTERATION,
    _N.PLAN_REVIEWED: _C.COLLECTION,
    _N.PLAN_GIVEN: _C.ALTERATION,
    _N.PLAN_CLOSED: _C.ALTERATION,
    _N.PLAN_FIGURES_VIEWED: _C.CONSULTATION,
    _N.OFFENDERS_JUSTIFIED: _C.CONSULTATION,
    _N.OFFENDERS_LISTED: _C.CONSULTATION,
    _N.OFFENDER_ACTIONS_LISTED: _C.CONSULTATION,
    _N.OFFENDER_VIEWED: _C.CONSULTATION,
    _N.OFFENDER_ACTION_ADDED: _C.COLLECTION,
    _N.OFFENDER_ACTION_CHANGED: _C.ALTERATION,
    _N.OFFENDER_ACTION_ENDED: _C.ALTERATION,
    _N.INVESTIGATIONS_LISTED: _C.CONSULTATION,
    _N.SAMPLE_DRAWN: _C.COLLECTION,
    _N.SAMPLE_VIEWED: _C.CONSULTATION,
    _N.INVESTIGATION_VIEWED: _C.CONSULTATION,
    _N.INVESTIGATION_CHECKED: _C.COLLECTION,
    _N.INVESTIGATION_CORRECTED: _C.ALTERATION,
    _N.INVESTIGATION_SKIPPED: _C.ALTERATION,
    _N.INVESTIGATION_RESULTS_VIEWED: _C.CONSULTATION,
    _N.REPORT_VIEWED: _C.CONSULTATION,
    _N.REPORT_EXPORTED: _C.DISCLOSURE,
    _N.REPORT_EXPORT_REMOVED: _C.ERASURE,
    _N.COUNTED_RECORDS_LISTED: _C.CONSULTATION,
    _N.OFFICER_FIGURES_VIEWED: _C.CONSULTATION,
    _N.REPORTS_REBUILT: _C.ALTERATION,
    _N.BASELINE_ADDED: _C.ALTERATION,
    _N.BASELINE_WITHDRAWN: _C.ALTERATION,
    _N.CHART_REBASED: _C.ALTERATION,
    _N.INSPECTION_VIEWED: _C.CONSULTATION,
    _N.INSPECTION_PRINTED: _C.DISCLOSURE,
    _N.INSPECTION_GRADE_ENTERED: _C.COLLECTION,
    _N.INSPECTION_GRADE_WITHDRAWN: _C.ALTERATION,
    _N.INSPECTION_ITEM_ADDED: _C.COLLECTION,
    _N.INSPECTION_ITEM_CHANGED: _C.ALTERATION,
    _N.INSPECTION_ITEM_MOVED: _C.ALTERATION,
    _N.INSPECTION_EVIDENCE_ADDED: _C.COLLECTION,
    _N.INSPECTION_EVIDENCE_TAKEN_OUT: _C.ALTERATION,
    _N.FEED_ACCESS_LISTED: _C.SECURITY,
    _N.FEED_ACCESS_GIVEN: _C.SECURITY,
    _N.FEED_ACCESS_REVOKED: _C.SECURITY,
    _N.FEED_ACCESS_REFUSED: _C.SECURITY,
    _N.FEED_READ: _C.DISCLOSURE,
    _N.JOB_ASKED_FOR: _C.SECURITY,
    _N.JOB_FINISHED: _C.SECURITY,
    _N.JOB_FAILED: _C.SECURITY,
    _N.JOB_CANCELLED: _C.SECURITY,
    _N.JOB_TRIED_AGAIN: _C.SECURITY,
    _N.AUDIT_VIEWED: _C.CONSULTATION,
    _N.ACCESS_REFUSED: _C.SECURITY,
    _N.DEMO_SEEDED: _C.SECURITY,
}

FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event before it takes its place in the chain.

    `detail` holds codes, counts and identifiers only: never a name, never free text. So does
    `justification`: it is the purpose that was chosen, and its words are sealed in the subject.
    """

    name: Name
    subject_kind: str = ""
    subject_id: str = ""
    detail: Mapping[str, Any] | None = None
    justification: str = ""


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def canonical(detail: Mapping[str, Any] | None) -> str:
    """One spelling per detail, so that the same facts always hash the same."""
    return _encode(detail or {})


def link(previous_hash: str, fields: tuple[str, ...]) -> str:
    """The hash of an event: SHA-256 over the previous hash and every stored field.

    Fields are length-prefixed, so that no two different rows can spell the same bytes.
    """
    digest = hashlib.sha256(previous_hash.encode())
    for field in fields:
        data = field.encode()
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()
