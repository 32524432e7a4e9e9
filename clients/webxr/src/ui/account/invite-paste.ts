/** An invite link to paste, for who has it as text and not as something to press. */
import type { PageContext } from "../../app/router";
import { h } from "../dom";
import { field, formOf } from "../shell";
import { A } from "../strings-account";

const TOKEN = /^[A-Za-z0-9_-]{16,128}$/;

/** The token of what was pasted: a link with a fragment, or the token by itself; null for neither. */
export function inviteToken(pasted: string): string | null {
  const typed = pasted.trim();
  const at = typed.lastIndexOf("#");
  const token = at < 0 ? typed : typed.slice(at + 1);
  return TOKEN.test(token) ? token : null;
}

export function invitePaste(context: PageContext): HTMLElement {
  const link = field({
    label: A.home.invitedLabel,
    attrs: { autocomplete: "off", inputmode: "url", spellcheck: false, "data-test": "invite-link" },
  });
  const form = formOf({
    submit: A.home.invitedOpen,
    test: "open-invite",
    fields: { link },
    content: [link.element],
    run: async () => {
      const token = inviteToken(link.input.value);
      if (token === null) {
        link.wrong(A.home.invitedWrong);
        link.input.focus();
      } else context.go(`/invite#${token}`);
    },
  });
  return h("div", { class: "card" }, form);
}
