// Drafts: what is written into a form[data-draft] is kept on this device, per form and person, until it was received.
// Kept: text, choices and the idempotency key, so that a resend after a lost answer is the same command.
// Never kept: passwords, files, the CSRF token. Log-out clears everything of this device.

// A form[data-autosaved] is kept by the server while one writes: here only while the server cannot be reached.

const OURS = "makoto:";
const PREFIX = "makoto:draft:";
const PENDING = "makoto:sending"; // written by outbox.js
const user = document.body.dataset.user;
const words = document.querySelector(".toasts")?.dataset ?? {};
const UNKEPT = new Set(["password", "file", "submit", "button"]);

const keyOf = (form) => `${PREFIX}${user}:${form.dataset.draft}`;

const kept = (form) =>
  [...form.elements].filter((field) => field.name && field.name !== "csrfmiddlewaretoken" && !UNKEPT.has(field.type));

const values = (form) => {
  const found = {};
  for (const field of kept(form)) {
    if (["checkbox", "radio"].includes(field.type) && !field.checked) continue;
    (found[field.name] ??= []).push(...(field.multiple ? [...field.selectedOptions].map((o) => o.value) : [field.value]));
  }
  return found;
};

const fill = (form, found) => {
  for (const field of kept(form)) {
    const wanted = found[field.name];
    if (["checkbox", "radio"].includes(field.type)) field.checked = Boolean(wanted?.includes(field.value));
    else if (field.multiple) for (const option of field.options) option.selected = Boolean(wanted?.includes(option.value));
    else if (wanted) field.value = wanted[0];
  }
};

const clockOf = (moment) => moment.toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit", timeZone: "Asia/Tokyo" });

const show = (form, at) => {
  let place = form.querySelector(".saved[data-draft-note]");
  if (!place) {
    place = document.createElement("p");
    place.className = "saved";
    place.dataset.draftNote = "";
    const bar = form.querySelector(".actbar, .acts, [type=submit]");
    if (bar) bar.before(place);
    else form.append(place);
  }
  place.hidden = false;
  place.textContent = `${words.saved} ${clockOf(new Date(at))}`;
};

const store = (key, value) => {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // private window or full: the page still works, only nothing is kept
  }
};

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
};

const save = (form) => {
  const at = Date.now();
  if (store(keyOf(form), { at, values: values(form) })) show(form, at);
};

const clearAll = () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith(OURS)) localStorage.removeItem(key);
};

const keep = (form) => {
  const draft = read(keyOf(form));
  // A form the server gave back with errors already holds what was written, and newer than the draft.
  const answered = form.querySelector("[aria-invalid=true]") || document.querySelector("[data-focus]");
  if (draft && !answered) {
    fill(form, draft.values);
    show(form, draft.at);
  }
  let timer;
  if ("autosaved" in form.dataset) {
    form.addEventListener("htmx:sendError", () => save(form));
    form.addEventListener("htmx:afterRequest", (event) => event.detail.successful && localStorage.removeItem(keyOf(form)));
  } else {
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, 400, form);
    });
  }
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    save(form);
  });
};

// The page after a send: arrived by the form's redirect and without a refusal means the draft was received.
const settle = () => {
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null");
  sessionStorage.removeItem(PENDING);
  if (!pending || document.querySelector("[data-refused]")) return;
  const same = [...document.querySelectorAll("form[data-draft]")].some((form) => keyOf(form) === pending.key);
  const from = document.referrer && new URL(document.referrer).pathname === pending.page;
  if (from && (!same || new URL(pending.to).pathname !== location.pathname)) localStorage.removeItem(pending.key);
};

if (user) {
  settle();
  for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
}
addEventListener("pageshow", (event) => event.persisted && sessionStorage.removeItem(PENDING));
addEventListener("submit", (event) => event.target.matches("form[data-logout]") && clearAll());
