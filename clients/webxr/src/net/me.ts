/** Who is signed in, as they look; the rest of what an account holds is the pages' business. */
import { type Appearance, ask } from "./api";

/** The look of whoever is signed in; null for nobody, or when the server does not say. */
export async function myLook(): Promise<Appearance | null> {
  let body: unknown;
  try {
    body = await ask("/api/v1/me");
  } catch {
    return null;
  }
  const account = (body as { account?: unknown } | null)?.account;
  if (typeof account !== "object" || account === null) return null;
  const { name, primary, secondary, pattern } = account as Record<string, unknown>;
  if (typeof name !== "string" || typeof primary !== "string") return null;
  return {
    name,
    primary,
    secondary: typeof secondary === "string" ? secondary : primary,
    pattern: typeof pattern === "number" ? pattern : 0,
  };
}
