/** The page of an address that leads nowhere, or whose files are of an older build. */
import type { PageContext } from "../../app/router";
import { put } from "../dom";
import { pageFrame } from "./frame";
import { emptyState } from "./pieces";
import { SH } from "./strings";

/** Show it; `stale` = the page exists, but its files could not be loaded. */
export function nothingHere(root: HTMLElement, context: PageContext, stale = false): () => void {
  const title = stale ? SH.stale : SH.notFound;
  const frame = pageFrame(root, context, { title });
  const way = document.createElement("a");
  way.className = "button next";
  way.href = stale ? location.href : "/";
  way.textContent = stale ? SH.reload : SH.home;
  if (stale) way.target = "_self";
  put(frame.main, emptyState("info", title, stale ? SH.staleHelp : SH.notFoundHelp, way));
  return frame.end;
}
