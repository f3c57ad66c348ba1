// The clock, and answers kept as they are chosen: the whole paper is on the phone, and what is chosen without a
// network waits in the outbox. Without this each answer is kept by the button below it, one page a question.

import { start } from "./examclock.js";
import { Memory } from "./exammemory.js";
import { cookie, drain, letters, newKey, outbox, send, waiting, within } from "./outbox.js";
import { enhanceAll } from "./questions.js";

const form = document.getElementById("answer");
const address = location.pathname;
const others = document.getElementById("paper").content;
const items = new Map([...others.children].map((item) => [Number(item.dataset.number), item]));
const cells = (number) => [...document.querySelectorAll(".sheet")].map((sheet) => sheet.children[number - 1]);
const byKey = new Map();
const undelivered = new Set();

const said = new Map();
const memory = new Memory(form.dataset.save);

let current = form.querySelector(".item");
let sequence = Number(form.dataset.sequence);
let typing = 0;
let flagging = Promise.resolve();
items.set(Number(current.dataset.number), current);
for (const picture of others.querySelectorAll("img")) new Image().src = picture.src;
// each by itself: under one root all their radio buttons are one group, of which one only is checked
const apart = [...others.children];
others.replaceChildren();
for (const field of apart.flatMap((item) => [...item.querySelectorAll("input")])) field.checked = field.defaultChecked;
for (const item of items.values()) {
  byKey.set(item.dataset.key, item);
  said.set(item.dataset.key, String(chosenOf(item)));
}
if (isTouched(current)) said.delete(current.dataset.key);

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

/** Whether something was chosen while this script was on its way. */
function isTouched(item) {
  const fields = [...item.querySelectorAll("input")];
  const options = [...item.querySelectorAll("option")].filter(({ value }) => value);
  return fields.some((field) => field.checked !== field.defaultChecked || field.value !== field.defaultValue)
    || options.some((option) => option.selected !== option.defaultSelected);
}

/** What is said already is not said again. */
function save(item) {
  const question = item.dataset.key;
  const chosen = chosenOf(item);
  if (said.get(question) === String(chosen)) return;
  said.set(question, String(chosen));
  sequence += 1;
  const answer = { question, chosen, key: newKey(), sequence };
  // at once, where the outbox may not get to it before the page is left
  memory.keep(answer);
  deliver(answer);
  show(item, chosen);
}

function deliver(answer) {
  undelivered.add(answer.question);
  send(form.dataset.save, answer, { key: `${form.dataset.save}#${answer.question}` });
}

/** Also what is still being typed. */
function saveNow() {
  clearTimeout(typing);
  save(current);
}

function show(item, chosen = chosenOf(item)) {
  const waits = undelivered.has(item.dataset.key);
  for (const cell of cells(Number(item.dataset.number))) {
    cell.classList.toggle("d", chosen.length > 0 && !waits);
    cell.classList.toggle("w", waits);
    label(cell);
  }
  const answered = [...items.values()].filter((one) => chosenOf(one).length);
  document.getElementById("answered").textContent = answered.length;
}

/** What a cell shows, in words. */
function label(cell) {
  const words = cell.parentElement.dataset;
  const has = (name) => cell.classList.contains(name);
  const parts = [words.question.replace("#", cell.textContent), has("w") ? words.waits : has("d") ? words.answered : words.empty];
  cell.setAttribute("aria-label", [...parts, ...(has("f") ? [words.flagged] : [])].join(", "));
}

