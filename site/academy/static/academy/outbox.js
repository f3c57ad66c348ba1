// What is to reach the server, whatever the network does: stored first, sent in order, until the server has decided.
// Of what waits under one key the latest stands; the server counts what it gets twice once. What somebody else did on
// this phone waits until they are signed in again.
//
//   send(url, body, { key })   stores an object as JSON and sends it as soon as it can
//   waiting(url)               how many are not sent yet, to that address or to any
//   outbox                     tells of "change" ({ waiting, signIn }) and "answer" ({ key, url, status, body })

const NAME = "academy-outbox";
const STORE = "letters";
const LATER = new Set([408, 425, 429]);
const { person } = document.documentElement.dataset;

export const outbox = new EventTarget();
let pause = 2000;
let timer = 0;
let sending = Promise.resolve();

export async function send(url, body, { key }) {
  await store.put({ url, body, key, person });
  await tell();
  return drain();
}

export async function waiting(url) {
  return (await letters()).filter((letter) => !url || letter.url === url).length;
}

const letters = async () => (await store.all()).filter((letter) => letter.person === person);
const first = async () => (await letters())[0];

/** Sends what waits, one after the other; never two tabs at once. */
export function drain() {
  return (sending = sending.then(() => alone(sendAll)).catch(() => {}));
}

const alone = (work) => (navigator.locks ? navigator.locks.request(NAME, work) : work());

async function sendAll() {
  for (let letter = await first(); letter; letter = await first()) {
    const answer = await post(letter);
    if (answer === undefined) return wait();
    if (answer === "sign in") return tell(true);
    pause = 2000;
    await store.remove(letter.id);
    outbox.dispatchEvent(new CustomEvent("answer", { detail: { key: letter.key, url: letter.url, ...answer } }));
    await tell();
  }
}

/** The server's answer; undefined while there is none. */
async function post({ url, body }) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
      body: JSON.stringify(body),
      credentials: "same-origin",
      redirect: "manual",
      keepalive: true,
    });
    const { status, type } = response;
    if (type === "opaqueredirect" || status === 401 || status === 403) return "sign in";
    if (status >= 500 || LATER.has(status)) return undefined;
    return { status, body: await response.json().catch(() => null) };
  } catch {
    return undefined;
  }
}

function wait() {
  clearTimeout(timer);
  timer = setTimeout(drain, pause);
  pause = Math.min(pause * 2, 60_000);
  return tell();
}

async function tell(signIn = false) {
  const detail = { waiting: await waiting(), signIn };
  outbox.dispatchEvent(new CustomEvent("change", { detail }));
}

function cookie(name) {
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

  all = () => this.run("readonly", (letters) => letters.getAll());
  remove = (id) => this.run("readwrite", (letters) => letters.delete(id));
}

/** Where the browser keeps nothing, as in some private windows. */
class Remembered {
  letters = [];
  next = 1;

  async put(letter) {
    this.letters = this.letters.filter(({ key }) => key !== letter.key);
    this.letters.push({ ...letter, id: this.next++ });
  }

  all = async () => this.letters;
  remove = async (id) => (this.letters = this.letters.filter((letter) => letter.id !== id));
}

const store = await Kept.open().catch(() => new Remembered());
window.addEventListener("online", drain);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && drain());
drain();
