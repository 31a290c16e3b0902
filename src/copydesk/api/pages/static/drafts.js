// What is typed into a form of an item is kept in this window until it is sent, and put back after
// a reload. It is kept by person and item, and thrown away when the person signs out.
"use strict";

{
  const KEPT = "copydesk.typed:";
  const desk = document.querySelector("[data-item]");
  const forms = [...document.querySelectorAll("form[data-typed]")];
  const keyOf = (form) => `${KEPT}${desk.dataset.user}:${desk.dataset.item}:${form.dataset.typed}`;
  const fieldsOf = (form) => [...form.elements].filter((one) => one.name && one.type !== "hidden");
  const texts = (form) => Object.fromEntries(fieldsOf(form).map((one) => [one.name, one.value]));
  let isSending = false;

  function asLoaded(field) {
    if (field.tagName !== "SELECT") return field.defaultValue;
    return ([...field.options].find((one) => one.defaultSelected) ?? field.options[0]).value;
  }

  function isChanged(form) {
    return fieldsOf(form).some((one) => one.value !== asLoaded(one));
  }

  function keep(form) {
    const held = read(form);
    const base = held?.base ?? desk.dataset.base;
    const isUnsent = isChanged(form) || "kept" in form.dataset;
    if (!isUnsent) return sessionStorage.removeItem(keyOf(form));
    sessionStorage.setItem(keyOf(form), JSON.stringify({ base, texts: texts(form) }));
  }

  function read(form) {
    return JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "null");
  }

  function forget(form) {
    sessionStorage.removeItem(keyOf(form));
  }

  function discard(form, line) {
    for (const one of fieldsOf(form)) one.value = asLoaded(one);
    forget(form);
    line.remove();
    form.querySelector("textarea")?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function tell(form, isOlder) {
    const line = document.createElement("p");
    line.className = "restored";
    line.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = "Discard it";
    button.addEventListener("click", () => discard(form, line));
    const words = isOlder
      ? "The copy has changed since you typed this. Compare it with what stands now before you send it. "
      : "What you had typed is back. It is not sent yet. ";
    line.append(words, button);
    form.prepend(line);
  }

  function restore(form) {
    const held = read(form);
    if (!held) return;
    const isSent = held.sent && form.dataset.ends.split(" ").includes(desk.dataset.done);
    if (isSent) return forget(form);
    sessionStorage.setItem(keyOf(form), JSON.stringify({ ...held, sent: undefined }));
    if ("kept" in form.dataset) return; // the server has shown it again already
    for (const one of fieldsOf(form)) one.value = held.texts[one.name] ?? one.value;
    if (!isChanged(form)) return forget(form);
    form.closest("details")?.setAttribute("open", "");
    tell(form, "base" in held && held.base !== desk.dataset.base && form.querySelector(".texts"));
    form.querySelector("textarea")?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function sending(event) {
    if (event.defaultPrevented || event.target.method !== "post") return;
    isSending = true;
    const held = "typed" in event.target.dataset && read(event.target);
    if (held) sessionStorage.setItem(keyOf(event.target), JSON.stringify({ ...held, sent: true }));
    if (!event.target.classList.contains("who")) return;
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(KEPT)) sessionStorage.removeItem(key);
    }
  }

  function asks(event) {
    const isUnsent = (form) => isChanged(form) || ("kept" in form.dataset && read(form));
    if (!isSending && forms.some(isUnsent)) event.preventDefault();
  }

  for (const form of forms) form.addEventListener("input", () => keep(form));
  for (const form of forms) if ("kept" in form.dataset) keep(form);
  document.addEventListener("submit", sending);
  addEventListener("beforeunload", asks);
  addEventListener("pageshow", () => { isSending = false; });
  addEventListener("load", () => forms.forEach(restore)); // htmx listens by then
}
