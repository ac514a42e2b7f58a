"""Facts that a person must weigh before grading, each with the rule that raised it.

A prompt never grades (domain guide §2): it says what is so and why it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash_forms.domain.answers import AnswerValue, tally
from dash_forms.domain.declines import HONOUR
from dash_forms.domain.instruments import AnswerKind
from dash_forms.domain.periods import months_before, months_in_words, words_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from dash_forms.domain.answers import Given, Tally
    from dash_forms.domain.history import History
    from dash_forms.domain.instruments import Instrument


@dataclass(frozen=True, slots=True)
class Limits:
    """What a force can set about the prompts."""

    escalation_incidents: int = 3
    escalation_months: int = 12
    marac_repeat_months: int = 12


@dataclass(frozen=True, slots=True)
class Prompt:
    """A fact in a line, the rule that raised it, and whether a specialist has to look at it."""

    id: str
    text: str
    rule: str
    for_specialist: bool = False


@dataclass(frozen=True, slots=True)
class _Topics:
    """A prompt raised by answers: a "yes" to one of each group of topics."""

    id: str
    text: str
    groups: tuple[frozenset[int], ...]
    for_specialist: bool = False


_LEFT, _CONTROL = frozenset({6}), frozenset({15})
_VIOLENCE = frozenset({1, 11, 16, 18, 19})
# One row for each prompt, by question set, main or add-on: only this table and the set know what
# its topics ask. A set that was published is frozen, so the rows stand here and not in its file.
_TOPICS: dict[str, tuple[_Topics, ...]] = {
    "dash-27": (
        _Topics("strangulation", "Strangled, choked or suffocated", (frozenset({18}),)),
        _Topics("threat_to_kill", "A believed threat to kill", (frozenset({17}),)),
        _Topics(
            "separation_control_violence",
            "Separation, control and violence together",
            (_LEFT, _CONTROL, _VIOLENCE),
        ),
        _Topics(
            "stalking",
            "Repeated contact, following or watching",
            (frozenset({8}),),
            for_specialist=True,
        ),
        _Topics(
            "honour",
            "Others threaten too: ask about honour-based abuse",
            (frozenset({20}),),
            for_specialist=True,
        ),
    ),
    "frequency-abuse": (
        _Topics("strangulation", "Strangled, choked or suffocated", (frozenset({10}),)),
        _Topics(
            "separation_control_violence",
            "Separation, control and violence together",
            (frozenset({13}), frozenset({1}), frozenset({9, 10, 11})),
        ),
        _Topics(
            "honour",
            "Others frighten or control too: ask about honour-based abuse",
            (frozenset({17}),),
            for_specialist=True,
        ),
    ),
    "stalking-11": (
        _Topics(
            "stalking_threats",
            "Threats of violence, or of something sexual, with the stalking",
            (frozenset({6}),),
            for_specialist=True,
        ),
        _Topics(
            "stalking_violence",
            "Violence to others with the stalking",
            (frozenset({8}),),
            for_specialist=True,
        ),
        _Topics(
            "stalking_fear",
            "The stalking leaves the victim badly frightened",
            (frozenset({1}),),
            for_specialist=True,
        ),
    ),
    "honour-10": (
        _Topics(
            "honour_threats",
            "Threats to harm or kill, where honour is at stake",
            (frozenset({10}),),
            for_specialist=True,
        ),
        _Topics(
            "forced_marriage", "A forced marriage is feared", (frozenset({7}),), for_specialist=True
        ),
        _Topics(
            "taken_abroad",
            "Being taken or left abroad is feared",
            (frozenset({8}),),
            for_specialist=True,
        ),
        # Any of the others is a sign too: some areas refer every such case to MARAC (guide §1.3).
        _Topics(
            "honour_signs",
            "Signs of honour-based abuse",
            (frozenset({1, 2, 3, 4, 5, 6, 9}),),
            for_specialist=True,
        ),
    ),
}


_HONOUR_REASON = Prompt(
    "honour_reason",
    "Shame, family, community or honour kept the victim from answering",
    "Shown for that reason, said or inferred: the victim may be at risk from more people than one,"
    " and there may be one chance only to speak",
    for_specialist=True,
)
_MARAC_ASKED_FOR = Prompt(
    "marac_asked_for",
    "A decision on MARAC is asked for",
    "Asked for in words, whatever was answered and counted: a door to MARAC by professional"
    " judgement",
    for_specialist=True,
)


@dataclass(frozen=True, slots=True)
class Threshold:
    """The count that a local threshold belongs to; it is not the count of all topics."""

    of: int
    least: int
    counts: Tally

    @property
    def is_met(self) -> bool:
        return self.counts.ticks >= self.least


def threshold_of(instrument: Instrument, answers: Mapping[int, Given]) -> Threshold | None:
    """The count with a threshold, where the set defines one."""
    for each in instrument.tick_sets:
        if each.threshold is not None:
            counts = tally(answers, each.items)
            return Threshold(len(each.items), each.threshold, counts)
    return None


def prompts(
    instrument: Instrument,
    answers: Mapping[int, Given],
    history: History,
    limits: Limits,
    *,
    marac_on: date | None = None,
    add_ons: Iterable[tuple[Instrument, Mapping[int, Given]]] = (),
    reasons: Collection[str] = (),
    marac_asked_for: bool = False,
) -> tuple[Prompt, ...]:
    """Every prompt that these answers and this history raise, the most serious first.

    `marac_on` is the day on which the same two people were last referred to MARAC, and `add_ons`
    are the further sets that were asked, with their answers. `reasons` are the codes of why the
    victim declined. `marac_asked_for` says that somebody
    asks for a decision by judgement, which a refusal to answer must not stand in the way of.
    """
    found = [
        *_visible_high_risk(instrument, answers),
        *_of_topics(instrument, answers),
        *(each for add_on, given in add_ons for each in _of_topics(add_on, given)),
        *_escalation(history, limits),
        *_marac_repeat(history, limits, marac_on),
    ]
    if HONOUR in reasons:
        found.append(_HONOUR_REASON)
    if marac_asked_for:
        found.append(_MARAC_ASKED_FOR)
    return tuple(found)


def _visible_high_risk(instrument: Instrument, answers: Mapping[int, Given]) -> Iterator[Prompt]:
    threshold = threshold_of(instrument, answers)
    if threshold is not None and threshold.is_met:
        yield Prompt(
            "visible_high_risk",
            f"{threshold.counts.ticks} of {threshold.of} topics are “yes”",
            f"Shown from {threshold.least} on, counted over the {threshold.of} topics that the"
            " threshold belongs to: a door to MARAC",
            for_specialist=True,
        )


def _of_topics(instrument: Instrument, answers: Mapping[int, Given]) -> Iterator[Prompt]:
    yes = {number for number, given in answers.items() if given.value is AnswerValue.YES}
    for each in _TOPICS.get(instrument.id, ()):
        if all(group & yes for group in each.groups):
            named = sorted(yes & frozenset().union(*each.groups))
            topics = instrument.topics_in_words(named)
            on_scale = any(instrument.item(n).kind is AnswerKind.FREQUENCY for n in named)
            said = "“yes”, or more often than “never”" if on_scale else "“yes”"
            yield Prompt(each.id, each.text, f"{topics} answered {said}", each.for_specialist)


def _escalation(history: History, limits: Limits) -> Iterator[Prompt]:
    since = months_before(history.on, limits.escalation_months)
    incidents = {record.incident_id for record in history.records if record.on >= since}
    count = len(incidents) + 1
    if count >= limits.escalation_incidents:
        yield Prompt(
            "escalation",
            f"{count} incidents in {months_in_words(limits.escalation_months)}, this one included",
            f"Shown from {limits.escalation_incidents} incidents of this victim on: a door to MARAC"
            " as potential escalation",
            for_specialist=True,
        )


def is_marac_repeat(referred_on: date, on: date, limits: Limits) -> bool:
    """Whether an incident on that day follows the referral closely enough to be a repeat."""
    return months_before(on, limits.marac_repeat_months) <= referred_on <= on


def _marac_repeat(history: History, limits: Limits, marac_on: date | None) -> Iterator[Prompt]:
    if marac_on is not None and is_marac_repeat(marac_on, history.on, limits):
        yield Prompt(
            "marac_repeat",
            f"Referred to MARAC on {words_for(marac_on)}, the same two people",
            f"Shown for any further incident within {months_in_words(limits.marac_repeat_months)}"
            " of a referral, whatever the count: a door to MARAC as a repeat",
            for_specialist=True,
        )
