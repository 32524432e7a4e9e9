/** The last step of an invitation: read the norms, sign them, and be in. */
import type { PageContext } from "../../app/router";
import { Problem } from "../../net/api";
import { joinGroup } from "../../net/groups";
import type { InviteDoor } from "../../net/identity";
import { h } from "../dom";
import { normList } from "../groups/norm-list";
import { card, pressAndHold } from "../shell";
import { A } from "../strings-account";
import { toast } from "../toasts";

const W = A.invite;

export function joinByInvite(context: PageContext, token: string, door: InviteDoor): HTMLElement {
  const { group, norms } = door;
  let busy = false;
  const join = async () => {
    if (group === null || busy) return;
    busy = true;
    try {
      const page = await joinGroup(group.id, {
        invite: token,
        ...(norms === null ? {} : { signature: { version: norms.version, hash: norms.hash } }),
      });
      await context.session.refresh().catch(() => {});
      context.go(`/g/${page.slug}`);
      toast(W.joined(page.name));
    } catch (error) {
      if (error instanceof Problem && error.code === "stale_version") {
        context.again();
        toast(W.changed);
      } else toast(error instanceof Error ? error.message : String(error), { wrong: true });
    } finally {
      busy = false;
    }
  };
  return card(
    W.join,
    norms !== null && normList(norms),
    h("p", { class: "quiet" }, W.joinHelp),
    pressAndHold({ label: W.joinHold, test: "join", done: () => void join() }),
  );
}
