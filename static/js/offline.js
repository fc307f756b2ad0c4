// Where there is no network (圏外): which pages this device keeps at hand, and that one reads a page that was kept.
// Log-out, and the log-in page of whoever comes next, leave nothing of them here.

const CACHES = ["makoto-pages", "makoto-files"];
const workers = navigator.serviceWorker; // only where the address is safe (https)
const { user, kept } = document.body.dataset;
const lastResort = document.querySelector("[data-at-hand]");

const forget = () => CACHES.forEach((name) => caches.delete(name));

const filesHere = () => {
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const named = [...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]")].map((e) => e.src || e.href);
  return [...new Set([...loaded, ...named])].filter((url) => url.startsWith(`${location.origin}/static/`));
};

const carry = async (list) => {
  const { active } = await workers.ready;
  active.postMessage({ pages: list.content.split(" "), files: filesHere() });
};

const sayKept = () => {
  const note = document.querySelector("[data-kept-note]");
  const moment = new Date(kept).toLocaleString("ja-JP", { dateStyle: "short", timeStyle: "short", timeZone: "Asia/Tokyo" });
  note.querySelector("time").textContent = moment;
  note.hidden = false;
};

const listAtHand = async () => {
  const cache = await caches.open(CACHES[0]);
  for (const request of await cache.keys()) {
    if (new URL(request.url).pathname === lastResort.dataset.atHand) continue;
    const text = await (await cache.match(request, { ignoreVary: true })).text();
    const link = document.createElement("a");
    link.href = request.url;
    link.className = "plain";
    link.textContent = new DOMParser().parseFromString(text, "text/html").title.split(" | ")[0];
    const row = document.createElement("li");
    row.append(link);
    lastResort.append(row);
    lastResort.closest("[hidden]")?.removeAttribute("hidden");
  }
};

if (workers) {
  const list = document.querySelector("meta[name=carried]");
  if (user) workers.register("/worker.js");
  else forget();
  if (list && !kept) addEventListener("load", () => carry(list));
  if (lastResort) listAtHand();
  else if (kept) sayKept();
  addEventListener("submit", (event) => event.target.matches("form[data-logout]") && forget());
}
