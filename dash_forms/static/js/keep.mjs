// A long form must not be lost: leaving it unsent asks first, a link saves it.

import "./owed.mjs"; // on the last page, the list of what is owed
import "./page.mjs"; // so that what every page has is one file
import { isSending } from "./send.mjs";
import { ready } from "./sign-in.mjs";

const form = document.querySelector('[data-module="keep"]');
const later = form.querySelector("[data-later]");
let changed = document.querySelector(".govuk-error-summary") !== null; // what was refused is kept nowhere else

form.addEventListener("input", () => { changed = true; });
window.addEventListener("beforeunload", (event) => {
  if (changed && !isSending()) event.preventDefault();
});

// Going back to the topics keeps what has been entered so far; so does leaving for an add-on set.
if (later) {
  for (const way of document.querySelectorAll("[data-add-ons] form, [data-add-ons] a, [data-if-children] a")) {
    const isForm = way.tagName === "FORM";
    way.addEventListener(isForm ? "submit" : "click", async (event) => {
      if (!changed) return;
      event.preventDefault();
      if (await ready()) return form.requestSubmit(later); // which says what is wrong
      const body = new URLSearchParams(new FormData(form));
      body.set(later.name, later.value);
      const answer = await fetch(location.href, { method: "POST", body, redirect: "manual" }).catch(() => null);
      if (answer?.type !== "opaqueredirect") return form.requestSubmit(later);
      changed = false;
      if (isForm) way.requestSubmit(event.submitter);
      else if (way.pathname === location.pathname) location.hash = way.hash, location.reload();
      else location.assign(way.href);
    });
  }
  document.querySelector(".govuk-back-link").addEventListener("click", (event) => {
    if (!changed) return;
    event.preventDefault();
    form.requestSubmit(later);
  });
}
