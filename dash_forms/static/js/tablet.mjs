// This tablet, for the officer who uses it now: the key, what is kept under it, and what still has to be sent.

import { enrol, hasAuthenticator, secretOf } from "./authenticator.mjs";
import { digest, fromBase64, importKey, lock, seal, toBase64, unlock, unwrap, wrap } from "./secrets.mjs";
import { askToStay, openStorage } from "./storage.mjs";
import { uuid7 } from "./uuid7.mjs";

const PATIENCE = 8000;
const FOR_THE_KEY = 1500;
const HOUR = 3_600_000;
const TOO_LONG = 12 * HOUR; // for anything to be on one tablet alone
const FILE = "dash-forms waiting work";
export const MOST_TRIES = 5;

/** Too many wrong passphrases or PINs: only a sign-in opens this tablet again. */
export class LockedError extends Error {
  isLocked = true;
}

export class Tablet {
  #storage = null;
  #key = null;
  #bytes = null; // of the key, only while a server has just given them
  #point = null;
  #device = null;
  #forTheKey = null;

  /** The server's token for this page, renewed with each release of the key. */
  token = "";
  owner = "";
  isSignedOut = false;
  #ahead = 0; // of this tablet's clock, the server's
  isSomebodyElses = false;
  isRevoked = false;
  /** Whether the store did not answer: then nobody knows what is kept here. */
  isMute = false;
  #whose = "";

  constructor({ owner = "", token = "" } = {}) {
    Object.assign(this, { owner, token });
    this.ready = this.#open();
  }

  // Without a store (a private window, a full disk) everything is sent and nothing kept.
  async #open() {
    try {
      this.#storage = await openStorage();
      this.#point = await this.#storage.fact("envelope_point") ?? null;
      this.#ahead = await this.#storage.fact("ahead") ?? 0;
      this.#device = await this.#storage.fact("device") ?? null;
      if (!this.#device) await this.#storage.setFact("device", this.#device = uuid7());
    } catch {
      this.#storage = null;
    }
  }

  /** The server's time, as far as this tablet knows: its own clock may be wrong. */
  now() {
    return Date.now() + this.#ahead;
  }

  /** The id of this tablet; null where nothing can be kept. */
  get device() {
    return this.#device;
  }

  /** What an administrator knows this tablet by. */
  get name() {
    return this.#device?.slice(-6).toUpperCase() ?? "";
  }

  /** The name of the person whose work is open. */
  get whose() {
    return this.#whose;
  }

  get isOpen() {
    return this.#key !== null;
  }

  get canKeep() {
    return this.#storage !== null && (this.#key !== null || this.#point !== null);
  }

  /** Ask the server for the key of whoever is signed in; false if it does not answer, or not to this person. */
  connect() {
    const connecting = this.#connect().catch(() => false); // the store did not answer
    this.#forTheKey = Promise.race([connecting, later(FOR_THE_KEY)]);
    return connecting;
  }

  async #connect() {
    await this.ready;
    const first = await this.#ask("GET");
    if (!first && this.isSignedOut) await this.dropRevoked();
    const answer = first?.due && this.#storage ? await this.#ask("POST", first.csrf) ?? first : first;
    if (!answer) return false;
    this.isSomebodyElses = this.owner !== "" && answer.owner !== this.owner;
    if (this.isSomebodyElses) return false;
    this.owner = answer.owner;
    this.token = answer.csrf;
    this.#point = fromBase64(answer.envelope_point);
    this.#ahead = Date.parse(answer.now) - Date.now();
    this.#storage?.setFact("ahead", this.#ahead).catch(() => null); // a full store can be mute: nothing waits for it
    this.isRevoked = answer.revoked;
    if (answer.revoked) await this.#drop(this.owner);
    if (!this.#storage || !answer.key) return true;
    this.#bytes = fromBase64(answer.key);
    this.#key = await importKey(this.#bytes);
    // On a full disk neither is kept; what is tapped is sent all the same.
    this.#storage.setFact("envelope_point", this.#point).then(() => this.#noteSignIn(answer.sign_in)).catch(() => null);
    this.#whose = answer.whose;
    this.#opened();
    globalThis.document?.documentElement.setAttribute("data-tablet", "ready");
    keepPages(answer.keep, (await this.cases()).flatMap(({ set }) => set ?? [])); // nothing waits for it
    return true;
  }

