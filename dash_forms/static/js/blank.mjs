// The blank pages that a tablet keeps: drawn for a case, and their forms read, filled and checked.

import { made } from "./made.mjs";

const NOBODYS = "00000000-0000-0000-0000-000000000000";

/** A kept page with the id of its case in it; null if the tablet does not have it. */
export async function drawnPage(address, id = NOBODYS) {
  const kept = await caches.match(address);
  return kept && new DOMParser().parseFromString((await kept.text()).replaceAll(NOBODYS, id), "text/html");
}

/** What a form says, but for the token of a session. */
export function said(form) {
  return [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
}

/** Put into a form what one said before. */
export function refill(form, fields) {
  if (!fields) return;
  const rest = new Map();
  fields.forEach(([name, value]) => rest.set(name, [...rest.get(name) ?? [], value]));
  for (const field of form.elements) {
    const given = rest.get(field.name);
    if (field.type === "radio" || field.type === "checkbox") field.checked = given?.includes(field.value) ?? false;
    else if (given && field.type !== "submit") field.value = given.shift() ?? "";
  }
}

/** Say beside a field what is wrong with it; where the form has no such field, beside its first. */
export function refuse(form, name, words) {
  const field = form.querySelector(`[name="${name}"]:not([type=hidden])`) ?? form.querySelector("input:not([type=hidden])");
  const message = made("p", { className: "govuk-error-message", role: "alert", textContent: words });
  message.dataset.missing = "";
  ((field.closest("fieldset") ?? field.closest(".govuk-form-group")).querySelector(".govuk-hint, legend, label") ?? field).after(message);
}

/** Say beside each field what is missing, in the words of the server; true if nothing is. */
export function isRight(form) {
  form.querySelectorAll("[data-missing]").forEach((each) => each.remove());
  const given = new FormData(form);
  const chosen = [...given.values()];
  const isEmpty = (name) => !given.getAll(name).some((value) => value.trim());
  for (const [names, words] of Object.entries(JSON.parse(form.closest("[data-needs]")?.dataset.needs ?? "{}"))) {
    const [first, ...others] = names.split(" ");
    if ([first, ...others].every(isEmpty)) refuse(form, first, words);
  }
  for (const name of new Set([...form.querySelectorAll('[inputmode="numeric"], [type="date"]')].map((box) => box.name))) {
    const parts = given.getAll(name).map((part) => part.trim());
    if (!parts.some(Boolean)) continue;
    if (parts.length === 3 && !isDay(parts)) refuse(form, name, "Enter a real date, such as 31 1 1990");
    if (parts.length === 2 && !parts.every(Boolean)) refuse(form, name, "Enter the date and the time");
  }
  const number = form.elements.urn;
  if (number?.value && !new RegExp(`^(?:${number.dataset.pattern})$`).test(asNumber(number.value))) refuse(form, "urn", number.dataset.wanted);
  const words = form.querySelector("[data-needed-with]");
  const { neededWith, atLeast, wanted } = words?.dataset ?? {};
  if (neededWith?.split(" ").some((code) => chosen.includes(code)) && words.value.trim().length < atLeast) refuse(form, words.name, wanted);
  const wrong = form.querySelector("[data-missing]");
  wrong?.closest(".govuk-form-group").querySelector("input, select, textarea").focus();
  return !wrong;
}

/** An incident's number as the server writes it. */
export const asNumber = (typed) => typed.toUpperCase().replaceAll(" ", "");

function isDay([day, month, year]) {
  const at = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && at.getUTCMonth() === month - 1 && at.getUTCDate() === Number(day);
}
