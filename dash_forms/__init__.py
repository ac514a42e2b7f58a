"""DASH-aligned domestic-abuse risk assessment for UK police; create_app() is the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from dash_forms.config import Settings

__version__ = "0.1.0"


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; imported lazily so that the domain loads without Flask."""
    from dash_forms.app import create_app as build

    return build(settings)
