"""Deciding whether two callers are one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from dash_forms.domain.audit_events import Name
from dash_forms.domain.callers import Verdict, groups
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.ids import uuid7
from dash_forms.store.callers import refigure_flags, take_turns
from dash_forms.store.models import Call, Caller, CallerDecision, CallerMatch

if TYPE_CHECKING:
    from uuid import UUID

    from dash_forms.domain.callers import MatchDecision
    from dash_forms.store.work import Work


def decide_match(work: Work, match_id: UUID, decision: MatchDecision) -> None:
    """Put two callers together, or tell them apart; it can be decided anew.

    Their calls stay as they were told; who they count as follows from every decision that stands.
    """
    decision.check()
    take_turns(work.connection)
    match = work.session.get(CallerMatch, match_id, populate_existing=True)
    if match is None:
        raise NotFoundError("There is no such match.")
    entry_id = uuid7()
    sealed = work.vault.seal(entry_id, "reason", decision.reason)
    work.session.add(
        CallerDecision(
            id=entry_id,
            match_id=match_id,
            verdict=decision.verdict,
            reason_sealed=sealed,
            decided_by_id=work.by.id,
            decided_at=work.now,
        )
    )
    match.verdict = decision.verdict
    work.flush()
    is_same = decision.verdict is Verdict.SAME
    work.audit(
        Name.CALLERS_COMBINED if is_same else Name.CALLERS_TOLD_APART,
        "caller_match",
        match_id,
        callers=[str(match.one_id), str(match.other_id)],
    )
    _count_anew(work, {match.one_id, match.other_id})


def _count_anew(work: Work, callers: set[UUID]) -> None:
    """Work out whom everybody counts as whom a decision could have joined to these."""
    everybody, same = _joined(work, callers)
    before = {
        row[0]: row[1]
        for row in work.connection.execute(
            select(Caller.id, Caller.counted_as_id).where(Caller.id.in_(everybody))
        )
    }
    now = groups(everybody, same)
    for caller, first in now.items():
        if before[caller] != first:
            for changed in (
                update(Caller).where(Caller.id == caller),
                update(Call).where(Call.caller_id == caller),
            ):
                work.connection.execute(changed.values(counted_as_id=first))
    refigure_flags(work.connection, {*before.values(), *now.values()})


def _joined(work: Work, callers: set[UUID]) -> tuple[set[UUID], list[tuple[UUID, UUID]]]:
    """All whom decisions join to these, directly or through others, and those decisions.

    A group that a decision has just parted is still counted as one, and so is found whole.
    """
    rows = (
        select(Caller.id)
        .where(
            Caller.counted_as_id.in_(
                select(Caller.counted_as_id).where(Caller.id.in_(callers))
            )
        )
    )  # fmt: skip
    everybody = {*callers, *work.connection.scalars(rows)}
    matches = work.connection.execute(
        select(CallerMatch.one_id, CallerMatch.other_id).where(
            CallerMatch.verdict == Verdict.SAME,
            or_(CallerMatch.one_id.in_(everybody), CallerMatch.other_id.in_(everybody)),
        )
    )
    same = [(one, other) for one, other in matches if one in everybody and other in everybody]
    return everybody, same
