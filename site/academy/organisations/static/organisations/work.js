// Choosing a district leaves only its enterprises in the list; without this, the button asks the server.
const form = document.querySelector("[data-district]");
const district = form?.elements.district;
const enterprise = document.querySelector("#id_enterprise");

// a list that was cut off cannot be narrowed here: the server looks in the whole of it
if (district && enterprise && !district.value && !("cut" in form.dataset)) {
  const groups = [...enterprise.querySelectorAll("optgroup")];
  form.querySelector("button").parentElement.remove();
  district.addEventListener("change", () => {
    const name = district.selectedOptions[0].textContent;
    groups.forEach((group) => group.remove());
    enterprise.append(...groups.filter((group) => !district.value || group.label === name));
    if (!enterprise.querySelector("option:checked")) enterprise.value = "";
  });
}
