// Sharing a proposal: the link is copied with one press where the browser lets a page do so.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    document.getElementById("kopiert").textContent = button.dataset.copied;
  });
}
