// Asks without leaving the page: the answer appears sentence by sentence, and can be stopped. Without this file the
// same form is sent as it is.

import { enhance } from "./academy.js";

const main = document.querySelector("main");
const words = JSON.parse(document.getElementById("chat-words").textContent);
// read out once, when an answer is complete
const status = Object.assign(document.createElement("p"), { className: "sr", role: "status" });
document.body.append(status);
let shown = window.location.pathname;

function newKey() {
  // only pages served safely have randomUUID
  return crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));
}

function element(name, className, text = "") {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

/** What stands on the page while an answer comes: the question, what is said so far, and how to stop. */
class Waiting {
  constructor(question) {
    this.answer = element("div", "ans");
    this.answer.ariaBusy = "true";
    this.note = element("p", "meta", words.busy);
    this.sentences = element("div", "");
    this.stop = element("button", "btn line", words.stop);
    this.stop.type = "button";
    this.answer.append(this.sentences, this.note, this.stop);
    const heading = element("h1", "");
    heading.append(element("span", "", question));
    const head = element("div", "q");
    head.append(heading);
    this.view = element("div", "wrap chat");
    this.view.append(head, this.answer);
  }

  /** An answer begins, or begins anew. */
  begin({ emergency, pending }) {
    this.sentences.replaceChildren();
    const card = document.getElementById("first-aid");
    if (emergency && card && !this.answer.querySelector(".sosbox")) {
      this.answer.prepend(card.content.cloneNode(true));
    }
    if (!pending) this.note.textContent = words.found;
  }

  say({ text, citations }) {
    const sentence = element("p", this.sentences.children.length ? "say" : "say first", text);
    for (const n of citations) sentence.append(element("span", "c", n));
    this.sentences.append(sentence);
  }

  /** It did not work out; the way to ask again is the form that was there. */
  fail(message, form) {
    this.answer.ariaBusy = "false";
    this.note.textContent = message;
    this.note.className = "err";
    this.note.role = "alert";
    const again = element("button", "btn", words.again);
    again.type = "button";
    again.addEventListener("click", () => form.requestSubmit());
    this.stop.replaceWith(again);
    again.focus();
  }
}

/** Yields the events of a stream: [name, body]. */
async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (text + value).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const found = block.match(/^event: (.*)\ndata: (.*)$/);
      if (found) yield [found[1], JSON.parse(found[2])];
    }
  }
}

class Asking {
  /** Asked again with its key, a question that was answered meanwhile brings that answer. */
  constructor(form, data, key = newKey()) {
    this.form = form;
    this.data = data;
    this.data.set("key", key);
    this.waiting = new Waiting(data.get("question"));
    this.before = [...main.childNodes];
    this.abort = new AbortController();
    this.waiting.stop.addEventListener("click", () => this.stop());
  }

  async run() {
    main.replaceChildren(this.waiting.view);
    window.scrollTo(0, 0);
    this.waiting.stop.focus({ preventScroll: true });
    try {
      await this.follow();
    } catch (error) {
      if (error.name !== "AbortError") await this.retry();
    }
  }

  async follow() {
    const response = await fetch("/ask/stream", { method: "POST", body: this.data, signal: this.abort.signal });
    for await (const [event, body] of eventsOf(response)) {
      if (event === "sources") this.waiting.begin(body);
      if (event === "token") this.waiting.say(body);
      if (event === "error") return this.fail(body.message);
      if (event === "done") return show(body.url);
    }
    throw new TypeError("The line broke");
  }

  /** The line broke: the answer is made all the same, and the same key brings it. */
  async retry() {
    this.waiting.note.textContent = words.broken;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    try {
      await this.follow();
    } catch (error) {
      if (error.name !== "AbortError") this.fail(words.offline);
    }
  }

  fail(message) {
    this.form.dispatchEvent(new Event("academy:free"));
    this.waiting.fail(message, { requestSubmit: () => new Asking(this.form, this.data, this.data.get("key")).run() });
  }

  /** Back to what was there, with the question still in its box. */
  stop() {
    this.abort.abort();
    fetch(`/ask/stop/${this.data.get("key")}`, { method: "POST" }).catch(() => {});
    this.form.dispatchEvent(new Event("academy:free"));
    main.replaceChildren(...this.before);
    const box = main.querySelector("#question");
    if (box) {
      box.value = this.data.get("question");
      box.focus();
    }
  }
}

/** The finished answer as its own address shows it. */
async function show(url) {
  const response = await fetch(url);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  main.replaceChildren(...page.querySelector("main").childNodes);
  document.title = page.title;
  history.pushState({}, "", url);
  shown = window.location.pathname;
  document.body.className = page.body.className;
  document.querySelector("nav.tab")?.remove();
  prepare(main);
  main.querySelector("h1").focus({ preventScroll: true });
  status.textContent = [...main.querySelectorAll(".sosbox h2, .sosbox li, .said")].map(spoken).join(" ");
}

/** A sentence without its citation marks. */
function spoken(part) {
  const words = part.cloneNode(true);
  words.querySelectorAll(".c").forEach((mark) => mark.remove());
  return words.textContent.trim();
}

function prepare(part) {
  enhance(part);
  part.querySelectorAll("[data-voice]").forEach(listen);
}

/** Where the browser understands speech, a question may be spoken. */
function listen(button) {
  const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
  if (!Recognition) return;
  const idle = button.textContent;
  button.hidden = false;
  button.addEventListener("click", () => {
    const hearing = new Recognition();
    hearing.lang = document.documentElement.lang === "en" ? "en-US" : "zh-CN";
    hearing.interimResults = true;
    const box = button.form.elements.question;
    hearing.addEventListener("result", ({ results }) => {
      box.value = [...results].map((result) => result[0].transcript).join("");
      box.dispatchEvent(new Event("input"));
    });
    hearing.addEventListener("end", () => {
      button.textContent = idle;
      box.focus();
    });
    button.textContent = button.dataset.voice;
    hearing.start();
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-ask]") || event.defaultPrevented) return;
  const data = new FormData(form, event.submitter);
  if (!data.get("question")?.trim()) return;
  event.preventDefault();
  new Asking(form, data).run();
});

// Back to another page; a step within the page, as to a citation, needs none
window.addEventListener("popstate", () => {
  if (window.location.pathname !== shown) window.location.reload();
});
document.querySelectorAll("[data-voice]").forEach(listen);
