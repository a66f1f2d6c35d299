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

// On paper it says when.
addEventListener("beforeprint", () => {
  const now = new Date().toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  for (const place of document.querySelectorAll("[data-printed]")) place.textContent = ` · ${now}`;
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
  if (isRestoring) return;
  const { more } = history.state ?? {};
  remember({ more: { ...more, [event.target.id]: (more?.[event.target.id] ?? 0) + 1 } });
  event.target.children[shown]?.querySelector("a, button")?.focus();
});

// Back from what was opened, a list is as long as it was, and what was opened has the focus. Both stand in the
// history's own entry, so that another tab, and coming by a link, begin anew.
const MOST_RESTORED = 20;
let isRestoring = false;
function remember(change) {
  history.replaceState({ ...history.state, ...change }, "");
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("main a[href]:not([data-more])");
  if (link && !isRestoring) remember({ opened: link.getAttribute("href") });
});
async function loadAgain(id) {
  const link = document.querySelector(`[data-more="${CSS.escape(id)}"]`);
  if (!link) return false;
  const loaded = new Promise((resolve) => {
    document.addEventListener("htmx:after:swap", () => resolve(true), { once: true });
    setTimeout(() => resolve(false), 5000);
  });
  link.click();
  const isLoaded = await loaded;
  await new Promise(requestAnimationFrame);
  return isLoaded;
}
async function restoreList() {
  const { more = {}, opened } = history.state ?? {};
  isRestoring = true;
  for (const [id, times] of Object.entries(more)) {
    for (let time = 0; time < Math.min(times, MOST_RESTORED) && await loadAgain(id); time += 1);
  }
  isRestoring = false;
  const isLonger = Object.keys(more).length > 0;
  const link = opened && [...document.querySelectorAll("main a[href]")].find((a) => a.getAttribute("href") === opened);
  // The browser has found the place itself, unless the list was shorter then.
  if (link && !document.querySelector("[data-autofocus]")) link.focus({ preventScroll: !isLonger });
}
// After htmx, which begins in a timer of its own.
addEventListener("load", () => setTimeout(restoreList));

focusProblems(document);
guardForms(document);
