// Every form that is posted: a double tap sends it once, and a sign-in that has ended is asked for again before it goes.

import { made } from "./made.mjs";
import { ready } from "./sign-in.mjs";

let sending = false;
let mayGo = false; // asked, and answered well

/** Whether a form is on its way. */
export const isSending = () => sending;

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method !== "post" || form.matches('[action="/sign-out"]')) return;
  if (mayGo) {
    mayGo = false;
    return;
  }
  event.preventDefault();
  if (sending) return;
  sending = true;
  const problem = await ready();
  say(form, submitter, problem);
  sending = mayGo = problem === "";
  if (mayGo) form.requestSubmit(submitter);
});
addEventListener("pageshow", () => { sending = mayGo = false; });

function say(form, submitter, words) {
  form.querySelector("[data-unsent]")?.remove();
  if (!words) return;
  const line = made("p", { className: "govuk-error-message", role: "alert", textContent: words });
  line.dataset.unsent = "";
  (submitter ?? form.lastElementChild).before(line);
}
