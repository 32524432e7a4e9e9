/** How to get about, for the devices one might be using. Static words only. */
import { h } from "../dom";
import { icon } from "../icons";
import { S } from "../strings";
import { GA } from "../strings-gathering";
import { frame, type Panel } from "./panel";

export function helpPanel(close: () => void, touch: boolean, gatherings: boolean): Panel {
  const table = (title: string, rows: readonly (readonly [string, string])[]) => [
    h("h3", {}, title),
    h(
      "dl",
      { class: "keys" },
      ...rows.flatMap(([keys, what]) => [h("dt", {}, keys), h("dd", {}, what)]),
    ),
  ];
  const t = S.help;
  const keys = [
    ...table(t.keysTitle, t.keys),
    ...(gatherings ? table(GA.keysTitle, [...GA.keys, ...GA.leadKeys]) : []),
  ];
  const fingers = table(t.touchTitle, t.touch);
  const element = frame(
    "help",
    t.title,
    close,
    h(
      "div",
      { class: "panel-body" },
      h("p", { class: "note" }, icon("hide"), t.safety),
      ...(touch ? fingers : keys),
      ...table(t.vrTitle, gatherings ? [...t.vr, ...GA.vrKeys] : t.vr),
      ...(touch ? keys : fingers),
    ),
  );
  return {
    element,
    opened: () => element.querySelector<HTMLElement>("h2")?.focus(),
    closed: () => {},
    dispose: () => {},
  };
}

/** The menu behind Escape: everything by name, and the way out. */
export function menuPanel(
  close: () => void,
  items: { label: string; icon: Parameters<typeof icon>[0]; danger?: boolean; run: () => void }[],
): Panel {
  const buttons = items.map((item) =>
    h(
      "button",
      {
        class: item.danger ? "button danger" : "button",
        attrs: { type: "button" },
        on: { click: item.run },
      },
      icon(item.icon),
      item.label,
    ),
  );
  const body = h("div", { class: "panel-body menu" }, ...buttons);
  const element = frame("menu", S.room.menu, close, body);
  return {
    element,
    opened: () => buttons[0]?.focus(),
    closed: () => {},
    dispose: () => {},
  };
}
