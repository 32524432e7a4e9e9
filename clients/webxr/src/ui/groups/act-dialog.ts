/** What a moderator does about somebody: asks for norm, reason and length, says what it will cause. */
import type { NormItem } from "../../net/groups";
import {
  liftSanction,
  type Sanction,
  type SanctionKind,
  sanctionSomebody,
  usualMinutes,
} from "../../net/moderation";
import { h } from "../dom";
import { openDialog } from "../shell/dialog";
import { choice, field, formOf } from "../shell/forms";
import { PP } from "../strings-people";
import { toast } from "../toasts";
import { type Citable, cancel, cited, normChoice } from "./report-dialog";

const W = PP.act;

/** What a moderator says about an act. */
export interface ActReason {
  reason: string;
  /** Index into the group's norms, null for none of them. */
  norm: number | null;
  /** null = for good, or of no length. */
  minutes: number | null;
}

export interface ActAsk {
  kind: SanctionKind;
  name: string;
  norms: Citable;
  /** The norm a report named already. */
  chosen?: number | null;
  /** Rooms to bar somebody from; absent where it is the one they are in. */
  rooms?: readonly { id: string; name: string }[];
  run(why: ActReason, room: string | null): Promise<void>;
  /** In the colours of a room. */
  evening?: boolean;
}

/** Ask why and for how long, then do it; resolves once it is closed, true when it was done. */
export async function askAct(asked: ActAsk): Promise<boolean> {
  let done = false;
  const { kind, name, rooms } = asked;
  const norm = normChoice(asked.norms, asked.chosen ?? null);
  const reason = field({
    label: W.reason,
    attrs: { id: "act-words", maxlength: 280, "data-test": "act-reason" },
  });
  const length = choice({
    label: W.length,
    value: `${usualMinutes(kind) ?? ""}`,
    choices: W.lengths,
    attrs: { "data-test": "act-length" },
  });
  const lasts = kind !== "remove";
  const room =
    kind === "bar" && rooms !== undefined
      ? choice({
          label: W.room,
          choices: rooms.map((each): [string, string] => [each.id, each.name]),
        })
      : null;
  const content = (close: () => void) => [
    h("p", {}, W.lead[kind]),
    formOf({
      submit: W.button[kind],
      danger: true,
      test: "act-send",
      fields: { reason, norm_item: norm, minutes: length, ...(room && { room }) },
      content: [room?.element, norm.element, reason.element, lasts && length.element],
      beside: [cancel(close)],
      run: async () => {
        if (reason.input.value.trim() === "") {
          reason.wrong(W.reasonMissing);
          reason.input.focus();
          return;
        }
        const minutes = lasts && length.input.value !== "" ? Number(length.input.value) : null;
        const why = { reason: reason.input.value, norm: cited(norm), minutes };
        await asked.run(why, room?.input.value ?? null);
        done = true;
        close();
      },
    }),
  ];
  const look = { evening: asked.evening, test: "act-dialog" };
  await openDialog(W.title[kind](name), content, look).closed;
  return done;
}

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

/** The same from a page, about an account; resolves once it is closed. */
export async function openAct(parts: ActParts): Promise<void> {
  const { group, kind, person, norms, rooms, report } = parts;
  await askAct({
    ...{ kind, rooms },
    name: person.name,
    norms: norms.map(({ text }) => text),
    chosen: report?.norm_item ?? null,
    run: async ({ reason, norm, minutes }, room) => {
      const made = await sanctionSomebody(group, {
        ...{ account: person.id, kind, reason, norm_item: norm, minutes },
        ...(room === null ? {} : { room }),
        ...(report === undefined ? {} : { report: report.id }),
      });
      told(parts, made);
    },
  });
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
  else toast(words, { action: { label: W.lift, run: () => void lift() } });
  done(sanction);
}
