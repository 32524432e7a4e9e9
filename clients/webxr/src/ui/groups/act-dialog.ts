/** What a moderator does about somebody: asks for norm, reason and length, says what it will cause. */
import type { NormItem } from "../../net/groups";
import {
  liftSanction,
  type Sanction,
  type SanctionKind,
  type SanctionWish,
  sanctionSomebody,
} from "../../net/moderation";
import { h } from "../dom";
import { choice, field, formOf, openDialog } from "../shell";
import { GP } from "../strings-groups";
import { toast } from "../toasts";
import { cancel } from "./report-dialog";

const W = GP.act;

export interface ActParts {
  group: string;
  norms: readonly NormItem[];
  rooms: readonly { id: string; name: string }[];
  person: { id: string; name: string };
  kind: SanctionKind;
  /** The report it answers, with the norm it named. */
  report?: { id: string; norm_item: number | null };
  done(sanction: Sanction): void;
}

/** Open the dialog; resolves once it is closed. */
export async function openAct(parts: ActParts): Promise<void> {
  const { kind, person, norms, rooms } = parts;
  const cited = parts.report?.norm_item ?? null;
  const norm = choice({
    label: W.norm,
    value: cited === null ? "" : `${cited}`,
    choices: [["", W.noNorm], ...norms.map(({ text }, i): [string, string] => [`${i}`, text])],
  });
  const reason = field({ label: W.reason, attrs: { maxlength: 280, "data-test": "act-reason" } });
  const length = choice({ label: W.length, value: "1440", choices: W.lengths });
  const room = choice({
    label: W.room,
    choices: rooms.map(({ id, name }): [string, string] => [id, name]),
  });
  const { closed } = openDialog(W.title[kind](person.name), (close) => [
    h("p", {}, W.lead[kind]),
    formOf({
      submit: W.button[kind],
      danger: true,
      test: "act",
      fields: { reason, norm_item: norm, minutes: length, room },
      content: [
        kind === "bar" && room.element,
        norm.element,
        reason.element,
        kind !== "remove" && length.element,
      ],
      beside: [cancel(close)],
      run: async () => {
        if (reason.input.value.trim() === "") {
          reason.wrong(W.reasonMissing);
          reason.input.focus();
          return;
        }
        const wish: SanctionWish = { account: person.id, kind, reason: reason.input.value };
        if (kind === "bar") wish.room = room.input.value;
        if (norm.input.value !== "") wish.norm_item = Number(norm.input.value);
        if (kind !== "remove" && length.input.value !== "") {
          wish.minutes = Number(length.input.value);
        }
        if (parts.report !== undefined) wish.report = parts.report.id;
        const made = await sanctionSomebody(parts.group, wish);
        close();
        told(parts, made);
      },
    }),
  ]);
  await closed;
}

/** Say that it is done, with a way to take it back. */
function told({ group, kind, person, done }: ActParts, sanction: Sanction): void {
  const lift = async () => {
    try {
      await liftSanction(group, sanction.id);
      toast(W.lifted);
      done(sanction);
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { wrong: true });
    }
  };
  const words = W.done[kind](person.name);
  if (kind === "remove") toast(words);
  else toast(words, { action: { label: GP.person.undo, run: () => void lift() } });
  done(sanction);
}
