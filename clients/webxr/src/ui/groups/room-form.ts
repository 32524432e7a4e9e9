/** Makes a room, or arranges one: its door, its floor plan, the designs it had. */
import type { Page } from "../../app/router";
import { makeRoom, roomToArrange } from "../../net/rooms";
import { TEMPLATES } from "../../scene/design";
import { fill, h } from "../dom";
import { area, field, formOf, problemNote, skeleton } from "../shell";
import { ARRANGE as A } from "../strings-arrange";
import { toast } from "../toasts";
import { type GroupPart, groupFrame, linkButton } from "./group-frame";
import { radioCards } from "./radio-cards";
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
      else void open(part, id);
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
      value,
      title: A.templates[value]![0],
      help: A.templates[value]![1],
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

async function open(part: GroupPart, id: string): Promise<void> {
  fill(part.main, skeleton(5));
  try {
    const room = await roomToArrange(id);
    fill(part.main);
    arrangePart(part, room);
  } catch (error) {
    fill(
      part.main,
      problemNote(error, () => open(part, id)),
    );
  }
}
