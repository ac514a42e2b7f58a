"""The least that could do the job: Flask, Jinja and sqlite3, no house rules. It is what we are
measured against, so it is kept lean: one read per page, one upsert per answer, made durable."""

from __future__ import annotations

import os
import sqlite3
import threading

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue

from dash_forms.domain.instruments import current

VALUES = (
    ("yes", "Yes"),
    ("no", "No"),
    ("dont_know", "Don’t know"),
    ("declined", "Declined to answer"),
    ("not_asked", "Not asked"),
    ("not_applicable", "Not applicable"),
)
SOURCES = (
    ("victim", "Victim said"),
    ("officer_observed", "Officer saw"),
    ("records", "Records"),
    ("third_party", "Third party"),
)
TABLE = (
    "CREATE TABLE IF NOT EXISTS answers (assessment TEXT, item INTEGER, value TEXT, source TEXT,"
    " note TEXT, rev INTEGER, PRIMARY KEY (assessment, item))"
)
READ = "SELECT item, value, source, note, rev FROM answers WHERE assessment = ?"
UPSERT = (
    "INSERT INTO answers VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET"
    " value = excluded.value, source = excluded.source, note = excluded.note, rev = rev + 1"
)
_here = threading.local()


def database() -> sqlite3.Connection:
    """This thread's connection, kept open."""
    if not hasattr(_here, "connection"):
        _here.connection = sqlite3.connect(os.environ["BARE_DATABASE"], timeout=20)
        _here.connection.execute("PRAGMA journal_mode=WAL")
        _here.connection.execute("PRAGMA synchronous=FULL")
        _here.connection.execute(TABLE)
    connection: sqlite3.Connection = _here.connection
    return connection


def create_app() -> Flask:
    """The page of an assessment, and saving one answer."""
    app = Flask(__name__, static_folder=None, template_folder=".")
    items = current("dash-27").items

    @app.get("/ready")
    def ready() -> str:
        return "ready"

    @app.get("/assessments/<assessment>")
    def show(assessment: str) -> str:
        answers = {row[0]: row[1:] for row in database().execute(READ, (assessment,))}
        return render_template(
            "bare_page.html", items=items, answers=answers, values=VALUES, sources=SOURCES
        )

    @app.post("/assessments/<assessment>")
    def save(assessment: str) -> ResponseReturnValue:
        sent = request.get_json()
        with database() as connection:
            row = (assessment, sent["item"], sent["value"], sent["source"], sent["note"])
            connection.execute(UPSERT, row)
        return {"saved": sent["item"]}

    return app
