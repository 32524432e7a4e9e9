/** What those who run this server see and do, by the HTTP API. Owns no state. */
import { bool, integer, isMap, number, oneOf, type Reader } from "../protocol/readers";
import { ask } from "./api";
import { VISIBILITIES, type Visibility } from "./groups";
import {
  anyText,
  askFor,
  type Listing,
  listing,
  many,
  orElse,
  orNull,
  query,
  sending,
  shape,
} from "./shapes";

const whole = integer(0, Number.MAX_SAFE_INTEGER);

export interface Overview {
  version: string;
  database: string;
  accounts: number;
  guests: number;
  disabled: number;
  operators: number;
  groups: number;
  archived_groups: number;
  rooms: number;
  lines: number;
  sessions: number;
}

const count = orElse(whole, 0);

export const overview = (): Promise<Overview> =>
  askFor(
    shape<Overview>({
      version: orElse(anyText, ""),
      database: orElse(anyText, ""),
      accounts: count,
      guests: count,
      disabled: count,
      operators: count,
      groups: count,
      archived_groups: count,
      rooms: count,
      lines: count,
      sessions: count,
    }),
    "/api/v1/admin/overview",
  );

export interface AccountRow {
  id: string;
  name: string;
  handle: string | null;
  kind: "member" | "guest";
  operator: boolean;
  disabled: boolean;
  created_ms: number;
  seen_ms: number | null;
  groups: number;
}

const readAccount: Reader<AccountRow> = shape<AccountRow>({
  id: anyText,
  name: anyText,
  handle: orNull(anyText),
  kind: oneOf(["member", "guest"]),
  operator: bool,
  disabled: bool,
  created_ms: number,
  seen_ms: orNull(number),
  groups: count,
});

export const accounts = (q: string, cursor: string | null): Promise<Listing<AccountRow>> =>
  askFor(listing(readAccount), query("/api/v1/admin/accounts", { q, cursor }));

/** Switch an account off (`on` = off it goes), which ends all its sessions; or on again. */
export async function disableAccount(id: string, on: boolean): Promise<void> {
  await ask(`/api/v1/admin/accounts/${encodeURIComponent(id)}/disable`, sending("POST", { on }));
}

interface AccountInvite {
  link: string;
  uses_left: number;
  expires_ms: number;
}

export const inviteAccounts = (uses: number, days: number): Promise<AccountInvite> =>
  askFor(
    shape<AccountInvite>({ link: anyText, uses_left: count, expires_ms: number }),
    "/api/v1/admin/invites",
    sending("POST", { uses, days }),
  );

export interface GroupRow {
  slug: string;
  name: string;
  visibility: Visibility;
  members: number;
  rooms: number;
  owners: string[];
  created_ms: number;
  archived: boolean;
}

export const groups = (cursor: string | null): Promise<Listing<GroupRow>> =>
  askFor(
    listing(
      shape<GroupRow>({
        slug: anyText,
        name: anyText,
        visibility: oneOf(VISIBILITIES),
        members: count,
        rooms: count,
        owners: many(anyText),
        created_ms: number,
        archived: orElse(bool, false),
      }),
    ),
    query("/api/v1/admin/groups", { cursor }),
  );

interface Named {
  id: string;
  name: string | null;
}

export interface NodeAct {
  id: number;
  action: string;
  actor: Named | null;
  subject: Named | null;
  details: Record<string, unknown>;
  created_ms: number;
}

const readNamed: Reader<Named> = shape<Named>({ id: anyText, name: orNull(anyText) });

export const audit = (cursor: string | null): Promise<Listing<NodeAct>> =>
  askFor(
    listing(
      shape<NodeAct>({
        id: whole,
        action: anyText,
        actor: orNull(readNamed),
        subject: orNull(readNamed),
        details: (value) => (isMap(value) ? value : {}),
        created_ms: number,
      }),
    ),
    query("/api/v1/admin/audit", { cursor }),
  );
