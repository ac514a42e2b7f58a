// A form that must not be lost: leaving it unsent asks first, a link saves it, a double tap sends it once.

const form = document.querySelector('[data-module="keep"]');
const later = form.querySelector("[data-later]");
let changed = form.querySelector(".govuk-error-message") !== null;
let sending = false;

form.addEventListener("input", () => { changed = true; });
form.addEventListener("submit", (event) => {
  if (sending) event.preventDefault();
  sending = true;
});
window.addEventListener("pageshow", () => { sending = false; });
window.addEventListener("beforeunload", (event) => {
  if (changed && !sending) event.preventDefault();
});

// Going back to the topics keeps what has been entered so far.
if (later) {
  document.querySelector(".govuk-back-link").addEventListener("click", (event) => {
    if (!changed) return;
    event.preventDefault();
    form.requestSubmit(later);
  });
}
