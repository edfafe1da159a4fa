// One unit on the screen: which question is before the eyes, what was answered, what is still hidden. How it is answered
// is in answering.js, how it looks in drawing.js.
class Unit {
  constructor(root, data, { words, keep, finish, earlier, announce }) {
    Object.assign(this, { root, data, words, keep, finish, earlier, announce });
    this.steps = data.steps.map(([criterion, place]) => ({ criterion, place }));
    this.answers = new Map();
    this.undone = new Set(); // taken back here; what was said stays on record until something else is
    this.history = [];
    this.drafts = new Map();
    this.halves = new Map(); // chosen, but not an answer yet: its words or its reason are missing
    this.marking = null; // the words of the current turn, while an answer asks for some
    this.room = root.querySelector("[data-scroll]");
    this.questions = [...root.querySelectorAll("[data-question]")];
    this.turns = data.pair ? [] : [...root.querySelectorAll(".turn")];
    this.shownAt = performance.now();
    for (const answer of data.answers) this.learn(answer);
    if (data.mode !== "preview") this.recall();
    this.cursor = Math.max(0, this.firstOpen());
    const room = matchMedia("(min-width: 75rem)").matches; // on a narrower screen it opens by a tap
    for (const beside of root.querySelectorAll("[data-beside]")) beside.open = room && !data.pair;
    try { this.showLanguage(localStorage.getItem("reading-language")); } catch { /* as written */ }
    try { if (sessionStorage.getItem("folded")) this.fold(true); } catch { /* unfolded */ }
    this.listen();
  }

  // --- what is known -------------------------------------------------------------------------------------------
  name({ criterion, place }) { return `${criterion}|${place}`; }
  answerAt(index) { return this.answers.get(this.name(this.steps[index])); }
  isOpen(index) {
    const name = this.name(this.steps[index]);
    return !this.answers.has(name) || this.undone.has(name) || this.halves.has(name);
  }
  half() { return this.halves.get(this.name(this.steps[this.cursor])); }
  firstOpen(from = 0) {
    for (let i = from; i < this.steps.length; i += 1) if (this.isOpen(i)) return i;
    return from ? this.firstOpen() : -1;
  }
  missing() { return this.steps.filter((_, index) => this.isOpen(index)).length; }
  criterionAt(index) { return this.data.criteria[this.steps[index].criterion]; }

  // An answer of the server, of this device's outbox, or of another tab.
  learn(answer) {
    const criterion = this.data.criteria.findIndex((one) => one.instrument === answer.instrument && one.key === answer.criterion);
    if (criterion < 0) return;
    const { value, cannot_judge, text = "", reason = "", span_start = null, span_end = null } = answer;
    const name = this.name({ criterion, place: answer.place });
    this.answers.set(name, { value, cannot_judge, text, reason, span_start, span_end });
    this.undone.delete(name);
  }

  end() {
    if (this.held) return;
    const open = this.firstOpen();
    if (open < 0) { this.finish(); return; }
    this.go(open);
    this.announce(this.words.missing.replace("{count}", this.missing()));
  }

  // --- moving --------------------------------------------------------------------------------------------------
  // With progressive reveal nothing behind the first turn that is not rated yet can be seen.
  lastVisiblePlace() {
    if (this.data.reveal !== "progressive" || this.turns.length === 0) return Infinity;
    const open = this.firstOpen();
    if (open < 0 || this.steps[open].place < 0) return Infinity;
    return this.steps[open].place;
  }
  go(index) {
    const limit = this.lastVisiblePlace();
    const place = this.steps[index]?.place;
    const reachable = place !== undefined && place <= limit && (place >= 0 || limit === Infinity);
    const moved = reachable && this.cursor !== index;
    if (reachable) this.cursor = index;
    this.draw();
    if (moved) this.tell();
  }
  move(by) { this.go(this.cursor + by); }
  isWhole() { return this.steps.every((step) => step.place < 0); }
  moveTurn(by) {
    const places = [...new Set(this.steps.map((step) => step.place))];
    const place = places[places.indexOf(this.steps[this.cursor].place) + by];
    if (place === undefined) return;
    const { criterion } = this.steps[this.cursor];
    const same = this.steps.findIndex((step) => step.place === place && step.criterion === criterion);
    const open = this.steps.findIndex((step, index) => step.place === place && this.isOpen(index));
    this.go(open >= 0 ? open : same >= 0 ? same : this.steps.findIndex((step) => step.place === place));
  }
  scroll(by) { this.room.scrollBy({ top: by * this.room.clientHeight * 0.85 }); }

