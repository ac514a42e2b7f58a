"""What a supervisor does with a submission: open it, read it, and decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.assessment import Event, State, after
from dash_forms.domain.audit_events import Name
from dash_forms.domain.authority import is_below_count, joining_refusal, naming_refusals
from dash_forms.domain.errors import InvalidError, StateError, require_none
from dash_forms.domain.grading import Grade, Judgement, rationale_refusal
from dash_forms.domain.ids import uuid7
from dash_forms.domain.marac import request_refusal
from dash_forms.domain.permissions import Permission
from dash_forms.domain.review import (
    Decision,
    FollowUpKind,
    needs_reoffer,
    needs_second_assessment,
    require_all_read,
    require_another_person,
    require_words,
)
from dash_forms.review.reading import open_authorisations, sections_to_read
from dash_forms.store.access import assessment_for
from dash_forms.store.authorisers import authorisers
from dash_forms.store.duties import stored_duties
from dash_forms.store.endings import outcome_of, recorded_ending
from dash_forms.store.grades import add_to_ledger, note_agreement
from dash_forms.store.history import history_of
from dash_forms.store.marac_requests import ask_for_decision
from dash_forms.store.models import (
    Account,
    Assessment,
    Authorisation,
    FollowUp,
    Incident,
    Review,
    ReviewSection,
    Submission,
)
from dash_forms.store.owed import close_if_nothing_owed
from dash_forms.store.prompts import count_of, raised_prompts
from dash_forms.store.reoffers import owe_again, owes_no_further_offer
from dash_forms.store.safeguarding import owe_to_children
from dash_forms.store.work import Work

_EVENTS = {
    Decision.AGREED: Event.AGREE,
    Decision.RETURNED: Event.RETURN,
    Decision.REGRADED: Event.REGRADE,
    Decision.ENDORSED: Event.ENDORSE,
    Decision.REJECTED: Event.REJECT,
}
_WORDS_ASKED = {
    Decision.RETURNED: "Say what has to be put right, so that the officer can do it at once",
    Decision.REGRADED: "Say why the grade changes: it stands in the ledger beside the first one",
    Decision.REJECTED: "Say why an assessment is due after all",
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the reviewer decides, in what words, with the new grade of a regrade."""

    decision: Decision
    words: str
    grade: Grade | None
    version: int
    """The version that the reviewer was looking at."""
    authoriser: UUID | None = None
    """Who is asked to stand with a new grade that is lower than what the count means."""
    marac: str = ""
    """Why a specialist should decide on MARAC by judgement, if so."""


def open_review(work: Work, assessment_id: UUID) -> None:
    """Begin to review. Doing so again, or after a colleague has, is no error."""
    assessment, _ = _reviewable(work, assessment_id)
    if assessment.state is State.SUBMITTED:
        assessment.state = after(assessment.state, Event.OPEN_REVIEW)
    elif assessment.state is not State.IN_REVIEW:
        after(assessment.state, Event.OPEN_REVIEW)  # says why not
    if _own_review(work, assessment) is None:
        work.session.add(
            Review(
                id=uuid7(),
                assessment_id=assessment.id,
                version=assessment.version,
                reviewer_id=work.by.id,
                opened_at=work.now,
            )
        )
        work.audit(Name.REVIEW_OPENED, "assessment", assessment.id, version=assessment.version)


def mark_read(work: Work, assessment_id: UUID, section: str, version: int) -> None:
    """Note that the reviewer has opened a section of this version; once is enough."""
    assessment, _ = _reviewable(work, assessment_id)
    review = _require_review(work, assessment)
    _require_version(review, version)
    if section not in sections_to_read(work, assessment):
        raise StateError("There is no such section to read in this assessment.")
    if section not in _read(work, review):
        work.session.add(ReviewSection(review_id=review.id, section=section, read_at=work.now))
        work.audit(Name.REVIEW_SECTION_READ, "assessment", assessment.id, section=section)


