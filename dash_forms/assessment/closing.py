"""The last page of an attempt: what is entered on it, and what is still owed before it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dash_forms.domain.answers import Tally
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.duties import Duties, owed_duties
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.grading import Grade, Stated, rationale_refusal
from dash_forms.domain.incidents import Mode
from dash_forms.domain.prompts import Threshold, is_below_count
from dash_forms.store.answers import StoredAnswer
from dash_forms.store.authorisers import Colleague, require_authoriser
from dash_forms.store.duties import Authority


@dataclass(frozen=True, slots=True)
class Closing:
    """What is asked however the attempt ended; any of it may still be empty in a draft."""

    mode: Mode | None
    seen_alone: Stated | None
    children: Stated | None
    observed: str
    grade: Grade | None
    rationale: str
    rev: int
    """The revision of the last page that the officer was looking at."""
    duties: Duties = field(default_factory=Duties)
    authority: Authority = field(default_factory=Authority)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an attempt stands when it is about to be sent."""

    stored: Mapping[int, StoredAnswer]
    counts: Tally
    ended: Outcome
    threshold: Threshold | None
    authorisers: list[Colleague]
    add_ons: tuple[InvalidError, ...] = ()
    """What is owed of the add-on sets that the answers call for."""


def still_owed(closing: Closing, standing: Standing) -> list[InvalidError]:
    """Everything that keeps an attempt from being sent, in the order of the page."""
    counts, ended = standing.counts, standing.ended
    return [
        *undecided(standing.stored),
        *standing.add_ons,
        *_owed_ending(ended, items_left=counts.items - counts.with_value),
        *_owed_offer(closing, ended),
        *owed_duties(closing.duties, ended),
        *_owed_grade(closing),
        *_owed_authority(closing, standing),
    ]


def _owed_authority(closing: Closing, standing: Standing) -> Iterator[InvalidError]:
    """A grade below what the count means is not one person's decision (scenario 2)."""
    if is_below_count(closing.grade, standing.threshold):
        named = closing.authority
        try:
            require_authoriser(named.authoriser, named.because, standing.authorisers)
        except InvalidError as refusal:
            yield InvalidError(refusal.sentence, field=refusal.field)
            yield from refusal.also


def undecided(stored: Mapping[int, StoredAnswer]) -> Iterator[InvalidError]:
    items = sorted(item for item, answer in stored.items() if answer.in_conflict)
    if items:
        topics = ", ".join(map(str, items))
        yield InvalidError(
            f"Two different answers were saved for topic {topics}. Open it and choose which stands",
            field="topics",
        )


def _owed_ending(ended: Outcome, *, items_left: int) -> Iterator[InvalidError]:
    if ended is Outcome.PENDING and not items_left:
        yield InvalidError(
            "No answer comes from the victim. Record that the victim declined, or that it could"
            " not be done",
            field="topics",
        )
    elif ended is Outcome.PENDING:
        topics = "1 topic has" if items_left == 1 else f"{items_left} topics have"
        yield InvalidError(
            f"{topics} no answer yet. Answer them, or record that the victim declined or that it"
            " could not be done",
            field="topics",
        )


def _owed_offer(closing: Closing, ended: Outcome) -> Iterator[InvalidError]:
    if closing.children is None:
        yield InvalidError("Answer the question about children or dependants", field="children")
    if ended not in {Outcome.NOT_OFFERED, Outcome.UNABLE}:
        if closing.mode is None:
            yield InvalidError("Say how the assessment was offered", field="mode")
        if closing.seen_alone is None:
            yield InvalidError("Say whether the victim was spoken to alone", field="seen_alone")


def _owed_grade(closing: Closing) -> Iterator[InvalidError]:
    if closing.grade is None:
        yield InvalidError(
            "Choose a risk grade. It is needed even when the victim declines", field="grade"
        )
    if refusal := rationale_refusal(closing.rationale):
        yield refusal
