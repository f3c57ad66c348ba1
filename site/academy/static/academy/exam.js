// The clock, and answers kept as they are chosen. Without this each answer is kept by the button below it.

const form = document.getElementById("answer");
const strip = document.getElementById("undelivered");
const clock = document.getElementById("clock");
let queue = Promise.resolve();

/** Anything but "kept" means that the server decided otherwise: its page says what, so it is not read unseen. */
async function deliver() {
  const data = new FormData(form);
  data.set("go", "save");
  try {
    const response = await fetch(form.action, { method: "POST", body: data, redirect: "manual" });
    if (response.status !== 204) return location.reload();
    show(data.has("chosen"), false);
  } catch {
    show(data.has("chosen"), true);
  }
}

function show(answered, undelivered) {
  strip.hidden = !undelivered;
  for (const cell of document.querySelectorAll(".sheet .cur")) {
    cell.classList.toggle("w", undelivered);
    cell.classList.toggle("d", answered && !undelivered);
  }
  const first = document.querySelector(".sheet");
  document.getElementById("answered").textContent = first.querySelectorAll(".d, .w").length;
}

// One after the other, so that the last choice is the last to arrive
const save = () => (queue = queue.then(deliver));

form.addEventListener("change", save);
form.addEventListener("submit", (event) => {
  if (strip.hidden) return;
  event.preventDefault();
  save();
});
window.addEventListener("online", () => strip.hidden || save());
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

function tick(end) {
  const left = Math.floor((end - Date.now()) / 1000);
  if (left < 0) return location.reload();
  clock.querySelector("span").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  clock.classList.toggle("soon", left <= 300 && left > 60);
  clock.classList.toggle("last", left <= 60);
  const spoken = document.getElementById("spoken");
  const words = { 600: spoken.dataset.ten, 300: spoken.dataset.five, 60: spoken.dataset.one }[left];
  if (words) spoken.textContent = words;
}

if (clock) {
  const end = Date.now() + Number(clock.dataset.seconds) * 1000;
  setInterval(tick, 1000, end);
}
