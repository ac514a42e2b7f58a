"""What a supervisor sees: the queue, and one submission to be read section by section."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from dash_forms.domain.answers import Tally, tally
from dash_forms.domain.assessment import Event, Outcome, State, states_before
from dash_forms.domain.audit_events import Name
from dash_forms.domain.contradictions import Contradiction, contradictions
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.grading import Grade
from dash_forms.domain.history import History
from dash_forms.domain.instruments import Instrument, Item, Section
from dash_forms.domain.permissions import PERMISSIONS, Permission, Scope
from dash_forms.domain.prompts import Prompt, Threshold, threshold_of
from dash_forms.domain.review import (
    UNSENT_STATES,
    Change,
    Decision,
    Snapshot,
    changes,
    flags,
    needs_reoffer,
    require_another_person,
)
from dash_forms.domain.what_follows import Following, what_follows
from dash_forms.review.reading import (
    ENDING,
    IS_ASKED,
    IS_REFUSED,
    open_authorisations,
    step_of,
    to_read,
)
from dash_forms.store.access import (
    VICTIM_COUNT,
    VICTIM_NUMBER,
    assessment_for,
    instrument_of,
    titled_head,
    which_victim,
)
from dash_forms.store.accounts import display_name
from dash_forms.store.add_ons import TakenUp, sets_asked, taken_up
from dash_forms.store.answers import StoredAnswer, given, stored_answers
from dash_forms.store.attempts import AttemptView, attempts_of
from dash_forms.store.authorisers import Colleague, authorisers
from dash_forms.store.cameras import missing_by_officer, supervised_team
from dash_forms.store.endings import outcome_of, recorded_ending
from dash_forms.store.grades import GivenGrade, ledger
from dash_forms.store.handed_over import count_open
from dash_forms.store.history import history_of
from dash_forms.store.marac_requests import own_request
from dash_forms.store.models import (
    Account,
    AnswerLogEntry,
    Assessment,
    Authorisation,
    Incident,
    MaracRequest,
    Pair,
    Review,
    ReviewSection,
    Submission,
    Team,
)
from dash_forms.store.prompts import raised_prompts
from dash_forms.store.reoffers import ContactStop, contact_stop
from dash_forms.store.tasks import TaskLine, tasks_of
from dash_forms.store.versions import closing_of, snapshots
from dash_forms.store.work import Work

QUEUE_LENGTH = 100
_SENT = Assessment.state.in_(states_before(Event.OPEN_REVIEW, Event.AGREE))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submission in the queue. It names no victim: lists are seen by whoever stands near."""

    id: UUID
    incident_id: UUID
    urn: str
    team: str
    author: str
    author_id: UUID
    state: State
    grade: Grade | None
    version: int
    attempt: int
    submitted_at: datetime | None
    due_at: datetime | None
    outcome: Outcome | None
    reader: str | None
    read_version: int | None
    """The version that this person decided on last."""
    is_overdue: bool
    is_own: bool
    is_marac_asked: bool
    """Somebody asks for a specialist's decision on MARAC."""
    waits_for: str | None
    """The colleague who is asked to stand with a lower grade."""
    is_refused: bool
    """A colleague was asked that, and refused."""
    changed: tuple[Change, ...]
    victim: str
    """Which victim of the incident, where there are several."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A colleague's request to stand with a grade below the count."""

    assessment_id: UUID
    urn: str
    asked_by: str
    authoriser: str
    authoriser_id: UUID
    grade: Grade
    because: str
    asked_at: datetime
    victim: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """An attempt that a supervisor has to ask after. It names no victim."""

    id: UUID
    urn: str
    author: str
    state: State
    due_at: datetime | None
    is_overdue: bool
    victim: str

    @property
    def was_not_offered(self) -> bool:
        """Nobody offered it, which a supervisor hears of at once (table (b))."""
        return self.state is State.NOT_OFFERED


@dataclass(frozen=True, slots=True)
class Queue:
    """Everything that waits for this person's decision."""

    waiting: list[Waiting]
    exemptions: list[Waiting]
    asked: list[Asked]
    not_sent: list[NotSent]
    not_sent_found: int
    found: int
    handed_over: int
    """Cases of which the server refused something."""
    missing_cameras: list[tuple[str, int]]
    """Who has not said yet what their camera did, and of how many incidents; the most first."""

    @property
    def missing_camera_count(self) -> int:
        return sum(number for _, number in self.missing_cameras)


