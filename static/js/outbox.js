// What could not be sent for want of a network: kept on this device and sent once there is one again.
// Its idempotency key goes along, so that it is done once even where only the answer was lost. Loaded before drafts.js.

const PENDING = "makoto:sending"; // in this tab: what was sent last and is not answered yet
const AGAIN_MS = 20_000;
const NO_LATER = [400, 404, 409, 413, 422]; // answers that stay the same: somebody has to look at it
const user = document.body.dataset.user;
const KEY = `makoto:outbox:${user}`;
const place = document.querySelector("[data-unsent]");

const read = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]");
  } catch {
    return []; // a window that keeps nothing
  }
};

const write = (letters) => {
  try {
    if (letters.length) localStorage.setItem(KEY, JSON.stringify(letters));
    else localStorage.removeItem(KEY);
  } catch {
    return false; // full, or a window that keeps nothing
  }
  show(letters);
  return true;
};

const clockOf = (at) => new Date(at).toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit", timeZone: "Asia/Tokyo" });

const row = (letter) => {
  const line = document.createElement("li");
  line.textContent = `${letter.title} ${clockOf(letter.at)}`;
  if (letter.photos) {
    const left = document.createElement("p");
    left.textContent = place.dataset.photos; // a device keeps words, no pictures
    line.append(left);
  }
  if (letter.refused) {
    const link = document.createElement("a");
    link.href = letter.page;
    link.textContent = place.dataset.look;
    const words = document.createElement("p");
    words.className = "words";
    words.textContent = letter.texts.join("\n");
    const away = document.createElement("button");
    away.type = "button";
    away.className = "btn btn-plain";
    away.textContent = place.dataset.away;
    away.addEventListener("click", () => drop(letter));
    line.append(" ", link, words, away);
  }
  return line;
};

const show = (letters) => {
  if (!place) return;
  place.hidden = !letters.length;
  place.querySelector("ul").replaceChildren(...letters.map(row));
};

const keyOf = (form) => `makoto:draft:${user}:${form.dataset.draft}`; // as drafts.js names it

const letterOf = (form, submitter) => ({
  to: form.action,
  body: [...new FormData(form, submitter)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string"),
  photos: [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length),
  texts: [...form.querySelectorAll("textarea, input[type=text]")].map((field) => field.value).filter(Boolean),
  key: keyOf(form),
  page: location.pathname,
  title: document.title.split(" | ")[0],
  at: Date.now(),
});

const same = (one) => (other) => other.to === one.to && other.key === one.key && other.at === one.at;

const keep = (letter) => {
  const others = read().filter((other) => other.key !== letter.key); // sent again: the newer words count
  return write([...others, letter]);
};

const drop = (letter) => {
  localStorage.removeItem(letter.key);
  write(read().filter((other) => !same(letter)(other)));
};

// drafts.js fills it in where its form is on the page; where the form is gone, it stays to be read.
const stands = (letter) => [...document.querySelectorAll("form[data-draft]")].some((form) => keyOf(form) === letter.key);

const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["x-csrftoken"];

// What came of it: undefined while it has to wait (no network, not logged in, a fault of ours).
const sent = async (letter) => {
  try {
    const body = new URLSearchParams(letter.body);
    const answer = await fetch(letter.to, { method: "POST", body, headers: { "X-CSRFToken": token() } });
    if (new URL(answer.url).pathname.startsWith("/login/")) return undefined;
    if (NO_LATER.includes(answer.status)) return { refused: true };
    return answer.ok ? { url: answer.url } : undefined;
  } catch {
    return undefined;
  }
};

const flush = async () => {
  for (const letter of read().filter((one) => !one.refused)) {
    const outcome = await sent(letter);
    if (!outcome) return;
    const others = read().filter((other) => !same(letter)(other));
    if (outcome.refused) {
      write([...others, { ...letter, refused: true }]);
      continue;
    }
    write(others);
    localStorage.removeItem(letter.key);
    if (location.pathname === letter.page || document.querySelector("[data-at-hand]")) location.assign(outcome.url);
  }
};

// One tab at a time; where the browser knows no locks, the key still makes it once.
const send = () => (navigator.locks ? navigator.locks.request(KEY, { ifAvailable: true }, (lock) => lock && flush()) : flush());

if (user) {
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null");
  if (pending?.to && document.querySelector("[data-at-hand]")) {
    document.querySelector("[data-not-here]").hidden = keep(pending); // the answer never came
  }
  write(read().filter((letter) => !(letter.refused && stands(letter))));
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (!form.matches("form[data-draft]")) return;
    const letter = letterOf(form, submitter);
    if (navigator.onLine) {
      sessionStorage.setItem(PENDING, JSON.stringify(letter));
      return;
    }
    if (!keep(letter)) return; // what becomes of it, the browser says
    event.preventDefault();
    place?.scrollIntoView({ block: "center" });
  }, true);
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.hidden || send()); // the phone comes out of the pocket
  setInterval(send, AGAIN_MS); // not every device tells that it is back
  place?.querySelector("button").addEventListener("click", send);
  send();
}

// Who logs out with something unsent is told once before it is thrown away.
addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-logout]") || !read().length || event.target.dataset.told) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  event.target.dataset.told = "yes";
  place.querySelector("[data-leaving]").hidden = false;
  place.scrollIntoView({ block: "center" });
}, true);
