"""What a question set is made of: sections, items, choices, follow-ups, gates and tick sets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.answers import FREQUENCY_DETAIL, AnswerValue, Frequency, frequency_of
from dash_forms.domain.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class NotInInstrumentError(NotFoundError, LookupError):
    """No question set, or nothing in it, goes by that name."""


class SetRole(StrEnum):
    """Whether an assessment is made with a set, or a set is offered on top of it."""

    MAIN = "main"
    ADD_ON = "add_on"

    @property
    def label(self) -> str:
        return "main set" if self is SetRole.MAIN else "add-on"


class AskedFor(StrEnum):
    """Whom one round of a set is about; a block is asked once for each child, or each animal."""

    VICTIM = "victim"
    EACH_CHILD = "each_child"
    EACH_ANIMAL = "each_animal"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")

    @property
    def is_repeated(self) -> bool:
        """A block has a round for each child, or each animal."""
        return self is not AskedFor.VICTIM

    @property
    def another(self) -> str:
        """Whom the next round is about."""
        return f"another {self.value.removeprefix('each_')}"


class AnswerKind(StrEnum):
    """How an item is answered."""

    YES_NO = "yes_no"
    FREQUENCY = "frequency"


class FollowUpKind(StrEnum):
    """How a follow-up is answered: in words, with one option, or with any number of them."""

    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"


class Trigger(StrEnum):
    """What a "yes" sets in motion; a list, so that a misspelt one is refused and not ignored."""

    ADD_SUSPECT = "add_suspect"
    ANIMAL_BLOCK = "animal_block"
    BREACH_CHECK = "breach_check"
    CHILD_BLOCK = "child_block"
    CHILD_REFERRAL = "child_referral"
    CLARES_LAW = "clares_law"
    COERCIVE_CONTROL_OFFENCE = "coercive_control_offence"
    ECONOMIC_ABUSE_SUPPORT = "economic_abuse_support"
    ENCOMPASS = "encompass"
    ESCALATION_PROMPT = "escalation_prompt"
    H_DASH_OFFER = "h_dash_offer"
    HEALTH_SUBSTANCE_INFO = "health_substance_info"
    HOMICIDE_SUICIDE_PROMPT = "homicide_suicide_prompt"
    MEDICAL = "medical"
    OFFICER_SAFETY = "officer_safety"
    PHOTOS = "photos"
    RECORDS_CHECK = "records_check"
    S_DASH_OFFER = "s_dash_offer"
    SAFEGUARDING_REFERRAL = "safeguarding_referral"
    SARC = "sarc"
    SPECIALIST_OFFICER = "specialist_officer"
    STRANGULATION_OFFENCE = "strangulation_offence"
    THREAT_TO_KILL_OFFENCE = "threat_to_kill_offence"
    TRIAD_PROMPT = "triad_prompt"
    URGENT_ACTION = "urgent_action"
    URGENT_HEALTH = "urgent_health"

    @property
    def label(self) -> str:
        return _TRIGGER_LABELS.get(self, self.value.replace("_", " "))

    @property
    def action(self) -> str:
        """What the officer is to do or to weigh; empty where an add-on set is offered instead."""
        return _ACTIONS.get(self, "")

    @property
    def is_offer(self) -> bool:
        """It does nothing but offer an add-on set."""
        return self in {
            Trigger.ANIMAL_BLOCK,
            Trigger.CHILD_BLOCK,
            Trigger.H_DASH_OFFER,
            Trigger.S_DASH_OFFER,
        }


_TRIGGER_LABELS = {
    Trigger.CLARES_LAW: "Clare’s Law",
    Trigger.ENCOMPASS: "Operation Encompass",
    Trigger.H_DASH_OFFER: "H-DASH offer",
    Trigger.HEALTH_SUBSTANCE_INFO: "health and substance information",
    Trigger.HOMICIDE_SUICIDE_PROMPT: "homicide–suicide prompt",
    Trigger.MEDICAL: "medical help",
    Trigger.PHOTOS: "photographs",
    Trigger.S_DASH_OFFER: "S-DASH offer",
    Trigger.SARC: "sexual assault referral centre",
    Trigger.TRIAD_PROMPT: "separation, control and violence together",
}


_ACTIONS = {
    Trigger.ADD_SUSPECT: "Record the further suspect",
    Trigger.BREACH_CHECK: "Check for a breach of bail, an order or contact terms",
    Trigger.CHILD_REFERRAL: "Refer to children’s services, the unborn child too",
    Trigger.CLARES_LAW: "Consider Clare’s Law",
    Trigger.COERCIVE_CONTROL_OFFENCE: "Consider the offence of controlling or coercive behaviour",
    Trigger.ECONOMIC_ABUSE_SUPPORT: "Offer help with economic abuse",
    Trigger.ENCOMPASS: "Link each child, so that the school is told",
    Trigger.ESCALATION_PROMPT: "Weigh that it is getting worse or more frequent",
    Trigger.HEALTH_SUBSTANCE_INFO: "Note what is known of health, drink and drugs",
    Trigger.HOMICIDE_SUICIDE_PROMPT: "Weigh the danger of killing and suicide together",
    Trigger.MEDICAL: "Get medical help, or offer it",
    Trigger.OFFICER_SAFETY: "Mark the danger to officers, and check for firearms",
    Trigger.PHOTOS: "Photograph the injuries or the damage",
    Trigger.RECORDS_CHECK: "Check PNC and PND",
    Trigger.SAFEGUARDING_REFERRAL: "Refer the child, or the adult at risk, now",
    Trigger.SARC: "Offer the sexual assault referral centre",
    Trigger.SPECIALIST_OFFICER: "Ask for a specialist officer",
    Trigger.STRANGULATION_OFFENCE: "Consider the offence of strangulation or suffocation",
    Trigger.THREAT_TO_KILL_OFFENCE: "Consider the offence of threats to kill",
    Trigger.TRIAD_PROMPT: "Weigh separation, control and violence together",
    Trigger.URGENT_ACTION: "Act at once, and tell a supervisor",
    Trigger.URGENT_HEALTH: "Get health help now if the victim might act on it",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the conversation."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that an item offers, and the value that is recorded for it."""

    name: str
    label: str
    value: AnswerValue
    frequency: Frequency | None = None

    @property
    def details(self) -> dict[str, tuple[str, ...]]:
        """What is recorded beside the value: how often, where it happens at all."""
        return {} if self.frequency is None else self.frequency.details


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that a follow-up offers."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A further question, asked only after the answers in `when`."""

    id: str
    label: str
    kind: FollowUpKind
    options: tuple[Option, ...]
    when: tuple[AnswerValue, ...]


