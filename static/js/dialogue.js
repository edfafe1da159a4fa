// Previous and next dialogue by ← → and k j. The keys can be switched off, and are inert where one types or scrolls.
const box = document.querySelector("[data-dialogue-keys]");
box.checked = localStorage.getItem("dialogue-keys") !== "off";
box.closest("label").hidden = false;
box.addEventListener("change", () => localStorage.setItem("dialogue-keys", box.checked ? "on" : "off"));
const ways = { ArrowLeft: "prev", k: "prev", ArrowRight: "next", j: "next" };
document.addEventListener("keydown", (event) => {
  if (!box.checked || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, pre, .table-scroll, [contenteditable]")) return;
  const way = ways[event.key];
  if (way) document.querySelector(`a[rel="${way}"]`)?.click();
});
