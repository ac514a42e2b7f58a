// Sending operations: kept on the tablet first, one request at a time, tried again until the server has answered for each.

import { clockTime } from "./card.mjs";
import { caseOf, hoursSince, isOf, overdueIn, sendable } from "./tablet.mjs";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;
const PATIENCE = 15000;
const MOST_AT_ONCE = 50;
const VERSION = 1;
const BACKLOG = 10;
const RECEIPTS = ["applied", "duplicate", "conflict", "rejected", "handed_over"];

// Two pages that send the same do no harm, so none waits for the other for ever.
async function exclusively(act) {
  const locks = globalThis.navigator?.locks;
  if (!locks) return act();
  let result = null;
  const run = () => (result = act());
  try {
    await locks.request("dash-send", { signal: AbortSignal.timeout(PATIENCE) }, run);
  } catch {
    return result ?? act();
  }
  return result;
}

// How much of it is of the case on the screen, where there are others.
const ofThis = (all, here) => (all === here ? "" : `, ${here || "none"} of them of this case`);

const counted = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** What waits, what is to be decided and what is not known, in words that are true of all that this tablet has. */
export const words = {
  waits: ({ waiting, here }) => `${waiting} not sent yet${ofThis(waiting, here)}`,
  held: (state) => `Saved on this tablet since ${clockTime(state.since)}, ${words.waits(state)}`,
  // Of cases: one answer can be refused several times as it is typed, and a form with all that was built on it.
  refused({ refused, refusedHere }) {
    const others = refused - refusedHere;
    const here = `this case${others ? ` and of ${counted(others, "other")}` : ""}`;
    return `Needs a decision: something of ${refusedHere ? here : counted(refused, refusedHere === null ? "case" : "other case")} was refused`;
  },
  overdue: ({ overdue }) => `Only on this tablet for ${hoursSince(overdue)} hours: take it to where there is signal`,
  mute: "Cannot tell what waits on this tablet: its store does not answer",
};

/** A backlog has a bar while it is being sent; a few taps have none. */
export function showProgress(bar, { waiting, most, failing }) {
  bar.hidden = most < BACKLOG || failing;
  bar.max = most;
  bar.value = most - waiting;
}

export class Outbox {
  #tablet;
  #hooks;
  #unkept = []; // operations that only this page has
  #keeping = 0;
  #kept = Promise.resolve(); // one after the other: how long one takes to lock must not change their order
  #atOnce = MOST_AT_ONCE;
  #busy = false;
  #again = false;
  #timer = null;
  #wait = FIRST_WAIT;
  #failing = false;
  #savedAt = null;
  #held = { waiting: 0 };
  #most = 0; // that waited since nothing did
  #whenEmpty = [];
  #channel = globalThis.BroadcastChannel ? new BroadcastChannel("dash-receipts") : null;

