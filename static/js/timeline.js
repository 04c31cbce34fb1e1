// Timeline: the range and the step buttons only choose a day for the form below them, and move the mark in the chart.
"use strict";
(() => {
  const $ = (s) => document.querySelector(s);
  const range = $("#stop"), day = $("#as_of"), out = $("#stop-day"), note = $("#stop-note"), cursor = $("#tl-cursor");
  const scroller = $(".tl-scroll");
  if (!range) return;
  const stops = JSON.parse(range.dataset.stops);
  const show = () => {
    const [iso, words, what, x] = stops[Number(range.value)];
    day.value = iso;
    out.textContent = words;
    note.textContent = what;
    range.setAttribute("aria-valuetext", `${words}: ${what}`);
    cursor.setAttribute("transform", `translate(${x - Number(cursor.dataset.x)} 0)`);
    // Where the chart is wider than the screen, the mark stays in sight.
    const mark = cursor.getBoundingClientRect(), seen = scroller.getBoundingClientRect();
    if (mark.left < seen.left || mark.right > seen.right) scroller.scrollBy({ left: mark.left - seen.left - seen.width / 2 });
  };
  range.addEventListener("input", show);
  document.querySelectorAll("[data-step]").forEach((b) => b.addEventListener("click", () => {
    range.value = String(Number(range.value) + Number(b.dataset.step));
    show();
    window.announce(`${out.textContent}. ${note.textContent}`);
  }));
  // A day that was typed stands between two stops: the range goes to the last one that had happened by then.
  day.addEventListener("change", () => {
    if (!day.value) return;
    const typed = day.value;
    range.value = String(Math.max(0, stops.findLastIndex((stop) => stop[0] <= typed)));
    show();
    day.value = typed;
  });
})();
