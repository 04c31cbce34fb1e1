// Small behaviours shared by all pages: announcing, copying, polling only while seen, trouble, shortcut help.
"use strict";
(() => {
  const $ = (s) => document.querySelector(s);
  window.announce = (text) => {
    const live = $("#live");
    live.textContent = "";
    requestAnimationFrame(() => { live.textContent = text; });
  };

  // Where the pages of the masthead are one row that scrolls, the one that is open is in sight.
  const nav = $(".nav"), here = nav && nav.querySelector("[aria-current]");
  if (here) {
    const row = nav.getBoundingClientRect(), link = here.getBoundingClientRect();
    nav.scrollLeft += link.left - row.left - (row.width - link.width) / 2;
  }

  // What the last act did stands on the page; a live region says only what comes after loading.
  const said = $("#said");
  const toast = $("#toast");
  if (said) {
    const text = said.textContent.trim();
    setTimeout(() => window.announce(text), 300);
    toast.textContent = text;
    toast.hidden = false;
    setTimeout(() => { toast.hidden = true; }, 6000);
    const back = said.dataset.back && document.getElementById(said.dataset.back);
    if (back) back.focus({ preventScroll: true });
    // What was saved needs no draft any more.
    if ("saved" in said.dataset) {
      try { localStorage.removeItem(sessionStorage.getItem("sent")); sessionStorage.removeItem("sent"); } catch { /* no storage, no draft */ }
    }
  }

  // What a reader opened stays open when its piece of the page is swapped.
  document.addEventListener("htmx:oobBeforeSwap", (e) => {
    e.detail.target.querySelectorAll("details[open][id]").forEach((was) => {
      const now = e.detail.fragment.querySelector("#" + CSS.escape(was.id));
      if (now) now.open = true;
    });
  });

  // <button data-copy="#id">; the label answers, the live region says it
  document.addEventListener("click", async (e) => {
    const b = e.target.closest("[data-copy]");
    if (!b) return;
    const src = b.dataset.copy === "url" ? location.href : $(b.dataset.copy).textContent.trim();
    const label = b.querySelector("[data-label]") || b, was = label.textContent, words = document.body.dataset;
    try { await navigator.clipboard.writeText(src); label.textContent = words.copied; window.announce(words.copied); }
    catch { label.textContent = words.byHand; }
    setTimeout(() => { label.textContent = was; }, 1800);
  });

  document.addEventListener("click", (e) => { if (e.target.closest("[data-print]")) window.print(); });

  // A page in the background asks for no news; it asks when it is looked at again.
  document.addEventListener("htmx:beforeRequest", (e) => {
    if (document.hidden && e.detail.elt.hasAttribute("data-poll")) e.preventDefault();
  });

  // A request that failed leaves the content as it is and says so; the next one that works takes the notice away.
  const trouble = $("#trouble");
  const troubled = (hidden) => () => { trouble.hidden = hidden; };
  ["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach((name) => document.addEventListener(name, troubled(false)));
  document.addEventListener("htmx:beforeOnLoad", (e) => { if (e.detail.xhr.status < 400) trouble.hidden = true; });
  trouble.querySelector("[data-again]").addEventListener("click", () => location.reload());

  // Who signs out leaves nothing behind that was typed; who was signed out finds it again.
  document.addEventListener("submit", (e) => {
    if (!e.target.matches("[data-signs-out]")) return;
    try { Object.keys(localStorage).filter((key) => key.startsWith("draft:")).forEach((key) => localStorage.removeItem(key)); } catch { /* no storage, no draft */ }
  });

  // What is filtered may have changed since the page came; its address says how it is filtered now.
  document.addEventListener("submit", (e) => { if (e.target.matches("[data-keeps-filter]")) e.target.elements.query.value = location.search.slice(1); });

  // A select whose form only shows something else applies at once.
  document.addEventListener("change", (e) => { if (e.target.matches("[data-submits]")) e.target.form.requestSubmit(); });

  // Shortcut help: a native dialog; opened by a button, or by ? when no field has focus and the keys are on
  const help = $("#keys"), box = $("#keys-on");
  const on = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
  window.keysAreOn = on;
  box.checked = on();
  box.addEventListener("change", () => { try { localStorage.setItem("keys", box.checked ? "on" : "off"); } catch { /* keeps for the page */ } });
  document.addEventListener("click", (e) => { if (e.target.closest("[data-keys]")) help.showModal(); });
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || !on() || e.target.closest("input,select,textarea,dialog")) return;
    if (e.key === "?") { e.preventDefault(); help.showModal(); }
    const search = $("input[type=search]");
    if (e.key === "/" && search) { e.preventDefault(); search.focus(); }
  });
})();
