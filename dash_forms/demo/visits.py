"""How a visit goes: the victim answers, stops, declines or cannot be asked; a person grades."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from dash_forms.demo.answering import Conversation
from dash_forms.demo.attempts import Attempt, Closing
from dash_forms.demo.chance import Deck, Weighted
from dash_forms.demo.words import OBSERVED, RATIONALES, REASON_TEXTS
from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.assessment import Event, Outcome, State
from dash_forms.domain.declines import (
    Basis,
    Ending,
    GivenReason,
    RecordedReasons,
    reason,
    reasons_for,
)
from dash_forms.domain.grading import Grade, Judgement, Stated
from dash_forms.domain.incidents import DASH_FROM_AGE, Mode, ResponseGrade

if TYPE_CHECKING:
    from datetime import datetime

    from dash_forms.demo.calendar import Year
    from dash_forms.demo.chance import Chance
    from dash_forms.demo.force import Team
    from dash_forms.demo.households import Household
    from dash_forms.domain.instruments import Item

DECLINE_RATE_FIRST, DECLINE_RATE_LAST = 0.39, 0.31
_RECENT = timedelta(days=3)
_STILL_OPEN = 0.35
_UNDER_16, _DECEASED = "under_16", "deceased"
_BLANKET_NO = 0.03  # the share of completed assessments in which nothing is a yes

# Of victims aged 16 or over; whether the rest declined is the team's and the season's matter.
_UNCOUNTED = {Outcome.EXEMPT: 0.03, Outcome.NOT_OFFERED: 0.03, Outcome.UNABLE: 0.08}
_LEFT_AFTER = 13
_PARTIAL = 0.09  # of those who could be asked

_COMMON = {
    "fear_of_abuser": 6, "fear_for_children": 4, "not_abuse": 7, "immediate_help_only": 7,
    "protects_abuser": 6, "no_police_action": 9, "distrust": 5, "answered_before": 5,
    "bad_time": 4, "none_given": 7, "no_privacy": 6, "intoxicated": 8, "left": 5, "distressed": 4,
    "urgent_duty": 5, "believed_done": 3, "not_domestic": 9, "already_assessed": 6,
    "abuser_in_room": 0.4, "too_intoxicated": 0.4, "not_understood": 0.3, "deceased": 0.2,
}  # fmt: skip
_ELSE = 2.0
_INFERRED = 0.35


def _deck(ending: Ending) -> Deck[str]:
    codes = [each.code for each in reasons_for(ending) if each.code != _UNDER_16]
    return Deck({code: _COMMON.get(code, _ELSE) for code in codes})


_MODES = Weighted({Mode.IN_PERSON: 0.95, Mode.TELEPHONE: 0.03, Mode.VIDEO: 0.02})
_ALONE = Weighted({Stated.YES: 0.85, Stated.NO: 0.12, Stated.NOT_KNOWN: 0.03})


@dataclass(frozen=True, slots=True)
class Scene:
    """What a visit starts from."""

    attempt: Attempt
    household: Household
    team: Team
    victim_age: int | None
    response: ResponseGrade

    @property
    def is_under_age(self) -> bool:
        """The child process applies instead."""
        return self.victim_age is not None and self.victim_age < DASH_FROM_AGE


@dataclass(slots=True)
class Visits:
    """Takes attempts to their end, each reason and outcome at least once."""

    chance: Chance
    year: Year
    decks: dict[Ending, Deck[str]] = field(
        default_factory=lambda: {ending: _deck(ending) for ending in Ending}
    )

    def make(self, scene: Scene) -> datetime:
        """Let a visit happen; returns when the officer was done."""
        talk = self._begin(scene)
        if self._stays_open(scene):
            self._leave_open(scene, talk)
            return talk.at
        self._go(self._fate(scene), scene, talk)
        if scene.attempt.state is not State.EXEMPT_PENDING:
            self._close(scene, talk)
        return talk.at

    def revisit(self, scene: Scene, fate: Outcome) -> None:
        """Let a further visit end so."""
        talk = self._begin(scene)
        self._go(fate, scene, talk)
        self._close(scene, talk)

    def leave(self, scene: Scene, state: State) -> None:
        """Break off a visit in a state, to be taken up again."""
        talk = self._begin(scene)
        if state is State.DRAFT:
            self._begin_asking(scene, talk)
            talk.save(talk.ask(scene.attempt.instrument.items[:_LEFT_AFTER]))
        elif state is State.DECLINING:
            self._decline(scene, talk)

    def _begin_asking(self, scene: Scene, talk: Conversation) -> None:
        """Offer and start."""
        is_call = scene.response is ResponseGrade.TELEPHONE
        mode = Mode.TELEPHONE if is_call else _MODES.pick(self.chance)
        scene.attempt.offer(mode, _ALONE.pick(self.chance))
        scene.attempt.start(talk.at)

    def _decline(self, scene: Scene, talk: Conversation) -> None:
        """The victim declines, mostly at the door and sometimes after hearing the first words."""
        self._end_unasked(scene, talk, Event.DECLINE, Ending.DECLINED)

    def _begin(self, scene: Scene) -> Conversation:
        at = scene.attempt.created_at + self.chance.minutes(3, 15)
        return Conversation(self.chance, scene.attempt, scene.household, at)

    def _stays_open(self, scene: Scene) -> bool:
        """Only of late, and never on the lists of those whom visitors sign in as."""
        is_recent = scene.attempt.created_at > self.year.closes_at - _RECENT
        return is_recent and not scene.attempt.author.signs_in and self.chance.happens(_STILL_OPEN)

    def _leave_open(self, scene: Scene, talk: Conversation) -> None:
        if self.chance.happens(0.4):
            return  # linked, not started yet
        self._begin_asking(scene, talk)
        items = scene.attempt.instrument.items
        talk.save(talk.ask(items[: self.chance.randint(4, 20)]))

    def _fate(self, scene: Scene) -> Outcome:
        if scene.is_under_age:
            return Outcome.EXEMPT
        drawn = self.chance.random()
        for outcome, share in _UNCOUNTED.items():
            if drawn < share:
                return outcome
            drawn -= share
        return self._answer(scene)

    def _answer(self, scene: Scene) -> Outcome:
        """D1 as it would be measured: of victims who completed, stopped part-way or declined."""
        over = self.year.progress(scene.attempt.created_at)
        rate = DECLINE_RATE_FIRST + (DECLINE_RATE_LAST - DECLINE_RATE_FIRST) * over
        drawn = self.chance.random() - rate - scene.team.decline_offset
        if drawn < 0:
            return Outcome.DECLINED
        return Outcome.PARTIAL if drawn < _PARTIAL else Outcome.COMPLETED

    def _go(self, fate: Outcome, scene: Scene, talk: Conversation) -> None:
        match fate:
            case Outcome.EXEMPT:
                self._exempt(scene, talk)
            case Outcome.NOT_OFFERED:
                self._not_offered(scene, talk)
            case Outcome.UNABLE:
                self._cannot(scene, talk)
            case Outcome.DECLINED:
                self._decline(scene, talk)
            case Outcome.PARTIAL:
                self._stop(scene, talk)
            case _:
                self._complete(scene, talk)

    def _complete(self, scene: Scene, talk: Conversation) -> None:
        self._begin_asking(scene, talk)
        if self.chance.happens(_BLANKET_NO):
            talk.seconds = (2, 7)
            talk.save(talk.all_no(scene.attempt.instrument.items))
            return
        talk.save(talk.ask(self._through_gates(scene, talk)))

    def _through_gates(self, scene: Scene, talk: Conversation) -> list[Item]:
        """The items that are left once those about children are known not to apply."""
        instrument = scene.attempt.instrument
        if scene.household.children or self.chance.happens(0.2):
            return list(instrument.items)
        talk.close_gate()
        gone = {number for gate in instrument.gates for number in gate.items}
        return [item for item in instrument.items if item.number not in gone]

    def _stop(self, scene: Scene, talk: Conversation) -> None:
        """Partial: the victim stops, something interrupts, or single items stay unanswered."""
        self._begin_asking(scene, talk)
        items = scene.attempt.instrument.items
        if self.chance.happens(0.3):
            value = self.chance.choice((AnswerValue.DECLINED, AnswerValue.NOT_ASKED))
            left = set(self.chance.sample(items, self.chance.randint(1, 5)))
            talk.save(talk.ask(item for item in items if item not in left))
            talk.save(talk.refuse((item for item in items if item in left), value))
            return
        talk.save(talk.ask(items[: self.chance.randint(4, 22)]))
        event, ending = self.chance.choice(
            ((Event.DECLINE, Ending.DECLINED), (Event.CANNOT, Ending.UNABLE))
        )
        deck = self.decks[ending]
        reasons = RecordedReasons(ending, self._given(deck.weighted.pick(self.chance), ending))
        scene.attempt.end(talk.at, event, reasons)

    def _cannot(self, scene: Scene, talk: Conversation) -> None:
        self._end_unasked(scene, talk, Event.CANNOT, Ending.UNABLE)

    def _not_offered(self, scene: Scene, talk: Conversation) -> None:
        scene.attempt.end(talk.at, Event.NOT_OFFER, self._reasons(Ending.NOT_OFFERED))
        talk.save(talk.observe(scene.attempt.instrument.items))

    def _exempt(self, scene: Scene, talk: Conversation) -> None:
        if scene.is_under_age:
            reasons = RecordedReasons(Ending.EXEMPT, GivenReason(_UNDER_16, Basis.INFERRED))
        else:
            reasons = self._reasons(Ending.EXEMPT)
        scene.household.is_over = reasons.primary.code == _DECEASED
        scene.attempt.end(talk.at, Event.EXEMPT, reasons)

    def _end_unasked(self, scene: Scene, talk: Conversation, event: Event, ending: Ending) -> None:
        if self.chance.happens(0.3):
            self._begin_asking(scene, talk)
            talk.at += self.chance.minutes(0.5, 3)
        else:
            scene.attempt.offer(Mode.IN_PERSON, _ALONE.pick(self.chance))
        scene.attempt.end(talk.at, event, self._reasons(ending))
        talk.save(talk.observe(scene.attempt.instrument.items))

    def _reasons(self, ending: Ending) -> RecordedReasons:
        codes = [self.decks[ending].deal(self.chance)]
        if ending is Ending.DECLINED and self.chance.happens(0.3):
            codes += {self.decks[ending].weighted.pick(self.chance)} - set(codes)
        primary, *others = (self._given(code, ending) for code in codes)
        return RecordedReasons(ending, primary, tuple(others))

    def _given(self, code: str, ending: Ending) -> GivenReason:
        by_victim = ending in {Ending.DECLINED, Ending.UNABLE}
        inferred = not by_victim or self.chance.happens(_INFERRED)
        text = self.chance.choice(REASON_TEXTS) if reason(code).asks_text else ""
        return GivenReason(code, Basis.INFERRED if inferred else Basis.SAID, text)

    def _close(self, scene: Scene, talk: Conversation) -> None:
        talk.at += self.chance.minutes(2, 25)
        has_children = Stated.YES if scene.household.children else Stated.NO
        observed = self.chance.choice(OBSERVED) if self.chance.happens(0.7) else ""
        judgement = self._judgement(scene)
        unsure = scene.attempt.state is not State.DRAFT and self.chance.happens(0.2)
        children = Stated.NOT_KNOWN if unsure else has_children
        scene.attempt.submit(talk.at, Closing(children, observed, judgement))

    def _judgement(self, scene: Scene) -> Judgement:
        """As a person would judge, whatever the count: it can only raise the grade."""
        felt = scene.household.severity + self.chance.gauss(0, 0.12)
        reached = scene.attempt.count_means_high
        grade = Grade.HIGH if reached or felt > 0.78 else Grade.MEDIUM
        if not reached and felt < 0.5:
            grade = Grade.STANDARD
        return Judgement(grade, self.chance.choice(RATIONALES[grade]))
