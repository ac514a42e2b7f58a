"""The cards of the assessment page: what is stored, or what was just sent and refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from flask import current_app
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from dash_forms.assessment.queries import AssessmentView
from dash_forms.domain.add_ons import calls_for
from dash_forms.domain.answers import AnswerValue, Source
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.instruments import Gate, Item, SetRole, current_sets, instrument
from dash_forms.store.answers import Contender, StoredAnswer

E = TypeVar("E", bound=StrEnum)

_FROM_NOBODY = {None, AnswerValue.DECLINED, AnswerValue.NOT_ASKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One topic with what is entered on it. `error` belongs beside the part `error_at`."""

    item: Item
    rev: int
    is_answered: bool
    in_conflict: bool
    chosen: str | None
    """The name of the choice that is marked."""
    source: Source
    note: str
    details: Mapping[str, Sequence[str]]
    contenders: Sequence[Contender]
    gate: Gate | None
    gate_is_closed: bool
    error: str = ""
    error_at: str = ""


def cards_of(page: AssessmentView) -> dict[int, Card]:
    """The card of each topic, by its number."""
    # Nobody's answer has no source yet: after an ending the next one is the officer's own.
    by_default = Source.OFFICER_OBSERVED if page.is_ended else Source.VICTIM
    gates = {number: gate for gate in page.instrument.gates for number in gate.items}
    return {
        item.number: _card(
            item,
            page.answers.get(item.number),
            page.contenders.get(item.number, ()),
            gates.get(item.number),
            closed_gates=page.closed_gates,
            by_default=by_default,
        )
        for item in page.instrument.items
    }


def _card(
    item: Item,
    stored: StoredAnswer | None,
    contenders: Sequence[Contender],
    gate: Gate | None,
    *,
    closed_gates: frozenset[str],
    by_default: Source,
) -> Card:
    content = stored.content if stored else None
    value = content.value if content else None
    in_conflict = stored is not None and stored.in_conflict
    choice = item.chosen(value, content.details) if content else None
    return Card(
        item=item,
        rev=stored.rev if stored else 0,
        is_answered=value is not None,
        in_conflict=in_conflict,
        chosen=None if in_conflict or choice is None else choice.name,
        source=by_default if content is None or value in _FROM_NOBODY else content.source,
        note=_note(content.note if content else "", contenders),
        details=content.details if content else {},
        contenders=contenders,
        gate=gate,
        gate_is_closed=gate is not None and gate.id in closed_gates,
    )


def _note(stored: str, contenders: Sequence[Contender]) -> str:
    """The note; where two answers wait for a decision, the words of both."""
    if not contenders:
        return stored
    return "\n".join(dict.fromkeys(each.content.note for each in contenders if each.content.note))


def as_sent(card: Card, sent: MultiDict[str, str], refusal: InvalidError) -> Card:
    """The card as a refused form had it, so that nobody types anything twice."""
    name = f"q{card.item.number}"
    if f"{name}-rev" not in sent:
        return card  # it stands in another section
    at = (refusal.field or "").partition(f"{name}-")[2]
    value = sent.get(f"{name}-value")
    return replace(
        card,
        rev=card.rev if at == "rev" else sent.get(f"{name}-rev", card.rev, type=int),
        chosen=next((each.name for each in card.item.choices if each.name == value), None),
        source=_member(Source, sent.get(f"{name}-source")) or card.source,
        note=sent.get(f"{name}-note", ""),
        details={each.id: sent.getlist(f"{name}-{each.id}") for each in card.item.follow_ups},
        error=refusal.sentence if at else "",
        error_at=at,
    )


def _member(kind: type[E], value: str | None) -> E | None:
    return next((member for member in kind if member == value), None)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The parts of the cards that tell nothing of a case, and so look the same for everybody."""

    answers: Mapping[tuple[int, str | None], Markup]
    sources: Mapping[tuple[int, Source], Markup]
    follow_ups: Mapping[int, Markup]
    offers: Mapping[int, Markup]
    """What a "yes" calls for: things to do, and further sets."""


@cache
def drawn(instrument_id: str, version: int) -> Drawn:
    """Those parts of a question set's cards, drawn at its first use: they are most of the page."""
    items = instrument(instrument_id, version).items
    add_ons = current_sets(SetRole.ADD_ON)
    macros: Any = current_app.jinja_env.get_template("assessment/_card.html").module
    return Drawn(
        answers={
            (item.number, name): macros.answers(item, name)
            for item in items
            for name in (None, *(choice.name for choice in item.choices))
        },
        sources={
            (item.number, source): macros.sources(item.number, source)
            for item in items
            for source in Source
        },
        follow_ups={item.number: macros.follow_ups(item) for item in items},
        offers={
            item.number: macros.offers(item, [each for each in add_ons if calls_for(item, each)])
            for item in items
        },
    )
