/** What a room says at its door: name, purpose, how many and who may come in. */
import { ACCESSES, type Access } from "../../net/groups";
import type { ArrangedRoom, DoorChange } from "../../net/rooms";
import { h } from "../dom";
import { area, choice, field, numberField } from "../shell";
import { ARRANGE as A } from "../strings-arrange";
import { GP } from "../strings-groups";

const LEAST = 2;
const MOST = 400;

interface DoorFields {
  element: HTMLElement;
  /** What differs from what is saved; null when nothing does. */
  changes(): DoorChange | null;
  /** Whether it can be saved; what cannot is marked. */
  check(): boolean;
  saved(room: ArrangedRoom): void;
}

export function doorFields(given: ArrangedRoom, changed: () => void): DoorFields {
  let room = given;
  const name = field({
    label: A.name,
    value: room.name,
    attrs: { maxlength: 64, "data-test": "room-name" },
  });
  const description = area({
    label: A.description,
    value: room.description,
    attrs: { maxlength: 280, rows: 2 },
  });
  const capacity = numberField({
    label: A.capacity,
    help: A.capacityHelp,
    value: `${room.capacity}`,
    least: LEAST,
    most: MOST,
  });
  const access = choice({
    label: A.access,
    value: room.access,
    choices: ACCESSES.map((value): [string, string] => [value, GP.access[value]]),
  });
  for (const { input } of [name, description, capacity, access]) {
    input.addEventListener("input", changed);
  }
  const seats = () => Number(capacity.input.value);
  return {
    element: h(
      "div",
      { class: "stack wide" },
      name.element,
      description.element,
      h("div", { class: "pair" }, capacity.element, access.element),
    ),
    changes: () => {
      const now: DoorChange = {};
      if (name.input.value.trim() !== room.name) now.name = name.input.value.trim();
      if (description.input.value.trim() !== room.description) {
        now.description = description.input.value.trim();
      }
      if (seats() !== room.capacity) now.capacity = seats();
      if (access.input.value !== room.access) now.access = access.input.value as Access;
      return Object.keys(now).length === 0 ? null : now;
    },
    check: () => capacity.read() !== null,
    saved: (next) => {
      room = next;
      name.input.value = next.name;
      description.input.value = next.description;
      capacity.input.value = `${next.capacity}`;
      access.input.value = next.access;
    },
  };
}
