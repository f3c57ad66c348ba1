// The list at the door. Whoever is put on it waits in the outbox until the server has them, so that an hour without
// a network costs nothing; each is sent under a key of its own and counts once. Without this each is a form.

import { letters, newKey, outbox, send, waiting } from "./outbox.js";
import { Pad } from "./pad.js";

const desk = document.getElementById("desk");
const { receive, found } = desk.dataset;
const people = document.getElementById("people");
const others = document.querySelector("#others ul");
const newcomer = document.getElementById("newcomer");
const signing = document.getElementById("signing");
const there = document.getElementById("there");
const pad = new Pad(document.getElementById("pad"));
const typed = document.getElementById("typed");
const rows = new Map();
// whom the signature is for
let signer = null;

// ── putting somebody on the list ──

function deliver(said, row) {
  const key = newKey();
  rows.set(key, { row, leaves: said.leaves, entered: !said.leaves && enter(row) });
  if (said.signature || said.typed) row.dataset.signed = "";
  show(row, desk.dataset.waits, said.leaves);
  return send(receive, { ...said, key, at: new Date().toISOString() }, { key: `${receive}#${key}` });
}

/** Counted at once: whoever stands at the door sees that it was taken. Whether they were not on the list before. */
function enter(row) {
  if ("in" in row.dataset) return false;
  row.dataset.in = "";
  there.textContent = Number(there.textContent) + 1;
  return true;
}

function show(row, words, hasLeft = false) {
  row.querySelector(".ev-st").textContent = words;
  for (const button of row.querySelectorAll("[data-enter]")) button.hidden = "in" in row.dataset;
  for (const button of row.querySelectorAll("[data-signs]")) button.hidden = "signed" in row.dataset;
  const leave = row.querySelector("[data-leave]");
  if (leave) leave.hidden = hasLeft || !("in" in row.dataset);
}

/** Said where it stays, also when the row is searched away. */
function refuse({ row, leaves, entered }, why) {
  if (!leaves) delete row.dataset.signed;
  if (entered && "in" in row.dataset) {
    delete row.dataset.in;
    there.textContent = Number(there.textContent) - 1;
  }
  show(row, why);
  const item = document.createElement("li");
  item.className = "ev-r";
  item.innerHTML = "<span><b></b><span class='meta'></span></span>";
  item.querySelector("b").textContent = row.querySelector("b").textContent;
  item.querySelector(".meta").textContent = why;
  const refused = document.getElementById("refused");
  refused.hidden = false;
  refused.querySelector("ul").prepend(item);
}

outbox.addEventListener("answer", ({ detail: { url, key, status, body } }) => {
  if (url !== receive) return;
  const known = rows.get(key.split("#").pop());
  if (!known) return;
  const { row } = known;
  if (status !== 200) return refuse(known, body?.message ?? String(status));
  if (body.undone) return refuse(known, desk.dataset.undone);
  const words = body.left ? desk.dataset.out.replace("#", body.left) : desk.dataset.in.replace("#", body.at);
  show(row, words, Boolean(body.left));
});

// ── who it is ──

const said = (row) => ({ user: Number(row.dataset.user) });

function readNewcomer() {
  const { phone, name } = newcomer.elements;
  const digits = phone.value.normalize("NFKC").replace(/\D/g, "").replace(/^(00)?86(?=1\d{10}$)/, "");
  phone.setCustomValidity(/^1[3-9]\d{9}$/.test(digits) ? "" : phone.dataset.wrong);
  return newcomer.reportValidity() ? { phone: digits, name: name.value.trim() } : null;
}

/** A line for somebody who stands on no list. */
function addOther(name, meta) {
  const row = document.createElement("li");
  row.className = "ev-r";
  row.innerHTML = "<span><b></b><span class='meta'></span></span><span class='ev-st meta' role='status'></span>";
  row.querySelector("b").textContent = name;
  row.querySelector(".meta").textContent = meta;
  others.prepend(row);
  document.getElementById("others").hidden = false;
  return row;
}

