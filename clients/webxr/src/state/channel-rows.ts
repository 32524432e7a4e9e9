/** What a channel shows, row by row: days, the mark of what is new, lines and those on their way. */
import type { Channel, Line, PendingLine } from "./channel";

/** Lines of one person within this time stand together. */
const TOGETHER_MS = 5 * 60_000;

export type ChannelRow =
  | { kind: "day"; key: string; ms: number }
  | { kind: "new"; key: string }
  | { kind: "line"; key: string; line: Line; follows: boolean }
  | { kind: "pending"; key: string; line: PendingLine };

/**
 * The rows of a channel, the oldest first.
 *
 * `dayOf` names the day of a time where the reader is: two times of one day give the same name.
 */
export function rowsOf(channel: Channel, dayOf: (ms: number) => string): ChannelRow[] {
  const rows: ChannelRow[] = [];
  let day = "";
  let before: Line | null = null;
  let marked = false;
  for (const line of channel.lines) {
    if (line.deleted || channel.isHidden(line.id)) continue;
    const today = dayOf(line.created_ms);
    if (today !== day) {
      rows.push({ kind: "day", key: `day-${today}`, ms: line.created_ms });
      day = today;
      before = null;
    }
    if (!marked && isNew(channel, line)) {
      rows.push({ kind: "new", key: "new" });
      marked = true;
      before = null;
    }
    rows.push({ kind: "line", key: `${line.id}`, line, follows: belongs(before, line) });
    before = line;
  }
  for (const line of channel.pending) rows.push({ kind: "pending", key: `p-${line.key}`, line });
  return rows;
}

function isNew(channel: Channel, line: Line): boolean {
  const { newAfter } = channel;
  return newAfter !== null && newAfter > 0 && line.id > newAfter && !channel.isMine(line);
}

function belongs(before: Line | null, line: Line): boolean {
  if (before === null || before.author === null || line.author === null) return false;
  return (
    before.author.id === line.author.id &&
    before.room?.id === line.room?.id &&
    line.created_ms - before.created_ms < TOGETHER_MS
  );
}
