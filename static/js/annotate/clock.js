// Active time of one unit: while the tab is visible, idle over 60 s left out. It survives a reload.
class ActiveClock {
  constructor(assignment, seconds) {
    this.assignment = assignment;
    this.shelf = `active:${assignment}`;
    let before = 0;
    try { before = Number(localStorage.getItem(this.shelf)) || 0; } catch { /* counted from the server's word */ }
    this.seconds = Math.max(seconds, before);
    this.touched = this.ticked = performance.now();
    this.visible = !document.hidden;
    this.timer = setInterval(() => this.tick(), 1000);
  }
  touch() { this.tick(); this.touched = performance.now(); }
  tick() {
    const now = performance.now();
    const until = Math.min(now, this.touched + 60000);
    if (this.visible && until > this.ticked) this.seconds += (until - this.ticked) / 1000;
    this.ticked = now;
    this.visible = !document.hidden;
    try { localStorage.setItem(this.shelf, this.seconds.toFixed(1)); } catch { /* kept in memory */ }
  }
  stop() {
    clearInterval(this.timer);
    try { localStorage.removeItem(this.shelf); } catch { /* nothing there */ }
  }
  now() { this.tick(); return Math.round(this.seconds * 10) / 10; }
}
