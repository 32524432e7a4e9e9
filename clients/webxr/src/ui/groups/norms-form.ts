/** Changes a group's norms: at most ten, in an order, each bound to what the server does, or not. */
import { Problem } from "../../net/api";
import {
  changeNorms,
  MECHANISMS,
  type Mechanism,
  type NormItem,
  normsOfGroup,
} from "../../net/groups";
import { fill, h } from "../dom";
import { act, checkRow, type Field, field, formOf } from "../shell";
import { GA } from "../strings-group-admin";
import { GP } from "../strings-groups";
import { toast } from "../toasts";
import type { GroupPart } from "./group-frame";

const W = GA.norms;
const MOST = 10;
const LONGEST = 200;

interface Row {
  element: HTMLElement;
  text: HTMLTextAreaElement;
  read(): NormItem;
  wrong(words: string): void;
  up: HTMLButtonElement;
  down: HTMLButtonElement;
}

/** The form; `close` shows the norms again. */
export function normsForm(part: GroupPart, close: () => void): HTMLElement {
  const { group } = part;
  const list = h("ol", { class: "norm-edit" });
  const spoken = h("p", { class: "only-spoken", attrs: { role: "status" } });
  const add = act(W.add, () => {
    put({ text: "", mechanism: null }, rows.length);
    rows.at(-1)?.text.focus();
  });
  let rows: Row[] = [];
  const draw = () => {
    fill(list, ...rows.map(({ element }) => element));
    for (const [i, row] of rows.entries()) label(row, i, rows.length);
    add.disabled = rows.length >= MOST;
    add.textContent = rows.length >= MOST ? W.full : W.add;
  };
  const put = (item: NormItem, at: number) => {
    const row: Row = normRow(item, (by) => {
      const i = rows.indexOf(row);
      if (by === 0) {
        rows = rows.filter((each) => each !== row);
        draw();
        spoken.textContent = W.removed;
        (rows[Math.min(i, rows.length - 1)]?.text ?? add).focus();
        return;
      }
      rows.splice(i, 1);
      rows.splice(i + by, 0, row);
      draw();
      spoken.textContent = W.moved(i + 1, i + by + 1);
      const again = by < 0 ? row.up : row.down;
      (again.disabled ? (by < 0 ? row.down : row.up) : again).focus();
    });
    rows.splice(at, 0, row);
    draw();
  };
  group.norms.items.forEach((item, i) => {
    put(item, i);
  });
  draw();
  const causes = h("p", { class: "small quiet", attrs: { "aria-live": "polite" } });
  const help = group.visibility === "listed" ? W.materialHelp : W.materialHelpHidden;
  const material = checkRow(W.material, false, help);
  const tell = () => {
    causes.textContent = material.input.checked ? W.materialOn(group.members) : W.materialOff;
  };
  material.input.addEventListener("change", tell);
  tell();
  const note = field({
    label: W.note,
    attrs: { maxlength: LONGEST, placeholder: W.notePlaceholder, "data-test": "norms-note" },
  });
  return h(
    "div",
    { class: "stack wide" },
    h("p", { class: "quiet" }, W.editLead),
    formOf({
      submit: W.save,
      test: "save-norms",
      fields: { note },
      content: [list, spoken, add, note.element, material.element, causes],
      beside: [act(W.cancel, close)],
      run: async () => {
        const wrong = faulty(rows);
        if (wrong !== null) {
          wrong.text.focus();
          return;
        }
        await save(part, rows, material.input.checked, note);
      },
    }),
  );
}

async function save(part: GroupPart, rows: Row[], material: boolean, note: Field): Promise<void> {
  const { group } = part;
  const items = rows.map((row) => row.read());
  try {
    const norms = await changeNorms(group.id, {
      version: group.norms.version,
      items,
      material,
      note: note.input.value,
    });
    toast(W.saved);
    part.redraw({ ...group, norms });
    window.scrollTo(0, 0);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "stale_version") throw error;
    // The next save goes on top of theirs; what was typed stays in the form.
    group.norms = await normsOfGroup(group.id);
    throw new Error(`${W.stale} ${group.norms.items.map(({ text }) => `“${text}”`).join(" ")}`);
  }
}

/** The first row that cannot stand, marked; null when all can. */
function faulty(rows: readonly Row[]): Row | null {
  const seen = new Set<string>();
  let first: Row | null = null;
  for (const row of rows) {
    const text = row.read().text.toLowerCase();
    const words = text === "" ? W.emptyItem : seen.has(text) ? W.twice : "";
    row.wrong(words);
    if (words !== "") first ??= row;
    seen.add(text);
  }
  return first;
}

function normRow(item: NormItem, move: (by: -1 | 0 | 1) => void): Row {
  const text = h("textarea", {
    class: "input",
    attrs: { rows: 2, maxlength: LONGEST, placeholder: W.itemPlaceholder },
  });
  text.value = item.text;
  const kinds: readonly (readonly [string, string])[] = [
    ["", GP.mechanismNone],
    ...MECHANISMS.map((each): [string, string] => [each, GP.mechanisms[each][0]]),
  ];
  const select = h(
    "select",
    { class: "input" },
    ...kinds.map(([value, words]) => h("option", { attrs: { value } }, words)),
  );
  select.value = item.mechanism ?? "";
  const help = h("p", { class: "small quiet" });
  const explain = () => {
    help.textContent = select.value === "" ? "" : GP.mechanisms[select.value as Mechanism][1];
  };
  select.addEventListener("change", explain);
  explain();
  const wrong = h("p", { class: "small wrong-text", attrs: { hidden: true } });
  const up = act("↑", () => move(-1), { cls: "button icon-only" });
  const down = act("↓", () => move(1), { cls: "button icon-only" });
  const remove = act("×", () => move(0), { cls: "button icon-only danger" });
  remove.dataset.act = "remove";
  const element = h(
    "li",
    { class: "norm-row" },
    h("div", { class: "norm-fields" }, text, wrong, select, help),
    h("div", { class: "norm-acts" }, up, down, remove),
  );
  // With the text in hand: Alt and an arrow moves it, as in many editors.
  element.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const button = event.key === "ArrowUp" ? up : down;
    event.preventDefault();
    if (button.disabled) return;
    move(event.key === "ArrowUp" ? -1 : 1);
    text.focus();
  });
  return {
    ...{ element, text, up, down },
    read: () => ({
      text: text.value.replaceAll(/\s+/g, " ").trim(),
      mechanism: select.value === "" ? null : (select.value as Mechanism),
    }),
    wrong: (words) => {
      wrong.hidden = words === "";
      wrong.textContent = words;
      text.setAttribute("aria-invalid", String(words !== ""));
    },
  };
}

/** Number a row again after it moved. */
function label(row: Row, index: number, count: number): void {
  const n = index + 1;
  row.text.setAttribute("aria-label", W.item(n));
  row.element.querySelector("select")?.setAttribute("aria-label", W.mechanism(n));
  row.element.querySelector("[data-act]")?.setAttribute("aria-label", W.remove(n));
  row.up.setAttribute("aria-label", W.up(n));
  row.down.setAttribute("aria-label", W.down(n));
  row.up.disabled = index === 0;
  row.down.disabled = index === count - 1;
}
