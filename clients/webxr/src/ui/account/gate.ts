/** Pages that need to know who is there: they wait for the answer, and say so in words if it is not for them. */
import type { PageContext } from "../../app/router";
import { type Me, mayKeep } from "../../net/me";
import { fill } from "../dom";
import { emptyState, type Frame, linkButton, pageFrame, skeleton } from "../shell";
import type { FrameOptions } from "../shell/frame";
import { A } from "../strings-account";
import { ADMIN } from "../strings-admin";

/** Who may see a page: members only, guests too, or who runs the server. */
export type For = "member" | "anybody" | "operator";

/** Run once it is known who is signed in; returns the way not to. */
export function whenKnown(context: PageContext, run: (me: Me) => void): () => void {
  const { session } = context;
  if (session.known) {
    run(session.me);
    return () => {};
  }
  const stop = session.subscribe(() => {
    if (!session.known) return;
    stop();
    run(session.me);
  });
  return stop;
}

/** A page for some; `build` fills it and names what ends it. */
export function gatedPage(
  root: HTMLElement,
  context: PageContext,
  options: FrameOptions & { who: For },
  build: (frame: Frame, me: Me, onEnd: (run: () => void) => void) => void,
): () => void {
  const frame = pageFrame(root, context, options);
  const ends: (() => void)[] = [];
  fill(frame.main, skeleton(4));
  const stop = whenKnown(context, (me) => {
    fill(frame.main);
    const closed = reason(me, options.who);
    if (closed !== null) fill(frame.main, closed);
    else build(frame, me, (run) => ends.push(run));
  });
  return () => {
    stop();
    for (const run of ends) run();
    frame.end();
  };
}

function reason(me: Me, who: For): HTMLElement | null {
  const { account } = me;
  if (account === null) {
    return emptyState(
      "people",
      A.me.signIn,
      A.me.signInHelp,
      linkButton("/sign-in", A.home.signIn, "button next"),
    );
  }
  if (who === "member" && account.kind === "guest") {
    return emptyState(
      "info",
      A.me.guestOnly,
      mayKeep(me) ? A.me.guestOnlyHelp : A.me.broughtHelp,
      mayKeep(me) && linkButton("/me/keep", A.keep.title, "button next"),
    );
  }
  if (who === "operator" && !account.operator) {
    return emptyState(
      "info",
      ADMIN.not,
      ADMIN.notHelp,
      linkButton("/", A.invite.home, "button next"),
    );
  }
  return null;
}
