// How long somebody is really there, and what of the films they watch: reported now and then, counted by the server.
// Without this file the lesson is read and finished all the same.

import { Film } from "./film.js";
import { newKey, outbox, send } from "./outbox.js";

const EVERY = 15;
const THERE = 60_000;

const lesson = document.getElementById("lesson");
const said = document.getElementById("said");
const words = lesson.dataset;
const state = JSON.parse(lesson.dataset.state);
const films = [...lesson.querySelectorAll("[data-film]")].map(
  (box) => new Film(box, state.films[box.dataset.film], { through: state.through, asked: state.share, words }));

let visit = newVisit();
let counted = state.counted;
let lastSent = "";
let lastInput = Date.now();
let ticks = 0;

function newVisit() {
  return { key: newKey(), seconds: 0 };
}

/** What has not changed is not said again; the first report, which claims nothing, says that the visit began. */
function report() {
  const by = (what) => Object.fromEntries(films.map((film) => [film.key, film[what]]));
  const body = {
    visit: visit.key,
    person: state.person,
    edition: state.edition,
    seconds: visit.seconds,
    watched: by("own"),
    position: by("position"),
    speed: Math.max(1, ...films.map(({ speed }) => speed)),
  };
  const now = JSON.stringify(body);
  if (now === lastSent) return;
  lastSent = now;
  send(state.report, body, { key: `lesson:${visit.key}` });
}

/** A second counts while the page is seen and somebody is there; while a film plays, the film counts. */
function tick() {
  const there = document.visibilityState === "visible" && Date.now() - lastInput < THERE;
  if (there && !films.some(({ playing }) => playing)) visit.seconds += 1;
  if (++ticks % EVERY === 0) report();
}

/** Says whether a film went back. */
function again(parts) {
  visit = newVisit();
  return films.map((film) => film.begin(parts?.[film.key]?.parts ?? (parts ? [] : undefined))).some(Boolean);
}

function heard({ detail: { key, status, body } }) {
  if (key !== `lesson:${visit.key}`) return;
  if (status === 200 && body) {
    counted = body;
    said.textContent = "";
    showMissing(body.missing);
  } else {
    const wentBack = again(counted.watched);
    said.textContent = [body?.message, wentBack && words.back].filter(Boolean).join(" ");
  }
}

/** An answer that did not arrive stays chosen. */
function unsent({ target }) {
  tell(target, words.unsent);
}

function tell(form, line) {
  const place = form.querySelector("[data-unsent]");
  if (place) place.textContent = line;
}

function showMissing(lines) {
  const box = document.getElementById("missing");
  if (!box) return;
  box.hidden = lines.length === 0;
  const items = lines.map((line) => Object.assign(document.createElement("li"), { textContent: line }));
  box.querySelector("ul").replaceChildren(...items);
}

for (const name of ["pointerdown", "pointermove", "keydown", "scroll", "touchstart", "input"]) {
  addEventListener(name, () => (lastInput = Date.now()), { passive: true, capture: true });
}
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") return;
  for (const { video } of films) video.pause();
  report();
});
addEventListener("pagehide", report);
addEventListener("pageshow", ({ persisted }) => persisted && again());
lesson.addEventListener("film:stopped", report);
outbox.addEventListener("answer", heard);
for (const failed of ["htmx:sendError", "htmx:responseError"]) document.body.addEventListener(failed, unsent);
document.body.addEventListener("htmx:beforeRequest", ({ target }) => tell(target, ""));
setInterval(tick, 1000);
report();
