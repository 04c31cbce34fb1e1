// Board: rows that open in place, keys that move between them, what is said after a filter.
"use strict";
(() => {
  const form = document.querySelector("#filters");
  const toggles = () => [...document.querySelectorAll(".matrix .toggle")];
  const detailOf = (t) => document.getElementById(t.getAttribute("aria-controls"));
  const setOpen = (t, open) => {
    const detail = detailOf(t), mark = detail.querySelector("input[name=open]");
    t.setAttribute("aria-expanded", String(open));
    detail.hidden = !open;
    // Only open rows are asked for again when the board is refreshed.
    if (mark) mark.disabled = !open;
  };
  document.addEventListener("click", (e) => {
    const t = e.target.closest(".toggle");
    if (t) { e.preventDefault(); setOpen(t, t.getAttribute("aria-expanded") !== "true"); }
    if (e.target.closest("[data-clear]")) {
      e.preventDefault();
      for (const field of form.elements) if (field.name && field.name !== "open" && !("keep" in field.dataset)) field.value = "";
      form.elements.q.focus();
      form.requestSubmit();
    }
  });
  // Keys act only while focus is on a row's button or inside an open row, never page-wide (WCAG 2.1.4).
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || !window.keysAreOn() || e.target.closest("input,select,textarea")) return;
    const detail = e.target.closest(".detail"), all = toggles();
    const i = all.findIndex((x) => x === e.target || (detail && detailOf(x) === detail));
    if (i < 0) return;
    const t = all[i], onToggle = e.target === t;
    const go = (n) => { const x = all[Math.max(0, Math.min(all.length - 1, n))]; x.focus(); x.closest("tr").scrollIntoView({ block: "nearest" }); };
    const follow = (what) => { location.href = t.dataset[what]; };
    const act = {
      j: () => go(i + 1), k: () => go(i - 1),
      ArrowDown: onToggle && (() => go(i + 1)), ArrowUp: onToggle && (() => go(i - 1)),
      Home: onToggle && (() => go(0)), End: onToggle && (() => go(all.length - 1)),
      o: () => follow("goes"), e: t.dataset.adds && (() => follow("adds")),
      Escape: () => { setOpen(t, false); t.focus(); },
    }[e.key];
    if (act) { e.preventDefault(); act(); }
  });
  document.addEventListener("htmx:afterSwap", (e) => {
    if (e.detail.target.id === "matrix") window.announce(document.querySelector("#count").textContent);
  });
})();
