/** Signs a headset in from here: type the code it shows, see which device asks, say yes or no. */
import type { Page, PageContext } from "../../app/router";
import { type AskingDevice, lookAtPairing } from "../../net/identity";
import { decidePairing } from "../../net/own";
import { fill, h } from "../dom";
import { spaced } from "../door-group";
import { icon } from "../icons";
import { act, ago, card, emptyState, type Frame, field, formOf, linkButton, run } from "../shell";
import { A } from "../strings-account";
import { gatedPage } from "./gate";

const W = A.pair;
const LENGTH = 6;

/** A code as the server reads it: what people put between its letters left out. */
export function codeTyped(typed: string): string {
  return typed.replace(/[\s-]/g, "").toUpperCase();
}

export const pairPage: Page = (root, context) =>
  gatedPage(root, context, { title: W.title, who: "member" }, (frame) => ask(frame, context));

function ask(frame: Frame, context: PageContext): void {
  const code = field({
    label: W.code,
    attrs: {
      autocomplete: "one-time-code",
      autocapitalize: "characters",
      spellcheck: false,
      maxlength: 9,
      placeholder: "KHT 4WQ",
      "data-test": "pair-code",
    },
  });
  code.input.classList.add("code-input");
  const form = formOf({
    submit: W.look,
    test: "pair-look",
    fields: { code },
    content: [code.element],
    run: async () => {
      const typed = codeTyped(code.input.value);
      if (typed.length !== LENGTH) {
        code.wrong(W.codeWrong);
        code.input.focus();
        return;
      }
      decide(frame, context, typed, await lookAtPairing(typed));
    },
  });
  fill(frame.main, h("p", {}, W.lead), form);
}

function decide(frame: Frame, context: PageContext, code: string, asking: AskingDevice): void {
  const answer = (button: HTMLElement, approve: boolean) => {
    void run(button, async () => {
      await decidePairing(code, approve);
      answered(frame, context, approve);
    });
  };
  const shown = card(
    W.asks,
    h(
      "p",
      { class: "device-name" },
      icon("vr"),
      h("strong", { attrs: { "data-test": "pair-label" } }, asking.label || A.devices.unnamed),
      h("span", { class: "quiet" }, W.asked(ago(asking.asked_ms))),
    ),
    h("p", { class: "pairing-code" }, spaced(code)),
    h("p", {}, W.check),
    h(
      "div",
      { class: "row" },
      act(W.approve, (button) => answer(button, true), {
        cls: "button next big",
        test: "pair-approve",
      }),
      act(W.refuse, (button) => answer(button, false), {
        cls: "button danger",
        test: "pair-refuse",
      }),
    ),
  );
  fill(frame.main, shown);
  focusHeading(shown);
}

function answered(frame: Frame, context: PageContext, approve: boolean): void {
  const shown = emptyState(
    approve ? "check" : "close",
    approve ? W.approved : W.refused,
    approve ? W.approvedHelp : W.refusedHelp,
    h(
      "div",
      { class: "row" },
      linkButton("/me/devices", W.devices),
      act(W.another, () => ask(frame, context)),
    ),
  );
  shown.setAttribute("role", "status");
  fill(frame.main, shown);
}

function focusHeading(shown: HTMLElement): void {
  const heading = shown.querySelector("h2");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
}
