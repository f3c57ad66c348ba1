// 我到了, on a phone whose network goes between the scan and the press: the code that was scanned waits in the outbox.

import { outbox, send } from "./outbox.js";

const form = document.getElementById("arrive");
const told = document.getElementById("arrive-kept");
const late = form?.dataset.late;

form?.addEventListener("submit", async (event) => {
  if (!form.dataset.code) return;
  event.preventDefault();
  try {
    // whether there is a network: the browser's own error page would lose what was scanned
    await fetch(location.href, { cache: "no-store" });
    form.submit();
  } catch {
    told.hidden = false;
    form.hidden = true;
    await send(late, { code: form.dataset.code }, { key: `${late}#${form.dataset.code}` });
  }
});

outbox.addEventListener("answer", ({ detail: { url, status, body } }) => {
  if (url !== late) return;
  if (status === 200) return location.assign(form.dataset.event);
  told.textContent = body?.message ?? String(status);
});
