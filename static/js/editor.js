// Editor: focus on what happened, unsaved-changes guard, save key, drafts in this browser and on the server, choices of a conflict.
"use strict";
(() => {
  const form = () => document.querySelector("form[data-guard]");
  const leave = () => document.querySelector("#leave");
  const entries = (f) => [...new FormData(f)].filter(([k]) => k !== "csrfmiddlewaretoken").map(([k, v]) => [k, String(v)]);
  const snap = (f) => new URLSearchParams(entries(f)).toString();
  let first = "";
  const dirty = () => { const f = form(); return Boolean(f) && snap(f) !== first; };
  const paint = () => { const mark = form() && form().querySelector("[data-dirty]"); if (mark) mark.hidden = !dirty(); };
  const clean = () => { if (form()) first = snap(form()); };

  // ---- Drafts: kept in this browser, for this person and this address, until it is saved or discarded ----
  const place = () => { const f = form(); return f && f.dataset.draft ? `draft:${f.dataset.draft}:${location.pathname}${location.search}` : ""; };
  const store = {
    read: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    write: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: the page still holds it */ } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* as above */ } },
  };
  let resting = 0;
  const keep = () => { clearTimeout(resting); if (place() && dirty() && snap(form()) !== there) store.write(place(), { at: new Date().toISOString(), typed: entries(form()) }); };
  // page.js drops the draft on the page that says that it was saved.
  const sent = (key) => { try { sessionStorage.setItem("sent", key); } catch { /* the draft is offered once more */ } };

  // ---- The same on the server, every few seconds, to go on with elsewhere ----
  const EVERY = 4000;
  let waiting = 0, going = null, there = "";
  const tell = (text) => { const said = form() && form().querySelector("[data-kept]"); if (said) said.textContent = text; };
  const keepThere = async (asked = false) => {
    clearTimeout(waiting);
    waiting = 0;
    const f = form(), button = f && f.querySelector("[data-keep]"), typed = f && snap(f), key = place();
    if (!button || (typed === there && !asked)) return "";
    const mine = going = new AbortController();
    let said = {};
    try {
      // A sign-in page is no answer: who is signed out keeps it in this browser.
      const sending = { method: "POST", body: new URLSearchParams(new FormData(f)), headers: { Accept: "application/json" }, redirect: "manual" };
      said = await (await fetch(button.formAction, { ...sending, signal: mine.signal })).json();
    } catch { /* told below */ }
    if (mine.signal.aborted) return "";
    if (said.kept) { there = typed; if (form() && snap(form()) === typed) store.drop(key); }
    tell(said.kept || said.error || button.dataset.notKept);
    return said.kept || "";
  };
  const keepSoon = () => { if (!waiting) waiting = setTimeout(() => { waiting = 0; if (dirty() || there) keepThere(); }, EVERY); };
  const stopKeeping = () => { clearTimeout(waiting); waiting = 0; if (going) going.abort(); };
  // What was only begun on this page goes with it; a draft that was there before stays as it was kept last.
  const discardThere = () => {
    const button = form() && form().querySelector("[data-keep]");
    stopKeeping();
    if (!button || !there || document.querySelector("#kept")) return;
    const body = new URLSearchParams({ csrfmiddlewaretoken: form().querySelector("[name=csrfmiddlewaretoken]").value, place: location.pathname + location.search });
    fetch(button.dataset.discardAt, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => { /* it is listed, and can be discarded there */ });
  };
  document.addEventListener("click", async (e) => {
    const f = form(), button = e.target.closest("[data-keep]");
    if (e.target.closest("[data-discard]")) { store.drop(place()); stopKeeping(); clean(); }
    if (!button || !f) return;
    e.preventDefault();
    const typed = snap(f);
    if (await keepThere(true)) { first = typed; paint(); }
    window.announce(f.querySelector("[data-kept]").textContent);
  });

  const bring = (typed) => {
    // The server makes the form anew with all that was typed, rows included.
    const again = document.createElement("form");
    again.method = "post";
    const mark = form().querySelector("[name=csrfmiddlewaretoken]").value;
    [["csrfmiddlewaretoken", mark], ...typed.filter(([k]) => k !== "more"), ["more", "draft"]].forEach(([name, value]) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      again.append(field);
    });
    document.body.append(again);
    first = snap(form());
    again.submit();
  };
  const offer = () => {
    const box = document.querySelector("#draft"), draft = place() && store.read(place());
    if (!box || !draft || form().dataset.guard === "dirty" || new URLSearchParams(draft.typed).toString() === snap(form())) return;
    box.querySelector("[data-draft-when]").textContent = new Date(draft.at).toLocaleString();
    box.hidden = false;
  };
  document.addEventListener("click", (e) => {
    if (e.target.closest("[data-draft-back]")) bring(store.read(place()).typed);
    const away = e.target.closest("[data-draft-away]");
    if (!away) return;
    store.drop(place());
    clean();
    const box = document.querySelector("#draft");
    if (box) { box.hidden = true; form().querySelector("input:not([type=hidden]),select,textarea").focus(); }
  });

  // ---- A page, or the piece of it that came instead of the form ----
  const start = () => {
    const f = form();
    const told = document.querySelector(".error-summary") || document.querySelector("[data-focus]");
    if (told) told.focus();
    if (!f) return;
    first = f.dataset.guard === "dirty" ? "" : snap(f);
    there = document.querySelector("#kept") ? first : "";
    paint();
    offer();
    if (f.dataset.guard === "dirty") { keep(); keepSoon(); }
  };
  start();
  document.addEventListener("htmx:afterSettle", (e) => { if (e.detail.target.id === "main" || e.target.id === "main") start(); });

  document.addEventListener("input", (e) => { if (e.target.form === form()) { paint(); clearTimeout(resting); resting = setTimeout(keep, 400); keepSoon(); } });
  document.addEventListener("submit", (e) => {
    if (e.target !== form()) return;
    stopKeeping();
    keep();
    if (place()) sent(place());
    if (!e.target.hasAttribute("hx-post")) first = snap(e.target);
  });
  window.addEventListener("pagehide", keep);
  // A refusal is an answer that is shown; whoever is sent elsewhere has saved, or signs in first with the words kept.
  document.addEventListener("htmx:beforeSwap", (e) => {
    const { xhr } = e.detail;
    if ([403, 409, 422, 503].includes(xhr.status) && e.detail.target.id === "main") { e.detail.shouldSwap = true; e.detail.isError = false; }
  });
  document.addEventListener("htmx:beforeOnLoad", (e) => { if (e.detail.xhr.getResponseHeader("HX-Redirect")) clean(); });

  // Closing the tab: the browser asks. Following a link inside: our dialog asks, and the default answer is to stay.
  window.addEventListener("beforeunload", (e) => { if (dirty()) e.preventDefault(); });
  document.addEventListener("click", (e) => {
    const a = e.target.closest("a[href]"), box = leave();
    if (!a || !box || e.defaultPrevented || !dirty() || a.getAttribute("href").startsWith("#") || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    box.returnValue = "";
    box.showModal();
    box.addEventListener("close", () => {
      if (box.returnValue === "go") { if (place()) store.drop(place()); discardThere(); clean(); location.href = a.href; } else a.focus();
    }, { once: true });
  });
  document.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && e.target.form && e.target.form === form()) { e.preventDefault(); form().requestSubmit(); }
  });

  // A conflict: the box takes their version, yours or both, and can be edited on.
  document.addEventListener("click", (e) => {
    const b = e.target.closest("[data-fill]");
    if (!b) return;
    e.preventDefault();
    const box = b.closest(".choose").querySelector("textarea, input:not([type=hidden])"), { theirs, yours } = box.dataset;
    box.value = { theirs, yours, both: `${theirs}\n${yours}` }[b.dataset.fill];
    b.closest(".row").querySelectorAll("[data-fill]").forEach((x) => x.setAttribute("aria-pressed", String(x === b)));
    paint();
  });
})();