  /** hooks: onChange(state), onReceipt(receipt); `path` is the case that is on the screen. */
  constructor(tablet, hooks = {}) {
    this.#tablet = tablet;
    this.#hooks = { path: "", onChange() {}, onReceipt() {}, ...hooks };
    addEventListener("online", () => this.hurry());
    if (this.#channel) this.#channel.onmessage = ({ data }) => { this.#answered(data); };
  }

  get isEmpty() {
    return this.#held.waiting === 0 && this.#unkept.length === 0 && this.#keeping === 0;
  }

  /** Whether all that waits would outlive this page. */
  get isKept() {
    return this.#unkept.length === 0 && this.#keeping === 0;
  }

  /** Keep an operation on the tablet, with the case as it stands with it, then send it. */
  async put(operation, kase) {
    this.#keeping += 1;
    this.#report();
    const isKept = await (this.#kept = this.#kept.then(() => this.#tablet.keep([operation], kase)));
    if (!isKept) this.#unkept.push(operation);
    this.#keeping -= 1;
    await (isKept ? this.send() : this.hurry());
  }

  whenEmpty(act) {
    if (this.isEmpty) act();
    else this.#whenEmpty.push(act);
  }

  /** Try now, whatever the clock says. */
  hurry() {
    clearTimeout(this.#timer);
    this.#timer = null;
    return this.send();
  }

  /** Send what waits, this page's and what an earlier one left; returns when it is done or has failed. */
  async send() {
    await this.#tablet.ready;
    await this.#count();
    if (this.#busy) this.#again = true;
    if (this.#busy || this.#timer) return;
    this.#busy = true;
    let isDone;
    do {
      this.#again = false;
      isDone = await exclusively(() => this.#deliverAll()).catch(() => false);
    } while (isDone && this.#again);
    this.#busy = false;
    this.#failing = !isDone;
    if (isDone) this.#wait = FIRST_WAIT;
    else {
      this.#timer = setTimeout(() => this.hurry(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    }
    await this.#count();
    if (this.isEmpty) this.#whenEmpty.splice(0).forEach((act) => act());
  }

  /** The server has answered, to this page or to another one of the same browser. */
  #answered(receipts) {
    this.#savedAt = receipts.findLast(({ saved_at }) => saved_at)?.saved_at ?? this.#savedAt;
    this.#tablet.isSignedOut = this.#failing = false;
    receipts.forEach((receipt) => this.#hooks.onReceipt(receipt));
    this.#count();
  }

  async #count() {
    const entries = await this.#tablet.logged();
    const [waiting, refused] = ["waiting", "refused"].map((wanted) => entries.filter(({ state }) => state === wanted));
    const { path } = this.#hooks;
    const here = waiting.filter((entry) => isOf(path, entry.path)).length;
    const cases = new Set(refused.map((entry) => caseOf(entry.path)));
    this.#held = {
      waiting: waiting.length, here, since: waiting[0]?.at, refused: cases.size, refusedHere: path ? cases.has(path) : null, overdue: overdueIn(entries),
    };
    this.#report();
  }

  async #deliverAll() {
    for (;;) {
      const kept = (await this.#tablet.waiting()).slice(0, this.#atOnce);
      const unkept = this.#unkept.slice(0, this.#atOnce - kept.length);
      if (kept.length + unkept.length === 0) return !this.#tablet.isMute;
      const of = await this.#deliver(kept, unkept);
      if (!of) return false;
      const answered = kept.filter(({ entry }) => of.has(entry.op_id));
      // Where the store does not answer, it is sent again, and counts once.
      const isSettled = answered.length === 0 || await this.#tablet.settle(answered, of).then(() => true, () => false);
      this.#unkept = this.#unkept.filter(({ op_id }) => !of.has(op_id));
      const receipts = [...of.values()];
      this.#channel?.postMessage(receipts);
      this.#answered(receipts);
      if (!isSettled) return false;
      if (answered.length < kept.length || unkept.some(({ op_id }) => !of.has(op_id))) return false; // not answered for
    }
  }

  /** Hand over to a supervisor what the server refused of a case; true once the server has all of it. */
  async handOver(path) {
    return this.#bring((await this.#tablet.refused()).filter(({ entry }) => isOf(path, entry.path)), "/tablet/handed-over", { device: this.#tablet.device });
  }

  /** Let go of what was refused and has come another way since: a supervisor has loaded it from a file. */
  async letGo() {
    const refused = await this.#tablet.refused();
    if (refused.length) await this.#bring(refused, "/tablet/arrived");
  }

  async #bring(refused, to, more) {
    const of = await this.#deliver(refused, [], to, more);
    if (!of) return false;
    await this.#tablet.settle(refused.filter(({ entry }) => of.has(entry.op_id)), of);
    this.#channel?.postMessage([]); // the other pages count again, as this one does
    await this.#count();
    return refused.every(({ entry }) => of.get(entry.op_id)?.receipt !== "rejected");
  }

  /** The receipts by operation, or null. Nothing is taken for delivered that the server did not answer for in words known here. */
  async #deliver(kept, unkept, to = "/sync", more = {}) {
    const operations = [...kept.map(sendable), ...unkept];
    try {
      const response = await fetch(to, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": this.#tablet.token },
        body: JSON.stringify({ version: VERSION, author: this.#tablet.owner || null, sent_at: new Date().toISOString(), operations, ...more }),
        signal: AbortSignal.timeout(PATIENCE),
      });
      this.#tablet.isSignedOut = response.status === 401;
      this.#atOnce = response.ok ? MOST_AT_ONCE : Math.ceil(this.#atOnce / 2); // too much, or one that it chokes on
      if (response.ok) {
        const { receipts } = await response.json();
        return new Map(receipts.filter(({ receipt }) => RECEIPTS.includes(receipt)).map((each) => [each.op_id, each]));
      }
      // After a new sign-in the page's token is stale, and perhaps it is somebody else who signed in.
      if (response.status < 500) await this.#tablet.connect();
      return null;
    } catch {
      return null;
    }
  }

  #report() {
    const { isMute, isSignedOut, isSomebodyElses } = this.#tablet;
    const own = this.#unkept.length + this.#keeping;
    const waiting = this.#held.waiting + own;
    this.#most = waiting && Math.max(this.#most, waiting);
    this.#hooks.onChange({
      ...this.#held, waiting, here: this.#held.here + own, most: this.#most, failing: this.#failing && waiting > 0,
      isMute, isSignedOut, isSomebodyElses, isKept: this.isKept, savedAt: this.#savedAt,
    });
  }
}