@dataclass(frozen=True, slots=True)
class EarlierReview:
    """A decision on this or an earlier version."""

    reviewer: str
    version: int
    decision: Decision
    decided_at: datetime
    words: str

    @property
    def label(self) -> str:
        """What was decided."""
        return self.decision.label


@dataclass(frozen=True, slots=True)
class Refusal:
    """A colleague's refusal to stand with a grade below the count."""

    reviewer: str
    version: int
    grade: Grade
    asked_by: str
    decided_at: datetime
    words: str

    @property
    def label(self) -> str:
        """What was refused."""
        return f"Refused to stand with {self.grade.label.lower()}"


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the record that has to be read."""

    id: str
    title: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One submission, as the reviewer reads it."""

    id: UUID
    incident_id: UUID
    urn: str
    whose: str
    state: State
    version: int
    author: str
    submitted_at: datetime | None
    due_at: datetime | None
    is_overdue: bool
    is_mine: bool
    """Whether this person has it open for review."""
    grade: Grade | None
    outcome: Outcome
    tally: Tally
    threshold: Threshold | None
    prompts: tuple[Prompt, ...]
    follows: tuple[Following, ...]
    """What the answers set in motion."""
    contradictions: tuple[Contradiction, ...]
    history: History
    asked: Asked | None
    """What a colleague has been asked about it and not answered."""
    colleagues: list[Colleague]
    """Who can be asked to stand with a grade below the count."""
    flags: list[str]
    closing: dict[str, str]
    ledger: list[GivenGrade]
    earlier: list[EarlierReview]
    refusals: list[Refusal]
    changed: list[Change]
    compared_with: int | None
    steps: tuple[Step, ...]
    instrument: Instrument
    answers: dict[int, StoredAnswer]
    add_ons: list[TakenUp]
    void_reason: str
    attempts: list[AttemptView]
    tasks: list[TaskLine]
    """What is being done for this victim."""
    stop: ContactStop | None
    marac: str
    """Why this person has asked a specialist to decide on MARAC, if so."""

    @property
    def lacks_answers(self) -> bool:
        """The victim has not said all of it, so that judgement has to speak."""
        return needs_reoffer(self.outcome)

    @property
    def count_means_high(self) -> bool:
        """Whether a grade below high would be below what the count means."""
        return self.threshold is not None and self.threshold.is_met

    @property
    def refused(self) -> Refusal | None:
        """The last refusal, while the reviewer has to decide again because of it."""
        waits = self.state is State.IN_REVIEW and self.asked is None
        of_this = [each for each in self.refusals if each.version == self.version]
        return of_this[-1] if waits and of_this else None

    @property
    def past(self) -> list[EarlierReview | Refusal]:
        """What was decided and refused so far, in order."""
        return sorted([*self.earlier, *self.refusals], key=lambda each: each.decided_at)

    @property
    def unread(self) -> list[Step]:
        """What is still to be read, in order."""
        return [step for step in self.steps if not step.is_read]

    def items_in(self, section: str) -> tuple[Item, ...]:
        """The topics of a section, or of an add-on set."""
        add_on = self._add_on(section)
        return add_on.add_on.items if add_on else self.instrument.items_in(section)

    def answers_in(self, section: str) -> dict[int, StoredAnswer]:
        """The answers to those topics, by number."""
        add_on = self._add_on(section)
        return add_on.answers if add_on else self.answers

    def _add_on(self, section: str) -> TakenUp | None:
        return next((each for each in self.add_ons if step_of(each) == section), None)


