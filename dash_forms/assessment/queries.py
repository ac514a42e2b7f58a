"""What an officer and a supervisor see of an assessment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from dash_forms.assessment.add_ons import owed_add_ons
from dash_forms.assessment.closing import Closing, Standing, asks_offer, still_owed
from dash_forms.domain.add_ons import (
    Offer,
    add_on_of,
    callers,
    round_title,
    set_and_round,
    undecided,
)
from dash_forms.domain.answers import Tally, tally
from dash_forms.domain.assessment import ENDED_STATES, Outcome, State
from dash_forms.domain.audit_events import Name
from dash_forms.domain.body_worn_video import FirstContact
from dash_forms.domain.contradictions import Contradiction, contradictions
from dash_forms.domain.duties import Duties, after_stop, asked_after, in_words
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.grading import Grade, Stated
from dash_forms.domain.history import History
from dash_forms.domain.ids import NOBODYS
from dash_forms.domain.incidents import Interpreter, Mode, Purpose
from dash_forms.domain.instruments import Instrument, Item, Section, SetRole
from dash_forms.domain.permissions import Permission
from dash_forms.domain.prompts import Limits, Prompt, Threshold, threshold_of
from dash_forms.domain.referrals import TaskState
from dash_forms.domain.safeguarding import children_not_linked
from dash_forms.domain.what_follows import Following, what_follows
from dash_forms.store.access import TitledHead, assessment_for, instrument_of, titled_head
from dash_forms.store.add_ons import TakenUp, begun_set, offers, sets_asked, taken_up
from dash_forms.store.answers import (
    Contender,
    StoredAnswer,
    awaiting_decision,
    contenders,
    given,
    stored_answers,
)
from dash_forms.store.attempts import AttemptView, attempts_of
from dash_forms.store.authorisers import Colleague, authorisers
from dash_forms.store.cameras import own_camera
from dash_forms.store.children import linked_children
from dash_forms.store.duties import (
    Authority,
    last_contact,
    named_authority,
    stored_authority,
    stored_duties,
)
from dash_forms.store.endings import ReasonView, outcome_of, recorded_ending, recorded_reasons
from dash_forms.store.grades import GivenGrade, ledger
from dash_forms.store.history import history_of
from dash_forms.store.language import needs_interpreter
from dash_forms.store.marac_decisions import Decided, marac_decision
from dash_forms.store.marac_requests import own_request, requests_in_words
from dash_forms.store.models import Account, Assessment, PairFact, Team
from dash_forms.store.prompts import raised_prompts
from dash_forms.store.reoffers import ContactStop, contact_stop, made_safe_in_words, stopped_since
from dash_forms.store.returns import Returned, last_return
from dash_forms.store.tasks import TaskLine, tasks_of
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with how far it has come."""

    section: Section
    items: tuple[Item, ...]
    answered_count: int


@dataclass(frozen=True, slots=True)
class AddOnView:
    """An add-on set as the officer sees it: what calls for it, and what became of it."""

    add_on: Instrument
    called_for_by: tuple[int, ...]
    """The topics whose "yes" calls for it."""
    offer: Offer | None
    rounds: tuple[TakenUp, ...]

    @property
    def is_listed(self) -> bool:
        """It is offered now, or something became of it."""
        return self.offer is not None or bool(self.rounds)

    @property
    def is_decided(self) -> bool:
        """Something was answered, or it was skipped with a reason."""
        return any(each.is_decided for each in self.rounds)


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """The assessment page. It names nobody: a victim, or somebody else, may see the screen."""

    id: UUID
    incident_id: UUID
    urn: str
    whose: str
    attempt: int
    rev: int
    """Of what is entered on the last page."""
    mode: Mode | None
    seen_alone: Stated | None
    state: State
    instrument: Instrument
    sections: tuple[SectionView, ...]
    answers: dict[int, StoredAnswer]
    contenders: dict[int, list[Contender]]
    tally: Tally
    resume_at: int
    closed_gates: frozenset[str]
    is_editable: bool
    is_ended: bool
    """An ending was recorded, so whatever is added comes from somebody else than the victim."""
    returned: Returned | None
    """What a supervisor asked to be put right, while it still has to be."""
    part: str
    """The add-on set that the cards are of; empty for the main set."""
    stop: ContactStop | None
    add_ons: tuple[AddOnView, ...]
    """What can be asked on top of the main set, and how each stands."""

    @property
    def is_blank(self) -> bool:
        """The cards are those of no assessment: a tablet keeps them, and fills them itself."""
        return self.id == NOBODYS

    @property
    def set_path(self) -> str:
        """The address of the blank cards of this question set."""
        return f"/tablet/cards/{self.instrument.id}/{self.instrument.version}"

    @property
    def path(self) -> str:
        """The address of these cards, under which their answers are saved."""
        return f"/assessments/{self.id}" + (f"/sets/{self.part}" if self.part else "")

    @property
    def title(self) -> str:
        """What is being asked."""
        if not self.part:
            return "Assessment"
        return round_title(self.instrument, set_and_round(self.part)[1])


