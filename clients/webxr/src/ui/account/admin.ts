/** The pages of those who run this server. */
import type { Page, PageContext } from "../../app/router";
import { overview } from "../../net/admin";
import { fill, h } from "../dom";
import { type Frame, loading, tabs } from "../shell";
import { ADMIN } from "../strings-admin";
import { accountsPart } from "./admin-accounts";
import { auditPart, groupsPart, invitesPart } from "./admin-parts";
import { gatedPage } from "./gate";

type Tab = keyof typeof ADMIN.tabs;
type Numbers = keyof typeof ADMIN.numbers;

const W = ADMIN;
const PARTS: Record<Tab, (main: HTMLElement, own: string) => void> = {
  overview: overviewPart,
  accounts: accountsPart,
  invites: invitesPart,
  groups: groupsPart,
  audit: auditPart,
};

const address = (tab: Tab) => (tab === "overview" ? "/admin" : `/admin/${tab}`);

export const adminPage: Page = (root, context: PageContext) => {
  const asked = context.params.tab ?? "overview";
  const tab = Object.hasOwn(PARTS, asked) ? (asked as Tab) : "overview";
  const title = tab === "overview" ? W.title : W.tabs[tab];
  return gatedPage(root, context, { title, who: "operator" }, (frame, me) =>
    show(frame, tab, me.account?.id ?? ""),
  );
};

function show(frame: Frame, tab: Tab, own: string): void {
  const all = Object.keys(PARTS) as Tab[];
  const links = all.map((each) => [address(each), W.tabs[each]] as const);
  const part = h("div", { class: "stack wide parts" });
  fill(frame.main, tabs(W.parts, links, address(tab)), part);
  frame.main
    .querySelector("[aria-current]")
    ?.scrollIntoView({ block: "nearest", inline: "center" });
  PARTS[tab](part, own);
}

function overviewPart(main: HTMLElement): void {
  const names = Object.keys(W.numbers) as Numbers[];
  loading(main, {
    load: overview,
    lines: 4,
    draw: (found) => [
      h("p", { class: "quiet" }, W.overviewLead),
      h(
        "dl",
        { class: "numbers" },
        ...names.map((name) =>
          h(
            "div",
            { class: "card" },
            h("dt", {}, W.numbers[name]),
            h("dd", { attrs: { "data-test": `count-${name}` } }, found[name].toLocaleString()),
          ),
        ),
      ),
      h("p", { class: "small quiet" }, W.version(found.version, found.database)),
    ],
  });
}
