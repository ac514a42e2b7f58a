"""What is known of samples: the cases to check, how each was drawn, and what was found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import aliased

from dash_forms.domain.audit_events import Name
from dash_forms.domain.checklists import Checklist
from dash_forms.domain.investigations import Answer, SkipReason
from dash_forms.domain.periods import Month
from dash_forms.domain.permissions import PERMISSIONS, Permission, Scope
from dash_forms.investigations.frame import case_for, checkers, sample_for, took_part
from dash_forms.store.models import (
    Account,
    Incident,
    InvestigationAnswer,
    InvestigationCase,
    InvestigationCheck,
    InvestigationSample,
    Team,
)

if TYPE_CHECKING:
    from dash_forms.store.work import Work

MOST_SHOWN = 20
"""Cases of one kind on the board; all of them are on the pages of their samples."""
MOST_CHECKED = 10
MOST_SAMPLES = 120
_skipper, _checker = aliased(Account), aliased(Account)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case that was drawn, as it stands in a list."""

    id: UUID
    incident_id: UUID
    urn: str
    team: str
    month: Month
    place: int
    checked_at: datetime | None
    checked_by: str
    skipped_at: datetime | None
    skipped_by: str
    skip_reason: SkipReason | None
    skip_words: str
    is_own: bool = False
    """Whoever looks took part in it, and somebody else can check it."""
    is_nobody_else_s: bool = False
    """Whoever looks took part in it, as did everybody else who could check it."""


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A draw, and how far its check is."""

    id: UUID
    team: str
    month: Month
    frame_count: int
    drawn: int
    checked: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Board:
    """What waits, what somebody else has to do, what was done last, and the samples."""

    waiting: list[CaseLine]
    own: list[CaseLine]
    checked: list[CaseLine]
    samples: list[SampleLine]


@dataclass(frozen=True, slots=True)
class SamplePage:
    """How a sample was drawn."""

    id: UUID
    team: str
    month: Month
    size: int
    seed: str
    frame_count: int
    frame_digest: str
    checklist: Checklist
    drawn_by: str
    drawn_at: datetime
    cases: list[CaseLine]

    @property
    def skipped(self) -> int:
        """How many were passed over."""
        return sum(each.skipped_at is not None for each in self.cases)


@dataclass(frozen=True, slots=True)
class FoundVersion:
    """What somebody found, or corrected."""

    version: int
    by: str
    at: datetime
    reason: str
    took_part: bool
    """Whether whoever found it took part in the case, because nobody else could check it."""
    answers: dict[str, Answer]


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case, with everything that was found in it; the newest version first."""

    line: CaseLine
    sample_id: UUID
    version: int
    checklist: Checklist
    versions: list[FoundVersion]

    @property
    def may_answer(self) -> bool:
        """Whether whoever looks can check it, or correct what was found."""
        return not (self.line.is_own or self.line.skipped_at)

    @property
    def may_skip(self) -> bool:
        """Whether it can still be passed over."""
        return self.may_answer and not self.version


def board(work: Work) -> Board:
    """The cases of the own team, or of every team."""
    unchecked = (InvestigationCase.version == 0) & InvestigationCase.skipped_at.is_(None)
    left = _lines(work, _reachable(work) & unchecked)
    done = _last_checked(work)
    work.audit(Name.INVESTIGATIONS_LISTED, count=len(left) + len(done))
    return Board(
        waiting=[each for each in left if not each.is_own],
        own=[each for each in left if each.is_own],
        checked=done,
        samples=_samples(work),
    )


def sample_page(work: Work, sample_id: UUID) -> SamplePage:
    """How one was drawn, and what became of each of its cases."""
    sample = sample_for(work, sample_id)
    work.audit(Name.SAMPLE_VIEWED, "sample", sample_id)
    names = (
        select(Team.name, Account.display_name)
        .select_from(InvestigationSample)
        .join(Team, Team.id == InvestigationSample.team_id)
        .join(Account, Account.id == InvestigationSample.drawn_by_id)
        .where(InvestigationSample.id == sample_id)
    )
    team, drawn_by = work.session.execute(names).one()
    return SamplePage(
        id=sample.id,
        team=team,
        month=Month.of(sample.month_on),
        size=sample.size,
        seed=sample.seed,
        frame_count=sample.frame_count,
        frame_digest=sample.frame_digest,
        checklist=Checklist.of_text(sample.checklist),
        drawn_by=drawn_by,
        drawn_at=sample.drawn_at,
        cases=_lines(work, InvestigationSample.id == sample_id),
    )


def case_page(work: Work, sampled_id: UUID) -> CasePage:
    """One case that the person may check, or see checked."""
    found, sample = case_for(work, sampled_id)
    work.audit(Name.INVESTIGATION_VIEWED, "sampled_case", sampled_id)
    [line] = _lines(work, InvestigationCase.id == sampled_id)
    return CasePage(
        line=line,
        sample_id=sample.id,
        version=found.version,
        checklist=Checklist.of_text(sample.checklist),
        versions=_versions(work, found),
    )


