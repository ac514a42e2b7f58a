// The outbox against a server, a store and a clock of our own: nothing lost, nothing counted twice.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Outbox, showProgress, words } from "../../dash_forms/static/js/outbox.mjs";

const OWNER = "0190a000-0000-7000-8000-000000000001";
const KASE = { path: "/assessments/1" };

let listeners; // of the window
let timers; // waiting, first one first
let requests; // to the server, oldest first
let replies; // how the server answers the next ones; after these it accepts everything
let inFlight;
let mostInFlight;
let told; // to the other pages

const accept = (operations) => ({ ok: true, status: 200, json: async () => ({ receipts: operations.map(accepted) }) });
const accepted = ({ op_id }) => ({ op_id, receipt: "applied", rev: 1, saved_at: "2026-01-31T21:45:00+00:00" });
const answerWith = (receipts) => () => ({ ok: true, status: 200, json: async () => ({ receipts }) });
const refuse = (status) => () => ({ ok: false, status });
const loseReply = () => { throw new TypeError("network"); };

globalThis.addEventListener = (name, act) => { listeners[name] = act; };
globalThis.setTimeout = (act, wait) => { timers.push({ act, wait }); return timers.at(-1); };
globalThis.clearTimeout = (timer) => { timers = timers.filter((each) => each !== timer); };
globalThis.BroadcastChannel = class { postMessage(receipts) { told.push(receipts); } };
globalThis.fetch = async (url, { body, headers }) => {
  const { operations, author, version } = JSON.parse(body);
  requests.push({ url, operations, author, version, csrf: headers["X-CSRF-Token"] });
  inFlight += 1;
  mostInFlight = Math.max(mostInFlight, inFlight);
  await turns();
  inFlight -= 1;
  return (replies.shift() ?? accept)(operations);
};

/** A tablet that keeps everything in a list, if it keeps at all. */
class FakeTablet {
  constructor({ keeps = true, entries = [] } = {}) {
    Object.assign(this, { keeps, entries, owner: OWNER, token: "first-token", isMute: false, ready: Promise.resolve(), connects: 0 });
  }

  async logged() {
    return this.isMute ? [] : this.entries;
  }

  async inState(wanted) {
    return (await this.logged()).filter(({ state }) => state === wanted).map((entry) => ({ entry, operation: entry.operation }));
  }

  async settle(answered, receipts) {
    for (const { entry } of answered) {
      if (receipts.get(entry.op_id).receipt === "rejected") entry.state = "refused";
      else this.entries.splice(this.entries.indexOf(entry), 1);
    }
  }

  async keep([operation], { path } = KASE) {
    if (this.keeps) this.entries.push({ op_id: operation.op_id, path, at: 1, state: "waiting", operation });
    return this.keeps;
  }

  async waiting() {
    return this.inState("waiting");
  }

  async refused() {
    return this.inState("refused");
  }

  async connect() {
    this.connects += 1;
    this.token = "second-token";
    return true;
  }
}

// Lets everything run that waits for nothing but its turn.
async function turns() {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => { setImmediate(resolve); });
}

async function settle() {
  for (let round = 0; round < 5; round += 1) await turns();
}

// Lets the next waiting timer ring; gives how long it would have waited.
async function ring() {
  const { act, wait } = timers.shift();
  act();
  await settle();
  return wait;
}

function newOutbox(tablet = new FakeTablet()) {
  const seen = { states: [], receipts: [] };
  const outbox = new Outbox(tablet, {
    onChange: (state) => { seen.states.push(state); },
    onReceipt: ({ op_id, receipt }) => { seen.receipts.push([op_id, receipt]); },
  });
  return { outbox, seen, tablet };
}

const tap = (op_id, value = "no") => ({ op_id, value });
const sent = () => requests.map(({ operations }) => operations.map(({ op_id }) => op_id));

beforeEach(() => {
  [listeners, timers, requests, replies, inFlight, mostInFlight, told] = [{}, [], [], [], 0, 0, []];
});

test("an answer is kept, sent at once with its author and token, and then kept no longer", async () => {
  const { outbox, seen, tablet } = newOutbox();
  outbox.put(tap("a"), KASE);
  assert.equal(outbox.isEmpty, false);
  await settle();
  const [{ url, author, version, csrf }] = requests;
  assert.deepEqual([url, author, version, csrf], ["/sync", OWNER, 1, "first-token"]);
  assert.deepEqual(seen.receipts, [["a", "applied"]]);
  assert.deepEqual([outbox.isEmpty, tablet.entries, told.length], [true, [], 1]);
  const { waiting, failing, savedAt } = seen.states.at(-1);
  assert.deepEqual([waiting, failing, savedAt], [0, false, "2026-01-31T21:45:00+00:00"]);
});