@dataclass(frozen=True, slots=True)
class SkipView:
    """An add-on set that is about to be skipped, and what was answered of it all the same."""

    id: UUID
    whose: str
    title: str
    answered_count: int
    stop: ContactStop | None


@dataclass(frozen=True, slots=True)
class ClosingView:
    """What has been entered on the last page so far, and how the attempt stands."""

    page: AssessmentView
    mode: Mode | None
    seen_alone: Stated | None
    children: Stated | None
    observed: str
    grade: Grade | None
    rationale: str
    counts_as: Outcome
    reasons: list[ReasonView]
    attempts: list[AttemptView]
    """Every attempt with this victim, this one among them."""
    author: str
    ledger: list[GivenGrade]
    attempted_at: datetime | None
    submitted_at: datetime | None
    retention_review_on: date | None
    interpreter: Interpreter | None
    purpose: Purpose | None
    needs_interpreter: bool
    """It is known from elsewhere that the victim needs one."""
    rev: int
    history: History
    limits: Limits
    ended: Outcome
    """How the attempt would count if it were sent now."""
    owed_add_ons: tuple[InvalidError, ...]
    duties: Duties
    authority: Authority
    threshold: Threshold | None
    prompts: tuple[Prompt, ...]
    authority_in_words: dict[str, str]
    made_safe_in_words: dict[str, str]
    colleagues: list[Colleague]
    """Who can be named as standing with a grade below the count."""
    tasks: list[TaskLine]
    follows: tuple[Following, ...]
    """What the answers set in motion."""
    undecided: int
    """Topics of which two answers were saved."""
    marac: str
    """Why this person asks a specialist to decide on MARAC, if so."""
    marac_in_words: dict[str, str]
    is_stopped_since: bool
    """Contact was stopped after what is said of it here, or in another incident."""
    children_not_linked: bool
    """Children are known of whose schools nobody can be told, because they are not linked."""
    camera: FirstContact | None
    """What this person's camera did at first contact, if they have said so already."""
    is_attended: bool
    """Somebody went there, as far as is known."""

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Where the answers and the history say different things."""
        answers = {number: stored.content for number, stored in self.page.answers.items()}
        return contradictions(
            self.page.instrument.id, answers, self.children, self.history, self.limits
        )

    @property
    def asked(self) -> tuple[str, ...]:
        """The duties that apply to how it ended."""
        return asked_after(self.ended, stopped=self.page.stop is not None)

    @property
    def asks_camera(self) -> bool:
        """The usual place to say what the camera did: before the officer leaves the first visit."""
        met = self.mode is None or self.mode is Mode.IN_PERSON or self.is_attended
        return self.camera is None and met and self.page.attempt == 1

    @property
    def lacks_offer(self) -> bool:
        """It is not known yet how the assessment was offered, and it has to be."""
        return asks_offer(self.ended) and not (self.mode and self.seen_alone)

    @property
    def asks_interpreter(self) -> bool:
        """The question stands on the last page: with the offer's others, or because it is owed."""
        is_owed = self.needs_interpreter and self.interpreter is None
        return self.lacks_offer or (asks_offer(self.ended) and is_owed)

    @property
    def offer_in_words(self) -> str:
        """How it was offered, as the reviewer and the next officer read it."""
        said = [self.mode.label if self.mode else "Not entered"]
        if self.seen_alone:
            said.append(f"spoken to alone: {self.seen_alone.label.lower()}")
        if self.interpreter:
            said.append(f"interpreter: {self.interpreter.label.lower()}")
        if self.purpose:
            said.append(f"purpose {self.purpose.label.lower()}")
        return "; ".join(said)

    @property
    def owed_if_children(self) -> Instrument | None:
        """The set that a "yes" to this page's question about children would make owed."""
        return next(
            (
                each.add_on
                for each in self.page.add_ons
                if each.add_on.offered_for_children
                and not each.is_decided
                and not (each.offer and undecided([each.offer], (), self.ended))
            ),
            None,
        )

    @property
    def duties_in_words(self) -> dict[str, str]:
        """The duties, and who else stands with a low grade, as the next officer reads them."""
        return self._in_words(with_old=True)

    @property
    def duties_to_hand_over(self) -> dict[str, str]:
        """The same without the rules of contact that a stop has ended."""
        return self._in_words(with_old=False)

    def _in_words(self, *, with_old: bool) -> dict[str, str]:
        duties = in_words(self.duties, self.ended)
        if self.is_stopped_since:
            duties = after_stop(duties, with_old=with_old)
        return self.made_safe_in_words | duties | self.authority_in_words | self.marac_in_words

    @property
    def owed(self) -> list[InvalidError]:
        """What still keeps it from being sent, as it is stored now."""
        closing = Closing(
            self.mode,
            self.seen_alone,
            self.children,
            self.observed,
            self.grade,
            self.rationale,
            self.rev,
            self.duties,
            self.authority,
            interpreter=self.interpreter,
            purpose=self.purpose,
        )
        page = self.page
        standing = Standing(
            page.answers,
            page.tally,
            self.ended,
            self.threshold,
            self.colleagues,
            self.owed_add_ons,
            stopped=page.stop is not None,
            needs_interpreter=self.needs_interpreter,
            children_at_home=self.history.children_linked,
        )
        return still_owed(closing, standing)