  async #ask(method, token) {
    try {
      const response = await fetch(`/tablet/keys/${this.#device ?? uuid7()}`, {
        method,
        headers: { Accept: "application/json", ...(token && { "X-CSRF-Token": token }) },
        signal: AbortSignal.timeout(PATIENCE),
      });
      this.isSignedOut = response.status === 401;
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  /** What a lost tablet is told although nobody is signed in on it. */
  async dropRevoked() {
    await this.ready;
    if (!this.#storage) return;
    try {
      const response = await fetch(`/tablet/revoked/${this.#device}`, { signal: AbortSignal.timeout(PATIENCE) });
      const { owners } = response.ok ? await response.json() : { owners: [] };
      for (const owner of owners) await this.#drop(owner);
    } catch {
      // asked again at the next contact
    }
  }

  /** A revoked key: nothing here opens with it any more. What waits is delivered in its envelopes. */
  async #drop(owner) {
    if (owner === this.owner) this.#key = this.#bytes = null;
    await this.#storage?.drop(owner);
  }

  /** Keep operations, and the case as it stands after them; true once they are on the disk. */
  async keep(operations, kase) {
    await this.ready;
    if (!this.isOpen) await this.#forTheKey;
    if (await this.#keep(operations, kase)) return true;
    await this.#findStorage();
    return this.#keep(operations, kase);
  }

  // Safari can lose the way to a store for good; a new way to it mostly works.
  async #findStorage() {
    this.#storage = await openStorage().catch(() => this.#storage);
  }

  async #keep(operations, kase) {
    if (!this.canKeep) return false;
    try {
      const entries = await Promise.all(operations.map((each) => this.#entry(each, kase.path)));
      const sealedCase = this.#key && {
        owner: this.owner, path: kase.path, at: Date.now(), box: await lock(this.#key, kase, [this.owner, kase.path]),
      };
      await this.#storage.keep(entries, sealedCase);
      askToStay();
      return true;
    } catch {
      return false; // a full disk: the page still has it, and says so
    }
  }

  async #entry(operation, path) {
    const { owner } = this;
    const place = [owner, operation.op_id];
    return {
      op_id: operation.op_id,
      path,
      owner,
      at: Date.now(),
      state: "waiting",
      box: this.#key && await lock(this.#key, operation, place),
      envelope: this.#point && await seal(this.#point, { author: owner, operation }),
    };
  }

  /** All that lies here of this person, sealed as it is. None where the store is mute, which is not to be taken for none. */
  async logged() {
    if (!this.owner) return [];
    if (this.isMute) await this.#findStorage();
    try {
      const found = await this.#storage.logged(this.owner);
      this.isMute = false;
      return found;
    } catch {
      this.isMute = true;
      return [];
    }
  }

  /** What waits: each entry with its operation, or null where this key does not open it. */
  waiting() {
    return this.#inState("waiting");
  }

  /** What the server refused, and its words, as far as this key opens them. */
  refused() {
    return this.#inState("refused");
  }

  async #inState(wanted) {
    const entries = (await this.logged()).filter(({ state }) => state === wanted);
    return Promise.all(entries.map(async (entry) => ({ entry, ...await this.#read(entry) })));
  }

  async #read({ owner, op_id, box }) {
    try {
      const { errors, ...operation } = await unlock(this.#key, box, [owner, op_id]);
      return { operation, errors };
    } catch {
      return { operation: null };
    }
  }

  /** Take off the tablet what the server has, and mark what it refused, with its words. */
  async settle(answered, receipts) {
    const isRefused = ({ entry }) => receipts.get(entry.op_id).receipt === "rejected";
    const refused = answered.filter(isRefused).map(async ({ entry, operation }) => {
      const { detail, field, errors = [{ field, detail }] } = receipts.get(entry.op_id);
      const box = operation && await lock(this.#key, { ...operation, errors }, [entry.owner, entry.op_id]);
      return { ...entry, box: box ?? entry.box, state: "refused" };
    });
    const done = answered.filter((each) => !isRefused(each));
    await this.#storage.settle([...done, ...await this.#replaced(done)].map(({ entry }) => entry), await Promise.all(refused));
    await this.tidy();
  }

  // What was refused of a card, and given anew on it since.
  async #replaced(done) {
    return (await this.refused()).filter(({ entry }) => done.some(({ operation }) => operation?.instead?.includes(entry.op_id)));
  }

  /** Let go of the cases that are submitted, with their add-on sets, and of an incident without any case left. */
  async tidy() {
    const cases = await this.cases();
    const sent = new Set(cases.filter(({ state }) => state === "sent").map(({ path }) => path));
    await this.#forget(cases.filter(({ assessment, state }) => state !== "people" && sent.has(`/assessments/${assessment}`)));
    const left = await this.cases();
    await this.#forget(left.filter(({ state, forms, incidentId }) => state === "people" && Object.keys(forms).length === 0
      && !left.some((each) => each.state !== "people" && each.incidentId === incidentId)));
  }

  // Where the store fails, the next page does it.
  #forget(cases) {
    return this.#storage?.forget(this.owner, cases).catch(() => null);
  }

  /** The server says that a case is closed. */
  async close(path) {
    const kase = await this.case(path);
    if (kase) await this.keep([], { ...kase, state: "sent" });
    await this.tidy();
  }

  /** What the server refused of a form of a case, or of one for somebody; undefined if nothing. */
  async refusedForm(path, to, whom) {
    return (await this.refused()).find(({ entry, operation }) => entry.path === path && operation?.path === to && (!whom || whom === madeFor(operation)));
  }

  /** What is on this tablet alone of a case, as a file that only the server opens (docs/offline.md). */
  async fileOf(path) {
    const found = [...await this.waiting(), ...await this.refused()].filter(({ entry }) => isOf(path, entry.path));
    const operations = found.sort((one, other) => one.entry.place - other.entry.place).map(sendable);
    const head = { format: FILE, version: 1, author: this.owner, device: this.#device };
    const times = { sent_at: new Date(), now: new Date(this.now()) };
    const { nonce, body } = await lock(this.#key, { ...times, operations }, Object.values(head));
    return JSON.stringify({ ...head, nonce: toBase64(nonce), body: toBase64(body) });
  }

  /** Since when something is on this tablet alone, if that is too long; while it is locked, anybody's. */
  async overdueSince() {
    try {
      const entries = await this.#storage.operations();
      return overdueIn(entries.filter(({ owner }) => !this.owner || owner === this.owner));
    } catch {
      this.isMute = true; // what cannot be looked at is not warned of, nor said to be nothing
      return null;
    }
  }

  /** Put an operation in the place of the refused one of the same form; false if there is none. */
  async putRight(operation, kase) {
    const same = await this.refusedForm(kase.path, operation.path, madeFor(operation));
    if (!same) return false;
    await this.keep([], kase);
    await this.#storage.settle([], [{ ...await this.#entry(operation, kase.path), place: same.entry.place }]);
    await this.tryAgain();
    return true;
  }

  /** Send again what was refused: one form put right can be what the others waited for. */
  async tryAgain() {
    await this.#storage.settle([], (await this.logged()).map((entry) => ({ ...entry, state: "waiting" })));
  }

  /** The cases kept here, the newest first. */
  async cases() {
    if (!this.#storage || !this.#key) return [];
    const found = await this.#storage.cases(this.owner).catch(() => {
      this.isMute = true;
      return [];
    });
    const opened = await Promise.all(found.map(async ({ path, at, box }) => {
      try {
        return { at, ...await unlock(this.#key, box, [this.owner, path]) };
      } catch {
        return null;
      }
    }));
    return opened.filter(Boolean).sort((one, other) => other.at - one.at);
  }

  /** The kept case of an address, or null. */
  async case(path) {
    return (await this.cases()).find((each) => each.path === path) ?? null;
  }

  /** Let a passphrase open this person's work here without signal; only after a sign-in. */
  async setPassphrase(passphrase) {
    await this.#setWay(await wrap(passphrase, this.#bytes));
  }

  /** Let the tablet's own lock open it, as a passphrase does; false if this tablet cannot. */
  async setAuthenticator() {
    const credential = await hasAuthenticator() && await enrol();
    const secret = credential && await secretOf([credential]);
    if (!secret) return false;
    await this.#setWay({ authenticator: { credential, ...await wrap(secret, this.#bytes, 1) } });
    return true;
  }

  async #setWay(way) {
    await this.#storage.setWay(this.owner, { whose: await lock(this.#key, this.#whose, [this.owner, "whose"]), ...way });
  }

  /** Let a PIN open the cover for as long as a page holds the key. */
  async setPin(pin) {
    await this.#storage.setWay(this.owner, { pin: await lock(this.#key, await digest(pin, this.owner), [this.owner, "pin"]) });
  }

  get canSetPassphrase() {
    return this.#bytes !== null && this.#storage !== null;
  }

  async #passphrases() {
    return await this.#storage?.passphrases().catch(() => []) ?? [];
  }

  /** Whether anything here opens without a server: with a passphrase, with the tablet's own lock. */
  async opensWith() {
    const known = (await this.#passphrases()).filter(({ owner }) => !this.owner || owner === this.owner);
    return { passphrase: known.some(({ body }) => body), authenticator: known.some(({ authenticator }) => authenticator) };
  }

  /** What a person has set here to open with. */
  async ways(whose = this.owner) {
    return (await this.#passphrases()).find(({ owner }) => owner === whose) ?? {};
  }

  /** What opens the cover of a person here: "pin" while the key is held, "authenticator", "passphrase", or null if only the server can tell. */
  async coverOpensWith(whose) {
    await this.ready;
    const { pin, authenticator, body } = await this.ways(whose);
    if (!(pin || authenticator || body) || await this.#storage.fact("wrong_tries") >= MOST_TRIES) return null;
    if (pin && this.isOpen && this.owner === whose) return "pin";
    return authenticator ? "authenticator" : body ? "passphrase" : null;
  }

  /** Whether this is the PIN of the person whose key is held; LockedError after too many wrong tries. */
  isPin(pin) {
    return this.#try(async () => {
      const ways = await this.ways();
      return await digest(pin, this.owner) === await unlock(this.#key, ways.pin, [this.owner, "pin"]);
    });
  }

  /** Open with a passphrase, of one person or of whoever it belongs to; LockedError after too many wrong tries. */
  unlock(passphrase, owner = "") {
    return this.#try(() => this.#openWith(passphrase, owner, (record) => record));
  }

  /** Open with the tablet's own lock, which counts wrong tries itself. */
  async unlockWithAuthenticator(owner = "") {
    await this.ready;
    if (await this.#storage.fact("wrong_tries") >= MOST_TRIES) throw new LockedError();
    const known = (await this.#storage.passphrases()).filter((each) => each.authenticator && (!owner || owner === each.owner));
    const secret = await secretOf(known.map(({ authenticator }) => authenticator.credential)).catch(() => null);
    return secret !== null && this.#openWith(secret, owner, ({ authenticator }) => authenticator);
  }

  async #openWith(secret, owner, wrapped) {
    for (const record of await this.#storage.passphrases()) {
      if (!wrapped(record)?.body || (owner && owner !== record.owner)) continue;
      try {
        this.#key = await importKey(await unwrap(secret, wrapped(record)));
      } catch {
        continue;
      }
      this.owner = record.owner;
      this.#whose = record.whose ? await unlock(this.#key, record.whose, [this.owner, "whose"]) : "";
      this.#opened();
      return true;
    }
    return false;
  }

  async #try(isRight) {
    await this.ready;
    const tries = await this.#storage.fact("wrong_tries") ?? 0;
    if (tries >= MOST_TRIES) throw new LockedError();
    await this.#storage.setFact("wrong_tries", tries + 1); // counted first: closing the page gains nothing
    if (await isRight()) return this.forgive().then(() => true);
    if (tries + 1 >= MOST_TRIES) throw new LockedError();
    return false;
  }

  /** Whoever it is has proved it to the server: the wrong tries count no more. */
  async forgive() {
    await this.#storage?.setFact("wrong_tries", 0);
  }

  // A new sign-in ends the count of wrong tries; another page of the same one does not.
  async #noteSignIn(mark) {
    if (mark === await this.#storage.fact("sign_in")) return;
    await this.#storage.setFact("sign_in", mark);
    await this.forgive();
  }

  // The key is here now.
  #opened() {
    globalThis.dispatchEvent?.(new Event("dash-key"));
  }
}

/** Since when one of these entries is on this tablet alone, if that is too long. */
export function overdueIn(entries) {
  const oldest = Math.min(...entries.map(({ at }) => at));
  return Date.now() - oldest > TOO_LONG ? oldest : null;
}

/** How many full hours ago that was. */
export const hoursSince = (at) => Math.floor((Date.now() - at) / HOUR);

const later = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// Several victims and children are entered by the same form: whom one is for.
const madeFor = ({ fields }) => fields.find(([name]) => name === "pair_id" || name === "child_id")?.[1];

/** Whether an address is that of a case, or of something in it. */
export const isOf = (path, address) => `${address}/`.startsWith(`${path}/`);

/** The address of the case that an address in it is of. */
export const caseOf = (path) => path.split("/sets/")[0];

/** What of an entry is sent: its operation, or its envelope where this tablet cannot read it. */
export const sendable = ({ entry: { op_id, envelope }, operation }) => operation ?? { op_id, envelope: envelope && toBase64(envelope) };

const CARDS = "/tablet/cards/";

const pathsIn = async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);

// Pages that know nobody, and what they are drawn with; a new release is kept whole before the old one goes,
// with all cards that were kept: whatever set is asked by now, a case of this or another officer may be on them.
async function keepPages({ name, addresses }, cards) {
  if (!globalThis.caches) return;
  try {
    const older = (await caches.keys()).filter((each) => each.startsWith("dash-") && each !== name);
    const before = (await Promise.all(older.map(pathsIn))).flat().filter((path) => path.startsWith(CARDS));
    const kept = new Set(await pathsIn(name));
    const cache = await caches.open(name);
    for (const address of new Set([...addresses, ...cards, ...before])) {
      if (kept.has(address)) continue;
      const response = await fetch(address);
      if (!response.ok || response.redirected) return;
      await cache.put(address, response);
    }
    for (const each of older) await caches.delete(each);
  } catch {
    // no room, or no signal any more: the next page tries again
  }
}
