"""What invented officers did around an attempt that ended without all its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash_forms.demo.chance import Chance, Weighted
from dash_forms.domain.duties import (
    ContactNever,
    ContactTime,
    ContactWay,
    NextOffer,
    OnVideo,
    Support,
    System,
    asked_after,
)

if TYPE_CHECKING:
    from dash_forms.demo.attempts import Attempt
    from dash_forms.demo.bulk import Row
    from dash_forms.store.crypto import Vault

_ON_VIDEO = Weighted({OnVideo.YES: 74.0, OnVideo.NO: 17.0, OnVideo.NO_CAMERA: 9.0})
_SYSTEMS = Weighted(
    {
        (System.FORCE_RECORDS, System.PNC): 60.0,
        (System.FORCE_RECORDS,): 25.0,
        (System.FORCE_RECORDS, System.PNC, System.MARAC): 12.0,
        (System.NONE,): 3.0,
    }
)
_WAYS = Weighted(
    {
        (ContactWay.CALL,): 48.0,
        (ContactWay.CALL, ContactWay.TEXT): 22.0,
        (ContactWay.TEXT,): 12.0,
        (ContactWay.TRUSTED,): 9.0,
        (ContactWay.NONE,): 9.0,
    }
)
_TIMES = Weighted({ContactTime.MORNING: 45.0, ContactTime.ANY: 30.0, ContactTime.ASK: 25.0})
_NEVER = Weighted(
    {
        ContactNever.OTHER_HOME: 55.0,
        ContactNever.NO_LIMITS: 25.0,
        ContactNever.VOICEMAIL: 12.0,
        ContactNever.AT_WORK: 8.0,
    }
)
_SUPPORT = Weighted(
    {
        (Support.HELPLINE,): 45.0,
        (Support.HELPLINE, Support.ADVOCATE): 35.0,
        (Support.SAFETY_PLAN, Support.HELPLINE): 15.0,
        (Support.NONE,): 5.0,
    }
)
_NEXT = Weighted(
    {NextOffer.DAY: 35.0, NextOffer.DAYS: 40.0, NextOffer.WEEK: 18.0, NextOffer.UNSAFE: 7.0}
)


def duties_row(vault: Vault, attempt: Attempt) -> Row | None:
    """The duties of a submitted attempt, where any applied."""
    asked = asked_after(attempt.outcome)
    if not asked or attempt.submitted_at is None:
        return None
    chance = Chance(attempt.id.int + 2)  # its own, so that the rest of the year stays as it is
    systems, ways = _SYSTEMS.pick(chance), _WAYS.pick(chance)
    times = () if ContactWay.NONE in ways else (_TIMES.pick(chance),)
    never = _NEVER.pick(chance)
    nothing_to_say = ContactWay.NONE in ways and never is ContactNever.NO_LIMITS
    words = "Asks for the number that was written down, not the old one."
    return {
        "assessment_id": attempt.id,
        "systems": list(systems),
        "searched_at": None if System.NONE in systems else attempt.submitted_at,
        "on_video": _ON_VIDEO.pick(chance) if "on_video" in asked else None,
        "contact_ways": list(ways),
        "contact_times": list(times),
        "contact_never": [] if nothing_to_say else [never],
        "contact_words_sealed": vault.seal_text(
            attempt.id, "contact_words", words if chance.happens(0.2) else ""
        ),
        "support": list(_SUPPORT.pick(chance)),
        "next_offer": _NEXT.pick(chance),
        "authoriser_id": None,
        "authorised_because_sealed": None,
    }
