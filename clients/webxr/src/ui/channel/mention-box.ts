/** Offers people while somebody types a mention: a list that the text field stays in charge of. */
import { fill, h } from "../dom";
import { face } from "../face";
import { C } from "../strings-channel";

export interface Nameable {
  name: string;
  handle: string;
  primary: string;
  secondary: string;
  pattern: number;
}

const MOST = 6;

export class MentionBox {
  readonly element: HTMLElement;
  private found: Nameable[] = [];
  private chosen = 0;
  private asked = 0;

  constructor(
    private readonly id: string,
    private readonly input: HTMLElement,
    private readonly people: (typed: string) => Promise<Nameable[]>,
    private readonly choose: (handle: string) => void,
  ) {
    this.element = h("ul", {
      class: "mention-box",
      attrs: { id, role: "listbox", "aria-label": C.people, hidden: true },
    });
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  /** Show who fits what is being typed; null closes. */
  look(typed: { typed: string } | null): void {
    const ask = ++this.asked;
    if (typed === null) {
      this.close();
      return;
    }
    this.people(typed.typed)
      .then((found) => {
        // An answer to what was typed before is of no use any more.
        if (ask !== this.asked) return;
        this.found = found.filter(({ handle }) => handle !== "").slice(0, MOST);
        this.chosen = 0;
        this.draw();
      })
      .catch(() => this.close());
  }

  close(): void {
    this.asked++;
    this.found = [];
    this.draw();
  }

  /** Take a key of the field; true when it was for the list. */
  key(event: KeyboardEvent): boolean {
    if (!this.open) return false;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      this.chosen = (this.chosen + step + this.found.length) % this.found.length;
      this.draw();
    } else if (event.key === "Enter" || event.key === "Tab") {
      this.take(this.chosen);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    } else return false;
    event.preventDefault();
    return true;
  }

  private take(index: number): void {
    const person = this.found[index];
    this.close();
    if (person !== undefined) this.choose(person.handle);
  }

  private draw(): void {
    const open = this.found.length > 0;
    this.element.hidden = !open;
    if (open) this.input.setAttribute("aria-activedescendant", `${this.id}-${this.chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
    fill(
      this.element,
      ...this.found.map((person, index) =>
        h(
          "li",
          {
            attrs: {
              id: `${this.id}-${index}`,
              role: "option",
              "aria-selected": String(index === this.chosen),
            },
            on: {
              // Pressing must not take the focus from the field.
              pointerdown: (event) => {
                event.preventDefault();
                this.take(index);
              },
            },
          },
          face(person),
          h("strong", {}, person.name),
          h("span", { class: "quiet" }, `@${person.handle}`),
        ),
      ),
    );
  }
}
