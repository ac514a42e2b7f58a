// A text to be taken elsewhere: copied with one tap, or printed.

const tools = document.querySelector('[data-module="copy"]');
const text = document.getElementById("handover");
const said = tools.querySelector("[data-said]");

tools.hidden = false;
tools.querySelector("[data-copy]").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(text.textContent);
    said.textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(text); // without leave to use the clipboard, or without HTTPS
    said.textContent = "Selected: now copy it.";
  }
});
tools.querySelector("[data-print]").addEventListener("click", () => { print(); });
