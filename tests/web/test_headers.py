"""Response headers: no inline script or style anywhere, nothing cached, HSTS only over HTTPS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dash_forms.app import create_app
from dash_forms.config import Settings
from dash_forms.web.assets import asset_url
from dash_forms.web.headers import CONTENT_SECURITY_POLICY

PATHS = ("/sign-in", "/", "/incidents", "/healthz", "/readyz", "/no-such-page")


@pytest.fixture
def served(app: Flask, settings: Settings) -> Iterator[Callable[..., FlaskClient]]:
    """A plain client of an application with other settings, on the same database."""
    made: list[Flask] = []

    def make(**changes: object) -> FlaskClient:
        made.append(create_app(replace(settings, **changes)))  # type: ignore[arg-type]
        return made[-1].test_client()

    yield make
    for each in made:
        each.extensions["dash_store"].engine.dispose()


def policy(text: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in text.split(";"))}


def test_the_policy_allows_only_our_own_and_nothing_inline() -> None:
    directives = policy(CONTENT_SECURITY_POLICY)
    assert directives["default-src"] == ["'none'"]
    assert directives["frame-ancestors"] == ["'none'"]
    assert directives["base-uri"] == ["'none'"]
    assert {value for values in directives.values() for value in values} == {"'none'", "'self'"}


@pytest.mark.parametrize("path", PATHS)
def test_every_response_carries_the_whole_set(
    served: Callable[..., FlaskClient], path: str
) -> None:
    headers = served().get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert len(headers.getlist("Content-Security-Policy")) == 1


@pytest.mark.parametrize("path", PATHS)
def test_hsts_is_promised_only_where_cookies_need_https(
    served: Callable[..., FlaskClient], path: str
) -> None:
    plain = served(cookie_secure=False).get(path)
    assert "Strict-Transport-Security" not in plain.headers
    secure = served(cookie_secure=True).get(path, base_url="https://dash.test")
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("name", ["css/app.css", "js/ready.mjs"])
def test_static_files_are_guarded_too_and_may_be_cached_by_their_hash(
    served: Callable[..., FlaskClient], name: str
) -> None:
    response = served().get(asset_url(name))
    assert response.status_code == 200
    directives = policy(response.headers["Content-Security-Policy"])
    assert directives["default-src"] == ["'none'"]
    assert not [v for values in directives.values() for v in values if "unsafe" in v]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response.headers["Cache-Control"]
    assert "Set-Cookie" not in response.headers
    assert "Access-Control-Allow-Origin" not in response.headers


def test_each_request_has_a_number_of_its_own(served: Callable[..., FlaskClient]) -> None:
    client = served()
    numbers = [client.get("/healthz").headers["X-Request-Id"] for _ in range(3)]
    assert len(set(numbers)) == 3
    forged = client.get("/healthz", headers={"X-Request-Id": "forged"})
    assert forged.headers["X-Request-Id"] != "forged"
