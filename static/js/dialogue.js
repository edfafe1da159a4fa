// Previous and next dialogue by ← → and k j, the next language by l. The keys can be switched off, and are inert where one types or scrolls.
const box = document.querySelector("[data-dialogue-keys]");
box.checked = localStorage.getItem("dialogue-keys") !== "off";
box.closest("label").hidden = false;
box.addEventListener("change", () => localStorage.setItem("dialogue-keys", box.checked ? "on" : "off"));
const ways = { ArrowLeft: "prev", k: "prev", ArrowRight: "next", j: "next" };
document.addEventListener("keydown", (event) => {
  if (!box.checked || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, pre, .table-scroll, [contenteditable]")) return;
  if (event.key === "l") nextLanguage();
  const way = ways[event.key];
  if (way) document.querySelector(`a[rel="${way}"]`)?.click();
});

function nextLanguage() {
  const languages = [...document.querySelectorAll(".switch a[lang]")];
  const at = languages.findIndex((link) => link.hasAttribute("aria-current"));
  languages[(at + 1) % languages.length]?.click();
}
