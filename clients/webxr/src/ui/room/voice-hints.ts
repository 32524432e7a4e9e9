/** Hints of the voice part as notes on the page, each with the one thing that helps. */
import type { VoiceHint } from "../../state/voice-state";
import type { VoiceActions } from "../actions";
import { V } from "../strings-voice";
import { toast } from "../toasts";

/** Hints that tell of something amiss. */
const WRONG: ReadonlySet<VoiceHint> = new Set(["refused", "missing", "busy", "cable", "network"]);

/** Show a hint; `secureUrl` is the https address of this server, if it has one. */
export function hintToast(hint: VoiceHint, voice: VoiceActions, secureUrl: string | null): void {
  const action = remedy(hint, voice, secureUrl);
  const wrong = WRONG.has(hint);
  toast(V.hints[hint], action === null ? { wrong } : { wrong, action });
}

function remedy(
  hint: VoiceHint,
  voice: VoiceActions,
  secureUrl: string | null,
): { label: string; run: () => void } | null {
  switch (hint) {
    case "speaking_unheard":
      return { label: V.turnOn, run: () => voice.toggleMic() };
    case "refused":
    case "missing":
    case "busy":
      return { label: V.retry, run: () => voice.toggleMic() };
    case "network":
      return { label: V.retry, run: () => voice.retry() };
    case "insecure":
      if (secureUrl === null) return null;
      return {
        label: V.secureLink,
        run: () => {
          location.href = secureUrl;
        },
      };
    default:
      return null;
  }
}
