"""How much this force withholds of what leaves those who need to know."""

from __future__ import annotations

from flask import current_app

from dash_forms.domain.disclosure import Rules


def rules_in_force() -> Rules:
    """The rules by which counts are withheld and rounded."""
    rules = current_app.config["DISCLOSURE"]
    if not isinstance(rules, Rules):
        raise TypeError("the application has no rules of disclosure")
    return rules
