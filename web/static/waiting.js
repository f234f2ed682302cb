// While a server works on what was sent, and where it does not answer: the page says so, and stays as it is.
"use strict";
(() => {
  // ── a look for news that is broken off because its page is left is no fault, whatever htmx calls it ──────────────
  let left = false;
  addEventListener("pagehide", () => (left = true));
  addEventListener("pageshow", () => (left = false));
  htmx.logger = (_, name, detail) => {
    if (left && (name === "htmx:afterRequest" || name === "htmx:sendAbort")) delete detail.error;
  };

  // ── a server that does not answer, or something between that answers in its place: said, and the page stays as it is ─
  function tell(text) {
    const box = document.getElementById("unanswered");
    if (box.firstElementChild.textContent !== text) box.firstElementChild.textContent = text;
    box.hidden = !text;
    const form = text && document.activeElement?.closest("main form");
    if (form) form.scrollIntoView({ block: "nearest" }); // the line at the bottom covers nothing of it
  }
  function unanswered(event) {
    if (left) return;
    const looks = event.detail.requestConfig.verb === "get";
    tell(looks ? "The server does not answer. This page goes on trying." : "The server did not answer. What you sent may have arrived all the same: look before you send it again.");
  }
  document.addEventListener("htmx:sendError", unanswered);

  // ── after a second whoever listens to the page hears that it works, and after eight everybody reads that it is late ──
  const LATE = "The server has not answered yet. What you sent stays here until it does.";
  const waiting = new WeakMap();
  const say = (text) => (document.getElementById("working").textContent = text);
  document.addEventListener("htmx:beforeSend", ({ detail }) => {
    const looks = detail.requestConfig.verb === "get";
    const late = setTimeout(tell, 8000, looks ? "The server has not answered yet. This page goes on waiting." : LATE);
    waiting.set(detail.xhr, looks ? [late] : [late, setTimeout(say, 1000, "Working on it…")]);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const timers = waiting.get(detail.xhr) ?? [];
    timers.forEach(clearTimeout);
    if (timers.length > 1) say("");
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("X-Request-Id")?.startsWith("req_")) return tell("");
    event.preventDefault();
    unanswered(event);
  });
})();
