// Pages at hand where there is no network (圏外): those that Today has named last. The network is asked first, always.

const PAGES = "makoto-pages";
const FILES = "makoto-files";
const LAST_RESORT = "/offline/"; // what stands in for a page that is not at hand, and for an answer that never came
const FRESH_MS = 10 * 60 * 1000; // a page younger than this is not fetched again before it is needed
const KEEPING = { headers: { "Makoto-Purpose": "keep" } }; // nobody has read a page fetched so
const SAME = { ignoreVary: true };

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", (event) => event.waitUntil(carry(event.data)));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (request.method === "GET" && request.url.startsWith(`${location.origin}/static/`)) event.respondWith(file(request));
});

const page = async (event) => {
  const { method, url } = event.request;
  try {
    const answer = await fetch(event.request);
    if (method === "GET" && answer.ok && (await (await caches.open(PAGES)).match(url, SAME))) {
      event.waitUntil(refresh(url, answer.clone()));
    }
    return answer;
  } catch {
    return (method === "GET" && (await kept(url))) || (await kept(LAST_RESORT)) || Response.error();
  }
};

const file = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return (await (await caches.open(FILES)).match(request, SAME)) ?? Response.error();
  }
};

// The page says of itself that it was kept, and since when.
const kept = async (url) => {
  const answer = await (await caches.open(PAGES)).match(url, SAME);
  if (!answer) return undefined;
  const text = (await answer.text()).replace("<body", `<body data-kept="${answer.headers.get("Date")}"`);
  const policy = answer.headers.get("Content-Security-Policy") ?? "";
  return new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy } });
};

const refresh = async (url, answer) => (await caches.open(PAGES)).put(url, answer);

const carry = async ({ pages, files }) => {
  await renew(PAGES, [LAST_RESORT, ...pages], FRESH_MS);
  await renew(FILES, files, Infinity); // their names change with their content
};

const age = (answer) => Date.now() - Date.parse(answer.headers.get("Date"));

// Exactly what is wanted, and nothing that this person may no longer open.
const renew = async (name, wanted, fresh) => {
  const cache = await caches.open(name);
  const urls = wanted.map((path) => new URL(path, location.origin).href);
  for (const request of await cache.keys()) if (!urls.includes(request.url)) await cache.delete(request);
  for (const url of urls) {
    const known = await cache.match(url, SAME);
    if (known && !(age(known) > fresh)) continue;
    try {
      const answer = await fetch(url, KEEPING);
      if (answer.ok && !answer.redirected) await cache.put(url, answer);
      else await cache.delete(url);
    } catch {
      return; // no network: what is here is kept
    }
  }
};
