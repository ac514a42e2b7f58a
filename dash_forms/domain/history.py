"""What earlier incidents say before the first question is asked: facts in words, never a grade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.declines import Basis, reason
from dash_forms.domain.grading import Grade
from dash_forms.domain.periods import months_before, months_in_words, words_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Mention:
    """An incident of which only the fact is shown. `opens` where the reader may open it."""

    incident_id: UUID
    urn: str
    on: date
    opens: bool


@dataclass(frozen=True, slots=True)
class Stopped(Mention):
    """Another incident of the same victim, in which a supervisor stopped contact as unsafe."""

    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Record(Mention):
    """An earlier incident in which the same person was the victim.

    `same_perpetrator` is None where one of the two is not known well enough to say. `yes` are the
    items answered "yes", from whatever source.
    """

    same_perpetrator: bool | None
    outcome: Outcome
    reason: str | None = None
    basis: Basis | None = None
    grade: Grade | None = None
    graded_on: date | None = None
    instrument_id: str = ""
    yes: frozenset[int] = frozenset()

    @property
    def reason_words(self) -> str:
        """Why there are no answers, as far as the record says."""
        if self.reason is None:
            return ""
        inferred = " (officer’s impression)" if self.basis is Basis.INFERRED else ""
        return reason(self.reason).label.lower() + inferred

    @property
    def summary(self) -> str:
        """How it ended and what grade a person gave it."""
        ended = "Not finished" if self.outcome is Outcome.PENDING else self.outcome.label
        return f"{ended}, graded {self.grade}" if self.grade else ended


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the field's own word
    """A fact from the history in a line, and the rule that raised it."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class History:
    """What a search for the two people of a case found, as of the day of its incident.

    Of incidents in which the victim was the other party, or the alleged perpetrator was named by
    somebody else, there is the fact and nothing more: what one person answered is never shown on
    another's page. Everything is ordered newest first.
    """

    on: date
    victim_searched: bool
    perpetrator_searched: bool
    records: tuple[Record, ...] = ()
    as_other_party: tuple[Mention, ...] = ()
    with_other_victims: tuple[Mention, ...] = ()
    children_linked: int = 0
    stops: tuple[Stopped, ...] = ()
    """Of any other incident of this victim, a later one too, and never of the other party's."""
    months: int = 12
    """How far back an incident is recent: what the force has set for escalation."""

    @property
    def is_empty(self) -> bool:
        return not (self.records or self.as_other_party or self.with_other_victims)

    @property
    def recent(self) -> tuple[Record, ...]:
        """The records of the months up to this incident that the force counts."""
        return self.within(self.months)

    def within(self, months: int) -> tuple[Record, ...]:
        """The records of so many months up to this incident."""
        since = months_before(self.on, months)
        return tuple(record for record in self.records if record.on >= since)

    @property
    def warnings(self) -> tuple[Warning, ...]:
        """Every rule that has something to say, the most serious first."""
        said = ((rule(self), why) for rule, why in _RULES)
        span = months_in_words(self.months)
        return tuple(Warning(text, why.format(span=span)) for text, why in said if text)


# Answers that the next officer must know of, as they read in a line, the most serious first.
GRAVE_ANSWERS: dict[str, dict[int, str]] = {
    "dash-27": {
        18: "strangled or choked",
        17: "believed threat to kill",
        16: "weapon used",
        19: "sexual harm",
        12: "threats to children",
        11: "children harmed",
        25: "suicide threats by the other person",
        9: "pregnant or a new baby",
    },
    "frequency-abuse": {
        10: "strangled or choked",
        11: "sexual harm",
        15: "a child drawn into it",
        18: "suicide threats by the other person",
        14: "pregnant or a new baby",
    },
}


def _graded_high(history: History) -> str:
    high = [each for each in history.records if each.grade is Grade.HIGH]
    if not high:
        return ""
    again = f", and {_times(len(high) - 1)} before" if len(high) > 1 else ""
    return f"Graded high on {words_for(high[0].graded_on or high[0].on)}{again}"


