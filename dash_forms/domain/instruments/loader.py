"""Loads question sets from their TOML files, and knows every published version."""

from __future__ import annotations

import hashlib
import json
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.instruments.model import (
    HOW_OFTEN,
    AnswerKind,
    AskedFor,
    FollowUp,
    FollowUpKind,
    Gate,
    Instrument,
    Item,
    NotInInstrumentError,
    Option,
    Section,
    SetRole,
    TickSet,
    Trigger,
)
from dash_forms.domain.instruments.problems import NOT_TOML, InstrumentError, Problem
from dash_forms.domain.instruments.tables import Document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash_forms.domain.instruments.tables import Table

PROMPT_LENGTH = 200
_TITLE_LENGTH = 120
_HELP_LENGTH = 300
_NOTICE_LENGTH = 1_000
_MOST_ITEMS = 200


def load(source: str | Path) -> Instrument:
    """One question set from a file or from its text, or InstrumentError with all its problems."""
    if isinstance(source, str):
        return _load(Document("<text>", source))
    try:
        text = source.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problem = Problem(source.name, line, NOT_TOML, "this is not UTF-8 text")
        raise InstrumentError(problem) from error
    return _load(Document(source.name, text), stem=source.stem)


@cache
def published() -> Mapping[tuple[str, int], Instrument]:
    """Every published version, by id and version: those beside this module, and the force's own.

    A force's own version stands where a later release brings one of the same number: only the
    force's can have been asked.
    """
    return MappingProxyType(_in_folder(Path(__file__).parent) | _own)


def use_own_sets(folder: Path) -> None:
    """Publish the force's own sets from its folder, in place of those of any folder before.

    InstrumentError, and nothing changes, if one of them cannot be used.
    """
    loaded = _in_folder(folder) if folder.exists() else {}
    _own.clear()
    _own.update(loaded)
    published.cache_clear()
    current_sets.cache_clear()


def instrument(instrument_id: str, version: int) -> Instrument:
    """One published version, or NotInInstrumentError."""
    try:
        return published()[instrument_id, version]
    except KeyError:
        raise NotInInstrumentError(f"There is no question set {instrument_id}.v{version}") from None


def current(instrument_id: str) -> Instrument:
    """The version that new assessments use, or NotInInstrumentError.

    It is the force's newest where the force has its own: a new release of this software never
    puts a licensed wording aside.
    """
    for sets in (_own, published()):
        if versions := [version for each_id, version in sets if each_id == instrument_id]:
            return instrument(instrument_id, max(versions))
    raise NotInInstrumentError(f"There is no question set {instrument_id}")


@cache
def current_sets(role: SetRole) -> tuple[Instrument, ...]:
    """The current version of each set in this role, by id."""
    sets = (current(each_id) for each_id in sorted({each_id for each_id, _ in published()}))
    return tuple(each for each in sets if each.role is role)


_own: dict[tuple[str, int], Instrument] = {}


def _in_folder(folder: Path) -> dict[tuple[str, int], Instrument]:
    files = sorted(file for file in folder.iterdir() if file.suffix == ".toml")
    return {(each.id, each.version): each for each in map(load, files)}


def _load(document: Document, stem: str | None = None) -> Instrument:
    root = document.root()
    sections = root.tables("sections", "section", _section)
    items = root.tables(
        "items",
        "item",
        partial(_item, sections=[section.id for section in sections]),
        called_by="number",
    )
    _refuse_gaps(root, items)
    loaded = Instrument(
        id=root.name("id"),
        version=root.whole("version", 9_999) or 0,
        title=root.text("title", _TITLE_LENGTH),
        attribution=root.text("attribution", _NOTICE_LENGTH),
        licence_note=root.text("licence_note", _NOTICE_LENGTH),
        role=root.one_of("role", "role", SetRole, default=SetRole.MAIN),
        asked_for=root.one_of("asked_for", "subject", AskedFor, default=AskedFor.VICTIM),
        offered_on=root.many_of("offered_on", "trigger", Trigger, default=()),
        offered_for_children=root.flag("offered_for_children", default=False),
        sections=sections,
        items=items,
        gates=root.tables("gates", "gate", partial(_gate, items=items), optional=True),
        tick_sets=root.tables(
            "tick_sets", "tick set", partial(_tick_set, items=items), optional=True
        ),
        digest=_digest(root.values),
    )
    root.refuse_others()
    _refuse_wrong_offer(root, loaded)
    if stem is not None and loaded.id and loaded.version and stem != loaded.key:
        root.problem(f"the file must be called {loaded.key}.toml", "id")
    document.refuse_problems()
    return loaded


