// Another kind of work: whoever does it moves up among those to invite. Without this, it happens when the draft is saved.
document.addEventListener("change", (event) => {
  if (event.target.id !== "id_category") return;
  const field = document.querySelector(".invited");
  if (!field) return;
  const [fitting, others] = [field.querySelector("[data-fitting]"), field.querySelector("[data-others]")];
  for (const one of field.querySelectorAll("[data-kinds]")) {
    const fits = one.dataset.kinds.split(" ").includes(event.target.value);
    (fits ? fitting : others).append(one);
  }
  field.querySelector("[data-count]").textContent = others.children.length;
  field.querySelector("[data-some]").hidden = !fitting.children.length;
  field.querySelector("[data-nobody]").hidden = fitting.children.length > 0;
  if (!fitting.children.length || others.querySelector(":checked")) field.querySelector("details").open = true;
});
