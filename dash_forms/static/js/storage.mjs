// The tablet's own store (IndexedDB). It holds ids, times and sealed bytes; nothing in it can be read as it lies there.

const NAME = "dash-forms";
const VERSION = 1;

// A step for each published version. A step adds or rewrites; it never makes a store anew that holds something.
const STEPS = [
  (database) => {
    const operations = database.createObjectStore("operations", { keyPath: "place", autoIncrement: true });
    operations.createIndex("owner", "owner");
    const cases = database.createObjectStore("cases", { keyPath: ["owner", "path"] });
    cases.createIndex("owner", "owner");
    database.createObjectStore("passphrases", { keyPath: "owner" });
    database.createObjectStore("facts"); // the tablet's id, the server's public key
  },
];

const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const PATIENCE = 3000;
const PATIENCE_TO_WRITE = 8000; // to the disk, which a busy tablet is slow at

// A store can fail to answer (WebKitGTK, two processes on one profile). What waits for it must go on without it.
function within(promise, milliseconds) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error("mute")), milliseconds); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Open the store, bringing an older one up to date step by step. */
export async function openStorage() {
  const database = await opened().catch(opened); // asked a second time it mostly answers
  database.onversionchange = () => database.close(); // a newer page waits for this one to let go
  return new Storage(database);
}

function opened() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = ({ oldVersion }) => {
    STEPS.slice(oldVersion).forEach((step) => step(request.result, request.transaction));
  };
  return within(answered(request), PATIENCE);
}

let asked;

/** Ask the browser, once a page, to clear nothing that is kept here. It may ask the officer first, and take its time. */
export const askToStay = () => (asked ??= globalThis.navigator?.storage?.persist?.().catch(() => false) ?? Promise.resolve());

export class Storage {
  #database;

  constructor(database) {
    this.#database = database;
  }

  #read(name, act) {
    return this.#in([name], "readonly", PATIENCE, act);
  }

  #write(names, act) {
    return this.#in(names, "readwrite", PATIENCE_TO_WRITE, act);
  }

  /** Run `act` on stores in one transaction; resolves once all of it is on the disk. */
  async #in(names, mode, patience, act) {
    const transaction = this.#database.transaction(names, mode, { durability: "strict" }); // a read takes no notice of that
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const result = act(...names.map((name) => transaction.objectStore(name)));
    const [found] = await within(Promise.all([result instanceof IDBRequest ? answered(result) : result, done]), patience);
    return found;
  }

  fact(name) {
    return this.#read("facts", (facts) => facts.get(name));
  }

  setFact(name, value) {
    return this.#write(["facts"], (facts) => facts.put(value, name));
  }

  /** Put operations, and the case as it stands with them, both or neither. */
  keep(operations, kase) {
    return this.#write(["operations", "cases"], (log, cases) => {
      operations.forEach((each) => log.put(each));
      if (kase) cases.put(kase);
    });
  }

  /** What of a person is "waiting" for a server, or was "refused" by one, in its order. */
  logged(owner) {
    return this.#read("operations", (log) => log.index("owner").getAll(owner)); // by their place
  }

  /** What the server has is no longer kept here; other entries are kept as they have become. */
  settle(delivered, changed) {
    return this.#write(["operations"], (log) => {
      delivered.forEach(({ place }) => log.delete(place));
      changed.forEach((entry) => log.put(entry));
    });
  }

  cases(owner) {
    return this.#read("cases", (cases) => cases.index("owner").getAll(owner));
  }

  /** Forget cases, but none of which an operation is here, whatever became of it. */
  forget(owner, wanted) {
    return this.#write(["operations", "cases"], async (log, cases) => {
      const kept = await answered(log.index("owner").getAll(owner));
      for (const { path } of wanted) {
        const [root] = path.split("/sets/");
        if (!kept.some((entry) => `${entry.path}/`.startsWith(`${root}/`))) cases.delete([owner, path]);
      }
    });
  }

  operations() {
    return this.#read("operations", (log) => log.getAll());
  }

  passphrases() {
    return this.#read("passphrases", (all) => all.getAll());
  }

  /** Keep a way for a person to open their work here, beside those that they have. */
  setWay(owner, way) {
    return this.#write(["passphrases"], async (all) => {
      all.put({ ...await answered(all.get(owner)), ...way, owner });
    });
  }

  /** Drop a person's ways to open, and cases. What no server has is never dropped. */
  drop(owner) {
    return this.#write(["passphrases", "cases"], async (passphrases, cases) => {
      passphrases.delete(owner);
      for (const key of await answered(cases.index("owner").getAllKeys(owner))) cases.delete(key);
    });
  }
}
