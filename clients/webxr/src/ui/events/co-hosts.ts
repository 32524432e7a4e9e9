/** Who takes over when the host drops out, in their order; only who may host events is offered. */
import { type Card, type GroupPage, type Member, members, type Role } from "../../net/groups";
import { fill, h } from "../dom";
import { face } from "../face";
import { act, choice, type Field, problemNote } from "../shell";
import { EF } from "../strings-event-form";
import { GP } from "../strings-groups";

const W = EF;
const MOST = 8;
const PAGE = 200;
/** As many as the largest group has. */
const PAGES_MOST = 50;
/** Roles with the right to host events; the server refuses others. */
export const MAY_HOST: readonly Role[] = ["owner", "leader", "moderator", "host"];

interface CoHosts {
  element: HTMLElement;
  read(): string[];
  take(people: readonly Card[]): void;
  field: Field<HTMLSelectElement>;
}

/** Those who may be named besides, strongest role first. Pure. */
export function fitToLead(
  known: readonly Member[],
  host: string | null,
  chosen: readonly Card[],
): Member[] {
  return known
    .filter(({ id, role }) => MAY_HOST.includes(role) && id !== host && !isIn(chosen, id))
    .sort(
      (a, b) => MAY_HOST.indexOf(a.role) - MAY_HOST.indexOf(b.role) || a.name.localeCompare(b.name),
    );
}

/** Members to choose from are asked for when this is first shown. */
export function coHostsField(
  group: Pick<GroupPage, "id" | "slug">,
  host: string | null,
  given: readonly Card[],
): CoHosts {
  let chosen: Card[] = [...given];
  let known: readonly Member[] | null = null;
  const list = h("ol", { class: "co-hosts" });
  const spoken = h("p", { class: "only-spoken", attrs: { role: "status" } });
  const add = choice({
    label: W.coHostAdd,
    choices: [["", W.coHostChoose]],
    attrs: { "data-test": "co-host-add" },
  });
  const none = h("p", { class: "quiet small" }, W.coHostsNone);
  const nobody = h(
    "p",
    { class: "quiet small", attrs: { "data-test": "co-host-nobody" } },
    `${W.coHostNobody} `,
    h("a", { attrs: { href: `/g/${group.slug}/members` } }, W.coHostNobodyLink),
    ".",
  );
  const everybody = h("p", { class: "quiet small" }, W.coHostsAll);
  const trouble = h("div", {});
  const draw = () => {
    fill(list, ...chosen.map((person, i) => row(person, i)));
    none.hidden = chosen.length > 0;
    const free = fitToLead(known ?? [], host, chosen);
    fill(
      add.input,
      h("option", { attrs: { value: "" } }, W.coHostChoose),
      ...MAY_HOST.map((role) => optionsOf(role, free)),
    );
    const gone = known !== null && free.length === 0;
    add.input.disabled = known === null;
    add.element.hidden = gone || chosen.length >= MOST;
    nobody.hidden = !gone || chosen.length > 0;
    everybody.hidden = !gone || chosen.length === 0;
  };
  const row = (person: Card, i: number): HTMLElement =>
    coHostRow(person, known?.find(({ id }) => id === person.id)?.role ?? null, {
      first: i === 0,
      last: i === chosen.length - 1,
      move: (by) => move(i, i + by),
      remove: () => {
        chosen = chosen.filter(({ id }) => id !== person.id);
        draw();
        focusOn(i);
      },
    });
  const move = (from: number, to: number) => {
    const [person] = chosen.splice(from, 1);
    if (person === undefined) return;
    chosen.splice(to, 0, person);
    draw();
    spoken.textContent = W.coHostMoved(person.name, to + 1);
    const buttons = list.children[to]?.querySelectorAll("button");
    const again = buttons?.[to < from ? 0 : 1];
    (again?.disabled ? buttons?.[to < from ? 1 : 0] : again)?.focus();
  };
  /** To whom one may add, or where that is nobody, to a row that is there. */
  const focusOn = (i: number) => {
    if (!add.element.hidden && !add.input.disabled) add.input.focus();
    else lastButton(list.children[Math.min(i, chosen.length - 1)])?.focus();
  };
  add.input.addEventListener("change", () => {
    const person = known?.find(({ id }) => id === add.input.value);
    if (person !== undefined) chosen.push(person);
    draw();
    focusOn(chosen.length - 1);
  });
  // Without the list those who are chosen stay, and can be put in another order.
  const load = async () => {
    fill(trouble);
    try {
      known = await everyMember(group.id);
      draw();
    } catch (error) {
      fill(trouble, problemNote(error, load));
    }
  };
  draw();
  void load();
  return {
    element: h(
      "div",
      { class: "field" },
      h("span", { class: "legend" }, W.coHosts),
      h("p", { class: "small quiet" }, W.coHostsHelp),
      ...[list, none, spoken, add.element, nobody, everybody, trouble],
    ),
    field: add,
    read: () => chosen.map(({ id }) => id),
    take: (people) => {
      chosen = [...people];
      draw();
    },
  };
}

/** Those of one role, under its name; null where there is nobody. */
function optionsOf(role: Role, people: readonly Member[]): HTMLElement | null {
  const alike = people.filter((each) => each.role === role);
  if (alike.length === 0) return null;
  const options = alike.map(({ id, name }) => h("option", { attrs: { value: id } }, name));
  return h("optgroup", { attrs: { label: GP.roles[role] } }, ...options);
}

interface RowActs {
  first: boolean;
  last: boolean;
  move(by: -1 | 1): void;
  remove(): void;
}

/** One of the chosen; `role` null where it is not known. */
function coHostRow(person: Card, role: Role | null, acts: RowActs): HTMLElement {
  const cls = "button icon-only";
  const up = act("↑", () => acts.move(-1), { cls, label: W.coHostUp(person.name) });
  const down = act("↓", () => acts.move(1), { cls, label: W.coHostDown(person.name) });
  const remove = act("×", acts.remove, {
    cls: `${cls} danger`,
    label: W.coHostRemove(person.name),
  });
  up.disabled = acts.first;
  down.disabled = acts.last;
  const unfit = role !== null && !MAY_HOST.includes(role);
  const said = role === null ? "" : unfit ? W.coHostUnfit(GP.roles[role]) : GP.roles[role];
  return h(
    "li",
    { class: "co-host" },
    face(person),
    h(
      "span",
      { class: "person-words" },
      h("strong", {}, person.name),
      said !== "" && h("span", { class: unfit ? "small wrong-text" : "small quiet" }, said),
    ),
    h("span", { class: "row" }, up, down, remove),
  );
}

/** A host may have joined last: the list is read to its end. */
async function everyMember(group: string): Promise<Member[]> {
  const all: Member[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MOST; page++) {
    const { items, next } = await members(group, { cursor, limit: PAGE });
    all.push(...items);
    if (next === null) break;
    cursor = next;
  }
  return all;
}

const isIn = (people: readonly Card[], who: string) => people.some(({ id }) => id === who);
const lastButton = (row: Element | undefined) =>
  [...(row?.querySelectorAll("button") ?? [])].at(-1);
