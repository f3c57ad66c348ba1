// The time left, by the server's clock, whatever the phone's says and however old the page is.

const SPOKEN = [[60, "one"], [300, "five"], [600, "ten"]];
const PATIENCE = 15_000;

/** When time is up, by the phone's clock. How far that is from the server's is known from the moment when a page came
 * from there; a page that says no later moment than one before it was kept on the phone. */
function endOf(clock, memory) {
  const deadline = Number(clock.dataset.deadline);
  const now = Number(clock.dataset.now);
  const known = memory.clock;
  if (known?.now >= now) return known.deadline - known.offset;
  const [arrival] = performance.getEntriesByType("navigation");
  const offset = Math.round(now - performance.timeOrigin - (arrival?.responseStart ?? performance.now()));
  memory.clock = { deadline, now, offset };
  return deadline - offset;
}

function show(clock, left) {
  clock.querySelector("span").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  clock.classList.toggle("soon", left <= 300 && left > 60);
  clock.classList.toggle("last", left <= 60);
}

/** `last` is called in the last seconds, `over` when none is left. */
export function start(clock, spoken, memory, { last, over }) {
  const end = endOf(clock, memory);
  const secondsLeft = () => Math.max(0, Math.floor((end - Date.now()) / 1000));
  let before = secondsLeft();
  // a page that is opened with no time left was kept: the server is asked now and then, not without a pause
  let due = before === 0 ? Date.now() + PATIENCE : 0;

  function tick() {
    const left = secondsLeft();
    show(clock, left);
    // a sleeping phone skips seconds
    const passed = SPOKEN.find(([at]) => before > at && left <= at);
    if (passed) spoken.textContent = spoken.dataset[passed[1]];
    before = left;
    if (left <= 2) last();
    if (left > 0 || !navigator.onLine || Date.now() < due) return;
    due = Date.now() + PATIENCE;
    over();
  }

  tick();
  setInterval(tick, 1000);
}
