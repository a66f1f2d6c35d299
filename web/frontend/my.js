// One's own pages: whoever opens a notification has read it. Without this file there is a button for that.
"use strict";

function tellRead(event) {
  const form = document.getElementById(event.target.closest("a[data-reads]")?.dataset.reads);
  if (!form) return;
  const body = new URLSearchParams(new FormData(form));
  body.set("kort", "ja");
  // The page is on its way out: the message outlives it.
  fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => {});
}
document.addEventListener("click", tellRead);
document.addEventListener("auxclick", (event) => { if (event.button === 1) tellRead(event); });
