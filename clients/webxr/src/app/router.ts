/**
 * Which page an address asks for. A page is a module that shows itself in a root element and returns
 * the way to end it; pages are loaded when first asked for. The server's `PAGES` has the same paths.
 */
import type { Session } from "./session";

/** What a page is given. */
export interface PageContext {
  /** Named parts of the address, decoded. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** What stands after `#`, without it: secrets of links. */
  fragment: string;
  session: Session;
  /** Go to another page of this site. */
  go(path: string): void;
  /** Show this page again from the start. */
  again(): void;
}

export type Page = (root: HTMLElement, context: PageContext) => () => void;

export interface Route {
  /** For example `/g/:group/members`. */
  path: string;
  load(): Promise<Page>;
}

export interface Match {
  route: Route;
  params: Record<string, string>;
}

/** The first route that the path fits, or null. */
export function match(routes: readonly Route[], path: string): Match | null {
  const parts = split(path);
  for (const route of routes) {
    const params = fitting(split(route.path), parts);
    if (params !== null) return { route, params };
  }
  return null;
}

function split(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}

function fitting(pattern: string[], parts: string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [i, piece] of pattern.entries()) {
    const part = parts[i]!;
    if (!piece.startsWith(":")) {
      if (piece !== part) return null;
      continue;
    }
    try {
      params[piece.slice(1)] = decodeURIComponent(part);
    } catch {
      return null;
    }
  }
  return params;
}
