// Pages that were open once can be read without a network; everything else is as if this did not exist.
// What is written is never touched here: a page keeps it in its outbox and sends it itself.

const STATIC = "static";
// one for each person, "pages-" for nobody: a phone is handed on
const PAGES = "pages-";
const PICTURES = "pictures";
const META = "meta";
const PERSON = "/person";
const MOST = { [PAGES]: 80, [PICTURES]: 60, [STATIC]: 120 };
const OFFLINE = "{% url "core:offline" %}";
const KEPT = "{% url "events:kept" %}";
// version {{ version }}: with another list this is another worker, and it is installed
const FILES = [{% for file in shell %}"{{ file }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
// what carries its contents in its name never changes
const UNCHANGING = /\.[0-9a-f]{12}\./;
// read off the wall of an event: without a network the code is kept, and sent later
const CODE = /^\/events\/\d+\/code\/[A-Za-z2-7]+\/$/;
// an exam that is sat, whichever question is open
const SITTING = /^\/((courses|assignments)\/\d+\/exam|spot-exams\/\d+)\/\d+\/$/;
// what a worker learns from, and the list at the door of an event; results, certificates, other lists and forms are of no
// use without a network, or for no other eyes
const READABLE = /^\/($|courses\/(?!\d+\/exam\/)|handbooks\/|cases\/|regulations\/|events\/(\d+\/)?$|staff\/events\/\d+\/desk\/$|me\/$)/;

self.addEventListener("install", (event) => {
  // the pages that say there is no network are nobody's
  const pages = [OFFLINE, KEPT].map((page) => new Request(page, { credentials: "omit" }));
  const each = async (cache) => Promise.all([...pages, ...FILES].map((file) => cache.add(file).catch(() => {})));
  event.waitUntil(caches.open(STATIC).then(each).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    const names = (await caches.keys()).filter((name) => ![STATIC, PICTURES, META].includes(name));
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
  else if (url.pathname.startsWith("{% get_static_prefix %}")) event.respondWith(UNCHANGING.test(url.pathname) ? keptFirst(event, STATIC) : freshFirst(event, STATIC));
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
    event.waitUntil(keepPage(key, url, response.clone()).catch(() => {}));
    return response;
  } catch {
    if (CODE.test(url.pathname)) return (await caches.match(KEPT, { ignoreVary: true })) || Response.error();
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
  return (await caches.match(event.request, { ignoreVary: true })) || fetched(event, name);
}

async function freshFirst(event, name) {
  try {
    return await fetched(event, name);
  } catch {
    return (await caches.match(event.request, { ignoreVary: true })) || Response.error();
  }
}

/** A full phone keeps nothing, and still shows it. */
async function fetched(event, name) {
  const response = await fetch(event.request);
  if (response.ok) event.waitUntil(keep(name, event.request, response.clone()).catch(() => {}));
  return response;
}

async function keep(kind, request, response, name = kind) {
  const cache = await caches.open(name);
  // put to the end, so that the first are those that were longest not looked at
  await cache.delete(request, { ignoreVary: true });
  await cache.put(request, response);
  const keys = await cache.keys();
  if (MOST[kind]) await Promise.all(keys.slice(0, -MOST[kind]).map((key) => cache.delete(key)));
}
