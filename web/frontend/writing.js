// Writing a proposal: the draft keeps itself, findings lead to their place in the text, the map tells what it chose.
"use strict";

const PAUSE = 3_000;
const BETWEEN = 15_000;

// A position in Unicode characters, as the server counts, as one in UTF-16, as the browser does.
const unit = (text, position) => Array.from(text).slice(0, position).join("").length;

// A link to a finding selects it in its field.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-from]");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field?.setSelectionRange) return;
  event.preventDefault();
  field.focus();
  field.setSelectionRange(unit(field.value, Number(link.dataset.from)), unit(field.value, Number(link.dataset.to)));
});

// The map has put its point into the form; the words beside it say so.
document.addEventListener("chosen", () => {
  const said = document.getElementById("punkt");
  said.textContent = said.dataset.chosen;
  document.getElementById("fjern-punkt").hidden = false;
  for (const hit of document.querySelectorAll("[name=treff]")) hit.checked = false;
});
const label = document.querySelector(".map-label");
if (label) label.hidden = false;

class Keeper {
  constructor(form) {
    this.form = form;
    this.said = document.getElementById("lagret");
    this.last = 0;
    this.other = document.getElementById("annen-tekst");
    this.other.addEventListener("click", (event) => this.choose(event.target.dataset.choose));
    form.addEventListener("input", () => this.later(PAUSE));
    // The draft's version must be known before the step is sent with it.
    form.addEventListener("submit", (event) => {
      clearTimeout(this.timer);
      if (!this.keeping) return;
      event.preventDefault();
      const { submitter } = event;
      this.keeping.finally(() => form.requestSubmit(submitter));
    });
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.start(); }, Math.max(wait, this.last + BETWEEN - Date.now()));
  }

  start() {
    // Somebody else's text is shown, and nothing is stored until one of the two is chosen.
    if (this.stored) return;
    if (this.keeping) { this.later(PAUSE); return; }
    this.last = Date.now();
    delete this.form.dataset.changed;
    this.keeping = this.keep().finally(() => { this.keeping = null; });
  }

  async keep() {
    const { keep, keepFailed } = this.form.dataset;
    try {
      const answer = await fetch(keep, { method: "POST", body: new URLSearchParams(new FormData(this.form)) });
      if (answer.status === 204) { this.form.dataset.changed = ""; return; }
      const told = await answer.json();
      this.said.textContent = told.message;
      if (answer.ok) this.known(told);
      else this.form.dataset.changed = "";
      if (told.stored) this.showBoth(told.stored);
      if (answer.status === 401 || answer.status === 429) this.later(60_000);
    } catch {
      this.form.dataset.changed = "";
      this.said.textContent = keepFailed;
      this.later(30_000);
    }
  }

  // What is typed stays as it is; what another window stored stands below it.
  showBoth(stored) {
    this.stored = stored;
    for (const part of this.other.querySelectorAll("[data-stored]")) part.textContent = stored[part.dataset.stored];
    this.other.hidden = false;
  }

  choose(which) {
    const { elements } = this.form;
    if (!which || !this.stored) return;
    const taken = which === "stored" ? this.stored : { versjon: this.stored.versjon };
    for (const [name, value] of Object.entries(taken)) elements[name].value = value;
    this.stored = null;
    this.other.hidden = true;
    elements.title.focus();
    if (which === "mine") this.start();
    else { delete this.form.dataset.changed; this.said.textContent = ""; }
  }

  // From now on the form is that of the draft there is.
  known({ number, version, address }) {
    const { elements } = this.form;
    if (!elements.nummer.value) history.replaceState(null, "", address);
    elements.nummer.value = number;
    elements.versjon.value = version;
    this.form.action = address;
  }
}

const form = document.querySelector("form[data-keep]");
if (form) new Keeper(form);
