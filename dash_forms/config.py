"""Typed settings, read from the environment (`DASH_…`) and nowhere else."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


class SettingsError(ValueError):
    """A setting has a value that cannot work; the message names the variable."""


def _boolean(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off"}:
        return False
    raise ValueError("use yes or no")


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError("use a whole number of at least 1")
    return number


def _percent(text: str) -> int:
    if not 1 <= (number := int(text)) <= 99:
        raise ValueError("use a whole number from 1 to 99")
    return number


def _hours_by_kind(text: str) -> tuple[tuple[str, int], ...]:
    pairs = (each.partition("=") for each in text.split(",") if each.strip())
    return tuple((kind.strip(), _positive(hours)) for kind, _, hours in pairs)


def _one_of(*known: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"use one of: {', '.join(known)}")
        return text

    return read


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII)  # full-width digits would pass for figures


def _setting(read: Any, help_text: str, default: Any) -> Any:
    return field(default=default, metadata={"read": read, "help": help_text})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a force can set. Each field is the variable DASH_<FIELD> in capitals."""

    instance: Path = _setting(
        Path,
        "Folder for the database, the key file, the cookie secret and the force’s question sets",
        Path("instance"),
    )
    database_url: str = _setting(
        str,
        "SQLAlchemy URL; empty means `dash.sqlite3` in the instance folder. "
        "PostgreSQL: `postgresql+psycopg://…`",
        "",
    )
    force_name: str = _setting(str, "Shown in the header", "Your force")
    urn_pattern: re.Pattern[str] = _setting(
        _pattern,
        "Regular expression that an incident number (URN) must match whole",
        re.compile(r"[A-Z]{2}-\d{8}-\d{4}", re.ASCII),
    )
    urn_example: str = _setting(
        str, "An incident number of that form, shown as the hint", "SM-20260131-0042"
    )
    main_set: str = _setting(str, "The question set that new assessments are made with", "dash-27")
    session_hours: int = _setting(_positive, "A sign-in ends after this many hours", 12)
    lock_after_minutes: int = _setting(
        _positive, "The page covers itself after so many minutes without a touch or a key", 2
    )
    unlock_without_signal: str = _setting(
        _one_of("passphrase", "authenticator", "either"),
        "What an officer may set to open kept work after a restart without signal: `passphrase` "
        "(on a copied disk only its length stands in the way), `authenticator` (the tablet’s own "
        "lock through WebAuthn: a copied disk holds nothing to try, but who passes that lock is "
        "in), `either`",
        "either",
    )
    sign_in_attempts: int = _setting(
        _positive, "Failed sign-ins for one username in 15 minutes before it must wait", 5
    )
    sign_in_attempts_per_address: int = _setting(
        _positive, "Failed sign-ins from one address in 15 minutes before it must wait", 50
    )
    cookie_secure: bool = _setting(
        _boolean,
        "Send cookies over HTTPS only; `./dash demo` turns it off for 127.0.0.1",
        default=True,
    )
    trusted_hosts: tuple[str, ...] = _setting(
        lambda text: tuple(host.strip() for host in text.split(",") if host.strip()),
        "Host names that requests may carry, separated by commas; empty accepts any",
        (),
    )
    trusted_proxies: int = _setting(
        int, "How many reverse proxies in front set X-Forwarded-For, -Proto and -Host", 0
    )
    max_body_kilobytes: int = _setting(_positive, "Largest request body", 512)
    max_log_megabytes: int = _setting(
        _positive, "Largest call log that the control room can import at once", 256
    )
    argon2_memory_kib: int = _setting(_positive, "Argon2id memory per password check", 65_536)
    argon2_rounds: int = _setting(_positive, "Argon2id passes per password check", 3)
    sending_hours: int = _setting(
        _positive,
        "An assessment should be sent so many hours after the victim was linked; a supervisor sees "
        "what is not",
        12,
    )
    review_hours_high: int = _setting(
        _positive, "A submission graded high is due for review after so many hours", 8
    )
    review_hours: int = _setting(_positive, "Any other submission, after so many hours", 24)
    reoffer_hours_high: int = _setting(
        _positive, "After a decline graded high, the next offer is due after so many hours", 24
    )
    reoffer_hours_medium: int = _setting(_positive, "The same for a medium grade", 72)
    reoffer_hours_standard: int = _setting(_positive, "The same for a standard grade", 168)
    reoffer_limit: int = _setting(
        _positive, "After so many declined attempts a supervisor may end the offers for that", 2
    )
    fast_form_minutes: int = _setting(
        _positive, "Answers given in less than so many minutes are flagged for the reviewer", 4
    )
    escalation_incidents: int = _setting(
        _positive, "So many incidents of one victim are shown as escalation", 3
    )
    escalation_months: int = _setting(_positive, "… if they lie within so many months", 12)
    marac_repeat_months: int = _setting(
        _positive, "A further incident so many months after a MARAC referral is a repeat", 12
    )
    second_assessment_hours: int = _setting(
        _positive, "A specialist’s second assessment is due so many hours after the approval", 24
    )
    abandonment_target_percent: int = _setting(
        _percent, "The force’s target for callers to 101 who give up, in per cent", 5
    )
    plan_days: int = _setting(
        _positive,
        "A repeat caller should have a problem-solving plan so many days of 24 hours after the "
        "call that raised the flag",
        7,
    )
    asks_why: bool = _setting(
        _boolean,
        "Ask why before a search for a person, and before another team’s record is opened",
        default=True,
    )
    searches_an_hour: int = _setting(
        _positive,
        "So many searches for people, and records of other teams opened, one account can make in "
        "an hour",
        30,
    )
    reason_months: int = _setting(
        _positive,
        "What was sought and why, and why records were opened, is removed after so many months; "
        "the audit log keeps the keyed hash and the purpose",
        24,
    )
    disclosure_smallest: int = _setting(
        _positive,
        "Exports, the feed and an analyst’s pages withhold counts from 1 up to below this, and "
        "what gives them away",
        5,
    )
    disclosure_rounding: int = _setting(
        _positive,
        "They round every other count to the nearest multiple of this; pages to the one above if "
        "that is more",
        5,
    )
    disclosure_fewest: int = _setting(_positive, "They give no rate of fewer cases than this", 30)
    sample_size: int = _setting(
        _positive,
        "So many closed cases of each team and month are drawn for the check of investigations",
        5,
    )
    retention_years: int = _setting(
        _positive,
        "Whether a closed record is still needed is due for review so many years after it was "
        "closed; nothing is deleted by itself",
        10,
    )
    task_hours: tuple[tuple[str, int], ...] = _setting(
        _hours_by_kind,
        "Hours within which kinds of task should be done, `idva=12,welfare_visit=72`; a kind that "
        "is not named keeps the time in `dash_forms/domain/referrals.py`",
        (),
    )
    term_dates: Path | None = _setting(
        Path,
        "File of school terms, a line `start,end` each (ISO dates, both included); empty: every "
        "weekday that is no bank holiday counts as a school day",
        None,
    )
    log_level: str = _setting(str, "DEBUG, INFO, WARNING or ERROR", "INFO")
    demo: bool = False  # set by `./dash demo` only: no variable turns it on

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{(self.instance / 'dash.sqlite3').absolute()}"

    @property
    def instruments(self) -> Path:
        """The folder of the question sets that the force has imported."""
        return self.instance / "instruments"

    @property
    def checklist(self) -> Path:
        """Where the force’s own checklist for investigations would be."""
        return self.instance / "investigations.toml"


