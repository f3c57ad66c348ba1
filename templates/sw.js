// Pages that were open once can be read without a network; everything else is as if this did not exist.
// What is written is never touched here: a page keeps it in its outbox and sends it itself.

const SHELL = "shell-{{ version }}";
const PAGES = "pages";
const PICTURES = "pictures";
const KEPT = { [PAGES]: 80, [PICTURES]: 60 };
const OFFLINE = "{% url "core:offline" %}";
const FILES = [OFFLINE{% for file in shell %}, "{{ file }}"{% endfor %}];
// what a worker learns from; lists and forms are of no use without a network
const READABLE = /^\/($|courses\/|handbooks\/|cases\/|regulations\/|spot-exams\/|me\/$)/;

self.addEventListener("install", (event) => {
  const each = async (cache) => Promise.all(FILES.map((file) => cache.add(file).catch(() => {})));
  event.waitUntil(caches.open(SHELL).then(each).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    const names = (await caches.keys()).filter((name) => ![SHELL, PAGES, PICTURES].includes(name));
    await Promise.all(names.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(old());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || request.headers.has("range")) return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (url.pathname.startsWith("{% get_static_prefix %}")) event.respondWith(keptFirst(event, SHELL));
  else if (url.pathname.startsWith("/media/images/")) event.respondWith(keptFirst(event, PICTURES));
});

/** Whoever signs out leaves nothing of theirs behind. */
self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(PAGES));
});

async function page(event, url) {
  try {
    const response = await fetch(event.request);
    if (response.ok && !response.redirected && READABLE.test(url.pathname)) {
      event.waitUntil(keep(PAGES, event.request, response.clone()));
    }
    return response;
  } catch {
    // "?q=3" is the same exam
    const kept = await caches.match(event.request, { cacheName: PAGES, ignoreSearch: true, ignoreVary: true });
    return kept || (await caches.match(OFFLINE, { ignoreVary: true })) || Response.error();
  }
}

async function keptFirst(event, name) {
  const kept = await caches.match(event.request, { ignoreVary: true });
  const fresh = fetch(event.request).then(async (response) => {
    if (response.ok) await keep(name, event.request, response.clone());
    return response;
  });
  if (!kept) return fresh;
  event.waitUntil(fresh.catch(() => {}));
  return kept;
}

async function keep(name, request, response) {
  const cache = await caches.open(name);
  // put to the end, so that the first are those that were longest not looked at
  await cache.delete(request, { ignoreVary: true });
  await cache.put(request, response);
  const keys = await cache.keys();
  if (KEPT[name]) await Promise.all(keys.slice(0, -KEPT[name]).map((key) => cache.delete(key)));
}
