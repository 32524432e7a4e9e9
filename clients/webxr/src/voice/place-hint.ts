/** Why voice may not work at this address or on this device, in words that lead on. Pure. */

export interface Place {
  hostname: string;
  secure: boolean;
  userAgent: string;
}

/** Whether the page came over a cable or from this very machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/** Whether this browser is a headset's or a phone's: then "this machine" is not the server's. */
export function isPortable(userAgent: string): boolean {
  return /OculusBrowser|PicoBrowser|Wolvic|Android/.test(userAgent);
}

/** Which words explain that no connection comes about. */
export function whyUnreachable(place: Place): "cable" | "network" {
  return isLoopback(place.hostname) && isPortable(place.userAgent) ? "cable" : "network";
}
