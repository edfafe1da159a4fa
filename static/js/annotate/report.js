// "Something is wrong with this dialogue": what one says goes the way of the answers, and can be taken back.
class Report {
  constructor({ words, keep, notice, announce }) {
    Object.assign(this, { words, keep, notice, announce, unit: null, sent: null });
    this.dialog = document.getElementById("report");
    this.button = document.querySelector("[data-report]");
    this.text = this.dialog.querySelector("textarea");
    this.step = () => this.withdraw(); // among the steps that undo takes back
    this.button.addEventListener("click", () => this.open());
    this.dialog.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.dialog.querySelector("form").requestSubmit();
    });
    this.dialog.querySelector("[data-report-withdraw]").addEventListener("click", () => { this.dialog.close(); this.withdraw(); });
    this.dialog.querySelector("[data-report-close]").addEventListener("click", () => this.dialog.close());
  }

  // A unit is before the annotator (or none): what the server knows of it, and then what still waits on this device.
  begin(unit, waiting) {
    this.unit = unit;
    this.sent = unit?.data.report ?? null;
    for (const { id, text, withdraws } of waiting) this.sent = withdraws ? null : { key: id, text };
    if (!unit && this.dialog.open) this.dialog.close();
    this.draw();
  }

  draw() {
    this.button.hidden = !this.unit;
    this.button.setAttribute("aria-pressed", String(Boolean(this.sent)));
    this.button.querySelector("[data-report-label]").textContent = this.sent ? this.words.reportedShort : this.words.report;
  }

  open() {
    if (!this.unit || this.dialog.open) return;
    this.text.value = this.sent?.text ?? "";
    this.dialog.querySelector("[data-report-withdraw]").hidden = !this.sent;
    this.dialog.showModal();
  }

  send() {
    const { unit } = this;
    const text = this.text.value.trim();
    this.dialog.close();
    if (!unit || (this.sent && this.sent.text === text)) return;
    const key = this.keep({ assignment: unit.data.assignment, text });
    if (!key) return;
    this.sent = { key, text };
    unit.history = [...unit.history.filter((step) => step !== this.step), this.step];
    this.draw();
    unit.draw();
  }

  withdraw() {
    if (!this.unit || !this.sent) return;
    this.keep({ assignment: this.unit.data.assignment, text: "", withdraws: this.sent.key });
    this.sent = null;
    this.unit.history = this.unit.history.filter((step) => step !== this.step);
    this.draw();
    this.unit.draw();
    this.announce(this.words.reportBack);
  }

  // The server has it; only then is it said to be sent.
  heard(said, { id, withdraws }) {
    if (said.saved.includes(id)) this.notice(withdraws ? this.words.reportBack : this.words.reported, "success");
    else if (this.sent?.key === id) { this.sent = null; this.draw(); }
  }
}
