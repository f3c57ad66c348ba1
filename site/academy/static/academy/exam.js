// The clock, and answers kept as they are chosen: the whole paper is on the phone, and what is chosen without a
// network waits in the outbox. Without this each answer is kept by the button below it, one page a question.

import { drain, outbox, send, waiting } from "./outbox.js";
import { enhanceAll } from "./questions.js";

const form = document.getElementById("answer");
const address = location.pathname;
const others = document.getElementById("paper").content;
const items = new Map([...others.children].map((item) => [Number(item.dataset.number), item]));
const cells = (number) => [...document.querySelectorAll(".sheet")].map((sheet) => sheet.children[number - 1]);
const byKey = new Map();
const undelivered = new Set();

/** What this phone knows of the attempt, for a page that was kept while later answers went in. */
const memory = {
  key: `exam:${form.dataset.save}`,
  read() {
    return JSON.parse(localStorage.getItem(this.key) ?? '{"sequence":0,"answers":{}}');
  },
  keep(question, chosen) {
    const known = this.read();
    known.sequence = ++sequence;
    known.answers[question] = chosen;
    localStorage.setItem(this.key, JSON.stringify(known));
  },
};

let current = form.querySelector(".item");
let sequence = Number(form.dataset.sequence);
items.set(Number(current.dataset.number), current);
for (const item of items.values()) byKey.set(item.dataset.key, item);
for (const picture of others.querySelectorAll("img")) new Image().src = picture.src;
// each by itself: under one root all their radio buttons would be one group
others.replaceChildren();

// ── answers ──

/** The list of strings that an answer is, whatever the kind of question. */
function chosenOf(item) {
  const fields = [...item.querySelectorAll("input, select")].filter(({ type, checked }) => checked || !/radio|checkbox/.test(type));
  const given = fields.filter(({ value }) => value.trim()).map(({ name, value }) => [name, value.trim()]);
  const keyed = given.filter(([name]) => name !== "chosen").map(([name, value]) => [name.slice("chosen-".length), value]);
  if (!keyed.length) return given.map(([, value]) => value);
  if (!item.querySelector("[data-ordering]")) return keyed.map(([key, value]) => `${key}=${value}`);
  return keyed.sort(([, a], [, b]) => a - b).map(([key]) => key);
}

function choose(item, chosen) {
  const steps = item.querySelector("[data-ordering]");
  for (const key of steps ? chosen : []) steps.append(steps.querySelector(`[name="chosen-${key}"]`).closest("li"));
  for (const field of item.querySelectorAll("input, select")) {
    if (/radio|checkbox/.test(field.type)) field.checked = chosen.includes(field.value);
    else if (field.name === "chosen") field.value = chosen[0] ?? "";
    else field.value = keyedValue(field.name.slice("chosen-".length), chosen);
  }
}

function keyedValue(key, chosen) {
  const pair = chosen.find((one) => one.startsWith(`${key}=`));
  if (pair) return pair.slice(key.length + 1);
  return chosen.includes(key) ? String(chosen.indexOf(key) + 1) : "";
}

function save(item) {
  const question = item.dataset.key;
  const chosen = chosenOf(item);
  memory.keep(question, chosen);
  undelivered.add(question);
  show(item, chosen);
  const body = { question, chosen, key: crypto.randomUUID?.() ?? uuid(), sequence };
  send(form.dataset.save, body, { key: `${form.dataset.save}#${question}` });
}

/** Where the page is not under TLS a browser gives no randomUUID. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function show(item, chosen = chosenOf(item)) {
  const waits = undelivered.has(item.dataset.key);
  for (const cell of cells(Number(item.dataset.number))) {
    cell.classList.toggle("d", chosen.length > 0 && !waits);
    cell.classList.toggle("w", waits);
  }
  const sheet = document.querySelector(".sheet");
  document.getElementById("answered").textContent = sheet.querySelectorAll(".d, .w").length;
}

outbox.addEventListener("answer", ({ detail: { url, key, status, body } }) => {
  if (url !== form.dataset.save) return;
  const question = key.split("#")[1];
  undelivered.delete(question);
  // the server decided otherwise: its page says what, so it is not read unseen
  if (status !== 200) return location.assign(body?.result ?? address);
  sequence = Math.max(sequence, body.sequence);
  show(byKey.get(question));
});

outbox.addEventListener("change", ({ detail: { signIn } }) => {
  document.getElementById("signed-out").hidden = !signIn;
  setTimeout(tellUndelivered, 1500);
});

/** Not for the moment that every answer takes. */
async function tellUndelivered() {
  const strip = document.getElementById("undelivered");
  const words = strip.querySelector("b");
  const count = await waiting(form.dataset.save);
  words.textContent = count === 1 ? words.dataset.one : words.dataset.more.replace("#", count);
  strip.hidden = count === 0;
}

