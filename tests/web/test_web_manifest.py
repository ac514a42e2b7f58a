"""The web app manifest: neutral words, and everything that it names is served."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from werkzeug.test import Client

from tests.support.client import StrictClient


def test_the_application_is_installable(anyone: StrictClient, officer: StrictClient) -> None:
    response = anyone.get("/manifest.webmanifest")
    manifest: dict[str, Any] = response.json  # type: ignore[assignment]
    assert response.mimetype == "application/manifest+json"
    assert (manifest["start_url"], manifest["display"]) == ("/tablet", "standalone")
    assert officer.get(manifest["start_url"]).status_code == 200
    page = officer.get("/tablet").text
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    assert f'content="{manifest["theme_color"]}"' in page
    assert "manifest-src 'self'" in response.headers["Content-Security-Policy"]


def test_a_home_screen_does_not_say_what_the_forms_are(anyone: StrictClient) -> None:
    manifest: dict[str, Any] = anyone.get("/manifest.webmanifest").json  # type: ignore[assignment]
    assert {manifest["name"], manifest["short_name"]} == {"Forms"}


def test_the_icons_are_served_and_a_tablet_keeps_them(
    anyone: StrictClient, officer: StrictClient
) -> None:
    manifest: dict[str, Any] = anyone.get("/manifest.webmanifest").json  # type: ignore[assignment]
    released: dict[str, Any] = officer.get(f"/tablet/keys/{UUID(int=7)}").json  # type: ignore[assignment]
    assert [icon["purpose"] for icon in manifest["icons"]] == ["any", "maskable", "any", "any"]
    assert [icon["sizes"] for icon in manifest["icons"]] == ["any", "any", "192x192", "512x512"]
    assert "/manifest.webmanifest" in released["keep"]["addresses"]
    for icon in manifest["icons"]:
        served = Client(anyone.application.wsgi_app).get(icon["src"])
        assert (served.status_code, served.mimetype) == (200, icon["type"])
        assert icon["src"] in released["keep"]["addresses"]
