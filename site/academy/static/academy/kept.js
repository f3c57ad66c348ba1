// A code that was scanned without a network: kept, and sent by itself, for whoever is signed in on this phone. Where nobody
// is, the page waits for the network and goes on to the code's own address.

const kept = document.getElementById("kept");
const [, event, code] = /^\/events\/(\d+)\/code\/([A-Za-z2-7]+)\/$/.exec(location.pathname) ?? [];

async function whoIsHere() {
  const said = await caches.match("/person", { cacheName: "meta" });
  return said ? said.text() : "";
}

async function keep() {
  const person = await whoIsHere();
  if (!person || !code) return;
  // before the outbox asks whose it is
  document.documentElement.dataset.person = person;
  const { send } = await import("./outbox.js");
  const late = kept.dataset.late.replace("#", event);
  send(late, { code }, { key: `${late}#${code}` });
  for (const part of kept.querySelectorAll("[data-known]")) part.hidden = false;
  kept.querySelector("[data-unknown]").hidden = true;
}

const when = document.getElementById("when");
when.textContent = when.dataset.words.replace("#", new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" }));
const again = () => location.reload();
kept.querySelector("[data-again]").addEventListener("click", (click) => {
  click.preventDefault();
  again();
});
window.addEventListener("online", () => setTimeout(again, 1500));
keep();
