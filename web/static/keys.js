// The list of keys: a dialog that its button opens, and "?" outside of fields. "?" can be switched off there (WCAG 2.1.4).
"use strict";
(() => {
  const OFF = "opsiq-no-question-mark";
  const list = document.getElementById("keys");
  if (!list) return;
  const tick = list.querySelector("input");
  tick.checked = localStorage.getItem(OFF) === null;
  tick.addEventListener("change", () => (tick.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes")));

  for (const button of document.querySelectorAll("[data-keys-list]")) {
    button.hidden = false;
    button.addEventListener("click", () => list.showModal());
  }

  document.addEventListener("keydown", (event) => {
    const inField = event.target instanceof Element && event.target.matches("input, textarea, select, [contenteditable]");
    if (event.key !== "?" || inField || event.isComposing || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (list.open || !tick.checked || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    list.showModal();
  });
  list.addEventListener("click", (event) => {
    if (event.target === list) list.close();
  });
})();
