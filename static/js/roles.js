// The two answers and undo by their keys; inert while one types.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input[type=text], textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const button = document.querySelector(`#role-check button[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button || document.querySelector("#role-check .htmx-request")) return;
  event.preventDefault();
  button.click();
});
