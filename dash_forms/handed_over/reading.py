"""What was handed over, in words: every topic and field with its label, and why it was refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from dash_forms.domain.answers import AnswerValue, Frequency, Source
from dash_forms.domain.instruments import Instrument, Item, NotInInstrumentError
from dash_forms.handed_over.queries import Case, Entry, question_set
from dash_forms.store.work import Work
from dash_forms.web.waited_posts import read_post, title_of


@dataclass(frozen=True, slots=True)
class Told:
    """A topic with its answer, and what was said besides."""

    topic: str
    said: str
    details: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Block:
    """A form, or answers that were refused for the same reason."""

    title: str
    made_at: datetime | None
    """By the tablet's clock."""
    fields: list[tuple[str, str]]
    answers: list[Told]
    entry: Entry
    """The first of them: what is said of it is true of all."""


def title(case: Case) -> str:
    """What came of a case, in a line: "New incident, Start of the assessment, 12 answers"."""
    titles = Counter(
        title_of(each.operation["path"]) if _is_post(each) else "" for each in case.entries
    )
    return ", ".join(
        (f"{name} ({number})" if number > 1 else name) if name else _answers(number)
        for name, number in titles.items()
    )


def blocks(work: Work, case: Case) -> Iterator[Block]:
    """All that came of a case, in the order in which it was made."""
    for (is_post, *_), some in groupby(case.entries, key=_likeness):
        entries = list(some)
        first = entries[0]
        if is_post:
            path, pairs = first.operation["path"], first.operation["fields"]
            fields = [(_clean(name), _clean(value)) for name, value in pairs]
            read = read_post(work, path, fields)
            yield Block(title_of(path), _moment(first, "made_at"), read, [], first)
        else:
            answers = [
                _answer(question_set(work, each, case.entries), each.operation) for each in entries
            ]
            made_at = _moment(first, "asked_at")
            yield Block(_answers(len(entries)), made_at, [], answers, first)


def _is_post(entry: Entry) -> bool:
    return entry.operation.get("kind") == "post"


def _likeness(entry: Entry) -> tuple[Any, ...]:
    """Forms stand alone; answers stand together while the same is to be said of them."""
    is_post = _is_post(entry)
    return (is_post, entry.op_id if is_post else None, entry.errors, entry.settlement, entry.reason)


def _answers(number: int) -> str:
    return "1 answer" if number == 1 else f"{number} answers"


def _answer(asked: Instrument | None, operation: dict[str, Any]) -> Told:
    item = _item(asked, operation.get("item"))
    topic = f"{item.number}. {item.prompt}" if item else f"Topic {_clean(operation.get('item'))}"
    value, source = operation.get("value"), operation.get("source")
    said = "No answer"
    if value is not None:
        said = f"{_label((AnswerValue, Frequency), value)} ({_label((Source,), source)})"
    raw = operation.get("details")
    details = [
        _detail(item, name, values if isinstance(values, list) else [values])
        for name, values in (raw if isinstance(raw, dict) else {}).items()
    ]
    if operation.get("note"):
        details.append(("Note", _clean(operation["note"])))
    return Told(topic, said, details)


def _item(asked: Instrument | None, number: object) -> Item | None:
    try:
        return asked.item(number) if asked and type(number) is int else None
    except NotInInstrumentError:
        return None


def _detail(item: Item | None, name: str, values: Iterable[object]) -> tuple[str, str]:
    asked = next((each for each in item.follow_ups if each.id == name), None) if item else None
    labels = {option.value: option.label for option in asked.options} if asked else {}
    said = ", ".join(labels.get(_clean(value), _clean(value)) for value in values)
    return (asked.label if asked else _clean(name)), said


def _label(kinds: tuple[Any, ...], value: object) -> str:
    known = {member.value: member.label for kind in kinds for member in kind}
    return str(known.get(_clean(value), _clean(value)))


def _clean(value: object) -> str:
    """Text that can be shown: half a character (a lone surrogate) becomes a question mark."""
    return str(value).encode(errors="replace").decode()


def _moment(entry: Entry, name: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(entry.operation.get(name, ""))
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo and 2000 <= at.year < 2100 else None
