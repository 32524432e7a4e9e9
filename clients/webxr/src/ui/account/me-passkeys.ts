/** One's passkeys: add one on this device, take one away. */
import type { Me } from "../../net/me";
import { dropPasskey, keepPasskey, type Passkey, passkeys } from "../../net/own";
import { makePasskey, PasskeyCancelled, passkeysWork } from "../../net/passkeys";
import { type Child, h } from "../dom";
import { icon } from "../icons";
import { act, ago, confirmDialog, emptyState, field, formOf, loading, note } from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";
import { whose } from "./password-field";
import { proofField } from "./proof";

const W = A.ways;

export function passkeysPart(me: Me): HTMLElement {
  const list = h("div", { class: "stack wide" });
  const again = loading(list, {
    load: passkeys,
    draw: (found, load) => [listOf(found, load)],
    lines: 1,
  });
  const can = me.passkeys && passkeysWork();
  return h(
    "div",
    { class: "stack wide" },
    list,
    can ? addForm(me, again) : note("info", W.passkeysOff),
  );
}

function listOf(found: Passkey[], load: () => Promise<void>): Child {
  if (found.length === 0) return emptyState("safe", W.passkeysEmpty, W.passkeysEmptyHelp);
  return h(
    "ul",
    { class: "list", attrs: { "data-test": "passkeys" } },
    ...found.map((passkey) => {
      const name = passkey.name || W.unnamed;
      const { used_ms } = passkey;
      return h(
        "li",
        { class: "person-card" },
        icon("safe"),
        h(
          "span",
          { class: "person-words" },
          h("strong", {}, name),
          h(
            "span",
            { class: "small quiet" },
            W.made(ago(passkey.created_ms)),
            used_ms !== null && ` · ${W.used(ago(used_ms))}`,
          ),
        ),
        h(
          "span",
          { class: "row" },
          act(W.remove, () => void remove(passkey.id, name, load), {
            label: W.removeLabel(name),
          }),
        ),
      );
    }),
  );
}

function addForm(me: Me, load: () => Promise<void>): HTMLFormElement {
  const own = proofField(me, "passkey-proof");
  const name = field({
    label: W.name,
    attrs: { maxlength: 64, autocomplete: "off", placeholder: W.namePlaceholder },
  });
  return formOf({
    submit: W.add,
    test: "add-passkey",
    fields: { name, password: own.field },
    content: [name.element, whose(me), own.field.element],
    run: async () => {
      const proof = await own.ask();
      if (proof === null) return;
      try {
        await keepPasskey(await makePasskey(proof), name.input.value.trim());
      } catch (error) {
        if (error instanceof PasskeyCancelled) return;
        throw error;
      }
      name.input.value = "";
      own.field.input.value = "";
      await load();
      toast(W.added);
    },
  });
}

async function remove(id: string, name: string, load: () => Promise<void>): Promise<void> {
  const done = await confirmDialog({
    title: W.removeTitle(name),
    words: W.removeText,
    yes: W.remove,
    danger: true,
    run: () => dropPasskey(id),
  });
  if (!done) return;
  await load();
  toast(W.removed);
}
