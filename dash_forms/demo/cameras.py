"""Body-worn video in the invented year: what each officer's camera did, and who forgot to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dash_forms.demo.chance import Chance, Weighted
from dash_forms.domain.assessment import Outcome
from dash_forms.domain.body_worn_video import FirstContact
from dash_forms.domain.incidents import ResponseGrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from dash_forms.demo.bulk import Row
    from dash_forms.demo.force import Colleague, Force, Team
    from dash_forms.demo.incidents import InventedIncident
    from dash_forms.store.crypto import Vault

_COMPLIANCE = 0.76
"""Of one camera; with a colleague's beside it, about 78 of 100 incidents are recorded."""
_OFFSETS = (0.04, 0.0, -0.14, 0.03, 0.07, -0.02, 0.05, -0.05, 0.0, 0.06)
_GAIN = 0.08  # over the year
_WITH_A_DECLINE = -0.06
_NOT_ISSUED = 0.05
_MISSING, _MISSING_OF_LATE = 0.04, 0.22
_LATE = timedelta(days=7)
_WITH_A_COLLEAGUE = 0.3
_BY_SERGEANT = 0.03
_CORRECTED = 0.02
_WHY_NOT = Weighted(
    {
        FirstContact.FORGOT: 55,
        FirstContact.FAULTY: 18,
        FirstContact.VICTIM_ASKED: 17,
        FirstContact.OTHER_REASON: 10,
    }
)
_WORDS = (
    "Called straight from another job, camera on charge",
    "Met the victim at the front desk of the station",
    "Child alone with us at first, switched on afterwards",
)


@dataclass(slots=True)
class Cameras:
    """Makes up the ledger, each incident by a chance of its own, so that nothing else moves."""

    vault: Vault
    force: Force
    until: datetime

    def records(self, incident: InventedIncident) -> Iterator[Row]:
        """The entries of an incident, if anybody went there."""
        if incident.response is ResponseGrade.TELEPHONE:
            return
        chance = Chance(incident.id.int)
        team = incident.team
        started = incident.created_at
        is_late = started > self.until - _LATE
        is_left_open = all(each.attempt.submitted_at is None for each in incident.pairs)
        share = self._share(incident, team)
        missing = _MISSING_OF_LATE if is_late else _MISSING
        at = min(started + chance.minutes(20, 70), self.until)
        if not chance.happens(missing) and not is_left_open:
            yield from self._say(chance, incident, incident.author, at, share)
        if chance.happens(_WITH_A_COLLEAGUE):
            others = [each for each in self.force.officers_of(team) if each is not incident.author]
            colleague = chance.choice(others)
            yield self._row(
                chance, incident.id, colleague.id, said=None, by_id=incident.author.id, at=at
            )
            later = at + chance.minutes(5, 300)
            if later < self.until and not chance.happens(missing):
                yield from self._say(chance, incident, colleague, later, share - 0.2)

    def _share(self, incident: InventedIncident, team: Team) -> float:
        """How likely a camera is to record there."""
        number = self.force.teams.index(team)
        over = 1 - min((self.until - incident.created_at) / timedelta(days=365), 1)
        declined = any(each.attempt.outcome is Outcome.DECLINED for each in incident.pairs)
        share = _COMPLIANCE + _OFFSETS[number] + _GAIN * (over - 0.5)
        return share + (_WITH_A_DECLINE if declined else 0)

    def _say(
        self,
        chance: Chance,
        incident: InventedIncident,
        officer: Colleague,
        at: datetime,
        share: float,
    ) -> Iterator[Row]:
        by = officer
        if chance.happens(_BY_SERGEANT):
            by = self.force.sergeant_of(incident.team, incident.id)
            at += timedelta(hours=30)
            if at > self.until:
                return
        said = FirstContact.NOT_ISSUED
        if not chance.happens(_NOT_ISSUED):
            is_recording = chance.happens(share)
            said = FirstContact.RECORDING if is_recording else _WHY_NOT.pick(chance)
        later = at + timedelta(hours=5)
        if said is FirstContact.RECORDING and chance.happens(_CORRECTED) and later < self.until:
            yield self._row(
                chance,
                incident.id,
                officer.id,
                said=FirstContact.FORGOT,
                by_id=by.id,
                at=at,
            )
            at = later
        yield self._row(chance, incident.id, officer.id, said=said, by_id=by.id, at=at)

    def _row(
        self,
        chance: Chance,
        incident_id: UUID,
        officer_id: UUID,
        *,
        said: FirstContact | None,
        by_id: UUID,
        at: datetime,
    ) -> Row:
        record_id, seal = chance.id_at(at), self.vault.seal_text
        reference = ""
        if said is FirstContact.RECORDING and chance.happens(0.8):
            reference = f"BWV-{at:%y%m%d}-{chance.randrange(10_000):04}"
        words = chance.choice(_WORDS) if said is FirstContact.OTHER_REASON else ""
        return {
            "id": record_id,
            "incident_id": incident_id,
            "officer_id": officer_id,
            "said": said,
            "reference_sealed": seal(record_id, "reference", reference),
            "reference_index": self.vault.footage_index(reference),
            "words_sealed": seal(record_id, "words", words),
            "recorded_by_id": by_id,
            "recorded_at": at,
        }
