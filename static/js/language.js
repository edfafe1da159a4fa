// Changing the interface's language draws the page anew: back to the very address, with what was typed in its forms.
// (What one answers on the judging page is kept by the page itself.)
(() => {
  const shelf = "typed";
  const here = () => location.pathname + location.search;
  const forms = () => [...document.querySelectorAll("main form:not([data-interface-language])")];
  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
  const changed = (field) => {
    if (isTicked(field)) return field.checked !== field.defaultChecked;
    if (field.type === "select-multiple") return false;
    if (field.type === "select-one") return field.selectedIndex !== [...field.options].findLastIndex((one) => one.defaultSelected);
    return field.value !== field.defaultValue;
  };
  const worthKeeping = (field) => field.name && !field.disabled && !["password", "file", "hidden", "submit", "button", "fieldset"].includes(field.type);

  // A page that answers a form shows as its own what was typed before, which its address alone would not bring back.
  function keep(back, everything) {
    const typed = [];
    for (const [form, { elements }] of forms().entries()) {
      for (const [place, field] of [...elements].entries()) {
        if (worthKeeping(field) && (everything || changed(field))) typed.push([form, place, field.name, isTicked(field) ? field.checked : field.value]);
      }
    }
    sessionStorage.setItem(shelf, JSON.stringify({ here: back, typed }));
  }

  function giveBack() {
    const kept = JSON.parse(sessionStorage.getItem(shelf) ?? "null");
    sessionStorage.removeItem(shelf);
    if (kept?.here !== here()) return;
    for (const [form, place, name, value] of kept.typed) {
      const field = forms()[form]?.elements[place];
      if (field?.name !== name) continue;
      field[isTicked(field) ? "checked" : "value"] = value;
      field.dispatchEvent(new Event(isTicked(field) || field.type === "select-one" ? "change" : "input", { bubbles: true }));
    }
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-interface-language]")) return;
    const isHere = event.target.hasAttribute("data-here");
    const next = event.target.elements.next;
    try { if (!document.body.matches(".judging")) keep(isHere ? here() : next.value, !isHere); } catch { /* typed again */ }
    if (isHere) next.value = here() + location.hash;
  });
  try { giveBack(); } catch { /* typed again */ }
})();
