/**
 * People on the host's console: raised hands in their order, who asks to be looked at, and everybody
 * with what one may do about them. Rows keep their elements, and with them the focus.
 */
import type { Attendee } from "../../protocol/control";
import { clockText } from "../../state/cue-view";
import { serverMoment } from "../../state/gathering";
import { actsFor, type PersonAct } from "../../state/gathering-may";
import { fill, h } from "../dom";
import type { AnyRole, GatheringActions } from "../gathering-actions";
import { icon } from "../icons";
import { GA } from "../strings-gathering";
import { actButtons } from "./console-acts";
import { arrange, doing, partOf } from "./gathering-parts";

const C = GA.console;
const SECONDS = [0, 30, 60, 120] as const;
const SHOWN = 300;

/** What the roster shows of somebody. */
export interface Row {
  id: number;
  name: string;
  role: AnyRole;
  attendee: Attendee | null;
  megaphone: boolean;
}

/** Everybody, those who ask to be looked at first, then by name. Pure. */
export function rosterRows(gathering: GatheringActions): Row[] {
  const { state } = gathering;
  const staged = new Map(state.now?.people.map((each) => [each.id, each]));
  const rows = gathering.others().map(({ id, name }): Row => {
    const on = staged.get(id);
    return {
      id,
      name,
      role: on?.role ?? "audience",
      attendee: state.attendees.get(id) ?? null,
      megaphone: on?.megaphone ?? false,
    };
  });
  const asks = (row: Row) => (row.attendee?.check ? 0 : 1);
  return rows.sort((a, b) => asks(a) - asks(b) || a.name.localeCompare(b.name));
}

/** One line about somebody. Pure. */
export function rowWords(row: Row): string {
  const { attendee } = row;
  return [
    row.role === "audience" ? "" : GA.roles[row.role],
    attendee?.check ? C.check : "",
    attendee?.mat === undefined ? "" : C.mat(attendee.mat),
    attendee === null ? "" : C.hushed[attendee.hush],
    row.megaphone ? "megaphone" : "",
    attendee?.late ? C.late : "",
  ]
    .filter((word) => word !== "")
    .join(" · ");
}

/** The queue of hands. */
export class HandsPart {
  readonly element: HTMLElement;
  private readonly list = h("ol", { class: "hands", attrs: { "data-test": "hands" } });
  private readonly long = h("select", { class: "input", attrs: { id: "floor-seconds" } });
  private readonly acts: HTMLElement;
  private readonly none = h("li", { class: "quiet" }, C.noHands);
  private readonly rows = new Map<string, HTMLElement>();
  private readonly times = new Map<number, HTMLElement>();

  constructor(private readonly gathering: GatheringActions) {
    for (const s of SECONDS) {
      this.long.append(h("option", { attrs: { value: s } }, C.forChoices[s]));
    }
    const next = doing(C.giveNext, () => gathering.floor("next", undefined, this.seconds()), {
      cls: "button next",
      icon: "hand",
      test: "floor-next",
    });
    this.acts = h(
      "div",
      { class: "console-small" },
      next,
      h("label", { class: "for", attrs: { for: "floor-seconds" } }, C.for, " "),
      this.long,
      doing(C.clear, () => gathering.floor("clear")),
      doing(C.shuffle, () => gathering.floor("shuffle")),
    );
    this.element = partOf(C.hands, this.list, this.acts);
  }

  draw(): void {
    const { hands, floor, total } = this.gathering.state.hands;
    this.acts.hidden = total === 0;
    const rows = [
      ...floor.map(({ id }) => this.rowOf("floor", id, () => this.speaking(id))),
      ...hands.map(({ id }) => this.rowOf("up", id, () => this.up(id))),
    ];
    arrange(this.list, rows.length === 0 ? [this.none] : rows);
    for (const [key, row] of this.rows) if (!rows.includes(row)) this.rows.delete(key);
    const nowMs = this.gathering.serverNowMs();
    for (const { id, at_ms } of hands) {
      const shown = this.times.get(id);
      if (shown !== undefined) shown.textContent = clockText(nowMs - serverMoment(at_ms, nowMs));
    }
  }

  private seconds(): number | undefined {
    const seconds = Number(this.long.value);
    return seconds === 0 ? undefined : seconds;
  }

