// Editor: focus on the error summary, unsaved-changes guard, save key.
"use strict";
(() => {
  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
  const form = document.querySelector("form[data-guard]");
  if (!form) return;
  const snap = () => new URLSearchParams([...new FormData(form)].map(([k, v]) => [k, String(v)])).toString();
  const mark = form.querySelector("[data-dirty]"), leave = document.querySelector("#leave");
  let first = form.dataset.guard === "dirty" ? "" : snap();
  const dirty = () => snap() !== first;
  const paint = () => { if (mark) mark.hidden = !dirty(); };
  form.addEventListener("input", paint);
  paint();
  form.addEventListener("submit", () => { first = snap(); });
  // Closing the tab: the browser asks. Following a link inside: our dialog asks, and the default answer is to stay.
  window.addEventListener("beforeunload", (e) => { if (dirty()) e.preventDefault(); });
  document.addEventListener("click", (e) => {
    const a = e.target.closest("a[href]");
    if (!a || !dirty() || a.getAttribute("href").startsWith("#") || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    leave.returnValue = "";
    leave.showModal();
    leave.addEventListener("close", () => { if (leave.returnValue === "go") { first = snap(); location.href = a.href; } else a.focus(); }, { once: true });
  });
  form.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); form.requestSubmit(); }
  });
})();
