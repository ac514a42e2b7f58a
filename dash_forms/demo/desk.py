"""What the specialists made of a year's high-risk cases, and the schools that were told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dash_forms.demo.chance import Chance, Weighted
from dash_forms.demo.reviews import grade_row
from dash_forms.demo.words import PRIMARY_SCHOOLS, SECONDARY_SCHOOLS
from dash_forms.domain.assessment import Event, State, after
from dash_forms.domain.audit_events import Name, Occurrence
from dash_forms.domain.declines import NOT_DOMESTIC
from dash_forms.domain.grading import Grade, Judgement
from dash_forms.domain.history import History
from dash_forms.domain.incidents import ADULT_FROM_AGE, age_on
from dash_forms.domain.marac import Door
from dash_forms.domain.periods import london_date
from dash_forms.domain.prompts import Limits, Prompt, prompts
from dash_forms.domain.referrals import Channel, TaskKind, TaskState
from dash_forms.domain.review import Clocks, FollowUpKind, needs_second_assessment
from dash_forms.domain.safeguarding import WHO_THEY_ARE, children_not_linked, referrals_called_for
from dash_forms.domain.school_days import is_of_school_age
from dash_forms.store.models import FollowUp, GradeEntry, MaracRecord, Task
from dash_forms.store.school_calendar import school_calendar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from uuid import UUID

    from dash_forms.demo.attempts import Attempt
    from dash_forms.demo.bulk import Row
    from dash_forms.demo.force import Colleague
    from dash_forms.demo.incidents import InventedChild, InventedIncident
    from dash_forms.store.crypto import Vault
    from dash_forms.store.models import Base

_LATE = 0.04
_LEFT_OPEN = 0.4  # of what the last days brought
_LAST_DAYS = timedelta(days=7)
_REFERRED = 0.6
_DOORS = Weighted({Door.PROFESSIONAL_JUDGEMENT: 5, Door.POTENTIAL_ESCALATION: 3, Door.REPEAT: 2})
_CHANNELS = Weighted({Channel.PORTAL: 6, Channel.EMAIL: 3, Channel.PHONE: 1})
_WHY_GRADED = {
    Grade.HIGH: "The threats, the separation and the unwanted contact are all recent. High stands.",
    Grade.MEDIUM: "He is in custody and she has moved; without a change this is no longer high.",
}
_WHY_REFERRED = "Several agencies hold a part of this, and none of them the whole picture."
_WHY_NOT = "He is in custody until the trial and the safety plan is in place; to be looked at then."
_FURTHER = Weighted(
    {
        TaskKind.IDVA: 6,
        TaskKind.SAFETY_PLAN: 4,
        TaskKind.ADDRESS_MARKER: 3,
        TaskKind.CLARES_LAW_KNOW: 1,
        TaskKind.CIVIL_ORDER_ADVICE: 2,
        TaskKind.WELFARE_VISIT: 3,
    }
)
_OUTCOMES = {
    TaskState.DONE: "Done, and confirmed by the receiving agency.",
    TaskState.NOT_NEEDED: "In place already from an earlier incident.",
}


class DeskWork:
    """Second assessments and tasks; those of the last days are still open, some of them late."""

    def __init__(
        self,
        vault: Vault,
        until: datetime,
        specialists: Sequence[Colleague],
        add: Callable[[type[Base], Row], None],
    ):
        self.vault = vault
        self.until = until
        self.specialists = specialists
        self.add = add
        self.clocks = Clocks(school=school_calendar(None))

    def owe_to_children(self, incident: InventedIncident) -> bool:
        """Tell the schools, and refer victims under 18; whether any of it is still to be done."""
        attempts = {pair.id: pair.attempt for pair in incident.pairs if _treated(pair.attempt)}
        begun = [each.attempted_at for each in attempts.values() if each.attempted_at]
        if not begun:
            return False
        on = london_date(incident.times.reported_at)
        is_open = False
        for child in incident.children:
            if is_of_school_age(child.person.born_on, on):
                at = max(min(begun), child.created_at)
                is_open |= self._task(
                    Chance(child.id.int),
                    TaskKind.ENCOMPASS,
                    at,
                    incident.author,
                    of=(incident.id, None, child.person.id),
                )
        for pair in incident.pairs:
            attempt = attempts.get(pair.id)
            is_child = pair.victim_age is not None and pair.victim_age < ADULT_FROM_AGE
            if attempt and attempt.attempted_at and is_child:
                chance, of = (
                    Chance(pair.id.int),
                    (incident.id, attempt.id, pair.household.victim.id),
                )
                for kind in (TaskKind.ENCOMPASS, TaskKind.CHILD_REFERRAL):
                    is_open |= self._task(
                        chance, kind, attempt.attempted_at, incident.author, of=of
                    )
        return is_open

    def owe_to_answers(self, attempt: Attempt, incident: InventedIncident) -> bool:
        """The tasks that the answers to the main set call for; whether any is still to be done."""
        if attempt.submitted_at is None or attempt.closing is None:
            return False
        asked = [(attempt.instrument, attempt.given)]
        called_for = referrals_called_for(asked)
        if children_not_linked(asked, attempt.closing.children, len(incident.children)):
            called_for[TaskKind.IDENTIFY_CHILDREN] = WHO_THEY_ARE
        chance = Chance(attempt.id.int + 3)  # its own, so that the rest of the year stays as it is
        of = (incident.id, attempt.id, None)
        left = [
            self._task(chance, kind, attempt.submitted_at, attempt.author, of=of, asked=words)
            for kind, words in called_for.items()
        ]
        return any(left)

    def assess_again(self, attempt: Attempt, incident_id: UUID, approved_at: datetime) -> bool:
        """Assess an approved attempt again where that is due; whether anything is left to do."""
        if attempt.grade is None or not needs_second_assessment(
            attempt.grade, _raised_by_answers(attempt)
        ):
            return False
        chance = Chance(attempt.id.int + 2)  # its own, so that the rest of the year stays as it is
        specialist = chance.choice(self.specialists)
        at = approved_at + chance.minutes(60 * 2, 60 * (40 if chance.happens(0.15) else 22))
        is_done = at < self.until and not self._is_left(chance, approved_at)
        due = after(attempt.state, Event.SEND_TO_SPECIALIST)
        row_id = chance.id_at(approved_at)
        self.add(
            FollowUp,
            {
                "id": row_id,
                "assessment_id": attempt.id,
                "kind": FollowUpKind.SECONDARY,
                "state": after(due, Event.GRADE_AGAIN) if is_done else due,
                "due_at": approved_at + self.clocks.second_assessment,
                "owner_id": None,
                "created_at": approved_at,
                "ended_at": at if is_done else None,
                "ended_by_id": specialist.id if is_done else None,
                "code": None,
                "words_sealed": None,
            },
        )
        if not is_done:
            return True
        self._grade(chance, attempt, specialist, at)
        referred = self._decide(chance, attempt, specialist, at)
        kinds = [TaskKind.MARAC_REFERRAL] if referred else []
        kinds += {_FURTHER.pick(chance) for _ in range(chance.randint(0, 2))}
        of = (incident_id, attempt.id, None)
        left = [self._task(chance, kind, at, specialist, of=of) for kind in sorted(kinds)]
        return any(left)

    def _grade(self, chance: Chance, attempt: Attempt, specialist: Colleague, at: datetime) -> None:
        counts = attempt.count_means_high
        grade = Grade.MEDIUM if chance.happens(0.12) and not counts else Grade.HIGH
        judgement = Judgement(grade, _WHY_GRADED[grade])
        row = grade_row(
            self.vault,
            chance.id_at(at),
            attempt,
            by=specialist,
            grade=judgement.grade,
            rationale=judgement.rationale,
            at=at,
        )
        self.add(GradeEntry, row)
        attempt.grade = grade
        self._note(attempt, specialist, at, Name.GRADED_AGAIN, grade=grade.value)

    def _decide(
        self, chance: Chance, attempt: Attempt, specialist: Colleague, at: datetime
    ) -> bool:
        counts = attempt.count_means_high
        referred = counts or chance.happens(_REFERRED)
        door = Door.VISIBLE_HIGH_RISK if counts else _DOORS.pick(chance)
        record_id = chance.id_at(at)
        self.add(
            MaracRecord,
            {
                "id": record_id,
                "assessment_id": attempt.id,
                "referred": referred,
                "door": door if referred else None,
                "reason_sealed": self.vault.seal(
                    record_id, "reason", _WHY_REFERRED if referred else _WHY_NOT
                ),
                "decided_by_id": specialist.id,
                "decided_at": at,
            },
        )
        told = {"referred": referred, "door": door.value if referred else ""}
        self._note(attempt, specialist, at, Name.MARAC_DECIDED, **told)
        return referred

    def _task(
        self,
        chance: Chance,
        kind: TaskKind,
        at: datetime,
        maker: Colleague,
        *,
        of: tuple[UUID, UUID | None, UUID | None],
        asked: str = "",
    ) -> bool:
        """A task and how it ended; whether it is still open."""
        incident_id, assessment_id, person_id = of
        is_school = kind.tells_school
        due_at = (
            self.clocks.school.next_school_morning(at)
            if kind.is_automatic
            else self.clocks.task_due(kind, at)
        )
        specialist = chance.choice(self.specialists)
        ended_at = self._ended_at(chance, at, due_at, is_school=is_school)
        is_sure = is_school or kind is TaskKind.MARAC_REFERRAL
        state = TaskState.DONE if is_sure or chance.happens(0.9) else TaskState.NOT_NEEDED
        channel = _CHANNELS.pick(chance)
        task_id = chance.id_at(at)
        told = is_school and ended_at is not None
        words = "" if is_school else _OUTCOMES[state]
        self.add(
            Task,
            {
                "id": task_id,
                "incident_id": incident_id,
                "assessment_id": assessment_id,
                "person_id": person_id,
                "kind": kind,
                "state": state if ended_at else TaskState.OPEN,
                "owner_id": specialist.id if ended_at or chance.happens(0.6) else None,
                "due_at": due_at,
                "asked_sealed": self.vault.seal_text(task_id, "asked", asked),
                "created_by_id": maker.id,
                "created_at": at,
                "channel": channel if told else None,
                "told_at": ended_at if told else None,
                "outcome_sealed": self.vault.seal_text(task_id, "outcome", words)
                if ended_at
                else None,
                "ended_by_id": specialist.id if ended_at else None,
                "ended_at": ended_at,
            },
        )
        return ended_at is None

    def _ended_at(
        self, chance: Chance, at: datetime, due_at: datetime, *, is_school: bool
    ) -> datetime | None:
        """Mostly in time, sometimes late; schools are left out of it less often than the rest."""
        if chance.happens(_LATE):
            ended_at = due_at + chance.minutes(60, 60 * 24 * 4)
        else:
            ended_at = at + (due_at - at) * chance.uniform(0.2, 0.97)
        is_left = self._is_left(chance, at) and (not is_school or chance.happens(0.2))
        return None if is_left or ended_at >= self.until else ended_at

    def _is_left(self, chance: Chance, at: datetime) -> bool:
        return at > self.until - _LAST_DAYS and chance.happens(_LEFT_OPEN)

    def _note(
        self, attempt: Attempt, by: Colleague, at: datetime, name: Name, **detail: object
    ) -> None:
        attempt.journal.note(by, at, Occurrence(name, "assessment", str(attempt.id), detail))


def _treated(attempt: Attempt) -> bool:
    """Whether an officer treated it as domestic abuse (see `store.safeguarding`)."""
    if attempt.attempted_at is None:
        return False
    is_exempt = attempt.state in {State.EXEMPT_PENDING, State.EXEMPT}
    reasons = attempt.reasons.all if attempt.reasons else ()
    return not (is_exempt and any(each.code == NOT_DOMESTIC for each in reasons))


def _raised_by_answers(attempt: Attempt) -> tuple[Prompt, ...]:
    """The prompts of the answers alone; the year's history is not looked up."""
    nothing = History(on=attempt.reported_on, victim_searched=False, perpetrator_searched=False)
    codes = {each.code for each in attempt.reasons.all} if attempt.reasons else ()
    return prompts(attempt.instrument, attempt.given, nothing, Limits(), reasons=codes)


def school_of(child: InventedChild, incident: InventedIncident) -> str:
    """The school of a child, where the officer learnt it."""
    chance, born_on = Chance(child.person.id.int), child.person.born_on
    if chance.happens(0.3) or born_on is None:
        return ""
    on = london_date(incident.times.reported_at)
    if not is_of_school_age(born_on, on):
        return ""
    return chance.choice(SECONDARY_SCHOOLS if age_on(born_on, on) > 10 else PRIMARY_SCHOOLS)
