// The outbox against a server and a clock of our own: nothing lost, nothing counted twice.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Outbox, uuid7 } from "../../dash_forms/static/js/outbox.mjs";

const ASSESSMENT = "0190a000-0000-7000-8000-000000000001";
const SYNC = "/sync";

let listeners; // of the window
let timers; // waiting, first one first
let requests; // to the server, oldest first
let replies; // how the server answers the next ones; after these it accepts everything
let inFlight;
let mostInFlight;

const accept = (operations) => ({ ok: true, status: 200, json: async () => ({ receipts: operations.map(accepted) }) });
const accepted = ({ op_id, item }) => ({ op_id, item, receipt: "applied", rev: 1, saved_at: "2026-01-31T21:45:00+00:00" });
const refuse = (status) => () => ({ ok: false, status });
const loseReply = () => { throw new TypeError("network"); };
const page = (csrf, url = `http://house/assessments/${ASSESSMENT}`) => () => ({ ok: true, status: 200, url, text: async () => csrf });

globalThis.addEventListener = (name, act) => { listeners[name] = act; };
globalThis.setTimeout = (act, wait) => { timers.push({ act, wait }); };
// A page is only its token here, and an empty one has none.
globalThis.DOMParser = class {
  parseFromString(csrf) {
    return { querySelector: () => (csrf ? { dataset: { csrf } } : null) };
  }
};
globalThis.fetch = async (url, { body, headers } = {}) => {
  const operations = body ? JSON.parse(body).operations : null;
  requests.push({ url, operations, csrf: headers?.["X-CSRF-Token"] });
  inFlight += 1;
  mostInFlight = Math.max(mostInFlight, inFlight);
  await turns();
  inFlight -= 1;
  return (replies.shift() ?? accept)(operations);
};

// Lets everything run that waits for nothing but its turn.
async function turns() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => { setImmediate(resolve); });
}

async function settle() {
  await turns();
  await turns();
  await turns();
}

// Lets the next waiting timer ring; gives how long it would have waited.
async function ring() {
  const { act, wait } = timers.shift();
  act();
  await settle();
  return wait;
}

function newOutbox() {
  const seen = { states: [], receipts: [] };
  const outbox = new Outbox(ASSESSMENT, "first-token", {
    onChange: (state) => { seen.states.push(state); },
    onReceipt: (item, receipt) => { seen.receipts.push([item, receipt.receipt]); },
  });
  return { outbox, seen };
}

const answer = (value) => () => ({ value, source: "victim", note: "", details: {}, base_rev: 0 });
const sent = () => requests.filter(({ url }) => url === SYNC);

beforeEach(() => {
  [listeners, timers, requests, replies, inFlight, mostInFlight] = [{}, [], [], [], 0, 0];
});