def _section(table: Table) -> Section:
    return Section(table.name("id"), table.text("title", _TITLE_LENGTH))


def _item(table: Table, sections: list[str]) -> Item:
    section = table.text("section", _TITLE_LENGTH)
    if section.strip() and section not in sections:
        table.unknown("section", "section", section, sections)
    kind = table.one_of("kind", "kind", AnswerKind)
    follow_ups = table.tables("follow_ups", "follow-up", _follow_up, optional=True)
    if kind is AnswerKind.FREQUENCY:
        if any(follow_up.id == HOW_OFTEN.id for follow_up in follow_ups):
            table.problem(f'the follow-up "{HOW_OFTEN.id}" is the scale itself', "follow_ups")
        follow_ups = (HOW_OFTEN, *follow_ups)
    return Item(
        number=table.whole("number", _MOST_ITEMS) or 0,
        section=section,
        prompt=table.text("prompt", PROMPT_LENGTH),
        how_to_ask=table.text("how_to_ask", _HELP_LENGTH),
        high_risk=table.flag("high_risk"),
        kind=kind,
        follow_ups=follow_ups,
        triggers=table.many_of("triggers", "trigger", Trigger, default=()),
        skippable=table.flag("skippable", default=True),
    )


def _follow_up(table: Table) -> FollowUp:
    kind = table.values.get("kind")
    has_options = "options" in table.values
    if kind == FollowUpKind.TEXT and has_options:
        table.problem("a text follow-up has no options", "options")
    elif kind in (FollowUpKind.CHOICE, FollowUpKind.CHOICES) and not has_options:
        table.problem(f"a {kind} follow-up needs options", "kind")
    return FollowUp(
        id=table.name("id"),
        label=table.text("label", _TITLE_LENGTH),
        kind=table.one_of("kind", "kind", FollowUpKind),
        options=table.tables("options", "option", _option, called_by="value", optional=True),
        when=table.many_of("when", "answer", AnswerValue, default=(AnswerValue.YES,)),
    )


def _option(table: Table) -> Option:
    return Option(table.name("value"), table.text("label", _TITLE_LENGTH))


def _gate(table: Table, items: tuple[Item, ...]) -> Gate:
    gate = Gate(
        id=table.name("id"),
        label=table.text("label", _TITLE_LENGTH),
        undo_label=table.text("undo_label", _TITLE_LENGTH),
        items=table.many_of("items", "item", range(1, len(items) + 1)),
        sets=table.one_of("sets", "answer", AnswerValue),
    )
    for item in items:
        if item.number in gate.items and not item.skippable:
            table.problem(f"item {item.number} must always be asked", "items")
    return gate


def _tick_set(table: Table, items: tuple[Item, ...]) -> TickSet:
    ticked = table.many_of("items", "item", range(1, len(items) + 1))
    for item in items:
        if item.number in ticked and item.kind is AnswerKind.FREQUENCY:
            table.problem(f'item {item.number} has a scale, and no "yes" to count', "items")
    return TickSet(
        id=table.name("id"),
        title=table.text("title", _TITLE_LENGTH),
        items=ticked,
        threshold=table.whole("threshold", len(ticked) or _MOST_ITEMS, optional=True),
    )


def _refuse_wrong_offer(root: Table, loaded: Instrument) -> None:
    """An add-on says when it is offered; a main set is not offered but used."""
    if loaded.role is SetRole.ADD_ON:
        if not (loaded.offered_on or loaded.offered_for_children):
            root.problem("an add-on needs offered_on or offered_for_children", "role")
        return
    for key in ("asked_for", "offered_on", "offered_for_children"):
        if key in root.values:
            root.problem(f"{key} belongs to an add-on, and this is a main set", key)


def _refuse_gaps(root: Table, items: tuple[Item, ...]) -> None:
    """Items are numbered 1, 2, 3 … in order. (A repeated or missing number is noted already.)"""
    numbers = [0, *(item.number for item in items)]
    for at, (before, number) in enumerate(pairwise(numbers)):
        if number and (before or not at) and number not in {before, before + 1}:
            root.problem(f"item {number} stands where {before + 1} belongs", "items", at, "number")


def _digest(content: dict[str, object]) -> str:
    """The hash of what the file says, not of how it is laid out or of how this code models it."""
    canonical = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