HOW_OFTEN = FollowUp(
    id=FREQUENCY_DETAIL,
    label="How often",
    kind=FollowUpKind.CHOICE,
    options=tuple(
        Option(each.value, each.label) for each in Frequency if each.recorded_as is AnswerValue.YES
    ),
    when=(AnswerValue.YES,),
)
"""The first follow-up of every item with a frequency scale: where the scale is kept."""

_PLAIN = tuple(Choice(value.value, value.label, value) for value in AnswerValue)
_CHOICES = {
    AnswerKind.YES_NO: _PLAIN,
    AnswerKind.FREQUENCY: (
        *(Choice(each.value, each.label, each.recorded_as, each) for each in Frequency),
        *(choice for choice in _PLAIN if choice.value not in {AnswerValue.YES, AnswerValue.NO}),
    ),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One topic: what to say, how to say it, and what follows from the answer."""

    number: int
    section: str
    prompt: str
    how_to_ask: str
    high_risk: bool
    kind: AnswerKind
    follow_ups: tuple[FollowUp, ...]
    triggers: tuple[Trigger, ...]
    skippable: bool
    """Whether a gate may take this item away; what must always be asked says no."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The answers it offers, in order."""
        return _CHOICES[self.kind]

    @property
    def actions(self) -> tuple[str, ...]:
        """What a "yes" asks the officer to do or to weigh, in the set's order."""
        return tuple(each.action for each in self.triggers if each.action)

    @property
    def further(self) -> tuple[FollowUp, ...]:
        """The follow-ups besides the scale itself, which is the answer."""
        return tuple(each for each in self.follow_ups if each is not HOW_OFTEN)

    def chosen(
        self, value: AnswerValue | None, details: Mapping[str, tuple[str, ...]]
    ) -> Choice | None:
        """The choice that a stored answer was; None for a blank, or a "yes" without how often."""
        on_scale = self.kind is AnswerKind.FREQUENCY
        often = frequency_of(value, details) if on_scale else None
        for each in self.choices:
            if each.value is value and each.frequency is often:
                return each
        return None

    def said(self, value: AnswerValue, details: Mapping[str, tuple[str, ...]]) -> str:
        """A stored answer in the words of its choice."""
        choice = self.chosen(value, details)
        return choice.label if choice else value.label

    def applying(self, value: AnswerValue) -> tuple[FollowUp, ...]:
        """The follow-ups that apply once this item is answered with `value`."""
        return tuple(follow_up for follow_up in self.follow_ups if value in follow_up.when)


@dataclass(frozen=True, slots=True)
class Gate:
    """One tap that gives several items the same answer, and can be taken back."""

    id: str
    label: str
    undo_label: str
    items: tuple[int, ...]
    sets: AnswerValue


@dataclass(frozen=True, slots=True)
class TickSet:
    """The items whose "yes" is counted together, and the count that matters, if one does."""

    id: str
    title: str
    items: tuple[int, ...]
    threshold: int | None


@dataclass(frozen=True, slots=True)
class Instrument:
    """One published version of a question set. Items are numbered 1, 2, 3 … in order."""

    id: str
    version: int
    title: str
    attribution: str
    licence_note: str
    role: SetRole
    asked_for: AskedFor
    offered_on: tuple[Trigger, ...]
    """An add-on is offered once a "yes" of the main set pulls one of these."""
    offered_for_children: bool
    """An add-on is offered, whatever was answered, where a child is linked to the incident."""
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    gates: tuple[Gate, ...]
    tick_sets: tuple[TickSet, ...]
    digest: str

    @property
    def key(self) -> str:
        """The name of this version, as its file and stored answers have it: `dash-27.v1`."""
        return f"{self.id}.v{self.version}"

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all items, in order."""
        return tuple(item.number for item in self.items)

    @property
    def words_for_no(self) -> str:
        """How "no" reads in this set: "Never" on a scale, or both where items differ."""
        labels = (
            choice.label
            for item in self.items
            for choice in item.choices
            if choice.value is AnswerValue.NO
        )
        return "” or “".join(dict.fromkeys(labels))

    def topics_in_words(self, numbers: Iterable[int]) -> str:
        """Some of its items as they are named beside what they call for, a set's title with them.

        A main set needs no title: "Topics 6, 15".
        """
        listed = sorted(numbers)
        named = ("Topic " if len(listed) == 1 else "Topics ") + ", ".join(map(str, listed))
        return f"{named} of “{self.title}”" if self.role is SetRole.ADD_ON else named

    def item(self, number: int) -> Item:
        """The item with this number, or NotInInstrumentError."""
        if not 1 <= number <= len(self.items):
            raise NotInInstrumentError(f"{self.key} has no item {number}")
        return self.items[number - 1]

    def items_in(self, section_id: str) -> tuple[Item, ...]:
        """The items of one section, in order, or NotInInstrumentError."""
        if all(section.id != section_id for section in self.sections):
            raise NotInInstrumentError(f"{self.key} has no section {section_id}")
        return tuple(item for item in self.items if item.section == section_id)

    def gate(self, gate_id: str) -> Gate:
        """The gate with this id, or NotInInstrumentError."""
        for gate in self.gates:
            if gate.id == gate_id:
                return gate
        raise NotInInstrumentError(f"{self.key} has no gate {gate_id}")

    def tick_set(self, tick_set_id: str) -> TickSet:
        """The tick set with this id, or NotInInstrumentError."""
        for tick_set in self.tick_sets:
            if tick_set.id == tick_set_id:
                return tick_set
        raise NotInInstrumentError(f"{self.key} has no tick set {tick_set_id}")
