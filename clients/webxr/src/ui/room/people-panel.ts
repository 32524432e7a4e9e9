/** Who is here, nearest first; mute or hide someone, show them again. Reads RoomState. */
import type { PersonView, RoomState } from "../../state/room-state";
import type { GroupActions, VoiceActions } from "../actions";
import { copyLink } from "../copy-link";
import { fill, h } from "../dom";
import { face } from "../face";
import { houseRules } from "../house-rules";
import { icon } from "../icons";
import { S } from "../strings";
import { G } from "../strings-group-room";
import { frame, type Panel } from "./panel";
import { PersonRow } from "./person-row";

export interface PeoplePanelOptions {
  state: RoomState;
  hide(id: number, on: boolean): void;
  voice: VoiceActions | null;
  group: GroupActions | null;
  close(): void;
}

/** Redrawing more often than this would take rows away under a pointing finger. */
const REDRAW_MS = 500;
const SHOWN_MAX = 200;

export class PeoplePanel implements Panel {
  readonly element: HTMLElement;
  private readonly list = h("ul", { class: "people", attrs: { "data-test": "people-list" } });
  private readonly hiddenList = h("ul", { class: "people" });
  private readonly hiddenPart = h(
    "div",
    { class: "hidden-part" },
    h("h3", {}, S.people.hiddenTitle),
    h("p", { class: "quiet small" }, S.people.hiddenNote),
    this.hiddenList,
  );
  private readonly rules = h("p", {
    class: "quiet small house-rules",
    attrs: { "data-test": "house-rules" },
  });
  private readonly rows = new Map<number, PersonRow>();
  private readonly stop: () => void;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private hiddenKey = "";

  constructor(private readonly options: PeoplePanelOptions) {
    const body = h("div", { class: "panel-body" }, this.rules, this.list, this.hiddenPart);
    this.element = frame("people", S.people.title, options.close, body);
    const stops = [
      options.state.subscribe("people", () => this.schedule()),
      options.state.subscribe("room", () => this.drawRules()),
      options.group?.commons.subscribe("ties", () => this.draw()),
      // One's own mute shows at once.
      options.voice?.state.subscribe("voice", () => {
        if (!this.element.hidden) this.draw();
      }),
      options.group?.commons.subscribe("you", () => this.draw()),
    ];
    this.stop = () => {
      for (const stop of stops) stop?.();
    };
    this.draw();
    this.drawRules();
  }

  opened(): void {
    this.draw();
    this.element.querySelector<HTMLElement>("h2")?.focus();
  }

  closed(): void {}

  dispose(): void {
    this.stop();
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (!this.element.hidden) this.draw();
    }, REDRAW_MS);
  }

  /** Draw now; rows that stay keep their elements, and with them the focus. */
  draw(): void {
    const { people, me } = this.options.state;
    const order = [...people.values()].sort(nearestFirst).slice(0, SHOWN_MAX);
    const wanted: HTMLElement[] = [
      h(
        "li",
        { class: "person" },
        face(me),
        h(
          "span",
          { class: "person-words" },
          h("strong", {}, me.name),
          h("span", {}, this.ownWords()),
        ),
      ),
    ];
    const present = new Set<number>();
    for (const person of order) {
      present.add(person.id);
      let row = this.rows.get(person.id);
      if (row === undefined) {
        row = new PersonRow(person, this.options);
        this.rows.set(person.id, row);
      }
      row.update(person);
      wanted.push(row.element);
    }
    for (const id of [...this.rows.keys()]) if (!present.has(id)) this.rows.delete(id);
    if (order.length === 0) wanted.push(this.invitation());
    place(this.list, wanted);
    this.drawHidden();
  }

  /** What the norms ask for. */
  private drawRules(): void {
    const rules = houseRules(this.options.state.room?.mechanisms);
    this.rules.hidden = rules.length === 0;
    this.rules.textContent = rules.join(" ");
  }

  /** What one is here, besides oneself. */
  private ownWords(): string {
    const role = G.roles[this.options.group?.commons.you?.role ?? ""] ?? "";
    return role === "" ? S.room.you : `${S.room.you} · ${role}`;
  }

  private invitation(): HTMLElement {
    const copy = h("button", { class: "button", attrs: { type: "button" } }, icon("link"));
    copy.append(S.door.copyLink);
    copy.addEventListener("click", () => void copyLink());
    return h("li", { class: "stack empty" }, h("p", { class: "quiet" }, S.people.empty), copy);
  }

  private drawHidden(): void {
    const { hidden } = this.options.state;
    this.hiddenPart.hidden = hidden.size === 0;
    const key = [...hidden].join();
    if (key === this.hiddenKey) return;
    this.hiddenKey = key;
    fill(
      this.hiddenList,
      ...[...hidden].map(([id, name]) => {
        const show = h("button", { class: "button", attrs: { type: "button" } }, icon("show"));
        show.append(S.people.show);
        show.addEventListener("click", () => this.options.hide(id, false));
        return h(
          "li",
          { class: "person", attrs: { "data-hidden": id } },
          h("span", { class: "person-words" }, h("strong", {}, name)),
          show,
        );
      }),
    );
  }
}

function nearestFirst(a: PersonView, b: PersonView): number {
  const da = a.distanceM < 0 ? 1e6 : Math.round(a.distanceM);
  const db = b.distanceM < 0 ? 1e6 : Math.round(b.distanceM);
  return da - db || a.name.localeCompare(b.name) || a.id - b.id;
}

/** Put exactly these children in this order, moving only what has to move. */
function place(list: HTMLElement, wanted: HTMLElement[]): void {
  wanted.forEach((element, i) => {
    if (list.children[i] !== element) list.insertBefore(element, list.children[i] ?? null);
  });
  while (list.children.length > wanted.length) list.lastElementChild?.remove();
}
