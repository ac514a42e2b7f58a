"""The last page of an attempt: what is entered on it, and what is still owed before it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from dash_forms.domain.answers import Tally
from dash_forms.domain.assessment import Outcome, State, submitted
from dash_forms.domain.authority import is_below_count, naming_refusals
from dash_forms.domain.body_worn_video import CameraAnswer
from dash_forms.domain.duties import Duties, owed_duties
from dash_forms.domain.errors import InvalidError, require_none
from dash_forms.domain.grading import Grade, Judgement, Stated, rationale_refusal
from dash_forms.domain.incidents import Interpreter, Mode, Purpose
from dash_forms.domain.marac import request_refusal
from dash_forms.domain.prompts import Threshold
from dash_forms.store.answers import StoredAnswer
from dash_forms.store.authorisers import Colleague
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
    username: str = ""
    """Of who else stands with the grade, typed on a tablet that has no list of people."""
    interpreter: Interpreter | None = None
    purpose: Purpose | None = None
    marac: str | None = None
    """Why a specialist should decide on MARAC; None where an older tablet did not ask."""
    camera: CameraAnswer | None = None
    """What the sender's camera did; None where it was not asked, or not answered."""

    def keeping(self, interpreter: Interpreter | None, purpose: Purpose | None) -> Closing:
        """With what the offer said before, where this page was not asked or did not know it."""
        return replace(
            self,
            interpreter=self.interpreter or interpreter,
            purpose=self.purpose.kept(purpose) if self.purpose else purpose,
        )

    def naming(self, colleagues: Iterable[Colleague]) -> Closing:
        """With the one of these who has that username, if anybody has."""
        found = next((each.id for each in colleagues if each.username == self.username), None)
        if not self.username or found is None:
            return self
        return replace(self, authority=replace(self.authority, authoriser=found))


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
    stopped: bool = False
    """Nobody is to contact the victim any more."""
    needs_interpreter: bool = False
    """It is known from elsewhere that the victim needs one."""
    children_at_home: int = 0
    """How many are linked to the incident who live in the household, or may."""


def still_owed(closing: Closing, standing: Standing) -> list[InvalidError]:
    """Everything that keeps an attempt from being sent, in the order of the page."""
    counts, ended = standing.counts, standing.ended
    return [
        *undecided(standing.stored),
        *standing.add_ons,
        *_owed_ending(ended, items_left=counts.items - counts.with_value),
        *_owed_children(closing, standing),
        *_owed_offer(closing, ended),
        *_owed_interpreter(closing, standing),
        *owed_duties(closing.duties, ended, stopped=standing.stopped),
        *_owed_grade(closing),
        *_owed_authority(closing, standing),
        *filter(None, [request_refusal(closing.marac or "")]),
    ]


def sent(closing: Closing, standing: Standing, state: State) -> tuple[Judgement, State]:
    """The grade that is given by sending this now, and the state that follows.

    Refuses in words whatever is still owed, a grade above all: nothing is sent without one.
    """
    require_none(still_owed(closing, standing))
    assert closing.grade is not None  # noqa: S101 - it would be owed
    return Judgement(closing.grade, closing.rationale), submitted(state, standing.ended)


def owed_at_least(ended: Outcome) -> list[InvalidError]:
    """What an attempt owes that ended so, before anything is entered on the last page."""
    nothing = Closing(None, None, None, "", None, "", 1)
    return [
        InvalidError("Answer the question about children or dependants", field="children"),
        *_owed_offer(nothing, ended),
        *owed_duties(nothing.duties, ended),
        *_owed_grade(nothing),
    ]


def _owed_authority(closing: Closing, standing: Standing) -> Iterator[InvalidError]:
    """A grade below what the count means is not one person's decision (scenario 2)."""
    if is_below_count(closing.grade, standing.threshold):
        named = closing.authority
        yield from naming_refusals(
            is_named=named.authoriser in {each.id for each in standing.authorisers},
            because=named.because,
            field="authorised_because",
            username=closing.username,
        )


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


def _owed_children(closing: Closing, standing: Standing) -> Iterator[InvalidError]:
    """An answer, and none that contradicts who is linked to the incident in silence."""
    if closing.children is None:
        yield InvalidError("Answer the question about children or dependants", field="children")
    elif closing.children is Stated.NO and standing.children_at_home:
        yield InvalidError(
            "A child or dependant who lives there, or may, is linked to this incident. Answer"
            " “yes”, or change on the incident’s page where the child lives",
            field="children",
        )


def asks_offer(ended: Outcome) -> bool:
    """Whether it is asked how the assessment was offered: there was a victim to offer it to."""
    return ended not in {Outcome.NOT_OFFERED, Outcome.UNABLE}


def _owed_offer(closing: Closing, ended: Outcome) -> Iterator[InvalidError]:
    if asks_offer(ended):
        if closing.mode is None:
            yield InvalidError("Say how the assessment was offered", field="mode")
        if closing.seen_alone is None:
            yield InvalidError("Say whether the victim was spoken to alone", field="seen_alone")


def _owed_interpreter(closing: Closing, standing: Standing) -> Iterator[InvalidError]:
    """Asked of nobody until something shows that an interpreter is needed."""
    if asks_offer(standing.ended) and standing.needs_interpreter and closing.interpreter is None:
        yield InvalidError(
            "Say whether an interpreter was used: this victim is known to need one",
            field="interpreter",
        )


def _owed_grade(closing: Closing) -> Iterator[InvalidError]:
    if closing.grade is None:
        yield InvalidError(
            "Choose a risk grade. It is needed even when the victim declines", field="grade"
        )
    if refusal := rationale_refusal(closing.rationale):
        yield refusal