def variable_name(name: str) -> str:
    """The environment variable of a field."""
    return f"DASH_{name.upper()}"


def documented() -> list[tuple[str, str, str]]:
    """(variable, default, help) of every setting, for the README's table and its test."""
    rows = []
    for each in fields(Settings):
        if not each.metadata:
            continue
        default = each.default
        if isinstance(default, re.Pattern):
            default = default.pattern
        elif default is None:
            default = ""
        elif isinstance(default, bool):
            default = "yes" if default else "no"
        elif isinstance(default, tuple):
            default = ",".join(default)
        rows.append((variable_name(each.name), str(default), each.metadata["help"]))
    return rows


def from_environment(environ: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """Settings from DASH_ variables; an unknown or unusable one is a SettingsError."""
    known = {variable_name(each.name): each for each in fields(Settings) if each.metadata}
    values: dict[str, Any] = {}
    for variable, text in environ.items():
        if not variable.startswith("DASH_"):
            continue
        if variable not in known:
            raise SettingsError(f"{variable} is not a setting; the README lists them all")
        each = known[variable]
        try:
            values[each.name] = each.metadata["read"](text)
        except (ValueError, re.error) as error:
            raise SettingsError(f"{variable}={text!r} cannot be used: {error}") from error
    settings = Settings(**(values | overrides))
    if not settings.urn_pattern.fullmatch(settings.urn_example):
        raise SettingsError("DASH_URN_EXAMPLE does not match DASH_URN_PATTERN")
    if settings.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise SettingsError("DASH_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR")
    return settings
