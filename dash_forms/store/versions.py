"""The versions of an assessment as they were sent, so that a reviewer sees what has changed."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.duties import after_stop, in_words
from dash_forms.domain.ids import uuid7
from dash_forms.domain.review import Snapshot, in_a_line
from dash_forms.store.access import instrument_of
from dash_forms.store.add_ons import taken_up
from dash_forms.store.answers import logged_content
from dash_forms.store.duties import named_authority, stored_duties
from dash_forms.store.endings import recorded_reasons
from dash_forms.store.marac_requests import requests_in_words
from dash_forms.store.models import (
    Answer,
    AnswerLogEntry,
    Assessment,
    AssessmentReason,
    Incident,
    Submission,
)
from dash_forms.store.reoffers import made_safe_in_words, stopped_since
from dash_forms.store.work import Work


def keep_version(work: Work, assessment: Assessment, incident: Incident, ended: Outcome) -> None:
    """Keep what is being sent now: which operation gave each answer, and the last page."""
    ops = work.session.execute(
        select(Answer.part, Answer.item, Answer.op_id)
        .where(Answer.assessment_id == assessment.id)
        .order_by(Answer.part, Answer.item)
    )
    primary = work.session.execute(
        select(AssessmentReason.code, AssessmentReason.basis).where(
            AssessmentReason.assessment_id == assessment.id, AssessmentReason.is_primary
        )
    ).first()
    version_id = uuid7()
    opened = work.vault.open_text
    closing = {
        "How it ended": ended.label,
        "Reasons": "; ".join(map(str, recorded_reasons(work, assessment.id))),
        "Offered": assessment.mode.label if assessment.mode else "",
        "Spoken to alone": assessment.seen_alone.label if assessment.seen_alone else "",
        "Interpreter": assessment.interpreter.label if assessment.interpreter else "",
        "Purpose": assessment.purpose.label if assessment.purpose else "",
        **made_safe_in_words(work, assessment),
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
        **requests_in_words(work, assessment.id),
        **{each.title: each.standing for each in taken_up(work, assessment.id)},
    }
    work.session.add(
        Submission(
            id=version_id,
            assessment_id=assessment.id,
            version=assessment.version,
            submitted_by_id=work.by.id,
            submitted_at=work.now,
            outcome=ended,
            team_id=incident.team_id,
            attempted_at=assessment.attempted_at,
            mode=assessment.mode,
            reason=primary.code if primary else None,
            reason_basis=primary.basis if primary else None,
            answer_ops=json.dumps({topic_key(row.part, row.item): row.op_id.hex for row in ops}),
            closing_sealed=work.vault.seal(version_id, "closing", json.dumps(closing)),
        )
    )


def snapshots(work: Work, assessment_id: UUID) -> dict[int, Snapshot]:
    """What was sent, by version. The versions sent before copies were kept are missing."""
    main = instrument_of(work.session.get_one(Assessment, assessment_id))
    asked = {"": ("", main)} | {
        each.part: (f"{each.title}, ", each.add_on) for each in taken_up(work, assessment_id)
    }
    kept = work.session.scalars(
        select(Submission)
        .where(Submission.assessment_id == assessment_id)
        .order_by(Submission.version)
    ).all()
    logged = {
        entry.op_id.hex: entry
        for entry in work.session.scalars(
            select(AnswerLogEntry).where(AnswerLogEntry.assessment_id == assessment_id)
        )
    }

    def told(entry: AnswerLogEntry) -> tuple[str, str]:
        title, question_set = asked[entry.part]
        topic = f"{title}topic {entry.item}"
        content = logged_content(work, entry)
        return topic[:1].upper() + topic[1:], in_a_line(question_set.item(entry.item), content)

    return {
        row.version: Snapshot(
            dict(told(logged[op]) for op in json.loads(row.answer_ops).values()),
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
        closing = dict(kept[assessment.version].closing)
        return after_stop(closing) if stopped_since(work, assessment) else closing
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


def topic_key(part: str, item: int) -> str:
    """The topic that an operation answered: `7`, or `stalking-11/7` in an add-on set."""
    return f"{part}/{item}" if part else str(item)
