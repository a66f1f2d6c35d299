// Choosing many in a planner's list: all on the page at once, and how many are chosen. Without it a link does the first.
"use strict";

const form = document.getElementById("valgte");
const all = form?.querySelector("[data-choose-all]");
const told = form?.querySelector("[data-chosen]");
const boxes = () => [...form.querySelectorAll("input[type=checkbox][name=ids]")];

function tell() {
  const count = boxes().filter((box) => box.checked).length;
  told.textContent = count ? told.dataset.chosen.replace("{count}", count) : "";
}

if (all && told) {
  all.addEventListener("click", (event) => {
    event.preventDefault();
    const chosen = boxes();
    const every = chosen.every((box) => box.checked);
    for (const box of chosen) box.checked = !every;
    tell();
  });
  form.addEventListener("change", tell);
  addEventListener("pageshow", tell);
  tell();
}
