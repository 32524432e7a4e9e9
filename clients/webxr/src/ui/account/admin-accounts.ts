/** Accounts of this server: find one, switch it off or on again. */
import { type AccountRow, accounts, disableAccount } from "../../net/admin";
import { type Child, fill, h } from "../dom";
import { icon } from "../icons";
import { act, ago, confirmDialog, emptyState, pager, run, searchForm } from "../shell";
import { ADMIN } from "../strings-admin";
import { toast } from "../toasts";

const W = ADMIN;

export function accountsPart(main: HTMLElement, own: string): void {
  let asked = "";
  const list: ReturnType<typeof pager> = pager<AccountRow>({
    load: (cursor) => accounts(asked, cursor),
    row: (account) => row(account, account.id === own, list.reload),
    empty: emptyState("people", W.accountsEmpty, W.accountsEmptyHelp),
    label: W.accounts,
  });
  const form = searchForm({
    label: W.find,
    help: W.findHelp,
    go: W.findGo,
    test: "find-account",
    run: (words) => {
      asked = words;
      void list.reload();
    },
  });
  fill(main, form, list.element);
}

function row(account: AccountRow, own: boolean, reload: () => Promise<void>): HTMLElement {
  const { name, handle, kind, operator, disabled, seen_ms, created_ms, groups } = account;
  const facts = [
    handle === null ? W.guestMark : `@${handle}`,
    kind === "guest" && handle !== null && W.guestMark,
    operator && W.operator,
    W.inGroups(groups),
    W.since(ago(created_ms)),
    seen_ms === null ? W.never : W.seen(ago(seen_ms)),
  ].filter((each) => each !== false);
  const mark: Child = disabled && h("span", { class: "mark" }, icon("hide"), W.off);
  const button = disabled
    ? act(W.enable, (pressed) => void run(pressed, () => enable(account, reload)))
    : act(W.disable, () => void disable(account, reload), { cls: "button danger" });
  button.setAttribute("aria-label", `${button.textContent}: ${name}`);
  return h(
    "li",
    { class: "person-card", attrs: { "data-account": account.id } },
    icon("people"),
    h(
      "span",
      { class: "person-words" },
      h("strong", {}, name),
      h("span", { class: "small quiet" }, facts.join(" · ")),
      mark,
    ),
    // Nobody locks themselves out.
    h("span", { class: "row" }, !own && button),
  );
}

async function enable(account: AccountRow, reload: () => Promise<void>): Promise<void> {
  await disableAccount(account.id, false);
  await reload();
  toast(W.enabled(account.name));
}

async function disable(account: AccountRow, reload: () => Promise<void>): Promise<void> {
  const done = await confirmDialog({
    title: W.disableTitle(account.name),
    words: W.disableText,
    yes: W.disable,
    danger: true,
    run: () => disableAccount(account.id, true),
  });
  if (!done) return;
  await reload();
  const undo = () => {
    enable(account, reload).catch((error: Error) => toast(error.message, { wrong: true }));
  };
  toast(W.disabled(account.name), { action: { label: W.undo, run: undo } });
}
