"""Where answers and the history say different things: both are shown, and a person judges."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.grading import Stated
from dash_forms.domain.periods import months_in_words, words_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dash_forms.domain.history import History, Mention
    from dash_forms.domain.prompts import Limits
    from dash_forms.domain.sync import AnswerContent

PREGNANCY_MONTHS = 12
"""For so long a pregnancy, or a baby, that was spoken of is held against a “no” now."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What is said now and what the history says. `item` is None for the last page's question."""

    item: int | None
    topic: str
    now: str
    before: str
    found: tuple[Mention, ...] = ()

    @property
    def history(self) -> str:
        """What the history says, with the newest incident's date and number."""
        if not self.found:
            return self.before
        first, more = self.found[0], len(self.found) - 1
        others = f" and {more} more" if more else ""
        return f"{self.before}: {words_for(first.on)}, {first.urn}{others}"


class Against(Enum):
    """What in the history an answer can stand against."""

    EARLIER_YES = auto()  # the same topic, unless it was about somebody else
    EARLIER_YES_THIS_YEAR = auto()  # the same topic about the victim, in twelve months
    MANY_INCIDENTS = auto()  # as many as the force has set for escalation
    NAMED_BEFORE = auto()  # an incident that names the same alleged perpetrator
    NAMED_BY_ANOTHER = auto()
    CHILD_LINKED = auto()


