"""What is done with closed cases: drawing some, answering the checklist, and passing one over."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.checklists import Checklist
from dash_forms.domain.errors import InvalidError, StateError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.investigations import (
    SEED_BYTES,
    digest,
    drawn,
    in_order,
    require_answered,
    require_drawable,
)
from dash_forms.domain.review import require_words
from dash_forms.investigations.frame import case_for, checkers, frames, took_part
from dash_forms.store.models import (
    InvestigationAnswer,
    InvestigationCase,
    InvestigationCheck,
    InvestigationSample,
    SampledFrom,
    Team,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from dash_forms.domain.investigations import Answer, SkipReason, Terms
    from dash_forms.domain.periods import Month
    from dash_forms.store.work import Work


def new_seed() -> str:
    """A seed that nobody chose."""
    return secrets.token_hex(SEED_BYTES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A month, and one team; or every team that has not been drawn for it yet."""

    month: Month
    team_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """The answers to a checklist. `version` is how often the case had been checked by then."""

    check_id: UUID
    version: int
    answers: Mapping[str, Answer]
    reason: str = ""
    """Why earlier answers are corrected."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Why a case is passed over."""

    reason: SkipReason
    words: str


def draw_samples(
    work: Work, wanted: Wanted, terms: Terms, seed: Callable[[], str] = new_seed
) -> list[UUID]:
    """Draw the cases of a month; a team's are drawn once, each with a seed of its own."""
    require_drawable(wanted.month, work.now)
    # Held, so that of two who draw at the same time the later one finds what the first has drawn.
    every = work.session.scalars(select(Team.id).order_by(Team.id).with_for_update()).all()
    of_month = InvestigationSample.month_on == wanted.month.first
    done = set(work.session.scalars(select(InvestigationSample.team_id).where(of_month)))
    asked = [each for each in every if wanted.team_id in {None, each}]
    if not asked:
        raise InvalidError("Choose a team from the list", field="team")
    left = [each for each in asked if each not in done]
    if not left:
        raise InvalidError(
            f"{wanted.month.label} was drawn already. What was drawn stands.", field="month"
        )
    found = frames(work, wanted.month)
    samples = [
        _draw(work, Wanted(wanted.month, each), found[each], terms, seed())
        for each in left
        if each in found
    ]
    if not samples:
        whose = "of this team" if wanted.team_id else "of a team that was not drawn yet"
        raise InvalidError(f"No case {whose} was closed in {wanted.month.label}", field="month")
    return samples


def _draw(work: Work, of: Wanted, frame: frozenset[UUID], terms: Terms, seed: str) -> UUID:
    sample = InvestigationSample(
        id=uuid7(),
        team_id=of.team_id,
        month_on=of.month.first,
        size=terms.size,
        seed=seed,
        frame_count=len(frame),
        frame_digest=digest(frame),
        checklist=terms.checklist.as_text(),
        drawn_by_id=work.by.id,
        drawn_at=work.now,
    )
    work.session.add(sample)
    work.session.flush()
    work.session.add_all(
        SampledFrom(sample_id=sample.id, incident_id=each) for each in sorted(frame)
    )
    for place, incident_id in enumerate(drawn(seed, frame, terms.size), start=1):
        _add_case(work, sample, incident_id, place)
    work.audit(
        Name.SAMPLE_DRAWN,
        "sample",
        sample.id,
        team=str(of.team_id),
        month=of.month.key,
        size=terms.size,
        frame=len(frame),
        digest=sample.frame_digest,
        seed=seed,
    )
    return sample.id


def _add_case(work: Work, sample: InvestigationSample, incident_id: UUID, place: int) -> UUID:
    case_id = uuid7()
    work.session.add(
        InvestigationCase(
            id=case_id, sample_id=sample.id, incident_id=incident_id, place=place, version=0
        )
    )
    return case_id


def check_case(work: Work, sampled_id: UUID, check: Check) -> None:
    """Record what was found; over earlier answers it is a correction, and they stay."""
    case, sample = case_for(work, sampled_id, lock=True)
    if known := work.session.get(InvestigationCheck, check.check_id):
        if known.case_id != case.id:
            raise StateError("This form belongs to another case. Reload the page.")
        return
    _require_open_to(work, case, sample)
    if case.version != check.version:
        raise InvalidError(
            "Somebody else has answered meanwhile. Open the case anew to see what they found."
        )
    require_answered(Checklist.of_text(sample.checklist), check.answers)
    if case.version:
        require_words(check.reason, "Say why the answers are corrected", field="reason")
    case.version += 1
    work.session.add(_checked(work, case, check))
    work.session.flush()
    for question, answer in check.answers.items():
        note = work.vault.seal_text(check.check_id, f"note:{question}", answer.note)
        work.session.add(
            InvestigationAnswer(
                check_id=check.check_id,
                question=question,
                finding=answer.finding,
                note_sealed=note,
            )
        )
    name = Name.INVESTIGATION_CHECKED if case.version == 1 else Name.INVESTIGATION_CORRECTED
    work.audit(name, "sampled_case", case.id, version=case.version)


def _checked(work: Work, case: InvestigationCase, check: Check) -> InvestigationCheck:
    corrects = case.version > 1
    sealed = work.vault.seal(check.check_id, "reason", check.reason) if corrects else None
    return InvestigationCheck(
        id=check.check_id,
        case_id=case.id,
        version=case.version,
        checked_by_id=work.by.id,
        checked_at=work.now,
        reason_sealed=sealed,
    )


def skip_case(work: Work, sampled_id: UUID, skip: Skip) -> None:
    """Pass a case over, with the reason; the next in the order of the draw takes its place."""
    case, sample = case_for(work, sampled_id, lock=True)
    _require_open_to(work, case, sample)
    if case.version:
        raise StateError("This case was checked already, so it stays in the sample.")
    require_words(skip.words, "Say why: it stands in the record of the sample")
    case.skipped_at, case.skipped_by_id = work.now, work.by.id
    case.skip_reason = skip.reason
    case.skip_words_sealed = work.vault.seal(case.id, "skip", skip.words)
    instead = _next_of(work, sample)
    work.audit(
        Name.INVESTIGATION_SKIPPED,
        "sampled_case",
        case.id,
        reason=skip.reason.value,
        instead=str(instead or ""),
    )


def _next_of(work: Work, sample: InvestigationSample) -> UUID | None:
    """Add the next case of the order, if the frame has one left."""
    frame = work.session.scalars(
        select(SampledFrom.incident_id).where(SampledFrom.sample_id == sample.id)
    ).all()
    last = work.session.scalar(
        select(func.max(InvestigationCase.place)).where(InvestigationCase.sample_id == sample.id)
    )
    order = in_order(sample.seed, frame)
    place = last or 0
    return _add_case(work, sample, order[place], place + 1) if place < len(order) else None


def _require_open_to(work: Work, case: InvestigationCase, sample: InvestigationSample) -> None:
    if case.skipped_at:
        raise StateError("This case was passed over, and another one took its place.")
    part = took_part(work, [case.incident_id])[case.incident_id]
    checkers(work)(sample.team_id).require(work.by.id, part)