@dataclass(frozen=True, slots=True)
class Handover:
    """What another system is given: the record, and what goes on."""

    closing: ClosingView
    reported_at: datetime
    team: str
    marac: Decided | None
    open_tasks: list[TaskLine]


def assessment_page(work: Work, assessment_id: UUID) -> AssessmentView:
    """The cards with their answers, and where to go on."""
    head = titled_head(work, assessment_id, Permission.VIEW_ASSESSMENTS)
    work.audit(Name.ASSESSMENT_VIEWED, "assessment", assessment_id)
    return _view(work, head, children=head.children_stated)


def said_before(work: Work, assessment_id: UUID) -> tuple[Duties | None, dict[str, str]]:
    """What whoever offers it again has to know: the rules of contact, and how it was made safe."""
    assessment = work.session.get_one(Assessment, assessment_id)
    contact = last_contact(work, [assessment.pair_id]).get(assessment.pair_id)
    return contact, made_safe_in_words(work, assessment)


def add_on_page(work: Work, assessment_id: UUID, part: str) -> AssessmentView:
    """The cards of an add-on set that was begun."""
    head = titled_head(work, assessment_id, Permission.VIEW_ASSESSMENTS)
    work.audit(Name.ASSESSMENT_VIEWED, "assessment", assessment_id)
    return _view(work, head, part)


def blank_view(question_set: Instrument, nobodys: UUID, state: State) -> AssessmentView:
    """An assessment with nothing in it, for a tablet to keep."""
    called = callers(question_set) if question_set.role is SetRole.MAIN else ()
    return AssessmentView(
        id=nobodys,
        incident_id=nobodys,
        urn="",
        whose="",
        attempt=1,
        rev=1,
        mode=None,
        seen_alone=None,
        state=state,
        instrument=question_set,
        sections=_sections(question_set, ()),
        answers={},
        contenders={},
        tally=tally({}, question_set.numbers),
        resume_at=1,
        closed_gates=frozenset(),
        is_editable=True,
        is_ended=False,
        returned=None,
        stop=None,
        part="" if question_set.role is SetRole.MAIN else question_set.id,
        add_ons=tuple(
            AddOnView(add_on, tuple(numbers), None, ())
            for add_on, numbers in called
            if numbers or add_on.offered_for_children
        ),
    )


