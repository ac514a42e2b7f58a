"""The versions of an assessment as they were sent, so that a reviewer sees what has changed."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.duties import in_words
from dash_forms.domain.ids import uuid7
from dash_forms.domain.review import Snapshot
from dash_forms.store.answers import logged_content
from dash_forms.store.duties import named_authority, stored_duties
from dash_forms.store.endings import recorded_reasons
from dash_forms.store.models import Answer, AnswerLogEntry, Assessment, Submission
from dash_forms.store.work import Work


def keep_version(work: Work, assessment: Assessment, ended: Outcome) -> None:
    """Keep what is being sent now: which operation gave each answer, and the last page."""
    ops = work.session.execute(
        select(Answer.item, Answer.op_id).where(Answer.assessment_id == assessment.id)
    )
    version_id = uuid7()
    opened = work.vault.open_text
    closing = {
        "How it ended": ended.label,
        "Reasons": "; ".join(map(str, recorded_reasons(work, assessment.id))),
        "Offered": assessment.mode.label if assessment.mode else "",
        "Spoken to alone": assessment.seen_alone.label if assessment.seen_alone else "",
        "Children or dependants": assessment.children_stated.label
        if assessment.children_stated
        else "",
        "What the officer saw and knows": opened(
            assessment.id, "observed", assessment.observed_sealed
        ),
        "Risk grade": assessment.grade.label if assessment.grade else "",
        "Why this grade": opened(assessment.id, "rationale", assessment.rationale_sealed),
        **in_words(stored_duties(work, assessment.id), ended),
        **named_authority(work, assessment.id),
    }
    work.session.add(
        Submission(
            id=version_id,
            assessment_id=assessment.id,
            version=assessment.version,
            submitted_by_id=work.by.id,
            submitted_at=work.now,
            outcome=ended,
            answer_ops=json.dumps({row.item: row.op_id.hex for row in ops}),
            closing_sealed=work.vault.seal(version_id, "closing", json.dumps(closing)),
        )
    )


def snapshots(work: Work, assessment_id: UUID) -> dict[int, Snapshot]:
    """What was sent, by version. The versions sent before copies were kept are missing."""
    kept = work.session.scalars(
        select(Submission)
        .where(Submission.assessment_id == assessment_id)
        .order_by(Submission.version)
    ).all()
    logged = {
        entry.op_id.hex: logged_content(work, entry)
        for entry in work.session.scalars(
            select(AnswerLogEntry).where(AnswerLogEntry.assessment_id == assessment_id)
        )
    }
    return {
        row.version: Snapshot(
            {int(item): logged[op] for item, op in json.loads(row.answer_ops).items()},
            json.loads(work.vault.open_text(row.id, "closing", row.closing_sealed)),
        )
        for row in kept
    }


def closing_of(
    work: Work, assessment: Assessment, ended: Outcome, kept: dict[int, Snapshot]
) -> dict[str, str]:
    """The last page in words: as it was sent, or as it is now where no copy was kept.

    That is an exemption, or a version from before copies were kept.
    """
    if assessment.version in kept:
        return dict(kept[assessment.version].closing)
    opened = work.vault.open_text
    return {
        "How it ended": ended.label,
        "Reasons": "; ".join(map(str, recorded_reasons(work, assessment.id))),
        "What the officer saw and knows": opened(
            assessment.id, "observed", assessment.observed_sealed
        ),
        "Risk grade": assessment.grade.label if assessment.grade else "",
        "Why this grade": opened(assessment.id, "rationale", assessment.rationale_sealed),
    }
