/** Who is signed in, on which kind of device, and in which groups (`GET /api/v1/me`). */
import { bool, integer, oneOf, type Reader } from "../protocol/readers";
import { type Appearance, ask } from "./api";
import { anyText, many, orElse, orNull, shape } from "./shapes";

export interface Account extends Appearance {
  id: string;
  handle: string | null;
  kind: "member" | "guest";
  operator: boolean;
  language: string;
  time_zone: string;
}

export interface OwnGroup {
  id: string;
  slug: string;
  name: string;
  role: string | null;
  archived: boolean;
  signed: boolean;
  unread: number;
  mentions: number;
  present: number;
}

export interface Me {
  account: Account | null;
  /** `brought`: a guest for one event alone, who makes no account of it. */
  session: { id: string; kind: string; room: string | null; brought: boolean } | null;
  groups: OwnGroup[];
  /** Nobody runs this server yet. */
  setup_needed: boolean;
  /** Passkeys work at this address. */
  passkeys: boolean;
}

const whole = integer(0, Number.MAX_SAFE_INTEGER);

export const readMe: Reader<Me> = shape<Me>({
  account: orNull(
    shape<Account>({
      id: anyText,
      name: anyText,
      handle: orNull(anyText),
      kind: oneOf(["member", "guest"]),
      operator: bool,
      primary: anyText,
      secondary: anyText,
      pattern: integer(0, 7),
      language: orElse(anyText, ""),
      time_zone: orElse(anyText, ""),
    }),
  ),
  session: orNull(
    shape({ id: anyText, kind: anyText, room: orNull(anyText), brought: orElse(bool, false) }),
  ),
  groups: many(
    shape<OwnGroup>({
      id: anyText,
      slug: anyText,
      name: anyText,
      role: orNull(anyText),
      archived: orElse(bool, false),
      signed: orElse(bool, true),
      unread: orElse(whole, 0),
      mentions: orElse(whole, 0),
      present: orElse(whole, 0),
    }),
  ),
  setup_needed: orElse(bool, false),
  passkeys: orElse(bool, false),
});

export const NOBODY: Me = {
  account: null,
  session: null,
  groups: [],
  setup_needed: false,
  passkeys: false,
};

/** Whether somebody is a guest who can make an account of it. */
export const mayKeep = ({ account, session }: Me): boolean =>
  account?.kind === "guest" && session?.brought !== true;

/** Who is signed in. Rejects with a Problem when the server does not say. */
export async function whoAmI(): Promise<Me> {
  return readMe(await ask("/api/v1/me")) ?? NOBODY;
}
