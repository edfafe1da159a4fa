// How a unit looks: the one question that a key would answer now, large; rated turns as a row of figures.
class DrawnUnit extends Unit {
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
    this.drawWhere();
    this.drawEnd();
    const drawn = `${place} ${this.room.clientHeight}`; // a longer question leaves the dialogue less room
    if (this.turns.length && this.drawn !== drawn) { this.drawn = drawn; this.bringIntoView(place); }
  }

  focusQuestion() { this.questions[this.steps[this.cursor].criterion].focus({ preventScroll: true }); }

  drawOptions(question) {
    const answer = this.answerAt(this.cursor);
    const undone = this.undone.has(this.name(this.steps[this.cursor]));
    for (const button of question.querySelectorAll(".option")) {
      const chosen = answer ? ("cannot" in button.dataset ? answer.cannot_judge : answer.value === Number(button.dataset.value) && !answer.cannot_judge) : false;
      button.setAttribute("aria-pressed", String(Boolean(chosen && !undone)));
      button.toggleAttribute("data-was", Boolean(chosen && undone));
    }
    const text = question.querySelector("[data-answer-text]");
    if (text && document.activeElement !== text) text.value = answer?.text ?? "";
    const reason = question.querySelector("[data-reason]");
    if (reason && document.activeElement !== reason) {
      reason.value = this.drafts.get(this.name(this.steps[this.cursor])) ?? answer?.reason ?? "";
      this.showReason(question, Boolean(reason.value));
    }
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
    if (place < 0) return this.words.whole;
    const here = this.steps.filter((step) => step.place === place);
    const speaker = this.turns[place].querySelector(".speaker").textContent;
    const words = here.length > 1 ? this.words.where : this.words.whereOne;
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