test("an id is a version 7 UUID that carries its time", () => {
  const id = uuid7(0x0190a1b2c3d4, new Uint8Array(10).fill(0xff));
  assert.equal(id, "0190a1b2-c3d4-7fff-bfff-ffffffffffff");
  assert.match(uuid7(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("ids are in the order of their times, and no two are the same", () => {
  const random = () => crypto.getRandomValues(new Uint8Array(10));
  const ids = Array.from({ length: 500 }, (_, at) => uuid7(1_800_000_000_000 + at, random()));
  assert.deepEqual(ids.toSorted(), ids);
  assert.equal(new Set(Array.from({ length: 5000 }, () => uuid7())).size, 5000);
});

test("an answer is sent at once, with its token, and its receipt is handed on", async () => {
  const { outbox, seen } = newOutbox();
  outbox.put(7, answer("yes"));
  assert.equal(outbox.isEmpty, false);
  await settle();
  const [{ operations: [operation], csrf }] = sent();
  assert.equal(csrf, "first-token");
  assert.equal(operation.assessment_id, ASSESSMENT);
  assert.deepEqual([operation.kind, operation.item, operation.value, operation.device_seq], ["answer", 7, "yes", 1]);
  assert.deepEqual(seen.receipts, [[7, "applied"]]);
  assert.equal(outbox.isEmpty, true);
  assert.deepEqual(seen.states.at(-1), { waiting: 0, failing: false, signedOut: false, savedAt: "2026-01-31T21:45:00+00:00" });
});

test("one request at a time; what comes meanwhile goes together in the next", async () => {
  const { outbox } = newOutbox();
  [1, 2, 3].forEach((item) => outbox.put(item, answer("no")));
  await settle();
  assert.equal(mostInFlight, 1);
  assert.deepEqual(sent().map(({ operations }) => operations.map(({ item }) => item)), [[1], [2, 3]]);
});

test("the newest content of a card wins, and is read when it is sent", async () => {
  const { outbox } = newOutbox();
  let rev = 0;
  outbox.put(1, answer("no"));
  outbox.put(2, answer("yes"));
  outbox.put(2, () => ({ ...answer("no")(), base_rev: rev }));
  rev = 5;
  await settle();
  const [, { operations }] = sent();
  assert.equal(operations.length, 1);
  assert.deepEqual([operations[0].value, operations[0].base_rev, operations[0].device_seq], ["no", 5, 3]);
});

test("after a lost reply the same operation is sent again, under the same id", async () => {
  const { outbox, seen } = newOutbox();
  replies = [loseReply, loseReply];
  outbox.put(1, answer("no"));
  await settle();
  assert.equal(seen.states.at(-1).failing, true);
  assert.deepEqual(seen.receipts, []);
  outbox.put(1, answer("yes"));
  await ring();
  await ring();
  const ids = sent().map(({ operations: [{ op_id }] }) => op_id);
  assert.equal(ids.length, 4);
  assert.equal(new Set(ids.slice(0, 3)).size, 1);
  assert.notEqual(ids[3], ids[0]);
  assert.deepEqual(sent().map(({ operations: [{ value }] }) => value), ["no", "no", "no", "yes"]);
  assert.equal(seen.states.at(-1).failing, false);
  assert.equal(outbox.isEmpty, true);
});

test("it waits longer after each failure, up to a limit, and starts anew after a success", async () => {
  const { outbox } = newOutbox();
  replies = Array(7).fill(refuse(503));
  outbox.put(1, answer("no"));
  await settle();
  const waits = [];
  while (timers.length > 0) waits.push(await ring());
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  replies = [refuse(503)];
  outbox.put(2, answer("no"));
  await settle();
  assert.equal(await ring(), 1000);
});

test("signed out: it says so, takes the token of the next sign-in, and sends the same operation", async () => {
  const { outbox, seen } = newOutbox();
  replies = [refuse(401), page("", "http://house/sign-in?next=/"), refuse(401), page("second-token")];
  outbox.put(1, answer("no"));
  await settle();
  assert.equal(seen.states.at(-1).signedOut, true);
  assert.equal(seen.states.at(-1).waiting, 1);
  await ring();
  assert.equal(seen.states.at(-1).signedOut, false);
  await ring();
  assert.deepEqual(sent().map(({ csrf }) => csrf), ["first-token", "first-token", "second-token"]);
  assert.equal(new Set(sent().map(({ operations: [{ op_id }] }) => op_id)).size, 1);
  assert.equal(outbox.isEmpty, true);
});

test("a sign-in that ran out with its cookie is told as a sign-out too", async () => {
  const { outbox, seen } = newOutbox();
  replies = [refuse(400), page("", "http://house/sign-in")];
  outbox.put(1, answer("no"));
  await settle();
  assert.equal(seen.states.at(-1).signedOut, true);
  assert.equal(outbox.isEmpty, false);
});

test("a stale token alone is renewed without a word about signing in", async () => {
  const { outbox, seen } = newOutbox();
  replies = [refuse(400), page("second-token")];
  outbox.put(1, answer("no"));
  await settle();
  assert.equal(seen.states.at(-1).signedOut, false);
  await ring();
  assert.equal(sent().at(-1).csrf, "second-token");
  assert.equal(outbox.isEmpty, true);
});

test("whoever waits for an empty outbox is told once, when all of it is on the server", async () => {
  const { outbox } = newOutbox();
  let told = 0;
  outbox.whenEmpty(() => { told += 1; });
  assert.equal(told, 1);
  replies = [loseReply];
  outbox.put(1, answer("no"));
  outbox.put(2, answer("no"));
  outbox.whenEmpty(() => { told += 1; });
  await settle();
  assert.equal(told, 1);
  await ring();
  assert.equal(told, 2);
});

test("a refused answer is reported and does not hold up the others", async () => {
  const { outbox, seen } = newOutbox();
  const refused = (operations) => ({
    ...accept(operations),
    json: async () => ({ receipts: operations.map(({ op_id }) => ({ op_id, receipt: "rejected", detail: "No" })) }),
  });
  replies = [refused];
  outbox.put(1, answer("no"));
  outbox.put(2, answer("no"));
  await settle();
  assert.deepEqual(seen.receipts, [[1, "rejected"], [2, "applied"]]);
  assert.equal(outbox.isEmpty, true);
});