def decide(work: Work, assessment_id: UUID, ruling: Ruling) -> State:
    """Agree, return or regrade. The state that follows is given back.

    A grade lower than what the count means takes two people beside each other: who agrees with the
    officer's is the second, and a reviewer's own waits for a colleague (scenario 2).
    """
    assessment, incident = _reviewable(work, assessment_id)
    review = _require_review(work, assessment)
    _require_version(review, ruling.version)
    if ruling.decision is not Decision.RETURNED:
        require_all_read(sections_to_read(work, assessment), _read(work, review))
    if asked := _WORDS_ASKED.get(ruling.decision):
        require_words(ruling.words, asked)
    state = after(assessment.state, _EVENTS[ruling.decision])
    if ruling.decision is not Decision.RETURNED:
        require_none(filter(None, [request_refusal(ruling.marac)]))
        ask_for_decision(work, assessment_id, ruling.marac)
    _withdraw(work, assessment)
    if ruling.decision is Decision.REGRADED:
        judgement = _new_grade(assessment, ruling)
        if is_below_count(judgement.grade, count_of(work, assessment)):
            _ask(work, assessment, incident, ruling)
            return assessment.state
        add_to_ledger(work, assessment.id, judgement)
        assessment.grade = judgement.grade
    elif ruling.decision is Decision.AGREED:
        _stand_with(work, assessment, ruling)
    _close_review(work, review, ruling.decision, ruling.words)
    assessment.state = state
    if state is State.APPROVED:
        _follow_up(work, assessment)
    work.audit(
        Name.REVIEW_DECIDED,
        "assessment",
        assessment.id,
        decision=ruling.decision.value,
        version=review.version,
    )
    return assessment.state


def decide_exemption(work: Work, assessment_id: UUID, decision: Decision, words: str) -> None:
    """Endorse an exemption, from when on it counts as one, or ask for the assessment after all."""
    assessment, incident = _reviewable(work, assessment_id)
    if asked := _WORDS_ASKED.get(decision):
        require_words(words, asked)
    assessment.state = after(assessment.state, _EVENTS[decision])
    review = Review(
        id=uuid7(),
        assessment_id=assessment.id,
        version=assessment.version,
        reviewer_id=work.by.id,
        opened_at=work.now,
    )
    work.session.add(review)
    _close_review(work, review, decision, words)
    if decision is not Decision.ENDORSED:
        owe_to_children(work, incident.id)  # it is domestic abuse after all
    work.audit(Name.REVIEW_DECIDED, "assessment", assessment.id, decision=decision.value)


def void(work: Work, assessment_id: UUID, words: str) -> None:
    """Take a record made in error out of every measure. It stays readable, and in the audit."""
    assessment, _ = _reviewable(work, assessment_id)
    require_words(words, "Say why this record was made in error")
    assessment.state = after(assessment.state, Event.VOID)
    assessment.void_reason_sealed = work.vault.seal(assessment.id, "void_reason", words)
    owe_again(work, assessment)
    work.audit(Name.ASSESSMENT_VOIDED, "assessment", assessment.id)


def _reviewable(work: Work, assessment_id: UUID) -> tuple[Assessment, Incident]:
    """The assessment, held, if somebody else than its authors is acting."""
    assessment, incident = assessment_for(
        work, assessment_id, Permission.REVIEW_ASSESSMENTS, lock=True
    )
    senders = work.session.scalars(
        select(Submission.submitted_by_id).where(Submission.assessment_id == assessment.id)
    )
    require_another_person(work.by.id, assessment.author_id, *senders)
    return assessment, incident


def _own_review(work: Work, assessment: Assessment) -> Review | None:
    return work.session.scalar(
        select(Review).where(
            Review.assessment_id == assessment.id,
            Review.version == assessment.version,
            Review.reviewer_id == work.by.id,
            Review.decided_at.is_(None),
        )
    )


def _require_review(work: Work, assessment: Assessment) -> Review:
    review = _own_review(work, assessment)
    if review is None or assessment.state is not State.IN_REVIEW:
        raise StateError("Open the review first; somebody may have decided meanwhile.")
    return review


def _require_version(review: Review, version: int) -> None:
    if review.version != version:
        raise StateError("The officer has sent a newer version. Read that one.")


def _read(work: Work, review: Review) -> set[str]:
    return set(
        work.session.scalars(
            select(ReviewSection.section).where(ReviewSection.review_id == review.id)
        )
    )


def _close_review(work: Work, review: Review, decision: Decision, words: str) -> None:
    review.decision = decision
    review.decided_at = work.now
    review.words_sealed = work.vault.seal_text(review.id, "words", words)


def _new_grade(assessment: Assessment, ruling: Ruling) -> Judgement:
    if ruling.grade is None:
        raise InvalidError("Choose the new grade", field="grade")
    if ruling.grade is assessment.grade:
        raise InvalidError("This is the officer’s grade. Choose “agree” to keep it", field="grade")
    return Judgement(ruling.grade, ruling.words)


