// A tablet in a test: real pages, each in a frame, on a bad line, until somebody takes them away.
// `run` takes a session's script and gives every answer that its pages made, and what they said of it.

const PATIENCE = 20000;
const BETWEEN_TAPS = 5;
const TO_TAKE_UP = 60; // nobody taps before the page has shown what waits
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// What lies between this tablet and the server, by what the session's script says of it.
const line = { is: "up", straggling: [] };

const LINES = {
  up: (send) => send(),
  down: () => Promise.reject(new TypeError("no line")),
  failing: async () => new Response("<h1>502</h1>", { status: 502 }),
  slow: async (send) => { await pause(120); return send(); },
  async mute(send) { // it arrives, the answer does not
    await send();
    throw new TypeError("the reply is lost");
  },
  async twice(send) {
    await send();
    return send();
  },
  async late(send) { // the page hears nothing and asks again; then the first request arrives too
    line.straggling.push(pause(250).then(send).catch(() => null));
    throw new TypeError("on its way");
  },
};

/** The `fetch` of a page; a request that has left it goes on without it. */
const lineOf = (address, options = {}) => {
  const { signal, ...rest } = options;
  return LINES[line.is](() => fetch(address, rest));
};

/** How many answers this tablet alone has. */
async function waiting() {
  const opened = indexedDB.open("dash-forms");
  await new Promise((resolve) => { opened.onsuccess = resolve; });
  const counted = opened.result.transaction("operations").objectStore("operations").count();
  await new Promise((resolve) => { counted.onsuccess = resolve; });
  opened.result.close();
  return counted.result;
}

/** One page of the tablet, from its start until it is taken away. */
class Life {
  constructor(session, from, report) {
    Object.assign(this, { session, from, report, seen: new Map(), number: report.lives += 1 });
    this.frame = document.createElement("iframe");
    this.frame.src = `/soak?${session.number}`;
    this.ready = new Promise((resolve, reject) => { Object.assign(this, { begun: resolve, failed: reject }); });
    this.isOver = false;
    globalThis.opened = (page, real) => {
      this.isOver = this.page !== undefined; // it has loaded itself anew, as after a conflict
      if (!this.isOver) this.begin(page, real).then(this.begun, this.failed);
    };
    document.body.append(this.frame);
  }

  async begin(page, { Tablet, begin, show, answerIn }) {
    const { session } = this;
    this.page = page;
    this.answerIn = answerIn;
    const server = this.from === "server" && await this.fromServer();
    const tablet = new Tablet(server ? { owner: session.owner, token: server.dataset.csrf } : { owner: session.owner });
    this.watch(tablet);
    this.tablet = tablet;
    if (server) {
      page.document.querySelector(".app-page").replaceChildren(page.document.adoptNode(server));
      begin(server, tablet);
      return;
    }
    // As with a passphrase: the key opens, the server is not asked for the page.
    await tablet.ready;
    const asked = line.is;
    line.is = "up";
    await tablet.connect();
    for (const until = Date.now() + PATIENCE; Date.now() < until && !await caches.match(session.set);) await pause(20); // it keeps them by itself
    line.is = asked;
    const path = `/assessments/${session.assessment}`;
    const blank = { path, assessment: session.assessment, part: "", set: session.set, state: "draft", incident: "", whose: "", shown: 1, rev: 1, cards: {}, forms: {} };
    if (!await show(tablet, await tablet.case(path) ?? blank, path, { step: "cards" })) throw new Error("there are no cards on this tablet");
    await pause(TO_TAKE_UP);
  }

  async fromServer() {
    try {
      const response = await lineOf(`/assessments/${this.session.assessment}`);
      const drawn = new DOMParser().parseFromString(await response.text(), "text/html");
      return drawn.querySelector('[data-module="assessment"]');
    } catch {
      return null;
    }
  }

  /** Note each answer that the page makes, and whether the tablet has it. */
  watch(tablet) {
    const keep = tablet.keep.bind(tablet);
    tablet.keep = async (operations, kase) => {
      const made = operations.map((each) => ({ ...each, life: this.number, seen: this.seenBefore(each), kept: false }));
      this.report.made.push(...made);
      const isKept = await keep(operations, kase);
      made.forEach((each) => { each.kept = isKept; });
      return isKept;
    };
  }

  /** What was on the screen when it was tapped: a busy tablet keeps it when the next tap has come. */
  seenBefore({ item, asked_at }) {
    return this.seen.get(item)?.findLast(({ at }) => at <= Date.parse(asked_at));
  }

  card(item) {
    return this.page.document.querySelector(`.app-card[data-item="${item}"]`);
  }

  /** What the page tells whoever looks at it: an answer that is marked as saved is acknowledged. */
  look() {
    if (this.isOver) return;
    for (const made of this.report.made.filter(({ life }) => life === this.number)) {
      const words = this.card(made.item)?.querySelector(".app-saved").textContent ?? "";
      if (words.startsWith("Saved")) made.said = words;
    }
  }

  act([kind, item, given]) {
    const card = this.card(item);
    if (!this.page.document.querySelector(".app-card")) { // it is loading itself anew, as after a conflict
      this.isOver = true;
      return;
    }
    const seen = { ...this.answerIn(card), both: card.querySelector(".app-conflict") !== null, at: Date.now() };
    this.seen.set(item, [...this.seen.get(item) ?? [], seen]);
    if (kind === "note") {
      const box = card.querySelector(`[name="q${item}-note"]`);
      box.value = given;
      box.dispatchEvent(new this.page.Event("input", { bubbles: true }));
      box.dispatchEvent(new this.page.Event("change", { bubbles: true }));
    } else card.querySelector(`[name="q${item}-${kind}"][value="${given}"]`).click();
  }

  /** Until nothing of this tablet waits any more. */
  async rest() {
    for (const until = Date.now() + PATIENCE; Date.now() < until; await pause(20)) {
      if (!this.isOver) this.page.dispatchEvent(new this.page.Event("online"));
      if (await waiting() === 0) return;
    }
    throw new Error(`${await waiting()} still waiting`);
  }

  /** No goodbye: whatever it was doing ends here. */
  kill() {
    this.look();
    this.frame.remove();
  }
}

async function live(session, [from, ...steps], report) {
  const life = new Life(session, from, report);
  await life.ready;
  for (const step of steps) {
    const [kind, given] = step;
    life.look();
    if (kind === "line") line.is = given;
    else if (kind === "pause") await pause(given);
    else {
      life.act(step);
      await pause(BETWEEN_TAPS);
    }
    if (life.isOver) break;
  }
  return life;
}

/** Run a session; gives every answer that its pages made, and what they said of it. */
async function run(session) {
  const report = { made: [], lives: 0, trouble: "" };
  try {
    line.is = "up";
    for (const each of session.lives) {
      const life = await live(session, each, report);
      life.kill();
    }
    line.is = "up";
    await Promise.all(line.straggling.splice(0));
    const last = await live(session, ["server"], report);
    await last.rest();
    last.kill();
  } catch (error) {
    report.trouble = `${error.message}\n${error.stack}`;
  }
  return report;
}

Object.assign(globalThis, { run, lineOf });
