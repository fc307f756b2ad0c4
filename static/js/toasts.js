// Toasts leave after eight seconds, never while the pointer or the focus is on them, never while the page is hidden.

const STAY_MS = 8000;
const place = document.querySelector(".toasts");

const watch = (note) => {
  let timer;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (document.hidden ? start() : note.remove()), STAY_MS);
  };
  const hold = () => clearTimeout(timer);
  note.addEventListener("pointerenter", hold);
  note.addEventListener("focusin", hold);
  note.addEventListener("pointerleave", start);
  note.addEventListener("focusout", start);
  start();
};

const add = (text) => {
  const note = document.createElement("div");
  const words = document.createElement("p");
  note.className = "note";
  words.textContent = text;
  note.append(words);
  place.append(note);
};

if (place) {
  for (const note of place.querySelectorAll(".note")) watch(note);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node instanceof Element) watch(node);
  }).observe(place, { childList: true });
  // A failed request of htmx says so; the page keeps what was typed.
  addEventListener("htmx:responseError", () => add(place.dataset.failed));
  addEventListener("htmx:sendError", () => add(place.dataset.failed));
}
