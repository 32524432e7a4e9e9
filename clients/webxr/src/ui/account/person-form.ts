/** The form of a new person: name, sign-in name, password, and how they look. */
import type { Appearance } from "../../net/api";
import { h } from "../dom";
import { lookPicker } from "../look-picker";
import { freshProfile, loadProfile, saveProfile } from "../profile";
import { type Field, field, formOf } from "../shell";
import { A } from "../strings-account";
import { HANDLE_MAX, handleFrom, handleTyped, isHandle } from "./handle";
import { longEnough, newPasswordField } from "./password-field";

const W = A.form;

/** What people call one here. */
export function nameField(value = ""): Field {
  return field({
    label: W.name,
    help: W.nameHelp,
    value,
    attrs: { maxlength: 32, autocomplete: "nickname", "data-test": "name" },
  });
}

/** The name to sign in with, to choose. */
export function newHandleField(value = ""): Field {
  return field({
    label: W.handle,
    help: W.handleHelp,
    value,
    attrs: {
      maxlength: HANDLE_MAX + 1,
      autocomplete: "username",
      autocapitalize: "none",
      spellcheck: false,
      "data-test": "handle",
    },
  });
}

export function nameGiven(name: Field): boolean {
  if (name.input.value.trim() !== "") return true;
  name.wrong(W.nameMissing);
  name.input.focus();
  return false;
}

export function handleGiven(handle: Field): boolean {
  if (isHandle(handleTyped(handle.input.value))) return true;
  handle.wrong(W.handleWrong);
  handle.input.focus();
  return false;
}

/** How one looks, behind a line that opens it; `look.name` follows what is typed. */
export function optionalLook(name: Field): { element: HTMLElement; look: Appearance } {
  const kept = loadProfile();
  const look = { ...freshProfile(Math.random), ...kept };
  const picker = lookPicker(look, () => {});
  name.input.addEventListener("input", () => {
    look.name = name.input.value;
  });
  const element = h(
    "details",
    { class: "card look-details" },
    h("summary", {}, W.look),
    h("div", { class: "look-columns" }, picker.picture, picker.fields),
  );
  return { element, look };
}

interface NewPerson {
  look: Appearance;
  handle: string;
  password: string;
}

/** The whole form; `run` is called with a person that looks sound. */
export function personForm(options: {
  submit: string;
  test: string;
  withLook: boolean;
  beside?: HTMLElement[];
  run(person: NewPerson): Promise<void>;
}): HTMLFormElement {
  const name = nameField(loadProfile().name);
  const handle = newHandleField(handleFrom(name.input.value));
  const password = newPasswordField(W.password);
  const { element, look } = optionalLook(name);
  let own = false;
  handle.input.addEventListener("input", () => {
    own = handle.input.value !== "";
  });
  name.input.addEventListener("input", () => {
    if (own) return;
    handle.input.value = handleFrom(name.input.value);
    handle.wrong("");
  });
  return formOf({
    submit: options.submit,
    test: options.test,
    fields: { name, handle, password },
    content: [name.element, handle.element, password.element, options.withLook && element],
    beside: options.beside ?? [],
    run: async () => {
      if (!nameGiven(name) || !handleGiven(handle) || !longEnough(password)) return;
      look.name = name.input.value.trim();
      await options.run({
        look,
        handle: handleTyped(handle.input.value),
        password: password.input.value,
      });
      saveProfile(look);
    },
  });
}
