/** What is kept about one: to take along, and to end. */
import { NOBODY } from "../../net/me";
import { deleteAccount, EXPORT_PATH } from "../../net/own";
import { fill, h } from "../dom";
import { icon } from "../icons";
import { confirmDialog, formOf, part } from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";
import type { MePart } from "./me";
import { proofField } from "./proof";

const W = A.data;

export const dataPart: MePart = (main, context, me) => {
  const guest = me.account?.kind === "guest";
  const own = proofField(me, "delete-password");
  const form = formOf({
    submit: W.removeSubmit,
    danger: true,
    test: "delete-account",
    fields: { password: own.field },
    content: [!guest && own.field.element],
    run: async () => {
      const proof = guest ? null : await own.ask();
      if (!guest && proof === null) return;
      const done = await confirmDialog({
        title: W.removeTitle,
        words: W.consequences.join(" "),
        yes: W.removeYes,
        danger: true,
        run: () => deleteAccount(proof),
      });
      if (!done) return;
      context.session.set({ ...NOBODY });
      context.go("/");
      toast(W.removed);
    },
  });
  fill(
    main,
    part(
      W.export,
      h("p", { class: "quiet" }, W.exportLead),
      h(
        "div",
        {},
        h(
          "a",
          { class: "button", attrs: { href: EXPORT_PATH, download: "", "data-test": "export" } },
          icon("more"),
          W.download,
        ),
      ),
    ),
    part(
      W.remove,
      h("p", {}, W.removeLead),
      h("ul", { class: "consequences" }, ...W.consequences.map((each) => h("li", {}, each))),
      form,
    ),
  );
};
