// The editor: a plain text area with a painted copy behind it, so that keyboards, screen readers and undo are the
// browser's own.
import { around, painted } from "./toml.js";

export class Editor {
  constructor(box, changed) {
    this.area = box.querySelector("textarea");
    this.paint = box.querySelector("code");
    this.list = box.querySelector("ul");
    this.changed = changed;
    this.offers = null;
    this.wrong = [];
    this.area.addEventListener("input", () => { this.draw(); this.suggest(); changed(); });
    this.area.addEventListener("scroll", () => this.follow());
    this.area.addEventListener("keydown", (event) => this.key(event));
    this.area.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    new ResizeObserver(() => this.follow()).observe(this.area);
  }

  get text() { return this.area.value; }
  set text(text) { this.area.value = text; this.area.scrollTop = 0; this.draw(); }

  /// Replaces a part, keeping where the reader is.
  replace(from, length, text) {
    const { scrollTop, selectionStart } = this.area;
    this.area.setRangeText(text, from, from + length, "preserve");
    this.area.scrollTop = scrollTop;
    if (document.activeElement === this.area) this.area.selectionStart = selectionStart;
    this.draw();
  }

  /// Marks the places of mistakes: [line, column, letters] from 1.
  mark(places) { this.wrong = places; this.draw(); }

  /// Puts the cursor at a line and column.
  go(line, column) {
    const lines = this.text.split("\n");
    const at = lines.slice(0, line - 1).reduce((sum, part) => sum + part.length + 1, 0) + column - 1;
    this.area.focus();
    this.area.setSelectionRange(at, at);
    this.area.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(this.area).lineHeight));
  }

  draw() {
    this.paint.replaceChildren();
    const lines = new Set(this.wrong.map(([line]) => line));
    let line = 1;
    for (const [kind, word] of painted(this.text)) {
      for (const [n, part] of word.split("\n").entries()) {
        if (n > 0) { line += 1; this.paint.append("\n"); }
        if (part === "") continue;
        const span = document.createElement("span");
        span.className = `${kind}${lines.has(line) && part.trim() !== "" ? " w" : ""}`;
        span.textContent = part;
        this.paint.append(span);
      }
    }
    this.paint.append("\n");
    this.follow();
  }

  follow() {
    const pre = this.paint.parentElement;
    pre.scrollTop = this.area.scrollTop;
    pre.scrollLeft = this.area.scrollLeft;
  }

  suggest(asked = false) {
    const at = this.area.selectionStart;
    const place = this.offers && around(this.text, at);
    const words = place && (asked || place.word.replace(/["']/g, "").length > 0) ? this.offers.list(place, this.text) : [];
    if (!words.length) return this.close();
    this.place = place;
    this.list.replaceChildren(...words.map(([word, note], n) => {
      const item = document.createElement("li");
      item.role = "option";
      item.id = `offer-${n}`;
      item.ariaSelected = String(n === 0);
      item.textContent = word;
      const small = document.createElement("small");
      small.textContent = note.length > 60 ? `${note.slice(0, 58)}…` : note;
      item.append(small);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); this.take(word); });
      return item;
    }));
    this.words = words.map(([word]) => word);
    this.chosen = 0;
    const before = this.text.slice(0, at), style = getComputedStyle(this.area);
    const [line, column] = [before.split("\n").length, before.length - before.lastIndexOf("\n") - 1];
    const high = parseFloat(style.lineHeight), wide = parseFloat(style.fontSize) * 0.6;
    this.list.hidden = false;
    const top = line * high + 12 - this.area.scrollTop, room = this.area.clientHeight;
    this.list.style.top = `${top + this.list.offsetHeight > room ? Math.max(0, top - high - this.list.offsetHeight) : top}px`;
    this.list.style.left = `${Math.min(column * wide + 12 - this.area.scrollLeft, this.area.clientWidth - 200)}px`;
    this.area.setAttribute("aria-activedescendant", "offer-0");
  }

  close() {
    this.list.hidden = true;
    this.area.removeAttribute("aria-activedescendant");
  }

  take(word) {
    const at = this.area.selectionStart, { key, word: begun } = this.place;
    const quote = key !== null && !/^(true|false|\d)/.test(word);
    const started = begun.replace(/^["']/, "");
    const open = /^["']/.test(begun) ? "" : quote ? '"' : "";
    const close = quote && this.text[at] !== '"' ? '"' : "";
    this.area.setRangeText(open + word + (key === null ? " = " : close), at - started.length, at, "end");
    this.close();
    this.draw();
    this.changed();
  }

  key(event) {
    if ((event.ctrlKey || event.metaKey) && event.key === " ") { event.preventDefault(); return this.suggest(true); }
    if (this.list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.list.children[this.chosen].ariaSelected = "false";
      this.chosen = (this.chosen + step + this.words.length) % this.words.length;
      const item = this.list.children[this.chosen];
      item.ariaSelected = "true";
      item.scrollIntoView({ block: "nearest" });
      this.area.setAttribute("aria-activedescendant", item.id);
    } else if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      this.take(this.words[this.chosen]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    }
  }
}
