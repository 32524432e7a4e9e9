/**
 * The scrolled list of a channel: rows are kept as long as they look the same, the reader's place is
 * kept while others change, and arrow keys go from line to line.
 */
import { h } from "../dom";
import { C } from "../strings-channel";

const NEAR_END_PX = 48;

interface ListRow {
  key: string;
  look: string;
  make(): HTMLElement;
}

export class LineList {
  readonly element: HTMLElement;
  readonly scroller: HTMLElement;
  /** Called when the reader comes to the end. */
  onAtEnd: () => void = () => {};
  atEnd = true;
  private readonly list = h("ol", { class: "channel-lines" });
  private readonly down = h("button", {
    class: "button to-newest",
    attrs: { type: "button", hidden: true },
  });
  private readonly rows = new Map<string, { element: HTMLElement; look: string }>();
  private readonly sizes: ResizeObserver;
  private active: HTMLElement | null = null;

  constructor() {
    this.scroller = h(
      "div",
      {
        class: "channel-scroll",
        attrs: { role: "log", "aria-label": C.label, tabindex: 0, "data-test": "channel" },
      },
      this.list,
    );
    this.element = h("div", { class: "channel-list" }, this.scroller, this.down);
    this.scroller.addEventListener("scroll", () => this.measure(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    this.scroller.addEventListener("focusin", (event) => this.focused(event));
    this.down.addEventListener("click", () => this.toEnd());
    // A phone's keyboard opens, a window changes: who was at the end stays there.
    this.sizes = new ResizeObserver(() => {
      if (this.atEnd) this.toEnd();
    });
    this.sizes.observe(this.scroller);
  }

  dispose(): void {
    this.sizes.disconnect();
  }

  label(words: string): void {
    if (this.down.textContent !== words) this.down.textContent = words;
  }

  /** Show these rows; those that look as before stay as they are. */
  draw(rows: readonly ListRow[]): void {
    const present = new Set<string>();
    let at = 0;
    for (const { key, look, make } of rows) {
      present.add(key);
      const known = this.rows.get(key);
      const element = known?.look === look ? known.element : make();
      if (known !== undefined && known.element !== element) {
        this.carryFocus(known.element, element);
      }
      if (this.list.children[at] !== element) {
        this.list.insertBefore(element, this.list.children[at] ?? null);
      }
      this.rows.set(key, { element, look });
      at++;
    }
    for (const [key, { element }] of this.rows) {
      if (present.has(key)) continue;
      element.remove();
      this.rows.delete(key);
    }
    this.tabStops();
    if (this.atEnd) this.toEnd();
  }

  /** First look: at the first new line if there is one, else at the newest. */
  begin(): void {
    const fresh = this.list.querySelector<HTMLElement>(".fresh");
    if (fresh === null) {
      this.toEnd();
      return;
    }
    this.scroller.scrollTop = Math.max(0, fresh.offsetTop - 24);
    this.measure();
  }

  toEnd(): void {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.measure();
  }

  /** Do something that adds lines above without moving what is being read. */
  async keepingPlace(run: () => Promise<void>): Promise<void> {
    const before = this.scroller.scrollHeight - this.scroller.scrollTop;
    // What is added above is not news to be read out.
    this.scroller.setAttribute("aria-live", "off");
    this.atEnd = false;
    await run();
    this.scroller.scrollTop = this.scroller.scrollHeight - before;
    this.measure();
    this.scroller.removeAttribute("aria-live");
  }

  private measure(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const was = this.atEnd;
    this.atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    this.down.hidden = this.atEnd;
    if (this.atEnd && !was) this.onAtEnd();
  }

  private lines(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>("li[data-line]")];
  }

  private key(event: KeyboardEvent): void {
    const lines = this.lines();
    const on = document.activeElement?.closest("li[data-line]") ?? null;
    const at = on === null ? lines.length : lines.indexOf(on as HTMLElement);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: lines.length - 1 }[event.key];
    const line = to === undefined ? undefined : lines[to];
    if (line === undefined) return;
    event.preventDefault();
    line.focus();
  }

  private focused(event: FocusEvent): void {
    const line = event.target instanceof Element ? event.target.closest("li[data-line]") : null;
    if (line === null || line === this.active) return;
    this.active = line as HTMLElement;
    this.tabStops();
  }

  /** Tab goes to the line one was on and to what is in it, not through hundreds of buttons. */
  private tabStops(): void {
    const lines = this.lines();
    if (this.active === null || !this.active.isConnected) this.active = lines.at(-1) ?? null;
    for (const line of lines) {
      const on = line === this.active;
      line.tabIndex = on ? 0 : -1;
      for (const inner of line.querySelectorAll<HTMLElement>("button, a")) {
        inner.tabIndex = on ? 0 : -1;
      }
    }
  }

  private carryFocus(from: HTMLElement, to: HTMLElement): void {
    const { activeElement } = document;
    const inside = from.contains(activeElement);
    const at = inside ? [...from.querySelectorAll("button, a")].indexOf(activeElement!) : -1;
    from.replaceWith(to);
    if (this.active === from) this.active = to;
    if (!inside) return;
    const again = [...to.querySelectorAll<HTMLElement>("button, a")][at];
    (again ?? to).focus({ preventScroll: true });
  }
}
