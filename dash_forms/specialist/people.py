"""Who can be given a task, and who has had a say in a record already."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, or_, select, union

from dash_forms.domain.permissions import Role
from dash_forms.store.models import Account, Assessment, GradeEntry, Incident, Review
from dash_forms.store.work import Work


def owners(work: Work, incident: Incident) -> list[tuple[UUID, str]]:
    """Specialists, and the officers and sergeants of the incident's team; the acting one first."""
    rows = work.session.execute(
        select(Account.id, Account.display_name, Account.role)
        .where(
            Account.closed_at.is_(None),
            or_(
                Account.role == Role.SPECIALIST,
                and_(
                    Account.role.in_((Role.OFFICER, Role.SERGEANT)),
                    Account.team_id == incident.team_id,
                ),
            ),
        )
        .order_by(Account.id != work.by.id, Account.role.desc(), Account.display_name)
    )
    return [(row.id, f"{row.display_name}, {row.role.label.lower()}") for row in rows]


def has_had_a_say(work: Work, assessment: Assessment) -> bool:
    """Whether the acting person wrote, graded or reviewed it: a second look needs fresh eyes."""
    graded = select(GradeEntry.given_by_id).where(GradeEntry.assessment_id == assessment.id)
    reviewed = select(Review.reviewer_id).where(
        Review.assessment_id == assessment.id, Review.decided_at.is_not(None)
    )
    said = set(work.session.scalars(union(graded, reviewed)))
    return work.by.id in {assessment.author_id, *said}
