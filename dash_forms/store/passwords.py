"""Argon2id password hashes (RFC 9106), and one that nobody has, so that guesses cost the same."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LENGTH_AT_LEAST = 12


@cache
def hasher(memory_kib: int, rounds: int) -> PasswordHasher:
    """The hasher for a cost."""
    return PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=2)


@cache
def nobodys_hash(memory_kib: int, rounds: int) -> str:
    """A hash of no password, checked when the username is unknown."""
    return hasher(memory_kib, rounds).hash("nobody has this password")


def matches(stored: str, password: str, memory_kib: int, rounds: int) -> bool:
    """Whether the password is the one that was hashed."""
    try:
        return hasher(memory_kib, rounds).verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
