// What every page has beside htmx. All of it works without this file, only less quickly.
"use strict";

// A form with problems tells them first.
function focusProblems(root) {
  root.querySelector("[data-autofocus]")?.focus();
}

// What has been typed is not lost by a slip: the browser asks before it leaves.
function guardForms(root) {
  for (const form of root.querySelectorAll("form[data-guard]")) {
    form.addEventListener("input", () => { form.dataset.changed = ""; });
    form.addEventListener("submit", () => { delete form.dataset.changed; });
  }
}
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-changed]")) event.preventDefault();
});

// A form that is changed by choosing alone is sent at once.
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submit-on-change]")) event.target.form?.requestSubmit();
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if ("sent" in form.dataset) event.preventDefault();
  form.dataset.sent = "";
  setTimeout(() => { delete form.dataset.sent; }, 3000);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// What comes in later is told the same way, and keeps the focus in its place.
document.addEventListener("htmx:after:swap", (event) => {
  focusProblems(event.target ?? document);
  guardForms(event.target ?? document);
});

// A longer list goes on where it ended, and a form that was asked for is where one writes next.
document.addEventListener("htmx:before:swap", (event) => {
  const { more, focus } = event.target.dataset ?? {};
  const list = more && document.getElementById(more);
  if (list) list.dataset.shown = list.children.length;
  if (focus) document.addEventListener("htmx:after:swap", () => document.querySelector(focus)?.focus(), { once: true });
});
document.addEventListener("htmx:after:swap", (event) => {
  const { shown } = event.target.dataset ?? {};
  if (shown === undefined) return;
  delete event.target.dataset.shown;
  event.target.children[shown]?.querySelector("a, button")?.focus();
});

focusProblems(document);
guardForms(document);