_NO = frozenset({AnswerValue.NO})
_NO_CHILDREN = frozenset({AnswerValue.NO, AnswerValue.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Rule:
    """One answer that can stand against the history. `detail` also asks for a follow-up's value."""

    item: int
    topic: str
    against: Against
    values: frozenset[AnswerValue] = _NO
    detail: tuple[str, str] | None = None
    now: str = "No"


_A = Against
# One row for each rule, by question set: nothing else in the program knows what an item asks.
RULES: dict[str, tuple[Rule, ...]] = {
    "dash-27": (
        Rule(
            1,
            "Injured",
            _A.EARLIER_YES,
            values=frozenset({AnswerValue.YES}),
            detail=("first_injury", "yes"),
            now="Yes, for the first time",
        ),
        Rule(9, "Pregnant or a new baby", _A.EARLIER_YES_THIS_YEAR),
        Rule(10, "Children at home", _A.CHILD_LINKED, values=_NO_CHILDREN),
        Rule(11, "Children harmed", _A.EARLIER_YES),
        Rule(12, "Threats to children", _A.EARLIER_YES),
        Rule(13, "Happening more often", _A.MANY_INCIDENTS),
        Rule(14, "Getting worse", _A.MANY_INCIDENTS),
        Rule(16, "Weapon used", _A.EARLIER_YES),
        Rule(17, "Threat to kill", _A.EARLIER_YES),
        Rule(18, "Strangled or choked", _A.EARLIER_YES),
        Rule(19, "Sexual harm", _A.EARLIER_YES),
        Rule(21, "Has hurt others", _A.EARLIER_YES),
        Rule(21, "Has hurt others", _A.NAMED_BY_ANOTHER),
        Rule(22, "Cruel to animals", _A.EARLIER_YES),
        Rule(25, "Suicide threats by the other person", _A.EARLIER_YES),
        Rule(26, "Ignored limits set for them", _A.EARLIER_YES),
        Rule(27, "Known to the police", _A.EARLIER_YES),
        Rule(27, "Known to the police", _A.NAMED_BEFORE),
    ),
    "frequency-abuse": (
        Rule(10, "Strangled or choked", _A.EARLIER_YES, now="Never"),
        Rule(11, "Sexual harm", _A.EARLIER_YES, now="Never"),
        Rule(12, "Happening more often, or getting worse", _A.MANY_INCIDENTS),
        Rule(14, "Pregnant or a new baby", _A.EARLIER_YES_THIS_YEAR),
        Rule(16, "Cruel to animals", _A.EARLIER_YES, now="Never"),
        Rule(18, "Suicide threats by the other person", _A.EARLIER_YES),
    ),
}
# The topic that the last page's question about children asks again.
CHILDREN_ITEM = {"dash-27": 10}


def contradictions(
    instrument_id: str,
    answers: Mapping[int, AnswerContent],
    children: Stated | None,
    history: History,
    limits: Limits,
) -> tuple[Contradiction, ...]:
    """Every answer that the history or another answer speaks against, in the order of topics."""
    past = _Past(instrument_id, history, limits)
    found = [
        contradiction
        for rule in RULES.get(instrument_id, ())
        if _is_said(rule, answers.get(rule.item))
        and (contradiction := _against(rule, answers[rule.item], past))
    ]
    return (*found, *_about_children(instrument_id, answers, children, history))


@dataclass(frozen=True, slots=True)
class _Past:
    """What an answer is held against, and what of it counts as many."""

    instrument_id: str
    history: History
    limits: Limits


def _is_said(rule: Rule, content: AnswerContent | None) -> bool:
    if content is None or content.value not in rule.values:
        return False
    if rule.detail is None:
        return True
    follow_up, value = rule.detail
    return value in content.details.get(follow_up, ())


def _against(rule: Rule, content: AnswerContent, past: _Past) -> Contradiction | None:
    if rule.against is Against.CHILD_LINKED:
        if not past.history.children_linked:
            return None
        now = rule.now if content.value is AnswerValue.NO else "No children or dependants"
        return Contradiction(rule.item, rule.topic, now, _LINKED)
    words, found = _FINDERS[rule.against](rule, past)
    if not found:
        return None
    return Contradiction(rule.item, rule.topic, rule.now, words, tuple(found))


_LINKED = "A child or dependant who lives there, or may, is linked to this incident"
_UNMATCHED = " (whether about the same person is not known)"
Finding = tuple[str, "Sequence[Mention]"]


def _earlier_yes(rule: Rule, past: _Past) -> Finding:
    found = [
        each
        for each in past.history.records
        if each.instrument_id == past.instrument_id
        and rule.item in each.yes
        and each.same_perpetrator is not False
    ]
    matched = any(each.same_perpetrator for each in found)
    return "“Yes” was recorded" + ("" if matched else _UNMATCHED), found


def _earlier_yes_this_year(rule: Rule, past: _Past) -> Finding:
    return "“Yes” was recorded", [
        each
        for each in past.history.within(PREGNANCY_MONTHS)
        if each.instrument_id == past.instrument_id and rule.item in each.yes
    ]


def _many_incidents(_rule: Rule, past: _Past) -> Finding:
    months, least = past.limits.escalation_months, past.limits.escalation_incidents
    recent = [each for each in past.history.within(months) if each.same_perpetrator is not False]
    count = len({each.incident_id for each in recent}) + 1
    matched = any(each.same_perpetrator for each in recent)
    words = f"{count} incidents in {months_in_words(months)}, this one included"
    return words + ("" if matched else _UNMATCHED), recent if count >= least else ()


def _named_before(_rule: Rule, past: _Past) -> Finding:
    same = [each for each in past.history.records if each.same_perpetrator]
    found: list[Mention] = [*same, *past.history.with_other_victims]
    return "An incident names the same alleged perpetrator", sorted(
        found, key=lambda each: each.on, reverse=True
    )


def _named_by_another(_rule: Rule, past: _Past) -> Finding:
    words = "An incident with somebody else names the same alleged perpetrator"
    return words, past.history.with_other_victims


_FINDERS: dict[Against, Callable[[Rule, _Past], Finding]] = {
    Against.EARLIER_YES: _earlier_yes,
    Against.EARLIER_YES_THIS_YEAR: _earlier_yes_this_year,
    Against.MANY_INCIDENTS: _many_incidents,
    Against.NAMED_BEFORE: _named_before,
    Against.NAMED_BY_ANOTHER: _named_by_another,
}


def _about_children(
    instrument_id: str,
    answers: Mapping[int, AnswerContent],
    children: Stated | None,
    history: History,
) -> list[Contradiction]:
    """The last page's question against the topic, and against who is linked to the incident."""
    said, topic = f"{children.label} (last page)" if children else "", "Children in the household"
    found = []
    if children is Stated.NO and history.children_linked:
        found.append(Contradiction(None, topic, said, _LINKED))
    item = CHILDREN_ITEM.get(instrument_id, 0)
    value = answers[item].value if item in answers else None
    disagree = (children is Stated.NO and value is AnswerValue.YES) or (
        children is Stated.YES and value in _NO_CHILDREN
    )
    if value and disagree:
        words = f"Topic {item} was answered “{value.label}”"
        found.append(Contradiction(None, topic, said, words))
    return found
