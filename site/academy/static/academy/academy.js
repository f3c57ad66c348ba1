// Small comforts; every page works without them.

const root = document.documentElement;
root.classList.add("js");

/** Large type and brightness change at once; the server still keeps the choice. */
function keepDisplay(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { name, value } = event.submitter;
    const data = new FormData(form, event.submitter);
    root.dataset[name] = value;
    for (const other of document.querySelectorAll("form[data-display]")) showChoice(other, name, value);
    try {
      await fetch(form.action, { method: "POST", body: data, redirect: "manual" });
    } catch {
      // offline: the choice holds for this page
    }
  });
}

function showChoice(form, name, value) {
  const buttons = form.querySelectorAll(`button[name="${name}"]`);
  for (const button of buttons) {
    if (buttons.length > 1) button.setAttribute("aria-pressed", String(button.value === value));
    else {
      button.setAttribute("aria-pressed", String(value === "large"));
      button.value = value === "large" ? "normal" : "large";
    }
  }
}

/** A text box is as tall as what is in it, up to what its style allows. */
function grow(box) {
  const fit = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  };
  box.addEventListener("input", fit);
  if (box.value) fit();
}

/** In a one-line question box Enter sends; Shift+Enter makes a new line; an input method's Enter does neither. */
function sendOnEnter(box) {
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    box.form.requestSubmit();
  });
}

/** A form is sent once, and its button says so; coming back by the history frees it. */
function sendOnce(form) {
  const button = form.querySelector("button[data-busy]");
  const words = button?.textContent;
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") return event.preventDefault();
    form.ariaBusy = "true";
    if (button) button.textContent = button.dataset.busy;
  });
  const free = () => {
    form.ariaBusy = "false";
    if (button) button.textContent = words;
  };
  window.addEventListener("pageshow", free);
  form.addEventListener("academy:free", free);
}

/** Whoever chooses a period anew no longer means the months that were named before. */
function clearMonths(select) {
  const forget = () => ["from", "to"].forEach((name) => (select.form.elements[name].value = ""));
  select.addEventListener("change", forget);
}

function dismiss(button) {
  button.hidden = false;
  button.addEventListener("click", () => button.parentElement.remove());
}

/** <button data-copy="what"> says data-copied when it is done; with data-share a phone offers its own ways first. */
function copy(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { copy: what, share: title, copied } = button.dataset;
    if (title && navigator.share) return navigator.share({ title, url: what }).catch(() => {});
    await navigator.clipboard.writeText(what);
    button.textContent = copied;
  });
}

/** <a data-making="words" data-failed="words">: a file that takes a while to be made says so, and when it could not be. */
function make(link) {
  const words = link.textContent;
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    if (link.ariaBusy === "true") return;
    link.ariaBusy = "true";
    link.textContent = link.dataset.making;
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(answer.status);
      keepFile(await answer.blob(), answer.headers.get("Content-Disposition"));
      link.textContent = words;
    } catch {
      link.textContent = link.dataset.failed;
    }
    link.ariaBusy = "false";
  });
}

function keepFile(file, disposition) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = disposition?.match(/filename="([^"]+)"/)?.[1] ?? "";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const narrow = matchMedia("(max-width: 999px)");

/** Filters that nobody has set leave a phone's screen to the list. */
function fold(filters) {
  const fit = () => (filters.open = !narrow.matches);
  fit();
  narrow.addEventListener("change", fit);
}

const enhancements = {
  "form[data-display]": keepDisplay,
  "textarea[data-grow]": grow,
  ".askbox textarea": sendOnEnter,
  "form[data-once]": sendOnce,
  "[data-dismiss]": dismiss,
  "[data-fold]": fold,
  "a[data-making]": make,
  ".filters select[name=period]": clearMonths,
  "[data-focus]": (element) => element.focus(),
  // a chart that is wider than the screen shows its latest bars
  ".scroll > .chart": ({ parentElement: box }) => (box.scrollLeft = box.scrollWidth),
};
if (navigator.clipboard) enhancements["[data-copy]"] = copy;
if ("print" in window) {
  enhancements["[data-print]"] = (button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  };
}

/** Also for what comes later than the page. */
export function enhance(part) {
  for (const [selector, improve] of Object.entries(enhancements)) {
    part.querySelectorAll(selector).forEach(improve);
  }
}

enhance(document);
// a list that is asked for anew brings its filters with it
document.addEventListener("htmx:afterSwap", () => document.querySelectorAll("[data-fold]").forEach(fold));

// ── without a network ──

/** What the phone keeps is kept for one person; a page that does not know who is there says nothing. */
function tellWhoIsHere(person) {
  if (person !== undefined) navigator.serviceWorker?.ready.then(({ active }) => active.postMessage({ person }));
}

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
tellWhoIsHere(root.dataset.person);

function forgetExams() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("exam:")) localStorage.removeItem(key);
  } catch {
    // where the browser keeps nothing there is nothing to forget
  }
}

/** Whoever signs out leaves nothing of theirs on the phone but what is still to be sent. */
for (const form of document.querySelectorAll("form[action$='/accounts/logout/']")) {
  form.addEventListener("submit", () => {
    tellWhoIsHere("");
    forgetExams();
  });
}

/** What waits is shown once it has waited for longer than sending takes. */
async function showUnsent(strip) {
  const { outbox, waiting } = await import("./outbox.js");
  const words = strip.querySelector("[data-words]");
  let signIn = false;
  const show = async () => {
    const count = await waiting();
    words.textContent = words.dataset.words.replace("#", count);
    strip.querySelector("[data-sign-in]").hidden = !signIn;
    strip.querySelector("[data-network]").hidden = signIn;
    strip.hidden = count === 0;
  };
  outbox.addEventListener("change", ({ detail }) => {
    signIn = detail.signIn;
    setTimeout(show, 1500);
  });
  setTimeout(show, 1500);
}

const unsent = document.getElementById("unsent");
if (unsent) showUnsent(unsent);
