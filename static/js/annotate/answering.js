// How a unit is answered: at once, for the rest of a dialogue, or in two steps where words or a reason are wanted.
class AnsweredUnit extends Unit {
  // Whether an answer wants a reason, and words marked in the text.
  wants(index, { value = null, cannot_judge = false }) {
    const criterion = this.criterionAt(index);
    const option = cannot_judge ? null : criterion.options.find((one) => one.value === value);
    const isPassage = criterion.scale === "span" && !cannot_judge;
    return { reason: option?.reason || criterion.reason, span: isPassage ? "required" : option?.span ?? "" };
  }

  // `span` is [start, end], or null where none was marked; left out, an answer that wants words asks for them first.
  answer(change, { stay = false } = {}) {
    if (this.held) return;
    const index = this.cursor;
    const name = this.name(this.steps[index]);
    const before = this.answers.get(name);
    const { span, ...given } = change;
    const wants = this.wants(index, given);
    const reason = wants.reason === "never" ? "" : (this.drafts.get(name) ?? before?.reason ?? "").trim();
    const lacks = (wants.span && (span === undefined || (wants.span === "required" && !span))) || (wants.reason === "required" && !reason);
    if (lacks) { this.begin(given, wants.span ? span ?? this.markedBefore(name, given) : null); return; }
    this.halves.delete(name);
    if (reason) this.drafts.delete(name);
    this.remember();
    const [span_start, span_end] = span ?? [null, null];
    const answer = { value: null, cannot_judge: false, text: "", ...given, reason, span_start, span_end };
    this.put([index], answer);
    if (stay) { this.draw(); return; }
    if (this.data.pair && this.steps.length === 1) { this.draw(); this.finish(); return; }
    const next = this.firstOpen(index + 1);
    this.go(next < 0 ? index : next);
    if (next < 0) this.announce(this.words.allAnswered);
  }

  // The same answer to each of these questions, taken back as one step.
  put(indices, answer) {
    const changed = indices.flatMap((index) => {
      const name = this.name(this.steps[index]);
      const before = this.answers.get(name);
      this.answers.set(name, answer);
      this.undone.delete(name);
      if (before && Object.keys(answer).every((key) => before[key] === answer[key])) return [];
      this.send(index, answer);
      return [{ index, before }];
    });
    if (changed.length) this.history.push(changed);
  }
  send(index, answer) {
    const { instrument, key } = this.criterionAt(index);
    this.keep({ instrument, criterion: key, place: this.steps[index].place, ...answer });
  }

  choose(key) {
    const { options, scale } = this.criterionAt(this.cursor);
    if (scale === "span" && key === "m") { this.answer({}); return true; }
    const option = options.find((one) => one.key === key);
    if (option) this.answer({ value: option.value });
    const rest = option ? null : options.find((one) => one.rest_key === key);
    if (rest) this.answerRest(rest.value);
    return Boolean(option ?? rest);
  }

  // One answer for every utterance that has none yet, once all of them are in sight.
  restOf(criterion) {
    if (this.lastVisiblePlace() !== Infinity) return [];
    return this.steps.flatMap((step, index) => (step.criterion === criterion && this.isOpen(index) && !this.halves.has(this.name(step)) ? [index] : []));
  }
  answerRest(value) {
    const indices = this.restOf(this.steps[this.cursor].criterion);
    if (this.held || !indices.length) return;
    this.put(indices, { value, cannot_judge: false, text: "", reason: "", span_start: null, span_end: null });
    const next = this.firstOpen(this.cursor);
    this.go(next < 0 ? this.cursor : next);
    this.announce(next < 0 ? this.words.allAnswered : this.words.restAnswered.replace("{count}", indices.length));
  }

  // --- an answer that still lacks its words or its reason --------------------------------------------------------
  begin(given, span) {
    const name = this.name(this.steps[this.cursor]);
    this.halves.set(name, { ...given, span });
    this.remember();
    this.draw();
    const wants = this.wants(this.cursor, given);
    if (wants.span && !span) this.announce(this.words.markWanted);
    else if (wants.reason === "required" && !this.drafts.get(name)?.trim()) { this.openReason(); this.announce(this.words.reasonWanted); }
  }
  markedBefore(name, { value }) {
    const [half, before] = [this.halves.get(name), this.answers.get(name)];
    if (half) return half.value === value ? half.span : null;
    return before?.value === value && before.span_start !== null ? [before.span_start, before.span_end] : null;
  }
  mark(span, text) {
    const half = this.half();
    if (!half || this.held) return;
    half.span = span;
    this.remember();
    this.drawMarks();
    this.announce(this.words.marked.replace("{text}", text));
  }
  // The words are marked: on to the reason, or done.
  marked() {
    const half = this.half();
    if (half) this.answer(half);
  }

  keepReason(box, to) {
    const name = this.name(this.steps[this.cursor]);
    this.drafts.set(name, box.value);
    this.remember();
    const given = this.answers.get(name);
    const half = this.halves.get(name);
    const elsewhere = to?.closest?.(".options, .beside, [data-scroll]"); // another answer comes, or other words are marked
    if (half && box.value.trim() && !elsewhere) this.answer(half);
    else if (half || elsewhere) this.draw();
    else if (given && given.reason !== box.value.trim()) {
      const span = given.span_start === null ? null : [given.span_start, given.span_end];
      this.answer({ value: given.value, cannot_judge: given.cannot_judge, text: given.text, span }, { stay: true });
    }
  }

  // What is not an answer yet is kept on this device too, until the unit is finished.
  get shelf() { return `half:${this.data.assignment}`; }
  remember() {
    if (this.data.mode === "preview") return;
    const kept = { halves: [...this.halves], drafts: [...this.drafts] };
    try { localStorage.setItem(this.shelf, JSON.stringify(kept)); } catch { /* kept in memory */ }
  }
  recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.shelf) ?? "{}");
      this.halves = new Map(kept.halves);
      this.drafts = new Map(kept.drafts);
    } catch { /* nothing was kept */ }
  }
  forget() { try { localStorage.removeItem(this.shelf); } catch { /* nothing there */ } }

  undo() {
    if (this.held) return;
    if (this.half()) {
      this.halves.delete(this.name(this.steps[this.cursor]));
      this.remember();
      this.draw();
      this.announce(this.words.undone);
      return;
    }
    const steps = this.history.pop() ?? this.lastAnswered();
    if (typeof steps === "function") { steps(); return; } // something else than an answer, which knows its way back
    if (!steps) { this.earlier(this.data.previous); return; }
    for (const { index, before } of steps) {
      const name = this.name(this.steps[index]);
      if (before) {
        this.answers.set(name, before);
        this.send(index, before);
      } else this.undone.add(name);
    }
    this.go(steps[0].index);
    this.announce(this.words.undone);
  }

  // After a reload the steps are forgotten, the answers are not. A pair of one question has no step but its choice.
  lastAnswered() {
    if (this.data.pair && this.steps.length === 1) return null;
    for (let index = this.steps.length - 1; index >= 0; index -= 1) if (!this.isOpen(index)) return [{ index }];
    return null;
  }
}
