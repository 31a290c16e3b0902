// The queue looks again every twenty seconds, and never takes anything from under one's hands: rows
// change where they stand, what was decided by others is struck through, and what is new is told,
// and shown when one asks for it. While something is selected or typed it does not look at all.
"use strict";

const EVERY_MS = 20_000;
const list = document.getElementById("list");
const news = document.getElementById("news");
const rowsOf = (root) => [...root.querySelectorAll("#rows > tr, :scope > table > tbody > tr")];
let isLooking = false;

function isInUse() {
  const typing = document.activeElement?.closest("#list input:not([type=checkbox]), textarea, select, .views input");
  const typed = [...list.querySelectorAll("textarea, select")].some((one) => one.value);
  return Boolean(typing) || typed || list.querySelector("input:checked") !== null;
}

async function fetched() {
  const answer = await fetch(list.dataset.rows, {
    headers: { Accept: "text/html", "X-Copydesk-Unattended": "1" },
    redirect: "manual",
  });
  if (!answer.ok) return null;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  return rowsOf(parsed.body);
}

// A row that is looked into, or that has the focus, is left as it is.
function update(row, fresh) {
  const isOpen = row.contains(document.activeElement) || row.querySelector("details[open]");
  if (!isOpen && row.innerHTML !== fresh.innerHTML) row.replaceChildren(...fresh.cloneNode(true).childNodes);
  row.classList.remove("gone");
}

function strike(row) {
  row.classList.add("gone");
  row.querySelector("input[type=checkbox]")?.setAttribute("disabled", "");
}

// Rows behind the last one that came again were pushed to the next page, not decided.
function merge(incoming) {
  const byId = new Map(incoming.map((one) => [one.id, one]));
  const rows = rowsOf(list);
  const last = rows.findLastIndex((row) => byId.has(row.id));
  const isWhole = incoming.length < 50;
  rows.forEach((row, at) => {
    if (byId.has(row.id)) update(row, byId.get(row.id));
    else if (isWhole || at < last) strike(row);
    byId.delete(row.id);
  });
  return byId.size;
}

function tell(count, incoming) {
  if (!count) return news.replaceChildren();
  const words = count === 1 ? "1 new item" : `${count} new items`;
  if (news.firstChild?.textContent === `${words}.`) return;
  const text = document.createElement("span");
  text.textContent = `${words}.`;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Show";
  button.setAttribute("aria-label", `Show ${words}`);
  button.addEventListener("click", () => show(incoming));
  news.replaceChildren(text, button);
}

function show(incoming) {
  const body = document.getElementById("rows");
  if (!body) return location.reload();
  body.replaceChildren(...incoming);
  news.replaceChildren();
  body.querySelector(".lead a")?.focus();
}

async function look() {
  if (isLooking || document.hidden || isInUse()) return;
  isLooking = true;
  try {
    const incoming = await fetched();
    if (incoming === null) stop();
    else if (!isInUse()) tell(merge(incoming), incoming);
  } catch {
    // The server could not be reached: the next look may find it.
  } finally {
    isLooking = false;
  }
}

function stop() {
  clearInterval(timer);
  const text = document.createElement("span");
  text.textContent = "This page no longer looks for news: load it again.";
  news.replaceChildren(text);
}

const timer = setInterval(look, EVERY_MS);
document.addEventListener("visibilitychange", look);