/** A page that this phone kept does not know what was answered since: the phone does. */
function catchUp() {
  const known = memory.read();
  if (known.sequence <= sequence) return;
  sequence = known.sequence;
  for (const [question, chosen] of Object.entries(known.answers)) {
    const item = byKey.get(question);
    if (item) {
      choose(item, chosen);
      show(item, chosen);
    }
  }
}

// ── going about ──

function open(number) {
  const item = items.get(number);
  if (!item || item === current) return;
  for (const cell of cells(Number(current.dataset.number))) mark(cell, false);
  for (const cell of cells(number)) mark(cell, true);
  current.replaceWith(item);
  current = item;
  enhanceAll(item);
  const total = Number(form.dataset.total);
  const words = document.getElementById("where");
  words.textContent = words.dataset.words.replace("#", number);
  document.getElementById("previous").hidden = number === 1;
  const next = document.getElementById("next");
  next.textContent = number === total ? next.dataset.last : next.dataset.next;
  showFlag();
  form.action = `${address}?q=${number}`;
  history.replaceState(null, "", `${address}?q=${number}`);
  for (const drawer of form.querySelectorAll("details")) drawer.open = false;
  window.scrollTo(0, 0);
  item.querySelector("fieldset").focus();
}

function mark(cell, isCurrent) {
  cell.classList.toggle("cur", isCurrent);
  if (isCurrent) cell.setAttribute("aria-current", "step");
  else cell.removeAttribute("aria-current");
}

function showFlag() {
  const button = document.getElementById("flag");
  const flagged = "flagged" in current.dataset;
  button.value = flagged ? "unflag" : "flag";
  button.setAttribute("aria-pressed", String(flagged));
  button.textContent = flagged ? button.dataset.on : button.dataset.off;
  for (const cell of cells(Number(current.dataset.number))) cell.classList.toggle("f", flagged);
}

/** The worker's own mark; without a network it stays on this page. */
function toggleFlag() {
  const data = new FormData(form);
  data.set("go", "flagged" in current.dataset ? "unflag" : "flag");
  if ("flagged" in current.dataset) delete current.dataset.flagged;
  else current.dataset.flagged = "";
  showFlag();
  fetch(form.action, { method: "POST", body: data, redirect: "manual" }).catch(() => {});
}

form.addEventListener("change", () => save(current));
form.addEventListener("submit", (event) => {
  const number = Number(current.dataset.number);
  const go = event.submitter?.value ?? "next";
  const isLast = number === Number(form.dataset.total);
  if (go === "flag" || go === "unflag") toggleFlag();
  else if (go === "previous") open(number - 1);
  else if (go === "next" && !isLast) open(number + 1);
  // handing in needs the server, and everything that was chosen there first
  else return handIn(event);
  event.preventDefault();
});

async function handIn(event) {
  event.preventDefault();
  // the last answer may be on its way
  await drain();
  if ((await waiting(form.dataset.save)) === 0) location.assign(form.dataset.handIn);
  else tellUndelivered();
}

document.addEventListener("click", (event) => {
  const cell = event.target.closest(".sheet a");
  if (!cell) return;
  event.preventDefault();
  open(Number(new URL(cell.href).searchParams.get("q")));
});
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

// ── the clock ──

const clock = document.getElementById("clock");

function tick(end) {
  const left = Math.max(0, Math.floor((end - Date.now()) / 1000));
  clock.querySelector("span").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  clock.classList.toggle("soon", left <= 300 && left > 60);
  clock.classList.toggle("last", left <= 60);
  const spoken = document.getElementById("spoken");
  const words = { 600: spoken.dataset.ten, 300: spoken.dataset.five, 60: spoken.dataset.one }[left];
  if (words) spoken.textContent = words;
  if (left === 0 && navigator.onLine) location.assign(address);
  return left;
}

if (clock) {
  const end = Date.now() + Number(clock.dataset.seconds) * 1000;
  const timer = setInterval(() => tick(end) || clearInterval(timer), 1000);
}

catchUp();
