/** How people come in: who opens, when, what about latecomers. */
import { DOOR_MODES, type Doors } from "../../net/events";
import type { Role } from "../../net/groups";
import { h } from "../dom";
import { cardChoice, radioCards } from "../groups/radio-cards";
import { checkRow, choice, type Field, numberField } from "../shell";
import { EF } from "../strings-event-form";
import { GP } from "../strings-groups";

const W = EF;
const ROLES: readonly Role[] = ["leader", "moderator", "host", "member", "guest"];
const OPEN_MOST = 120;
const LATE_MOST = 720;
const LATE_USUAL = 10;

export interface DoorsFields {
  element: HTMLElement;
  /** Null where a number is none, which is marked. */
  read(): Doors | null;
  take(doors: Doors): void;
  doors: Field;
}

export const USUAL_DOORS: Doors = { mode: "automatic", open_min: 15, late_min: null, roles: [] };

export function doorsFields(given: Doors): DoorsFields {
  const mode = radioCards(
    W.doors,
    DOOR_MODES.map((each) => cardChoice(each, W.doorModes[each])),
    given.mode,
    () => draw(),
  );
  const roles = ROLES.map((role) => ({ role, ...checkRow(GP.roles[role], false) }));
  const rolesField = h(
    "fieldset",
    { class: "field" },
    h("legend", { class: "legend" }, W.roles),
    h("div", { class: "check-grid" }, ...roles.map(({ element }) => element)),
  );
  const open = numberField({ label: W.openMin, value: "15", least: 0, most: OPEN_MOST });
  const late = choice({ label: W.late, choices: Object.entries(W.lates) });
  const lateMin = numberField({
    label: W.lateMin,
    value: `${LATE_USUAL}`,
    least: 0,
    most: LATE_MOST,
  });
  const draw = () => {
    rolesField.hidden = mode.value() !== "by_role";
    lateMin.element.hidden = late.input.value === "any";
  };
  late.input.addEventListener("input", draw);
  const take = (doors: Doors) => {
    mode.choose(doors.mode);
    open.input.value = `${doors.open_min}`;
    late.input.value = doors.late_min === null ? "any" : "cut";
    lateMin.input.value = `${doors.late_min ?? LATE_USUAL}`;
    for (const { role, input } of roles) input.checked = doors.roles.includes(role);
    draw();
  };
  take(given);
  return {
    element: h(
      "div",
      { class: "stack wide" },
      mode.element,
      rolesField,
      h("div", { class: "pair" }, open.element),
      h("div", { class: "pair" }, late.element, lateMin.element),
    ),
    doors: open,
    take,
    read: () => {
      const before = open.read();
      const cut = late.input.value === "any" ? null : lateMin.read();
      if (before === null || (cut === null && late.input.value !== "any")) return null;
      const chosen = mode.value();
      return {
        mode: chosen,
        open_min: before,
        late_min: cut,
        roles:
          chosen === "by_role"
            ? roles.flatMap((each) => (each.input.checked ? [each.role] : []))
            : [],
      };
    },
  };
}
