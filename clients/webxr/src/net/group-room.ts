/** What one does about people and rules from inside a group's room, by the HTTP API. */
import type { PersonalBoundary } from "../protocol/control";
import { ask } from "./api";

export interface SanctionWish {
  kind: "mute" | "remove" | "bar" | "ban";
  reason: string;
  norm_item: number | null;
  minutes: number | null;
}

/** Somebody in a room, as the room knows them. */
export interface Present {
  room: string;
  participant: number;
}

const json = (method: string, body?: unknown): RequestInit => ({
  method,
  headers: { "content-type": "application/json" },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});

const group = (id: string) => `/api/v1/groups/${encodeURIComponent(id)}`;

/** Texts of a group's norms. */
export async function normsOf(groupId: string): Promise<string[]> {
  const norms = (await ask(`${group(groupId)}/norms`)) as { items?: { text?: unknown }[] } | null;
  return (norms?.items ?? []).map(({ text }) => (typeof text === "string" ? text : ""));
}

export async function block(present: Present): Promise<void> {
  await ask("/api/v1/me/blocks", json("POST", present));
}

export async function befriend(present: Present): Promise<void> {
  await ask("/api/v1/me/friends", json("POST", present));
}

export async function keepBoundary(boundary: PersonalBoundary): Promise<void> {
  await ask("/api/v1/me/safety", json("PATCH", { boundary }));
}

export async function report(
  groupId: string,
  present: Present,
  text: string,
  norm: number | null,
): Promise<void> {
  await ask(`${group(groupId)}/reports`, json("POST", { ...present, text, norm_item: norm }));
}

export async function sanction(
  groupId: string,
  present: Present,
  wish: SanctionWish,
): Promise<void> {
  await ask(`${group(groupId)}/sanctions`, json("POST", { ...present, ...wish }));
}
