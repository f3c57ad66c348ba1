// Pages that were open once can be read without a network; everything else is as if this did not exist.
// What is written is never touched here: a page keeps it in its outbox and sends it itself.

const SHELL = "shell-{{ version }}";
// one for each person, "pages-" for nobody: a phone is handed on
const PAGES = "pages-";
const PICTURES = "pictures";
const META = "meta";
const PERSON = "/person";
const MOST = { [PAGES]: 80, [PICTURES]: 60 };
const OFFLINE = "{% url "core:offline" %}";
const FILES = [OFFLINE{% for file in shell %}, "{{ file }}"{% endfor %}];
// an exam that is sat, whichever question is open
const SITTING = /^\/(courses\/\d+\/exam|spot-exams\/\d+)\/\d+\/$/;
// what a worker learns from; results, certificates, lists and forms are of no use without a network, or for no other eyes
const READABLE = /^\/($|courses\/(?!\d+\/exam\/)|handbooks\/|cases\/|regulations\/|me\/$)/;

self.addEventListener("install", (event) => {
  const each = async (cache) => Promise.all(FILES.map((file) => cache.add(file).catch(() => {})));
  event.waitUntil(caches.open(SHELL).then(each).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    const names = (await caches.keys()).filter((name) => ![SHELL, PICTURES, META].includes(name));
    await Promise.all(names.filter((name) => !name.startsWith(PAGES)).map((name) => caches.delete(name)));
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

/** Each page says who is signed in. Whoever comes, or signs out, finds nothing of anybody else's. */
self.addEventListener("message", (event) => {
  if (typeof event.data?.person === "string") event.waitUntil(become(event.data.person));
});

async function become(person) {
  const meta = await caches.open(META);
  await meta.put(PERSON, new Response(person));
  const others = (await caches.keys()).filter((name) => name.startsWith(PAGES) && name !== PAGES + person);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** Kept, as a worker is stopped between events. */
async function whoIsHere() {
  const said = await caches.match(PERSON, { cacheName: META });
  return said ? said.text() : "";
}

async function page(event, url) {
  const key = SITTING.test(url.pathname) ? url.pathname : event.request.url;
  try {
    const response = await fetch(event.request);
    event.waitUntil(keepPage(key, url, response.clone()));
    return response;
  } catch {
    const pages = await caches.open(PAGES + (await whoIsHere()));
    const kept = (await pages.match(key, { ignoreVary: true })) || (await pages.match(key, { ignoreSearch: true, ignoreVary: true }));
    return kept || (await caches.match(OFFLINE, { ignoreVary: true })) || Response.error();
  }
}

async function keepPage(key, url, response) {
  const person = await whoIsHere();
  // over, or signed out
  if (response.type === "opaqueredirect" && SITTING.test(url.pathname)) return forget(PAGES + person, key);
  if (!response.ok || response.redirected || !(SITTING.test(url.pathname) || READABLE.test(url.pathname))) return;
  const page = response.clone();
  const [, said = ""] = /<html[^>]* data-person="([^"]*)"/.exec(await response.text()) ?? [];
  // somebody has signed in or out just now: their next page is kept for them
  if (said === person) await keep(PAGES, key, page, PAGES + person);
}

async function forget(name, key) {
  const cache = await caches.open(name);
  await cache.delete(key, { ignoreVary: true });
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

async function keep(kind, request, response, name = kind) {
  const cache = await caches.open(name);
  // put to the end, so that the first are those that were longest not looked at
  await cache.delete(request, { ignoreVary: true });
  await cache.put(request, response);
  const keys = await cache.keys();
  if (MOST[kind]) await Promise.all(keys.slice(0, -MOST[kind]).map((key) => cache.delete(key)));
}
