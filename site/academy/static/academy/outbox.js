// What is to reach the server, whatever the network does: stored first, sent in order, until the server has decided.
// Of what waits under one key the latest stands; the server counts what it gets twice once. What cannot be sent holds up
// what goes to the same address, and where the server fails over it again and again, nothing. What somebody else did
// on this phone waits until they are signed in again.
//
//   send(url, body, { key })   stores an object as JSON and sends it as soon as it can
//   newKey()                   names what is sent, so that it counts once
//   waiting(url)               how many are not sent yet, to that address or to any
//   outbox                     tells of "change" ({ waiting, signIn }) and "answer" ({ key, url, status, body })

const NAME = "academy-outbox";
const STORE = "letters";
const LATER = new Set([408, 425, 429]);
const PATIENCE = 20_000;
// what waited so long was done without a network, for the log
const LATE = 60_000;
// so often the server fails over one letter before others to the same address go first
const OFTEN = 8;
// nobody is none, as in what was kept before anybody could be named
const person = document.documentElement.dataset.person || undefined;

export const outbox = new EventTarget();
let pause = 2000;
let timer = 0;
let sending = Promise.resolve();

export async function send(url, body, { key }) {
  const letter = { url, body, key, person, at: Date.now() };
  // full, or the browser has lost its database: the page remembers
  await store.put(letter).catch(() => memory.put(letter));
  await tell();
  return drain();
}

export async function waiting(url) {
  return (await letters()).filter((letter) => !url || letter.url === url).length;
}

/** What was kept before comes first, also where the device has become full since. */
async function all() {
  const kept = await store.all().catch(() => []);
  return store === memory ? kept : [...kept, ...(await memory.all())];
}

const where = ({ id }) => (typeof id === "string" ? memory : store);

export const letters = async () => (await all()).filter((letter) => letter.person === person);

/** A random UUID; the browser has one only on pages that are served safely. */
export function newKey() {
  const digit = (place) => (place ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (place / 4)))).toString(16);
  return crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, digit);
}

/** The first to any other address; those that fail often come last, by turns. */
async function next(held) {
  const rank = ({ failures = 0 }) => (failures < OFTEN ? 0 : failures);
  return (await letters()).filter(({ url }) => !held.has(url)).sort((a, b) => rank(a) - rank(b))[0];
}

/** Sends what waits, one after the other; never two tabs at once. */
export function drain() {
  return (sending = sending.then(() => alone(sendAll)).catch(() => {}));
}

const alone = (work) => (navigator.locks ? navigator.locks.request(NAME, work) : work());

async function sendAll() {
  const held = new Map();
  for (let letter = await next(held); letter; letter = await next(held)) {
    const answer = await post(letter);
    if (typeof answer === "string") {
      held.set(letter.url, answer);
      if (answer === "failed") await where(letter).change({ ...letter, failures: (letter.failures ?? 0) + 1 });
      continue;
    }
    pause = 2000;
    await where(letter).remove(letter.id);
    outbox.dispatchEvent(new CustomEvent("answer", { detail: { key: letter.key, url: letter.url, ...answer } }));
    await tell();
  }
  const why = [...held.values()];
  if (why.some((one) => one !== "sign in")) wait();
  if (why.length) await tell(why.includes("sign in"));
}

/** The server's answer, or why there is none. */
async function post({ url, body, at }) {
  const waited = Date.now() - at;
  // in seconds: a clock that is wrong is as wrong at both ends
  const later = { "X-Waited": String(Math.round(waited / 1000)), ...(waited > LATE ? { "X-Sent-Later": "1" } : {}) };
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken"), ...later },
      body: JSON.stringify(body),
      credentials: "same-origin",
      redirect: "manual",
      keepalive: true,
      signal: within(PATIENCE),
    });
    const { status, type } = response;
    if (type === "opaqueredirect" || status === 401 || status === 403) return "sign in";
    if (status >= 500) return "failed";
    if (LATER.has(status)) return "later";
    return { status, body: await response.json().catch(() => null) };
  } catch {
    return "later";
  }
}

export function within(milliseconds) {
  if (AbortSignal.timeout) return AbortSignal.timeout(milliseconds);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
}

function wait() {
  clearTimeout(timer);
  timer = setTimeout(drain, pause);
  pause = Math.min(pause * 2, 60_000);
}

async function tell(signIn = false) {
  const detail = { waiting: await waiting(), signIn };
  outbox.dispatchEvent(new CustomEvent("change", { detail }));
}

export function cookie(name) {
  return document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

/** Kept by the browser, so that what was done is sent even after the page was closed. */
class Kept {
  constructor(database) {
    this.database = database;
  }

  static open() {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(NAME, 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true }).createIndex("key", "key");
      };
      opening.onsuccess = () => resolve(new Kept(opening.result));
      opening.onerror = opening.onblocked = () => reject(opening.error);
    });
  }

  /** The store under a transaction, and the result of what was asked of it last. */
  run(mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  put(letter) {
    return this.run("readwrite", (letters) => {
      const older = letters.index("key").getAllKeys(letter.key);
      older.onsuccess = () => {
        older.result.forEach((id) => letters.delete(id));
        letters.add(letter);
      };
      return older;
    });
  }

  /** What was sent or replaced meanwhile does not come back. */
  change(letter) {
    return this.run("readwrite", (letters) => {
      const known = letters.get(letter.id);
      known.onsuccess = () => known.result && letters.put(letter);
      return known;
    });
  }

  all = () => this.run("readonly", (letters) => letters.getAll());
  remove = (id) => this.run("readwrite", (letters) => letters.delete(id));
}

/** Where the browser keeps nothing, as in some private windows. */
class Remembered {
  letters = [];
  next = 1;

  async put(letter) {
    this.letters = this.letters.filter(({ key }) => key !== letter.key);
    this.letters.push({ ...letter, id: `m${this.next++}` });
  }

  async change(letter) {
    this.letters = this.letters.map((one) => (one.id === letter.id ? letter : one));
  }

  all = async () => this.letters;
  remove = async (id) => (this.letters = this.letters.filter((letter) => letter.id !== id));
}

const memory = new Remembered();
const store = await Kept.open().catch(() => memory);
window.addEventListener("online", drain);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && drain());
drain();
