/** Draws one line of the channel, and one on its way. Owns nothing; says what was pressed. */
import type { Line, LineAuthor, PendingLine } from "../../state/channel";
import { PLAIN_LOOK } from "../../state/look";
import { type Child, h, svg } from "../dom";
import { face } from "../face";
import { icon, REACTION_SYMBOLS } from "../icons";
import { S } from "../strings";
import { C } from "../strings-channel";
import { rich } from "./rich";
import { clockTime, fullTime } from "./when";

/** Longer ones are folded. */
const FOLD_LETTERS = 700;
const FOLD_LINES = 12;

export interface LineLook {
  line: Line;
  /** What it says right now. */
  text: string;
  mine: boolean;
  follows: boolean;
  unfolded: boolean;
  /** One's own handle. */
  me: string;
  mayReact: boolean;
}

interface LineDeeds {
  person(author: LineAuthor): void;
  menu(line: Line, from: HTMLElement): void;
  react(line: Line, kind: string, on: boolean): void;
  unfold(line: Line): void;
}

const isLong = (text: string) => text.length > FOLD_LETTERS || text.split("\n").length > FOLD_LINES;

/** A row; what it shows depends on `look` alone (see `lookKey`). */
export function lineRow(look: LineLook, deeds: LineDeeds): HTMLElement {
  const { line, text, mine, follows } = look;
  const classes = ["channel-line", mine && "mine", follows && "follows"];
  if (line.mentions_me) classes.push("mentions-me");
  const long = isLong(text);
  return h(
    "li",
    {
      class: classes.filter(Boolean).join(" "),
      attrs: { "data-line": line.id, tabindex: -1 },
    },
    h("span", { class: "line-face" }, !follows && face(line.author ?? PLAIN_LOOK)),
    h(
      "div",
      { class: "line-body" },
      heading(look, deeds),
      h(
        "p",
        { class: long && !look.unfolded ? "line-text folded" : "line-text" },
        ...rich(text, look.me),
        line.edited_ms !== null && edited(line.edited_ms),
      ),
      long &&
        h(
          "button",
          {
            class: "button plain fold",
            attrs: { type: "button", "aria-expanded": String(look.unfolded) },
            on: { click: () => deeds.unfold(line) },
          },
          look.unfolded ? C.less : C.more,
        ),
      line.reactions.length > 0 && reactions(look, deeds),
    ),
    h(
      "button",
      {
        class: "button plain icon-only line-more",
        attrs: {
          type: "button",
          "aria-haspopup": "true",
          "aria-label": mine ? C.ownActions : C.actions(line.author?.name ?? C.gone),
        },
        on: { click: (event) => deeds.menu(line, event.currentTarget as HTMLElement) },
      },
      dots(),
    ),
  );
}

const dots = () =>
  svg(
    "svg",
    { viewBox: "0 0 24 24", class: "dots", "aria-hidden": "true" },
    ...[5, 12, 19].map((cx) => svg("circle", { cx, cy: 12, r: 1.9, fill: "currentColor" })),
  );

/** Who, where and when; only spoken where the line above says it already. */
function heading({ line, mine, follows }: LineLook, deeds: LineDeeds): HTMLElement {
  const { author } = line;
  const name: Child =
    author === null
      ? h("span", { class: "quiet" }, C.gone)
      : h(
          "button",
          {
            class: "line-name",
            attrs: { type: "button" },
            on: { click: () => deeds.person(author) },
          },
          author.name,
        );
  const when = new Date(line.created_ms);
  return h(
    "p",
    { class: follows ? "only-spoken" : "line-who" },
    follows ? (author?.name ?? C.gone) : name,
    mine && !follows && h("span", { class: "quiet" }, ` (${C.you})`),
    line.room !== null && h("span", { class: "line-room" }, C.inRoom(line.room.name)),
    h(
      "time",
      { class: "quiet", attrs: { datetime: when.toISOString(), title: fullTime(line.created_ms) } },
      clockTime(line.created_ms),
    ),
  );
}

function edited(ms: number): HTMLElement {
  return h(
    "span",
    { class: "quiet small", attrs: { title: C.editedAt(fullTime(ms)) } },
    ` (${C.edited})`,
  );
}

function reactions({ line, mayReact }: LineLook, deeds: LineDeeds): HTMLElement {
  return h(
    "div",
    { class: "line-reactions" },
    ...line.reactions.map(({ kind, count, mine }) => {
      const word = S.reactions[kind as keyof typeof S.reactions] ?? kind;
      return h(
        "button",
        {
          class: mine ? "line-reaction mine" : "line-reaction",
          attrs: {
            type: "button",
            disabled: !mayReact,
            "aria-pressed": String(mine),
            "aria-label": C.reaction(word, count, mine),
          },
          on: { click: () => deeds.react(line, kind, !mine) },
        },
        h("span", { attrs: { "aria-hidden": "true" } }, REACTION_SYMBOLS[kind] ?? kind),
        h("span", { attrs: { "aria-hidden": "true" } }, ` ${count}`),
      );
    }),
  );
}

/** Everything a row shows as one text: rows are built anew only when it changes. */
export function lookKey(look: LineLook): string {
  const { line, text, follows, unfolded, mayReact } = look;
  return JSON.stringify([line, text, follows, unfolded, mayReact]);
}

interface PendingDeeds {
  again(key: string): void;
  takeBack(key: string): void;
}

/** A line that the server has not acknowledged. */
export function pendingRow(line: PendingLine, me: string, deeds: PendingDeeds): HTMLElement {
  const button = (words: string, run: () => void) =>
    h("button", { class: "button", attrs: { type: "button" }, on: { click: run } }, words);
  const failed = line.state === "failed";
  return h(
    "li",
    { class: `channel-line mine pending ${line.state}` },
    h("span", { class: "line-face" }),
    h(
      "div",
      { class: "line-body" },
      h("p", { class: "line-text" }, ...rich(line.text, me)),
      !failed && h("p", { class: "quiet small" }, C.sending),
      failed &&
        h(
          "div",
          { class: "line-failed", attrs: { role: "alert" } },
          h("p", { class: "small wrong-text" }, icon("wrong"), ` ${C.notSent} ${line.why}`),
          h(
            "p",
            { class: "row" },
            button(C.again, () => deeds.again(line.key)),
            button(C.takeBack, () => deeds.takeBack(line.key)),
          ),
        ),
    ),
  );
}
