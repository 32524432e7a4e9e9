/** Makes a room, or arranges one: its door, its floor plan, the designs it had. */
import type { Page } from "../../app/router";
import { makeRoom, roomToArrange } from "../../net/rooms";
import { TEMPLATES } from "../../scene/design";
import { h } from "../dom";
import { area, field, formOf, linkButton, loading } from "../shell";
import { ARRANGE as A } from "../strings-arrange";
import { toast } from "../toasts";
import { type GroupPart, groupFrame } from "./group-frame";
import { cardChoice, radioCards } from "./radio-cards";
import { arrangePart } from "./room-arrange";
import { templatePicture } from "./template-picture";

export const roomFormPage: Page = (root, context) => {
  const id = context.params.room ?? "";
  return groupFrame(root, context, {
    tab: null,
    title: () => (id === "new" ? A.newTitle : A.title),
    needs: ["arrange_rooms"],
    show: (part) => {
      part.main.classList.add("room-form");
      if (id === "new") part.main.append(newRoom(part));
      else {
        loading(part.main, {
          load: () => roomToArrange(id),
          draw: (room) => arrangePart(part, room),
          lines: 5,
        });
      }
    },
  });
};

function newRoom(part: GroupPart): HTMLElement {
  const { group, context } = part;
  const name = field({
    label: A.name,
    attrs: { maxlength: 64, placeholder: A.namePlaceholder, "data-test": "room-name" },
  });
  const description = area({
    label: A.description,
    attrs: { maxlength: 280, rows: 2, placeholder: A.descriptionPlaceholder },
  });
  const template = radioCards(
    A.template,
    TEMPLATES.map((value) => ({
      ...cardChoice(value, A.templates[value]!),
      picture: templatePicture(value),
    })),
    "campfire",
  );
  return h(
    "div",
    { class: "stack wide" },
    h("p", { class: "quiet" }, A.newLead),
    formOf({
      submit: A.create,
      test: "make-room",
      fields: { name, description },
      content: [name.element, description.element, template.element],
      beside: [linkButton(`/g/${group.slug}`, group.name)],
      run: async () => {
        const room = await makeRoom(group.id, {
          // A room without a name is called after what it is.
          name: name.input.value.trim() || A.templates[template.value()]![0],
          description: description.input.value,
          template: template.value(),
        });
        toast(A.created(room.name));
        context.go(`/g/${group.slug}/rooms/${room.id}`);
      },
    }),
  );
}
