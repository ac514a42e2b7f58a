// The list of add-on sets: the server says which topics call for which, a tap shows or hides the reason.

/** Show or hide what a topic calls for, and every set that is left without a reason. */
export function showReasons(list, item, isYes) {
  for (const entry of list.querySelectorAll(".app-add-ons__item")) {
    const reasons = [...entry.querySelectorAll("[data-called-for-by]")];
    reasons.filter((reason) => reason.dataset.calledForBy === item).forEach((reason) => { reason.hidden = !isYes; });
    entry.hidden = entry.dataset.stays === undefined && reasons.every((reason) => reason.hidden);
  }
}
