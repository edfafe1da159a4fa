// The results page: say in place that a part of it did not come, and mark in the contents where one is reading.
for (const wrong of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(wrong, ({ detail }) => {
    const part = detail.elt;
    if (!part.classList.contains("later")) return;
    part.removeAttribute("aria-busy");
    part.classList.add("not-come");
    part.querySelector(".failed").hidden = false;
  });
}
const contents = document.querySelector(".contents");
if (contents) {
  const links = [...contents.querySelectorAll("a")];
  const mark = () => {
    const begun = links.filter((link) => {
      const section = document.getElementById(link.hash.slice(1));
      return section && section.getBoundingClientRect().top < 140;
    });
    const here = begun.at(-1) || links[0];
    for (const link of links) {
      if (link === here) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  };
  document.addEventListener("scroll", soon, { passive: true });
  document.addEventListener("htmx:afterSettle", soon);
  mark();
}
