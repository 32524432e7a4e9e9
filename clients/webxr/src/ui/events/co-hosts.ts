/** Who takes over when the host drops out, in their order. */
import { type Card, members } from "../../net/groups";
import { fill, h } from "../dom";
import { face } from "../face";
import { act, choice, type Field } from "../shell";
import { EF } from "../strings-event-form";

const W = EF;
const MOST = 8;

interface CoHosts {
  element: HTMLElement;
  read(): string[];
  take(people: readonly Card[]): void;
  field: Field<HTMLSelectElement>;
}

/** Members to choose from are asked for when this is first shown. */
export function coHostsField(group: string, host: string | null, given: readonly Card[]): CoHosts {
  let chosen: Card[] = [...given];
  let known: Card[] = [];
  const list = h("ol", { class: "co-hosts" });
  const spoken = h("p", { class: "only-spoken", attrs: { role: "status" } });
  const add = choice({ label: W.coHostAdd, choices: [["", W.coHostChoose]] });
  const draw = () => {
    fill(list, ...chosen.map((person, i) => row(person, i)));
    none.hidden = chosen.length > 0;
    const free = known.filter(({ id }) => id !== host && !chosen.some((each) => each.id === id));
    fill(
      add.input,
      h("option", { attrs: { value: "" } }, W.coHostChoose),
      ...free.map(({ id, name }) => h("option", { attrs: { value: id } }, name)),
    );
    add.element.hidden = chosen.length >= MOST;
  };
  const none = h("p", { class: "quiet small" }, W.coHostsNone);
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
  const row = (person: Card, i: number): HTMLElement => {
    const up = act("↑", () => move(i, i - 1), {
      cls: "button icon-only",
      label: W.coHostUp(person.name),
    });
    const down = act("↓", () => move(i, i + 1), {
      cls: "button icon-only",
      label: W.coHostDown(person.name),
    });
    const remove = act(
      "×",
      () => {
        chosen = chosen.filter(({ id }) => id !== person.id);
        draw();
        add.input.focus();
      },
      { cls: "button icon-only danger", label: W.coHostRemove(person.name) },
    );
    up.disabled = i === 0;
    down.disabled = i === chosen.length - 1;
    return h(
      "li",
      { class: "co-host" },
      face(person),
      h("strong", {}, person.name),
      h("span", { class: "row" }, up, down, remove),
    );
  };
  add.input.addEventListener("change", () => {
    const person = known.find(({ id }) => id === add.input.value);
    if (person !== undefined) chosen.push(person);
    draw();
    add.input.focus();
  });
  draw();
  // Without the list those who are chosen stay, and can be put in another order.
  void members(group).then(
    ({ items }) => {
      known = items.filter(({ role }) => role !== "guest");
      draw();
    },
    () => {},
  );
  return {
    element: h(
      "div",
      { class: "field" },
      h("span", { class: "legend" }, W.coHosts),
      h("p", { class: "small quiet" }, W.coHostsHelp),
      list,
      none,
      spoken,
      add.element,
    ),
    field: add,
    read: () => chosen.map(({ id }) => id),
    take: (people) => {
      chosen = [...people];
      draw();
    },
  };
}