def _versions(work: Work, found: InvestigationCase) -> list[FoundVersion]:
    rows = work.session.execute(
        select(InvestigationCheck, Account.display_name)
        .join(Account, Account.id == InvestigationCheck.checked_by_id)
        .where(InvestigationCheck.case_id == found.id)
        .order_by(InvestigationCheck.version.desc())
    ).all()
    part = took_part(work, [found.incident_id])[found.incident_id]
    ids = [check.id for check, _ in rows]
    answers: dict[UUID, dict[str, Answer]] = defaultdict(dict)
    for each in work.session.scalars(
        select(InvestigationAnswer).where(InvestigationAnswer.check_id.in_(ids))
    ):
        note = work.vault.open_text(each.check_id, f"note:{each.question}", each.note_sealed)
        answers[each.check_id][each.question] = Answer(each.finding, note)
    return [
        FoundVersion(
            version=check.version,
            by=by,
            at=check.checked_at,
            reason=work.vault.open_text(check.id, "reason", check.reason_sealed),
            took_part=check.checked_by_id in part,
            answers=answers[check.id],
        )
        for check, by in rows
    ]


def _reachable(work: Work) -> ColumnElement[bool]:
    if PERMISSIONS[work.by.role][Permission.CHECK_INVESTIGATIONS] is Scope.FORCE:
        return true()
    return InvestigationSample.team_id == work.by.team_id


def _last_checked(work: Work) -> list[CaseLine]:
    """What was checked or corrected last, the newest first."""
    last = work.session.scalars(
        select(InvestigationCase.id)
        .join(InvestigationSample, InvestigationSample.id == InvestigationCase.sample_id)
        .join(
            InvestigationCheck,
            (InvestigationCheck.case_id == InvestigationCase.id)
            & (InvestigationCheck.version == InvestigationCase.version),
        )
        .where(_reachable(work))
        .order_by(InvestigationCheck.checked_at.desc(), InvestigationCase.id)
        .limit(MOST_CHECKED)
    ).all()
    lines = {each.id: each for each in _lines(work, InvestigationCase.id.in_(last))}
    return [lines[each] for each in last]


def _lines(work: Work, which: ColumnElement[bool]) -> list[CaseLine]:
    rows = work.session.execute(
        select(
            InvestigationCase,
            InvestigationSample.month_on,
            InvestigationSample.team_id,
            Incident.urn,
            Team.name.label("team"),
            InvestigationCheck.checked_at,
            _checker.display_name.label("checker"),
            _skipper.display_name.label("skipper"),
        )
        .join(InvestigationSample, InvestigationSample.id == InvestigationCase.sample_id)
        .join(Incident, Incident.id == InvestigationCase.incident_id)
        .join(Team, Team.id == InvestigationSample.team_id)
        .outerjoin(
            InvestigationCheck,
            (InvestigationCheck.case_id == InvestigationCase.id)
            & (InvestigationCheck.version == InvestigationCase.version),
        )
        .outerjoin(_checker, _checker.id == InvestigationCheck.checked_by_id)
        .outerjoin(_skipper, _skipper.id == InvestigationCase.skipped_by_id)
        .where(which)
        .order_by(InvestigationSample.month_on, Team.name, InvestigationCase.place)
    ).all()
    part = took_part(work, {each.InvestigationCase.incident_id for each in rows})
    may, me = checkers(work), work.by.id

    def own(row: Any) -> tuple[bool, bool]:
        those = part[row.InvestigationCase.incident_id]
        is_mine, is_left = me in those, may(row.team_id).leave_to(me, those)
        return is_mine and not is_left, is_mine and is_left

    return [
        CaseLine(
            id=row.InvestigationCase.id,
            incident_id=row.InvestigationCase.incident_id,
            urn=row.urn,
            team=row.team,
            month=Month.of(row.month_on),
            place=row.InvestigationCase.place,
            checked_at=row.checked_at,
            checked_by=row.checker or "",
            skipped_at=row.InvestigationCase.skipped_at,
            skipped_by=row.skipper or "",
            skip_reason=row.InvestigationCase.skip_reason,
            skip_words=work.vault.open_text(
                row.InvestigationCase.id, "skip", row.InvestigationCase.skip_words_sealed
            ),
            is_own=own(row)[0],
            is_nobody_else_s=own(row)[1],
        )
        for row in rows
    ]


def _samples(work: Work) -> list[SampleLine]:
    def number(which: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((which, 1), else_=0))

    skipped = InvestigationCase.skipped_at.is_not(None)
    rows = work.session.execute(
        select(
            InvestigationSample.id,
            Team.name,
            InvestigationSample.month_on,
            InvestigationSample.frame_count,
            number(~skipped),
            number(InvestigationCase.version > 0),
            number(skipped),
        )
        .join(Team, Team.id == InvestigationSample.team_id)
        .join(InvestigationCase, InvestigationCase.sample_id == InvestigationSample.id)
        .where(_reachable(work))
        .group_by(
            InvestigationSample.id,
            Team.name,
            InvestigationSample.month_on,
            InvestigationSample.frame_count,
        )
        .order_by(InvestigationSample.month_on.desc(), Team.name)
        .limit(MOST_SAMPLES)
    )
    return [
        SampleLine(row[0], row[1], Month.of(row[2]), row[3], row[4], row[5], row[6]) for row in rows
    ]
