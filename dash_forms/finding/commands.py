"""Making a search, and opening a record of another team: each is counted, kept and logged."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.finding import PER, Purpose, SearchKind, Sought, Terms, Why, plain_reference
from dash_forms.domain.ids import uuid7
from dash_forms.domain.periods import london_date
from dash_forms.finding.lookups import keys_of, look_up
from dash_forms.finding.queries import packed
from dash_forms.store.models import Account, Opening, Search
from dash_forms.store.work import Work


class TooManyError(InvalidError):
    """One account looked at too many people's records lately."""


def search(work: Work, sought: Sought, why: Why, terms: Terms, example: str) -> UUID:
    """Keep what is sought and why, look for it, and log that; returns where the results are.

    The log has keyed hashes of what was sought, so that a search for a given person can be proved
    by whoever has the key, and read by nobody.
    """
    sought.check(example, london_date(work.now))
    if sought.kind is SearchKind.PERSON:
        why.check(terms)
        _require_few(work, terms)
    search_id = uuid7()
    work.session.add(
        Search(
            id=search_id,
            account_id=work.by.id,
            kind=sought.kind,
            sought_sealed=work.vault.seal(search_id, "sought", packed(sought)),
            purpose=why.purpose,
            words_sealed=work.vault.seal_text(search_id, "words", why.words),
            made_at=work.now,
        )
    )
    work.session.flush()
    work.justified(
        _code(why.purpose),
        Name.SEARCH_MADE,
        "search",
        search_id,
        by=sought.kind,
        sought=_hashes(work, sought),
        found=look_up(work, sought, example).number,
    )
    return search_id


def open_elsewhere(work: Work, incident_id: UUID, why: Why, terms: Terms) -> None:
    """Open an incident of another team to the person for an hour, with the reason."""
    why.check(terms)
    _require_few(work, terms)
    opening_id = uuid7()
    work.session.add(
        Opening(
            id=opening_id,
            account_id=work.by.id,
            incident_id=incident_id,
            purpose=why.purpose,
            words_sealed=work.vault.seal_text(opening_id, "words", why.words),
            opened_at=work.now,
        )
    )
    work.session.flush()
    work.justified(
        _code(why.purpose),
        Name.INCIDENT_OPENED,
        "opening",
        opening_id,
        incident=str(incident_id),
    )


def _code(purpose: Purpose | None) -> str:
    return purpose.value if purpose else ""


def _hashes(work: Work, sought: Sought) -> list[str]:
    if sought.kind is SearchKind.REFERENCE:
        return [work.vault.blind_key("reference", plain_reference(sought.reference)).hex()]
    return [key.hex() for _, key in keys_of(work.vault, sought)]


def _require_few(work: Work, terms: Terms) -> None:
    """Refuse one more than the hour allows; of several at once each waits for the one before."""
    held = select(Account.id).where(Account.id == work.by.id).with_for_update(key_share=True)
    work.connection.execute(held)
    since = work.now - PER
    if _searches(work, since) + _openings(work, since) >= terms.an_hour:
        raise TooManyError(
            f"You have looked for {terms.an_hour} people, or opened other teams’ records, within"
            " an hour. Wait a little, or ask a colleague to look"
        )


def _searches(work: Work, since: datetime) -> int:
    query = select(func.count()).where(
        Search.account_id == work.by.id,
        Search.kind == SearchKind.PERSON,
        Search.made_at > since,
    )
    return work.connection.scalar(query) or 0


def _openings(work: Work, since: datetime) -> int:
    query = select(func.count()).where(Opening.account_id == work.by.id, Opening.opened_at > since)
    return work.connection.scalar(query) or 0
