/** Voice, mats and the door on the host's console, each as one part. Draws GatheringState, sends wishes. */
import type { Waiting } from "../../protocol/control";
import { clockText } from "../../state/cue-view";
import { fill, h, svg } from "../dom";
import type { FormationWord, GatheringActions } from "../gathering-actions";
import { icon } from "../icons";
import { GA } from "../strings-gathering";
import { toast } from "../toasts";
import { arrange, Choice, carryOut, doing, partOf, Toggle } from "./gathering-parts";

const C = GA.console;
const STEP_IN_S = 90;

/** Who hears whom: the audience among itself, a hush for all, rest, and megaphones. */
export class VoicePart {
  readonly element: HTMLElement;
  private readonly audience: Choice<"near" | "nobody">;
  private readonly stageOnly: Toggle;
  private readonly silence: Toggle;
  private readonly megas = h("ul", { class: "hands", attrs: { "data-test": "megaphones" } });
  private key = "";

  constructor(private readonly gathering: GatheringActions) {
    const items = (["near", "nobody"] as const).map((value) => ({
      value,
      words: C.audiences[value],
    }));
    this.audience = new Choice(
      C.audience,
      items,
      (audience) => gathering.voiceRule({ audience }),
      C.audienceNotes,
      "audience",
    );
    this.stageOnly = new Toggle(
      C.stageOnly,
      C.stageOnlyHelp,
      (stage_only) => gathering.voiceRule({ stage_only }),
      "stage-only",
    );
    this.silence = new Toggle(
      C.silence,
      C.silenceHelp,
      (silence) => gathering.voiceRule({ silence }),
      "silence",
    );
    this.element = h(
      "div",
      { class: "stack settings" },
      h("p", { class: "quiet small" }, C.voiceLead),
      this.audience.element,
      this.stageOnly.element,
      this.silence.element,
      partOf(C.megaphones, this.megas, h("p", { class: "quiet small" }, C.megaHelp)),
    );
  }

  draw(): void {
    const { now } = this.gathering.state;
    if (now === null) return;
    this.audience.show(now.audience);
    this.stageOnly.show(now.stage_only);
    this.silence.show(now.silence);
    const on = now.people.filter(({ megaphone }) => megaphone).map(({ id }) => id);
    const key = on.map((id) => `${id}${this.gathering.nameOf(id)}`).join();
    if (key === this.key && this.megas.childElementCount > 0) return;
    this.key = key;
    const none = h("li", { class: "quiet" }, C.noMegaphones);
    fill(this.megas, ...(on.length === 0 ? [none] : on.map((id) => this.row(id))));
  }

  private row(id: number): HTMLElement {
    const who = this.gathering.nameOf(id);
    return h(
      "li",
      { class: "hand-row" },
      icon("megaphone"),
      h("span", { class: "person-words" }, h("strong", {}, who)),
      doing(C.megaOff, () => this.gathering.megaphone(id, false), {
        label: `${C.megaOff}: ${who}`,
      }),
    );
  }
}

const KINDS: readonly FormationWord[] = ["none", "rows", "arc", "circle"];
/** Where the marks of a picture lie, in a square of 40. */
const SPOTS: Readonly<Record<FormationWord, readonly (readonly [number, number])[]>> = {
  none: [],
  rows: [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((i) => [9 + i * 10 + (row % 2 ? 3 : -1), 15 + row * 9] as const),
  ),
  arc: [0, 1, 2, 3, 4].map((i) => {
    const turn = ((i - 2) / 4) * 2.2;
    return [20 + Math.sin(turn) * 15, 16 + Math.cos(turn) * 15] as const;
  }),
  circle: [1, 2, 3, 4, 5, 6, 7].map((i) => {
    const turn = (i / 8) * Math.PI * 2;
    return [20 + Math.sin(turn) * 14, 22 - Math.cos(turn) * 14] as const;
  }),
};

/** A small plan of a formation: the stage above, mats below it. */
function picture(kind: FormationWord): SVGElement {
  const stage = svg("rect", { x: 14, y: 2, width: 12, height: 5, rx: 2, class: "spot-stage" });
  const mats = SPOTS[kind].map(([x, y]) =>
    svg("rect", { x: x - 2, y: y - 3, width: 4, height: 6, rx: 1.2, class: "spot" }),
  );
  return svg(
    "svg",
    { viewBox: "0 0 40 40", class: "formation", "aria-hidden": "true" },
    stage,
    ...mats,
  );
}

/** The formation, and facing the front. */
export class MatsPart {
  readonly element: HTMLElement;
  private readonly kind: Choice<FormationWord>;
  private readonly taken = h("p", { class: "quiet small" });