def queue(work: Work) -> Queue:
    """What waits, high risk first and then what is due first."""
    rows = _waiting(work, _SENT)
    exemptions = _waiting(work, Assessment.state.in_(states_before(Event.ENDORSE)))
    found = work.session.scalar(
        select(func.count(Assessment.id))
        .join(Pair, Pair.id == Assessment.pair_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .where(*_reach(work), _SENT)
    )
    work.audit(Name.REVIEWS_LISTED, "assessment", count=len(rows) + len(exemptions))
    asked = _asked(work, Authorisation.authoriser_id == work.by.id)
    not_sent, not_sent_found = _not_sent(work)
    return Queue(
        rows,
        exemptions,
        asked,
        not_sent,
        not_sent_found,
        found or 0,
        count_open(work),
        _missing_cameras(work),
    )


def _missing_cameras(work: Work) -> list[tuple[str, int]]:
    if not work.by.may(Permission.SUPERVISE_CAMERAS):
        return []
    return missing_by_officer(work, supervised_team(work))


def named(work: Work, assessment_id: UUID) -> str:
    """Which case it is, by number and victim; nothing if it is none that this person reviews."""
    try:
        head = titled_head(work, assessment_id, Permission.REVIEW_ASSESSMENTS)
    except NotFoundError:
        return ""
    return ", ".join(filter(None, [head.urn, head.whose]))


def is_asked(work: Work, assessment_id: UUID) -> bool:
    """Whether a colleague's answer is awaited, so that nothing has been decided yet."""
    return work.session.scalar(open_authorisations(assessment_id).limit(1)) is not None


def review_page(work: Work, assessment_id: UUID) -> ReviewView:
    """The record with its flags, its versions, its grades and what of it has been read."""
    assessment, incident = assessment_for(work, assessment_id, Permission.REVIEW_ASSESSMENTS)
    head = titled_head(work, assessment_id, Permission.REVIEW_ASSESSMENTS)
    require_another_person(work.by.id, assessment.author_id)
    question_set = instrument_of(assessment)
    stored = stored_answers(work, assessment_id)
    answers = given(stored)
    counts = tally(answers, question_set.numbers)
    ended = outcome_of(work, assessment, recorded_ending(work, assessment_id))
    review = work.session.scalar(
        select(Review).where(
            Review.assessment_id == assessment_id,
            Review.version == assessment.version,
            Review.reviewer_id == work.by.id,
            Review.decided_at.is_(None),
        )
    )
    read = _read(work, review) if review else set()
    add_ons = taken_up(work, assessment_id)
    kept = snapshots(work, assessment_id)
    earlier = _earlier(work, assessment_id)
    compared_with = _compared_with(earlier, assessment.version, kept)
    history = history_of(work, assessment_id)
    contents = {number: answer.content for number, answer in stored.items()}
    asked = _asked(work, Authorisation.assessment_id == assessment_id)
    work.audit(Name.REVIEW_VIEWED, "assessment", assessment_id, version=assessment.version)
    return ReviewView(
        id=assessment.id,
        incident_id=head.incident_id,
        urn=head.urn,
        whose=head.whose,
        state=assessment.state,
        version=assessment.version,
        author=display_name(work, assessment.author_id),
        submitted_at=assessment.submitted_at,
        due_at=assessment.review_due_at,
        is_overdue=_is_overdue(assessment.review_due_at, work.now),
        is_mine=review is not None,
        grade=assessment.grade,
        outcome=ended,
        tally=counts,
        threshold=threshold_of(question_set, answers),
        prompts=raised_prompts(work, assessment, history),
        follows=what_follows(sets_asked(work, assessment)),
        contradictions=contradictions(
            question_set.id, contents, assessment.children_stated, history, work.limits
        ),
        history=history,
        asked=asked[0] if asked else None,
        colleagues=authorisers(work, incident.team_id, work.by.id, assessment.author_id),
        flags=flags(
            counts,
            ended,
            _took(work, assessment_id),
            work.clocks,
            no=question_set.words_for_no,
            interpreter=assessment.interpreter,
        ),
        closing=closing_of(work, assessment, ended, kept),
        ledger=ledger(work, assessment_id),
        earlier=earlier,
        refusals=_refusals(work, assessment_id),
        changed=changes(kept[compared_with], kept[assessment.version])
        if compared_with is not None
        else [],
        compared_with=compared_with,
        steps=_steps(question_set.sections, add_ons, to_read(assessment, stored, add_ons), read),
        instrument=question_set,
        answers=stored,
        add_ons=add_ons,
        void_reason=work.vault.open_text(
            assessment.id, "void_reason", assessment.void_reason_sealed
        ),
        attempts=attempts_of(work, [head.pair_id])[head.pair_id],
        tasks=tasks_of(work, assessment_id),
        stop=contact_stop(work, head.pair_id),
        marac=own_request(work, assessment_id),
    )


def _waiting(work: Work, condition: ColumnElement[bool]) -> list[Waiting]:
    reader = (
        select(Account.display_name)
        .join(Review, Review.reviewer_id == Account.id)
        .where(
            Review.assessment_id == Assessment.id,
            Review.decided_at.is_(None),
            Review.version == Assessment.version,
            Review.reviewer_id != work.by.id,
        )
        .order_by(Review.opened_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    mine = (
        select(func.max(Review.version))
        .where(
            Review.assessment_id == Assessment.id,
            Review.reviewer_id == work.by.id,
            Review.decided_at.is_not(None),
        )
        .scalar_subquery()
    )
    of_this = Authorisation.assessment_id == Assessment.id
    waits_for = (
        select(Account.display_name)
        .join(Authorisation, Authorisation.authoriser_id == Account.id)
        .where(of_this, IS_ASKED)
        .order_by(Authorisation.asked_at)
        .limit(1)
        .correlate(Assessment)
        .scalar_subquery()
    )
    rows = work.session.execute(
        select(
            Assessment.id,
            Incident.id.label("incident_id"),
            Incident.urn,
            Team.name.label("team"),
            Account.display_name.label("author"),
            Assessment.author_id,
            Assessment.state,
            Assessment.grade,
            Assessment.version,
            Assessment.attempt,
            Assessment.submitted_at,
            Assessment.review_due_at.label("due_at"),
            Submission.outcome,
            reader.label("reader"),
            mine.label("read_version"),
            exists().where(MaracRequest.assessment_id == Assessment.id).label("is_marac_asked"),
            waits_for.label("waits_for"),
            exists().where(of_this, IS_REFUSED).label("is_refused"),
            VICTIM_NUMBER,
            VICTIM_COUNT,
        )
        .join(Pair, Pair.id == Assessment.pair_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .join(Team, Team.id == Incident.team_id)
        .join(Account, Account.id == Assessment.author_id)
        .outerjoin(
            Submission,
            (Submission.assessment_id == Assessment.id)
            & (Submission.version == Assessment.version),
        )
        .where(*_reach(work), condition)
        .order_by(
            case((Assessment.grade == Grade.HIGH, 0), else_=1),
            Assessment.review_due_at,
            Assessment.created_at,
            Assessment.id,
        )
        .limit(QUEUE_LENGTH)
    )
    listed = []
    for row in rows:
        shown = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name for it
        victim = which_victim(shown.pop("victim_number"), shown.pop("victim_count"))
        listed.append(
            Waiting(
                **shown,
                is_overdue=_is_overdue(row.due_at, work.now),
                is_own=row.author_id == work.by.id,
                changed=tuple(_changed_since(work, row.id, row.read_version, row.version)),
                victim=victim,
            )
        )
    return listed


def _not_sent(work: Work) -> tuple[list[NotSent], int]:
    """What was not offered, and what should have been sent by now; how many there are of both."""
    overdue = Assessment.created_at < work.now - work.clocks.sending
    begun = or_(Assessment.attempt == 1, Assessment.state != State.REQUIRED)
    wanted = (
        *_reach(work),
        Assessment.state.in_(UNSENT_STATES),
        or_(Assessment.state == State.NOT_OFFERED, and_(begun, overdue)),
    )
    rows = work.session.execute(
        select(Assessment, Incident.urn, Account.display_name, VICTIM_NUMBER, VICTIM_COUNT)
        .join(Pair, Pair.id == Assessment.pair_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .join(Account, Account.id == Assessment.author_id)
        .where(*wanted)
        .order_by(
            case((Assessment.state == State.NOT_OFFERED, 0), else_=1),
            Assessment.created_at,
            Assessment.id,
        )
        .limit(QUEUE_LENGTH)
    )
    listed = []
    for assessment, urn, author, *which in rows:
        due_at = work.clocks.sending_due(
            assessment.state, assessment.attempt, assessment.created_at
        )
        late = _is_overdue(due_at, work.now)
        victim = which_victim(*which)
        listed.append(NotSent(assessment.id, urn, author, assessment.state, due_at, late, victim))
    if len(listed) < QUEUE_LENGTH:
        return listed, len(listed)
    found = work.session.scalar(
        select(func.count(Assessment.id))
        .join(Pair, Pair.id == Assessment.pair_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .where(*wanted)
    )
    return listed, found or 0


def _changed_since(
    work: Work, assessment_id: UUID, read_version: int | None, version: int
) -> list[Change]:
    if not read_version or read_version == version:
        return []
    kept = snapshots(work, assessment_id)
    if read_version not in kept or version not in kept:
        return []
    return changes(kept[read_version], kept[version])


def _reach(work: Work) -> list[ColumnElement[bool]]:
    if PERMISSIONS[work.by.role].get(Permission.REVIEW_ASSESSMENTS) is Scope.FORCE:
        return []
    return [Incident.team_id == work.by.team_id]


def _is_overdue(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and due_at < now


def _read(work: Work, review: Review) -> set[str]:
    return set(
        work.session.scalars(
            select(ReviewSection.section).where(ReviewSection.review_id == review.id)
        )
    )


def _earlier(work: Work, assessment_id: UUID) -> list[EarlierReview]:
    rows = work.session.execute(
        select(Review, Account.display_name)
        .join(Account, Account.id == Review.reviewer_id)
        .where(Review.assessment_id == assessment_id, Review.decided_at.is_not(None))
        .order_by(Review.decided_at)
    )
    return [
        EarlierReview(
            name,
            review.version,
            review.decision,
            review.decided_at,
            work.vault.open_text(review.id, "words", review.words_sealed),
        )
        for review, name in rows
        if review.decision and review.decided_at
    ]


def _compared_with(
    earlier: list[EarlierReview], version: int, kept: dict[int, Snapshot]
) -> int | None:
    """The last version that somebody decided on, if both are kept."""
    decided = [each.version for each in earlier if each.version < version and each.version in kept]
    return max(decided) if decided and version in kept else None


def _took(work: Work, assessment_id: UUID) -> timedelta | None:
    """From the first tap to the last by the tablet's clock; nothing where taps were not timed."""
    first, last = work.session.execute(
        select(func.min(AnswerLogEntry.asked_at), func.max(AnswerLogEntry.asked_at)).where(
            AnswerLogEntry.assessment_id == assessment_id,
            AnswerLogEntry.part == "",
            AnswerLogEntry.cause == "",
        )
    ).one()
    return last - first if first and last and last > first else None


def _refusals(work: Work, assessment_id: UUID) -> list[Refusal]:
    """Every refusal, in order. What the asker took back has no answer and is none."""
    asker, authoriser = aliased(Account), aliased(Account)
    rows = work.session.execute(
        select(Authorisation, asker.display_name, authoriser.display_name)
        .join(asker, asker.id == Authorisation.asked_by_id)
        .join(authoriser, authoriser.id == Authorisation.authoriser_id)
        .where(
            Authorisation.assessment_id == assessment_id,
            Authorisation.refused_at.is_not(None),
            Authorisation.answer_sealed.is_not(None),
        )
        .order_by(Authorisation.refused_at)
    )
    return [
        Refusal(
            name,
            row.version,
            row.grade,
            asked_by,
            row.refused_at,
            work.vault.open_text(row.id, "answer", row.answer_sealed),
        )
        for row, asked_by, name in rows
        if row.refused_at
    ]


def _asked(work: Work, condition: ColumnElement[bool]) -> list[Asked]:
    asker, authoriser = aliased(Account), aliased(Account)
    rows = work.session.execute(
        select(
            Authorisation,
            Incident.urn,
            asker.display_name,
            authoriser.display_name,
            VICTIM_NUMBER,
            VICTIM_COUNT,
        )
        .join(Assessment, Assessment.id == Authorisation.assessment_id)
        .join(Pair, Pair.id == Assessment.pair_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .join(asker, asker.id == Authorisation.asked_by_id)
        .join(authoriser, authoriser.id == Authorisation.authoriser_id)
        .where(
            *_reach(work),
            condition,
            IS_ASKED,
        )
        .order_by(Authorisation.asked_at)
    )
    return [
        Asked(
            row.assessment_id,
            urn,
            asked_by,
            name,
            row.authoriser_id,
            row.grade,
            work.vault.open_text(row.id, "because", row.because_sealed),
            row.asked_at,
            which_victim(*which),
        )
        for row, urn, asked_by, name, *which in rows
    ]


def _steps(
    sections: tuple[Section, ...],
    add_ons: list[TakenUp],
    wanted: tuple[str, ...],
    read: set[str],
) -> tuple[Step, ...]:
    titles = {ENDING: "How it ended, and the grade"}
    titles |= {each.id: each.title for each in sections}
    titles |= {step_of(each): each.title for each in add_ons}
    return tuple(Step(each, titles[each], each in read) for each in wanted)
