// Opens the cover again (cover.js): asks for what the officer is known by, and loses nothing of the page beneath.

const PIN = /^\d{6}$/;

const root = document.documentElement;
const sheet = document.querySelector("#cover");
const form = sheet.querySelector("form");
const problem = sheet.querySelector("[role=alert]");
const secret = form.elements.password;
const goOn = form.querySelector("button");
const says = sheet.dataset; // its words for each way, and for what goes wrong
const instead = sheet.querySelector("[data-password]");

let tablet = null;
let way = "password";

/** The page's tablet: with it the cover opens without a server too. */
export function lend(its) {
  tablet = its;
  choose();
}

/** Whose page is covered: an account's id. On a page that knows nobody, whoever has opened the tablet. */
const account = () => (!root.dataset.signIn && tablet?.owner) || root.dataset.coverOf;

async function choose() {
  const found = await tablet?.coverOpensWith(account()).catch(() => null) ?? "password";
  if (!secret.value) askFor(found); // what is being typed answers the question that stood there
}

function askFor(wanted) {
  way = wanted;
  sheet.querySelector("label").textContent = says[way];
  secret.inputMode = way === "pin" ? "numeric" : "text";
  secret.hidden = way === "authenticator";
  instead.hidden = way === "password";
  if (sheet.open) (secret.hidden ? goOn : secret).focus(); // what opens it can be typed at once
}

async function ask(password) {
  const { csrf } = await (await fetch("/session")).json(); // the page's own is stale after another sign-in
  const body = new URLSearchParams({ password, account: account() });
  return fetch(form.action, { method: "POST", body, headers: { Accept: "application/json", "X-CSRF-Token": csrf } });
}

async function isPassword(typed) {
  const answer = await ask(typed).catch(() => null);
  if (answer?.ok) return true;
  problem.textContent = answer?.status === 401 ? says.ended : (await answer?.json().catch(() => null))?.detail ?? says.noAnswer;
  return false;
}

async function isRight(typed) {
  if (way === "password") {
    if (!await isPassword(typed)) return false;
    await tablet?.forgive();
    return true;
  }
  if (way === "authenticator") {
    if (await tablet.unlockWithAuthenticator(account())) return true;
    problem.textContent = says.shut;
    return false;
  }
  if (await (way === "pin" ? tablet.isPin(typed) : tablet.unlock(typed, account()))) return true;
  problem.textContent = says[way === "pin" ? "wrongPin" : "wrongPassphrase"];
  return false;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = secret.value;
  if (way === "pin" && !PIN.test(typed)) return; // Enter, after six figures that have been sent already
  secret.value = problem.textContent = "";
  try {
    if (await isRight(typed)) document.dispatchEvent(new Event("dash-open"));
    else askFor(way);
  } catch (wrong) {
    problem.textContent = wrong.isLocked ? says.tooMany : says.noAnswer;
    askFor("password");
  }
});
secret.addEventListener("input", () => {
  if (way === "pin" && PIN.test(secret.value)) form.requestSubmit();
});
instead.addEventListener("click", () => askFor("password"));
document.addEventListener("dash-covered", choose);
addEventListener("dash-key", choose);
