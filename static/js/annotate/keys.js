// Single keys. They are inert while one types or a dialog is open, and can be switched off; none destroys anything.
class Keys {
  constructor({ unit, open, off, leave, report }) {
    Object.assign(this, { unit, open, off, leave, report });
    document.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.matches("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape" && event.target.matches("textarea") && !event.target.closest("dialog")) { event.target.blur(); event.preventDefault(); }
      return;
    }
    const isMove = event.key.length > 1 && this.unit()?.marking; // marking needs its arrows, which are no single keys
    if (document.querySelector("dialog[open]") || (this.off() && !isMove)) return;
    const onButton = event.target.matches("button, a, summary") && (event.key === "Enter" || event.key === " ");
    if (onButton) return;
    if (this.act(event)) event.preventDefault();
  }

  act(event) {
    const { key, repeat } = event;
    if (key === "?" || key === "g") { this.open(key === "g" ? "guidelines" : "keys"); return true; }
    const unit = this.unit();
    if (!unit) return this.leave(key);
    if (key === "!") { this.report(); return true; }
    if (unit.marking && !unit.held) {
      if (unit.marking.press(event)) return true;
      if (key === "Enter" || key === "Escape") { if (key === "Enter") unit.marked(); else unit.undo(); return true; }
    }
    const moves = {
      ArrowUp: () => (unit.isWhole() ? unit.scroll(-0.15) : unit.moveTurn(-1)),
      ArrowDown: () => (unit.isWhole() ? unit.scroll(0.15) : unit.moveTurn(1)),
      ArrowLeft: () => unit.move(-1),
      ArrowRight: () => unit.move(1),
      PageUp: () => unit.scroll(-1),
      PageDown: () => unit.scroll(1),
      " ": () => unit.scroll(1),
    };
    if (moves[key]) { moves[key](); return true; }
    if (repeat) return false; // a key held down is one answer
    const acts = { Enter: () => unit.end(), u: () => unit.undo(), r: () => unit.openReason(), l: () => unit.switchLanguage(), n: () => unit.answer({ cannot_judge: true }) };
    if (this.tooSoon(unit)) return key === "u" ? (acts.u(), true) : false;
    if (unit.choose(key)) return true;
    if (!acts[key]) return false;
    acts[key]();
    return true;
  }

  // A pair is decided by one key: a key meant for the one before must not decide the one that has just come.
  tooSoon(unit) { return unit.data.pair && performance.now() - unit.shownAt < 300; }
}
