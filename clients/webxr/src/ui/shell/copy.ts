/** Puts text on the clipboard and says so; on plain http there is none, and that is said, too. */
import { toast } from "../toasts";
import { SH } from "./strings";

/** Copy; false when it did not work. `failed` says what to do then. */
export async function copyText(
  text: string,
  words: { done?: string; failed?: string } = {},
): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    toast(words.done ?? SH.copied);
    return true;
  } catch {
    toast(words.failed ?? SH.copyFailed);
    return false;
  }
}