def _stand_with(work: Work, assessment: Assessment, ruling: Ruling) -> None:
    """Agreeing with a grade below the count is standing with it, which needs a reason."""
    below = is_below_count(assessment.grade, count_of(work, assessment))
    if below and (refusal := joining_refusal(ruling.words)):
        raise refusal
    if assessment.grade is not None:
        note_agreement(work, assessment.id, assessment.grade, ruling.words)


def _ask(work: Work, assessment: Assessment, incident: Incident, ruling: Ruling) -> None:
    possible = authorisers(work, incident.team_id, work.by.id, assessment.author_id)
    is_named = ruling.authoriser in {each.id for each in possible}
    require_none(naming_refusals(is_named=is_named, because=ruling.words, field="words"))
    authorisation_id = uuid7()
    work.session.add(
        Authorisation(
            id=authorisation_id,
            assessment_id=assessment.id,
            version=assessment.version,
            grade=ruling.grade,
            asked_by_id=work.by.id,
            authoriser_id=ruling.authoriser,
            because_sealed=work.vault.seal(authorisation_id, "because", ruling.words),
            asked_at=work.now,
        )
    )
    work.session.flush()  # whoever looks at the review next has to find it
    work.audit(Name.AUTHORISATION_ASKED, "assessment", assessment.id, version=assessment.version)


def _withdraw(work: Work, assessment: Assessment) -> None:
    """A reviewer who decides again takes back what was asked of a colleague."""
    for each in work.session.scalars(open_authorisations(assessment.id)):
        if each.asked_by_id == work.by.id:
            each.refused_at = work.now


def answer_authorisation(work: Work, assessment_id: UUID, *, agreed: bool, words: str) -> None:
    """Stand with a colleague's lower grade, which puts it in force, or refuse to."""
    assessment, _ = _reviewable(work, assessment_id)
    asked = work.session.scalar(
        open_authorisations(assessment.id).where(Authorisation.authoriser_id == work.by.id)
    )
    if asked is None:
        raise StateError("Nothing is asked of you here any more; somebody may have decided.")
    if refusal := rationale_refusal(words):
        raise InvalidError(refusal.sentence, field="words")
    asked.answer_sealed = work.vault.seal(asked.id, "answer", words)
    if not agreed:
        asked.refused_at = work.now
    else:
        asked.agreed_at = work.now
        _put_in_force(work, assessment, asked)
    work.audit(Name.AUTHORISATION_ANSWERED, "assessment", assessment.id, agreed=agreed)


def _put_in_force(work: Work, assessment: Assessment, asked: Authorisation) -> None:
    because = work.vault.open_text(asked.id, "because", asked.because_sealed)
    giver = work.session.get_one(Account, asked.asked_by_id)
    review = work.session.scalars(
        select(Review).where(
            Review.assessment_id == assessment.id,
            Review.version == asked.version,
            Review.reviewer_id == giver.id,
            Review.decided_at.is_(None),
        )
    ).one()
    add_to_ledger(work, assessment.id, Judgement(asked.grade, because), giver=giver)
    assessment.grade = asked.grade
    _close_review(work, review, Decision.REGRADED, because)
    assessment.state = after(assessment.state, Event.REGRADE)
    _follow_up(work, assessment)


def _follow_up(work: Work, assessment: Assessment) -> None:
    """What an approved attempt still owes; with nothing owed it is closed at once."""
    ended = outcome_of(work, assessment, recorded_ending(work, assessment.id))
    if assessment.grade is None:
        raise StateError("Nothing is approved without a grade.")
    if needs_reoffer(ended) and not owes_no_further_offer(work, assessment.pair_id):
        due_at = work.clocks.reoffer_due(assessment.grade, work.now)
        meant = stored_duties(work, assessment.id).next_offer
        if meant and meant.within:
            due_at = min(due_at, work.now + meant.within)
        _owe(work, assessment, FollowUpKind.REOFFER, Event.PLAN_REOFFER, due_at)
    raised = raised_prompts(work, assessment, history_of(work, assessment.id))
    if needs_second_assessment(assessment.grade, raised):
        due_at = work.now + work.clocks.second_assessment
        _owe(work, assessment, FollowUpKind.SECONDARY, Event.SEND_TO_SPECIALIST, due_at)
    close_if_nothing_owed(work, assessment)


def _owe(
    work: Work, assessment: Assessment, kind: FollowUpKind, event: Event, due_at: datetime
) -> None:
    work.session.add(
        FollowUp(
            id=uuid7(),
            assessment_id=assessment.id,
            kind=kind,
            state=after(assessment.state, event),
            due_at=due_at,
            created_at=work.now,
        )
    )
