"""The second visits of the year: an officer offers again, and the victim may answer after all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash_forms.demo.attempts import Attempt
from dash_forms.demo.chance import Chance, Weighted
from dash_forms.demo.visits import Scene, Visits
from dash_forms.domain.assessment import Outcome

if TYPE_CHECKING:
    from dash_forms.demo.calendar import Year

_FATES = Weighted(
    {Outcome.COMPLETED: 34.0, Outcome.PARTIAL: 12.0, Outcome.DECLINED: 44.0, Outcome.UNABLE: 10.0}
)


@dataclass(frozen=True, slots=True)
class Revisits:
    """Takes what was offered again to its end."""

    year: Year

    def make(self, first: Scene) -> Attempt | None:
        """The second attempt with the same victim, if one was made."""
        earlier = first.attempt
        if earlier.offered_again is None:
            return None
        officer, at = earlier.offered_again
        chance = Chance(earlier.id.int + 2)  # its own, so that the rest of the year stays as it is
        attempt = Attempt(
            chance.id_at(at),
            earlier.pair_id,
            officer,
            at,
            earlier.reported_on,
            earlier.instrument,
            earlier.journal,
            earlier=earlier,
        )
        scene = Scene(attempt, first.household, first.team, first.victim_age, first.response)
        Visits(chance, self.year).revisit(scene, _FATES.pick(chance))
        return attempt