  languages() {
    const codes = [...this.root.querySelectorAll("[data-text]")].map((text) => text.dataset.text);
    return ["", ...new Set(codes.filter(Boolean))];
  }
  nextLanguage() {
    const codes = this.languages();
    return codes[(codes.indexOf(this.language ?? "") + 1) % codes.length];
  }
  switchLanguage() {
    this.showLanguage(this.nextLanguage());
    try { localStorage.setItem("reading-language", this.language); } catch { /* not remembered */ }
  }
  showLanguage(code) {
    this.language = this.languages().includes(code) ? code : "";
    for (const shown of this.root.querySelectorAll("[data-texts]")) {
      const texts = [...shown.querySelectorAll("[data-text]")];
      const wanted = texts.find((text) => text.dataset.text === this.language) ?? texts[0];
      for (const text of texts) text.hidden = text !== wanted;
    }
    const next = this.nextLanguage();
    for (const name of this.root.querySelectorAll("[data-next-language]")) name.hidden = name.dataset.nextLanguage !== next;
  }

  // --- reasons and texts ---------------------------------------------------------------------------------------
  showReason(question, open) {
    const toggle = question.querySelector("[data-open-reason]");
    if (!toggle) return;
    toggle.setAttribute("aria-expanded", String(open));
    question.querySelector(".reason").hidden = !open;
  }
  openReason() {
    const question = this.questions[this.steps[this.cursor].criterion];
    const box = question.querySelector("[data-reason]");
    if (!box) return;
    this.showReason(question, true);
    box.focus();
  }

  listen() {
    this.root.addEventListener("click", (event) => this.click(event));
    let under = null; // some browsers do not say which button took the focus away
    this.root.addEventListener("pointerdown", (event) => { under = event.target; setTimeout(() => { under = null; }); });
    this.root.addEventListener("focusout", (event) => { if (event.target.matches("[data-reason]")) this.keepReason(event.target, event.relatedTarget ?? under); });
    this.root.addEventListener("input", (event) => {
      if (!event.target.matches("[data-reason]")) return;
      this.drafts.set(this.name(this.steps[this.cursor]), event.target.value);
      this.remember();
    });
  }

  // On a phone: more room for the dialogue, less for the words of the scale.
  fold(folded) {
    this.root.toggleAttribute("data-folded", folded);
    this.root.querySelector("[data-fold]")?.setAttribute("aria-expanded", String(!folded));
    try { sessionStorage.setItem("folded", folded ? "1" : ""); } catch { /* not remembered */ }
  }

  // The second click of a double click must not answer the next question, which has come under the pointer meanwhile.
  isEcho(event) {
    if (event.detail === 0) return false;
    const now = performance.now();
    const echo = now - Math.max(this.clickedAt ?? -1000, this.data.pair ? this.shownAt : -1000) < 300;
    if (!echo) this.clickedAt = now;
    return echo;
  }

  click(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches(".option")) {
      if (this.isEcho(event)) return;
      if ("rest" in button.dataset) this.answerRest(Number(button.dataset.rest));
      else if ("passage" in button.dataset) this.answer({});
      else this.answer("cannot" in button.dataset ? { cannot_judge: true } : { value: Number(button.dataset.value) });
      if (event.detail) this.focusQuestion(); // so that Enter finishes instead of pressing this button again
    } else if ("go" in button.dataset) { this.go(Number(button.dataset.go)); this.focusQuestion(); }
    else if ("undo" in button.dataset) this.undo();
    else if ("finish" in button.dataset && !this.isEcho(event)) this.end();
    else if ("openReason" in button.dataset) this.openReason();
    else if ("marked" in button.dataset) this.marked();
    else if ("fold" in button.dataset) this.fold(!this.root.hasAttribute("data-folded"));
    else if ("language" in button.dataset) {
      this.switchLanguage();
      if (event.detail) this.focusQuestion(); // as above
    }
    else if ("keepText" in button.dataset) {
      const text = button.closest("[data-question]").querySelector("[data-answer-text]").value.trim();
      if (text) this.answer({ text });
    }
  }
}
