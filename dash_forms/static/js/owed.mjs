// The list of what is still owed: each line goes as soon as its field says something.

const list = document.querySelector('[data-module="owed"]');
const form = document.querySelector('[data-module="keep"]');
const lines = [...list.querySelectorAll("[data-field]")];
const ELSEWHERE = new Set(["topics", "add_ons"]);
const LONG_ENOUGH = { rationale: 20, authorised_because: 20 };

function isMet(name) {
  const fields = [...form.elements].filter((each) => each.name === name);
  if (name === "contact_times" && form.querySelector('[name="contact_ways"][value="none"]:checked')) {
    return true;
  }
  return fields.some((each) =>
    each.type === "radio" || each.type === "checkbox"
      ? each.checked
      : each.value.trim().length >= (LONG_ENOUGH[name] ?? 1));
}

function show() {
  const grade = form.elements.grade?.value;
  for (const line of lines) {
    const name = line.dataset.field;
    const raised = grade === "high" && (name === "authoriser" || name === "authorised_because");
    line.hidden = !ELSEWHERE.has(name) && (raised || isMet(name));
  }
  list.querySelector(".app-owed__none").hidden = lines.some((line) => !line.hidden);
}

form.addEventListener("input", show);
form.addEventListener("change", show);
show();
