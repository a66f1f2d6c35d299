// Stopping what renews itself, and letting it go on: one who reads slowly decides when the page changes.
"use strict";

for (const button of document.querySelectorAll("[data-pause]")) {
  const renewed = document.getElementById(button.dataset.pause);
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  });
  renewed.addEventListener("htmx:before:request", (event) => {
    if (button.getAttribute("aria-pressed") === "true") event.preventDefault();
  });
}
