// The code on the wall, changed before it runs out. Where there is no network it is taken away rather than left
// standing: nobody gets in by an old one.

const code = document.getElementById("code");
const stale = document.getElementById("stale");
// so often whoever looks up sees how many are there
const OFTEN = 4000;
const HOLDS = 25_000;
let renewed = Date.now();

function plan() {
  const lasts = Number(code.querySelector("[data-lasts]")?.dataset.lasts ?? OFTEN);
  setTimeout(renew, Math.min(lasts + 150, OFTEN));
}

async function renew() {
  try {
    const response = await fetch(code.dataset.url, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout?.(8000) });
    if (!response.ok) throw new Error(String(response.status));
    code.innerHTML = await response.text();
    renewed = Date.now();
    tell(false);
  } catch {
    if (Date.now() - renewed > HOLDS) tell(true);
  }
  plan();
}

function tell(isStale) {
  stale.hidden = !isStale;
  stale.textContent = isStale ? stale.dataset.words : "";
  code.querySelector("svg")?.toggleAttribute("hidden", isStale);
}

const full = document.getElementById("full");
if (document.documentElement.requestFullscreen) {
  full.hidden = false;
  full.addEventListener("click", () => document.documentElement.requestFullscreen().catch(() => {}));
  document.addEventListener("fullscreenchange", () => (full.hidden = Boolean(document.fullscreenElement)));
}

/** The screen stays lit as long as it is looked at. */
const stayLit = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});
document.addEventListener("visibilitychange", stayLit);
stayLit();
plan();
