/** Passwords to type: with a way to see them, and for new ones how long they are. */
import type { Me } from "../../net/me";
import { h } from "../dom";
import { type Field, field } from "../shell";
import { A } from "../strings-account";

const W = A.form;
const PASSWORD_LEAST = 10;
const GOOD = 16;

/** A password that exists already. */
export function passwordField(label: string = W.password, test = "password", help = ""): Field {
  return withShow(
    field({
      label,
      ...(help === "" ? {} : { help }),
      type: "password",
      attrs: { autocomplete: "current-password", maxlength: 256, "data-test": test },
    }),
  );
}

/** Tells a password manager whose password is asked for. */
export function whose({ account }: Me): HTMLInputElement {
  const input = h("input", {
    attrs: { type: "text", autocomplete: "username", hidden: true, readonly: true },
  });
  input.value = account?.handle ?? "";
  return input;
}

/** A password to choose. */
export function newPasswordField(label: string = W.newPassword): Field {
  const made = withShow(
    field({
      label,
      help: W.passwordHelp,
      type: "password",
      attrs: { autocomplete: "new-password", maxlength: 256, "data-test": "new-password" },
    }),
  );
  const bar = h("span", { class: "length-bar", attrs: { "aria-hidden": true } });
  const words = h("span", { class: "small quiet", attrs: { role: "status" } });
  const draw = () => {
    // Characters as people count them, not as the language stores them.
    const n = [...made.input.value].length;
    bar.style.setProperty("--share", String(Math.min(1, n / GOOD)));
    bar.dataset.good = n >= GOOD ? "good" : n >= PASSWORD_LEAST ? "fair" : "short";
    const said =
      n < PASSWORD_LEAST
        ? W.lengthShort(n, PASSWORD_LEAST)
        : n < GOOD
          ? W.lengthFair
          : W.lengthGood;
    if (words.textContent !== said) words.textContent = said;
  };
  made.input.addEventListener("input", draw);
  draw();
  made.element.append(h("div", { class: "length" }, bar, words));
  return made;
}

/** Whether a new password may be sent; complains beside it otherwise. */
export function longEnough(made: Field): boolean {
  const n = [...made.input.value].length;
  if (n >= PASSWORD_LEAST) return true;
  made.wrong(W.lengthShort(n, PASSWORD_LEAST));
  made.input.focus();
  return false;
}

function withShow(made: Field): Field {
  const button = h(
    "button",
    {
      class: "button plain show",
      attrs: { type: "button", "aria-pressed": false, "aria-label": W.showLabel },
    },
    W.show,
  );
  button.addEventListener("click", () => {
    const shown = made.input.type === "password";
    made.input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.textContent = shown ? W.hide : W.show;
  });
  const row = h("div", { class: "input-row" });
  made.input.replaceWith(row);
  row.append(made.input, button);
  return made;
}
