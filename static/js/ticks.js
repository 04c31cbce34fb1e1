// A list to tick: all or none without a new page, and how many are ticked.
"use strict";
(() => {
  const form = document.querySelector("#several"), link = document.querySelector("#tick"), told = document.querySelector("#ticked");
  if (!form || !link) return;
  const boxes = [...form.querySelectorAll("input[name=position]")];
  const ticked = () => boxes.filter((box) => box.checked).length;
  const tell = () => {
    const n = ticked();
    link.textContent = n < boxes.length ? link.dataset.all : link.dataset.none;
    told.textContent = n === 1 ? told.dataset.one : n ? told.dataset.many.replace("{}", n) : "";
  };
  link.addEventListener("click", (e) => {
    e.preventDefault();
    const all = ticked() < boxes.length;
    boxes.forEach((box) => { box.checked = all; });
    tell();
  });
  form.addEventListener("change", tell);
  tell();
})();
