/**
 * Remembers for this tab whom one has muted: the server keeps the mutes over a reload but does not
 * list them. Checks what it reads; another participant's list is not one's own.
 */

export interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = "hearth.muted";
const MOST = 500;

/** Whom `participant` had muted. */
export function recallMuted(memory: Memory | null, participant: number): number[] {
  let value: unknown;
  try {
    value = JSON.parse(memory?.getItem(KEY) ?? "null");
  } catch {
    return [];
  }
  if (typeof value !== "object" || value === null) return [];
  const { me, muted } = value as Record<string, unknown>;
  if (me !== participant || !Array.isArray(muted)) return [];
  return muted.filter((id): id is number => Number.isInteger(id) && id > 0).slice(0, MOST);
}

/** Keep whom `participant` mutes. */
export function keepMuted(
  memory: Memory | null,
  participant: number,
  muted: Iterable<number>,
): void {
  try {
    memory?.setItem(KEY, JSON.stringify({ me: participant, muted: [...muted] }));
  } catch {
    // Without storage the server still forwards nothing of theirs; only the mark is lost.
  }
}
