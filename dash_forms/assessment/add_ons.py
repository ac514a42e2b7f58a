"""Taking up an add-on set, asking another round of it, or skipping it with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from dash_forms.domain.add_ons import (
    MOST_ROUNDS,
    SkipReason,
    add_on_of,
    part_of,
    require_skip_words,
    undecided,
)
from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import InvalidError, StateError
from dash_forms.domain.instruments import Instrument
from dash_forms.domain.permissions import Permission
from dash_forms.store.access import assessment_for, instrument_of
from dash_forms.store.add_ons import decided_sets, offers, taken_up, words_name
from dash_forms.store.models import Assessment, AssessmentAddOn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dash_forms.domain.grading import Stated
    from dash_forms.store.answers import StoredAnswer
    from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Skip:
    """Why a set is not asked."""

    reason: SkipReason
    words: str


def begin(work: Work, assessment_id: UUID, part: str, version: int | None = None) -> None:
    """Take up a round of a set; doing so again asks on where it stands.

    Its version is the current one, or that which a tablet has asked with.
    """
    assessment = _open(work, assessment_id)
    add_on = add_on_of(part, version)
    row = work.session.get(AssessmentAddOn, (assessment.id, part))
    if row is None:
        work.session.add(_new_row(work, assessment, part, add_on))
    elif row.skip_reason is None:
        return
    else:
        row.skip_reason, row.words_sealed = None, None
        row.decided_by_id, row.decided_at = work.by.id, work.now
    work.audit(Name.ADD_ON_BEGUN, "assessment", assessment.id, part=part)


def next_round(work: Work, assessment_id: UUID, set_id: str) -> str:
    """The part for one more child or animal: the first in which nothing was said, so that the
    second of two taps, or one who left it empty, leads to the same."""
    if not add_on_of(set_id).asked_for.is_repeated:
        raise StateError("These questions are asked once.")
    in_use = {each.part for each in taken_up(work, assessment_id) if each.is_decided}
    for number in range(1, MOST_ROUNDS + 1):
        if (part := part_of(set_id, number)) not in in_use:
            return part
    raise StateError(f"These questions can be asked {MOST_ROUNDS} times at most.")


def skip(work: Work, assessment_id: UUID, part: str, why: Skip) -> None:
    """Give the reason for not asking a set, or not to its end. Answers already given stay."""
    require_skip_words(why.reason, why.words)
    assessment = _open(work, assessment_id)
    add_on = add_on_of(part)
    row = work.session.get(AssessmentAddOn, (assessment.id, part))
    if row is None:
        row = _new_row(work, assessment, part, add_on)
        work.session.add(row)
    row.skip_reason = why.reason
    row.words_sealed = work.vault.seal_text(assessment.id, words_name(part), why.words)
    row.decided_by_id, row.decided_at = work.by.id, work.now
    work.audit(Name.ADD_ON_SKIPPED, "assessment", assessment.id, part=part, reason=why.reason.value)


def owed_add_ons(
    work: Work,
    assessment: Assessment,
    stored: Mapping[int, StoredAnswer],
    ended: Outcome,
    children: Stated | None,
) -> Iterator[InvalidError]:
    """What is offered and neither asked nor skipped, where the ending leaves it owed."""
    found = taken_up(work, assessment.id)
    for each in found:
        if topics := [n for n, answer in each.answers.items() if answer.in_conflict]:
            listed = ", ".join(map(str, sorted(topics)))
            yield InvalidError(
                f"Two different answers were saved for topic {listed} of “{each.title}”. Open it"
                " and choose which stands",
                field="add_ons",
            )
    offered = offers(work, assessment.id, instrument_of(assessment), stored, children)
    if left := undecided(offered, decided_sets(found), ended):
        names = "; ".join(offer.add_on.title for offer in left)
        yield InvalidError(f"Ask, or skip with a reason, what is offered: {names}", field="add_ons")


def _open(work: Work, assessment_id: UUID) -> Assessment:
    assessment, _ = assessment_for(work, assessment_id, Permission.RECORD_ASSESSMENTS, lock=True)
    if not assessment.state.is_open:
        raise StateError("This assessment has been submitted, so it can no longer change.")
    if assessment.state in {State.REQUIRED, State.OFFERED}:
        raise StateError("Start the assessment before asking more.")
    return assessment


def _new_row(work: Work, assessment: Assessment, part: str, add_on: Instrument) -> AssessmentAddOn:
    return AssessmentAddOn(
        assessment_id=assessment.id,
        part=part,
        version=add_on.version,
        digest=add_on.digest,
        decided_by_id=work.by.id,
        decided_at=work.now,
    )
