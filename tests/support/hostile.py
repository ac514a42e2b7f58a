"""Requests that nobody means well by: real routes and real field names, hostile values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import quote_from_bytes
from uuid import UUID

from flask import Flask
from werkzeug.routing import Map, Rule
from werkzeug.test import TestResponse, run_wsgi_app

from dash_forms.domain.ids import uuid7
from tests.support.page import Page

TEXTS = (
    "",
    " ",
    "\n",
    "x" * 100_000,
    "x" * 2_001,
    "a\x00b",
    "\x1b[2J",
    "\u202egnp.exe",
    "\u2066isolated",
    "\ud800",
    "\udfff\ud800",
    "\ufeffmarked",
    "\ufffe\uffff",
    "\U0010ffff",
    "Z" + "\u0301" * 5_000,
    "\ufdfa" * 3_000,
    "👩‍👩‍👧‍👦" * 300,
    "İıſß" * 50,
    "\r\n" * 3_000,
    "'; DROP TABLE answers; --",
    '"><script>alert(1)</script>',
    "{{ 7 * 7 }}{% raw %}",
    "%s%n%00%",
    "../../../../etc/passwd",
    "\\\\host\\share",
    "=cmd|' /C calc'!A0",
    "true",
    "null",
    "None",
    "[]",
    "{}",
    "constructor",
    "__class__",
)
NUMBERS = (
    "0",
    "-0",
    "-1",
    "1",
    "28",
    "1000",
    "2147483648",
    "9223372036854775808",
    "9" * 5_000,
    "1e309",
    "0x10",
    "1_000",
    "+1",
    " 7 ",
    "1.5",
    "NaN",
    "-Infinity",
    "²",
    "١٢",
    "１",
)
DATES = (
    "2026-02-31",
    "2025-02-29",
    "2024-02-29",
    "0000-00-00",
    "0001-01-01",
    "1899-12-31",
    "1900-01-01",
    "9999-12-31",
    "10000-01-01",
    "-2026-01-01",
    "31/02/2026",
    "29 2 2024",
    "2026-1-1",
    "9999-12-31T23:59",
    "2026-03-29 01:30",
    "2026-10-25 01:30",
    "2026-01-01 25:61",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "1900-01-01T00:00:00Z",
    "2026-01-01T00:00:00.123456789+00:00:01",
)
IDENTIFIERS = (
    str(UUID(int=0)),
    str(UUID(int=2**128 - 1)),
    f"{{{UUID(int=7)}}}",
    f"urn:uuid:{UUID(int=8)}",
    "\n" + "0" * 31,
    "1_2_3_4_5_6_7_8_9_0_1_2_3_4_5_6_",
    "0" * 35,
    "0" * 36,
    "0" * 37,
    "g" * 36,
)
WORDS = (*TEXTS, *NUMBERS, *DATES, *IDENTIFIERS)
JSON_VALUES: tuple[Any, ...] = (
    *WORDS,
    None,
    True,
    False,
    0,
    -1,
    1.5,
    28,
    2**31,
    2**63,
    10**400,
    float("nan"),
    float("inf"),
    [],
    {},
    [[]],
    ["\ud800"],
    {"\ud800": ["\ud800"]},
    {"": None},
    ["x"] * 60,
    ["x" * 3_000],
    [{}],
    {"what": "text"},
    {"what": [1]},
    {"killed": ["no such option", "no such option"]},
)
BODIES = (
    b"",
    b" ",
    b"{",
    b"[",
    b"nul",
    b"null",
    b"0",
    b'"text"',
    b"{}",
    b"[]",
    b'{"operations": null}',
    b'{"operations": {}}',
    b'{"operations": []}',
    b'{"operations": [null, 1, "x", [], {}]}',
    b'{"operations": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"operations": [' + b"9" * 5_000 + b"]}",
    b'{"operations": [1' + b"0" * 5_000 + b"]}",
    b'{"operations": [NaN, Infinity, -Infinity]}',
    b'{"operations": [{}], "operations": [{"item": 1, "item": 2}]}',
    b'\xef\xbb\xbf{"operations": [{}]}',
    '{"operations": [{}]}'.encode("utf-16"),
    '{"operations": [{}]}'.encode("utf-32-be"),
    b'{"operations": ["\xff\xfe"]}',
    b'{"operations": ["\\ud800"]}',
    b'{"operations": [{"op_id": "\\ud800"}]}',
    b'{"operations": [' + b"{}," * 600 + b"{}]}",
    b"\xff\xfe\x00",
    b"\x00" * 1_000,
    b"\x1f\x8b\x08\x00garbage",
    b"&" * 5_000,
    b"=" * 5_000,
    b"a=1&" * 50_000,
    b"%" * 5_000,
    b"csrf_token=%ff%fe&%zz=%u0041",
    b"x" * 600_000,
    b"--b\r\n",
    b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
    b'--b\r\nContent-Disposition: form-data; name="a"; filename="../x"\r\n\r\nx\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 1_200 + b"--b--\r\n",
    b'--b\r\nContent-Disposition: form-data; name="' + b"n" * 70_000 + b'"\r\n\r\nx\r\n--b--\r\n',
)
CONTENT_TYPES = (
    "",
    "application/json",
    "application/json; charset=utf-7",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data",
    "multipart/form-data; boundary=b",
    'multipart/form-data; boundary="',
    "multipart/form-data; boundary=" + "b" * 5_000,
    "multipart/mixed; boundary=b",
    "text/plain",
    "text/html; charset=no-such",
    "application/xml",
    "/",
    ";",
    "\xff\xfe",
    "a" * 5_000,
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get")
HEADERS: dict[str, tuple[str, ...]] = {
    "HTTP_ACCEPT": (
        "",
        "*/*",
        "application/json",
        "text/html;q=0,application/json;q=nan",
        "a/b" * 3_000,
        ";;;,,,",
        "text/html;q=9e999",
        "\xff/\xfe",
        "application/json;q=0.1;q=0.9",
    ),
    "HTTP_HOST": (
        "",
        " ",
        "evil.example",
        "localhost:99999999",
        "[::1",
        "[::1]:80",
        "a b",
        "\xe9\xe8",
        "x" * 5_000,
        "localhost:abc",
        "-",
        "xn--a",
        "lo/cal@host",
    ),
    "HTTP_COOKIE": (
        "dash=",
        "dash=tampered",
        "dash=eyJ0b2tlbiI6MX0.aaaa.bbbb",
        "dash=.eJwDAAAAAAE.x.y",
        "dash=\xff\xfe",
        "dash=a; dash=b; dash=c",
        ";" * 3_000,
        "dash=" + "x" * 10_000,
        "=; =; dash",
        'dash="\\377\\777"',
    ),
    "HTTP_X_CSRF_TOKEN": ("", "wrong", "\xff", "x" * 10_000, "IiI.aaaa.bbbb"),
    "HTTP_CONTENT_LENGTH": ("5",),
    "CONTENT_LENGTH": ("", "-1", "abc", "0", "1", "99999999999999999999", "1_0"),
    "HTTP_TRANSFER_ENCODING": ("chunked", "gzip, chunked", "identity"),
    "HTTP_X_FORWARDED_FOR": ("1.2.3.4", "\xff", "," * 500),
    "HTTP_X_FORWARDED_HOST": ("evil.example", "["),
    "HTTP_X_HTTP_METHOD_OVERRIDE": ("DELETE",),
    "HTTP_RANGE": ("bytes=0-0", "bytes=-", "x"),
    "HTTP_IF_NONE_MATCH": ("*", '"x', "W/"),
    "HTTP_IF_MODIFIED_SINCE": ("yesterday", "Thu, 31 Feb 9999 25:61:61 GMT"),
    "HTTP_ACCEPT_LANGUAGE": ("cy", "\xff", "x" * 3_000, "en;q=nan"),
    "HTTP_AUTHORIZATION": ("Basic \xff", "Basic !!!!", "Bearer", "Digest x"),
    "HTTP_REFERER": ("http://[", "\xff", "javascript:alert(1)"),
    "HTTP_ORIGIN": ("null", "http://[", "https://evil.example"),
    "HTTP_EXPECT": ("100-continue",),
    "REMOTE_ADDR": ("", "::1", "\xff", "unix:"),
}
PATHS = (
    "/",
    "",
    "//",
    "//evil.example/",
    "/\\evil.example",
    "/%00",
    "/\x00",
    "/..;/incidents",
    "/static/../dash_forms/app.py",
    "/static/%2e%2e/keys.json",
    "/static/css/app.css",
    "/static/\xff",
    "/\xff\xfe\xed\xa0\x80",
    "/incidents/",
    "/incidents/" + "a" * 5_000,
    "/incidents/" + str(UUID(int=0)).upper(),
    "/reports/declines.JSON",
    "/favicon.ico",
    "/.env",
    "/" + "a/" * 2_000,
)
QUERIES = (
    "",
    "%",
    "%zz=%u0041",
    "%ff%fe=%ed%a0%80",
    "\xff=\xfe",
    "&&&===;;;",
    "a=1&" * 3_000,
    "page=" + "9" * 5_000,
    "next=//[",
    "next=/%0d%0aSet-Cookie:%20a=b",
    "next=/%5cevil.example",
    "next=/%09/evil.example",
    "next=javascript:alert(1)",
    "next=http://[::1",
    "next=/%ed%a0%80",
)


_FEED = "/feed/v1"
# Addresses that mostly have a query, and what is asked for there and elsewhere.
_ASKED = ("/reports", _FEED)
_PARAMETERS = (
    *("page", "urn", "from", "to", "team", "name", "before", "saved", "next"),
    *("measure", "limit", "cursor"),
)
_ARGUMENT = re.compile(r"<(?:[^>]*:)?(\w+)>")
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def nameless(path: str) -> str:
    """The address without its identifiers: the same form for every record."""
    return _IDENTIFIER.sub("*", path)


@dataclass(frozen=True)
class RawRequest:
    """A request as a server hands it to the application, however malformed."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    content_type: str = ""
    environ: dict[str, str] = field(default_factory=dict)

    def send(self, app: Flask) -> TestResponse:
        """Hand it over; strings of the environment are bytes read as Latin-1 (PEP 3333)."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "CONTENT_TYPE": self.content_type,
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(self.body),
            "wsgi.errors": None,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        } | self.environ
        body, status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
        return TestResponse(body, status, headers, request=None)  # type: ignore[arg-type]

    def __str__(self) -> str:
        """Enough of it to send it again by hand."""
        headers = {name: value[:200] for name, value in self.environ.items()}
        return (
            f"{self.method} {self.path[:300]!r}?{self.query[:300]!r} {self.content_type[:200]!r}"
            f" {headers} {self.body[:3_000]!r} ({len(self.body)} bytes)"
        )


@dataclass
class Field:
    """A field of a real form: how often it stands there, and the values that it offers."""

    count: int = 0
    offered: list[str] = field(default_factory=list)


def harvest(page: Page) -> Iterator[tuple[str, dict[str, Field]]]:
    """The forms of a page: where each is sent, and its fields, buttons included."""
    for form in page.all("form"):
        fields: dict[str, Field] = {}
        for element in form.iter():
            name = element.get("name")
            if not name or element.tag not in {"input", "textarea", "select", "button"}:
                continue
            known = fields.setdefault(name, Field())
            if element.tag == "select":
                known.offered += [option.get("value", "") for option in element.iter("option")]
            elif element.tag == "textarea":
                known.offered.append("".join(element.itertext()))
            else:
                known.offered.append(element.get("value", ""))
            if element.get("type") not in {"radio", "checkbox", "submit"}:
                known.count += 1
        yield form.get("action", ""), fields


class Generator:
    """A seeded source of requests to the routes of an application."""

    def __init__(
        self,
        seed: str,
        url_map: Map,
        *,
        forms: dict[str, dict[str, Field]],
        ids: dict[str, list[str]],
        bearer: str,
        operation: Callable[[], dict[str, object]],
    ) -> None:
        self.random = Random(seed)
        self.rules = [rule for rule in url_map.iter_rules() if rule.endpoint != "accounts.sign_out"]
        self.forms = forms
        self.ids = ids
        self.bearer = bearer
        self.operation = operation

    def request(self, cookie: str, csrf_token: str) -> RawRequest:
        """The next request of a browser that is signed in as the cookie says."""
        pick = self.random
        rule = pick.choice(self.rules)
        path = pick.choice(PATHS) if pick.random() < 0.03 else self._path(rule)
        method = (
            pick.choice(METHODS)
            if pick.random() < 0.05
            else pick.choice(sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}))
        )
        environ = {"HTTP_COOKIE": cookie, "REMOTE_ADDR": f"10.0.{pick.randrange(256)}.1"}
        if pick.random() < 0.9:
            environ["HTTP_X_CSRF_TOKEN"] = csrf_token
        if rule.rule.startswith(_FEED):
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self.bearer}"
        if pick.random() < 0.15:
            name = pick.choice(sorted(HEADERS))
            environ[name] = pick.choice(HEADERS[name])
        query = self._query(path) if pick.random() < 0.3 or rule.rule.startswith(_ASKED) else ""
        body, kind = self._body(path, csrf_token) if method not in {"GET", "HEAD"} else (b"", "")
        if pick.random() < 0.03:
            kind = pick.choice(CONTENT_TYPES)
        return RawRequest(method, path, query, body, kind, environ)

    def _path(self, rule: Rule) -> str:
        return _ARGUMENT.sub(lambda found: self._argument(found[1]), rule.rule)

    def _argument(self, name: str) -> str:
        if self.random.random() > 0.08:
            return self.random.choice(self.ids[name])
        hostile = self.random.choice((*WORDS, "a/b", "%2f", "\xff"))[:3_000]
        return hostile.encode("utf-8", "surrogatepass").decode("latin-1")

    def _query(self, path: str) -> str:
        if self.random.random() < 0.3:
            return self.random.choice(QUERIES)
        fields = dict(self.forms.get(nameless(path), {}))
        for name in _PARAMETERS:
            fields.setdefault(name, Field())
        chosen = self.random.sample(sorted(fields), k=self.random.randint(1, 4))
        pairs = [(name, self._hostile(fields[name])) for name in chosen]
        return _encoded(pairs).decode("latin-1")

    def _body(self, path: str, csrf_token: str) -> tuple[bytes, str]:
        pick = self.random
        if path in {"/sync", "/tablet/handed-over"} and pick.random() < 0.85:
            return self._json(), "application/json"
        if pick.random() < 0.05:
            return pick.choice(BODIES), pick.choice(CONTENT_TYPES)
        pairs = self._pairs(path)
        if pick.random() < 0.03:
            return json.dumps(dict(pairs) | self._odd_members(pairs)).encode(), "application/json"
        if pick.random() < 0.9:
            pairs.append(("csrf_token", csrf_token))
        if pick.random() < 0.02:
            pairs += [(f"extra{number}", "x") for number in range(1_500)]
        if pick.random() < 0.1:
            as_files = {name for name, _ in pairs if pick.random() < 0.05}
            return _multipart(pairs, as_files), "multipart/form-data; boundary=bound"
        return _encoded(pairs), "application/x-www-form-urlencoded"

    def _odd_members(self, pairs: list[tuple[str, str]]) -> dict[str, Any]:
        return {name: self.random.choice(JSON_VALUES) for name, _ in pairs[:3]}

    def _pairs(self, path: str) -> list[tuple[str, str]]:
        """A plausible filling of the form at this address, a few of its fields made hostile."""
        pick = self.random
        fields = self.forms.get(nameless(path)) or pick.choice(list(self.forms.values()))
        names = [name for name in sorted(fields) if name != "csrf_token"]
        spoilt = set(pick.sample(names, k=min(len(names), pick.choice((0, 1, 1, 2, 3)))))
        pairs = []
        for name in names:
            found = fields[name]
            if name in spoilt:
                pairs += [
                    (name, self._hostile(found)) for _ in range(pick.choice((0, 1, 1, 2, 3, 5)))
                ]
            elif found.count:
                pairs += [(name, self._plausible(name, found)) for _ in range(found.count)]
            elif pick.random() < 0.6:
                pairs.append((name, pick.choice(found.offered)))
        pick.shuffle(pairs)
        return pairs

    def _plausible(self, name: str, found: Field) -> str:
        samples = {
            "urn": f"SM-20260131-{self.random.randrange(10_000):04}",
            "incident_id": str(uuid7()),
            "child_id": str(uuid7()),
            "assessment_id": str(uuid7()),
            "form_id": str(UUID(int=uuid7().int & ~0xFFF)),
            "username": f"nobody{self.random.randrange(100)}",
            "password": "invented words here",
            "born_on": self.random.choice(("1", "12", "1990")),
        }
        return samples.get(name) or self.random.choice([*found.offered, "Invented words, twenty"])

    def _hostile(self, found: Field) -> str:
        return self.random.choice((self.random.choice(WORDS), *found.offered[:3]))

    def _json(self) -> bytes:
        pick = self.random
        if pick.random() < 0.15:
            return pick.choice(BODIES)
        operations: list[Any] = [self.operation() for _ in range(pick.choice((1, 1, 2, 5)))]
        for each in operations:
            for name in pick.sample(sorted(each), k=pick.choice((0, 1, 1, 2))):
                if pick.random() < 0.2:
                    del each[name]
                else:
                    each[name] = pick.choice(JSON_VALUES)
        if pick.random() < 0.1:
            operations.append(pick.choice(JSON_VALUES))
        document: dict[str, Any] = {"operations": operations}
        document |= {"device": str(uuid7())} if pick.random() < 0.8 else {}
        for name in ("version", "author", "device", "sent_at"):
            if pick.random() < 0.1:
                document[name] = pick.choice(JSON_VALUES)
        if pick.random() < 0.3:
            operations.append(self._waited_post())
        if pick.random() < 0.1:
            operations.append({"op_id": str(uuid7()), "envelope": pick.choice(JSON_VALUES)})
        # Escaped, a lone surrogate is valid JSON; as bytes it is not even UTF-8.
        ascii_only = pick.random() < 0.7
        return json.dumps(document, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    def _waited_post(self) -> dict[str, Any]:
        """Some form, as a tablet sends it that had no signal."""
        pick = self.random
        path = self._path(
            pick.choice([rule for rule in self.rules if "POST" in (rule.methods or ())])
        )
        sent: dict[str, Any] = {
            "op_id": str(uuid7()),
            "kind": "post",
            "path": path,
            "fields": [list(each) for each in self._pairs(path)],
        }
        if pick.random() < 0.2:
            sent[pick.choice(sorted(sent))] = pick.choice(JSON_VALUES)
        return sent


def _encoded(pairs: Iterable[tuple[str, str]]) -> bytes:
    return "&".join(
        f"{quote_from_bytes(name.encode('utf-8', 'surrogatepass'))}"
        f"={quote_from_bytes(value.encode('utf-8', 'surrogatepass'))}"
        for name, value in pairs
    ).encode()


def _multipart(pairs: Iterable[tuple[str, str]], as_files: Container[str]) -> bytes:
    return b"".join(
        b'--bound\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        % (
            name.encode("utf-8", "surrogatepass"),
            b'; filename="x.txt"' if name in as_files else b"",
            value.encode("utf-8", "surrogatepass"),
        )
        for name, value in pairs
    ) + (b"--bound--\r\n")
