// Theme: auto, light, dark. Loaded in <head> so that the page never flashes.
"use strict";
(() => {
  const root = document.documentElement, KEY = "theme";
  const read = () => { try { return localStorage.getItem(KEY) || "auto"; } catch { return "auto"; } };
  const apply = (t) => { if (t === "auto") root.removeAttribute("data-theme"); else root.dataset.theme = t; };
  // The words for a theme stand on the page, in its language.
  const name = (n, t) => { n.textContent = n.dataset[t]; };
  apply(read());
  root.classList.add("js");
  document.addEventListener("click", (e) => {
    const b = e.target.closest("[data-theme-toggle]");
    if (!b) return;
    const next = { auto: "light", light: "dark", dark: "auto" }[read()] || "auto";
    try { localStorage.setItem(KEY, next); } catch { /* private mode: theme lasts for the page */ }
    apply(next);
    name(b.querySelector("[data-theme-name]"), next);
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-theme-name]").forEach((n) => name(n, read()));
  });
})();
