// Steps are moved up and down with buttons. Without this each is given its place as a number.

function place(list) {
  const steps = [...list.children];
  for (const [index, step] of steps.entries()) {
    step.querySelector("select").value = String(index + 1);
    step.querySelector("[data-move='-1']").disabled = index === 0;
    step.querySelector("[data-move='1']").disabled = index === steps.length - 1;
  }
}

function say(list, step) {
  const status = list.parentElement.querySelector("[role=status]");
  const place = String([...list.children].indexOf(step) + 1);
  const words = { text: step.querySelector(".ord-t").textContent.trim(), place, total: String(list.children.length) };
  status.textContent = status.dataset.said.replace(/\{(\w+)\}/g, (_, name) => words[name]);
}

function move(list, step, by) {
  const other = by < 0 ? step.previousElementSibling : step.nextElementSibling;
  if (other) other[by < 0 ? "before" : "after"](step);
}

function settle(list, control) {
  place(list);
  list.classList.add("put");
  list.parentElement.querySelector(".ord-k").hidden = true;
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

function enhance(list) {
  const selects = [...list.querySelectorAll("select")];
  if (!selects.length) return;
  const keep = list.parentElement.querySelector("[data-keep]");
  const answered = selects.every((select) => select.value);
  for (const step of list.children) {
    step.querySelector(".ord-p").hidden = true;
    step.querySelector(".ord-m").hidden = false;
    step.addEventListener("click", (event) => {
      const button = event.target.closest("[data-move]");
      if (!button) return;
      move(list, step, Number(button.dataset.move));
      settle(list, step.querySelector("select"));
      say(list, step);
      // at either end the button that was pressed has nowhere to go
      (button.disabled ? step.querySelector("[data-move]:not(:disabled)") : button).focus();
    });
  }
  list.classList.add("buttons");
  keep.parentElement.hidden = answered;
  keep.addEventListener("click", () => settle(list, selects[0]));
  if (answered) place(list);
}

export function enhanceAll(within = document) {
  within.querySelectorAll("[data-ordering]:not(.buttons)").forEach(enhance);
}

enhanceAll();
document.addEventListener("htmx:load", (event) => enhanceAll(event.target));
