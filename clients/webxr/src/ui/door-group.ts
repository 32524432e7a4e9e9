/** What the door of a group's room shows besides: whose room it is, as whom one enters, pairing. */
import type { Appearance, DoorFacts } from "../net/api";
import { pollPairing, startPairing } from "../net/pairing";
import type { DeviceCheck } from "./device";
import { type Child, fill, h } from "./dom";
import { houseRules } from "./house-rules";
import { icon } from "./icons";
import { openDialog } from "./shell/dialog";
import { S } from "./strings";
import { D } from "./strings-door";

/** Codes are read over somebody's shoulder: two groups of three are easier to keep. */
export function spaced(code: string): string {
  return code.length === 6 ? `${code.slice(0, 3)} ${code.slice(3)}` : code;
}

/** Shows a code and waits for its approval; `approved` is called once this browser is signed in. */
export class PairingBox {
  readonly element = h("section", {
    class: "card pairing",
    attrs: { "aria-live": "polite", hidden: true },
  });
  private timer: ReturnType<typeof setTimeout> | null = null;
  private round = 0;

  constructor(private readonly approved: () => void) {}

  /** Ask for a code and show it. */
  async start(): Promise<void> {
    const round = ++this.round;
    this.element.hidden = false;
    try {
      const { code, secret, expiresInS, pollEveryS } = await startPairing();
      if (round !== this.round) return;
      const words = h("p", { class: "quiet" }, D.pairing.waiting);
      fill(
        this.element,
        h("h2", {}, D.pairing.title),
        h("p", {}, D.pairing.steps(`${location.host}/pair`)),
        h("p", { class: "pairing-code", attrs: { "data-test": "pairing-code" } }, spaced(code)),
        words,
        this.button(D.pairing.cancel, () => this.stop()),
      );
      this.wait(secret, pollEveryS * 1000, performance.now() + expiresInS * 1000, round);
    } catch (error) {
      this.ended(error instanceof Error ? error.message : String(error));
    }
  }

  /** Stop waiting and hide. */
  stop(): void {
    this.round++;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.element.hidden = true;
  }

  private wait(secret: string, everyMs: number, untilMs: number, round: number): void {
    this.timer = setTimeout(async () => {
      let state: Awaited<ReturnType<typeof pollPairing>> = "waiting";
      try {
        state = await pollPairing(secret);
      } catch {
        // The network may be away for a moment; the code is good until it is too old.
      }
      if (round !== this.round) return;
      if (state === "approved") {
        this.stop();
        this.approved();
      } else if (state === "waiting" && performance.now() < untilMs) {
        this.wait(secret, everyMs, untilMs, round);
      } else this.ended(state === "refused" ? D.pairing.refused : D.pairing.expired);
    }, everyMs);
  }

  private ended(words: string): void {
    fill(
      this.element,
      h("p", { attrs: { role: "alert" } }, words),
      h(
        "div",
        { class: "row" },
        this.button(D.pairing.cancel, () => this.stop()),
        this.button(D.pairing.again, () => void this.start()),
      ),
    );
  }

  private button(label: string, run: () => void): HTMLElement {
    return h("button", { class: "button", attrs: { type: "button" }, on: { click: run } }, label);
  }
}

/** Whose room it is, as whom one enters, and what its norms ask for. */
export function membership(
  { room, mayEnter, listener, archived, everyone }: DoorFacts,
  account: Appearance | null,
  pair: () => void,
  unsigned = false,
): Child[] {
  const { group } = room;
  if (group === undefined) return [];
  const here = encodeURIComponent(`/r/${room.id}`);
  const rules = houseRules(room.mechanisms);
  const note = (...words: Child[]) => h("p", { class: "note" }, icon("info"), ...words);
  const toSign = () => to(`/g/${group.slug}`, D.sign, "button next");
  const closed = () =>
    archived ? [D.archived] : unsigned ? [D.unsigned, " ", toSign()] : [D.notFor];
  return [
    h(
      "p",
      { class: "quiet" },
      D.of(group.name),
      " · ",
      to(`/g/${group.slug}`, D.toGroup(group.name)),
    ),
    rules.length > 0 &&
      h(
        "p",
        { class: "house-rules", attrs: { "data-test": "house-rules" } },
        icon("check"),
        h("span", {}, rules.join(" ")),
      ),
    ...(account === null
      ? [
          h("p", {}, everyone ? D.signInEveryone(group.name) : D.signInFirst(group.name)),
          waysToSignIn(here, pair),
        ]
      : [
          h(
            "p",
            { attrs: { "data-test": "as-me" } },
            D.asMe(account.name),
            " ",
            to("/me", D.changeLook),
          ),
          !mayEnter && note(...closed()),
          mayEnter && listener && note(D.listener, " ", to(`/g/${group.slug}/norms`, D.norms)),
        ]),
  ];
}

function waysToSignIn(here: string, pair: () => void): HTMLElement {
  return h(
    "div",
    { class: "row" },
    to(`/sign-in?next=${here}`, D.signIn, "button next"),
    h(
      "button",
      {
        class: "button",
        attrs: { type: "button", "data-test": "pair" },
        on: { click: pair },
      },
      icon("phone"),
      D.pair,
    ),
  );
}

function to(href: string, label: string, look = ""): HTMLElement {
  return h("a", { class: look, attrs: { href } }, label);
}

/**
 * Ask what this device shall be while another one is in a room; null for neither. A companion is
 * in its avatar's room, so it is offered `beside` it only.
 */
export async function askHow(beside: boolean): Promise<"move" | "companion" | null> {
  let chosen: "move" | "companion" | null = null;
  const { closed } = openDialog(D.elsewhere.title, (close) => {
    const choice = (how: "move" | "companion", label: string, help: string) =>
      h(
        "button",
        {
          class: how === "move" ? "button next choice" : "button choice",
          attrs: { type: "button", "data-test": `how-${how}` },
          on: {
            click: () => {
              chosen = how;
              close();
            },
          },
        },
        icon(how === "move" ? "enter" : "screen"),
        h("span", {}, h("strong", {}, label), h("span", { class: "small" }, help)),
      );
    return [
      h("p", { class: "quiet" }, beside ? D.elsewhere.lead : D.elsewhere.leadOther),
      choice("move", D.elsewhere.move, D.elsewhere.moveHelp),
      ...(beside ? [choice("companion", D.elsewhere.companion, D.elsewhere.companionHelp)] : []),
      h(
        "button",
        { class: "button plain", attrs: { type: "button" }, on: { click: close } },
        D.elsewhere.cancel,
      ),
    ];
  });
  await closed;
  return chosen;
}

/** The looks of somebody and nothing else. */
export function appearance({ name, primary, secondary, pattern }: Appearance): Appearance {
  return { name, primary, secondary, pattern };
}

/** What this device can do here; `vrLink` is an address where VR works. */
export function deviceLines(check: DeviceCheck, vrLink: string | null): Child[] {
  const line = (name: Parameters<typeof icon>[0], ...words: Child[]) =>
    h("li", {}, icon(name), h("span", {}, ...words));
  const link =
    vrLink === null
      ? S.device.vrInsecureHelp
      : h("a", { attrs: { href: vrLink } }, S.device.vrInsecureLink);
  const vr = !check.secure
    ? line("info", S.device.vrInsecure, " ", link)
    : check.vr === true && line("vr", S.device.vrReady);
  const screen = check.webgl
    ? line(check.touch ? "phone" : "screen", check.touch ? S.device.phone : S.device.desktop)
    : line("text", S.device.noWebgl);
  return [vr, screen];
}
