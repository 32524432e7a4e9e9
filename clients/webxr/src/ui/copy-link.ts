/** Puts the address of this page on the clipboard. */
import { S } from "./strings";
import { toast } from "./toasts";

/** Put the room's lasting link on the clipboard. */
export async function copyLink(): Promise<void> {
  const link = `${location.origin}${location.pathname}`;
  try {
    await navigator.clipboard.writeText(link);
    toast(S.door.copied);
  } catch {
    // No clipboard on plain http: the person copies it from the note.
    toast(`${S.door.copyFailed} ${link}`);
  }
}
