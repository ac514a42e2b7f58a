"""The add-on sets of an assessment: which are offered, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import bindparam, select

from dash_forms.domain.add_ons import (
    Offer,
    SkipReason,
    offered_add_ons,
    round_title,
    set_and_round,
)
from dash_forms.domain.answers import Tally, tally
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.instruments import Instrument, instrument
from dash_forms.store.access import instrument_of
from dash_forms.store.answers import StoredAnswer, given, stored_answers
from dash_forms.store.children import linked_children
from dash_forms.store.models import Assessment, AssessmentAddOn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash_forms.domain.answers import Given
    from dash_forms.domain.grading import Stated
    from dash_forms.store.work import Work

_TAKEN_UP = (
    select(
        AssessmentAddOn.part,
        AssessmentAddOn.version,
        AssessmentAddOn.skip_reason,
        AssessmentAddOn.words_sealed,
    )
    .where(AssessmentAddOn.assessment_id == bindparam("assessment_id"))
    .order_by(AssessmentAddOn.decided_at, AssessmentAddOn.part)
)


@dataclass(frozen=True, slots=True)
class TakenUp:
    """One round of an add-on set that was begun or skipped, with its answers."""

    part: str
    add_on: Instrument
    skipped: SkipReason | None
    words: str
    answers: dict[int, StoredAnswer]

    @property
    def title(self) -> str:
        """The set's title, with the round where a set is asked several times."""
        return round_title(self.add_on, set_and_round(self.part)[1])

    @property
    def tally(self) -> Tally:
        """How far its questions have come."""
        return tally(given(self.answers), self.add_on.numbers)

    @property
    def is_decided(self) -> bool:
        """Something was answered, or the reason why not was given: opening it is not enough."""
        return self.skipped is not None or self.tally.with_value > 0

    @property
    def standing(self) -> str:
        """What became of it, in words."""
        asked = f"{self.tally.answered} of {self.tally.items} answered"
        if self.skipped is None:
            return asked
        words = f": {self.words}" if self.words else ""
        skipped = f"Skipped – {self.skipped.label}{words}"
        return f"{skipped} ({asked})" if self.tally.with_value else skipped


def words_name(part: str) -> str:
    """The name under which the words of a skip are sealed."""
    return f"add_on:{part}"


def taken_up(work: Work, assessment_id: UUID) -> list[TakenUp]:
    """Every set that was begun or skipped, in the order of it."""
    rows = work.connection.execute(_TAKEN_UP, {"assessment_id": assessment_id})
    return [
        TakenUp(
            row.part,
            instrument(set_and_round(row.part)[0], row.version),
            row.skip_reason,
            work.vault.open_text(assessment_id, words_name(row.part), row.words_sealed),
            stored_answers(work, assessment_id, row.part),
        )
        for row in rows.all()
    ]


def sets_asked(work: Work, assessment: Assessment) -> list[tuple[Instrument, Mapping[int, Given]]]:
    """The main set and each round of the others, with the answers to it, as things are stored."""
    main = instrument_of(assessment), given(stored_answers(work, assessment.id))
    further = ((each.add_on, given(each.answers)) for each in taken_up(work, assessment.id))
    return [main, *further]


def begun_set(work: Work, assessment_id: UUID, part: str) -> Instrument:
    """The version of the set that this part was begun with, or NotFoundError."""
    rows = work.connection.execute(_TAKEN_UP, {"assessment_id": assessment_id})
    for row in rows.all():
        if row.part == part:
            return instrument(set_and_round(part)[0], row.version)
    raise NotFoundError("These questions have not been begun in this assessment.")


def offers(
    work: Work,
    assessment_id: UUID,
    main: Instrument,
    answers: Mapping[int, StoredAnswer],
    children: Stated | None,
) -> tuple[Offer, ...]:
    """The add-on sets that the answers, a linked child or the last page's `children` call for."""
    linked = linked_children(work, assessment_id).linked > 0
    return offered_add_ons(main, given(answers), child_linked=linked, children=children)


def decided_sets(found: list[TakenUp]) -> set[str]:
    """The ids of the sets of which something was answered, or that were skipped."""
    return {each.add_on.id for each in found if each.is_decided}
