// The admin's page for many files: one request a file, with its progress, then its state until it is settled.
// Without this script the page is a plain form that says the same.
(() => {
  const form = document.getElementById("upload");
  if (!form) return;
  const table = document.getElementById("uploads");
  const body = table.tBodies[0];
  const template = document.getElementById("row");
  const input = form.elements.chosen;
  const words = (id) => document.getElementById(id).textContent;
  const LARGEST = 50_000_000;
  const LOOK_AGAIN = 2000;
  const waiting = [];
  const held = new WeakMap();
  let sending = false;

  function add(file) {
    const row = template.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = file.name;
    table.hidden = false;
    body.append(row);
    queue(row, file, form.elements.replace.checked);
  }

  function queue(row, file, replace) {
    if (file.size > LARGEST) return say(row, words("large"));
    waiting.push({ row, file, replace });
    if (!sending) next();
  }

  function next() {
    const job = waiting.shift();
    sending = Boolean(job);
    if (job) send(job);
  }

  function send({ row, file, replace }) {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("collection", form.elements.collection.value);
    if (replace) data.append("replace", "on");
    data.append("chosen", file);
    const request = new XMLHttpRequest();
    const bar = row.querySelector("progress");
    request.upload.onprogress = (event) => { if (bar) bar.value = (100 * event.loaded) / event.total; };
    request.onload = () => {
      if (request.status === 200) settle(row, request.responseText, file);
      else again(row, file, replace, request.status === 400 ? request.responseText : words("lost"));
    };
    request.onerror = () => again(row, file, replace, words("lost"));
    request.onloadend = next;
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.send(data);
  }

  function say(row, text) {
    row.querySelector("progress")?.remove();
    row.querySelector("[data-words]").textContent = text;
  }

  function again(row, file, replace, text) {
    say(row, text);
    const button = row.querySelector("[data-again]");
    button.hidden = false;
    button.onclick = () => {
      const fresh = template.content.firstElementChild.cloneNode(true);
      fresh.querySelector("[data-name]").textContent = file.name;
      row.replaceWith(fresh);
      queue(fresh, file, replace);
    };
  }

  function settle(row, html, file) {
    const fresh = rows(html);
    for (const each of fresh) held.set(each, file);
    row.replaceWith(...fresh);
    for (const each of fresh) {
      const button = each.querySelector("[data-replace]");
      if (!button) continue;
      button.hidden = false;
      button.onclick = () => {
        const anew = template.content.firstElementChild.cloneNode(true);
        anew.querySelector("[data-name]").textContent = file.name;
        each.replaceWith(anew);
        queue(anew, held.get(each), true);
      };
    }
  }

  function rows(html) {
    const holder = document.createElement("tbody");
    holder.innerHTML = html;
    return [...holder.rows];
  }

  async function look() {
    const left = [...body.querySelectorAll("[data-waits]")];
    if (left.length) {
      const ids = left.slice(0, 100).map((row) => `id=${row.dataset.id}`).join("&");
      const answer = await fetch(`${form.dataset.rows}?${ids}`).catch(() => null);
      if (answer?.ok) {
        for (const fresh of rows(await answer.text())) {
          body.querySelector(`[data-waits][data-id="${fresh.dataset.id}"]`)?.replaceWith(fresh);
        }
      }
    }
    setTimeout(look, LOOK_AGAIN);
  }

  body.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-retry]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("tr");
    await fetch(button.formAction, { method: "POST", body: new FormData(document.getElementById("act")), redirect: "manual" });
    row.dataset.waits = "";
    button.remove();
  });

  const zone = document.getElementById("drop");
  const noop = (event) => event.preventDefault();
  document.addEventListener("dragover", noop);
  document.addEventListener("drop", noop);
  zone.addEventListener("dragover", () => zone.classList.add("hovered"));
  for (const end of ["dragleave", "drop", "dragend"]) zone.addEventListener(end, () => zone.classList.remove("hovered"));
  zone.addEventListener("drop", (event) => [...event.dataTransfer.files].forEach(add));
  input.addEventListener("change", () => {
    [...input.files].forEach(add);
    input.value = "";
  });
  for (const plain of document.querySelectorAll("[data-plain]")) plain.hidden = true;
  for (const hint of document.querySelectorAll("[data-script]")) hint.hidden = false;
  look();
})();