def blank_skip(nobodys: UUID) -> SkipView:
    """The page on which a tablet skips any set."""
    return SkipView(nobodys, "", "", 0, None)


def _sections(question_set: Instrument, answers: Collection[int]) -> tuple[SectionView, ...]:
    return tuple(
        SectionView(section, items, sum(item.number in answers for item in items))
        for section in question_set.sections
        for items in (question_set.items_in(section.id),)
    )


def skip_page(work: Work, assessment_id: UUID, part: str) -> SkipView:
    """The add-on set that is about to be skipped, in the version that was begun or is current."""
    head = titled_head(work, assessment_id, Permission.RECORD_ASSESSMENTS)
    work.audit(Name.ASSESSMENT_VIEWED, "assessment", assessment_id)
    add_on = add_on_of(part)
    taken = next((each for each in taken_up(work, assessment_id) if each.part == part), None)
    return SkipView(
        assessment_id,
        head.whose,
        taken.title if taken else add_on.title,
        taken.tally.with_value if taken else 0,
        contact_stop(work, head.pair_id),
    )


def closing_page(work: Work, assessment_id: UUID, *, children: Stated | None = None) -> ClosingView:
    """The last page, and the whole record once it is submitted.

    `children` is what was just sent of them and refused, for the sets that it calls for.
    """
    head = titled_head(work, assessment_id, Permission.VIEW_ASSESSMENTS)
    assessment, incident = assessment_for(work, assessment_id, Permission.VIEW_ASSESSMENTS)
    work.audit(Name.ASSESSMENT_VIEWED, "assessment", assessment_id)
    opened = work.vault.open_text
    children = children or assessment.children_stated
    page = _view(work, head, children=children)
    answers = given(page.answers)
    history = history_of(work, assessment_id)
    ended = outcome_of(work, assessment, recorded_ending(work, assessment_id))
    asked = sets_asked(work, assessment)
    return ClosingView(
        page=page,
        mode=assessment.mode,
        seen_alone=assessment.seen_alone,
        children=assessment.children_stated,
        observed=opened(assessment.id, "observed", assessment.observed_sealed),
        grade=assessment.grade,
        rationale=opened(assessment.id, "rationale", assessment.rationale_sealed),
        counts_as=_counts_as(work, assessment),
        reasons=recorded_reasons(work, assessment_id),
        attempts=attempts_of(work, [head.pair_id])[head.pair_id],
        author=work.session.scalar(
            select(Account.display_name).where(Account.id == assessment.author_id)
        )
        or "",
        ledger=ledger(work, assessment_id),
        attempted_at=assessment.attempted_at,
        submitted_at=assessment.submitted_at,
        retention_review_on=assessment.retention_review_on,
        interpreter=assessment.interpreter,
        purpose=assessment.purpose,
        needs_interpreter=needs_interpreter(work, assessment_id),
        rev=assessment.rev,
        history=history,
        limits=work.limits,
        ended=ended,
        owed_add_ons=tuple(owed_add_ons(work, assessment, page.answers, ended, children)),
        duties=stored_duties(work, assessment_id),
        authority=stored_authority(work, assessment_id),
        authority_in_words=named_authority(work, assessment_id),
        made_safe_in_words=made_safe_in_words(work, assessment),
        threshold=threshold_of(page.instrument, answers),
        prompts=raised_prompts(work, assessment, history),
        colleagues=authorisers(work, incident.team_id, work.by.id, assessment.author_id),
        tasks=tasks_of(work, assessment_id),
        follows=what_follows(asked),
        undecided=len(awaiting_decision(work, assessment_id)),
        marac=own_request(work, assessment_id),
        marac_in_words=requests_in_words(work, assessment_id),
        is_stopped_since=stopped_since(work, assessment),
        children_not_linked=children_not_linked(
            asked,
            children,
            linked_children(work, assessment_id).linked,
        ),
        camera=own_camera(work, incident.id),
        is_attended=incident.arrived_at is not None,
    )


