// Signing in again without leaving the page, so that what is on it stays and is sent by who entered it.

import { made } from "./made.mjs";

const PATIENCE = 8000;
const NOT_YET = "You are signed out, so nothing was sent. What you entered is still here.";
const SOMEBODY_ELSE = "Somebody else has signed in, so nothing was sent under their name. What you entered is still here.";
const NO_ANSWER = "No answer from the server. What you entered is still here: try again, or go on in “This tablet”.";

const ask = (path, more) => fetch(path, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE), ...more }).catch(() => null);
const isIn = (answer) => answer.type === "opaqueredirect"; // the sign-in page sends on who is signed in

/** Make the forms of this page ready to be sent by the person whose page it is. Empty if they are, else why not. */
export async function ready() {
  const answer = await ask("/session");
  if (!answer?.ok) return NO_ANSWER;
  const { who, csrf, sign_in } = await answer.json();
  if (!who) return signIn();
  if (who !== (document.body.dataset.who ?? who)) return SOMEBODY_ELSE;
  document.dispatchEvent(new CustomEvent("dash-signed-in", { detail: sign_in }));
  document.querySelectorAll('[name="csrf_token"]').forEach((field) => { field.value = csrf; });
  return "";
}

/** Ask for name and password over the page; gives what `ready` gives. */
export async function signIn() {
  const dialog = made("dialog", { className: "app-dialog", ariaLabel: "Sign in again" });
  document.body.append(dialog);
  try {
    let answer = await ask("/sign-in");
    while (answer && !isIn(answer)) {
      const form = await filledIn(dialog, await answer.text());
      if (!form) return NOT_YET;
      answer = await ask("/sign-in", { method: "POST", body: new URLSearchParams(new FormData(form)) });
    }
    return answer ? await ready() : NO_ANSWER;
  } finally {
    dialog.remove();
  }
}

// The server's own form, with its own words on what was wrong.
function filledIn(dialog, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.querySelector("#username")) return null; // a server that has nothing to fill in
  page.querySelectorAll("[data-over]").forEach((each) => { each.hidden = false; });
  dialog.replaceChildren(...page.querySelector("main").children);
  if (!dialog.open) dialog.showModal();
  const username = dialog.querySelector("#username");
  username.value ||= document.body.dataset.username ?? "";
  dialog.querySelector(username.value ? "#password" : "#username").focus();
  document.dispatchEvent(new Event("dash-dialog"));
  return new Promise((resolve) => {
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      resolve(event.target);
    });
    dialog.querySelector("button[data-over]").addEventListener("click", () => resolve(null));
    dialog.addEventListener("cancel", () => resolve(null));
  });
}
