// Single keys for those who decide all day. Every page works without them, and they can be turned
// off: whoever dictates or presses keys by accident must be able to.
"use strict";

const NAMES = {
  j: "next row", k: "row before", a: "approve", r: "reject", e: "edit", x: "escalate",
  s: "ask for changes", w: "answer", f: "use the suggestion", m: "comment", u: "undo", c: "claim",
  v: "compare variants", p: "where it came from", n: "next item", b: "back", q: "queue",
};
const STEPS = { ".rows .lead a": "row", ".proof .note": "finding" };
const SETTING = "copydesk.keys";
const isOff = () => localStorage.getItem(SETTING) === "off";

// A key means what is on the screen: none is heeded before the page is there, or once it is left.
let isThere = document.readyState === "complete";
let isSending = false;

function steps() {
  const found = Object.keys(STEPS).find((one) => document.querySelector(one));
  return found ? { each: [...document.querySelectorAll(found)], name: STEPS[found] } : { each: [] };
}

function move(step) {
  const all = steps().each;
  const at = all.findIndex((one) => one.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
}

// On a list `x` selects the row that one is on, as in mail.
function box() {
  return document.activeElement.closest(".rows tr")?.querySelector("input[type=checkbox]");
}

function reached(key) {
  const all = [...document.querySelectorAll(`[data-key="${key}"]`)].filter((one) => !one.disabled);
  const here = document.activeElement.closest(".note");
  if (!here) return all[0];
  const after = (one) => here.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
  return all.find((one) => here.contains(one)) ?? all.find(after) ?? all[0];
}

function reach(key) {
  const found = reached(key);
  if (!found) return;
  if (found.dataset.use) return found.click();
  if (found.tagName === "DETAILS") found.open = true;
  const inside = found.querySelector("select, textarea, button");
  const words = found.querySelector("textarea");
  const target = found.tagName === "FORM" ? words ?? found.querySelector("button") : inside ?? found;
  target.focus();
  if (target.tagName === "A") target.click();
}

function pressed(event) {
  if (event.key === "Escape") arrived(); // it stops what is being loaded
  const typing = event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea");
  const elsewhere = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
  if (isOff() || !isThere || typing || elsewhere || document.querySelector("dialog[open]")) return;
  const isStep = event.key === "j" || event.key === "k";
  if (event.key !== "?" && !(event.key in NAMES)) return;
  event.preventDefault();
  if (event.repeat && !isStep) return;
  if (isStep) move(event.key === "j" ? 1 : -1);
  else if (event.key === "?") help();
  else if (event.key === "x" && box()) box().click();
  else reach(event.key);
}

// What a form sends is sent once, however often it is pressed.
function sent(event) {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (isSending) return event.preventDefault();
  isSending = true;
  isThere = false;
  event.target.setAttribute("aria-busy", "true");
}

function leaving(event) {
  isThere = false;
  setTimeout(() => { if (event.defaultPrevented) arrived(); }); // who was asked, and stayed
}

function arrived() {
  isThere = document.readyState === "complete";
  isSending = false;
}

function working() {
  const { each, name } = steps();
  const found = each.length ? [["j", `next ${name}`], ["k", `${name} before`]] : [];
  if (document.querySelector(".rows input[type=checkbox]")) found.push(["x", "select row"]);
  if (document.querySelector(".rows .lead a")) found.push(["Enter", "open row"]);
  const keys = [...document.querySelectorAll("[data-key]")].map((one) => one.dataset.key);
  for (const key of new Set(keys)) found.push([key, NAMES[key]]);
  return found;
}

function made(name, text, attributes = {}) {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function help() {
  document.querySelector("dialog.help")?.remove();
  const dialog = made("dialog", "", { class: "help", "aria-labelledby": "help-title" });
  const list = made("dl", "");
  for (const [key, name] of [...working(), ["?", "this list"], ["Esc", "close it"]]) {
    const term = made("dt", "");
    term.append(made("kbd", key));
    list.append(term, made("dd", name));
  }
  const form = made("form", "", { method: "dialog" });
  form.append(made("button", "Close"));
  dialog.append(made("h2", "Keys on this page", { id: "help-title" }), list, form);
  document.body.append(dialog);
  dialog.showModal();
}

function legend() {
  const works = working();
  if (!works.length) return;
  const line = made("p", "", { class: "keys" });
  const button = made("button", "", { type: "button", class: "plain" });
  const show = () => {
    line.replaceChildren(button);
    button.textContent = isOff() ? "Turn single keys on" : "Turn them off";
    if (isOff()) return;
    for (const [key, name] of [...works, ["?", "all keys"]]) button.before(made("kbd", key), ` ${name} `);
  };
  button.addEventListener("click", () => {
    localStorage.setItem(SETTING, isOff() ? "on" : "off");
    show();
  });
  show();
  document.querySelector("main").append(line);
}

// What can be taken back for some seconds is not offered any longer than that.
for (const one of document.querySelectorAll("[data-seconds]")) {
  setTimeout(() => one.remove(), Number(one.dataset.seconds) * 1000);
}
// The menu closes as menus do: by Escape, and when one goes elsewhere.
const menu = document.querySelector("details.menu");
function elsewhere(event) {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
}
menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", elsewhere);
document.addEventListener("focusin", elsewhere);
addEventListener("pageshow", arrived);
addEventListener("beforeunload", leaving);
document.addEventListener("submit", sent);
document.addEventListener("keydown", pressed);
legend();
