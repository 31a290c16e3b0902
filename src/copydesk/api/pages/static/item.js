// On an item's page: suggestions go into the form, the hold counts down, and a check of what is
// typed that could not be made says so.
"use strict";

{
  const said = document.getElementById("said");

  function formOf(button) {
    return document.querySelector(`form[data-typed="${button.dataset.form}"]`);
  }

  // The text with the suggestion put in, or null where what it is about is not there any more.
  function suggested(text, { before, after, match, suggestion }) {
    if (text === before) return after;
    const at = text.indexOf(match);
    if (!match || at < 0 || at !== text.lastIndexOf(match)) return null;
    return text.slice(0, at) + suggestion + text.slice(at + match.length);
  }

  function use(event) {
    const button = event.target.closest?.("[data-use]");
    const form = button && formOf(button);
    if (!form) return;
    event.preventDefault();
    const field = form.elements[button.dataset.use];
    const text = suggested(field.value, button.dataset);
    const note = button.parentElement.querySelector(".whither");
    if (text === null) return tell(note, "These words are not in the form any more, or stand twice: change them there.");
    field.value = text;
    form.closest("details")?.setAttribute("open", "");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    button.disabled = true;
    button.closest(".note")?.focus();
    tell(note, `Put into the ${button.dataset.use} of the form. Not saved yet.`);
  }

  function tell(note, words) {
    if (note) note.textContent = words;
    said.textContent = words;
  }

  function countDown(lease) {
    const shown = Object.fromEntries([...lease.querySelectorAll("[data-shows]")].map((one) => [one.dataset.shows, one]));
    const end = performance.now() + Number(lease.dataset.left) * 1000;
    const tick = () => {
      const left = Math.max(0, (end - performance.now()) / 1000);
      shown.left.textContent = left ? `${Math.ceil(left / 60)} min left` : "ended";
      shown.soon.hidden = left > 120 || left === 0;
      shown.over.hidden = left > 0;
      if (left) setTimeout(tick, Math.min(left, 5) * 1000);
    };
    tick();
  }

  function unchecked(event, why) {
    const place = event.target.querySelector?.(".checked");
    if (place) place.textContent = place.dataset[why];
  }

  document.addEventListener("click", use);
  for (const event of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(event, (found) => unchecked(found, "lost"));
  }
  document.addEventListener("htmx:responseError", (event) => {
    unchecked(event, event.detail.xhr.status === 401 ? "gone" : "refused");
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.xhr.responseURL.includes("/login")) return;
    event.detail.shouldSwap = false;
    unchecked(event, "gone");
  });
  addEventListener("online", () => {
    for (const one of document.querySelectorAll(".texts:has(.checked:not(:empty)) textarea")) {
      one.dispatchEvent(new Event("input", { bubbles: true }));
      break;
    }
  });
  const lease = document.querySelector("#lease[data-left]");
  if (lease) countDown(lease);
}
