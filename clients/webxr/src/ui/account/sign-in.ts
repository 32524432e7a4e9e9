/** Signs somebody in: by passkey, password, recovery code, or from their phone. */
import type { Page, PageContext } from "../../app/router";
import { type Entered, recover, signIn, signInByPasskey } from "../../net/identity";
import { type Me, mayKeep } from "../../net/me";
import { answerWithPasskey, PasskeyCancelled, passkeysWork } from "../../net/passkeys";
import { fill, h } from "../dom";
import { PairingBox } from "../door-group";
import { act, field, formOf, linkButton, note, pageFrame, run } from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";
import { whenKnown } from "./gate";
import { handleTyped } from "./handle";
import { goOn } from "./next";
import { longEnough, newPasswordField, passwordField } from "./password-field";

const W = A.signIn;

export const signInPage: Page = (root, context) => {
  const frame = pageFrame(root, context, { title: W.title });
  const entered = ({ me }: Entered, words = W.welcome(me.account?.name ?? "")) => {
    context.session.set(me);
    toastAfter(words, () => goOn(context));
  };
  const pairing = new PairingBox(() => {
    void context.session.refresh().then((me) => entered({ me, codes: [] }));
  });
  const extra = h("div", { class: "stack wide" });
  fill(
    frame.main,
    extra,
    passwordForm((who) => entered(who)),
    h(
      "details",
      { class: "card" },
      h("summary", {}, W.recovery),
      h("p", { class: "quiet" }, W.recoveryHelp),
      recoveryForm((who) => entered(who, W.recovered)),
    ),
    h(
      "div",
      { class: "card" },
      h("p", { class: "quiet" }, W.phoneHelp),
      h(
        "div",
        {},
        act(W.phone, () => void pairing.start(), { test: "pair" }),
      ),
      pairing.element,
    ),
    h(
      "p",
      { class: "quiet" },
      W.noAccount,
      " ",
      h("a", { attrs: { href: "/invite" } }, A.home.invited),
    ),
  );
  const stop = whenKnown(context, (me) => fill(extra, ...aboveForm(me, context, entered)));
  return () => {
    stop();
    pairing.stop();
    frame.end();
  };
};

/** A new page clears the notes of the one before, so the greeting follows it. */
function toastAfter(words: string, go: () => void): void {
  go();
  toast(words);
}

function aboveForm(me: Me, context: PageContext, entered: (who: Entered) => void): HTMLElement[] {
  const { account } = me;
  if (account !== null) {
    const on = act(W.goOn, () => goOn(context), { cls: "button next" });
    return [
      note(
        "info",
        W.already(account.name),
        mayKeep(me) ? linkButton("/me/keep", A.keep.title, "button next") : on,
      ),
    ];
  }
  if (!me.passkeys || !passkeysWork()) return [];
  const button = act(W.passkey, () => {
    void run(button, async () => {
      try {
        entered(await signInByPasskey(await answerWithPasskey()));
      } catch (error) {
        if (!(error instanceof PasskeyCancelled)) throw error;
      }
    });
  });
  button.className = "button big";
  button.dataset.test = "passkey";
  return [button, h("p", { class: "quiet" }, W.or)];
}

/** The name to sign in with, as it exists. */
function handleField(test: string) {
  return field({
    label: A.form.handle,
    attrs: {
      maxlength: 64,
      autocomplete: "username",
      autocapitalize: "none",
      spellcheck: false,
      "data-test": test,
    },
  });
}

function passwordForm(entered: (who: Entered) => void): HTMLFormElement {
  const handle = handleField("handle");
  const password = passwordField();
  return formOf({
    submit: W.submit,
    test: "sign-in",
    fields: { handle, password },
    content: [handle.element, password.element],
    run: async () => {
      const empty = [handle, password].find(({ input }) => input.value.trim() === "");
      if (empty !== undefined) {
        empty.wrong(W.missing);
        empty.input.focus();
        return;
      }
      entered(await signIn(handleTyped(handle.input.value), password.input.value));
    },
  });
}

function recoveryForm(entered: (who: Entered) => void): HTMLFormElement {
  const handle = handleField("recovery-handle");
  const code = field({
    label: W.code,
    help: W.codeHelp,
    attrs: {
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: false,
      maxlength: 64,
      "data-test": "recovery-code",
    },
  });
  const password = newPasswordField();
  return formOf({
    submit: W.recoverySubmit,
    test: "recover",
    fields: { handle, recovery_code: code, password },
    content: [handle.element, code.element, password.element],
    run: async () => {
      if (!longEnough(password)) return;
      const who = handleTyped(handle.input.value);
      entered(await recover(who, code.input.value.trim(), password.input.value));
    },
  });
}
