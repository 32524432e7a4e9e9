/** The frame around every page: brand, my groups, account menu, heading, and where the focus goes. */
import type { PageContext } from "../../app/router";
import { ask } from "../../net/api";
import { mayKeep, NOBODY, type OwnGroup } from "../../net/me";
import { type Child, fill, h } from "../dom";
import { face } from "../face";
import { icon } from "../icons";
import { brand } from "../lobby";
import { S } from "../strings";
import { toast } from "../toasts";
import { holdFocus } from "./focus";
import { SH } from "./strings";

export interface Frame {
  /** The page's own part, below the heading. */
  main: HTMLElement;
  /** Name the page: window title and heading. */
  title(words: string): void;
  end(): void;
}

export interface FrameOptions {
  title: string;
  /** Two quiet columns on wide screens. */
  wide?: boolean;
  /** A heading that only screen readers hear, where the page shows its own. */
  hideTitle?: boolean;
  lead?: Child;
}

/** Put the frame into `root` and move the focus to the heading. */
export function pageFrame(root: HTMLElement, context: PageContext, options: FrameOptions): Frame {
  const heading = h(
    "h1",
    { class: options.hideTitle ? "only-spoken" : "", attrs: { tabindex: -1 } },
    options.title,
  );
  const body = h("div", { class: options.wide ? "columns" : "column" });
  const side = h("div", { class: "frame-side" });
  const main = h(
    "main",
    { class: "frame-main", attrs: { id: "content" } },
    heading,
    options.lead,
    body,
  );
  fill(
    root,
    h("a", { class: "skip-link", attrs: { href: "#content" } }, SH.skip),
    h("div", { class: "frame" }, h("header", { class: "frame-top" }, brand(), side), main),
  );
  root.querySelector(".skip-link")?.addEventListener("click", (event) => {
    event.preventDefault();
    heading.focus();
  });
  const draw = () => fill(side, ...sideOf(context));
  const stop = context.session.subscribe(draw);
  draw();
  const title = (words: string) => {
    document.title = words === S.app ? S.app : `${words} · ${S.app}`;
    heading.textContent = words;
  };
  title(options.title);
  heading.focus({ preventScroll: true });
  const letGo = holdFocus(main);
  const end = () => {
    stop();
    letGo();
  };
  return { main: body, title, end };
}

function sideOf(context: PageContext): Child[] {
  const { me, known } = context.session;
  if (!known) return [];
  const { account } = me;
  if (account === null) {
    return [h("a", { class: "button", attrs: { href: "/sign-in" } }, SH.signIn)];
  }
  return [
    mayKeep(me) && h("a", { class: "button next", attrs: { href: "/me/keep" } }, SH.keepPlace),
    me.groups.length > 0 && menu(SH.groups, [icon("people")], groupLinks(me.groups)),
    menu(
      `${account.name}: ${SH.account}`,
      [face(account), h("span", { class: "account-name" }, account.name)],
      [
        account.kind === "member" && link("/me", SH.me),
        account.kind === "member" && link("/me/friends", SH.friends),
        account.kind === "member" && link("/pair", SH.pair),
        account.operator && link("/admin", SH.admin),
        h(
          "button",
          {
            class: "menu-item",
            attrs: { type: "button", "data-test": "sign-out" },
            on: { click: () => void signOut(context) },
          },
          SH.signOut,
        ),
      ],
    ),
  ];
}

function groupLinks(groups: readonly OwnGroup[]): Child[] {
  return [
    ...groups
      .filter(({ archived }) => !archived)
      .map(({ slug, name, unread }) =>
        h(
          "a",
          { class: "menu-item", attrs: { href: `/g/${slug}` } },
          name,
          unread > 0 && h("span", { class: "count" }, SH.unread(unread)),
        ),
      ),
    link("/", SH.allGroups),
  ];
}

function link(href: string, words: string): HTMLElement {
  return h("a", { class: "menu-item", attrs: { href } }, words);
}

/** A menu that opens below its button; Escape, a click elsewhere and choosing close it. */
function menu(label: string, face: Child[], items: Child[]): HTMLElement {
  const list = h("div", { class: "menu-list" }, ...items);
  const details = h(
    "details",
    { class: "menu" },
    h("summary", { class: "button plain", attrs: { "aria-label": label } }, ...face),
    list,
  );
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary")?.focus();
  });
  details.addEventListener("focusout", (event) => {
    const to = event.relatedTarget;
    if (to instanceof Node && !details.contains(to)) details.open = false;
  });
  list.addEventListener("click", () => {
    details.open = false;
  });
  return details;
}

async function signOut(context: PageContext): Promise<void> {
  try {
    await ask("/api/v1/session", { method: "DELETE" });
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), { wrong: true });
    return;
  }
  context.session.set({ ...NOBODY });
  toast(SH.signedOut);
  context.go("/");
}
