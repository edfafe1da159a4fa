// Sending a file: its size is looked at before it travels, one sees how far it is, and it may be dropped on the form.
const form = () => document.querySelector("form[data-upload]");
// Its field "dataset" hides the form's own property of that name.
const said = (name) => form().getAttribute(`data-${name}`);
function look(input) {
  const [file] = input.files;
  const large = file && file.size > Number(said("limit"));
  input.setCustomValidity(large ? said("too-large") : "");
  const errors = form().querySelector("[data-file-error]");
  errors.replaceChildren();
  if (large) errors.append(Object.assign(document.createElement("li"), { textContent: said("too-large") }));
  const name = form().querySelector("[data-named-by-file]");
  if (file && !name.value) name.value = file.name.replace(/(\.(gz|zip|jsonl?|csv|tsv|txt|ndjson))+$/i, "").replace(/[_-]+/g, " ");
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-upload] input[type=file]")) look(event.target);
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    const input = zone.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    look(input);
  });
}
function show(busy) {
  form().querySelector("[data-upload-progress]").hidden = !busy;
  form().querySelector("button[type=submit]").disabled = busy;
}
document.addEventListener("htmx:beforeSend", (event) => { if (event.target === form()) show(true); });
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target === form() && !event.detail.successful) show(false);
});
document.addEventListener("htmx:xhr:progress", (event) => {
  const { loaded, total } = event.detail;
  if (event.target !== form() || !total) return;
  const percent = Math.floor(100 * loaded / total);
  form().querySelector("progress").value = percent;
  const text = form().querySelector("[data-upload-text]");
  text.textContent = percent < 100 ? `${percent} %` : said("sent");
});
