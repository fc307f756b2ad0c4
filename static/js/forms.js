// Forms: one send per tap, opening phrases, and the first error in view. Every form works without this file.

const BUSY = "aria-busy";

// Double-submit guard. The button stays enabled until the browser has read it, so its name and value are sent.
addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return;
  if (form.hasAttribute(BUSY)) {
    event.preventDefault();
    return;
  }
  form.setAttribute(BUSY, "true");
  submitter?.setAttribute(BUSY, "true");
});

const release = (root) => {
  for (const element of root.querySelectorAll(`form[${BUSY}], .btn[${BUSY}]`)) element.removeAttribute(BUSY);
};

// Coming back by the back button, or an answer that htmx put into the page: sending is possible again.
addEventListener("pageshow", () => release(document));
addEventListener("htmx:afterRequest", () => release(document));

// Opening phrases: put at the cursor, on a line of their own when there is text before.
const insert = (field, phrase) => {
  const before = field.value.slice(0, field.selectionStart);
  const lead = before && !before.endsWith("\n") ? "\n" : "";
  field.setRangeText(lead + phrase, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
};

for (const group of document.querySelectorAll("[data-phrases]")) {
  const field = document.getElementById(group.dataset.phrases);
  if (!field) continue;
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const chip = event.target.closest(".chip");
    if (chip) insert(field, chip.textContent.trim());
  });
}

// What an answer brings into sight: data-shown-by="reaction=not_accepted asks_proposal=on" names the answers.
for (const part of document.querySelectorAll("[data-shown-by]")) {
  const form = part.closest("form");
  const look = () => {
    const given = new FormData(form);
    part.hidden = !part.dataset.shownBy.split(" ").some((answer) => given.getAll(answer.split("=")[0]).includes(answer.split("=")[1]));
  };
  form.addEventListener("change", look);
  addEventListener("load", look); // drafts.js may have filled the form
}

// A button that says how many are chosen keeps saying so while boxes are ticked and cleared.
for (const form of document.querySelectorAll("form[data-counts]")) {
  const words = form.querySelector("button[type=submit] span");
  form.addEventListener("change", () => {
    if (words) words.textContent = words.textContent.replace(/\d+/, form.querySelectorAll("[name=number]:checked").length);
  });
}

// The error summary is the first thing read after a refused form.
document.querySelector("[data-focus]")?.focus();

// An account sheet left open covers the page: a tap elsewhere or Esc closes it.
const sheet = document.querySelector("details.me");
const close = (event) => {
  if (sheet?.open && (event.key === "Escape" || (event.type === "click" && !sheet.contains(event.target)))) sheet.open = false;
};
addEventListener("click", close);
addEventListener("keydown", close);
