/** A guest keeps their place: a sign-in name and a password make an account of it. */
import { upgrade } from "../../net/identity";
import { fill, h } from "../dom";
import { formOf, linkButton, note } from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";
import { codesPart } from "./codes";
import { handleFrom, handleTyped } from "./handle";
import type { MePart } from "./me";
import { goOn } from "./next";
import { longEnough, newPasswordField } from "./password-field";
import { handleGiven, newHandleField } from "./person-form";

const W = A.keep;

export const keepPart: MePart = (main, context, { account }) => {
  if (account?.kind !== "guest") {
    fill(main, note("info", W.not, linkButton("/", A.invite.home, "button next")));
    return;
  }
  const handle = newHandleField(handleFrom(account.name));
  const password = newPasswordField(A.form.password);
  const form = formOf({
    submit: W.submit,
    test: "keep",
    fields: { handle, password },
    content: [handle.element, password.element],
    run: async () => {
      if (!handleGiven(handle) || !longEnough(password)) return;
      const { me, codes } = await upgrade(handleTyped(handle.input.value), password.input.value);
      context.session.set(me);
      const done = () => {
        goOn(context);
        toast(W.done);
      };
      if (codes.length === 0) done();
      else fill(main, codesPart(codes, me.account?.handle ?? "", done));
      window.scrollTo(0, 0);
    },
  });
  fill(main, h("p", {}, W.lead), form);
};
