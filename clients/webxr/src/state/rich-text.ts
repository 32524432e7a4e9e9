/**
 * Takes what somebody wrote apart into plain words, links, mentions and emphasis. Pure: what comes
 * out is drawn as text nodes, so nothing anybody writes is ever markup.
 */

export type Piece =
  | { kind: "text"; text: string }
  | { kind: "emphasis"; text: string; strong: boolean }
  | { kind: "link"; text: string; href: string; host: string }
  | { kind: "mention"; text: string; handle: string };

const LINK = /https?:\/\/[^\s<>"'`]+/giu;
/** Two stars or one around words that begin and end with a letter, not inside a word. */
const EMPHASIS = /(?<![\p{L}\p{N}*])(\*{1,2})(?=[^\s*])([^*\n]{0,400}?[^\s*])\1(?![\p{L}\p{N}*])/gu;
const MENTION = /(?<![\p{L}\p{N}@_.-])@([a-z0-9][a-z0-9_.-]{1,22}[a-z0-9])/giu;
/** What ends a sentence and not an address. */
const TAIL = /[.,;:!?…'"”’]+$/u;
const MAX_LINK = 1_000;

/** Take a text apart; the pieces' texts in order are all that is shown. */
export function piecesOf(text: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const raw = trimmed(match[0]);
    const link = linkOf(raw);
    if (link === null) continue;
    out.push(...wordsOf(text.slice(at, match.index)), link);
    at = match.index + raw.length;
  }
  out.push(...wordsOf(text.slice(at)));
  return out;
}

/** An address without what the sentence around it put behind. */
function trimmed(raw: string): string {
  let found = raw.replace(TAIL, "");
  while (found.endsWith(")") && count(found, ")") > count(found, "(")) {
    found = found.slice(0, -1).replace(TAIL, "");
  }
  return found;
}

const count = (text: string, letter: string) => text.split(letter).length - 1;

/**
 * A link, or null for what is none. Names before an @ are refused: they are only there to look like
 * another address. A host in foreign letters is shown as the network knows it (`xn--…`).
 */
function linkOf(raw: string): Piece | null {
  if (raw.length > MAX_LINK) return null;
  let url: URL;
  try {
    url = new URL(raw);
  } catch {
    return null;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  if (url.username !== "" || url.password !== "" || url.hostname === "") return null;
  const typed = /^https?:\/\/([^/?#]*)/iu.exec(raw)?.[1]?.toLowerCase() ?? "";
  const plain = typed === url.host || typed === `${url.hostname}:${url.port}`;
  return { kind: "link", text: plain ? raw : url.href, href: url.href, host: url.host };
}

function wordsOf(text: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(EMPHASIS)) {
    out.push(...mentionsOf(text.slice(at, match.index)));
    out.push({ kind: "emphasis", text: match[2] ?? "", strong: match[1] === "**" });
    at = match.index + match[0].length;
  }
  out.push(...mentionsOf(text.slice(at)));
  return out;
}

function mentionsOf(text: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(MENTION)) {
    const handle = (match[1] ?? "").replace(/[.-]+$/u, "");
    if (handle.length < 3) continue;
    if (match.index > at) out.push({ kind: "text", text: text.slice(at, match.index) });
    at = match.index + 1 + handle.length;
    out.push({ kind: "mention", text: text.slice(match.index, at), handle: handle.toLowerCase() });
  }
  if (at < text.length) out.push({ kind: "text", text: text.slice(at) });
  return out;
}

/** The mention being typed before `caret`, to offer people for it; null when there is none. */
export function mentionAt(text: string, caret: number): { start: number; typed: string } | null {
  const match = /(?<![\p{L}\p{N}@_.-])@([a-z0-9_.-]{0,24})$/iu.exec(text.slice(0, caret));
  return match === null ? null : { start: match.index, typed: (match[1] ?? "").toLowerCase() };
}
