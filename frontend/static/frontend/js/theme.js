// Makes the theme words act at once. The same form is posted behind it, so that the choice is remembered.
const themeSwitch = document.querySelector("[data-theme-switch]");

themeSwitch?.addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (!pressed) return;
  event.preventDefault();
  if (pressed.value) document.documentElement.dataset.theme = pressed.value;
  else delete document.documentElement.dataset.theme;
  for (const button of themeSwitch.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === pressed));
  }
  const form = pressed.form;
  const sent = new FormData(form);
  sent.set("theme", pressed.value);
  // Not waited for: if it fails, the page still looks as chosen and the next one as before.
  fetch(form.action, { method: "POST", body: sent, redirect: "manual", keepalive: true });
});
