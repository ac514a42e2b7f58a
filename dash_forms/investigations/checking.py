"""Whether recorded draws follow from their seeds, their frames and the audit log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.investigations import Sampling, differences
from dash_forms.domain.periods import Month
from dash_forms.investigations.frame import frames
from dash_forms.store.models import (
    AuditEvent,
    InvestigationCase,
    InvestigationSample,
    SampledFrom,
)

if TYPE_CHECKING:
    from uuid import UUID

    from dash_forms.store.work import Work


def every_sample(work: Work) -> list[UUID]:
    """All that were ever drawn, the oldest first."""
    by_age = select(InvestigationSample.id).order_by(
        InvestigationSample.drawn_at, InvestigationSample.id
    )
    return list(work.session.scalars(by_age))


def problems(work: Work, sample_id: UUID) -> list[str]:
    """What of a sample is not as its seed, its frame and the audit log have it."""
    sample = work.session.get(InvestigationSample, sample_id)
    if sample is None:
        return ["there is no such sample"]
    cases = work.session.scalars(
        select(InvestigationCase)
        .where(InvestigationCase.sample_id == sample_id)
        .order_by(InvestigationCase.place)
    ).all()
    told = differences(
        Sampling(
            seed=sample.seed,
            size=sample.size,
            frame_count=sample.frame_count,
            frame_digest=sample.frame_digest,
            frame=_frame(work, sample_id),
            cases=tuple(each.incident_id for each in cases),
            skipped=sum(each.skipped_at is not None for each in cases),
        )
    )
    return told + _against_the_log(work, sample)


def left_since(work: Work, sample_id: UUID) -> int:
    """How many cases of the frame would not be in it today: reopened, moved or taken out since."""
    sample = work.session.get_one(InvestigationSample, sample_id)
    today = frames(work, Month.of(sample.month_on)).get(sample.team_id, frozenset())
    return len(_frame(work, sample_id) - today)


def _frame(work: Work, sample_id: UUID) -> frozenset[UUID]:
    ids = select(SampledFrom.incident_id).where(SampledFrom.sample_id == sample_id)
    return frozenset(work.session.scalars(ids))


def _against_the_log(work: Work, sample: InvestigationSample) -> list[str]:
    events = work.session.scalars(
        select(AuditEvent.detail).where(
            AuditEvent.name == Name.SAMPLE_DRAWN.value, AuditEvent.subject_id == str(sample.id)
        )
    ).all()
    if len(events) != 1:
        return [f"the audit log has {len(events)} draws of it"]
    noted = json.loads(events[0])
    stored = {
        "team": str(sample.team_id),
        "month": Month.of(sample.month_on).key,
        "size": sample.size,
        "frame": sample.frame_count,
        "digest": sample.frame_digest,
        "seed": sample.seed,
    }
    return [
        f"the audit log has another {name} than the sample"
        for name, value in stored.items()
        if noted.get(name) != value
    ]
