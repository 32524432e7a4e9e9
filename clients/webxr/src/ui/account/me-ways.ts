/** Ways to sign in: password, passkeys, recovery codes. */
import type { Me } from "../../net/me";
import { changePassword, renewCodes } from "../../net/own";
import { fill, h } from "../dom";
import { formOf, part } from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";
import { codesPart } from "./codes";
import type { MePart } from "./me";
import { passkeysPart } from "./me-passkeys";
import { longEnough, newPasswordField, passwordField, whose } from "./password-field";

const W = A.ways;

export const waysPart: MePart = (main, _context, me) => {
  fill(
    main,
    part(W.password, passwordForm(me)),
    part(W.passkeys, h("p", { class: "quiet" }, W.passkeysLead), passkeysPart(me)),
    codes(me),
  );
};

function passwordForm(me: Me): HTMLFormElement {
  const current = passwordField(W.current, "current-password");
  const password = newPasswordField();
  return formOf({
    submit: W.submit,
    test: "change-password",
    fields: { current, password },
    content: [whose(me), current.element, password.element],
    run: async () => {
      if (!longEnough(password)) return;
      await changePassword(current.input.value, password.input.value);
      current.input.value = "";
      password.input.value = "";
      password.input.dispatchEvent(new Event("input"));
      toast(W.changed);
    },
  });
}

function codes(me: Me): HTMLElement {
  const password = passwordField(W.confirm, "confirm-password");
  const shown = h("div", { attrs: { "aria-live": "polite" } });
  const form = formOf({
    submit: W.codesSubmit,
    test: "new-codes",
    fields: { password },
    content: [whose(me), password.element],
    run: async () => {
      if (password.input.value === "") {
        password.wrong(W.confirmMissing);
        password.input.focus();
        return;
      }
      const made = await renewCodes(password.input.value);
      password.input.value = "";
      form.hidden = true;
      fill(
        shown,
        codesPart(made, me.account?.handle ?? "", () => {
          fill(shown);
          form.hidden = false;
        }),
      );
    },
  });
  return part(W.codes, h("p", { class: "quiet" }, W.codesLead), form, shown);
}
