/** The field one writes in: drafts, naming people, changing one's last line. Owns its own text. */
import { mentionAt } from "../../state/rich-text";
import { h } from "../dom";
import { icon } from "../icons";
import { C } from "../strings-channel";
import type { Drafts } from "./drafts";
import { MentionBox, type Nameable } from "./mention-box";

interface ComposerParts {
  longest: number;
  drafts: Drafts;
  people(typed: string): Promise<Nameable[]>;
  send(text: string): void;
  /** Save a change; the composer closes when it is kept, and shows the words when it is not. */
  save(id: number, text: string): Promise<void>;
  /** Change the last line of one's own; false when there is none. */
  editLast(): boolean;
}

const MAX_HEIGHT_PX = 180;
let unique = 0;

export class Composer {
  readonly element: HTMLElement;
  private readonly id = `composer-${unique++}`;
  private readonly input = h("textarea", {
    class: "input",
    attrs: {
      id: this.id,
      rows: 1,
      "aria-label": C.write,
      "aria-describedby": `${this.id}-hint`,
      "aria-autocomplete": "list",
      "aria-controls": `${this.id}-people`,
      placeholder: C.placeholder,
      autocomplete: "off",
      "data-test": "channel-input",
    },
  });
  private readonly button = h(
    "button",
    { class: "button next icon-only", attrs: { type: "submit", "aria-label": C.send } },
    icon("send"),
  );
  private readonly wrong = h("p", {
    class: "small wrong-text",
    attrs: { hidden: true, role: "alert" },
  });
  private readonly banner = h(
    "div",
    { class: "composer-banner", attrs: { hidden: true } },
    h("span", {}, C.editing),
    h(
      "button",
      {
        class: "button plain",
        attrs: { type: "button" },
        on: { click: () => this.stopEditing() },
      },
      C.cancel,
    ),
  );
  private readonly box: MentionBox;
  private editingId: number | null = null;

  constructor(private readonly parts: ComposerParts) {
    this.box = new MentionBox(`${this.id}-people`, this.input, parts.people, (handle) =>
      this.name(handle),
    );
    const form = h(
      "form",
      { class: "composer-row", on: { submit: (event) => this.submit(event) } },
      this.input,
      this.button,
    );
    this.element = h(
      "div",
      { class: "composer" },
      this.box.element,
      this.banner,
      this.wrong,
      form,
      h("p", { class: "only-spoken", attrs: { id: `${this.id}-hint` } }, C.hint),
    );
    this.input.value = parts.drafts.read();
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.box.close());
    // The field has no height yet: it is not in the page.
    requestAnimationFrame(() => this.grow());
  }

  focus(): void {
    this.input.focus();
  }

  /** Put words into the field, as if one had typed them. */
  put(text: string): void {
    this.input.value = text;
    this.typed();
    this.focus();
  }

  /** Change a line instead of writing a new one. */
  edit(id: number, text: string): void {
    this.editingId = id;
    this.banner.hidden = false;
    this.button.setAttribute("aria-label", C.save);
    this.input.value = text;
    this.grow();
    this.measure();
    this.focus();
    this.input.setSelectionRange(text.length, text.length);
  }

  private stopEditing(): void {
    this.editingId = null;
    this.banner.hidden = true;
    this.button.setAttribute("aria-label", C.send);
    this.input.value = this.parts.drafts.read();
    this.wrong.hidden = true;
    this.grow();
    this.focus();
  }

  private typed(): void {
    if (this.editingId === null) this.parts.drafts.write(this.input.value);
    this.grow();
    this.measure();
    this.box.look(mentionAt(this.input.value, this.input.selectionStart));
  }

  private name(handle: string): void {
    const { value, selectionStart } = this.input;
    const at = mentionAt(value, selectionStart);
    if (at === null) return;
    const before = `${value.slice(0, at.start)}@${handle} `;
    this.input.value = before + value.slice(selectionStart).replace(/^ /, "");
    this.input.setSelectionRange(before.length, before.length);
    this.typed();
    this.focus();
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing || this.box.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !onTouch()) {
      event.preventDefault();
      this.submit(event);
    } else if (event.key === "Escape" && this.editingId !== null) {
      event.stopPropagation();
      this.stopEditing();
    } else if (event.key === "ArrowUp" && this.input.value === "" && this.editingId === null) {
      if (this.parts.editLast()) event.preventDefault();
    }
  }

  private submit(event: Event): void {
    event.preventDefault();
    this.box.close();
    const text = this.input.value.trim();
    if (text === "" || !this.measure()) return;
    const id = this.editingId;
    if (id === null) {
      this.input.value = "";
      this.parts.drafts.write("");
      this.grow();
      this.parts.send(text);
      return;
    }
    this.button.setAttribute("aria-busy", "true");
    this.parts
      .save(id, text)
      .then(() => this.stopEditing())
      .catch((error: unknown) => this.say(error instanceof Error ? error.message : String(error)))
      .finally(() => this.button.removeAttribute("aria-busy"));
  }

  private measure(): boolean {
    const over = [...this.input.value.trim()].length - this.parts.longest;
    this.wrong.hidden = over <= 0;
    if (over > 0) this.wrong.textContent = C.tooLong(over);
    return over <= 0;
  }

  private say(words: string): void {
    this.wrong.hidden = false;
    this.wrong.textContent = words;
  }

  private grow(): void {
    this.input.style.height = "auto";
    const height = Math.min(MAX_HEIGHT_PX, this.input.scrollHeight + 3);
    if (height > 10) this.input.style.height = `${height}px`;
  }
}

/** On a touch keyboard Enter begins a new line; there is a button beside it to send. */
const onTouch = () => window.matchMedia("(pointer: coarse)").matches;
