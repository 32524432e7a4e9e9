/**
 * Buttons on the host's console for what one may do about somebody, and for leading oneself where
 * another does. What the server would refuse is not offered.
 */
import type { PersonAct } from "../../state/gathering-may";
import { h } from "../dom";
import type { AnyRole, GatheringActions } from "../gathering-actions";
import type { IconName } from "../icons";
import { confirmDialog } from "../shell/dialog";
import { GA } from "../strings-gathering";
import { type DoOptions, doing, name } from "./gathering-parts";

const C = GA.console;

interface Somebody {
  readonly id: number;
  readonly name: string;
}

/** A button for each thing that may be done about them, or a line that says who decides. */
export function actButtons(
  gathering: GatheringActions,
  who: Somebody,
  may: readonly PersonAct[],
): HTMLElement[] {
  if (may.length === 0) return [h("p", { class: "quiet small" }, C.hostDecides)];
  return may.map((act) => actButton(gathering, who, act));
}

function actButton(gathering: GatheringActions, who: Somebody, act: PersonAct): HTMLElement {
  const { id } = who;
  const asked = C.asked(who.name);
  const role = (which: AnyRole, words: string, test: string, done = asked) =>
    doing(words, () => gathering.giveRole(id, which), { test, done });
  const voice = (words: string, on: boolean, options: DoOptions = {}) =>
    doing(words, () => gathering.megaphone(id, on), { icon: "megaphone", ...options });
  switch (act) {
    case "soft": {
      const soft = hush(gathering, id, "soft", C.soft, { icon: "micOff" });
      return helped(soft, C.softHelp);
    }
    case "hard": {
      const hard = hush(gathering, id, "hard", C.hard, { cls: "button danger" });
      return helped(hard, C.hardHelp);
    }
    case "free":
      return hush(gathering, id, "none", C.unmute, { icon: "mic" });
    case "give":
      return doing(C.give, () => gathering.floor("give", id), { icon: "hand" });
    case "lower":
      return doing(C.lower, () => gathering.floor("lower", id), { label: C.lowerOf(who.name) });
    case "mega":
      return voice(C.megaOn, true, { test: "mega-on", done: asked });
    case "mega_off":
      return voice(C.megaOff, false);
    case "speaker":
      return role("speaker", C.makeSpeaker, "role-speaker");
    case "co_host":
      return role("co_host", C.makeCoHost, "role-co-host");
    case "host":
      return helped(role("host", C.makeHost, "role-host"), C.makeHostHelp);
    case "audience":
      return role("audience", C.makeAudience, "role-audience", "");
  }
}

function hush(
  gathering: GatheringActions,
  id: number,
  kind: "none" | "soft" | "hard",
  words: string,
  look: { icon?: IconName; cls?: string },
): HTMLButtonElement {
  return doing(words, () => gathering.hush(id, kind), { ...look, test: `hush-${kind}` });
}

let helps = 0;

/** A button with a line under it that says what it means. */
function helped(button: HTMLButtonElement, words: string): HTMLElement {
  const id = `console-help-${++helps}`;
  button.setAttribute("aria-describedby", id);
  return h(
    "span",
    { class: "helped" },
    button,
    h("span", { class: "quiet small", attrs: { id } }, words),
  );
}

/** Who leads, for somebody else who may; and leading from here, after a question. */
export class TakeLead {
  readonly element = h("div", { class: "take-lead", attrs: { hidden: true } });
  private readonly words = h("p", { class: "quiet" });

  constructor(private readonly gathering: GatheringActions) {
    const take = h("button", {
      class: "button",
      attrs: { type: "button", "data-test": "take-lead" },
      on: { click: () => void this.ask() },
    });
    name(take, C.take, "lead");
    this.element.append(this.words, take);
  }

  draw(): void {
    const { gathering } = this;
    this.element.hidden = !gathering.mayTakeLead();
    const words = gathering.state.leads ? this.who() : `${this.who()} ${C.mayLead}`;
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  private who(): string {
    const { host } = this.gathering.state;
    return host === 0 ? GA.leading.nobody : `${GA.leading.host(this.gathering.nameOf(host))}.`;
  }

  private ask(): Promise<unknown> {
    const { gathering } = this;
    const { host } = gathering.state;
    return confirmDialog({
      title: C.takeTitle,
      words: host === 0 ? C.takeFree : C.takeFrom(gathering.nameOf(host)),
      yes: C.take,
      run: () => gathering.giveRole(gathering.me, "host"),
    });
  }
}
