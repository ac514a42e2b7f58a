"""What an older version kept on a tablet is sent by this one, and nothing is made anew."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import time
from collections.abc import Callable
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.ids import uuid7
from dash_forms.store.envelopes import seal_envelope
from tests.browser import pages
from tests.browser.test_no_signal import PASSPHRASE, STATUS, unlock
from tests.support.browsers import SOURCES, Browser, Engine
from tests.support.cases import id_of
from tests.support.force import new_assessment, operation, sync
from tests.support.server import Line, Served
from tests.support.tablet import box, released

pytestmark = pytest.mark.browser

Open = Callable[..., Browser]

# As each version made the store. A version that has been published is never changed here.
MADE = {
    1: """
      const by = { keyPath: "place", autoIncrement: true };
      const operations = database.createObjectStore("operations", by);
      operations.createIndex("owner", "owner");
      const cases = database.createObjectStore("cases", { keyPath: ["owner", "path"] });
      cases.createIndex("owner", "owner");
      database.createObjectStore("passphrases", { keyPath: "owner" });
      database.createObjectStore("facts");
    """,
}
KEPT = """(async () => {
  const opened = indexedDB.open("dash-forms", @VERSION@);
  opened.onupgradeneeded = () => { const database = opened.result; @MADE@ };
  await new Promise((done) => { opened.onsuccess = done; });
  const writing = opened.result.transaction(["operations", "facts"], "readwrite");
  const envelope = Uint8Array.from(atob("@ENVELOPE@"), (letter) => letter.charCodeAt(0));
  writing.objectStore("operations").put({
    op_id: "@OP@", path: "@PATH@", owner: "@OWNER@", at: Date.now(), state: "waiting", box: null,
    envelope,
  });
  writing.objectStore("facts").put("@DEVICE@", "device");
  await new Promise((done) => { writing.oncomplete = done; });
  opened.result.close();
  return "kept";
})()"""
WRITTEN = """(async () => {
  const bytes = (name, value) => value?.base64
    ? Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0)) : value;
  const all = JSON.parse(`@RECORDS@`, bytes);
  const opened = indexedDB.open("dash-forms", @VERSION@);
  opened.onupgradeneeded = () => { const database = opened.result; @MADE@ };
  await new Promise((done) => { opened.onsuccess = done; });
  const writing = opened.result.transaction(Object.keys(all), "readwrite");
  for (const [store, records] of Object.entries(all)) {
    for (const [record, ...key] of records) writing.objectStore(store).put(record, ...key);
  }
  await new Promise((done) => { writing.oncomplete = done; });
  opened.result.close();
  return "kept";
})()"""
EMPTIED = """(async () => {
  const gone = indexedDB.deleteDatabase("dash-forms");
  await new Promise((done) => { gone.onsuccess = done; });
  return "gone";
})()"""
FOUND = """(async () => {
  const opened = indexedDB.open("dash-forms");
  await new Promise((done) => { opened.onsuccess = done; });
  const reading = opened.result.transaction(["operations", "facts"]);
  const left = reading.objectStore("operations").count();
  const device = reading.objectStore("facts").get("device");
  await new Promise((done) => { reading.oncomplete = done; });
  opened.result.close();
  return `${left.result} left on ${device.result}`;
})()"""
DEVICE = "01900000-0000-7000-8000-0000000a11ce"


def test_each_published_version_of_the_store_is_tried() -> None:
    [version] = re.findall(r"^const VERSION = (\d+);", (SOURCES / "storage.mjs").read_text(), re.M)
    assert list(MADE) == list(range(1, int(version) + 1))


@pytest.mark.parametrize("version", MADE)
def test_what_an_older_version_kept_is_sent(
    engine: Engine, windows: Open, served_app: Served, version: int
) -> None:
    path = new_assessment(served_app.client("officer1"))
    owner = served_app.force.actors["officer1"].id
    what = operation(str(id_of(path)), 1, "yes")
    inside = json.dumps({"author": str(owner), "operation": what}).encode()
    envelope = seal_envelope(served_app.store.vault.envelope_point, inside)
    script = KEPT
    for name, value in {
        "@VERSION@": str(version),
        "@MADE@": MADE[version],
        "@ENVELOPE@": base64.b64encode(envelope).decode(),
        "@OP@": str(what["op_id"]),
        "@PATH@": path,
        "@OWNER@": str(owner),
        "@DEVICE@": DEVICE,
    }.items():
        script = script.replace(name, value, 1)

    browser = windows(engine)
    browser.goto("/healthz")
    assert browser.evaluate(script) == "kept"
    pages.sign_in(browser, "officer1")
    browser.wait_until(lambda: 1 in served_app.answers(id_of(path)), "the answer on the server")
    assert served_app.answers(id_of(path))[1].content.value is AnswerValue.YES
    browser.wait_until(
        lambda: browser.evaluate(FOUND) == f"0 left on {DEVICE}",
        lambda: f"an empty store; there is {browser.evaluate(FOUND)}",
    )


def raw(content: bytes) -> dict[str, str]:
    """Bytes in a record."""
    return {"base64": base64.b64encode(content).decode()}


def locked(key: bytes, value: object, *place: str) -> dict[str, dict[str, str]]:
    return {name: {"base64": part} for name, part in box(key, value, place).items()}


def under(passphrase: str, key: bytes) -> dict[str, object]:
    """The key as a passphrase opens it; the number of rounds stands beside it."""
    salt, nonce = os.urandom(16), os.urandom(12)
    stretched = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, 1_000)
    body = AESGCM(stretched).encrypt(nonce, key, None)
    return {"salt": raw(salt), "rounds": 1_000, "nonce": raw(nonce), "body": raw(body)}


def records_of_version_1(served: Served, path: str) -> dict[str, list[list[object]]]:
    """A case in mid-draft: two topics said, the second not sent yet."""
    client = served.client("officer1")
    known = released(client, UUID(DEVICE))
    key, owner = base64.b64decode(known["key"]), known["owner"]
    case_id = str(id_of(path))
    sent, waits = (operation(case_id, item, "yes") for item in (1, 2))
    assert sync(client, [sent])[0]["receipt"] == "applied"
    said = {"value": "yes", "source": "victim", "note": "", "details": {}, "isFilled": False}
    kase = {
        "path": path,
        "assessment": case_id,
        "part": "",
        "set": "/tablet/cards/dash-27/1",
        "title": "Assessment",
        "incident": "12/34567/26",
        "incidentId": str(uuid7()),
        "whose": "",
        "shown": 3,
        "before": {},
        "yes": ["1", "2"],
        "state": "draft",
        "rev": 1,
        "forms": {},
        "rounds": [],
        "linked": False,
        "cards": {
            "1": {**said, "rev": 1, "after": sent["op_id"]},
            "2": {**said, "rev": 0, "after": waits["op_id"]},
        },
    }
    op_id, at = str(waits["op_id"]), int(time.time() * 1000)
    inside = json.dumps({"author": owner, "operation": waits}).encode()
    envelope = seal_envelope(served.store.vault.envelope_point, inside)
    entry = {"op_id": op_id, "path": path, "owner": owner, "at": at, "state": "waiting"}
    entry |= {"box": locked(key, waits, owner, op_id), "envelope": raw(envelope)}
    case_box = locked(key, kase, owner, path)
    whose = locked(key, "Response officer officer1", owner, "whose")
    return {
        "operations": [[entry]],
        "cases": [[{"owner": owner, "path": path, "at": at, "box": case_box}]],
        "passphrases": [[{"owner": owner, "whose": whose, **under(PASSPHRASE, key)}]],
        "facts": [
            [DEVICE, "device"],
            [raw(served.store.vault.envelope_point), "envelope_point"],
            [0, "ahead"],
        ],
    }


# As each version wrote its records. A version that has been published is never changed here.
WROTE = {1: records_of_version_1}


@pytest.mark.parametrize("version", MADE)
def test_a_case_that_an_older_version_kept_is_opened_without_signal_and_goes_on(
    engine: Engine, windows: Open, served_app: Served, line: Line, version: int
) -> None:
    path = new_assessment(served_app.client("officer1"))
    script = WRITTEN
    for name, value in {
        "@RECORDS@": json.dumps(WROTE[version](served_app, path)),
        "@VERSION@": str(version),
        "@MADE@": MADE[version],
    }.items():
        script = script.replace(name, value, 1)

    browser = windows(engine, line=line)
    pages.sign_in(browser, "officer3")  # for whom the tablet keeps its pages
    pages.wait_kept(browser)
    browser.clear_cookies()
    browser.goto("/healthz")
    assert browser.evaluate(EMPTIED) == "gone"
    assert browser.evaluate(script) == "kept"
    line.cut()
    browser.goto(path)
    unlock(browser, PASSPHRASE)
    cards = pages.Cards(browser)
    cards.wait_shown(3)
    assert browser.is_checked("#q1-yes")
    assert browser.is_checked("#q2-yes")
    browser.wait_for(STATUS, "1 not sent yet")
    cards.answer(3, "no")
    browser.wait_for(STATUS, "2 not sent yet")

    line.mend()
    pages.sign_in(browser, "officer1")
    browser.wait_until(lambda: len(served_app.log(id_of(path))) == 3, "the answers on the server")
    answers = served_app.answers(id_of(path))
    said = [answers[item].content.value for item in (1, 2, 3)]
    assert said == [AnswerValue.YES, AnswerValue.YES, AnswerValue.NO]
    browser.wait_until(
        lambda: browser.evaluate(FOUND) == f"0 left on {DEVICE}",
        lambda: f"an empty store; there is {browser.evaluate(FOUND)}",
    )
