/** The chat: what was said, and a line to say something. Reads RoomState, calls `say`. */
import { WIRE_LIMITS } from "../../protocol/control";
import type { Commons } from "../../state/commons";
import type { ChatEntry, RoomState } from "../../state/room-state";
import { fill, h } from "../dom";
import { icon, REACTION_SYMBOLS } from "../icons";
import { S } from "../strings";
import { G } from "../strings-group-room";
import { frame, type Panel } from "./panel";

export interface ChatPanelOptions {
  state: RoomState;
  say(text: string): void;
  again(key: number): void;
  close(): void;
  /** The room's group, whose channel this is; null in rooms without one. */
  commons: Commons | null;
  /** A page of its own: always there, so it never takes the focus. */
  fixed?: boolean;
}

const NEAR_BOTTOM_PX = 40;

export class ChatPanel implements Panel {
  readonly element: HTMLElement;
  private readonly list = h("ol", {
    class: "chat-lines",
    attrs: { tabindex: 0, "aria-label": S.chat.title },
  });
  private readonly empty = h("p", { class: "quiet" }, S.chat.empty);
  private readonly input = h("input", {
    class: "input",
    attrs: {
      "data-test": "chat-input",
      "aria-label": S.chat.label,
      placeholder: S.chat.placeholder,
      autocomplete: "off",
      enterkeyhint: "send",
    },
  });
  private readonly wrong = h("p", { class: "small wrong-text", attrs: { hidden: true } });
  private readonly form: HTMLFormElement;
  /** Why one cannot write here, in place of the form. */
  private readonly silent = h("p", {
    class: "quiet chat-silent",
    attrs: { role: "status", "data-test": "chat-silent", tabindex: -1, hidden: true },
  });
  private readonly rows = new Map<number, { row: HTMLElement; look: string }>();
  private readonly stop: () => void;

