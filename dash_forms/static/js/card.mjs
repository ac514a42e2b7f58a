// Reading a card: what it says, and whether its answer calls for more.

// What can be entered on a card: each field, and what it is a part of.
function fieldsOf(card) {
  const start = `q${card.dataset.item}-`;
  return [...card.querySelectorAll("input, textarea")]
    .filter(({ name, type }) => name.startsWith(start) && type !== "hidden")
    .map((field) => [field, field.name.slice(start.length)]);
}

/** The whole content of a card: value (null while unanswered), source, note and follow-ups. */
export function answerIn(card) {
  const details = {};
  let value = null;
  let source = "victim";
  let note = "";
  for (const [field, part] of fieldsOf(card)) {
    const chosen = field.type === "textarea" ? field.value : field.checked ? field.value : null;
    if (part === "value") value = chosen ?? value;
    else if (part === "source") source = chosen ?? source;
    else if (part === "note") note = chosen;
    else if (chosen) (details[part] ??= []).push(chosen);
  }
  return { value, source, note, details };
}

/** Put a content on a card, as `answerIn` gave it. */
export function fill(card, { value, source, note, details }) {
  for (const [field, part] of fieldsOf(card)) {
    const given = { value: [value], source: [source], note: [note] }[part] ?? details[part] ?? [];
    if (field.type === "textarea") field.value = given[0] ?? "";
    else field.checked = given.includes(field.value);
  }
}

/** Whether anything on the card differs from what the server sent. */
export function isTouched(card) {
  return [...card.querySelectorAll("input, textarea")].some((field) => (
    field.type === "textarea" ? field.value !== field.defaultValue : field.checked !== field.defaultChecked
  ));
}

/** The value that the server records for the chosen answer: on a scale, "often" is a "yes". */
export function recordedValue(card) {
  const chosen = [...card.querySelectorAll("input")].find((field) => field.checked && field.name === `q${card.dataset.item}-value`);
  return chosen ? chosen.dataset?.recordedAs ?? chosen.value : null;
}

/** Whether the chosen answer shows follow-ups, so that the card should stay. */
export function hasFollowUps(card) {
  const value = recordedValue(card);
  return value !== null && card.querySelector(`.app-follow-ups.app-when-${value.replaceAll("_", "-")}`) !== null;
}

/** "21:45" for an ISO time, on the device's clock. */
export function clockTime(iso) {
  return new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
