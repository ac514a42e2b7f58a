// Sending operations: one request at a time, tried again until the server has answered for each.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;
const PATIENCE = 15000;

/** A version 7 UUID (RFC 9562), made on the device so that sending twice has one effect. */
export function uuid7(now = Date.now(), random = crypto.getRandomValues(new Uint8Array(10))) {
  const bytes = new Uint8Array(16);
  for (let at = 5, rest = now; at >= 0; at -= 1, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  bytes.set(random, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Outbox {
  #assessment;
  #part;
  #csrf;
  #hooks;
  #waiting = new Map(); // item → how to make its operation; the newest content of a card wins
  #sending = null;
  #seq = 0;
  #wait = FIRST_WAIT;
  #failing = false;
  #signedOut = false;
  #savedAt = null;
  #whenEmpty = [];

  constructor(assessment, csrf, hooks, part = "") {
    this.#assessment = assessment;
    this.#part = part;
    this.#csrf = csrf;
    this.#hooks = hooks;
    addEventListener("online", () => this.#send());
  }

  get isEmpty() {
    return this.#waiting.size === 0 && this.#sending === null;
  }

  /** Queue the content of a card; `content` is read when it is sent, with the revision of then. */
  put(item, content) {
    this.#seq += 1;
    this.#waiting.set(item, { content, asked_at: new Date().toISOString(), device_seq: this.#seq });
    this.#report();
    this.#send();
  }

  whenEmpty(act) {
    if (this.isEmpty) act();
    else this.#whenEmpty.push(act);
  }

  async #send() {
    if (this.#sending !== null || this.#waiting.size === 0) return;
    // An operation keeps its id until the server has answered: a lost reply must not count twice.
    this.#sending = [...this.#waiting].map(([item, { content, ...stamp }]) => ({
      op_id: uuid7(), kind: "answer", assessment_id: this.#assessment, part: this.#part, item, ...content(), ...stamp,
    }));
    this.#waiting.clear();
    while (!(await this.#deliver())) {
      this.#failing = true;
      this.#report();
      await new Promise((resolve) => { setTimeout(resolve, this.#wait); });
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    }
    this.#sending = null;
    this.#failing = this.#signedOut = false;
    this.#wait = FIRST_WAIT;
    this.#report();
    if (this.#waiting.size > 0) this.#send();
    else this.#whenEmpty.splice(0).forEach((act) => act());
  }

  async #deliver() {
    try {
      const response = await fetch("/sync", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": this.#csrf },
        body: JSON.stringify({ operations: this.#sending }),
        signal: AbortSignal.timeout(PATIENCE),
      });
      this.#signedOut = response.status === 401;
      if (!response.ok) {
        if (response.status === 400 || response.status === 401) await this.#renewToken();
        return false;
      }
      const { receipts } = await response.json();
      for (const receipt of receipts) {
        const operation = this.#sending.find(({ op_id }) => op_id === receipt.op_id);
        if (receipt.saved_at) this.#savedAt = receipt.saved_at;
        this.#hooks.onReceipt(operation.item, receipt);
      }
      return true;
    } catch {
      return false;
    }
  }

  /** After a new sign-in in another tab the page's token is stale; a fresh page carries a new one. */
  async #renewToken() {
    const response = await fetch(`/assessments/${this.#assessment}`);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-csrf]");
    if (fresh) this.#csrf = fresh.dataset.csrf;
    // A sign-in that ran out takes its cookie along, and then the refusal is about the token.
    this.#signedOut = new URL(response.url).pathname === "/sign-in";
  }

  #report() {
    const waiting = this.#waiting.size + (this.#sending?.length ?? 0);
    this.#hooks.onChange({ waiting, failing: this.#failing, signedOut: this.#signedOut, savedAt: this.#savedAt });
  }
}
