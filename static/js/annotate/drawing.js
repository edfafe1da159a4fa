// How a unit looks: the one question that a key would answer now, large; rated turns as a row of figures.
class DrawnUnit extends AnsweredUnit {
  hold(text = "") {
    this.held = Boolean(text);
    const line = this.root.querySelector("[data-hold]");
    line.hidden = !text;
    line.textContent = text;
    this.root.toggleAttribute("data-held", this.held);
  }

  draw() {
    const { criterion, place } = this.steps[this.cursor];
    const inside = this.questions.some((question) => question.contains(document.activeElement));
    this.questions.forEach((question, number) => { question.hidden = number !== criterion; });
    this.drawOptions(this.questions[criterion]);
    if (inside && !this.questions[criterion].contains(document.activeElement)) this.focusQuestion();
    const limit = this.lastVisiblePlace();
    for (const turn of this.turns) this.drawTurn(turn, Number(turn.dataset.place), place, limit);
    this.drawMarks();
    this.drawWhole();
    this.drawWhere();
    this.drawEnd();
    const drawn = `${place} ${this.room.clientHeight}`; // a longer question leaves the dialogue less room
    if (this.turns.length && !this.isWhole() && this.drawn !== drawn) { this.drawn = drawn; this.bringIntoView(place); }
  }

  focusQuestion() { this.questions[this.steps[this.cursor].criterion].focus({ preventScroll: true }); }

  drawOptions(question) {
    const half = this.half();
    const answer = half ?? this.answerAt(this.cursor);
    const undone = this.undone.has(this.name(this.steps[this.cursor])) && !half;
    for (const button of question.querySelectorAll(".option:not([data-rest])")) {
      const chosen = answer ? ("cannot" in button.dataset ? answer.cannot_judge : "passage" in button.dataset ? this.spanAt(this.cursor) : answer.value === Number(button.dataset.value) && !answer.cannot_judge) : false;
      button.setAttribute("aria-pressed", String(Boolean(chosen && !undone)));
      button.toggleAttribute("data-was", Boolean(chosen && (undone || half)));
    }
    const rest = question.querySelector("[data-rest]");
    if (rest) rest.hidden = this.restOf(this.steps[this.cursor].criterion).length === 0;
    const text = question.querySelector("[data-answer-text]");
    if (text && document.activeElement !== text) text.value = answer?.text ?? "";
    const reason = question.querySelector("[data-reason]");
    if (reason && document.activeElement !== reason) {
      reason.value = this.drafts.get(this.name(this.steps[this.cursor])) ?? answer?.reason ?? "";
      const wants = half ? this.wants(this.cursor, half) : {};
      const due = wants.reason === "required" && (half.span !== null || wants.span !== "required");
      this.showReason(question, Boolean(reason.value) || due);
      question.toggleAttribute("data-reason-due", due);
    }
    question.toggleAttribute("data-half", Boolean(half));
  }

  // The words marked in each turn; in the current one they can be marked while the answer asks for them.
  drawMarks() {
    const { criterion, place } = this.steps[this.cursor];
    const half = this.half();
    const wanted = half && place >= 0 ? this.wants(this.cursor, half).span : "";
    const name = wanted ? this.name(this.steps[this.cursor]) : "";
    if (name !== (this.marking?.name ?? "")) {
      this.marking?.stop();
      if (name && this.language) this.showLanguage(""); // marks count in the text as it was written
      const text = this.turns[place]?.querySelector("[data-text='']");
      this.marking = name ? Object.assign(new Marking(text, half.span, (span, words) => this.mark(span, words)), { name }) : null;
    }
    for (const turn of this.turns) this.drawMarksOf(turn, Number(turn.dataset.place));
    const box = this.questions[criterion].querySelector("[data-mark-box]");
    if (!box) return;
    const span = half ? half.span : this.spanAt(this.cursor);
    box.hidden = !span && !wanted;
    box.querySelector("[data-mark-how]").hidden = !wanted;
    box.querySelector("[data-marked]").hidden = !wanted;
    const [start, end] = span ?? [0, 0];
    box.querySelector("[data-mark-words]").textContent = [...this.textOf(place)].slice(start, end).join("");
  }
  textOf(place) { return this.turns[place]?.querySelector("[data-text='']").textContent ?? ""; }
  spanAt(index) {
    const one = this.halves.get(this.name(this.steps[index])) ?? this.answerAt(index);
    if (!one || (this.isOpen(index) && !one.span)) return null;
    return one.span ?? (one.span_start === null || one.span_start === undefined ? null : [one.span_start, one.span_end]);
  }
  drawMarksOf(turn, place) {
    turn.toggleAttribute("data-marking", this.marking !== null && place === this.steps[this.cursor].place);
    const spans = this.steps.flatMap((step, index) => (step.place === place ? [this.spanAt(index)] : [])).filter(Boolean);
    const shown = this.marking?.selected() && place === this.steps[this.cursor].place ? [] : spans;
    if ((turn.dataset.marks ?? "[]") === JSON.stringify(shown)) return;
    turn.dataset.marks = JSON.stringify(shown);
    Marking.draw(turn.querySelector("[data-text='']"), shown);
    if (turn.hasAttribute("data-marking")) turn.querySelector("mark:last-of-type")?.scrollIntoView({ block: "nearest" });
  }

