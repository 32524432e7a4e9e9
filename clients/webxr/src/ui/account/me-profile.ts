/** How one appears: name, look, language and time zone. */
import { changeProfile } from "../../net/own";
import { fill, h } from "../dom";
import { languages, ownZone, zones } from "../groups/places-and-tongues";
import { lookPicker } from "../look-picker";
import { saveProfile } from "../profile";
import { choice, formOf } from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";
import type { MePart } from "./me";
import { nameField, nameGiven } from "./person-form";

const W = A.profile;

export const profilePart: MePart = (main, context, { account }) => {
  if (account === null) return;
  const { primary, secondary, pattern } = account;
  const look = { name: account.name, primary, secondary, pattern };
  const name = nameField(account.name);
  const picker = lookPicker(look, () => {});
  name.input.addEventListener("input", () => {
    look.name = name.input.value;
  });
  const language = choice({
    label: W.language,
    value: account.language,
    choices: languages(W.languageAny, account.language),
  });
  const zone = choice({
    label: W.zone,
    help: W.zoneHelp,
    value: account.time_zone,
    choices: zones(W.zoneAny, account.time_zone || ownZone()),
  });
  const form = formOf({
    submit: W.submit,
    test: "save-profile",
    fields: { name, language, time_zone: zone },
    content: [
      name.element,
      h(
        "fieldset",
        { class: "stack wide" },
        h("legend", { class: "legend" }, W.look),
        h("div", { class: "look-columns" }, picker.picture, picker.fields),
      ),
      language.element,
      zone.element,
    ],
    run: async () => {
      if (!nameGiven(name)) return;
      look.name = name.input.value.trim();
      const me = await changeProfile({
        ...look,
        language: language.input.value,
        time_zone: zone.input.value,
      });
      saveProfile(look);
      context.session.set(me);
      toast(W.saved);
    },
  });
  fill(main, account.handle !== null && h("p", { class: "quiet" }, W.lead(account.handle)), form);
};
