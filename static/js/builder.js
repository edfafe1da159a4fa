// The builder and the study's page: a form goes off once, and unsaved changes are not left by accident.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once], [data-builder]")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
});
const builder = document.querySelector("[data-builder]");
if (builder) {
  let changed = false;
  for (const kind of ["input", "htmx:afterSwap"]) builder.addEventListener(kind, () => { changed = true; });
  window.addEventListener("beforeunload", (event) => {
    if (changed && !builder.dataset.sent) event.preventDefault();
  });
}
const marked = document.querySelector("[data-problem] [aria-invalid='true'], [data-builder] [aria-invalid='true']");
if (marked) marked.focus();