  /** Whoever is there already keeps their row. */
  private rowOf(kind: string, id: number, make: () => HTMLElement): HTMLElement {
    const key = `${kind} ${id} ${this.gathering.nameOf(id)}`;
    const row = this.rows.get(key) ?? make();
    this.rows.set(key, row);
    return row;
  }

  private up(id: number): HTMLElement {
    const { gathering } = this;
    const who = gathering.nameOf(id);
    const time = h("span", { class: "quiet small" });
    this.times.set(id, time);
    return h(
      "li",
      { class: "hand-row" },
      icon("hand"),
      h("span", { class: "person-words" }, h("strong", {}, who), time),
      doing(C.give, () => gathering.floor("give", id, this.seconds()), { label: C.giveTo(who) }),
      doing(C.skip, () => gathering.floor("skip", id), { label: C.skipOf(who) }),
      doing(C.lower, () => gathering.floor("lower", id), { label: C.lowerOf(who) }),
    );
  }

  private speaking(id: number): HTMLElement {
    const { gathering } = this;
    const who = gathering.nameOf(id);
    return h(
      "li",
      { class: "hand-row has-floor" },
      icon("mic"),
      h(
        "span",
        { class: "person-words" },
        h("strong", {}, who),
        h("span", { class: "quiet small" }, C.hasFloor),
      ),
      doing(C.back, () => gathering.giveRole(id, "audience"), { label: C.takeFloor(who) }),
    );
  }
}

/** Everybody, a row each that opens. */
export class RosterPart {
  readonly element: HTMLElement;
  private readonly counts = h("p", { class: "quiet", attrs: { "data-test": "roster-counts" } });
  private readonly list = h("ul", { class: "roster", attrs: { "data-test": "roster" } });
  private readonly rows = new Map<number, RosterRow>();

  constructor(private readonly gathering: GatheringActions) {
    this.element = partOf(C.people, this.counts, this.list);
  }

  draw(): void {
    const all = rosterRows(this.gathering);
    const late =
      this.gathering.state.now?.late ?? all.filter(({ attendee }) => attendee?.late).length;
    this.counts.textContent = C.counts(all.length + 1, late);
    const shown = all.slice(0, SHOWN);
    const present = new Set(shown.map(({ id }) => id));
    for (const id of this.rows.keys()) {
      if (!present.has(id)) this.rows.delete(id);
    }
    const rows = shown.map((each) => {
      const row = this.rows.get(each.id) ?? new RosterRow(this.gathering, each);
      this.rows.set(each.id, row);
      row.draw(each);
      return row.element;
    });
    arrange(this.list, rows);
  }
}

class RosterRow {
  readonly element: HTMLElement;
  private readonly name = h("strong");
  private readonly words = h("span", { class: "quiet small" });
  private readonly acts = h("div", { class: "roster-acts" });
  private row: Row;
  private key = "";

  constructor(
    private readonly gathering: GatheringActions,
    row: Row,
  ) {
    this.row = row;
    const opener = h(
      "summary",
      {},
      h("span", { class: "person-words" }, this.name, this.words),
      icon("more"),
    );
    this.element = h(
      "li",
      { attrs: { "data-participant": row.id } },
      h("details", { class: "roster-row" }, opener, this.acts),
    );
  }

  draw(row: Row): void {
    this.row = row;
    const words = rowWords(row);
    if (this.name.textContent !== row.name) this.name.textContent = row.name;
    if (this.words.textContent !== words) this.words.textContent = words;
    this.element.classList.toggle("asks-check", row.attendee?.check ?? false);
    const { may } = this;
    const key = `${row.name} ${may.join()}`;
    if (key === this.key) return;
    this.key = key;
    const had = document.activeElement;
    const held = had instanceof HTMLElement && this.acts.contains(had) ? had : null;
    fill(this.acts, ...actButtons(this.gathering, row, may));
    if (held === null) return;
    // The same button if it is there still, else the one that undoes what was done.
    const again = [...this.acts.querySelectorAll("button")];
    (again.find(({ dataset }) => dataset.test === held.dataset.test) ?? again[0])?.focus();
  }

  private get may(): PersonAct[] {
    const { role, attendee, megaphone } = this.row;
    const hush = attendee?.hush ?? "none";
    // The queue above has what is done about a hand.
    return actsFor({ role, hush, megaphone, handUp: false }, this.gathering.decides());
  }
}
