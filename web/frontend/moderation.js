// Keys for moderators. All that they do can be done without them; they are listed by ?, and can be switched off.
"use strict";

const OFF = "samskap-taster-av";
const dialog = document.getElementById("hurtigtaster");
const opener = document.querySelector("[data-keys-open]");
const toggle = document.querySelector("[data-keys-on]");

function isOff() {
  try { return localStorage.getItem(OFF) !== null; } catch { return false; }
}
function setOff(off) {
  try { if (off) localStorage.setItem(OFF, ""); else localStorage.removeItem(OFF); } catch { /* kept for this page only */ }
}

// Through the list, or to the case before or after.
function move(step) {
  const items = [...document.querySelectorAll("[data-key-item]")];
  if (!items.length) return follow(step > 0 ? "j" : "k");
  const at = items.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : items.length - 1) : at + step;
  return items[Math.min(Math.max(next, 0), items.length - 1)].focus();
}

function follow(key) {
  document.querySelector(`a[data-key="${key}"], button[data-key="${key}"]`)?.click();
}

function open() {
  const focused = document.activeElement?.closest("[data-key-item]");
  if (focused) return focused.click();
  const source = document.querySelector("[data-key-source]");
  if (source) source.open = !source.open;
}

// Choosing is not deciding: the focus goes on to what must still be filled in, or to the button.
function choose(key) {
  const choice = document.querySelector(`input[data-key="${key}"]`);
  if (!choice) return;
  choice.checked = true;
  choice.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector(key === "r" ? "#grunn" : "[data-key-submit]")?.focus();
}

const DO = { j: () => move(1), k: () => move(-1), o: open, c: () => follow("c"), a: () => choose("a"), r: () => choose("r"), "?": () => dialog.showModal() };

function isTyping(target) {
  return target.isContentEditable || target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
}

if (dialog && opener) {
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  toggle.checked = !isOff();
  toggle.addEventListener("change", () => setOff(!toggle.checked));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || dialog.open) return;
    if (isTyping(event.target) || !toggle.checked || !(event.key in DO)) return;
    event.preventDefault();
    DO[event.key]();
  });
}
