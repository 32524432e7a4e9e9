/** Devices one is signed in on. */
import { devices, endDevice, endOtherDevices, type OwnDevice } from "../../net/own";
import { type Child, fill, h } from "../dom";
import { icon } from "../icons";
import { ago, confirmDialog, dateTime, problemNote, run, skeleton } from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";
import { way } from "./gate";
import type { MePart } from "./me";
import { act, part } from "./parts";

const W = A.devices;

export const devicesPart: MePart = (main, _context, _me, onEnd) => {
  let ended = false;
  const load = async () => {
    try {
      const found = await devices();
      if (!ended) fill(main, ...parts(found, load));
    } catch (error) {
      if (!ended) fill(main, problemNote(error, load));
    }
  };
  fill(main, skeleton(4));
  void load();
  onEnd(() => {
    ended = true;
  });
};

function parts(found: OwnDevice[], load: () => Promise<void>): Child[] {
  const others = found.some(({ current }) => !current);
  return [
    part(
      W.title,
      h("p", { class: "quiet" }, others ? W.lead : W.alone),
      h(
        "ul",
        { class: "list", attrs: { "data-test": "devices" } },
        ...found.map((device) => row(device, load)),
      ),
      h(
        "div",
        { class: "row" },
        way("/pair", W.pair, "button"),
        others &&
          act(W.others, () => void endOthers(load), { cls: "button danger", test: "end-others" }),
      ),
    ),
  ];
}

function row(device: OwnDevice, load: () => Promise<void>): HTMLElement {
  const label = device.label || W.unnamed;
  const end = act(
    W.end,
    (button) => {
      void run(button, async () => {
        await endDevice(device.id);
        await load();
        toast(W.ended(label));
      });
    },
    { label: W.endLabel(label) },
  );
  return h(
    "li",
    { class: "person-card" },
    icon(device.kind === "headset" ? "vr" : "screen"),
    h(
      "span",
      { class: "person-words" },
      h("strong", {}, label, device.current && ` (${W.current})`),
      h(
        "span",
        { class: "small quiet" },
        `${W.kinds[device.kind]} · ${W.since(dateTime(device.created_ms))}`,
        !device.current && ` · ${W.seen(ago(device.seen_ms))}`,
      ),
    ),
    h("span", { class: "row" }, !device.current && end),
  );
}

async function endOthers(load: () => Promise<void>): Promise<void> {
  const done = await confirmDialog({
    title: W.othersTitle,
    words: W.othersText,
    yes: W.others,
    danger: true,
    run: endOtherDevices,
  });
  if (!done) return;
  await load();
  toast(W.othersDone);
}
