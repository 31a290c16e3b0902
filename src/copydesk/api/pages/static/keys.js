// Single keys for those who decide all day. Every page works without them, and they can be turned
// off: whoever dictates or presses keys by accident must be able to.
"use strict";

const NAMES = {
  j: "next row", k: "row before", a: "approve", r: "reject", e: "edit", x: "escalate",
  s: "ask for changes", w: "answer", m: "comment", u: "undo", c: "claim", n: "next item", q: "queue",
};
const SETTING = "copydesk.keys";
const isOff = () => localStorage.getItem(SETTING) === "off";

function rows() {
  return [...document.querySelectorAll(".rows .lead a")];
}

function move(step) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
}

function reach(key) {
  const found = document.querySelector(`[data-key="${key}"]`);
  if (!found) return;
  if (found.tagName === "DETAILS") found.open = true;
  const inside = found.querySelector("select, textarea, button");
  const words = found.querySelector("textarea");
  const target = found.tagName === "FORM" ? words ?? found.querySelector("button") : inside ?? found;
  target.focus();
  if (target.tagName === "A") target.click();
}

function pressed(event) {
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (isOff() || typing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!(event.key in NAMES)) return;
  event.preventDefault();
  if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  else reach(event.key);
}

function legend() {
  const works = rows().length ? ["j", "k"] : [];
  for (const one of document.querySelectorAll("[data-key]")) works.push(one.dataset.key);
  if (!works.length) return;
  const line = document.createElement("p");
  line.className = "keys";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  const show = () => {
    line.replaceChildren(button);
    button.textContent = isOff() ? "Turn single keys on" : "Turn them off";
    if (isOff()) return;
    for (const key of works) {
      const name = document.createElement("kbd");
      name.textContent = key;
      button.before(name, ` ${NAMES[key]} `);
    }
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
document.addEventListener("keydown", pressed);
legend();
