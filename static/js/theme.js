// Theme: auto, light, dark. Loaded in <head> so that the page never flashes.
"use strict";
(() => {
  const root = document.documentElement, KEY = "theme";
  const read = () => { try { return localStorage.getItem(KEY) || "auto"; } catch { return "auto"; } };
  const apply = (t) => { if (t === "auto") root.removeAttribute("data-theme"); else root.dataset.theme = t; };
  apply(read());
  root.classList.add("js");
  document.addEventListener("click", (e) => {
    const b = e.target.closest("[data-theme-toggle]");
    if (!b) return;
    const next = { auto: "light", light: "dark", dark: "auto" }[read()] || "auto";
    try { localStorage.setItem(KEY, next); } catch { /* private mode: theme lasts for the page */ }
    apply(next);
    b.querySelector("[data-theme-name]").textContent = next;
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-theme-name]").forEach((n) => { n.textContent = read(); });
  });
})();
