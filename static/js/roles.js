// The two answers and undo by their keys; inert while one types. Enter ends the reason and answers nothing: the browser
// would take the first answer for it.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input[type=text], textarea, select")) {
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.target.blur();
    return;
  }
  const button = document.querySelector(`#role-check button[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button || document.querySelector("#role-check .htmx-request")) return;
  event.preventDefault();
  button.click();
});
