// Comfort on top of pages that work without it: keys, recall, countdowns, highlighted words. No page depends on this file.
"use strict";
(() => {
  const typing = (element) => element instanceof Element && element.matches("input, textarea, select, [contenteditable]");
  const main = () => document.getElementById("main");

  // ── the ask box: Enter asks, ↑ and ↓ go through earlier requests ─────────────────────────────────────────────────
  let recalledAt = -1;
  let draft = "";
  function write(box, text) {
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const recalled = () => [...document.querySelectorAll("#recalled li")].map((item) => item.textContent);

  function recall(box, step) {
    const texts = recalled();
    const next = recalledAt + step;
    if (next < -1 || next >= texts.length) return;
    if (recalledAt === -1) draft = box.value;
    recalledAt = next;
    write(box, next === -1 ? draft : texts[next]);
    box.setSelectionRange(box.value.length, box.value.length);
  }

  function inAskBox(event, box) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (!event.repeat && box.value.trim()) box.form.requestSubmit();
    } else if (event.key === "ArrowUp" && !box.value.slice(0, box.selectionStart).includes("\n")) {
      event.preventDefault();
      recall(box, 1);
    } else if (event.key === "ArrowDown" && recalledAt >= 0 && !box.value.slice(box.selectionEnd).includes("\n")) {
      event.preventDefault();
      recall(box, -1);
    }
  }

  // ── a request that was sent when the sign-in had ended is in the box again once the same person is back ───────────
  const KEPT = "opsiq-request";
  const person = () => document.querySelector(".account")?.dataset.person;
  function keepRequest() {
    const box = document.getElementById("text");
    if (box?.value.trim()) sessionStorage.setItem(KEPT, JSON.stringify({ person: person(), path: location.pathname, text: box.value }));
  }
  function restoreRequest() {
    const box = document.getElementById("text");
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    if (!kept || !person()) return;
    sessionStorage.removeItem(KEPT);
    if (!box || box.value || kept.person !== person() || kept.path !== location.pathname) return;
    box.value = kept.text;
    box.focus();
  }
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Redirect")?.startsWith("/sign-in?ended")) keepRequest();
  });
  restoreRequest();

  // ── keys of a question or a card: only while the focus is inside it and not in a field (WCAG 2.1.4) ──────────────
  function press(event) {
    const region = event.target instanceof Element ? event.target.closest("[data-keys]") : null;
    if (!region || typing(event.target) || event.repeat || event.altKey || event.metaKey) return;
    if (event.ctrlKey) {
      const confirm = event.key === "Enter" ? region.querySelector("[data-ctrl-enter]") : null;
      if (confirm) {
        event.preventDefault();
        confirm.click();
      }
      return;
    }
    const wanted = [...region.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
    if (!wanted || !wanted.checkVisibility()) return;
    event.preventDefault();
    if (wanted.matches("summary")) {
      wanted.parentElement.open = true;
      wanted.parentElement.querySelector("button[type=submit]").focus();
    } else {
      wanted.click();
    }
  }

  // ── Enter in a field presses the button that belongs to it, not the first of the form ────────────────────────────
  document.addEventListener("keydown", (event) => {
    const button = event.target instanceof HTMLInputElement && document.getElementById(event.target.dataset.enter);
    if (!button || event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (!event.repeat) button.click();
  });

  document.addEventListener("keydown", (event) => {
    if (event.target instanceof HTMLTextAreaElement && event.target.id === "text") inAskBox(event, event.target);
    else press(event);
  });

  // ── an example fills the box instead of loading the page with it ─────────────────────────────────────────────────
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-fill]") : null;
    const box = document.getElementById("text");
    if (!link || !box || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    write(box, link.dataset.fill);
    recalledAt = -1;
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  });

  // ── a value shows which of the words it came from ────────────────────────────────────────────────────────────────
  function light(event, on) {
    const param = event.target instanceof Element ? event.target.closest("[data-value]") : null;
    if (!param) return;
    for (const mark of document.querySelectorAll("mark[data-for]"))
      mark.classList.toggle("lit", on && mark.dataset.for.split(" ").includes(param.dataset.value));
  }
  for (const [name, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]])
    document.addEventListener(name, (event) => light(event, on));

  // ── a form that is opened has the cursor in its field at once: nothing typed is lost ─────────────────────────────
  document.addEventListener("click", (event) => {
    const summary = event.target instanceof Element ? event.target.closest(".edit > summary, .reject > summary") : null;
    if (!summary) return;
    event.preventDefault();
    const details = summary.parentElement;
    details.open = !details.open;
    if (!details.open) return;
    const field = details.querySelector("input:not([type=hidden]), textarea");
    field.focus();
    field.select();
  });

  // ── what was opened to act or to choose is closed by Escape, and the menu of one's own by a click elsewhere ───────
  document.addEventListener("keydown", (event) => {
    const opened = event.key === "Escape" && !event.isComposing && event.target instanceof Element ? event.target.closest(":is(.account, .edit, .decide details, .sure)[open]") : null;
    if (!opened) return;
    opened.open = false;
    opened.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    const menu = document.querySelector(".account[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
  });

  // ── copying: what stands in the element that the button names; where the clipboard is closed, it is selected instead ──
  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
    const from = button && document.getElementById(button.dataset.copy);
    if (!from) return;
    const said = button.querySelector("span");
    try {
      await navigator.clipboard.writeText(from.textContent);
      said.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(from);
      said.textContent = "Selected";
    }
    setTimeout(() => (said.textContent = "Copy"), 2000);
  });

  // ── setting a field's name in where the cursor stands ────────────────────────────────────────────────────────────
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-insert]") : null;
    const into = button && document.getElementById(button.dataset.into);
    if (!into) return;
    into.setRangeText(button.dataset.insert, into.selectionStart, into.selectionEnd, "end");
    into.focus();
  });

  // ── a text that is too long stays whole, and that it is too long is told of: a browser cuts it without a word ─────
  document.addEventListener("focusin", (event) => {
    if (!(event.target.maxLength > 0)) return;
    event.target.dataset.mostChars = event.target.maxLength;
    event.target.removeAttribute("maxlength");
  });
  document.addEventListener("input", (event) => {
    const most = Number(event.target.dataset.mostChars);
    if (!most) return;
    const size = [...event.target.value].length;
    event.target.setCustomValidity(size > most ? `This has ${size.toLocaleString("en")} characters; at most ${most.toLocaleString("en")} are taken.` : "");
    if (size > most) event.target.reportValidity();
  });

  // ── a file that is too large is told of before it is sent ─────────────────────────────────────────────────────────
  document.addEventListener("change", (event) => {
    const input = event.target instanceof Element ? event.target.closest("input[type=file][data-most-bytes]") : null;
    if (!input) return;
    const most = Number(input.dataset.mostBytes);
    const size = input.files[0]?.size ?? 0;
    input.setCustomValidity(size > most ? `This file has ${(size / 2 ** 20).toFixed(1)} MiB; at most ${most / 2 ** 20} are taken.` : "");
    input.reportValidity();
  });

  // ── a long list of ticks: only those shown that hold the words, ticked together, and counted ──────────────────────
  const ticksOf = (list) => [...(list?.querySelectorAll("input[type=checkbox]") ?? [])];
  function countTicks(list) {
    const output = document.querySelector(`[data-ticked="${CSS.escape(list.id)}"]`);
    if (output) output.textContent = `${ticksOf(list).filter((each) => each.checked).length} ticked.`;
  }
  document.addEventListener("input", (event) => {
    const field = event.target instanceof HTMLInputElement ? event.target : null;
    const list = field && document.getElementById(field.dataset.filter);
    if (!list) return;
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of list.children) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      shown += item.hidden ? 0 : 1;
    }
    list.hidden = shown === 0;
    document.getElementById(`${list.id}-none`).hidden = shown > 0;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target instanceof HTMLInputElement && event.target.dataset.filter) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-tick], [data-untick]") : null;
    const list = button && document.getElementById(button.dataset.tick ?? button.dataset.untick);
    if (!list) return;
    for (const each of ticksOf(list)) if (!each.closest("li").hidden) each.checked = "tick" in button.dataset;
    countTicks(list);
  });
  document.addEventListener("change", (event) => {
    const list = event.target instanceof Element ? event.target.closest(".picks") : null;
    if (list) countTicks(list);
  });

  // ── an export shows how far it is, in a line that is there anyhow; without this file the link simply downloads ────
  let leaving = null;
  document.addEventListener("click", async (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-export]") : null;
    const box = link && document.getElementById(link.dataset.export);
    if (!box || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (leaving) return;
    leaving = new AbortController();
    const [bar, said, stop] = ["progress", "output", "button"].map((name) => box.querySelector(name));
    const told = (count) => count.toLocaleString("en");
    let rows = -1;
    box.querySelector("a")?.remove();
    box.dataset.state = "busy";
    bar.removeAttribute("value");
    said.textContent = "Counting";
    stop.onclick = () => leaving?.abort();
    try {
      const answer = await fetch(link.href, { headers: { "X-Progress": "1" }, signal: leaving.signal });
      if (!answer.ok || !answer.headers.get("content-type")?.startsWith("text/csv")) throw new Error(`HTTP ${answer.status}`);
      const all = Number(answer.headers.get("x-entries"));
      const pieces = [];
      let before = 0;
      for (const reader = answer.body.getReader(); ; ) {
        const { done, value } = await reader.read();
        if (done) break;
        pieces.push(value);
        for (const byte of value) {
          if (byte === 10 && before === 13) rows += 1;
          before = byte;
        }
        bar.value = all ? Math.min(1, rows / all) : 1;
        said.textContent = `${told(Math.max(0, rows))} of ${told(all)} entries`;
      }
      const file = document.createElement("a");
      file.href = URL.createObjectURL(new Blob(pieces, { type: "text/csv" }));
      file.download = "opsiq-history.csv";
      file.textContent = "Save again";
      said.textContent = `${told(Math.max(0, rows))} entries exported.`;
      bar.value = 1;
      box.append(file);
      box.dataset.state = "done";
      file.click();
    } catch (error) {
      box.dataset.state = "broken";
      said.textContent = leaving.signal.aborted ? "Stopped." : `It broke off (${error instanceof TypeError ? "no answer" : error.message}). Try again.`;
    }
    leaving = null;
  });

  // ── on a narrow screen the navigation is one line: the place where one is stands in sight ────────────────────────
  function placeInSight() {
    const here = document.querySelector("#nav [aria-current]");
    const nav = here?.closest("nav");
    if (nav && nav.scrollWidth > nav.clientWidth) nav.scrollLeft = here.offsetLeft - nav.clientWidth / 2 + here.offsetWidth / 2;
  }
  placeInSight();
  addEventListener("resize", placeInSight);

  // ── a card whose time is over can't be decided on any more: nothing is left to press in vain ──────────────────────
  function closeOver(decide) {
    const over = decide?.querySelector("template");
    if (!over) return;
    const focused = decide.contains(document.activeElement) || document.activeElement?.id === "card-title";
    decide.replaceChildren(over.content);
    if (focused) decide.querySelector("a").focus();
  }

  // ── how long a card still stands: the server says how many seconds are left, and they are counted from when they are
  // first seen here, for the browser's clock may be wrong ──────────────────────────────────────────────────────────────
  const seen = new WeakMap();

  function countDown() {
    for (const each of document.querySelectorAll("[data-left]")) {
      if (!seen.has(each)) seen.set(each, performance.now());
      const left = Math.floor(Number(each.dataset.left) - (performance.now() - seen.get(each)) / 1000);
      const two = (number) => String(number).padStart(2, "0");
      const [hours, minutes] = [Math.floor(left / 3600), Math.floor((left % 3600) / 60)];
      each.textContent = left <= 0 ? "over" : hours ? `${hours} h ${two(minutes)} min left` : `${two(minutes)}:${two(left % 60)} left`;
      each.classList.toggle("soon", left < 60);
      if (left <= 0) closeOver(each.closest(".decide"));
    }
  }
  setInterval(countDown, 1000);
  document.addEventListener("htmx:afterSettle", countDown);
  countDown();

  // ── a page that is left open over midnight: "today" is another day by then ─────────────────────────────────────────
  setInterval(() => {
    if (Date.now() < Date.parse(document.documentElement.dataset.dayEnds)) return;
    for (const each of document.querySelectorAll("time[title]")) if (/^[a-z]/.test(each.textContent)) each.textContent = each.title;
  }, 1000);

  // ── how far a request is: told by the server while it is worked out; without it the page looks by itself, less often ──
  let stream = null;

  function at(section, name) {
    const steps = [...section.querySelectorAll("[data-step]")];
    const now = steps.findIndex((each) => each.dataset.step === name);
    if (now < 0) return;
    steps.forEach((each, number) => {
      each.className = number < now ? "done" : number === now ? "now" : "todo";
      if (number === now) each.setAttribute("aria-current", "step");
      else each.removeAttribute("aria-current");
    });
    section.querySelector("[role=status]").textContent = steps[now].textContent;
  }

  function follow() {
    const section = document.querySelector("[data-progress]");
    if (stream && stream.section === section) return;
    stream?.source.close();
    stream = null;
    if (!section) return;
    const source = new EventSource(section.dataset.progress);
    stream = { section, source };
    source.addEventListener("step", (event) => at(section, event.data));
    source.addEventListener("moved", () => {
      source.close();
      section.dispatchEvent(new Event("moved"));
    });
  }
  follow();
  addEventListener("pageshow", follow);
  addEventListener("pagehide", () => {
    stream?.source.close();
    stream = null;
  });

  // ── after a part of the page was put in place of another ─────────────────────────────────────────────────────────
  document.addEventListener("htmx:afterSettle", () => {
    recalledAt = -1;
    countDown();
    placeInSight();
    follow();
    const first = main()?.querySelector("[autofocus]");
    if (first && !main().contains(document.activeElement)) first.focus();
  });
})();
