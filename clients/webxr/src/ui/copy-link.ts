/** Puts the address of this page on the clipboard. */
import { copyText } from "./shell/copy";
import { S } from "./strings";

/** Put the room's lasting link on the clipboard; where there is none, it stands in the note. */
export async function copyLink(): Promise<void> {
  const link = `${location.origin}${location.pathname}`;
  await copyText(link, { done: S.door.copied, failed: `${S.door.copyFailed} ${link}` });
}