test("one request at a time; what comes meanwhile goes together in the next", async () => {
  const { outbox } = newOutbox();
  ["a", "b", "c"].forEach((id) => outbox.put(tap(id), KASE));
  await settle();
  assert.equal(mostInFlight, 1);
  assert.deepEqual(sent().flat(), ["a", "b", "c"]);
});

test("every change is sent, in its order: what was tapped first is not forgotten", async () => {
  const { outbox } = newOutbox();
  replies = [loseReply];
  outbox.put(tap("a", "no"), KASE);
  await settle();
  outbox.put(tap("b", "yes"), KASE);
  await settle();
  await ring();
  assert.deepEqual(sent(), [["a"], ["a", "b"]]);
});

test("after a lost reply the same operation is sent again, under the same id", async () => {
  const { outbox, seen, tablet } = newOutbox();
  replies = [loseReply, loseReply];
  outbox.put(tap("a"), KASE);
  await settle();
  const { failing, isKept, since } = seen.states.at(-1);
  assert.deepEqual([failing, isKept, since, seen.receipts], [true, true, 1, []]);
  await ring();
  await ring();
  assert.deepEqual(sent(), [["a"], ["a"], ["a"]]);
  assert.deepEqual([seen.states.at(-1).failing, outbox.isEmpty, tablet.entries], [false, true, []]);
});

test("it waits longer after each failure, up to a limit, and starts anew after a success", async () => {
  const { outbox } = newOutbox();
  replies = Array(7).fill(refuse(503));
  outbox.put(tap("a"), KASE);
  await settle();
  const waits = [];
  while (timers.length > 0) waits.push(await ring());
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  replies = [refuse(503)];
  outbox.put(tap("b"), KASE);
  await settle();
  assert.equal(await ring(), 1000);
});

test("when the line is back it does not wait for its clock", async () => {
  const { outbox } = newOutbox();
  replies = [loseReply];
  outbox.put(tap("a"), KASE);
  await settle();
  listeners.online();
  await settle();
  assert.deepEqual([outbox.isEmpty, timers], [true, []]);
});

test("signed out: it says so, takes the token of the next sign-in, and sends the same operation", async () => {
  const { outbox, seen, tablet } = newOutbox();
  replies = [refuse(401)];
  outbox.put(tap("a"), KASE);
  await settle();
  assert.deepEqual([seen.states.at(-1).isSignedOut, seen.states.at(-1).waiting, tablet.connects], [true, 1, 1]);
  await ring();
  assert.deepEqual(requests.map(({ csrf }) => csrf), ["first-token", "second-token"]);
  assert.deepEqual([sent(), seen.states.at(-1).isSignedOut], [[["a"], ["a"]], false]);
});

test("a server in trouble is not asked for another token", async () => {
  const { outbox, tablet } = newOutbox();
  replies = [refuse(503)];
  outbox.put(tap("a"), KASE);
  await settle();
  assert.equal(tablet.connects, 0);
});

test("whoever waits for an empty outbox is told once, when all of it is on the server", async () => {
  const { outbox } = newOutbox();
  let times = 0;
  const tell = () => { times += 1; };
  await outbox.send();
  outbox.whenEmpty(tell);
  assert.equal(times, 1);
  replies = [loseReply];
  outbox.put(tap("a"), KASE);
  outbox.put(tap("b"), KASE);
  outbox.whenEmpty(tell);
  await settle();
  assert.equal(times, 1);
  await ring();
  assert.equal(times, 2);
});

test("a refused answer is reported, stays on the tablet, and does not hold up the others", async () => {
  const { outbox, seen, tablet } = newOutbox();
  replies = [(operations) => ({
    ...accept(operations), json: async () => ({ receipts: operations.map(({ op_id }) => ({ op_id, receipt: "rejected", detail: "No" })) }),
  })];
  outbox.put(tap("a"), KASE);
  await settle();
  outbox.put(tap("b"), KASE);
  await settle();
  assert.deepEqual(seen.receipts, [["a", "rejected"], ["b", "applied"]]);
  assert.deepEqual([outbox.isEmpty, tablet.entries.map(({ op_id, state }) => [op_id, state])], [true, [["a", "refused"]]]);
});

test("where nothing can be kept, the page itself holds it until the server has it", async () => {
  const { outbox, seen } = newOutbox(new FakeTablet({ keeps: false }));
  replies = [loseReply];
  outbox.put(tap("a"), KASE);
  await settle();
  assert.deepEqual([outbox.isKept, seen.states.at(-1).isKept], [false, false]);
  await ring();
  assert.deepEqual([sent(), outbox.isEmpty, outbox.isKept], [[["a"], ["a"]], true, true]);
});

