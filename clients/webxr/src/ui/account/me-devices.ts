/** Devices one is signed in on. */
import { devices, endDevice, endOtherDevices, type OwnDevice } from "../../net/own";
import { type Child, h } from "../dom";
import { icon } from "../icons";
import { act, ago, confirmDialog, dateTime, linkButton, loading, part, run } from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";
import type { MePart } from "./me";

const W = A.devices;

export const devicesPart: MePart = (main) => {
  loading(main, { load: devices, draw: parts, lines: 4 });
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
        linkButton("/pair", W.pair),
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