function takeNewcomer(extra = {}) {
  const person = readNewcomer();
  if (!person) return;
  deliver({ ...person, ...extra }, addOther(person.name, person.phone));
  newcomer.reset();
}

desk.addEventListener("submit", (event) => {
  const row = event.target.closest("li[data-user]");
  if (!row && event.target !== newcomer) return;
  event.preventDefault();
  if (!row) return takeNewcomer();
  const leaves = "leave" in (event.submitter?.dataset ?? {});
  deliver(leaves ? { ...said(row), leaves } : said(row), row);
});

newcomer.elements.phone.addEventListener("input", ({ target }) => target.setCustomValidity(""));

// ── signing ──

desk.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-signs]");
  if (!button) return;
  const row = button.closest("li[data-user]");
  const person = row ? row.querySelector("b").textContent : readNewcomer()?.name;
  if (person) openPad(row, person);
});

function openPad(row, name) {
  signer = { row };
  pad.wipe();
  typed.value = "";
  document.getElementById("unsigned").hidden = true;
  signing.querySelector("h2 span").textContent = name;
  signing.hidden = false;
  document.getElementById("signing-h").focus();
}

function closePad() {
  signing.hidden = true;
  signer = null;
}

document.getElementById("wipe").addEventListener("click", () => pad.wipe());
document.getElementById("unsign").addEventListener("click", closePad);
document.getElementById("signed").addEventListener("click", () => {
  const proof = { signature: pad.png, typed: typed.value.trim() };
  if (!proof.signature && !proof.typed) return (document.getElementById("unsigned").hidden = false);
  if (signer.row) deliver({ ...said(signer.row), ...proof }, signer.row);
  else takeNewcomer(proof);
  closePad();
});

// ── finding ──

const search = document.getElementById("search");
const words = search.elements.q;
const status = document.getElementById("said");

function narrow() {
  const wanted = words.value.trim().toLowerCase();
  for (const row of people.children) row.hidden = !(row.dataset.find ?? "").toLowerCase().includes(wanted);
}

/** The whole register, where there is a network; what is listed already stays as it is. */
async function look() {
  narrow();
  if (!words.value.trim()) return;
  try {
    const response = await fetch(`${found}?q=${encodeURIComponent(words.value)}`, { redirect: "manual" });
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const row of page.querySelectorAll("li[data-user]")) add(row);
    status.textContent = [...people.children].some((row) => !row.hidden) ? "" : desk.dataset.nobody;
  } catch {
    status.textContent = desk.dataset.more;
  }
}

function add(row) {
  const known = people.querySelector(`[data-user="${row.dataset.user}"]`);
  if (known) return (known.hidden = false);
  document.getElementById("none")?.remove();
  people.prepend(row);
  offerSignature(row);
}

const offerSignature = (part) => {
  for (const button of part.querySelectorAll("[data-signs]")) button.hidden = Boolean(button.closest("li[data-signed]"));
};

words.addEventListener("input", narrow);
search.addEventListener("submit", (event) => {
  event.preventDefault();
  look();
});

// ── what waits ──

async function tellUndelivered() {
  const strip = document.getElementById("undelivered");
  const count = await waiting(receive);
  const line = strip.querySelector("b");
  line.textContent = count === 1 ? line.dataset.one : line.dataset.more.replace("#", count);
  strip.hidden = count === 0;
}

outbox.addEventListener("change", ({ detail: { signIn } }) => {
  document.getElementById("signed-out").hidden = !signIn;
  setTimeout(tellUndelivered, 800);
});

/** A page that this device kept does not know what was written down since: the outbox does. */
async function catchUp() {
  for (const { url, body } of await letters()) {
    if (url !== receive) continue;
    const known = body.user && desk.querySelector(`li[data-user="${body.user}"]`);
    const row = known || addOther(body.name || `#${body.user}`, body.phone ?? "");
    rows.set(body.key, { row, leaves: body.leaves, entered: !body.leaves && enter(row) });
    if (body.signature || body.typed) row.dataset.signed = "";
    show(row, desk.dataset.waits, body.leaves);
  }
}

offerSignature(desk);
await catchUp();
tellUndelivered();