def _grave_answers(history: History) -> str:
    told = [
        words
        for instrument_id, rows in GRAVE_ANSWERS.items()
        for item, words in rows.items()
        if any(r.instrument_id == instrument_id and item in r.yes for r in history.records)
    ]
    return f"Earlier answers: {', '.join(dict.fromkeys(told))}" if told else ""


def _how_often(history: History) -> str:
    if not history.records:
        return ""
    span = months_in_words(history.months)
    if not history.recent:
        last = words_for(history.records[0].on)
        return f"{_earlier(history.records)}, none in {span}; the last on {last}"
    same = _count(each for each in history.recent if each.same_perpetrator)
    of_pair = f", {same} with the same alleged perpetrator" if same else ""
    return f"{_earlier(history.recent)} in {span}{of_pair}"


def _declined(history: History) -> str:
    declined = [each for each in history.records if each.outcome is Outcome.DECLINED]
    if not declined:
        return ""
    last = declined[0]
    when = "last time" if last is history.records[0] else f"on {words_for(last.on)}"
    again = f", and {_times(len(declined) - 1)} before" if len(declined) > 1 else ""
    return f"Declined {when}: {last.reason_words}{again}"


def _other_perpetrator(history: History) -> str:
    others = [each for each in history.records if each.same_perpetrator is False]
    if not others:
        return ""
    return f"{_earlier(others)} with another alleged perpetrator"


def _other_victims(history: History) -> str:
    if not (found := history.with_other_victims):
        return ""
    return f"The alleged perpetrator is named in {_incidents(found)} with somebody else"


def _other_party(history: History) -> str:
    if not (found := history.as_other_party):
        return ""
    return f"This victim was the other party in {_incidents(found)}"


def _last_grade(history: History) -> str:
    graded = next((each for each in history.records if each.grade), None)
    if graded is None or graded.grade is None or graded.grade is Grade.HIGH:
        return ""
    return f"Last graded {graded.grade} on {words_for(graded.graded_on or graded.on)}"


def _last_not_assessed(history: History) -> str:
    if not history.records:
        return ""
    last = history.records[0]
    match last.outcome:
        case Outcome.UNABLE:
            return f"Could not be assessed last time: {last.reason_words}"
        case Outcome.NOT_OFFERED:
            return "Was not offered an assessment last time"
        case Outcome.PENDING:
            return f"An earlier assessment is not finished ({words_for(last.on)})"
        case _:
            return ""


# Most serious first. To add a warning, add a function and its row.
_RULES: tuple[tuple[Callable[[History], str], str], ...] = (
    (_graded_high, "Shown if an officer ever graded this victim’s risk high"),
    (_grave_answers, "Shown if certain high-risk topics were ever answered “yes” for this victim"),
    (_how_often, "Counts this victim’s earlier incidents, in the {span} before this one"),
    (_declined, "Shown if this victim declined an earlier assessment, with the last reason"),
    (_other_perpetrator, "Shown if an earlier incident names somebody else as alleged perpetrator"),
    (_other_victims, "Shown if the alleged perpetrator is named in another victim’s incident"),
    (_last_not_assessed, "Shown if the last assessment was not finished or not possible"),
    (_last_grade, "Shown if the last grade that an officer gave was not high"),
    (_other_party, "Shown if this victim is named as alleged perpetrator in an incident"),
)


def _count(mentions: Iterable[Mention]) -> int:
    """How many incidents these are: a victim can be in one with two alleged perpetrators."""
    return len({each.incident_id for each in mentions})


def _earlier(mentions: Iterable[Mention]) -> str:
    count = _count(mentions)
    return f"{count} earlier incident{'s' if count > 1 else ''}"


def _incidents(mentions: Iterable[Mention]) -> str:
    count = _count(mentions)
    return f"{count} incident{'s' if count > 1 else ''}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
