// Keys for the places that a page offers: a link with data-key="g j" is followed when g, then j are pressed.
// Off where the reader turned single keys off, and never while something is being typed.
const isOn = document.documentElement.dataset.keys !== "off";
let pressedBefore = "";
let forgetLater = 0;

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (!isOn || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const keys = `${pressedBefore} ${event.key}`.trim();
  const found = document.querySelector(`[data-key="${CSS.escape(keys)}"]`)
    ?? document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (found) {
    event.preventDefault();
    if (found.matches("input")) found.focus();
    else found.click();
  }
  pressedBefore = found ? "" : event.key;
  clearTimeout(forgetLater);
  forgetLater = setTimeout(() => { pressedBefore = ""; }, 1000);
});
