// The builder of a rule or an instruction is made anew by the server after every pick and press, while somebody goes on filling it in.
// Everything is listened for on the document, so a builder needs no binding: what is pressed or picked the moment it stands there counts.
"use strict";
(() => {
  const builder = () => document.getElementById("builder");
  const ticked = (field) => field.matches("[type=checkbox], [type=radio]");
  const nameOf = (field) => (ticked(field) ? `${field.name}=${field.value}` : field.id);
  const saidIn = (field) => (ticked(field) ? field.checked : field.value);
  const fieldsOf = (form) => new Map([...form.querySelectorAll(":is(input:not([type=hidden]), select, textarea)")].map((field) => [nameOf(field), field]));
  const removed = (press) => Number(/^remove:(\d+)$/.exec(press)?.[1] ?? NaN);

  // What waits for its turn: buttons by their value, and "" where only a pick is to be taken.
  let queue = [];
  let busy = false;

  /** A condition's number after the one at `gone` was taken away; NaN where it was that one. */
  const movedUp = (at, gone) => (at === gone ? NaN : at > gone ? at - 1 : at);
  const nameAfter = (name, gone) => name.replace(/^row-(\d+)(?=-)/, (_, at) => `row-${movedUp(Number(at), gone)}`);
  const pressAfter = (press, gone) => (Number.isNaN(removed(press)) ? press : `remove:${movedUp(removed(press), gone)}`);

  function ask(press) {
    queue.push(press);
    if (!busy) work();
  }

  async function work() {
    busy = true;
    try {
      while (queue.length && builder()) await takeTurn(queue.shift());
    } finally {
      busy = false;
      queue = [];
    }
  }

  async function takeTurn(press) {
    const form = builder();
    if (press && !form.querySelector(`[name=do][value="${CSS.escape(press)}"]`)) return;
    const sent = new Map([...fieldsOf(form)].map(([name, field]) => [name, saidIn(field)]));
    await htmx.ajax("POST", form.getAttribute("action"), { source: form, target: "#main", swap: "innerHTML show:none", values: press ? { do: press } : {} }).catch(() => {});
    if (builder() === form) queue = [];
    else if (builder()) {
      catchUp(form, sent, removed(press));
      // htmx leaves the focus on what has the same id; where that is gone, it goes on where the condition does.
      if (document.activeElement === document.body) document.querySelector("#cel-text, #do-add")?.focus();
    }
  }

  /** What was filled in while the new builder was on its way is filled into it too; a pick that changes it goes first. */
  function catchUp(before, sent, gone) {
    const now = fieldsOf(builder());
    let look = false;
    let shown = false;
    queue = queue.map((press) => pressAfter(press, gone));
    for (const [name, field] of fieldsOf(before)) {
      const there = now.get(nameAfter(name, gone));
      const said = saidIn(field);
      if (!there || !sent.has(name) || sent.get(name) === said || saidIn(there) === said) continue;
      if (there.matches("select") && ![...there.options].some((option) => option.value === said)) continue;
      const caret = there === document.activeElement && !ticked(there) && !there.matches("select") ? field.selectionStart : null;
      if (ticked(there)) there.checked = said;
      else there.value = said;
      if (caret !== null) there.setSelectionRange(caret, caret);
      if (there.matches(".rebuild")) look = true;
      else shown ||= readsAlong(there);
    }
    if (look) queue.unshift("");
    else if (shown) readAlong();
  }

  // ── the condition itself is written along while its rows are filled in; htmx sends one at a time, and the last for all ──
  let pause = 0;
  const readsAlong = (field) => field.closest(".rows-of, #cel-text") !== null;
  function readAlong() {
    clearTimeout(pause);
    pause = setTimeout(() => {
      const section = document.getElementById("cel")?.closest("section");
      if (section) htmx.ajax("POST", builder().getAttribute("action"), { source: section, target: "#cel", select: "#cel", swap: "outerHTML" }).catch(() => {});
    }, 400);
  }

  document.addEventListener("submit", (event) => {
    if (event.target !== builder()) return;
    event.preventDefault();
    ask(event.submitter?.value ?? "");
  });
  document.addEventListener("change", (event) => {
    if (builder()?.contains(event.target) && event.target.matches(".rebuild")) ask("");
  });
  document.addEventListener("input", (event) => {
    if (builder()?.contains(event.target) && readsAlong(event.target)) readAlong();
  });

  // ── what was picked before this file was there, or is put back by the browser, is not as the page was made ──────────
  addEventListener("DOMContentLoaded", () => {
    const other = (select) => [...select.options].findIndex((option) => option.defaultSelected) !== select.selectedIndex && select.selectedIndex > 0;
    if ([...(builder()?.querySelectorAll("select.rebuild") ?? [])].some(other)) ask("");
  });
})();