test("what an earlier page left is sent, and what this tablet cannot read goes in its envelope", async () => {
  const entries = [{ op_id: "a", at: 1, state: "waiting", operation: tap("a") }, { op_id: "b", at: 2, state: "waiting", operation: null, envelope: new Uint8Array([1, 2]) }];
  const { outbox, tablet } = newOutbox(new FakeTablet({ entries }));
  await outbox.send();
  assert.deepEqual(requests[0].operations, [tap("a"), { op_id: "b", envelope: "AQI=" }]);
  assert.deepEqual([tablet.entries, outbox.isEmpty], [[], true]);
});

test("a backlog goes in parts, none of it twice", async () => {
  const entries = Array.from({ length: 120 }, (_, at) => ({ op_id: `${at}`, at, state: "waiting", operation: tap(`${at}`) }));
  const { outbox } = newOutbox(new FakeTablet({ entries }));
  await outbox.send();
  assert.deepEqual([sent().map(({ length }) => length), new Set(sent().flat()).size], [[50, 50, 20], 120]);
});

test("what the server did not answer for is not taken for delivered", async () => {
  const { outbox, tablet } = newOutbox();
  replies = [() => ({ ok: true, status: 200, json: async () => ({ receipts: [] }) })];
  outbox.put(tap("a"), KASE);
  await settle();
  assert.deepEqual([outbox.isEmpty, tablet.entries.length, timers.length], [false, 1, 1]);
});

test("a backlog has a bar that fills while it is sent; a single tap has none", async () => {
  const bar = {};
  const seen = [];
  const entries = Array.from({ length: 60 }, (_, at) => ({ op_id: `b${at}`, at, state: "waiting", operation: tap(`b${at}`) }));
  const outbox = new Outbox(new FakeTablet({ entries }), {
    onChange(state) {
      showProgress(bar, state);
      seen.push([bar.hidden, bar.value, bar.max]);
    },
  });
  outbox.send();
  await settle();
  assert.deepEqual(seen.find(([, value]) => value === 50), [false, 50, 60]);
  assert.equal(bar.hidden, true);
  outbox.put(tap("one"), KASE);
  await settle();
  assert.ok(bar.hidden);
});

test("the server did not answer for an answer that only the page has: it waits for its clock, and goes on", async () => {
  const { outbox } = newOutbox(new FakeTablet({ keeps: false }));
  replies = [answerWith([])];
  outbox.put(tap("a"), KASE);
  await settle();
  assert.deepEqual([sent(), timers.length], [[["a"]], 1]);
  await ring();
  assert.deepEqual([sent(), outbox.isEmpty], [[["a"], ["a"]], true]);
});

test("a receipt that this page does not know, of a newer server, delivers nothing", async () => {
  const { outbox, seen, tablet } = newOutbox();
  replies = [answerWith([{ op_id: "a", receipt: "later" }])];
  outbox.put(tap("a"), KASE);
  await settle();
  assert.deepEqual([outbox.isEmpty, tablet.entries.length, seen.receipts], [false, 1, []]);
  await ring();
  assert.deepEqual([outbox.isEmpty, tablet.entries], [true, []]);
});

for (const [what, body] of [["no receipts", {}], ["receipts of another shape", { receipts: { a: "applied" } }], ["an empty receipt", { receipts: [null] }], ["nothing", null]]) {
  test(`an answer with ${what} is no answer, and the next one is taken`, async () => {
    const { outbox, tablet } = newOutbox();
    replies = [() => ({ ok: true, status: 200, json: async () => body })];
    outbox.put(tap("a"), KASE).catch(() => null);
    await settle();
    assert.deepEqual([outbox.isEmpty, tablet.entries.length, timers.length], [false, 1, 1]);
    await ring();
    assert.deepEqual([sent(), outbox.isEmpty, tablet.entries], [[["a"], ["a"]], true, []]);
  });
}

test("two taps are kept in the order in which they were made, however long each takes to lock", async () => {
  const tablet = new FakeTablet();
  const keep = tablet.keep.bind(tablet);
  tablet.keep = async ([operation]) => {
    if (operation.op_id === "a") await turns();
    return keep([operation]);
  };
  const { outbox } = newOutbox(tablet);
  outbox.put(tap("a", "no"), KASE);
  outbox.put(tap("b", "yes"), KASE);
  await settle();
  assert.deepEqual(sent().flat(), ["a", "b"]);
});

