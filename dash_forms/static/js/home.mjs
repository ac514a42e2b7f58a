// What the page of this tablet shows: a lock, or the cases that are kept here and how much of each is not sent.

import { clockTime } from "./card.mjs";
import { Outbox, showProgress, words as stands } from "./outbox.mjs";
import { made } from "./made.mjs";
import { newCase } from "./people.mjs";
import { signIn } from "./sign-in.mjs";
import { doors, goTo, leaveStage, show } from "./stage.mjs";
import { stepOf } from "./steps.mjs";
import { askToStay } from "./storage.mjs";
import { caseOf, isOf } from "./tablet.mjs";

const SINCE = { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };

doors.home = home;

// One figure six times, or figures in a row.
const isGuessed = (pin) => /^(.)\1+$/.test(pin) || "01234567890 09876543210".includes(pin);

/** Bring the page of this tablet to life. */
export async function home(page, tablet) {
  leaveStage(() => showCases());
  const part = (name) => page.querySelector(`[data-${name}]`);
  const words = (name) => part("words")?.content.querySelector(`[data-of=${name}]`).textContent;
  const status = part("status");
  let shownCount = 0;
  let isOnline = false;
  let cases = [];
  let refused = [];

  const outbox = new Outbox(tablet, { onChange: countAgain });

  function say(what, kind = "") {
    status.textContent = what;
    status.className = `app-saved app-tablet__line ${kind && `app-saved--${kind}`}`;
  }

  const opened = new Set(); // the paths of which it is: the list is drawn anew as things come and go

  function refuse(place, why) {
    place.textContent = why;
    place.hidden = false;
  }

  async function open(kase, path, step) {
    if (!await show(tablet, kase, path, { step })) say(words("no-page"), "failed");
  }

  async function showCases() {
    await tablet.tidy();
    const waiting = await tablet.waiting();
    refused = await tablet.refused();
    cases = await tablet.cases();
    const wanted = cases.filter(({ path }) => isOf(path, location.pathname)).sort((one, other) => other.path.length - one.path.length)[0]
      ?? cases.find(({ incidentId }) => incidentId && isOf(`/incidents/${incidentId}`, location.pathname));
    if (!wanted && !isOnline && location.pathname === "/incidents/new") return open(newCase());
    if (wanted && !isOnline) {
      if (!await goTo(tablet, wanted, location.pathname)) await open(wanted);
      return;
    }
    shownCount = waiting.length;
    const isPart = (kase) => kase.part && cases.some(({ assessment, part: other }) => !other && assessment === kase.assessment);
    const lines = cases.filter((kase) => !isPart(kase)).map((kase) => line(kase, waiting.filter(({ entry }) => isOf(kase.path, entry.path))));
    lines.push(...lostCases().map(lostLine));
    part("cases").hidden = false;
    part("none").hidden = lines.length > 0 || tablet.isMute;
    part("list").replaceChildren(...lines);
  }

  // The addresses of what was refused, and whose case this tablet cannot show any more: the key to it is lost or revoked.
  function lostCases() {
    const paths = refused.map(({ entry }) => entry.path).filter((address) => !cases.some(({ path }) => isOf(path, address)));
    return [...new Set(paths.map(caseOf))];
  }

  function lostLine(path) {
    const item = made("li", { textContent: words("lost") });
    item.append(...decisions({ path }), otherWays({ path }, false, true));
    return item;
  }

  async function showOverdue() {
    const since = await tablet.overdueSince();
    part("overdue").hidden = since === null;
    if (since !== null) part("overdue-since").textContent = new Date(since).toLocaleString("en-GB", SINCE);
  }

  async function showStays() {
    const isPromised = Boolean(await navigator.storage?.persisted?.());
    part("stays").hidden = !isPromised;
    part("may-go").hidden = isPromised;
  }

  async function countAgain(state) {
    const { waiting } = state;
    showProgress(part("progress"), state);
    const said = [state.isMute && stands.mute, waiting && stands.held(state), state.refused && stands.refused(state)];
    part("total").textContent = said.filter(Boolean).join(" · ");
    await showOverdue();
    if (waiting === shownCount || !page.isConnected) return;
    shownCount = waiting;
    await showCases();
  }

  function line(kase, waiting) {
    const item = made("li");
    const link = made("a", { className: "govuk-link", href: kase.path, textContent: `${kase.incident} ${kase.whose}`.trim() || "New incident" });
    const done = Object.values(kase.cards).filter(({ value, isFilled }) => value !== null && !isFilled).length;
    const isRefused = refused.some(({ entry }) => isOf(kase.path, entry.path));
    const settled = kase.handed ? words("handed-over") : ", all on the server";
    const [first] = waiting;
    const where = first ? `, on this tablet since ${clockTime(first.entry.at)}, ${waiting.length} not sent yet` : isRefused || tablet.isMute ? "" : settled;
    const stage = kase.state === "sent" ? "Submitted" : kase.state === "people" ? "Who is there" : `${done} of the topics done`;
    const facts = made("p", { className: "app-quiet", textContent: `${stage}, ${clockTime(kase.at)}${where}` });
    link.addEventListener("click", (event) => {
      if (isOnline && !first && !kase.handed) return;
      event.preventDefault();
      open(kase);
    });
    item.append(link, facts, ...decisions(kase));
    if (first || isRefused) item.append(otherWays(kase, first, isRefused));
    return item;
  }

  // What the server refused: its words, and the way to put it right.
  function decisions(kase) {
    const first = refused.find(({ entry }) => isOf(kase.path, entry.path));
    if (!first) return [];
    const { operation, errors = [{ detail: words("unread") }] } = first;
    const its = cases.find(({ path }) => path === first.entry.path) ?? kase;
    const again = button("Send again", async () => {
      await tablet.tryAgain();
      await outbox.hurry();
      await showCases();
    });
    // What is asked on top can be asked or skipped on the server's page only; then it is sent again.
    const isElsewhere = errors.some(({ field }) => field === "add_ons" || field === "topics");
    const { path = its.path, item } = operation ?? {};
    const step = its.forms && operation && (item ? "cards" : stepOf({ ...its, state: "" }, path));
    const told = made("p", { className: "govuk-error-message", textContent: `Needs a decision: ${item ? `topic ${item}: ` : ""}${errors[0].detail}` });
    if (isElsewhere) told.textContent += words("elsewhere");
    const change = isElsewhere
      ? button("Open the assessment", () => location.assign(`${kase.path}/finish`))
      : button("Put it right", () => open(its, path, step));
    const row = made("div", { className: "app-row-actions" });
    row.append(...step || isElsewhere ? [change, again] : [again]);
    return [told, row];
  }

  // For when it cannot be sent from here; nothing leaves the tablet before the server has it.
  function otherWays(kase, waiting, isRefused) {
    const ways = part("ways").content.firstElementChild.cloneNode(true);
    ways.open = opened.has(kase.path);
    ways.addEventListener("toggle", () => opened[ways.open ? "add" : "delete"](kase.path));
    const told = ways.querySelector("[role=status]");
    const row = ways.querySelector(".app-row-actions");
    if (waiting) {
      row.append(button("Send now", async () => {
        told.textContent = "Sending…";
        await outbox.hurry();
        told.textContent = outbox.isEmpty ? "" : words("not-sent");
      }));
    }
    if (tablet.isOpen) row.append(button("Save as a file", async () => {
      const name = `forms-${new Date(tablet.now()).toLocaleString("sv", { dateStyle: "short", timeStyle: "short" }).replace(" ", "-").replace(":", "")}.json`;
      download(name, await tablet.fileOf(kase.path));
      told.textContent = `${name} ${words("saved")}`;
    }));
    if (isRefused && isOnline) {
      row.append(button(words("hand-over"), async () => {
        if (!await outbox.handOver(kase.path)) {
          told.textContent = words("not-handed");
          return;
        }
        if (kase.forms) await tablet.keep([], { ...kase, handed: true });
        await showCases();
        say(words("handed"));
      }));
    }
    return ways;
  }

  part("unlock").addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = event.target.elements.passphrase;
    const error = part("unlock-error");
    error.hidden = true;
    try {
      if (!await tablet.unlock(field.value)) refuse(error, words("wrong"));
    } catch (problem) {
      if (!problem.isLocked) throw problem;
      refuse(error, words("too-many"));
    }
    field.value = "";
  });

  part("authenticate").addEventListener("click", async () => {
    const isOpened = await tablet.unlockWithAuthenticator().catch(() => false);
    part("authenticate-error").hidden = isOpened;
  });

  // Opened here, or with the cover.
  globalThis.addEventListener("dash-key", () => {
    part("whose").textContent = tablet.whose && `Opened for ${tablet.whose}.`;
    if (part("locked").hidden || !page.isConnected) return;
    part("locked").hidden = true;
    showCases();
    outbox.send();
  });

  // What is chosen is typed twice; `isGood` says whether it may be chosen.
  function chooses(name, isGood, keep) {
    part(name).addEventListener("submit", async (event) => {
      event.preventDefault();
      const [first, again] = event.target.querySelectorAll("input");
      const error = part(`${name}-error`);
      error.textContent = isGood(first) ? words("differ") : first.dataset.wanted;
      error.hidden = isGood(first) && first.value === again.value;
      if (!error.hidden) return;
      if (!await keep(first.value).then(() => true, () => false)) return refuse(error, error.dataset.full);
      event.target.reset();
      await showChosen();
    });
  }

  async function showChosen() {
    const { pin, body, authenticator } = await tablet.ways();
    part("authenticator-set").textContent = authenticator ? words("in-use") : "";
    for (const [name, isSet] of [["pin", pin], ["passphrase", body]]) {
      const fold = part(name).closest("details");
      part(`${name}-set`).textContent = isSet ? words("set") : "";
      if (isSet && fold.contains(document.activeElement)) fold.firstChild.focus();
      fold.open = !isSet;
    }
  }

  part("authenticator").addEventListener("click", async () => {
    const isSet = await tablet.setAuthenticator().catch(() => false);
    await showChosen();
    if (!isSet) part("authenticator-set").textContent = words("cannot");
  });

  chooses("passphrase", ({ value, minLength }) => value.trim().length >= minLength, async (passphrase) => {
    await tablet.setPassphrase(passphrase);
    askToStay().then(showStays);
  });
  chooses("pin", ({ value }) => /^\d{6}$/.test(value) && !isGuessed(value), (pin) => tablet.setPin(pin));

  part("sign-in").addEventListener("click", async () => {
    if (await signIn() === "") location.reload();
  });

  part("new").addEventListener("click", () => {
    if (isOnline) location.assign("/incidents/new");
    else open(newCase());
  });

  await tablet.ready;
  part("name").textContent = tablet.name && `Name of this tablet: ${tablet.name}`;
  await Promise.all([showOverdue(), showStays()]);
  if (tablet.isOpen) await showCases(); // the key is here already: nothing to wait for
  isOnline = await tablet.connect();
  if (!page.isConnected) return; // a case was opened meanwhile
  if (isOnline && location.pathname !== "/tablet") { // the server has only been slow
    navigator.serviceWorker.onmessage = () => location.reload();
    navigator.serviceWorker.controller.postMessage("wait");
  }
  if (!isOnline) {
    if (tablet.isSomebodyElses) say(words("somebody-else"), "failed");
    else if (tablet.isSignedOut) say(words("signed-out"));
    else say(words("no-answer"), "held");
    part("sign-in").hidden = !tablet.isSignedOut;
    const { passphrase, authenticator } = await tablet.opensWith();
    part("unlock").hidden = !passphrase;
    part("authenticate").hidden = !authenticator;
    part("locked").hidden = tablet.isOpen || tablet.isSignedOut || !(passphrase || authenticator);
    return outbox.send();
  }
  if (tablet.isRevoked) say(words("revoked"), "failed");
  else say("The server answers.");
  part("choose").hidden = !tablet.canSetPassphrase;
  if (tablet.canSetPassphrase) await showChosen();
  await showCases();
  await outbox.letGo();
  await outbox.send();
  await showCases();
}

function button(label, act) {
  const drawn = made("button", { type: "button", className: "govuk-button govuk-button--secondary", textContent: label });
  drawn.addEventListener("click", act);
  return drawn;
}

function download(name, text) {
  made("a", { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: name }).click();
}