def handover(work: Work, assessment_id: UUID) -> Handover:
    """The record with its incident, the decision on MARAC and the tasks that are open."""
    closing = closing_page(work, assessment_id)
    _, incident = assessment_for(work, assessment_id, Permission.VIEW_ASSESSMENTS)
    work.audit(Name.HANDOVER_MADE, "assessment", assessment_id)
    return Handover(
        closing,
        incident.reported_at,
        work.session.get_one(Team, incident.team_id).name,
        marac_decision(work, assessment_id),
        [each for each in closing.tasks if each.state is TaskState.OPEN],
    )


def _counts_as(work: Work, assessment: Assessment) -> Outcome:
    """How this attempt is recorded, whichever of the pair's attempts fixed what counts."""
    fact = work.session.get(PairFact, assessment.pair_id)
    if fact is not None and fact.attempt == assessment.attempt:
        return fact.outcome
    if fact is None or not assessment.submitted_at:
        return Outcome.PENDING
    return outcome_of(work, assessment, recorded_ending(work, assessment.id))


def _view(
    work: Work, head: TitledHead, part: str = "", *, children: Stated | None = None
) -> AssessmentView:
    question_set = begun_set(work, head.id, part) if part else instrument_of(head)
    stored = stored_answers(work, head.id, part)
    answers = given(stored)
    undecided = [item for item, answer in stored.items() if answer.in_conflict]
    return AssessmentView(
        id=head.id,
        incident_id=head.incident_id,
        urn=head.urn,
        whose=head.whose,
        attempt=head.attempt,
        rev=head.rev,
        mode=head.mode,
        seen_alone=head.seen_alone,
        state=head.state,
        instrument=question_set,
        sections=_sections(question_set, answers),
        answers=stored,
        contenders=contenders(work, head.id, undecided, part),
        tally=tally(answers, question_set.numbers),
        resume_at=_resume_at(question_set, stored),
        closed_gates=frozenset(
            gate.id
            for gate in question_set.gates
            if all(n in answers and answers[n].value is gate.sets for n in gate.items)
        ),
        is_editable=head.state.is_open and work.by.may(Permission.RECORD_ASSESSMENTS),
        is_ended=head.state in ENDED_STATES
        or (head.state is State.RETURNED and recorded_ending(work, head.id) is not None),
        returned=last_return(work, head.id) if head.state.is_open else None,
        part=part,
        stop=contact_stop(work, head.pair_id),
        add_ons=() if part else _add_ons(work, head.id, question_set, stored, children),
    )


def _add_ons(
    work: Work,
    assessment_id: UUID,
    main: Instrument,
    stored: dict[int, StoredAnswer],
    children: Stated | None,
) -> tuple[AddOnView, ...]:
    """Every set that the main set can call for, or that was taken up all the same."""
    found = taken_up(work, assessment_id)
    offered = {each.add_on.id: each for each in offers(work, assessment_id, main, stored, children)}
    views = (
        AddOnView(
            add_on,
            tuple(numbers),
            offered.get(add_on.id),
            tuple(each for each in found if each.add_on.id == add_on.id),
        )
        for add_on, numbers in callers(main)
    )
    return tuple(view for view in views if view.called_for_by or view.is_listed)


def _resume_at(question_set: Instrument, stored: dict[int, StoredAnswer]) -> int:
    """The first topic without an answer after the one saved last, wherever it was saved."""
    open_numbers = [
        number
        for number in question_set.numbers
        if number not in stored or stored[number].content.value is None
    ]
    if not open_numbers:
        return question_set.numbers[-1]
    last = max(stored, key=lambda item: stored[item].op_order, default=0)
    return next((number for number in open_numbers if number > last), open_numbers[0])