test("what a server will not take in one piece goes in smaller ones", async () => {
  const entries = Array.from({ length: 40 }, (_, at) => ({ op_id: `${at}`, at, state: "waiting", operation: tap(`${at}`) }));
  const { outbox, tablet } = newOutbox(new FakeTablet({ entries }));
  replies = [refuse(413), refuse(413)];
  await outbox.send();
  while (timers.length > 0) await ring();
  assert.deepEqual(sent().map(({ length }) => length).slice(0, 3), [40, 25, 13]);
  assert.deepEqual([outbox.isEmpty, tablet.entries], [true, []]);
});

test("what was refused is handed over to a supervisor, and leaves the tablet once the server has it", async () => {
  const entries = ["a", "b", "c"].map((op_id) => ({ op_id, path: op_id === "c" ? "/assessments/2" : KASE.path, state: "refused", operation: tap(op_id) }));
  const { outbox, seen, tablet } = newOutbox(new FakeTablet({ entries }));
  replies.push(refuse(503));
  assert.equal(await outbox.handOver(KASE.path), false);
  assert.equal(tablet.entries.length, 3);
  replies.push((operations) => ({ ok: true, status: 200, json: async () => ({ receipts: operations.map(({ op_id }) => ({ op_id, receipt: "handed_over" })) }) }));
  assert.equal(await outbox.handOver(KASE.path), true);
  assert.deepEqual([requests.at(-1).url, sent().at(-1)], ["/tablet/handed-over", ["a", "b"]]);
  assert.deepEqual(tablet.entries.map(({ op_id }) => op_id), ["c"]);
  assert.deepEqual([seen.states.at(-1).refused, told], [1, [[]]]);
});

test("what the server cannot take over stays on the tablet", async () => {
  const entries = [{ op_id: "a", path: KASE.path, state: "refused", operation: tap("a") }];
  const { outbox, tablet } = newOutbox(new FakeTablet({ entries }));
  replies.push((operations) => ({ ok: true, status: 200, json: async () => ({ receipts: operations.map(({ op_id }) => ({ op_id, receipt: "rejected" })) }) }));
  assert.equal(await outbox.handOver(KASE.path), false);
  assert.equal(tablet.entries.length, 1);
});

test("of what was refused the cases are counted, however much of each it is", async () => {
  const own = [KASE.path, KASE.path, `${KASE.path}/sets/animal-block:2`];
  const stands = async (paths, path) => {
    const states = [];
    const entries = paths.map((each, at) => ({ op_id: `${at}`, at, state: "refused", path: each, operation: tap(`${at}`) }));
    await new Outbox(new FakeTablet({ entries }), { path, onChange: (state) => { states.push(state); } }).send();
    return words.refused(states.at(-1));
  };
  const others = ["/assessments/2", "/assessments/3/sets/child-block", "/assessments/3"];
  assert.equal(await stands(own, KASE.path), "Needs a decision: something of this case was refused");
  assert.equal(await stands([...own, ...others.slice(0, 1)], KASE.path), "Needs a decision: something of this case and of 1 other was refused");
  assert.equal(await stands([...own, ...others], KASE.path), "Needs a decision: something of this case and of 2 others was refused");
  assert.equal(await stands(others, KASE.path), "Needs a decision: something of 2 other cases was refused");
  assert.equal(await stands(others.slice(0, 1), KASE.path), "Needs a decision: something of 1 other case was refused");
  assert.equal(await stands([...own, ...others]), "Needs a decision: something of 3 cases was refused");
  assert.equal(await stands(own), "Needs a decision: something of 1 case was refused");
});

test("what waits is counted, of all cases and of the one on the screen", async () => {
  const states = [];
  const entries = ["waiting", "waiting", "refused"].map((state, at) => ({
    op_id: `${at}`, at, state, path: at === 1 ? KASE.path : "/assessments/2", operation: tap(`${at}`),
  }));
  replies = [loseReply];
  await new Outbox(new FakeTablet({ entries }), { path: KASE.path, onChange: (state) => { states.push(state); } }).send();
  const { waiting, here, since } = states.at(-1);
  assert.deepEqual([waiting, here, since], [2, 1, 0]);
});

test("a store that does not answer is not taken for an empty one, and is asked again", async () => {
  const { outbox, seen, tablet } = newOutbox();
  tablet.isMute = true;
  outbox.put(tap("a"), KASE);
  await settle();
  assert.deepEqual([seen.states.at(-1).isMute, sent(), timers.length], [true, [], 1]);
  tablet.isMute = false;
  await ring();
  assert.deepEqual([seen.states.at(-1).isMute, sent(), tablet.entries], [false, [["a"]], []]);
});