  constructor(private readonly gathering: GatheringActions) {
    this.kind = new Choice(
      C.formation,
      KINDS.map((value) => ({ value, words: C.formations[value], picture: picture(value) })),
      (kind) => gathering.form(kind),
      {},
      "form",
    );
    this.kind.element.classList.add("formations");
    this.element = h(
      "div",
      { class: "stack settings" },
      this.kind.element,
      h("p", { class: "quiet small" }, C.formationHelp),
      this.taken,
      doing(C.recentre, () => gathering.recentreAll(), {
        icon: "recenter",
        test: "recentre-all",
        done: C.recentred,
      }),
      h("p", { class: "quiet small" }, C.recentreHelp),
    );
  }

  draw(): void {
    const { formation, attendees } = this.gathering.state;
    this.kind.show(formation.kind);
    const taken = [...attendees.values()].filter(({ mat }) => mat !== undefined).length;
    this.taken.hidden = formation.kind === "none";
    this.taken.textContent = C.matsTaken(taken, formation.mats.length);
  }
}

interface WaitingRow {
  readonly element: HTMLElement;
  readonly facts: HTMLElement;
}

/** Who waits to be let in, and who came. */
export class DoorPart {
  readonly element: HTMLElement;
  private readonly list = h("ul", { class: "hands", attrs: { "data-test": "waiting" } });
  private readonly came = h("div", { class: "stack", attrs: { role: "status" } });
  private readonly nobody = h("li", { class: "quiet" }, C.doorNobody);
  private readonly more = h("li", { class: "quiet" });
  private readonly rows = new Map<string, WaitingRow>();

  constructor(private readonly gathering: GatheringActions) {
    this.element = h(
      "div",
      { class: "stack" },
      this.list,
      partOf(
        C.attendance,
        h("p", { class: "quiet small" }, C.attendanceHelp),
        doing(C.attendanceShow, () => this.showCame(), { test: "attendance" }),
        this.came,
      ),
    );
  }

  draw(): void {
    const { people, total } = this.gathering.state.waiting;
    const rows = people.map((one) => {
      const key = JSON.stringify([one.account, one.name, one.asks, one.late]);
      const row = this.rows.get(key) ?? this.row(one);
      this.rows.set(key, row);
      const words = factsOf(one);
      if (row.facts.textContent !== words) row.facts.textContent = words;
      return row;
    });
    for (const [key, row] of this.rows) if (!rows.includes(row)) this.rows.delete(key);
    this.more.textContent = C.doorMore(total - people.length);
    const shown = rows.map(({ element }) => element);
    if (total > people.length) shown.push(this.more);
    arrange(this.list, shown.length === 0 ? [this.nobody] : shown);
  }

  /** Whoever waits already keeps their row, and with it the focus. */
  private row({ account, name, asks }: Waiting): WaitingRow {
    const { gathering } = this;
    const facts = h("span", { class: "quiet small" });
    const element = h(
      "li",
      { class: "hand-row", attrs: { "data-account": account } },
      icon(asks ? "hand" : "people"),
      h("span", { class: "person-words" }, h("strong", {}, name), facts),
      doing(C.admit, () => gathering.admit(account, true), {
        cls: "button next",
        label: C.admitOf(name),
        test: "admit",
      }),
      doing(C.stepIn, () => gathering.admit(account, true, STEP_IN_S), {
        label: C.stepInOf(name),
      }),
      doing(C.turnAway, () => this.turnAway(account, name), { label: C.turnAwayOf(name) }),
    );
    return { element, facts };
  }

  private async turnAway(account: string, name: string): Promise<void> {
    const { gathering } = this;
    await gathering.admit(account, false);
    const run = () => void carryOut(gathering.admit(account, true), C.admittedAfterAll(name));
    toast(C.turnedAway(name), { action: { label: C.admitAfterAll, run } });
  }

  private async showCame(): Promise<void> {
    await carryOut(
      this.gathering.attendance().then((all) => {
        const rows = all.map(({ name }) => h("li", {}, name));
        fill(
          this.came,
          rows.length === 0
            ? h("p", { class: "quiet" }, C.attendanceNone)
            : h("ul", { class: "staged" }, ...rows),
        );
      }),
    );
  }
}

/** What is known of somebody at the door, in one line. */
function factsOf({ since_ms, asks, late }: Waiting): string {
  const waits = C.waitsFor(clockText(Math.max(0, Date.now() - since_ms)));
  return [asks && C.asks, late && C.lateAtDoor, waits].filter((each) => each !== false).join(" · ");
}
