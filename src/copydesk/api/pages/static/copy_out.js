// A button beside each text that can be copied. Where the clipboard is closed, the text is selected.
"use strict";

async function taken(area, button) {
  area.select();
  try {
    await navigator.clipboard.writeText(area.value);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Selected: copy it now";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2500);
}

for (const area of document.querySelectorAll(".out textarea")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  button.setAttribute("aria-describedby", area.id);
  button.addEventListener("click", () => taken(area, button));
  area.after(button);
}
