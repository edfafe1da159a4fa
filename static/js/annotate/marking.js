// Words marked in one text: drawn over by mouse or touch, or the first word tapped and then the last, or by the arrow
// keys. A mark is [start, end] in characters of the text as it is read; a browser counts in halves of rare characters.
class Marking {
  static words(text) {
    if (typeof Intl.Segmenter === "function") {
      const parts = [...new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)];
      return parts.filter((part) => part.isWordLike).map(({ index, segment }) => [index, index + segment.length]);
    }
    return [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((word) => [word.index, word.index + word[0].length]);
  }
  static characters(text, unit) { return [...text.slice(0, unit)].length; }
  static units(text, character) { return [...text].slice(0, character).join("").length; }

  // The marks of a text as <mark>, whatever other markup they cross.
  static draw(element, spans) {
    for (const mark of element.querySelectorAll("mark")) mark.replaceWith(...mark.childNodes);
    element.normalize();
    const text = element.textContent;
    for (const [start, end] of spans) {
      const [from, to] = [Marking.units(text, start), Marking.units(text, end)];
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const inside = [];
      for (let at = 0, node = walker.nextNode(); node && at < to; node = walker.nextNode()) {
        const [first, last] = [Math.max(from - at, 0), Math.min(to - at, node.length)];
        if (first < last && node.data.slice(first, last).trim()) inside.push([node, first, last]);
        at += node.length;
      }
      for (const [node, first, last] of inside) {
        const range = document.createRange();
        range.setStart(node, first);
        range.setEnd(node, last);
        range.surroundContents(document.createElement("mark"));
      }
    }
  }

  constructor(element, span, changed) {
    Object.assign(this, { element, changed });
    this.text = element.textContent;
    this.words = Marking.words(this.text);
    this.starts = this.words.flatMap(([start], number) => (
      !number || /[.!?:;\n。！？；]/.test(this.text.slice(this.words[number - 1][1], start)) ? [number] : []));
    if (span) this.take(Marking.units(this.text, span[0]), Marking.units(this.text, span[1]));
    this.listening = new AbortController();
    const { signal } = this.listening;
    element.addEventListener("pointerdown", (event) => { this.pressedAt = [event.clientX, event.clientY]; }, { signal });
    element.addEventListener("click", (event) => this.click(event), { signal });
    document.addEventListener("selectionchange", () => this.select(), { signal });
  }
  stop() { this.listening.abort(); }

  // A mark from the outside begins and ends in words, so that arrows go on from there.
  take(start, end) {
    const touched = this.words.flatMap(([first, last], number) => (first < end && last > start ? [number] : []));
    [this.anchor, this.focus] = [touched[0] ?? 0, touched.at(-1) ?? 0];
    return [start, end];
  }
  span() {
    const [first, last] = [Math.min(this.anchor, this.focus), Math.max(this.anchor, this.focus)];
    return [this.words[first][0], this.words[last][1]];
  }
  tell([start, end]) {
    this.changed([Marking.characters(this.text, start), Marking.characters(this.text, end)], this.text.slice(start, end));
  }

  // --- mouse and touch -----------------------------------------------------------------------------------------
  selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    return this.element.contains(range.startContainer) && this.element.contains(range.endContainer) ? range : null;
  }
  offset(node, at) {
    const before = document.createRange();
    before.setStart(this.element, 0);
    before.setEnd(node, at);
    return before.toString().length;
  }
  select() {
    const range = this.selected();
    if (!range) return;
    const start = this.offset(range.startContainer, range.startOffset);
    const drawn = range.toString();
    const from = start + drawn.length - drawn.trimStart().length;
    const to = start + drawn.trimEnd().length;
    if (from < to) this.tell(this.take(from, to));
  }
  click(event) {
    const [x, y] = this.pressedAt ?? [event.clientX, event.clientY];
    if (Math.hypot(event.clientX - x, event.clientY - y) > 4) return; // the end of drawing over words
    getSelection().removeAllRanges();
    const at = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    const range = at ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
    const [node, place] = at ? [at.offsetNode, at.offset] : [range?.startContainer, range?.startOffset];
    if (!node || !this.element.contains(node)) return;
    const unit = this.offset(node, place);
    const word = this.words.findIndex(([start, end]) => start <= unit && unit <= end);
    if (word < 0) return;
    const [first, last] = [Math.min(this.anchor, this.focus), Math.max(this.anchor, this.focus)];
    if (this.anchor === undefined || (first <= word && word <= last)) this.anchor = word;
    this.focus = word;
    this.tell(this.span());
  }

  // --- keys ----------------------------------------------------------------------------------------------------
  press({ key, shiftKey }) {
    const last = this.words.length - 1;
    const here = this.focus ?? -1;
    const next = this.starts.find((start) => start > here + (shiftKey ? 1 : 0)) ?? last + 1;
    const to = {
      ArrowRight: here + 1,
      ArrowLeft: here - 1,
      ArrowDown: shiftKey ? next - 1 : next,
      ArrowUp: this.starts.findLast((start) => start < here) ?? 0,
      Home: 0,
      End: last,
    }[key];
    if (to === undefined || last < 0) return false;
    getSelection().removeAllRanges();
    this.focus = Math.min(Math.max(to, 0), last);
    if (!shiftKey || this.anchor === undefined) this.anchor = this.focus;
    this.tell(this.span());
    return true;
  }
}
