"""What an older version kept on a tablet is sent by this one, and nothing is made anew."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable

import pytest

from dash_forms.domain.answers import AnswerValue
from dash_forms.store.envelopes import seal_envelope
from tests.browser import pages
from tests.support.browsers import SOURCES, Browser, Engine
from tests.support.cases import id_of
from tests.support.force import new_assessment, operation
from tests.support.server import Served

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