  constructor(private readonly options: ChatPanelOptions) {
    this.form = h(
      "form",
      { class: "chat-form" },
      this.input,
      h(
        "button",
        { class: "button next icon-only", attrs: { type: "submit", "aria-label": S.chat.send } },
        icon("send"),
      ),
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("input", () => this.measure());
    const body = h("div", { class: "panel-body chat-body" }, this.empty, this.list);
    const { commons, state } = options;
    const title = commons !== null ? G.chat.title : S.chat.title;
    if (commons !== null) {
      this.input.placeholder = G.chat.placeholder;
      this.input.setAttribute("aria-label", G.chat.label);
    }
    this.element = frame("chat", title, options.close, body, this.wrong, this.form, this.silent);
    const stops = [
      state.subscribe("chat", () => this.draw()),
      commons?.subscribe("you", () => this.drawRight()),
    ];
    this.stop = () => {
      for (const stop of stops) stop?.();
    };
    this.draw();
    this.drawRight();
  }

  opened(): void {
    this.options.state.setChatOpen(true);
    if (!this.options.fixed && !this.form.hidden) this.input.focus();
    this.list.scrollTop = this.list.scrollHeight;
  }

  closed(): void {
    this.options.state.setChatOpen(false);
  }

  dispose(): void {
    this.stop();
  }

  /** A form only for those whose words would be read; a draft stays until it may be sent. */
  private drawRight(): void {
    const { commons, state } = this.options;
    const words = commons === null ? "" : whySilent(commons);
    const typing = this.form.contains(document.activeElement);
    this.form.hidden = words !== "";
    this.wrong.hidden = words !== "" || this.measure();
    this.silent.hidden = words === "";
    const listens = commons?.you?.listener === true;
    const norms = `/g/${state.room?.group?.slug ?? ""}/norms`;
    fill(
      this.silent,
      words,
      listens && " ",
      listens && h("a", { attrs: { href: norms } }, G.toNorms),
    );
    if (typing && words !== "") this.silent.focus();
  }

  private measure(): boolean {
    const over = [...this.input.value.trim()].length - WIRE_LIMITS.chatLength;
    this.wrong.hidden = over <= 0;
    if (over > 0) this.wrong.textContent = S.chat.tooLong(over);
    return over <= 0;
  }

  private submit(): void {
    const text = this.input.value.trim();
    if (text === "") {
      // Enter on an empty line goes back to walking.
      this.input.blur();
      return;
    }
    if (!this.measure()) return;
    this.input.value = "";
    this.options.say(text);
    this.list.scrollTop = this.list.scrollHeight;
  }

  /** Add what is new and mark what changed; old lines keep their place and the reader's. */
  private draw(): void {
    const { chat } = this.options.state;
    const list = this.list;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_BOTTOM_PX;
    this.empty.hidden = chat.length > 0;
    const present = new Set<number>();
    let before = "";
    let at = 0;
    for (const entry of chat) {
      present.add(entry.key);
      const known = this.rows.get(entry.key);
      const speaker = `${entry.line?.author ?? entry.from} ${entry.line?.elsewhere ?? ""}`;
      const follows = before === speaker;
      before = speaker;
      const look = lookOf(entry, follows);
      if (known?.look === look && list.children[at] === known.row) {
        at++;
        continue;
      }
      const row = known?.look === look ? known.row : this.row(entry, follows);
      if (known !== undefined && known.row !== row) known.row.remove();
      list.insertBefore(row, list.children[at] ?? null);
      this.rows.set(entry.key, { row, look });
      at++;
    }
    for (const [key, { row }] of this.rows) {
      if (present.has(key)) continue;
      row.remove();
      this.rows.delete(key);
    }
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  private row(entry: ChatEntry, follows: boolean): HTMLElement {
    const dot = h("span", { class: "dot" });
    dot.style.background = entry.colour || "var(--quiet)";
    const who = entry.mine ? `${entry.name} (${S.room.you})` : entry.name;
    const again = h("button", { class: "button", attrs: { type: "button" } }, S.chat.again);
    again.addEventListener("click", () => this.options.again(entry.key));
    const { line } = entry;
    const mentioned = line?.mentionsMe === true ? "mentions-me" : "";
    const own = entry.mine ? "mine" : "";
    const classes = `line ${own} ${entry.status} ${follows ? "follows" : ""} ${mentioned}`;
    const row = h("li", { class: classes, attrs: { "data-line": line?.id } });
    const where =
      line === null || line.elsewhere === null
        ? ""
        : line.elsewhere === ""
          ? G.chat.onPage
          : G.chat.inRoom(line.elsewhere);
    fill(
      row,
      h(
        "p",
        { class: follows ? "only-spoken" : "who" },
        dot,
        who,
        where !== "" && h("span", { class: "quiet small" }, ` ${where}`),
      ),
      line?.deleted
        ? h("p", { class: "said quiet" }, G.chat.deleted)
        : h(
            "p",
            { class: "said" },
            entry.text,
            line?.edited && h("span", { class: "quiet small" }, ` (${G.chat.edited})`),
          ),
      line !== null &&
        line.reactions.length > 0 &&
        h(
          "p",
          { class: "small line-reactions" },
          ...line.reactions.map(({ kind, count }) =>
            h("span", { class: "chip" }, `${REACTION_SYMBOLS[kind] ?? kind} ${count}`),
          ),
        ),
      entry.status === "sending" && h("p", { class: "quiet small" }, S.chat.sending),
      entry.status === "failed" && h("p", { class: "small wrong-text" }, S.chat.failed, " ", again),
    );
    return row;
  }
}

/** Why nobody would read what one writes; "" when they would, and before one knows. */
function whySilent(commons: Commons): string {
  if (commons.you === null || commons.may("write")) return "";
  return commons.you.listener ? G.chat.listener : G.chat.muted;
}

/** What a row shows; a row is built anew only when this differs. */
function lookOf(entry: ChatEntry, follows: boolean): string {
  const { line } = entry;
  const reactions = line?.reactions.map(({ kind, count }) => `${kind}${count}`).join() ?? "";
  const flags = `${line?.edited}${line?.deleted}${line?.mentionsMe}`;
  return `${entry.status}${follows}${entry.name}${entry.colour}${flags}${reactions}${entry.text}`;
}
