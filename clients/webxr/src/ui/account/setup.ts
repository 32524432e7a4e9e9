/** Puts a set-up link to use: the first operator's account, or a new password for the locked out. */
import type { Page, PageContext } from "../../app/router";
import { type Entered, lookAtSetup, type SetupLink, setUp } from "../../net/identity";
import { fill, h } from "../dom";
import {
  emptyState,
  type Frame,
  formOf,
  linkButton,
  pageFrame,
  problemNote,
  skeleton,
} from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";
import { codesPart } from "./codes";
import { longEnough, newPasswordField } from "./password-field";
import { personForm } from "./person-form";

const W = A.setup;

export const setupPage: Page = (root, context) => {
  const frame = pageFrame(root, context, { title: W.title });
  const token = context.fragment;
  if (token === "") {
    fill(frame.main, emptyState("link", W.none, W.noneHelp, linkButton("/", A.invite.home)));
    return frame.end;
  }
  const look = async () => {
    fill(frame.main, skeleton());
    try {
      show(frame, context, token, await lookAtSetup(token));
    } catch (error) {
      fill(frame.main, problemNote(error, look));
    }
  };
  void look();
  return frame.end;
};

function show(frame: Frame, context: PageContext, token: string, link: SetupLink): void {
  if (link.purpose === "reset") {
    frame.title(W.resetTitle);
    fill(frame.main, h("p", {}, W.resetLead(link.handle ?? "")), reset(context, token, link));
    return;
  }
  const form = personForm({
    submit: W.submit,
    test: "set-up",
    withLook: false,
    run: async ({ look, handle, password }) => {
      entered(frame, context, await setUp({ token, password, name: look.name, handle }));
    },
  });
  fill(frame.main, h("p", {}, W.lead), form);
}

function reset(context: PageContext, token: string, link: SetupLink): HTMLFormElement {
  const password = newPasswordField();
  // So that a password manager knows whose password this is.
  const handle = h("input", {
    attrs: { type: "text", autocomplete: "username", hidden: true, readonly: true },
  });
  handle.value = link.handle ?? "";
  return formOf({
    submit: W.resetSubmit,
    test: "set-up",
    fields: { password },
    content: [handle, password.element],
    run: async () => {
      if (!longEnough(password)) return;
      const { me } = await setUp({ token, password: password.input.value });
      spent();
      context.session.set(me);
      context.go("/");
      toast(W.resetDone);
    },
  });
}

/** The link is used up: it leaves the address and the browser's history. */
function spent(): void {
  history.replaceState(history.state, "", "/setup");
}

function entered(frame: Frame, context: PageContext, { me, codes }: Entered): void {
  spent();
  context.session.set(me);
  const done = () => {
    frame.title(W.done);
    fill(
      frame.main,
      h("p", {}, W.doneLead),
      h(
        "div",
        { class: "row" },
        linkButton("/start", A.home.start, "button next"),
        linkButton("/admin", W.doneAdmin),
        linkButton("/", A.invite.home),
      ),
    );
    window.scrollTo(0, 0);
  };
  if (codes.length === 0) done();
  else fill(frame.main, codesPart(codes, me.account?.handle ?? "", done));
  window.scrollTo(0, 0);
}
