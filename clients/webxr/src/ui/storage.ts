/** What the browser keeps for this site, on this device or for this tab. */

/** The storage of that name; null where it is forbidden. */
export function storageOf(name: "localStorage" | "sessionStorage"): Storage | null {
  try {
    return window[name];
  } catch {
    return null;
  }
}
