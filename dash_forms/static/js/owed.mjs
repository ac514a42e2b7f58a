// The list of what is still owed: each line goes as soon as its field says something.

const ELSEWHERE = new Set(["topics", "add_ons"]);
// What "No way is safe now" leaves nothing to be said of, and what it cannot stand beside.
const NO_WAY = { contact_times: (value) => value !== "ask", contact_never: (value) => value === "no_limits" };
const LONG_ENOUGH = { rationale: 20, authorised_because: 20 };

/** Keep the list true to what its form says. */
export function owe(list, form) {
  const lines = [...list.querySelectorAll("[data-field]")];
  // The set about children, which one answer on this page calls for.
  const ifChildren = [...list.querySelectorAll("[data-if-children]")];

  function isMet(name) {
    const fields = [...form.elements].filter((each) => each.name === name);
    if (name in NO_WAY && form.querySelector('[name="contact_ways"][value="none"]:checked')) {
      return !fields.some((each) => each.checked && NO_WAY[name](each.value));
    }
    if (name === "children" && "childAtHome" in list.dataset && form.elements.children.value === "no") {
      return false;
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
      const raised = (!grade || grade === "high") && (name === "authoriser" || name === "authorised_because");
      line.hidden = !ELSEWHERE.has(name) && (raised || isMet(name));
    }
    for (const each of ifChildren) each.hidden = form.elements.children.value !== "yes";
    list.querySelector(".app-owed__none").hidden = [...list.querySelectorAll(".app-owed__item")].some((line) => !line.hidden);
  }

  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}

const found = document.querySelector('[data-module="owed"]');
if (found) owe(found, document.querySelector('[data-module="keep"]'));