outbox.addEventListener("answer", ({ detail: { url, key, status, body } }) => {
  if (url !== form.dataset.save) return;
  const question = key.split("#")[1];
  if (status !== 200) {
    memory.forget(question);
    // the server decided otherwise: its page says what, so it is not read unseen
    return location.assign(body?.result ?? address);
  }
  const item = byKey.get(question);
  const counted = body?.sequence ?? 0;
  item.dataset.sequence = Math.max(Number(item.dataset.sequence), counted);
  memory.settle(question, counted);
  // one that was given meanwhile still waits
  if (counted < (memory.given[question]?.sequence ?? 0)) return;
  undelivered.delete(question);
  show(item);
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

/** A page that this phone kept does not know what was answered since: the phone does, and sends again what neither
 * waits nor was counted. Where the server has a later answer to a question, that one stands. */
async function catchUp() {
  const waits = (await letters().catch(() => [])).filter(({ url }) => url === form.dataset.save);
  const given = { ...memory.given };
  for (const { body } of waits) {
    undelivered.add(body.question);
    if (body.sequence > (given[body.question]?.sequence ?? -1)) given[body.question] = body;
  }
  for (const [question, answer] of Object.entries(given)) {
    sequence = Math.max(sequence, answer.sequence);
    const item = byKey.get(question);
    // none, or chosen just now
    if (said.has(question)) restore(item, answer);
  }
}

function restore(item, answer) {
  const ahead = answer.sequence - Number(item.dataset.sequence);
  if (ahead > 0 && !answer.settled && !undelivered.has(answer.question)) deliver(answer);
  if (ahead > 0 || (ahead === 0 && undelivered.has(answer.question))) {
    choose(item, answer.chosen);
    said.set(answer.question, String(chosenOf(item)));
  }
  show(item);
}

// ── going about ──

function open(number) {
  const item = items.get(number);
  if (!item) return;
  saveNow();
  if (item !== current) turnTo(item, number);
  for (const drawer of form.querySelectorAll("details")) drawer.open = false;
  window.scrollTo(0, 0);
  const question = item.querySelector("fieldset");
  question.tabIndex = -1;
  question.focus({ preventScroll: true });
}

function turnTo(item, number) {
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
  for (const cell of cells(Number(current.dataset.number))) {
    cell.classList.toggle("f", flagged);
    label(cell);
  }
}

/** The worker's own mark, without the answer, which has its own way; without a network it stays on this page. */
function toggleFlag() {
  const body = new URLSearchParams({ go: "flagged" in current.dataset ? "unflag" : "flag", only: "flag" });
  if ("flagged" in current.dataset) delete current.dataset.flagged;
  else current.dataset.flagged = "";
  showFlag();
  const url = `${address}?q=${current.dataset.number}`;
  const headers = { "X-CSRFToken": cookie("csrftoken") };
  const post = () => fetch(url, { method: "POST", body, headers, redirect: "manual", signal: within(20_000) });
  // one after the other, so that the last one stands
  flagging = flagging.then(post).catch(() => {});
}

form.addEventListener("change", saveNow);
form.addEventListener("input", ({ target }) => {
  if (target.type !== "text") return;
  clearTimeout(typing);
  typing = setTimeout(saveNow, 800);
});
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && saveNow());
window.addEventListener("pagehide", saveNow);

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
  if (form.ariaBusy === "true") return;
  const button = event.submitter?.dataset.busy ? event.submitter : document.getElementById("next");
  const words = button.textContent;
  form.ariaBusy = "true";
  button.textContent = button.dataset.busy;
  // the last answer may be on its way
  saveNow();
  await drain();
  if ((await waiting(form.dataset.save)) === 0) return location.assign(form.dataset.handIn);
  await tellUndelivered();
  form.ariaBusy = "false";
  button.textContent = words;
}

document.addEventListener("click", (event) => {
  const cell = event.target.closest(".sheet a");
  if (!cell) return;
  event.preventDefault();
  open(Number(new URL(cell.href).searchParams.get("q")));
});
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

// ── the clock ──

/** The server has the last word, once it has what was chosen or a moment has passed. */
async function leave() {
  saveNow();
  await Promise.race([drain(), new Promise((resolve) => setTimeout(resolve, 3000))]);
  location.assign(address);
}

const clock = document.getElementById("clock");
if (clock) start(clock, document.getElementById("spoken"), memory, { last: saveNow, over: leave });

await catchUp();
saveNow();
// a page that was kept may have another question open
const wanted = items.get(Number(new URLSearchParams(location.search).get("q")));
if (wanted && wanted !== current) open(Number(wanted.dataset.number));
