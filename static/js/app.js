// Small behaviours shared by all pages: copy buttons, closing menus, announcing what htmx changed.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.textContent;
    button.textContent = button.dataset.copied || "✓";
    announce(button.textContent);
    setTimeout(() => { button.textContent = label; }, 1500);
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
});
function announce(text) {
  const live = document.getElementById("announcer");
  if (live) live.textContent = text;
}
document.addEventListener("htmx:afterSwap", (event) => {
  const text = event.target.querySelector?.("[data-announce]")?.dataset.announce;
  if (text) announce(text);
});
const inTrouble = (which) => announce(document.getElementById("announcer").dataset[which]);
document.addEventListener("htmx:responseError", () => inTrouble("refused"));
document.addEventListener("htmx:sendError", () => inTrouble("unreachable"));
