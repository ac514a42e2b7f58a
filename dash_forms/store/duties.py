"""The duties of an attempt as its last page holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.duties import (
    ContactNever,
    ContactTime,
    ContactWay,
    Duties,
    Support,
    System,
    said_last,
)
from dash_forms.store.models import Account, Assessment, DutiesDone, Submission
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Authority:
    """Who else, on the officer's word, stands with a grade below the count, and why."""

    authoriser: UUID | None = None
    because: str = ""


def stored_duties(work: Work, assessment_id: UUID) -> Duties:
    """What has been entered so far."""
    row = work.session.get(DutiesDone, assessment_id)
    if row is None:
        return Duties()
    return Duties(
        systems=tuple(map(System, row.systems)),
        searched_at=row.searched_at,
        on_video=row.on_video,
        contact_ways=tuple(map(ContactWay, row.contact_ways)),
        contact_times=tuple(map(ContactTime, row.contact_times)),
        contact_never=tuple(map(ContactNever, row.contact_never)),
        contact_words=work.vault.open_text(
            assessment_id, "contact_words", row.contact_words_sealed
        ),
        support=tuple(map(Support, row.support)),
        next_offer=row.next_offer,
    )


def last_contact(work: Work, pair_ids: Collection[UUID]) -> dict[UUID, Duties]:
    """What was said last of safe contact with the victim of each pair, in what has been sent."""
    rows = work.session.execute(
        select(Assessment.pair_id, Submission.outcome, DutiesDone)
        .join(
            Submission,
            (Submission.assessment_id == Assessment.id)
            & (Submission.version == Assessment.version),
        )
        .join(DutiesDone, DutiesDone.assessment_id == Assessment.id)
        .where(Assessment.pair_id.in_(pair_ids), Assessment.state != State.VOID)
        .order_by(Assessment.attempt)
    )
    sent: defaultdict[UUID, list[tuple[Outcome, Duties]]] = defaultdict(list)
    for pair_id, ended, row in rows:
        sent[pair_id].append((ended, stored_duties(work, row.assessment_id)))
    found = {pair_id: said_last(attempts) for pair_id, attempts in sent.items()}
    return {pair_id: duties for pair_id, duties in found.items() if duties}


def keep_duties(work: Work, assessment_id: UUID, duties: Duties) -> None:
    """Store them in place of what was there. A search without a time was made just now."""
    row = _row(work, assessment_id)
    searched = any(each is not System.NONE for each in duties.systems)
    row.systems = [each.value for each in duties.systems]
    row.searched_at = (duties.searched_at or row.searched_at or work.now) if searched else None
    row.on_video = duties.on_video
    row.contact_ways = [each.value for each in duties.contact_ways]
    row.contact_times = [each.value for each in duties.contact_times]
    row.contact_never = [each.value for each in duties.contact_never]
    row.contact_words_sealed = work.vault.seal_text(
        assessment_id, "contact_words", duties.contact_words
    )
    row.support = [each.value for each in duties.support]
    row.next_offer = duties.next_offer


def stored_authority(work: Work, assessment_id: UUID) -> Authority:
    """Whom the officer named."""
    row = work.session.get(DutiesDone, assessment_id)
    if row is None:
        return Authority()
    because = work.vault.open_text(
        assessment_id, "authorised_because", row.authorised_because_sealed
    )
    return Authority(row.authoriser_id, because)


def named_authority(work: Work, assessment_id: UUID) -> dict[str, str]:
    """Whom the officer named and why, by label; nothing where nobody was needed."""
    authority = stored_authority(work, assessment_id)
    account = authority.authoriser and work.session.get(Account, authority.authoriser)
    if not account:
        return {}
    return {
        "Named by the officer as standing with the grade": account.display_name,
        "Why it is below the count": authority.because,
    }


def keep_authority(work: Work, assessment_id: UUID, authority: Authority) -> None:
    """Store whom the officer names; somebody who does not exist is nobody."""
    row = _row(work, assessment_id)
    known = authority.authoriser and work.session.get(Account, authority.authoriser)
    row.authoriser_id = known.id if known else None
    row.authorised_because_sealed = work.vault.seal_text(
        assessment_id, "authorised_because", authority.because
    )


def _row(work: Work, assessment_id: UUID) -> DutiesDone:
    row = work.session.get(DutiesDone, assessment_id)
    if row is None:
        row = DutiesDone(
            assessment_id=assessment_id,
            systems=[],
            contact_ways=[],
            contact_times=[],
            contact_never=[],
            support=[],
        )
        work.session.add(row)
        work.session.flush()  # so that it is found when it is asked for again
    return row
