/** Who is muted, barred or banned, until when and why; lifted here, fresh ones with one press. */
import { liftSanction, type Sanction, sanctions } from "../../net/moderation";
import { PLAIN_LOOK } from "../../state/look";
import { h } from "../dom";
import {
  act,
  confirmDialog,
  dateTime,
  emptyState,
  pager,
  personCard,
  run,
  section,
  until,
} from "../shell";
import { GA } from "../strings-group-admin";
import { toast } from "../toasts";
import type { GroupPart } from "./group-frame";

const W = GA.moderation;
/** So long after the act it is taken back without a question. */
const FRESH_MS = 30_000;

interface SanctionsPart {
  element: HTMLElement;
  reload(): Promise<void>;
  onActed(run: () => void): void;
}

export function sanctionsPart(part: GroupPart): SanctionsPart {
  const { group } = part;
  let acted = () => {};
  const list = pager<Sanction>({
    load: async (cursor) => {
      const page = await sanctions(group.id, cursor);
      return { ...page, items: page.items.filter(({ active }) => active) };
    },
    row: (sanction) => row(part, sanction, () => acted()),
    empty: emptyState("safe", W.sanctionsEmpty, W.sanctionsEmptyHelp),
    label: W.sanctions,
  });
  return {
    element: section(W.sanctions, "sanctions-part", list.element),
    reload: () => list.reload(),
    onActed: (run) => {
      acted = run;
    },
  };
}

function row({ group }: GroupPart, sanction: Sanction, acted: () => void): HTMLElement {
  const { subject } = sanction;
  const person = { ...PLAIN_LOOK, ...subject, name: subject?.name || W.somebody };
  const room = group.rooms.find(({ id }) => id === sanction.room)?.name;
  const fresh = Date.now() - sanction.created_ms < FRESH_MS;
  const lift = async () => {
    await liftSanction(group.id, sanction.id);
    toast(W.lifted);
    acted();
  };
  const ask = () =>
    confirmDialog({
      title: W.liftTitle(person.name),
      words: W.liftText,
      yes: W.lift,
      run: lift,
    });
  const end = sanction.until_ms === null ? W.forGood : W.until(until(sanction.until_ms));
  const title = sanction.until_ms === null ? "" : dateTime(sanction.until_ms);
  const by = sanction.by?.name;
  return personCard(
    person,
    [
      h(
        "span",
        { class: "small", attrs: { title } },
        `${W.kinds[sanction.kind]}${room ? ` (${room})` : ""}, ${end}`,
      ),
      h("span", { class: "small quiet answer" }, `${sanction.reason}${by ? ` · ${by}` : ""}`),
    ],
    act(fresh ? W.undo : W.lift, (button) => void (fresh ? run(button, lift) : ask()), {
      label: `${fresh ? W.undo : W.lift}: ${person.name}`,
    }),
  );
}