  // The answers about the whole dialogue, to be gone back to.
  drawWhole() {
    const indices = this.steps.flatMap((step, index) => (step.place < 0 ? [index] : []));
    const box = this.root.querySelector("[data-whole-figures]");
    const elsewhere = this.steps.some((step, index) => step.place >= 0 && this.isOpen(index)) && this.steps[this.cursor].place >= 0;
    box.hidden = this.data.pair || indices.length < 2 || elsewhere;
    if (box.hidden) return;
    box.replaceChildren(...this.openFigures(indices));
    const current = box.querySelector("[aria-current]");
    if (current) box.scrollLeft = current.offsetLeft - box.offsetLeft - box.clientWidth / 3;
  }

  drawTurn(turn, place, current, limit) {
    turn.hidden = place > limit;
    const isCurrent = place === current;
    turn.toggleAttribute("data-current", isCurrent);
    if (isCurrent) turn.setAttribute("aria-current", "step"); else turn.removeAttribute("aria-current");
    const indices = this.steps.flatMap((step, index) => (step.place === place ? [index] : []));
    const box = turn.querySelector("[data-figures]");
    const shown = `${isCurrent ? this.cursor : "-"}:${indices.map((index) => this.figure(index)).join()}`;
    if (!indices.length || turn.hidden || box.dataset.shown === shown) return;
    box.dataset.shown = shown;
    box.replaceChildren(...(isCurrent ? this.openFigures(indices) : this.closedFigures(indices, place)));
  }

  figure(index) {
    const answer = this.answerAt(index);
    if (!answer || this.isOpen(index)) return "▢";
    if (answer.cannot_judge) return "n";
    return answer.value === null ? "✎" : this.criterionAt(index).options.find((one) => one.value === answer.value)?.key ?? String(answer.value);
  }

  openFigures(indices) {
    return indices.map((index) => {
      const button = this.button(index, `${this.criterionAt(index).title} `);
      const figure = document.createElement("b");
      figure.textContent = this.figure(index);
      button.append(figure);
      if (index === this.cursor) button.setAttribute("aria-current", "true");
      return button;
    });
  }

  closedFigures(indices, place) {
    const open = indices.find((index) => this.isOpen(index));
    const figures = indices.map((index) => this.figure(index)).join(" ");
    if (open !== undefined && indices.every((index) => this.isOpen(index))) return [];
    const button = this.button(open ?? indices[0], open === undefined ? `✓ ${figures}` : figures);
    const named = indices.map((index) => `${this.criterionAt(index).title} ${this.figure(index)}`).join(", ");
    button.setAttribute("aria-label", `${this.words.change.replace("{turn}", place + 1)}: ${named}`);
    return [button];
  }

  button(index, text) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.dataset.go = index;
    button.append(text);
    return button;
  }

  whereText() {
    const { criterion, place } = this.steps[this.cursor];
    if (this.data.pair) return "";
    const here = this.steps.filter((step) => step.place === place);
    const speaker = this.turns[place]?.querySelector(".speaker").textContent;
    const [one, many] = place < 0 ? [this.words.whole, this.words.wholeOf] : [this.words.whereOne, this.words.where];
    const words = here.length > 1 ? many : one;
    return words.replace("{speaker}", speaker).replace("{turn}", place + 1)
      .replace("{number}", here.findIndex((step) => step.criterion === criterion) + 1).replace("{count}", here.length);
  }
  drawWhere() { this.root.querySelector("[data-where]").textContent = this.whereText(); }
  tell() { this.announce(`${this.whereText()} ${this.criterionAt(this.cursor).title}`); }

  drawEnd() {
    const missing = this.missing();
    const finish = this.root.querySelector("[data-finish]");
    finish.classList.toggle("primary", missing === 0);
    finish.hidden = this.data.pair && this.steps.length === 1 && this.data.mode !== "revise";
    const label = missing ? this.words.left.replace("{count}", missing) : this.data.mode === "revise" ? this.words.back : this.words.finish;
    finish.querySelector("[data-finish-label]").textContent = label;
    const undo = this.root.querySelector("[data-undo]");
    undo.disabled = !this.history.length && !this.data.previous;
  }

  bringIntoView(place) {
    const turn = this.turns[place] ?? this.turns.at(-1);
    const tall = turn.offsetHeight > this.room.clientHeight * 0.8;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches || this.busy();
    turn.scrollIntoView({ block: tall ? "start" : "nearest", behavior: calm ? "instant" : "smooth" });
  }
  busy() { const now = performance.now(); const quick = now - (this.movedAt ?? 0) < 600; this.movedAt = now; return quick; }
}
