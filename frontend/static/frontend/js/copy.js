// A long text is copied at one press; without a clipboard, or without this, its button is not there.
document.addEventListener("DOMContentLoaded", () => {
  if (navigator.clipboard) for (const one of document.querySelectorAll(".copy")) one.hidden = false;
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const told = button.parentElement.querySelector("[role=status]");
  told.textContent = "";
  await navigator.clipboard.writeText(button.dataset.copy);
  told.textContent = told.dataset.words;
});
