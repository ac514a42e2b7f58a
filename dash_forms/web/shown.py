"""Proof that a page was sent to somebody, which its form carries back."""

from __future__ import annotations

import hmac

from flask import current_app


def proof_of(*page: object) -> str:
    """For the form of a page: it can be made only by sending that page. `page` says whose it is."""
    key = str(current_app.secret_key).encode()
    return hmac.digest(key, "\n".join(["shown", *map(str, page)]).encode(), "sha256").hex()


def was_shown(proof: str, *page: object) -> bool:
    """Whether the proof is of just that page."""
    return hmac.compare_digest(proof.encode("utf-8", "replace"), proof_of(*page).encode())
