"""Every table of the database, one file per family."""

from dash_forms.store.models.accounts import Account, SignInFailure, SignInSession, Team
from dash_forms.store.models.add_ons import AssessmentAddOn
from dash_forms.store.models.answering import AnsweringCount, OfferedCallRow
from dash_forms.store.models.assessments import (
    Answer,
    AnswerLogEntry,
    Assessment,
    AssessmentReason,
    GradeEntry,
)
from dash_forms.store.models.audit import AuditEvent
from dash_forms.store.models.base import Base
from dash_forms.store.models.baselines import (
    BaselineWithdrawal,
    ChartRebase,
    ReportBaseline,
    ReportExport,
)
from dash_forms.store.models.calls import (
    Call,
    Caller,
    CallerDecision,
    CallerFlag,
    CallerKey,
    CallerMatch,
    CallImport,
    CallImportPart,
    CallImportProblem,
)
from dash_forms.store.models.cameras import CameraRecord
from dash_forms.store.models.duties import Authorisation, DutiesDone
from dash_forms.store.models.facts import (
    AttemptFactRow,
    AttendanceFactRow,
    CameraFactRow,
    PairFact,
    ReportCount,
)
from dash_forms.store.models.feed import FeedToken
from dash_forms.store.models.finding import Opening, Search
from dash_forms.store.models.incidents import (
    Correction,
    Incident,
    IncidentChild,
    Pair,
    Person,
)
from dash_forms.store.models.inspection import (
    InspectionEntry,
    InspectionGrade,
    InspectionGradeWithdrawal,
    InspectionItem,
)
from dash_forms.store.models.investigations import (
    InvestigationAnswer,
    InvestigationCase,
    InvestigationCheck,
    InvestigationSample,
    SampledFrom,
)
from dash_forms.store.models.jobs import JobPiece, JobRow
from dash_forms.store.models.offenders import (
    OffenderAction,
    OffenderActionEntry,
    OffenderReason,
)
from dash_forms.store.models.plans import Plan, PlanAction, PlanEntry, PlanReview
from dash_forms.store.models.review import FollowUp, Review, ReviewSection, Submission
from dash_forms.store.models.specialist import MaracRecord, MaracRequest, Task
from dash_forms.store.models.tablets import HandedOver, TabletKey, WaitedPost

__all__ = [
    "Account",
    "Answer",
    "AnswerLogEntry",
    "AnsweringCount",
    "Assessment",
    "AssessmentAddOn",
    "AssessmentReason",
    "AttemptFactRow",
    "AttendanceFactRow",
    "AuditEvent",
    "Authorisation",
    "Base",
    "BaselineWithdrawal",
    "Call",
    "CallImport",
    "CallImportPart",
    "CallImportProblem",
    "Caller",
    "CallerDecision",
    "CallerFlag",
    "CallerKey",
    "CallerMatch",
    "CameraFactRow",
    "CameraRecord",
    "ChartRebase",
    "Correction",
    "DutiesDone",
    "FeedToken",
    "FollowUp",
    "GradeEntry",
    "HandedOver",
    "Incident",
    "IncidentChild",
    "InspectionEntry",
    "InspectionGrade",
    "InspectionGradeWithdrawal",
    "InspectionItem",
    "InvestigationAnswer",
    "InvestigationCase",
    "InvestigationCheck",
    "InvestigationSample",
    "JobPiece",
    "JobRow",
    "MaracRecord",
    "MaracRequest",
    "OffenderAction",
    "OffenderActionEntry",
    "OffenderReason",
    "OfferedCallRow",
    "Opening",
    "Pair",
    "PairFact",
    "Person",
    "Plan",
    "PlanAction",
    "PlanEntry",
    "PlanReview",
    "ReportBaseline",
    "ReportCount",
    "ReportExport",
    "Review",
    "ReviewSection",
    "SampledFrom",
    "Search",
    "SignInFailure",
    "SignInSession",
    "Submission",
    "TabletKey",
    "Task",
    "Team",
    "WaitedPost",
]
