/** Reports, sanctions and the audit trail of a group by the HTTP API. Owns no state. */
import { bool, isMap, number, oneOf, type Reader } from "../protocol/readers";
import { ask } from "./api";
import { type Card, groupPath, readCard } from "./groups";
import {
  anyText,
  askFor,
  type Listing,
  listing,
  orElse,
  orNull,
  query,
  sending,
  shape,
} from "./shapes";
import type { Present } from "./ties";

export type ReportState = "open" | "claimed" | "closed";
/** What a moderator can do about somebody, the mildest first. */
export const SANCTION_KINDS = ["mute", "remove", "bar", "ban"] as const;
export type SanctionKind = (typeof SANCTION_KINDS)[number];

const SANCTION_RIGHTS: Readonly<Record<SanctionKind, string>> = {
  mute: "mute_members",
  remove: "remove_members",
  bar: "bar_members",
  ban: "ban_members",
};

/** What one may do about others. */
export function kindsFor(may: (right: string) => boolean): SanctionKind[] {
  return SANCTION_KINDS.filter((kind) => may(SANCTION_RIGHTS[kind]));
}

/** How long an act lasts unless somebody says otherwise; null for one of no length. */
export function usualMinutes(kind: SanctionKind): number | null {
  if (kind === "remove") return null;
  // A breath for the one in the room, a week apart for the one who leaves the group.
  return kind === "ban" ? 10_080 : 10;
}

export interface Report {
  id: string;
  created_ms: number;
  state: ReportState;
  reporter: Card | null;
  /** `name_then`: what they were called when the report was made. */
  subject: (Card & { name_then: string }) | null;
  room: string | null;
  line: number | null;
  line_text: string;
  norms_version: number | null;
  norm_item: number | null;
  text: string;
  claimed_by: Card | null;
  closed_by: Card | null;
  outcome: string;
}

export interface Sanction {
  id: string;
  kind: SanctionKind;
  /** Whom it is about; null when nobody is known any more. */
  subject: Card | null;
  room: string | null;
  reason: string;
  created_ms: number;
  /** Null is for good. */
  until_ms: number | null;
  by: Card | null;
  active: boolean;
}

export interface AuditLine {
  id: number | string;
  action: string;
  actor: Card | null;
  subject: Card | null;
  details: Record<string, unknown>;
  created_ms: number;
}

/** About whom: an account, or somebody present in a room. */
type Someone = { account: string } | Present;

export type ReportWish = (Someone | { line: number } | object) & {
  norm_item: number | null;
  text: string;
};

export type SanctionWish = Someone & {
  kind: SanctionKind;
  /** For a bar: from which room. */
  room?: string;
  norm_item: number | null;
  reason: string;
  /** Null is for good. */
  minutes: number | null;
  report?: string;
};

const idOrNumber: Reader<number | string> = (value) =>
  typeof value === "string" || typeof value === "number" ? value : undefined;
const details: Reader<Record<string, unknown>> = (value) => (isMap(value) ? value : {});

const readSubject: Reader<Card & { name_then: string }> = (value) => {
  const card = readCard(value);
  const then = isMap(value) ? anyText(value.name_then) : undefined;
  return card === undefined || then === undefined ? undefined : { ...card, name_then: then };
};

const readReport: Reader<Report> = shape<Report>({
  id: anyText,
  created_ms: orElse(number, 0),
  state: oneOf(["open", "claimed", "closed"]),
  reporter: orNull(readCard),
  subject: orNull(readSubject),
  room: orNull(anyText),
  line: orNull(number),
  line_text: orElse(anyText, ""),
  norms_version: orNull(number),
  norm_item: orNull(number),
  text: orElse(anyText, ""),
  claimed_by: orNull(readCard),
  closed_by: orNull(readCard),
  outcome: orElse(anyText, ""),
});

const readSanction: Reader<Sanction> = shape<Sanction>({
  id: anyText,
  kind: oneOf(SANCTION_KINDS),
  subject: orNull(readCard),
  room: orNull(anyText),
  reason: orElse(anyText, ""),
  created_ms: orElse(number, 0),
  until_ms: orNull(number),
  by: orNull(readCard),
  active: orElse(bool, true),
});

const readAudit: Reader<AuditLine> = shape<AuditLine>({
  id: idOrNumber,
  action: anyText,
  actor: orNull(readCard),
  subject: orNull(readCard),
  details,
  created_ms: orElse(number, 0),
});

const one = (group: string, what: string, id: string) =>
  `${groupPath(group)}/${what}/${encodeURIComponent(id)}`;

export async function sendReport(group: string, wish: ReportWish): Promise<void> {
  await ask(`${groupPath(group)}/reports`, sending("POST", wish));
}

export const reports = (group: string, state: ReportState, cursor: string | null = null) =>
  askFor<Listing<Report>>(
    listing(readReport),
    query(`${groupPath(group)}/reports`, { state, cursor }),
  );

export async function actOnReport(
  group: string,
  id: string,
  act: "claim" | "release" | "close",
  outcome?: string,
): Promise<void> {
  const body = outcome === undefined ? { act } : { act, outcome };
  await ask(one(group, "reports", id), sending("POST", body));
}

export const sanctionSomebody = (group: string, wish: SanctionWish): Promise<Sanction> =>
  askFor(readSanction, `${groupPath(group)}/sanctions`, sending("POST", wish));

export const sanctions = (group: string, cursor: string | null = null) =>
  askFor<Listing<Sanction>>(
    listing(readSanction),
    query(`${groupPath(group)}/sanctions`, { cursor }),
  );

export async function liftSanction(group: string, id: string): Promise<void> {
  await ask(one(group, "sanctions", id), sending("DELETE"));
}

export const auditTrail = (group: string, cursor: string | null = null) =>
  askFor<Listing<AuditLine>>(listing(readAudit), query(`${groupPath(group)}/audit`, { cursor }));
